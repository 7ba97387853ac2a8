"""Local time as heating needs it: weekday, hour and month."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from gw_spaceheat.vocabulary.tariff import QUARTER_MS

LocalTime = Callable[[int], datetime]
"""Local time for a Unix time [ms]."""


def local_time_in(timezone: str) -> LocalTime:
    """Local time in an IANA zone.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: There is no such zone.
    """
    zone = ZoneInfo(timezone)

    def local_time(wall_ms: int) -> datetime:
        return datetime.fromtimestamp(wall_ms // 1000, zone)

    return local_time


class LocalClock:
    """Local day, weekday, hour and month, worked out once per quarter of an hour, for they change at no other time.

    Attributes:
        month: 1 to 12.
        weekday: 0 is Monday.
        hour: 0 to 23.
        day: Number of the local day (proleptic Gregorian ordinal).
    """

    __slots__ = ("_local_time", "_quarter", "day", "hour", "month", "weekday")

    def __init__(self, local_time: LocalTime) -> None:
        """Remember how to find local time; `look` does it."""
        self._local_time = local_time
        self._quarter = -1
        self.month, self.weekday, self.hour, self.day = 1, 0, 0, 0

    def look(self, wall_ms: int) -> bool:
        """Bring the fields up to date; whether they were worked out anew."""
        quarter = wall_ms // QUARTER_MS
        if quarter == self._quarter:
            return False
        self._quarter = quarter
        local = self._local_time(quarter * QUARTER_MS)
        self.month, self.weekday, self.hour, self.day = local.month, local.weekday(), local.hour, local.toordinal()
        return True
