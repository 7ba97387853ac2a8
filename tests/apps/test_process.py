"""The life of a process: it runs until a signal, its time, or the death of something it cannot do without."""

import itertools
import logging
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

import gw_spaceheat
from gw_spaceheat.apps.process import Life, child_environment, fresh_seed, start_log
from gw_spaceheat.core.events import Event, Level, Note, Started, Stopping
from gw_spaceheat.runtime.clock import SystemClock
from gw_spaceheat.runtime.host import Hosted
from gw_spaceheat.runtime.notify import ServiceManager
from gw_spaceheat.runtime.threaded import Options, ThreadedRuntime
from gw_spaceheat.vocabulary.moment import Moment
from tests.scenarios.scene import GARAGE, PATIENCE_S, Lines, Program, new_life
from tests.service_manager import FakeManager, own_environment

NOWHERE = ("--broker", "mqtt://127.0.0.1:9", "--local-broker", "none")


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


def logged(capfd: pytest.CaptureFixture[str], say: Callable[[logging.Logger], None]) -> list[str]:
    """The lines of a log that was started for this."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    try:
        say(start_log("INFO"))
    finally:
        root.handlers[:] = kept
        root.setLevel(level)
    return capfd.readouterr().err.splitlines()


def say_all(log: logging.Logger) -> None:
    log.debug("not this")
    log.info("connected")
    log.warning("lost")
    log.error("a.boiler failed\nTraceback\n  line 1")


def test_the_log_has_the_time(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Also where a parent's output goes to the journal and ours does not."""
    monkeypatch.setenv("JOURNAL_STREAM", "8:1")
    first, *_ = logged(capfd, say_all)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO connected", first)


