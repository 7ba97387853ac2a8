"""The demonstration: three processes that hear each other; one that ends by itself ends it all."""

import subprocess
from pathlib import Path

import pytest

from gw_spaceheat.apps import demo
from gw_spaceheat.apps.demo import run_demo
from gw_spaceheat.house.faults import HouseFileError
from tests.scenarios.scene import GARAGE, HOUSES, OAK, Gathered


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GWS_DATA_FOLDER", str(tmp_path))


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Gathered["subprocess.Popen[bytes]"]:
    """The processes that a demonstration starts."""
    honest, gathered = demo._start, Gathered[subprocess.Popen[bytes]]()

    def start(words: list[str], folder: Path) -> "subprocess.Popen[bytes]":
        process = honest(words, folder)
        gathered.add(process)
        return process

    monkeypatch.setattr(demo, "_start", start)
    return gathered


def test_it_ends_by_itself_with_all_that_it_started(started: Gathered["subprocess.Popen[bytes]"]) -> None:
    """That everything is heard is told in `tests/scenarios/test_comings_and_goings.py`."""
    said: list[str] = []
    assert run_demo(None, HOUSES, 120.0, None, 0.0, said.append) == 0
    assert said[0].startswith(f"{OAK}, simulated, 120 times faster than life")
    assert "gws ear tail" in said[-1]
    assert len(started.all) == 3
    assert all(process.poll() is not None for process in started.all)


def test_a_house_that_is_wrong_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "start_broker", lambda _folder: pytest.fail("a broker was started"))
    with pytest.raises(HouseFileError):
        run_demo("hw1.nowhere", HOUSES, None, None, None, lambda _line: None)


def test_a_process_that_ends_by_itself_ends_it_all(
    monkeypatch: pytest.MonkeyPatch, started: Gathered["subprocess.Popen[bytes]"]
) -> None:
    """The SCADA cannot start; the others are stopped."""
    start = demo._start

    def wrongly(words: list[str], folder: Path) -> "subprocess.Popen[bytes]":
        return start([*words, "--strategy", "wishful"] if words[0] == "run" else words, folder)

    monkeypatch.setattr(demo, "_start", wrongly)
    said: list[str] = []
    assert run_demo(GARAGE, HOUSES, None, None, None, said.append) == 1
    assert "scada has ended with code 64" in said
    assert all(process.poll() is not None for process in started.all)
