"""The actor that writes the Ear's files: keeps what the Ear wants kept, and lives on when the disk does not."""

from collections.abc import Sequence

from gw_spaceheat.core.events import Commit, Committed, Event, Keep, Level, Note, Persist, Started
from gw_spaceheat.stores.compaction import KeptDays, compact_next, drop_old
from gw_spaceheat.stores.faults import StoreError
from gw_spaceheat.stores.readings import ReadingsStore
from gw_spaceheat.vocabulary.moment import DAY_MS, MINUTE_MS, Moment

RETRY_MS = MINUTE_MS
"""A day that could not be sealed is tried again after this [ms]."""


class EarStore:
    """Hands `Persist`, `Keep` and `Commit` to the store. What could not be written waits in memory for the next commit.

    A commit that was asked for with a receipt is told by `Committed` when it is durable.

    Days that have ended are sealed, and those of months that have ended are joined, one house at a time,
    with whatever else there is to do in between. Then what is older than it is kept is removed.
    """

    def __init__(self, store: ReadingsStore, kept: KeptDays | None = None) -> None:
        """Remember the store, which is open as long as this actor lives, and how long what was heard is kept."""
        self._store = store
        self._kept = kept or KeptDays()
        self._failing = False
        self._cannot_seal = False
        self._day = 0
        self._seal_mono_ms: int | None = None

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Keep or commit."""
        try:
            if isinstance(event, Persist):
                self._store.keep(event)
            elif isinstance(event, Keep):
                self._store.keep_numbers(event)
            elif isinstance(event, Commit):
                self._store.commit()
                self._look_at_day(now)
                told = (Committed(event.receipt),) if event.receipt else ()
                return [*told, *self._troubles(), *self._wrote()]
            elif isinstance(event, Started):
                self._look_at_day(now)
        except StoreError as error:
            return (Note(Level.WARNING, str(error)),)
        except OSError as error:
            return [*self._troubles(), *self._failed(error)]
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        """Seal one house's day, if there is one to seal; else join the days of one house's month."""
        if self._seal_mono_ms is None or now.mono_ms < self._seal_mono_ms:
            return ()
        try:
            more = self._store.seal_next(now.wall_ms) or compact_next(self._store.folder, now.wall_ms)
            removed = 0 if more else drop_old(self._store.folder, self._kept, now.wall_ms)
        except (OSError, StoreError) as error:
            self._seal_mono_ms = now.mono_ms + RETRY_MS
            if self._cannot_seal:
                return self._troubles()
            self._cannot_seal = True
            text = f"days that have ended cannot be sealed: {error}; make room, what was kept stays where it is until then"
            return [*self._troubles(), Note(Level.ERROR, text)]
        self._cannot_seal = False
        self._seal_mono_ms = now.mono_ms + 1 if more else None
        told = [Note(Level.INFO, f"{removed} files were older than they are kept, and were removed")] if removed else []
        return [*self._troubles(), *told]

    def deadline(self) -> int | None:
        """When the next house's day is sealed [mono ms]; None while no day has ended."""
        return self._seal_mono_ms

    def _look_at_day(self, now: Moment) -> None:
        day = now.wall_ms // DAY_MS
        if day != self._day:
            self._day = day
            self._seal_mono_ms = now.mono_ms

    def _failed(self, error: OSError) -> Sequence[Event]:
        if self._failing:
            return ()
        self._failing = True
        return (Note(Level.ERROR, f"cannot write what was heard: {error}; make room, it is kept in memory until then"),)

    def _wrote(self) -> Sequence[Event]:
        if not self._failing:
            return ()
        self._failing = False
        return (Note(Level.INFO, "what was heard can be written again"),)

    def _troubles(self) -> list[Event]:
        return [Note(Level.WARNING, text) for text in self._store.troubles()]