def test_the_journal_is_given_priorities_on_every_line(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    here = os.fstat(2)
    monkeypatch.setenv("JOURNAL_STREAM", f"{here.st_dev}:{here.st_ino}")
    lines = ["<6>INFO connected", "<4>WARNING lost", "<3>ERROR a.boiler failed", "<3>Traceback", "<3>  line 1"]
    assert logged(capfd, say_all) == lines


@pytest.mark.parametrize(("watchdog_s", "look_every_s"), [(None, 1.0), (30.0, 1.0), (2.0, 0.5)])
def test_the_watch_looks_often_enough_for_the_watchdog(watchdog_s: float | None, look_every_s: float) -> None:
    life = Life(logging.getLogger(), ServiceManager("/nowhere", watchdog_s))
    assert life.look_every_s == look_every_s


def test_children_do_not_speak_to_the_service_manager(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"):
        monkeypatch.setenv(key, "1")
    assert not {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"} & child_environment().keys()


# processes of their own --------------------------------------------------------------------------------------------------


class OneActor:
    """A process with one actor that can be made to hang, see `one_actor.py`."""

    def __init__(self, manager: FakeManager, importance: str, hung_for_s: float = 1e6) -> None:
        script = Path(__file__).with_name("one_actor.py")
        self.process = subprocess.Popen(
            [sys.executable, str(script), importance, str(hung_for_s)],
            env=own_environment(**manager.environment),
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> "OneActor":
        return self

    def type(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def ended(self) -> tuple[int, str]:
        """Its exit code and its log."""
        _, log = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, log

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[FakeManager]:
    with FakeManager(tmp_path, watchdog_s=0.4) as manager:
        yield manager


def test_something_critical_that_hangs_is_not_patted_over_and_named(manager: FakeManager) -> None:
    with OneActor(manager, "critical") as one:
        manager.wait_for("READY=1")
        manager.wait_for("WATCHDOG=1", 3)
        one.type("hang")
        manager.wait_for("STATUS=in trouble: a.boiler: in one call for")
        code, log = one.ended()
    assert code == 1
    assert "WARNING watch: a.boiler is in trouble: in one call for" in log
    assert "did not stop in time: a.boiler" in log
    assert "ended because a.boiler is dead: in one call for" in log
    manager.wait_for("STATUS=ends")
    since = next(place for place, said in enumerate(manager.all) if said.startswith("STATUS=in trouble"))
    assert manager.pats(since) == 0
    assert manager.all[since + 1] == "STOPPING=1"
    assert manager.all[since + 2].startswith("STATUS=ends because a.boiler is dead: in one call for")


def test_something_else_that_hangs_is_named_until_it_goes_on_and_the_process_lives(manager: FakeManager) -> None:
    with OneActor(manager, "other") as one:
        one.type("hang")
        manager.wait_for("STATUS=in trouble: a.boiler")
        manager.wait_for("WATCHDOG=1", 3, since=manager.mark())
        hung = manager.mark()
        one.type("go on")
        manager.wait_for("STATUS=runs", since=hung)
        one.process.terminate()
        assert one.ended()[0] == 0
    manager.wait_for("STATUS=stops")
    assert without_pats(manager)[-2:] == ["STOPPING=1", "STATUS=stops"]


def without_pats(manager: FakeManager) -> list[str]:
    """What was told; it may be patted until its end."""
    return [line for line in manager.all if line != "WATCHDOG=1"]


def test_what_hangs_for_too_long_ends_the_process(manager: FakeManager) -> None:
    with OneActor(manager, "other", hung_for_s=0.2) as one:
        one.type("hang")
        code, log = one.ended()
    assert code == 1
    assert "ended because a.boiler is dead: in one call for" in log


def test_the_signal_of_the_watchdog_leaves_every_stack_in_the_log(manager: FakeManager) -> None:
    """systemd ends a process that does not pat with SIGABRT."""
    with OneActor(manager, "other") as one:
        one.type("hang")
        manager.wait_for("STATUS=in trouble")
        one.process.send_signal(signal.SIGABRT)
        code, log = one.ended()
    assert code == -signal.SIGABRT
    assert "Fatal Python error: Aborted" in log
    assert " in hang_in_driver" in log


def test_a_signal_shows_the_stack_of_every_thread_and_nothing_else_changes(manager: FakeManager) -> None:
    with OneActor(manager, "other") as one:
        one.type("hang")
        manager.wait_for("STATUS=in trouble")
        one.process.send_signal(signal.SIGUSR1)
        assert one.process.stderr is not None
        shown = list(itertools.takewhile(lambda line: "go_on.wait()" not in line, one.process.stderr))
        one.process.terminate()
        assert one.ended()[0] == 0
    assert any(line.startswith("--- a.boiler (") for line in shown)
    assert shown[-1].rstrip().endswith("in hang_in_driver")


def test_a_daemon_tells_when_it_is_ready_pats_and_tells_that_it_stops(tmp_path: Path) -> None:
    with (
        FakeManager(tmp_path, watchdog_s=1.0) as manager,
        Program(tmp_path, "run", "--house", GARAGE, *NOWHERE, **manager.environment) as daemon,
    ):
        manager.wait_for("READY=1")
        manager.wait_for("WATCHDOG=1", 3)
        before = manager.mark()
        assert daemon.stop() == 0
        manager.wait_for("STATUS=stops", since=before)
    ready = manager.all.index("READY=1")
    assert manager.all[ready + 1] == "STATUS=runs"
    assert without_pats(manager)[-2:] == ["STOPPING=1", "STATUS=stops"]


def test_a_process_ends_when_the_one_it_belongs_to_is_gone(tmp_path: Path) -> None:
    belongs, owns = os.pipe()
    words = ["run", "--house", GARAGE, *NOWHERE, "--owner", str(belongs)]
    with Program(tmp_path, *words, pass_fds=(belongs,)) as daemon:
        os.close(belongs)
        daemon.log.wait_for("uplink: not connected")
        os.close(owns)
        assert daemon.ended() == 0
    assert daemon.log.having("the process to which this one belongs is gone")
