"""Runs of streets in a process of their own: kept under free names, equal to those of the command, and cancelled."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gw_spaceheat.apps.beside import CannotStartError
from gw_spaceheat.apps.neighbourhood.desk import Desk, desk
from gw_spaceheat.apps.neighbourhood.heat_by_hand import WantedHeat, heated_by_hand
from gw_spaceheat.apps.neighbourhood.request import StreetRequest
from gw_spaceheat.apps.neighbourhood.run import run_street
from gw_spaceheat.apps.neighbourhood.shelf import CannotKeepError
from gw_spaceheat.apps.neighbourhood.street_runs import WantedRun
from gw_spaceheat.core.market.synthetic import StreetKind

HOUSES_FILE = Path(__file__).parents[3] / "input_data" / "houses.json"
KIND = StreetKind(houses=3, roofs=2, days=1, seed=2)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Desk]:
    made = desk(tmp_path, HOUSES_FILE)
    made.streets.make("s", KIND)
    yield made
    made.runs.cancel()


def follow(place: Desk) -> str:
    """Wait until a run is over; how it ended."""
    for thread in threading.enumerate():
        if thread.name == "run of a street":
            thread.join(100)
    work = place.runs.work()
    assert work is not None
    assert work.ended
    return work.ended


def test_results_are_those_of_the_command(place: Desk, tmp_path: Path) -> None:
    wanted = WantedRun(street="s", algorithms=("asap", "random"), runs=2, seed=5)
    for _ in range(2):
        place.runs.start(wanted)
        assert follow(place) == "done"
    work = place.runs.work()
    assert work is not None
    assert (work.done, work.steps) == (4, 4)
    names = {each.name for each in place.results.listed()}
    assert names == {"s asap", "s random", "s asap (2)", "s random (2)"}
    told = run_street(StreetRequest(folder=tmp_path / "streets" / "s", algorithm="random", runs=2, seed=5, bound=True))
    kept = place.results.read("s random").told
    for name in ("local_kwh", "bound_kwh", "cost_usd", "peak_import_kw"):
        assert kept[name] == pytest.approx(told[name])
    assert [run["seed"] for run in kept["runs"]] == [5, 6]
    again = tmp_path / "street-results" / "s random (2)"
    for file in ("contracts.parquet", "flows.parquet", "households.parquet"):
        assert (again / file).read_bytes() == (again.parent / "s random" / file).read_bytes(), "the same run, the same bytes"
    assert sorted(path.name for path in again.parent.iterdir()) == sorted(names), "nothing is left over"


def test_a_street_that_is_heated_runs_with_the_models_of_the_desk(place: Desk) -> None:
    draft = heated_by_hand(place.streets.open("s").draft, WantedHeat(house="2", model="hw1.isone.me.millinocket.oak"))
    place.streets.save(draft, "warm", None)
    place.runs.start(WantedRun(street="warm", algorithms=("lst",)))
    assert follow(place) == "done"
    (each,) = place.results.read("warm lst").told["heated"]
    assert each["house"] == "2"
    assert each["electricity_kwh"] > 1.0


def test_cancelled_leaves_nothing(place: Desk, tmp_path: Path) -> None:
    place.runs.start(WantedRun(street="s", algorithms=("asap",), runs=50))
    with pytest.raises(CannotStartError, match="Another run of a street"):
        place.runs.start(WantedRun(street="s", algorithms=("asap",)))
    place.runs.cancel()
    assert follow(place) == "cancelled"
    assert list((tmp_path / "street-results").iterdir()) == []


def test_a_street_that_cannot_be_understood_is_told(place: Desk, tmp_path: Path) -> None:
    (tmp_path / "streets" / "s" / "street.json").write_text("{")
    place.runs.start(WantedRun(street="s", algorithms=("asap",)))
    assert "street.json" in follow(place)
    assert place.results.listed() == ()


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (WantedRun(street="../s", algorithms=("asap",)), "no street"),
        (WantedRun(street="t", algorithms=("asap",)), "no street"),
        (WantedRun(street="s", algorithms=()), "Choose some of"),
        (WantedRun(street="s", algorithms=("--results",)), "Choose some of"),
        (WantedRun(street="s", algorithms=("asap",), runs=0), "1 to 50 runs"),
        (WantedRun(street="s", algorithms=("asap",), runs=51), "1 to 50 runs"),
        (WantedRun(street="s", algorithms=("asap",), seed=-1), "seed"),
    ],
)
def test_what_is_refused(place: Desk, wanted: WantedRun, says: str) -> None:
    with pytest.raises((CannotStartError, CannotKeepError), match=says):
        place.runs.start(wanted)
    assert place.runs.work() is None
