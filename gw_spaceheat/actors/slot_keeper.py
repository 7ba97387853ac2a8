"""The actor that keeps the open slot's readings on disk, and lives on when the disk does not."""

from collections.abc import Callable, Sequence

from gw_spaceheat.core.events import ClockStepped, Event, Level, Note, Readings, Send, Started, Stopping
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.stores.slot_readings import Reported, SlotReadings
from gw_spaceheat.vocabulary.moment import SECOND_MS, Moment

SYNC_MS = 10 * SECOND_MS
"""So much may be lost in a power cut [ms]; a disk that fails is tried again as often."""


class SlotKeeper:
    """Gets every scan before the SCADA does, and every report after it was made.

    Mail keeps its order. So a scan that is in a report was here before the report was, and is never kept beyond it. One that
    came too late for its own slot, just when the report was made, may be taken for reported: it is then lost if the process is
    killed before the next report.
    """

    def __init__(self, store: SlotReadings) -> None:
        """Remember the store, which lives longer than this actor."""
        self._store = store
        self._failing = False
        self._sync_mono_ms: int | None = None

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Keep a scan, or forget what was reported."""
        if type(event) is Readings:
            if self._sync_mono_ms is None:
                self._sync_mono_ms = now.mono_ms + SYNC_MS
            try:
                self._store.keep(event)
            except OSError as error:
                return self._failed(error)
            return ()
        if isinstance(event, Send) and isinstance(event.message, ReportEvent):
            report = event.message.report
            last = Reported(report.slot_start_unix_s + report.slot_duration_s, report.message_created_ms)
            return self._try(lambda: self._store.reported(last), now)
        if isinstance(event, ClockStepped) and event.corrects_from_ms is not None:
            from_ms, by_ms = event.corrects_from_ms, event.by_ms
            return self._try(lambda: self._store.correct(from_ms, by_ms), now)
        if isinstance(event, Started | Stopping):
            troubles = [Note(Level.WARNING, f"open slot: {text}") for text in self._store.troubles()]
            return [*troubles, *self._try(self._store.sync, now)]
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        """Sync what was written since the last time."""
        if self._sync_mono_ms is None or now.mono_ms < self._sync_mono_ms:
            return ()
        return self._try(self._store.sync, now)

    def deadline(self) -> int | None:
        """When the oldest reading that is not durable yet must be [mono ms]."""
        return self._sync_mono_ms

    def _try(self, write: Callable[[], None], now: Moment) -> Sequence[Event]:
        """What makes all durable."""
        try:
            write()
        except OSError as error:
            self._sync_mono_ms = now.mono_ms + SYNC_MS
            return self._failed(error)
        self._sync_mono_ms = None
        if not self._failing:
            return ()
        self._failing = False
        return [Note(Level.INFO, "open slot: its readings are kept on disk again")]

    def _failed(self, error: OSError) -> Sequence[Event]:
        if self._failing:
            return ()
        self._failing = True
        text = f"open slot: its readings cannot be kept on disk: {error}; whoever cuts the power loses them; is the disk full?"
        return [Note(Level.WARNING, text)]
