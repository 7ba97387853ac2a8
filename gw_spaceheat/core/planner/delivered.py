"""The heat that goes to a house's rooms, hour by hour, from flow and temperatures of its distribution."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gw_spaceheat.core.planner.figures import RETURN_DROP_K
from gw_spaceheat.house.model import House
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS, Moment
from gw_spaceheat.vocabulary.units import WATER_J_PER_KG_K

LONGEST_MS = 20 * MINUTE_MS
"""What was read is taken to hold for so long at most [ms]."""
LEAST_OF_HOUR = 0.5
"""An hour of which less than this share was seen is not told."""
DROP_HOURS = 12.0
"""How much colder the water comes back is a mean over so many hours."""
LEAST_DROP_K, MOST_DROP_K = 3.0, 25.0
PART_MS = 5 * MINUTE_MS
SURGE_PARTS = 3
"""A surge is looked at over so many parts of an hour: a source's start, and what its first water takes until it is hot."""
EVEN = 1.1
"""So far above the mean the most of an even hour is, too, as a meter shows it: then nobody has called."""
SURGE_HOURS = 12.0
"""How large surges are is a mean over so many hours."""


@dataclass(frozen=True, slots=True)
class SeenHour:
    """An hour as it was seen.

    Attributes:
        hour: Number of the hour since 1970, UTC.
        mean_kw: Mean heat delivered [kW].
        outdoor_c: Mean outdoor temperature [degC].
    """

    hour: int
    mean_kw: float
    outdoor_c: float


class Delivered:
    """Adds up what a house takes.

    Attributes:
        channels: The channels by which it goes; empty if the house has none such.
        drop_k: How much colder than required the water comes back, of late [K].
        surge_kwh: How much more than their mean a quarter of an hour takes when the house takes most, of late: rooms call
            together [kWh].
    """

    def __init__(self, house: House) -> None:
        """Find the channels, by what they stand for in the house's twin."""
        sensors = house.plant.sensors if house.plant is not None else {}
        by_point = {sensor.point: name for name, sensor in sensors.items()}
        points = ("distribution.flow_kg_s", "supply.temperature", "return.temperature")
        found = [by_point.get(point, "") for point in points]
        self.channels = tuple(found) if all(found) else ()
        self.drop_k = RETURN_DROP_K
        self.surge_kwh = 0.0
        self._curve = house.heating.curve
        self._hour = -1
        self._at_ms = 0
        self._power_kw: float | None = None
        self._outdoor_c: float | None = None
        self._seen_ms = 0
        self._kwms = self._kelvin_ms = 0.0
        self._parts_kwms = [0.0] * (HOUR_MS // PART_MS)

    def look(self, value_of: Callable[[str], float | None], outdoor_c: float | None, now: Moment) -> list[SeenHour]:
        """Something new was read; the answer is the hours that are over since the last look.

        Args:
            value_of: Gives a channel's newest value [kg/s or degC]; None for one that is missing.
            outdoor_c: Outdoor temperature; None if it is not known [degC].
            now: When.
        """
        over = self._pass(now.wall_ms)
        if not self.channels or outdoor_c is None:
            self._power_kw = None
            return over
        flow_kg_s, supply_c, return_c = (value_of(name) for name in self.channels)
        self._outdoor_c = outdoor_c
        self._power_kw = None
        if flow_kg_s is not None and supply_c is not None and return_c is not None:
            self._power_kw = max(flow_kg_s * WATER_J_PER_KG_K * (supply_c - return_c) / 1000.0, 0.0)
            if flow_kg_s > 0.0:
                self._mean_drop(self._curve.required_c(outdoor_c) - return_c)
        return over

    def _pass(self, wall_ms: int) -> list[SeenHour]:
        """Let time pass, with the power that was read last."""
        over: list[SeenHour] = []
        until_ms = min(wall_ms, self._at_ms + LONGEST_MS) if self._power_kw is not None else self._at_ms
        while self._at_ms < until_ms:
            hour = self._at_ms // HOUR_MS
            if hour != self._hour:
                over += self._close(hour)
            step_ms = min(self._at_ms - self._at_ms % PART_MS + PART_MS, until_ms) - self._at_ms
            taken_kwms = (self._power_kw or 0.0) * step_ms
            self._seen_ms += step_ms
            self._kwms += taken_kwms
            self._parts_kwms[self._at_ms % HOUR_MS // PART_MS] += taken_kwms
            self._kelvin_ms += (self._outdoor_c or 0.0) * step_ms
            self._at_ms += step_ms
        self._at_ms = wall_ms
        if wall_ms // HOUR_MS != self._hour:
            over += self._close(wall_ms // HOUR_MS)
        return over

    def _close(self, hour: int) -> list[SeenHour]:
        """The hour at hand is over, and another begins."""
        seen_ms, closed = self._seen_ms, self._hour
        mean = [] if seen_ms < LEAST_OF_HOUR * HOUR_MS else [SeenHour(closed, self._kwms / seen_ms, self._kelvin_ms / seen_ms)]
        if seen_ms == HOUR_MS:
            self.surge_kwh += (surge_kwh(self._parts_kwms) - self.surge_kwh) / SURGE_HOURS
        self._hour, self._seen_ms, self._kwms, self._kelvin_ms = hour, 0, 0.0, 0.0
        self._parts_kwms = [0.0] * len(self._parts_kwms)
        return mean

    def _mean_drop(self, drop_k: float) -> None:
        share = MINUTE_MS / (DROP_HOURS * HOUR_MS)
        self.drop_k += share * (min(max(drop_k, LEAST_DROP_K), MOST_DROP_K) - self.drop_k)


def surge_kwh(parts_kwms: Sequence[float]) -> float:
    """How much more than their mean the parts of an hour that follow each other take when they take most [kWh].

    0 in an even hour.

    Args:
        parts_kwms: What each part of the hour took [kW ms].
    """
    even_kwms = sum(parts_kwms) * SURGE_PARTS / len(parts_kwms)
    last = len(parts_kwms) - SURGE_PARTS
    most_kwms = max(sum(parts_kwms[first : first + SURGE_PARTS]) for first in range(last + 1))
    return (most_kwms - even_kwms) / HOUR_MS if most_kwms > EVEN * even_kwms else 0.0
