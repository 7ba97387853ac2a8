"""The meters of a street: any reading of any of them, by house and tick.

A tick is a multiple of the interval since 1970, so that two who simulate the same street agree on the number of a reading.
Hours are made as a whole and forgotten again: memory does not grow with time. Registers are counted from hour to hour, so
ticks are asked for in rising order, save for the few last hours.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.plant.chance_series import uniforms
from gw_spaceheat.plant.meter.faults import FaultKind, MeterFault, during, skew_ms
from gw_spaceheat.plant.meter.household import Household, load_w
from gw_spaceheat.plant.meter.reading import MeterReading
from gw_spaceheat.plant.meter.registers import Energy, registers
from gw_spaceheat.vocabulary.moment import HOUR_MS, SECOND_MS

Values = NDArray[np.float64]
Times = NDArray[np.int64]
LocalTime = Callable[[Times], Times]
"""Makes local wall time [s since 1970-01-01 00:00 there] of moments [ms, UTC]."""
Load = Callable[[str, Times, Times], Values]
"""Makes power [W] of a house, of moments [ms, UTC], and of the local wall time of these [s]."""

ORIGINAL_HOUSES = ("HOUSE_A", "HOUSE_B", "HOUSE_C")
ORIGINAL_MOST_W = 9000
ORIGINAL_INTERVAL_MS = 10_000
KEPT_HOURS = 3
KEPT_REGISTERS = 100_000
"""Registers are remembered for so many meters and hours, which is longer than any sender lags behind."""
_ORIGINAL, _JITTER, _HOUSE = 0x4D11, 0x4D12, 0x4D13


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """Meters, and what they measure.

    Attributes:
        houses: Their names.
        load: What each house uses.
        interval_ms: Time between two readings of a meter [ms]; an hour has a whole number of them.
        jitter_ms: A reading is late by up to this [ms]; below the interval.
        resolution_w: Power is said in whole multiples of this [W].
        resolution_wh: Registers show whole multiples of this [Wh].
        counts: Whether the meters number their readings and have registers.
        seed: Of the jitter.
        faults: What goes wrong.
    """

    houses: tuple[str, ...]
    load: Load
    interval_ms: int = 10_000
    jitter_ms: int = 0
    resolution_w: int = 1
    resolution_wh: int = 1
    counts: bool = True
    seed: int = 1
    faults: tuple[MeterFault, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError, naming the figure, for one that cannot be."""
        checks = (
            ("interval_ms", self.interval_ms > 0 and HOUR_MS % self.interval_ms == 0, "a whole fraction of an hour"),
            ("jitter_ms", 0 <= self.jitter_ms < max(self.interval_ms, 1), "0 to less than the interval"),
            ("resolution_w", self.resolution_w >= 1, "1 or more"),
            ("resolution_wh", self.resolution_wh >= 1, "1 or more"),
            ("houses", len(set(self.houses)) == len(self.houses) > 0, "one or more, each with a name of its own"),
        )
        for name, holds, allowed in checks:
            if not holds:
                raise ValueError(f"{name} of a street of meters is {getattr(self, name)}; allowed is {allowed}")


class _Hour(NamedTuple):
    """One meter through an hour, as lists, by tick."""

    taken_us: list[int]
    power_w: list[float]
    import_wh: list[int]
    export_wh: list[int]
    heard: list[bool]


