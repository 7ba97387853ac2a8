"""Ours: a plan over the rest of this period and the next ones, with every switching a cost; each switch as late as it may be.

Only how long a load runs within a period enters the bill, so a plan needs for each period the states at its two ends and, for a load
whose state changes, when. The plan is a dynamic programme over these, on forecasts, worked out anew at every decision. A switch
of the plan is made only when waiting one more step would put the period's end out of reach: till then the forecast gets better.
"""

from dataclasses import dataclass
from functools import cache
from itertools import product
from math import erf, exp
from statistics import NormalDist

from gw_spaceheat.core.netbalance.algorithm import AlgorithmError
from gw_spaceheat.core.netbalance.forecast import Forecast, ForecastSettings
from gw_spaceheat.core.netbalance.load import Load
from gw_spaceheat.core.netbalance.seen import Seen

REPLAN_S = 300.0
"""What lies beyond this period is worked out anew so often."""
MOST_LOADS = 5


@dataclass(frozen=True, slots=True)
class Settings:
    """What counts.

    Attributes:
        switch_wh: Energy left over, or taken too much, that is as bad as one switching [Wh].
        periods_ahead: How many periods after this one are planned.
        load_value_per_kwh: What energy in a load is worth: debt is bad by how much dearer it is.
        latitude: Where the house is, north positive [deg].
        longitude: East positive [deg].
        sun_s: Time constant of how much sun comes through now [s].
        persist_s: How long that persists [s].
        base_s: Time constant of what the house takes now [s].
        base_persist_s: How long that persists [s].
    """

    switch_wh: float = 40.0
    periods_ahead: int = 6
    load_value_per_kwh: float = 0.2409
    latitude: float = 41.6
    longitude: float = 1.3
    sun_s: float = 400.0
    persist_s: float = 10_800.0
    base_s: float = 400.0
    base_persist_s: float = 2400.0
    doubt: float = 1.0
    caution: float = 1.0
    profile: float = 0.5


@dataclass(frozen=True, slots=True)
class _Move:
    """From one set of states to another within a period: what of the loads' full energy is fixed, and what is free."""

    end: int
    switches: int
    fixed_w: float
    free_w: float


