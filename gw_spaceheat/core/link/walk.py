"""In which order what waited is sent, after an outage or when RemoteControl begins again."""

from gw_spaceheat.core.link.outbox import Entry, Outbox
from gw_spaceheat.vocabulary.moment import DAY_MS
from gw_spaceheat.vocabulary.upload_order import UploadOrder

_LATEST_MS = 1 << 62


class Walk:
    """Goes through an outbox, once from its beginning; what is put in meanwhile is come to at the end.

    Held messages are passed over while they may not be sent; when they may, it has to begin anew.
    """

    def __init__(self, outbox: Outbox, order: UploadOrder) -> None:
        """Remember."""
        self._outbox = outbox
        self._is_by_day = order is UploadOrder.NEWEST_DAY_FIRST
        self.begin()

    def begin(self) -> None:
        """Begin anew."""
        self._days_are_left = self._is_by_day
        self._day_ends_ms = _LATEST_MS
        self._within_day: tuple[int, int] | None = None
        self._walked_to = 0

    def next(self, *, with_held: bool) -> Entry | None:
        """The next one; None when there are no more. By day, what came before and is still kept comes once more at the end."""
        if self._days_are_left and with_held:
            entry = self._next_by_day()
            if entry is not None:
                return entry
            self._days_are_left = False  # what was put in meanwhile, into a day that had passed, follows by number
        entry = self._outbox.after(self._walked_to, with_held=with_held)
        if entry is not None:
            self._walked_to = entry.sequence
        return entry

    def _next_by_day(self) -> Entry | None:
        while True:
            if self._within_day is not None:
                entry = self._outbox.next_about(self._within_day, self._day_ends_ms)
                if entry is not None:
                    self._within_day = (entry.filed.about_ms, entry.sequence)
                    return entry
                self._day_ends_ms -= DAY_MS
            latest_ms = self._outbox.latest_about(self._day_ends_ms)
            if latest_ms is None:
                return None
            begins_ms = latest_ms // DAY_MS * DAY_MS
            self._within_day = (begins_ms, 0)
            self._day_ends_ms = begins_ms + DAY_MS
