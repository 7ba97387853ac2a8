"""Tariffs by local time: which band holds when, by hour, weekday, month and holiday, and what it costs.

The first window that holds decides; where none holds, the band is the tariff's `otherwise`. Local time is looked up for each
moment, so days of 23 and 25 hours need nothing of their own: the hour that comes twice has its band twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from gw_spaceheat.vocabulary.calendar_es import tariff_holiday
from gw_spaceheat.vocabulary.calendar_us import federal_holiday
from gw_spaceheat.vocabulary.moment import DAY_MS, MINUTE_MS

MINUTES_PER_DAY = 1440
EVERY_DAY = frozenset(range(7))
WORKING_DAYS = frozenset(range(5))
WEEKEND = frozenset({5, 6})
EVERY_MONTH = frozenset(range(1, 13))

QUARTER_MS = 15 * MINUTE_MS
"""All zones are whole quarters of an hour from UTC, and windows begin and end at these: a band changes at no other time."""


class Calendar(StrEnum):
    """Which days are holidays."""

    NONE = "none"
    SPAIN = "spain"
    UNITED_STATES = "united-states"


_HOLIDAY: Mapping[Calendar, Callable[[date], bool]] = {
    Calendar.NONE: lambda _: False,
    Calendar.SPAIN: tariff_holiday,
    Calendar.UNITED_STATES: federal_holiday,
}


class TariffError(ValueError):
    """A tariff says what cannot be; the text says what."""


@dataclass(frozen=True, slots=True)
class Window:
    """When a band holds.

    Attributes:
        band: Name of the band.
        start_minute: First minute of the local day, a whole quarter of an hour [0-1425].
        end_minute: The minute before which it ends; at or before the start for a window across midnight, which belongs to the
            day in which the minute lies [15-1440].
        weekdays: 0 is Monday.
        months: 1 to 12.
        on_holidays: Whether it holds on a holiday; True or False for one that holds on either only, None for both.
    """

    band: str
    start_minute: int = 0
    end_minute: int = MINUTES_PER_DAY
    weekdays: frozenset[int] = EVERY_DAY
    months: frozenset[int] = EVERY_MONTH
    on_holidays: bool | None = None

    def holds(self, local: datetime, *, holiday: bool) -> bool:
        """Whether it holds at a local time."""
        if local.weekday() not in self.weekdays or local.month not in self.months:
            return False
        if self.on_holidays is not None and self.on_holidays != holiday:
            return False
        minute = local.hour * 60 + local.minute
        if self.start_minute < self.end_minute:
            return self.start_minute <= minute < self.end_minute
        return minute >= self.start_minute or minute < self.end_minute


@dataclass(frozen=True, slots=True)
class TimeOfUse:
    """A tariff by local time.

    Attributes:
        timezone: IANA name, such as Europe/Madrid.
        price_per_kwh: Price of each band, in the currency of whoever uses it.
        otherwise: The band where no window holds.
        windows: The first that holds decides.
        calendar: Which days are holidays.
    """

    timezone: str
    price_per_kwh: Mapping[str, float]
    otherwise: str
    windows: tuple[Window, ...] = ()
    calendar: Calendar = Calendar.NONE
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check that bands have prices and windows whole quarters.

        Raises:
            TariffError: They do not.
            zoneinfo.ZoneInfoNotFoundError: There is no such zone.
        """
        for band in (self.otherwise, *(window.band for window in self.windows)):
            if band not in self.price_per_kwh:
                raise TariffError(f"band {band!r} has no price; there are prices of {', '.join(sorted(self.price_per_kwh))}")
        for window in self.windows:
            if window.start_minute not in range(0, MINUTES_PER_DAY, 15) or window.end_minute not in range(
                15, MINUTES_PER_DAY + 1, 15
            ):
                raise TariffError(
                    f"window {window.start_minute}-{window.end_minute} of {window.band}: not quarters of an hour of a day"
                )
        object.__setattr__(self, "_zone", ZoneInfo(self.timezone))

    def local(self, wall_ms: int) -> datetime:
        """Local time of a moment, UTC [ms]."""
        return datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone(self._zone)

    def is_holiday(self, wall_ms: int) -> bool:
        """Whether the local day of a moment, UTC [ms], is a holiday."""
        return _HOLIDAY[self.calendar](self.local(wall_ms).date())

    def band_at(self, wall_ms: int) -> str:
        """The band at a moment, UTC [ms]."""
        local = self.local(wall_ms)
        holiday = _HOLIDAY[self.calendar](local.date())
        return next((window.band for window in self.windows if window.holds(local, holiday=holiday)), self.otherwise)

    def price_at(self, wall_ms: int) -> float:
        """What a kilowatt-hour costs at a moment, UTC [ms]."""
        return self.price_per_kwh[self.band_at(wall_ms)]

    def next_change_ms(self, wall_ms: int, horizon_ms: int = 8 * DAY_MS) -> int | None:
        """When the band is first another than at a moment, UTC [ms]; None if it is the same for the whole horizon [ms]."""
        band = self.band_at(wall_ms)
        at_ms = wall_ms - wall_ms % QUARTER_MS + QUARTER_MS
        while at_ms <= wall_ms + horizon_ms:
            if self.band_at(at_ms) != band:
                return at_ms
            at_ms += QUARTER_MS
        return None


def hours(
    band: str, start_hour: int, end_hour: int, weekdays: frozenset[int] = EVERY_DAY, *, on_holidays: bool | None = None
) -> Window:
    """A window by whole hours of the local day."""
    return Window(band, start_hour * 60, end_hour * 60, weekdays, on_holidays=on_holidays)


def by_hour(timezone: str, price_per_kwh: tuple[float, ...]) -> TimeOfUse:
    """A tariff with a price for each of the 24 hours of every local day.

    Raises:
        TariffError: There are not 24 prices.
    """
    if len(price_per_kwh) != 24:
        raise TariffError(f"a price for each of 24 hours is needed, there are {len(price_per_kwh)}")
    names = [f"{hour:02d}h" for hour in range(24)]
    windows = tuple(hours(name, hour, hour + 1) for hour, name in enumerate(names))
    return TimeOfUse(timezone, dict(zip(names, price_per_kwh, strict=True)), names[0], windows)


def spanish_three_periods(valley: float, flat: float, peak: float, timezone: str = "Europe/Madrid") -> TimeOfUse:
    """The Spanish tariff 2.0TD: peak 10-14 and 18-22 h, flat 8-10, 14-18 and 22-24 h, valley else, at weekends and on holidays.

    Source: CNMC, Circular 3/2020, article 7 (mainland, Balearic and Canary Islands).
    """
    working = [("peak", 10, 14), ("peak", 18, 22), ("flat", 8, 24)]
    windows = tuple(hours(band, start, end, WORKING_DAYS, on_holidays=False) for band, start, end in working)
    return TimeOfUse(timezone, {"valley": valley, "flat": flat, "peak": peak}, "valley", windows, Calendar.SPAIN)
