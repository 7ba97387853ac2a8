"""The actor that keeps what a manager of loads must know across a restart."""

from collections.abc import Sequence

from gw_spaceheat.core.events import Event, Level, Note, Stopping
from gw_spaceheat.core.netbalance.live_events import BalanceKept
from gw_spaceheat.core.netbalance.manager import Kept
from gw_spaceheat.stores.json_file import JsonFile
from gw_spaceheat.vocabulary.moment import MINUTE_MS, Moment

EVERY_MS = MINUTE_MS
"""So often it is written, and at once when a load was switched, so that a card lives long [ms]."""


class BalanceKeeper:
    """Writes the newest of what is to be kept."""

    def __init__(self, file: JsonFile) -> None:
        """Remember the file."""
        self._file = file
        self._newest: Kept | None = None
        self._written: Kept | None = None
        self._due_mono_ms: int | None = None
        self._is_failing = False

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Keep it, now or soon."""
        if isinstance(event, Stopping):
            return self._write(now)
        if not isinstance(event, BalanceKept):
            return ()
        before, self._newest = self._written, event.kept
        if before is None or [load.on for load in before.loads] != [load.on for load in event.kept.loads]:
            return self._write(now)
        if self._due_mono_ms is None:
            self._due_mono_ms = now.mono_ms + EVERY_MS
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        """Write, if it is time."""
        if self._due_mono_ms is None or now.mono_ms < self._due_mono_ms:
            return ()
        return self._write(now)

    def deadline(self) -> int | None:
        """When it writes next [mono ms]."""
        return self._due_mono_ms

    def _write(self, _now: Moment) -> Sequence[Event]:
        self._due_mono_ms = None
        if self._newest is None:
            return ()
        try:
            self._file.write(self._newest)
        except OSError as error:
            if self._is_failing:
                return ()
            self._is_failing = True
            return (Note(Level.ERROR, f"the balance cannot be kept: {error}; a restart would begin with an empty one"),)
        self._written = self._newest
        over = (Note(Level.INFO, "the balance can be kept again"),) if self._is_failing else ()
        self._is_failing = False
        return over