@dataclass(slots=True)
class Fleet:
    """The meters of a street at work.

    Attributes:
        street: What they are.
        local: Local time there.
        energy: What had gone through each meter before the hour that is asked for first; nothing for one that is not named.
    """

    street: Street
    local: LocalTime
    energy: Mapping[str, Energy] = field(default_factory=dict)
    _hours: dict[int, list[_Hour]] = field(default_factory=dict, init=False)
    _before: dict[int, dict[str, Energy]] = field(default_factory=dict, init=False)
    _said: dict[str, float] = field(default_factory=dict, init=False)

    def first_tick(self, unix_ms: int) -> int:
        """The first tick at this moment or after it."""
        return -(-unix_ms // self.street.interval_ms)

    def tick_ms(self, tick: int) -> int:
        """When a tick is [ms, UTC]."""
        return tick * self.street.interval_ms

    def latest_ms(self, tick: int) -> int:
        """When the last reading of a tick is taken, at the latest [ms, UTC]; a skewed clock does not count."""
        return self.tick_ms(tick) + self.street.jitter_ms

    def readings(self, tick: int) -> list[MeterReading]:
        """What the meters say at a tick, in the order of the houses; those that are not heard say nothing."""
        hour, at = divmod(tick, HOUR_MS // self.street.interval_ms)
        made = self._hours.get(hour) or self._make(hour)
        said = []
        for house, one in zip(self.street.houses, made, strict=True):
            if one.heard[at]:
                counted = (tick, one.import_wh[at], one.export_wh[at]) if self.street.counts else (None, None, None)
                said.append(MeterReading(house, one.taken_us[at], one.power_w[at], *counted))
        return said

    def energy_before(self, tick: int) -> dict[str, Energy]:
        """What had gone through each meter before the hour of a tick that was asked for lately."""
        hour = tick // (HOUR_MS // self.street.interval_ms)
        return dict(self._before.get(hour, self.energy))

    def _make(self, hour: int) -> list[_Hour]:
        street = self.street
        first_ms = hour * HOUR_MS
        moments = first_ms + np.arange(HOUR_MS // street.interval_ms, dtype=np.int64) * street.interval_ms
        local_s = self.local(moments)
        before = self._before.get(hour)
        if before is None:
            before = {house: self.energy.get(house, Energy()) for house in street.houses}
            self._before[hour] = before
        after: dict[str, Energy] = {}
        made = []
        for index, house in enumerate(street.houses):
            power = street.load(house, moments, local_s)
            one, after[house] = self._measured(index, house, moments, power, before[house])
            made.append(one)
        self._before[hour + 1] = after
        self._hours[hour] = made
        for old in [known for known in self._hours if known <= hour - KEPT_HOURS]:
            del self._hours[old]
        kept = max(KEPT_REGISTERS // len(street.houses), KEPT_HOURS)
        for old in [known for known in self._before if known <= hour - kept]:
            del self._before[old]
        return made

    def _measured(self, index: int, house: str, moments: Times, power: Values, before: Energy) -> tuple[_Hour, Energy]:
        """One meter through an hour, with its faults, and what has gone through it then."""
        street = self.street
        faults = [fault for fault in street.faults if fault.house == house]
        heard = np.ones(moments.shape, dtype=np.bool_)
        late = np.zeros(moments.shape, dtype=np.int64)
        if street.jitter_ms:
            counter = (moments // street.interval_ms * 4096 + index) & 0x7FFFFFFF
            late = (uniforms(street.seed, _JITTER, counter) * street.jitter_ms).astype(np.int64)
        seen = power
        if faults:
            silent = during(faults, FaultKind.REBOOT, moments)
            heard = ~(silent | during(faults, FaultKind.DROPOUT, moments))
            late = late + skew_ms(faults, moments)
            seen = np.where(during(faults, FaultKind.INVERTED, moments), -power, power)
            seen = np.where(silent, 0.0, seen)
            seen = self._held(house, seen, during(faults, FaultKind.STUCK, moments))
        counted = registers(seen, street.interval_ms / SECOND_MS, before, street.resolution_wh)
        imported, exported = counted.import_wh, counted.export_wh
        if faults:
            stuck = during(faults, FaultKind.STUCK, moments)
            imported, exported = _frozen(imported, stuck), _frozen(exported, stuck)
        shown = np.round(seen / street.resolution_w) * street.resolution_w
        taken_us = (moments + late) * 1000
        self._said[house] = float(shown[-1])
        one = _Hour(taken_us.tolist(), shown.tolist(), imported.tolist(), exported.tolist(), heard.tolist())
        return one, counted.after

    def _held(self, house: str, power: Values, stuck: NDArray[np.bool_]) -> Values:
        """A power that stays where it was while the meter is stuck."""
        if not stuck.any():
            return power
        held = power.copy()
        last = self._said.get(house, float(power[0]))
        for at in range(len(held)):
            if stuck[at]:
                held[at] = last
            last = held[at]
        return held


def _frozen(counts: NDArray[np.int64], stuck: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Registers that show nothing new while the meter is stuck; what it counts meanwhile shows afterwards."""
    shown = counts.copy()
    for at in range(1, len(shown)):
        if stuck[at]:
            shown[at] = shown[at - 1]
    return shown


def household_load(seed: int, household: Household, houses: tuple[str, ...]) -> Load:
    """The load of households that are alike and live differently.

    Args:
        seed: A non-negative integer.
        household: What they have in common.
        houses: Their names; a house's place among them is what makes it differ.
    """
    seeds = {house: (seed * 1009 + index * 7919 + _HOUSE) & 0x7FFFFFFF for index, house in enumerate(houses)}

    def load(house: str, _moments: Times, local_s: Times) -> Values:
        return load_w(household, seeds[house], local_s)

    return load


def original_load(seed: int, houses: tuple[str, ...]) -> Load:
    """The load of the meters of 2021: any whole power from 0 to 9000 W at each reading [W]."""
    places = {house: index for index, house in enumerate(houses)}

    def load(house: str, moments: Times, _local_s: Times) -> Values:
        counter = (moments // SECOND_MS) & 0x7FFFFFFF
        whole: Values = np.floor(uniforms(seed + places[house], _ORIGINAL, counter) * (ORIGINAL_MOST_W + 1))
        return whole

    return load


def recorded_load(watts: Values, step_s: int, first_local_s: int) -> Load:
    """The load of a recording, over and over, the same for every house.

    Args:
        watts: Power of each step [W].
        step_s: Length of a step [s].
        first_local_s: Local wall time of its first [s].
    """

    def load(_house: str, _moments: Times, local_s: Times) -> Values:
        found: Values = watts[(local_s - first_local_s) // step_s % len(watts)]
        return found

    return load
