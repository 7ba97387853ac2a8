"""The highest hourly mean power of the local month so far, added up from a house's own meter."""

from datetime import datetime
from zoneinfo import ZoneInfo

from gw_spaceheat.core.planner.horizon import FINE_MS
from gw_spaceheat.house.model import House
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS, Moment

LONGEST_MS = 20 * MINUTE_MS
"""What was read is taken to hold for so long at most [ms]."""


class MonthPeak:
    """Adds up the electricity of each hour; an hour of which little was seen counts with what was seen.

    Attributes:
        channel: By which it goes; empty if the house meters no electricity of all its heating.
        kw: The highest so far in this month, of hours that are over [kW].
        hour_kwh: What was bought in the hour at hand [kWh].
    """

    def __init__(self, house: House) -> None:
        """Find the meter, by what it stands for in the house's twin."""
        sensors = house.plant.sensors if house.plant is not None else {}
        self.channel = next((name for name, sensor in sensors.items() if sensor.point == "total.power_w"), "")
        self.kw = self.hour_kwh = 0.0
        self._zone = ZoneInfo(house.timezone)
        self._hour = self._month = -1
        self._at_ms = 0
        self._power_w: float | None = None

    def look(self, power_w: float | None, now: Moment) -> None:
        """Time has passed with the power that was read last; from now on it is this one [W], or not known."""
        known_ms = min(now.wall_ms, self._at_ms + LONGEST_MS)
        at_ms = self._at_ms
        while self._power_w is not None and at_ms < known_ms:
            self._turn(at_ms)
            until_ms = min((at_ms // HOUR_MS + 1) * HOUR_MS, known_ms)
            self.hour_kwh += self._power_w / 1000.0 * (until_ms - at_ms) / HOUR_MS
            at_ms = until_ms
        self._turn(now.wall_ms)
        self._at_ms, self._power_w = now.wall_ms, power_w

    def _turn(self, wall_ms: int) -> None:
        """Close the hour that is over, and the month."""
        hour = wall_ms // HOUR_MS
        if hour == self._hour:
            return
        self.kw = max(self.kw, self.hour_kwh)
        self.hour_kwh, self._hour = 0.0, hour
        month = datetime.fromtimestamp(wall_ms / 1000, self._zone).month
        if month != self._month:
            self.kw, self._month = 0.0, month


def free_peak_kw(month_kw: float, most_kw: float) -> float:
    """Up to which hourly mean power a plan may go without raising the month's highest [kW].

    A step is kept back, because each hour that runs a step too long would else raise it a little; not where the source has run
    for a whole hour at its most, for then no hour can be higher.

    Args:
        month_kw: The highest so far in this month [kW].
        most_kw: The most that the source draws [kW].
    """
    return month_kw if month_kw >= most_kw else max(month_kw - most_kw * FINE_MS / HOUR_MS, 0.0)


def share_of_month(wall_ms: int, hours: float, zone: ZoneInfo) -> float:
    """Which part of the time that is left of a local month so many hours are, at most all of it [0-1].

    Whoever raises the month's highest power today pays once and is free for all that is left of the month. So a plan of two
    days answers for its part of the price alone; in the last days that is all of it.

    Args:
        wall_ms: When the hours begin, UTC [ms].
        hours: How many [h].
        zone: The house's.
    """
    local = datetime.fromtimestamp(wall_ms / 1000, zone)
    following = local.replace(
        year=local.year + local.month // 12, month=local.month % 12 + 1, day=1, hour=0, minute=0, second=0, microsecond=0
    )
    left_h = following.timestamp() / 3600 - wall_ms / HOUR_MS
    return min(hours / max(left_h, 1.0), 1.0)
