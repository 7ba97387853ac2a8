"""What every process has in common: it starts a runtime, writes notes to the log, waits for a signal, and stops in order."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import FrameType

import gw_spaceheat
from gw_spaceheat.core.events import Level, Note
from gw_spaceheat.runtime.stacks import dump_stacks
from gw_spaceheat.runtime.threaded import Observers, ThreadedRuntime
from gw_spaceheat.vocabulary.moment import Moment

STOP_WITHIN_S = 3.0
LEVELS = {Level.INFO: logging.INFO, Level.WARNING: logging.WARNING, Level.ERROR: logging.ERROR}


def start_log(level: str) -> logging.Logger:
    """The process's log on standard error: a time only where no journal adds its own."""
    stamp = "" if "JOURNAL_STREAM" in os.environ else "%(asctime)s "
    logging.basicConfig(level=level, format=f"{stamp}%(levelname)s %(message)s", stream=sys.stderr, force=True)
    return logging.getLogger("gw_spaceheat")


def fresh_seed() -> bytes:
    """Seed of identifiers that no other process has."""
    return os.urandom(16)


def child_environment() -> dict[str, str]:
    """The environment in which a process that we start finds this very package, from whatever folder we were started."""
    here = str(Path(gw_spaceheat.__file__).parents[1])
    others = os.environ.get("PYTHONPATH", "")
    return {**os.environ, "PYTHONPATH": f"{here}{os.pathsep}{others}" if others else here}


class Life:
    """The time between start and stop of a process."""

    def __init__(self, log: logging.Logger) -> None:
        """Remember where to log; `observers` goes into the runtime."""
        self._log = log
        self._over = threading.Event()
        self._death = ""
        self.observers = Observers(on_note=self._on_note, on_dead=self._on_dead)

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
        handlers = {number: signal.signal(number, self._on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
        handlers[signal.SIGUSR1] = signal.signal(signal.SIGUSR1, lambda _number, _frame: dump_stacks(sys.stderr))
        try:
            runtime.start()
            self._over.wait(seconds)
        finally:
            hanging = runtime.stop(stop_order, STOP_WITHIN_S)
            for number, handler in handlers.items():
                signal.signal(number, handler)
        if hanging:
            self._log.warning("did not stop in time: %s", ", ".join(hanging))
        if self._death:
            self._log.error("ended because %s", self._death)
        return 1 if self._death else 0

    def end(self) -> None:
        """Let `live` go on to its end; from any thread."""
        self._over.set()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._over.set()

    def _on_note(self, _now: Moment, source: str, note: Note) -> None:
        named = note.text if note.text.startswith(f"{source}: ") else f"{source}: {note.text}"
        self._log.log(LEVELS[note.level], "%s", named)

    def _on_dead(self, name: str, reason: str) -> None:
        self._death = f"{name} is dead: {reason}"
        self._over.set()