class Ours:
    """Plans at every decision."""

    def __init__(self, settings: Settings, count: int) -> None:
        """Nothing was seen."""
        self._settings = settings
        self._sets = tuple(product((False, True), repeat=count))
        self._forecast = Forecast(
            ForecastSettings(
                settings.latitude,
                settings.longitude,
                settings.sun_s,
                settings.persist_s,
                settings.base_s,
                settings.base_persist_s,
                settings.profile,
            )
        )
        self._load_w: tuple[float, ...] = ()
        self._moves: tuple[tuple[_Move, ...], ...] = ()
        self._after: list[float] = [0.0] * len(self._sets)
        self._planned_s = float("-inf")
        self._period_end_s = 0.0
        self._at_s: float | None = None

    def decide(self, seen: Seen) -> tuple[bool, ...]:
        """The states that the plan wants from now on."""
        forecast, now_s = self._forecast, seen.wall_s
        forecast.learn(now_s, seen.production_w, seen.base_w)
        step_s = min(max(now_s - self._at_s, 0.0), 60.0) if self._at_s is not None else 0.0
        self._at_s = now_s
        if seen.load_w != self._load_w:
            self._load_w = seen.load_w
            self._moves = self._all_moves(seen.load_w)
        end_s = now_s + seen.remaining_s
        if now_s - self._planned_s >= REPLAN_S or end_s - self._period_end_s > 1.0:
            self._plan_after(seen, end_s)
            self._planned_s, self._period_end_s = now_s, end_s
        free_wh = seen.balance_wh + forecast.free_wh(now_s, end_s, now_s)
        return self._now(seen, free_wh, step_s)

    def _now(self, seen: Seen, free_wh: float, step_s: float) -> tuple[bool, ...]:
        """The first step of the best plan."""
        remaining_h, states = seen.remaining_s / 3600.0, seen.states
        over = self._over(seen)
        error_wh = self._settings.doubt * self._forecast.error_wh(seen.remaining_s)
        best, best_cost = None, float("inf")
        for move in self._moves[self._sets.index(states)]:
            cost = self._cost(move, free_wh, remaining_h, over, error_wh) + self._after[move.end]
            if cost < best_cost:
                best, best_cost = move, cost
        if best is None or best.switches == 0:
            return states
        wanted = self._sets[best.end]
        low_wh, high_wh = best.fixed_w * remaining_h, (best.fixed_w + best.free_w) * remaining_h
        after_s = seen.remaining_s
        if best.free_w > 0.0:
            share = min(max((free_wh - low_wh) / max(high_wh - low_wh, 1e-9), 0.0), 1.0)
            rising = any(will and not on for on, will in zip(states, wanted, strict=True))
            after_s *= share if rising else 1.0 - share
        free_wh -= self._settings.caution * _margin(over) * self._forecast.error_wh(after_s)
        target_wh = min(max(free_wh, low_wh), high_wh)
        step_h = min(step_s, seen.remaining_s) / 3600.0
        rising_w = sum(w for w, on, will in zip(seen.load_w, states, wanted, strict=True) if will and not on)
        falling_w = best.free_w - rising_w
        if rising_w > 0.0 and target_wh > high_wh - rising_w * step_h:
            return self._one(states, wanted, on=True)
        if falling_w > 0.0 and target_wh < low_wh + falling_w * step_h:
            return self._one(states, wanted, on=False)
        return states

    @staticmethod
    def _one(states: tuple[bool, ...], wanted: tuple[bool, ...], *, on: bool) -> tuple[bool, ...]:
        """The states with the first change of a kind made."""
        changed = list(states)
        for index, (is_on, will) in enumerate(zip(states, wanted, strict=True)):
            if is_on != will and will == on:
                changed[index] = on
                break
        return tuple(changed)

    def _plan_after(self, seen: Seen, end_s: float) -> None:
        """What each set of states at the end of this period will cost from then on [Wh]."""
        period_s, over = seen.period_s, self._over(seen)
        after = [0.0] * len(self._sets)
        for ahead in range(self._settings.periods_ahead - 1, -1, -1):
            from_s = end_s + ahead * period_s
            free_wh = self._forecast.free_wh(from_s, from_s + period_s, seen.wall_s)
            error_wh = self._settings.doubt * self._forecast.error_wh(period_s)
            after = [
                min(self._cost(move, free_wh, period_s / 3600.0, over, error_wh) + after[move.end] for move in moves)
                for moves in self._moves
            ]
        self._after = after

    def _cost(self, move: _Move, free_wh: float, hours: float, over: float, error_wh: float) -> float:
        """Of a move through a period, as expected where the forecast has this standard error [Wh]."""
        low_wh = move.fixed_w * hours
        high_wh = low_wh + move.free_w * hours
        left_wh, debt_wh = _expected_above(free_wh - high_wh, error_wh), _expected_above(low_wh - max(free_wh, 0.0), error_wh)
        if low_wh == 0.0:
            debt_wh = 0.0
        return move.switches * self._settings.switch_wh + left_wh + over * debt_wh

    def _over(self, seen: Seen) -> float:
        """How much worse a watt-hour of debt is than one left over; never better."""
        value = self._settings.load_value_per_kwh
        return max((seen.buy_per_kwh - value) / max(value - seen.sell_per_kwh, 1e-6), 1.0)

    def _all_moves(self, load_w: tuple[float, ...]) -> tuple[tuple[_Move, ...], ...]:
        return tuple(
            tuple(self._move(start, end, index, load_w) for index, end in enumerate(self._sets)) for start in self._sets
        )

    @staticmethod
    def _move(start: tuple[bool, ...], end: tuple[bool, ...], index: int, load_w: tuple[float, ...]) -> _Move:
        triples = list(zip(start, end, load_w, strict=True))
        return _Move(
            index,
            sum(a != b for a, b, _ in triples),
            sum(w for a, b, w in triples if a and b),
            sum(w for a, b, w in triples if a != b),
        )


@cache
def _margin(over: float) -> float:
    """Standard errors below the forecast to aim at, where debt is so many times as bad as what is left over."""
    return NormalDist().inv_cdf(over / (1.0 + over))


def _expected_above(mean: float, error: float) -> float:
    """Expected part above 0 of a normally distributed number."""
    if mean >= 3.0 * error:
        return mean
    if mean <= -3.0 * error:
        return 0.0
    z = mean / error
    return error * (exp(-0.5 * z * z) * 0.3989422804 + z * 0.5 * (1.0 + erf(z * 0.7071067812)))


def make(settings: Settings, loads: tuple[Load, ...]) -> Ours:
    """Make it.

    Raises:
        AlgorithmError: There are too many loads, or a setting is out of range.
    """
    if len(loads) > MOST_LOADS:
        raise AlgorithmError(f"ours plans for up to {MOST_LOADS} loads, not {len(loads)}")
    if settings.switch_wh < 0.0 or settings.periods_ahead < 1:
        raise AlgorithmError("switch_wh must not be negative, and periods_ahead at least 1")
    return Ours(settings, len(loads))
