"""Joins meter, running balance, algorithm and loads: the same object in the simulator and in a house.

What it does when things go wrong:

- *the meter is silent*: nothing is added to the balance, loads keep their states for `hold_s`, then all go off until it
speaks again;
- *a gap between two readings*: the newer power is taken to have held for `longest_step_s` at most; the rest is not counted;
- *a period that was not seen whole* is marked partial, and balanced for what was seen;
- *the wall clock steps*: the monotonic clock goes on measuring energy; the period is the one that the new wall clock says,
partial.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gw_spaceheat.core.netbalance.algorithm import Algorithm
from gw_spaceheat.core.netbalance.keeper import KeptLoad, LoadKeeper
from gw_spaceheat.core.netbalance.load import Load
from gw_spaceheat.core.netbalance.period import NettingPeriod
from gw_spaceheat.core.netbalance.seen import Seen
from gw_spaceheat.vocabulary.tariff import QUARTER_MS, TimeOfUse

CLOCK_STEP_S = 2.0
"""Wall and monotonic clock may differ by so much between two readings before the wall clock is said to have stepped [s]."""


@dataclass(frozen=True, slots=True)
class ManagerSettings:
    """How it balances.

    Attributes:
        period: What is netted.
        sell_per_kwh: What surplus brings.
        longest_step_s: For how long a reading may stand at most [s].
        hold_s: How long loads keep their states while the meter is silent [s].
    """

    period: NettingPeriod
    sell_per_kwh: float
    longest_step_s: float = 60.0
    hold_s: float = 300.0


@dataclass(frozen=True, slots=True)
class MeterReading:
    """What was read at a moment.

    Attributes:
        wall_s: UTC [s].
        mono_s: Monotonic clock [s].
        production_w: What the sun gives; None if it is missing [W].
        consumption_w: All that is consumed, loads included; None if it is missing [W].
        load_w: What each load that is on takes, as measured; None where it is not [W].
    """

    wall_s: float
    mono_s: float
    production_w: float | None
    consumption_w: float | None
    load_w: Sequence[float | None] | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What must be known across a restart in mid-period."""

    wall_s: float
    period_start_s: float
    balance_wh: float
    covered_s: float
    loads: tuple[KeptLoad, ...]


