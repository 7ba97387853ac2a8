"""What every process has in common: it starts a runtime, writes notes to the log, waits for a signal, and stops in order.

systemd is told when it is ready, that it is well, who is in trouble, and that it stops (`runtime/notify.py`). The watchdog is
patted by the runtime's watch, after a look at which everything critical kept its promise: what hangs is not patted over.
"""

import contextlib
import faulthandler
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import gw_spaceheat
from gw_spaceheat.core.events import Event, Level, Note, Stuck
from gw_spaceheat.runtime.ending import Ending, ended_by_signals
from gw_spaceheat.runtime.notify import ServiceManager
from gw_spaceheat.runtime.stacks import dump_stacks
from gw_spaceheat.runtime.threaded import Observers, ThreadedRuntime
from gw_spaceheat.vocabulary.moment import Moment

STOP_WITHIN_S = 3.0
LOOK_EVERY_S = 1.0
ORPHAN_ENDS_WITHIN_S = 8.0
LEVELS = {Level.INFO: logging.INFO, Level.WARNING: logging.WARNING, Level.ERROR: logging.ERROR}
PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6), (logging.DEBUG, 7))
"""Levels of the log and the priorities of syslog, the worst first."""
OF_SERVICE_MANAGER = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")
"""What is meant for a service's own process, and not for those that it starts."""


class JournalLines(logging.Formatter):
    """For the journal of systemd, which adds the time itself: each line begins with its priority, as in `<4>`."""

    def format(self, record: logging.LogRecord) -> str:
        """The record, with its priority before every line."""
        priority = next((number for level, number in PRIORITIES if record.levelno >= level), 7)
        return "\n".join(f"<{priority}>{line}" for line in super().format(record).splitlines())


def start_log(level: str) -> logging.Logger:
    """The process's log on standard error: with the time, or with priorities where that is the journal."""
    handler = logging.StreamHandler(sys.stderr)
    text = "%(levelname)s %(message)s"
    handler.setFormatter(JournalLines(text) if _goes_to_journal() else logging.Formatter(f"%(asctime)s {text}"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    return logging.getLogger("gw_spaceheat")


def _goes_to_journal() -> bool:
    """Whether standard error is the very stream to the journal; a child whose output goes elsewhere inherits the variable."""
    try:
        stream = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{stream.st_dev}:{stream.st_ino}"


def start_life(log: logging.Logger, owner: int | None = None) -> "Life":
    """The life of this process, with the service manager that its environment names; owner is as for `Life`."""
    return Life(log, ServiceManager.from_environment(os.environ, os.getpid()), owner)


def fresh_seed() -> bytes:
    """Seed of identifiers that no other process has."""
    return os.urandom(16)


def child_environment() -> dict[str, str]:
    """The environment in which a process that we start finds this very package, from whatever folder we were started."""
    here = str(Path(gw_spaceheat.__file__).parents[1])
    others = os.environ.get("PYTHONPATH", "")
    inherited = {key: value for key, value in os.environ.items() if key not in OF_SERVICE_MANAGER}
    return {**inherited, "PYTHONPATH": f"{here}{os.pathsep}{others}" if others else here}


class Life:
    """The time between start and stop of a process."""

    def __init__(self, log: logging.Logger, manager: ServiceManager | None = None, owner: int | None = None) -> None:
        """Remember; `observers` goes into the runtime.

        Args:
            log: Where to log.
            manager: Who is told how the process is.
            owner: File descriptor of a pipe that only the process to which this one belongs holds open; when it ends, so does
                this one. None for nobody.
        """
        self._log = log
        self._manager = manager or ServiceManager()
        self._owner = owner
        self._over = Ending()
        self._death = ""
        self._lock = threading.Lock()
        self._troubles: dict[str, str] = {}
        self.observers = Observers(
            on_note=self._on_note,
            on_dead=self._on_dead,
            on_healthy=self._manager.pat,
            on_ready=self._on_ready,
            on_stuck=self._on_stuck,
        )

    def show(self, see: Callable[[Moment, str, Event], None]) -> None:
        """Let somebody see every effect (see `Observers.on_effect`); to be said before the runtime is made."""
        self.observers = replace(self.observers, on_effect=see)

    @property
    def look_every_s(self) -> float:
        """How often the runtime's watch should look [s]: at least four times in the time-out of the watchdog."""
        watchdog_s = self._manager.watchdog_s
        return LOOK_EVERY_S if watchdog_s is None else min(LOOK_EVERY_S, watchdog_s / 4)

    def live(
        self, runtime: ThreadedRuntime, stop_order: Iterable[Sequence[str]] | None = None, seconds: float | None = None
    ) -> int:
        """Start the runtime, wait for SIGTERM or SIGINT, stop it.

        Args:
            runtime: What to run.
            stop_order: Groups of hosted names, see `ThreadedRuntime.stop`.
            seconds: End after this [s, real time] without a signal; None to wait for ever.

        Returns:
            0 after an orderly stop; 1 when something critical died or did not stop, so that the service manager starts anew.
        """
        stacks_before = signal.signal(signal.SIGUSR1, lambda _number, _frame: dump_stacks(sys.stderr))
        if not faulthandler.is_enabled():
            faulthandler.enable()  # the watchdog ends a process with SIGABRT: then the log has what every thread did
        with ended_by_signals(self._over):
            try:
                if self._owner is not None:
                    threading.Thread(target=self._end_with_owner, args=(self._owner,), name="owner", daemon=True).start()
                runtime.start()
                self._over.wait(seconds)
            finally:
                self._manager.stopping(f"ends because {self._death}" if self._death else "stops")
                hanging = runtime.stop(stop_order, STOP_WITHIN_S)
                signal.signal(signal.SIGUSR1, stacks_before)
        if hanging:
            self._log.warning("did not stop in time: %s", ", ".join(hanging))
        if self._death:
            self._log.error("ended because %s", self._death)
        return 1 if self._death else 0

    def end(self) -> None:
        """Let `live` go on to its end; from any thread."""
        self._over.set()

    def _end_with_owner(self, owner: int) -> None:
        """In order if it can be; whoever started us cannot end us any more if it takes too long."""
        with contextlib.suppress(OSError):
            while os.read(owner, 4096):
                pass
        self._log.warning("the process to which this one belongs is gone; stops")
        self._over.set()
        threading.Event().wait(ORPHAN_ENDS_WITHIN_S)
        os._exit(1)

    def _on_ready(self) -> None:
        self._manager.ready(self._status())

    def _on_stuck(self, stuck: Stuck) -> None:
        with self._lock:
            self._troubles.pop(stuck.actor, None)
            if not stuck.back:
                self._troubles[stuck.actor] = stuck.reason
        self._manager.status(self._status())

    def _status(self) -> str:
        with self._lock:
            troubles = [f"{name}: {reason}" for name, reason in self._troubles.items()]
        return f"in trouble: {'; '.join(troubles)}" if troubles else "runs"

    def _on_note(self, _now: Moment, source: str, note: Note) -> None:
        named = note.text if note.text.startswith(f"{source}: ") else f"{source}: {note.text}"
        self._log.log(LEVELS[note.level], "%s", named)

    def _on_dead(self, name: str, reason: str) -> None:
        self._death = f"{name} is dead: {reason}"
        self._over.set()
