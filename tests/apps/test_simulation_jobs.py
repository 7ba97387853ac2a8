"""Simulations that pages ask for: what is refused, one at a time, and results that are found again."""

import json
from datetime import date
from pathlib import Path

import pytest

from gw_spaceheat.apps.beside import CannotStartError
from gw_spaceheat.apps.settings import houses_file
from gw_spaceheat.apps.simulation_jobs import MOST_KEPT, SimulationJobs, Wanted

OAK = "hw1.isone.me.millinocket.oak"


@pytest.fixture
def jobs(tmp_path: Path) -> SimulationJobs:
    (tmp_path / "series").mkdir()
    (tmp_path / "series" / "cold.csv").write_text("x")
    return SimulationJobs(tmp_path / "kept", houses_file(), tmp_path / "series")


@pytest.mark.parametrize(
    ("days", "names", "weather", "why"),
    [
        (0, ("hysteresis",), "", "1 to 62 days"),
        (63, ("hysteresis",), "", "1 to 62 days"),
        (1, (), "", "Choose some"),
        (1, ("--out",), "", "Choose some"),
        (1, ("hysteresis",), "warm.csv", "no file"),
        (1, ("hysteresis",), "../series/cold.csv", "no file"),
    ],
)
def test_what_is_refused(jobs: SimulationJobs, days: int, names: tuple[str, ...], weather: str, why: str) -> None:
    with pytest.raises(CannotStartError, match=why):
        jobs.start(Wanted(OAK, date(2018, 1, 8), days, names, weather))
    assert jobs.job() is None


def test_files_that_may_be_chosen(jobs: SimulationJobs) -> None:
    assert jobs.files() == ("cold.csv",)


@pytest.mark.parametrize("identifier", ["", "../x", "0123456789abcdeg", "0123456789abcdef"])
def test_a_result_that_is_not_there(jobs: SimulationJobs, identifier: str) -> None:
    assert jobs.result(identifier) is None


def test_results_are_found_again_and_what_is_none_is_left_out(jobs: SimulationJobs, tmp_path: Path) -> None:
    assert jobs._keep("0123456789abcdef", json.dumps({"compare": {}}).encode()) == ""
    (tmp_path / "kept" / "aaaaaaaaaaaaaaaa.json").write_text("{")
    assert jobs.results() == [("0123456789abcdef", {"compare": {}})]
    for number in range(MOST_KEPT + 3):
        jobs._keep(f"{number:016x}", b"{}")
    assert len(list((tmp_path / "kept").glob("*.json"))) == MOST_KEPT


def test_one_at_a_time_and_cancelled(jobs: SimulationJobs) -> None:
    jobs.start(Wanted(OAK, date(2018, 1, 8), 60, ("hysteresis", "perfect")))
    with pytest.raises(CannotStartError, match="Another"):
        jobs.start(Wanted(OAK, date(2018, 1, 8), 1, ("hysteresis",)))
    jobs.cancel()
    job = jobs.job()
    assert job is not None
    assert job.ended == "cancelled"
    assert jobs.results() == []
