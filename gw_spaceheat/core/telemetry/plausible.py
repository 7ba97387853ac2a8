"""What a sensor can believably show: values that cannot be are no values, so that whoever needs them falls back at once.

It is asked about captured values only. What is captured is decided by what the device showed, so a device that shows the same
impossible value for hours is as quiet as one that shows the same good value.
"""

from collections.abc import Collection, Sequence
from math import nan
from typing import Final, NamedTuple

from gw_spaceheat.house.model import Channel
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

POWER_ON_C: Final = 85.0
"""What a DS18B20 shows from power-up until it has converted [degC]: exactly this."""
NEAR_POWER_ON_K = 2.0
"""Water that is heated past 85 degC was this near to it the capture before; then it is believed [K]."""
JUMP_K: Final = 25.0
"""Tank water does not change by more than this from one scan to the next [K]: a layer is heated within minutes at the fastest.

Pipes may: their water is cold one moment and comes from a hot tank the next, when a pump starts.
"""
JUMP_CAPTURES = 3
"""A jump is believed when so many captures in a row, the first included, show it."""


class Range(NamedTuple):
    """Smallest and largest value that can be, in the channel's SI unit."""

    least: float
    most: float


WATER_C = Range(-30.0, 115.0)
"""A pipe of a cold garage gets as cold as the garage, and then must be seen; a broken probe shows -40 degC and less."""
AIR_C = Range(-60.0, 60.0)
RANGES: dict[TelemetryName, Range] = {
    TelemetryName.PowerW: Range(-1e6, 1e6),
    TelemetryName.RelayState: Range(0.0, 1.0),
    TelemetryName.WaterTempCTimes1000: WATER_C,
    TelemetryName.WaterTempFTimes1000: WATER_C,
    TelemetryName.AirTempCTimes1000: AIR_C,
    TelemetryName.AirTempFTimes1000: AIR_C,
    TelemetryName.GpmTimes100: Range(-50.0, 50.0),
    TelemetryName.CurrentRmsMicroAmps: Range(0.0, 1e4),
    TelemetryName.VoltageRmsMilliVolts: Range(0.0, 1e5),
    TelemetryName.VoltsTimes100: Range(-1e5, 1e5),
    TelemetryName.CelsiusTimes100: Range(-60.0, 200.0),
    TelemetryName.WattHours: Range(-1e12, 1e12),
}
"""What each quantity can be in a house: water in a heating system, air indoors and out in any climate."""

TEMPERATURES = frozenset(
    {
        TelemetryName.WaterTempCTimes1000,
        TelemetryName.WaterTempFTimes1000,
        TelemetryName.AirTempCTimes1000,
        TelemetryName.AirTempFTimes1000,
        TelemetryName.CelsiusTimes100,
    }
)


class ChannelRule:
    """One channel's judgement, with the memory that it needs.

    Attributes:
        least, most: Range of the quantity.
        believed: What it showed last that was believed; NaN before the first time.
    """

    __slots__ = ("_jumped_times", "_jumped_to", "_jumps_matter", "_temperature", "believed", "least", "most")

    def __init__(self, telemetry: TelemetryName, tank_probe: bool) -> None:
        """Nothing has been shown yet."""
        self.least, self.most = RANGES[telemetry]
        self._temperature = telemetry in TEMPERATURES
        self._jumps_matter = tank_probe
        self.forget()

    def forget(self) -> None:
        """The device was lost: it may show anything next."""
        self.believed = nan
        self._jumped_to = nan
        self._jumped_times = 0

    def believes(self, value: float) -> bool:
        """Whether a value is beyond doubt at first sight, as nearly all are; else `judge` looks more closely."""
        if self.least <= value <= self.most and -JUMP_K <= value - self.believed <= JUMP_K and value != POWER_ON_C:
            self.believed = value
            self._jumped_times = 0
            return True
        return False

    def judge(self, value: float | None) -> float | None:
        """The value if it can be, else None; missing stays missing."""
        if value is None or not self._can_be(value):
            return None
        if self._jumps_matter and abs(value - self.believed) > JUMP_K and not self._persists(value):
            return None
        self.believed = value
        self._jumped_times = 0
        return value

    def glance(self, value: float | None) -> float | None:
        """The same for a value that is not captured, and is remembered by nothing."""
        if value is None or not self._can_be(value) or (self._jumps_matter and abs(value - self.believed) > JUMP_K):
            return None
        return value

    def _can_be(self, value: float) -> bool:
        if not self.least <= value <= self.most:  # NaN is in no range
            return False
        return not (self._temperature and value == POWER_ON_C) or abs(value - self.believed) <= NEAR_POWER_ON_K

    def _persists(self, value: float) -> bool:
        """Whether the water has now been seen far from where it was for long enough."""
        here = abs(value - self._jumped_to) <= JUMP_K
        self._jumped_times = self._jumped_times + 1 if here and self._jumped_times else 1
        self._jumped_to = value
        return self._jumped_times >= JUMP_CAPTURES


class Plausibility:
    """The rules of one device's channels."""

    def __init__(self, channels: Sequence[Channel], tank_probes: Collection[str] = ()) -> None:
        """Learn the quantities; tank_probes are the names of channels that show the water of a tank."""
        self._names = tuple(channel.name for channel in channels)
        self._in_order = [ChannelRule(channel.telemetry, channel.name in tank_probes) for channel in channels]
        self._rules = dict(zip(self._names, self._in_order, strict=True))

    def judge(self, names: Sequence[str], values: tuple[float | None, ...]) -> tuple[float | None, ...]:
        """What was captured of these channels, with None in place of what cannot be."""
        whole = names is self._names or names == self._names  # as nearly always
        rules = self._in_order if whole else [self._rules[name] for name in names]
        judged: list[float | None] | None = None
        for index, rule in enumerate(rules):
            value = values[index]
            if value is not None and rule.believes(value):
                continue
            believable = rule.judge(value)
            if believable is not value:
                judged = list(values) if judged is None else judged
                judged[index] = believable
        return values if judged is None else tuple(judged)

    def glance(self, values: Sequence[float | None]) -> tuple[float | None, ...]:
        """A whole scan, in the order of the channels, for whoever only looks: what cannot be is None, and nothing is learnt."""
        return tuple(rule.glance(value) for rule, value in zip(self._in_order, values, strict=True))

    def forget(self) -> None:
        """The device was lost: whatever it shows next is judged anew."""
        for rule in self._rules.values():
            rule.forget()