class Manager:
    """Decides at each reading which loads are on.

    Attributes:
        states: Which loads are on.
        balance_wh: Of the period at hand [Wh].
        partial: Whether some of it was not seen.
    """

    def __init__(self, settings: ManagerSettings, loads: tuple[Load, ...], algorithm: Algorithm, tariff: TimeOfUse) -> None:
        """All loads are off; nothing was read."""
        self._settings, self._loads, self._algorithm, self._tariff = settings, loads, algorithm, tariff
        self._keepers = tuple(LoadKeeper(load) for load in loads)
        self._bound = any(load.is_bound for load in loads)
        self._nominal_w = tuple(load.nominal_w for load in loads)
        self._period_s = settings.period.deciding_ms / 1000.0
        self._start_s = 0.0
        self._covered_s = 0.0
        self._wall_s: float | None = None
        self._mono_s = 0.0
        self._silent_s = 0.0
        self._quarter, self._local_midnight_s, self._day = -1, 0.0, 0
        self._seen = Seen(period_s=self._period_s, sell_per_kwh=settings.sell_per_kwh)
        self.states: tuple[bool, ...] = (False,) * len(loads)
        self.balance_wh = 0.0
        self.partial = True

    def take(self, reading: MeterReading) -> tuple[bool, ...]:
        """A reading came; the answer is which loads are on from now on."""
        step_s = self._pass(reading)
        self._look_at_clock(reading.wall_s)
        if reading.production_w is None or reading.consumption_w is None:
            self._enter(reading.wall_s)
            self.partial = True
            self._silent_s += step_s
            return self._switch(self.states if self._silent_s <= self._settings.hold_s else (False,) * len(self._loads), step_s)
        self._silent_s = 0.0
        net_w = reading.production_w - reading.consumption_w
        self._add(net_w, step_s, reading.wall_s)
        seen = self._seen
        load_w = self._powers(reading)
        seen.load_w = load_w
        on_w = sum(watts for watts, on in zip(load_w, self.states, strict=True) if on)
        seen.wall_s, seen.net_w, seen.production_w = reading.wall_s, net_w, reading.production_w
        seen.base_w = reading.consumption_w - on_w
        seen.balance_wh, seen.elapsed_s = self.balance_wh, self._covered_s
        seen.remaining_s = self._start_s + self._period_s - reading.wall_s
        seen.states = self.states
        return self._switch(self._algorithm.decide(seen), step_s)

    def _pass(self, reading: MeterReading) -> float:
        """Time since the reading before, by the monotonic clock [s]."""
        step_s = 0.0
        if self._wall_s is not None:
            step_s = max(reading.mono_s - self._mono_s, 0.0)
            if abs(reading.wall_s - self._wall_s - step_s) > CLOCK_STEP_S:
                self.partial = True
        self._wall_s, self._mono_s = reading.wall_s, reading.mono_s
        return step_s

    def _add(self, net_w: float, step_s: float, wall_s: float) -> None:
        """Add a reading's energy to the period or, where it lies across the edge, to both."""
        counted_s = min(step_s, self._settings.longest_step_s)
        before_s = self._start_s + self._period_s - (wall_s - counted_s)  # how much of it lies in the period that was
        if wall_s >= self._start_s + self._period_s or wall_s < self._start_s:
            inside_s = min(max(before_s, 0.0), counted_s)
            self.balance_wh += net_w * inside_s / 3600.0
            self._enter(wall_s)
            counted_s = min(counted_s - inside_s, wall_s - self._start_s)
        if counted_s < step_s and step_s > self._settings.longest_step_s:
            self.partial = True
        self.balance_wh += net_w * counted_s / 3600.0
        self._covered_s += counted_s

    def _enter(self, wall_s: float) -> None:
        """Begin a new period, if one has begun."""
        if self._start_s <= wall_s < self._start_s + self._period_s:
            return
        start_s = wall_s - wall_s % self._period_s
        self.partial = start_s != self._start_s + self._period_s
        self._start_s, self.balance_wh, self._covered_s = start_s, 0.0, 0.0

    def _look_at_clock(self, wall_s: float) -> None:
        """Local time and price, worked out once a quarter of an hour."""
        quarter = int(wall_s * 1000.0) // QUARTER_MS
        if quarter != self._quarter:
            self._quarter = quarter
            local = self._tariff.local(quarter * QUARTER_MS)
            self._local_midnight_s = quarter * QUARTER_MS / 1000.0 - (local.hour * 3600.0 + local.minute * 60.0)
            self._day = local.toordinal()
            self._seen.buy_per_kwh = self._tariff.price_at(quarter * QUARTER_MS)

    def _powers(self, reading: MeterReading) -> tuple[float, ...]:
        if reading.load_w is None:
            return self._nominal_w
        pairs = zip(reading.load_w, self._nominal_w, self.states, strict=True)
        return tuple(measured if measured is not None and on and measured > 0.0 else nominal for measured, nominal, on in pairs)

    def _switch(self, wanted: tuple[bool, ...], step_s: float) -> tuple[bool, ...]:
        if not self._bound:
            self.states = wanted
            return wanted
        wall_s = self._wall_s or 0.0
        minute = int((wall_s - self._local_midnight_s) // 60.0)
        for keeper in self._keepers:
            keeper.pass_time(step_s, self._day)
        silent = self._silent_s > self._settings.hold_s
        self.states = tuple(
            not silent and keeper.allow(want, self._mono_s, minute) for keeper, want in zip(self._keepers, wanted, strict=True)
        )
        return self.states

    def kept(self) -> Kept:
        """What to keep across a restart."""
        keepers = zip(self._keepers, self.states, strict=True)
        loads = tuple(keeper.kept() if self._bound else KeptLoad(on) for keeper, on in keepers)
        return Kept(self._wall_s or 0.0, self._start_s, self.balance_wh, self._covered_s, loads)

    def restore(self, kept: Kept, wall_s: float, mono_s: float) -> None:
        """Go on in mid-period from what was kept; what was not seen meanwhile is not counted.

        Args:
            kept: From before the restart; the monotonic times in it are of another start and are moved by how old they are.
            wall_s: Now, UTC [s].
            mono_s: Now, monotonic [s].
        """
        self.states = tuple(load.on for load in kept.loads)
        for keeper, load in zip(self._keepers, kept.loads, strict=True):
            keeper.restore(KeptLoad(load.on, None if load.changed_s is None else mono_s, load.day, load.starts, load.on_s))
        if kept.period_start_s <= wall_s < kept.period_start_s + self._period_s:
            self._start_s, self.balance_wh, self._covered_s = kept.period_start_s, kept.balance_wh, kept.covered_s
        self._wall_s, self._mono_s, self.partial = wall_s, mono_s, True
