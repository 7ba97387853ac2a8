"""The demonstration: four processes that hear each other; one that ends by itself ends it all."""

import contextlib
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from gw_spaceheat.apps import demo
from gw_spaceheat.apps.demo import run_demo
from gw_spaceheat.house.faults import HouseFileError
from tests.scenarios.scene import GARAGE, HOUSES, OAK, PATIENCE_S, Gathered, Program


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GWS_DATA_FOLDER", str(tmp_path))


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Gathered["subprocess.Popen[bytes]"]:
    """The processes that a demonstration starts."""
    honest, gathered = demo._start, Gathered[subprocess.Popen[bytes]]()

    def start(words: list[str], more: Mapping[str, str], owner: int) -> "subprocess.Popen[bytes]":
        process = honest(words, more, owner)
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
    assert len(started.all) == 4
    assert all(process.poll() is not None for process in started.all)


@pytest.mark.parametrize(("house", "commands"), [(OAK, "--plan"), (GARAGE, "--mirror")])
def test_a_house_that_can_be_planned_is_planned(monkeypatch: pytest.MonkeyPatch, house: str, commands: str) -> None:
    honest, told = demo._start, Gathered[tuple[list[str], str | None]]()

    def start(words: list[str], more: Mapping[str, str], owner: int) -> "subprocess.Popen[bytes]":
        told.add((words, more.get("GWS_PRICES")))
        return honest(words, more, owner)

    monkeypatch.setattr(demo, "_start", start)
    assert run_demo(house, HOUSES, 120.0, None, 0.0, lambda _line: None) == 0
    assert [(commands in words, prices) for words, prices in told.all if words[0] == "atn"] == [(True, "synthetic")]


def test_a_house_that_is_wrong_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "start_broker", lambda _folder: pytest.fail("a broker was started"))
    with pytest.raises(HouseFileError):
        run_demo("hw1.nowhere", HOUSES, None, None, None, lambda _line: None)


def test_a_process_that_ends_by_itself_ends_it_all(
    monkeypatch: pytest.MonkeyPatch, started: Gathered["subprocess.Popen[bytes]"]
) -> None:
    """The SCADA cannot start; the others are stopped."""
    start = demo._start

    def wrongly(words: list[str], more: Mapping[str, str], owner: int) -> "subprocess.Popen[bytes]":
        return start([*words, "--strategy", "wishful"] if words[0] == "run" else words, more, owner)

    monkeypatch.setattr(demo, "_start", wrongly)
    said: list[str] = []
    assert run_demo(GARAGE, HOUSES, None, None, None, said.append) == 1
    assert "scada has ended with code 64" in said
    assert all(process.poll() is not None for process in started.all)


def descendants(pid: int) -> set[int]:
    """All processes below one, as Linux has them."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has just ended
            children.setdefault(int(stat.read_text().rpartition(")")[2].split()[1]), []).append(int(stat.parent.name))
    found, waiting = set[int](), [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found.update(below)
        waiting += below
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_everything_ends_when_it_is_killed(tmp_path: Path) -> None:
    """The brokers at once, the others in order."""
    with Program(tmp_path, "run", "--demo") as demo:
        demo.log.wait_for("has started")
        demo.log.wait_for("health: http://127.0.0.1:")
        below = descendants(demo.process.pid)
        ends = {pid: os.pidfd_open(pid) for pid in below}
        assert (
            len(below) >= 5
        )  # Ear, SCADA, AtomicTNode, two brokers (and their keepers, where those are processes of their own)
        demo.process.kill()
        try:
            left = {pid for pid, end in ends.items() if not select.select([end], [], [], PATIENCE_S)[0]}
        finally:
            for end in ends.values():
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(end, signal.SIGKILL)
                os.close(end)
        demo.ended()
    assert left == set()
    told = demo.log.having("the process to which this one belongs is gone")
    assert len(told) == 2, "those of SCADA and AtomicTNode; the Ear's log went through the process that was killed"
