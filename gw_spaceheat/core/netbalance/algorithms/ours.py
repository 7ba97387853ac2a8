"""Ours: the rest of this period and the next ones are planned under the forecast's own doubt, with every switching a cost.

Only how long a load runs within a period enters the bill, so there is much freedom as to when; a stochastic dynamic programme
(`outlook.py`) weighs acting now against knowing more later. What is foretold, and how wrong that has been of late:
`forecast.py`.
"""

from dataclasses import dataclass

from gw_spaceheat.core.netbalance.algorithm import AlgorithmError
from gw_spaceheat.core.netbalance.forecast import Forecast, ForecastSettings
from gw_spaceheat.core.netbalance.load import Load
from gw_spaceheat.core.netbalance.outlook import Costs, Outlook, Sets
from gw_spaceheat.core.netbalance.seen import Seen

REPLAN_S = 600.0
"""A plan is worked out anew so often, and at each period's beginning."""
MOST_LOADS = 4
USUAL_HOURS = 6.0
"""Until a day was seen, it is taken to feed all loads for so long [h]."""


@dataclass(frozen=True, slots=True)
class Settings(ForecastSettings):
    """What counts, and how the forecast learns.

    Attributes:
        switch_share: Part of what a day leaves over that is as bad, if it is not used, as one switching [0-1].
        easy_per_day: After so many switchings in a day each further one is dearer, in proportion.
        periods_ahead: How many periods after this one are planned.
        load_value_per_kwh: What energy in a load is worth: debt is bad by how much dearer it is.
        doubt: How much of the forecast's own errors is believed to come again.
    """

    switch_share: float = 0.0037
    easy_per_day: float = 8.0
    periods_ahead: int = 3
    load_value_per_kwh: float = 0.2409
    doubt: float = 1.0


class Ours:
    """Plans for the loads that are there."""

    def __init__(self, settings: Settings, load_w: float) -> None:
        """Nothing was seen; all loads together take so much [W]."""
        self._settings = settings
        self._forecast = Forecast(settings, load_w * USUAL_HOURS)
        self._load_w: tuple[float, ...] = ()
        self._sets = Sets(())
        self._outlook: Outlook | None = None
        self._planned_s = float("-inf")
        self._end_s = 0.0
        self._day = self._today = 0

    def decide(self, seen: Seen) -> tuple[bool, ...]:
        """The set of loads that costs least from now on; the present one where others are no better."""
        now_s, end_s = seen.wall_s, seen.wall_s + seen.remaining_s
        self._forecast.learn(now_s, seen.production_w, seen.base_w)
        if (
            self._outlook is None
            or now_s - self._planned_s >= REPLAN_S
            or abs(end_s - self._end_s) > 1.0
            or seen.load_w != self._load_w
        ):
            self._outlook = self._plan(seen, end_s)
        balance_wh = seen.balance_wh + self._forecast.free_wh(now_s, end_s, now_s)
        now = self._sets.index[seen.states]
        costs = self._outlook.at(seen.remaining_s, balance_wh)
        switch_wh, apart = self._switch_wh(), self._sets.apart[now]
        best = min(range(len(costs)), key=lambda at: (costs[at] + switch_wh * apart[at], apart[at]))
        if self._forecast.days != self._day:
            self._day, self._today = self._forecast.days, 0
        self._today += int(apart[best])
        return self._sets.states[best]

    def _plan(self, seen: Seen, end_s: float) -> Outlook:
        """From the last period that is planned back to this one."""
        settings, forecast = self._settings, self._forecast
        if seen.load_w != self._load_w:
            self._load_w, self._sets = seen.load_w, Sets(seen.load_w)
        self._planned_s, self._end_s = seen.wall_s, end_s
        costs = Costs(self._switch_wh(), self._over(seen))
        after = [0.0] * len(self._sets.states)
        for ahead in range(settings.periods_ahead - 1, -1, -1):
            from_s = end_s + ahead * seen.period_s
            free_wh = forecast.free_wh(from_s, from_s + seen.period_s, seen.wall_s)
            if free_wh <= 0.0 and not any(after):
                after = [costs.switch_wh * float(far) for far in self._sets.apart[0]]
                continue
            after = Outlook(self._sets, costs, after, seen.period_s, self._error_wh).cost_of(seen.period_s, free_wh)
        return Outlook(self._sets, costs, after, seen.remaining_s, self._error_wh)

    def _switch_wh(self) -> float:
        """Energy left over that is as bad as one switching [Wh]."""
        dearer = max(self._today / self._settings.easy_per_day, 1.0)
        return self._settings.switch_share * self._forecast.daily_wh * dearer

    def _error_wh(self, ahead_s: float) -> float:
        return self._settings.doubt * self._forecast.error_wh(ahead_s)

    def _over(self, seen: Seen) -> float:
        """How much worse a watt-hour of debt is than one left over; never better."""
        value = self._settings.load_value_per_kwh
        return max((seen.buy_per_kwh - value) / max(value - seen.sell_per_kwh, 1e-6), 1.0)


def make(settings: Settings, loads: tuple[Load, ...]) -> Ours:
    """Make it.

    Raises:
        AlgorithmError: There are too many loads, or a setting is out of range.
    """
    if len(loads) > MOST_LOADS:
        raise AlgorithmError(f"ours plans for up to {MOST_LOADS} loads, not {len(loads)}")
    if settings.switch_share < 0.0 or settings.periods_ahead < 0 or settings.doubt < 0.0 or settings.easy_per_day <= 0.0:
        raise AlgorithmError("switch_share, periods_ahead and doubt must not be negative, easy_per_day above 0")
    return Ours(settings, sum(load.nominal_w for load in loads))
