"""The life of a process: it runs until a signal, its time, or the death of something it cannot do without."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

import gw_spaceheat
from gw_spaceheat.apps.process import Life, child_environment, fresh_seed, start_log
from gw_spaceheat.core.events import Event, Level, Note, Started, Stopping
from gw_spaceheat.runtime.clock import SystemClock
from gw_spaceheat.runtime.host import Hosted
from gw_spaceheat.runtime.threaded import Options, ThreadedRuntime
from gw_spaceheat.vocabulary.moment import Moment
from tests.scenarios.scene import Lines, new_life


class Quiet:
    """Remembers what it was given, and says what it is told to say when it starts."""

    def __init__(self, *words: Event) -> None:
        self.seen: list[Event] = []
        self.started = threading.Event()
        self._words = words

    def handle(self, event: Event, _now: Moment) -> Sequence[Event]:
        self.seen.append(event)
        if isinstance(event, Started):
            self.started.set()
            return self._words
        return ()

    def wake(self, _now: Moment) -> Sequence[Event]:
        return ()

    def deadline(self) -> int | None:
        return None


class Broken(Quiet):
    """Fails whenever it is started."""

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        raise ZeroDivisionError("a bug")


def runtime_of(life: Life, *hosted: Hosted) -> ThreadedRuntime:
    return ThreadedRuntime(SystemClock(), lambda _source, _event: (), hosted, life.observers, Options(look_every_s=0.02))


@pytest.fixture
def life() -> tuple[Life, Lines]:
    return new_life()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(life: tuple[Life, Lines], number: signal.Signals) -> None:
    machine = Quiet()
    before = signal.getsignal(number)

    def send_it() -> None:
        assert machine.started.wait(20)
        os.kill(os.getpid(), number)

    threading.Thread(target=send_it).start()
    assert life[0].live(runtime_of(life[0], Hosted("m", machine))) == 0
    assert machine.seen == [Started(), Stopping()]
    assert signal.getsignal(number) is before


def test_its_time_ends_it_and_so_does_whoever_says_so(life: tuple[Life, Lines]) -> None:
    assert life[0].live(runtime_of(life[0], Hosted("m", Quiet())), seconds=0.0) == 0
    again, _ = new_life()
    again.end()
    assert again.live(runtime_of(again, Hosted("m", Quiet()))) == 0


def test_the_death_of_something_critical_ends_it_with_a_failure(life: tuple[Life, Lines]) -> None:
    runtime = runtime_of(life[0], Hosted("scada", Broken(), critical=True, late_after_ms=50))
    assert life[0].live(runtime) == 1
    assert life[1].having("ended because scada is dead")


def test_notes_become_lines_of_the_log(life: tuple[Life, Lines]) -> None:
    words = [Note(Level.INFO, "all is well"), Note(Level.WARNING, "uplink: gone"), Note(Level.ERROR, "lost")]
    machine = Quiet(*words)
    runtime = runtime_of(life[0], Hosted("uplink", machine))
    runtime.start()
    life[1].wait_for("lost")
    runtime.stop()
    assert life[1].all == ["INFO uplink: all is well", "WARNING uplink: gone", "ERROR uplink: lost"]


def test_a_child_finds_this_package_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "other"))
    environment = child_environment()
    assert environment["PYTHONPATH"].endswith(str(tmp_path / "other"))
    words = [sys.executable, "-c", "import gw_spaceheat; print(gw_spaceheat.__file__)"]
    found = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout.strip()
    assert found == gw_spaceheat.__file__


def test_seeds_differ() -> None:
    assert len({fresh_seed() for _ in range(100)}) == 100
    assert len(fresh_seed()) == 16


@pytest.mark.parametrize("journal", [True, False])
def test_the_log_has_a_time_where_no_journal_adds_one(
    journal: bool, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    if journal:
        monkeypatch.setenv("JOURNAL_STREAM", "8:1")
    else:
        monkeypatch.delenv("JOURNAL_STREAM", raising=False)
    try:
        log = start_log("WARNING")
        log.info("not this")
        log.warning("but this")
    finally:
        root.handlers[:] = kept
        root.setLevel(level)
    (line,) = capfd.readouterr().err.splitlines()
    assert (line == "WARNING but this") is journal
    assert line.endswith("WARNING but this")
