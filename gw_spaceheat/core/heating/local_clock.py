"""Local time as heating needs it: weekday, hour and month, and the on-peak hours of the delivery tariff."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from gw_spaceheat.house.model import Tariff
from gw_spaceheat.vocabulary.calendar_us import federal_holiday
from gw_spaceheat.vocabulary.moment import MINUTE_MS

LocalTime = Callable[[int], datetime]
"""Local time for a Unix time [ms]."""

QUARTER_MS = 15 * MINUTE_MS
"""All zones are whole quarters of an hour from UTC, so local fields change at these only."""


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
    """Local day, weekday, hour and month, worked out once per quarter of an hour.

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


class PeakHours:
    """When the delivery tariff is on-peak, and how long until it next is."""

    def __init__(self, tariff: Tariff) -> None:
        """Remember the windows as hours of each weekday."""
        self._holidays_off_peak = tariff.holidays_off_peak
        self._hours = [
            frozenset(
                hour
                for window in tariff.on_peak
                if weekday in window.weekdays
                for hour in range(window.start_hour, window.end_hour)
            )
            for weekday in range(7)
        ]

    def on_peak(self, local: datetime) -> bool:
        """Whether a local time is on-peak."""
        if local.hour not in self._hours[local.weekday()]:
            return False
        return not (self._holidays_off_peak and federal_holiday(local.date()))

    def hours_until_peak(self, local: datetime, horizon_h: int) -> float:
        """Hours from an off-peak local time until the next on-peak hour begins; infinite if none does within horizon_h."""
        this_hour = local.replace(minute=0, second=0, microsecond=0)
        into_hour_h = (local - this_hour).total_seconds() / 3600.0
        for ahead in range(1, horizon_h + 1):
            if self.on_peak(this_hour + timedelta(hours=ahead)):
                return ahead - into_hour_h
        return float("inf")
