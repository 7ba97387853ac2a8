"""The demonstration: three processes that hear each other; one that ends by itself ends it all."""

import subprocess
from pathlib import Path

import pytest

from gw_spaceheat.apps import demo
from gw_spaceheat.apps.demo import run_demo
from gw_spaceheat.house.faults import HouseFileError
from gw_spaceheat.stores import query
from tests.scenarios.scene import GARAGE, HOUSES, OAK, Gathered


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GWS_DATA_FOLDER", str(tmp_path))


def test_everything_runs_and_is_heard(tmp_path: Path) -> None:
    said: list[str] = []
    assert run_demo(None, HOUSES, 120.0, None, 3.0, said.append) == 0
    assert said[0].startswith(f"{OAK}, simulated, 120 times faster than life")
    assert "gws ear tail" in said[-1]
    kept = {row.type_name for row in query.tail(tmp_path / "demo" / "ear", OAK, 1_000)}
    assert kept >= {"gridworks.event.startup", "layout.lite", "snapshot.spaceheat", "gridworks.event.shutdown"}


def test_a_house_that_is_wrong_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "start_broker", lambda _folder: pytest.fail("a broker was started"))
    with pytest.raises(HouseFileError):
        run_demo("hw1.nowhere", HOUSES, None, None, None, lambda _line: None)


def test_a_process_that_ends_by_itself_ends_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SCADA cannot start; the others are stopped."""
    honest, started = demo._start, Gathered[subprocess.Popen[bytes]]()

    def start(words: list[str]) -> "subprocess.Popen[bytes]":
        process = honest([*words, "--strategy", "wishful"] if words[0] == "run" else words)
        started.add(process)
        return process

    monkeypatch.setattr(demo, "_start", start)
    said: list[str] = []
    assert run_demo(GARAGE, HOUSES, None, None, None, said.append) == 1
    assert "scada has ended with code 64" in said
    assert all(process.poll() is not None for process in started.all)
