"""A house that is heated when that suits its street: it plans two days, against the price of the sun that others leave.

It pays for its own roof's sun what the grid would pay for it, for its neighbours' what they want, and for whatever is beyond
that the grid's price: so a step of its plan has a cheaper price up to some power, and a dearer one above
(`planner/outlook.py`). The grid's price counts as a little dearer where the street takes much, so that houses do not all run
at once. Source and store do what the planner believes they do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gw_spaceheat.core.market.energy import Energy, Values
from gw_spaceheat.core.market.left_for_heat import DAY_SLOTS, Left
from gw_spaceheat.core.market.settlement import Tariff
from gw_spaceheat.core.market.street import BaseLoad, HeatedHouse, Street
from gw_spaceheat.core.market.timetable import DAY_S, SLOT_S, Timetable
from gw_spaceheat.core.planner.batch import Case, make_plans
from gw_spaceheat.core.planner.figures import RETURN_DROP_K, Figures, Level
from gw_spaceheat.core.planner.horizon import ALL_HOURS, horizon
from gw_spaceheat.core.planner.induction import STATES
from gw_spaceheat.core.planner.outlook import Outlook, Standing
from gw_spaceheat.core.planner.plan import Plan
from gw_spaceheat.core.planner.worth import heat_usd_per_kwh

HOUR_S = 3600
HOUR_SLOTS = HOUR_S // SLOT_S
KEEP_USD_PER_H = 0.01
"""So much must be gained for each hour in which another thing is done than was planned before [USD/h]."""
SPREAD_USD_PER_KWH = 0.01
"""The grid's energy counts as so much dearer where the street takes most of it, and less where it takes less: among hours that
are as good, those are taken in which others take little [USD/kWh]."""
SLOT_H = SLOT_S / HOUR_S


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatDone:
    """What a house did.

    Attributes:
        house: Its name.
        electricity_kwh: What its source and boost took.
        boost_kwh: The boost's part of it.
        need_kwh: Heat that it needed.
        starts: How often its source started.
        cold_k_h: For how long its water was how much colder than it had to be [K h].
        begin_kwh, end_kwh: Heat in its stores [kWh].
        end_usd: What that at the end is worth beyond that at the beginning [USD]: made with the grid's electricity.
    """

    house: str
    electricity_kwh: float
    boost_kwh: float
    need_kwh: float
    starts: int
    cold_k_h: float
    begin_kwh: float
    end_kwh: float
    end_usd: float


def with_levels(figures: Figures, levels: int) -> Figures:
    """A house whose source has so many powers from its smallest load to its largest; 1 leaves it as it is."""
    if levels == 1:
        return figures
    source = figures.source
    most = max(source.levels, key=lambda level: level.power_kw)
    powers = np.linspace(source.minimum_kw or most.power_kw / levels, most.power_kw, levels).tolist()
    return replace(figures, source=replace(source, levels=tuple(Level(power_kw=kw, offset_k=most.offset_k) for kw in powers)))


def heat_slots(street: Street) -> int:
    """How many slots houses look at: the street's, and two days more."""
    return max(Timetable(street).slots, street.days * DAY_SLOTS) + ALL_HOURS * HOUR_SLOTS


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatOptions:
    """What houses of a street have in common.

    Attributes:
        days: For how many days they are heated.
        slots: How many slots they look at (`heat_slots`).
        outdoor_c: Outdoor temperature of each hour from the street's first event on [degC].
        tariff: What energy costs.
        sees_sun: Whether they go by the street's sun; else they plan by the grid's price alone.
        states: Number of amounts of heat in a plan.
    """

    days: int
    slots: int
    outdoor_c: tuple[float, ...]
    tariff: Tariff
    sees_sun: bool = True
    states: int = STATES


class HeatingHouse:
    """A house: where it stands, what it plans, what it has done.

    Attributes:
        name: The house.
        done_wh: What its source and boost have taken in each slot [Wh].
        planned_wh: The same, and what they are to take as it plans now [Wh].
    """

    def __init__(self, heated: HeatedHouse, figures: Figures, options: HeatOptions) -> None:
        """Nothing is planned.

        Args:
            heated: The house.
            figures: Of its model.
            options: What it has in common with others.
        """
        self.name, self._options = heated.house, options
        self._figures = with_levels(figures, heated.levels)
        need_wh = heated.need.within(np.arange(options.days * DAY_SLOTS + 1, dtype=np.float64) * SLOT_S)
        self._need_kw = _over_again(need_wh / 1000.0 / SLOT_H, options.slots)
        hourly = np.array(options.outdoor_c, dtype=np.float64).repeat(HOUR_SLOTS)
        self._outdoor_c = _over_again(hourly, options.slots)
        self._standing = Standing(energy_kwh=heated.stored_share * self._figures.store.full_kwh)
        self._begin_kwh = self._standing.energy_kwh
        self.done_wh = np.zeros(options.slots)
        self._plan: Plan | None = None
        self._boost_kwh, self._cold_k_h, self._starts = 0.0, 0.0, 0
        self.planned_wh = np.zeros(options.slots)

    def plan(self, slot: int, left: Left) -> None:
        """Plan from a slot on.

        Args:
            slot: It begins an hour.
            left: What others leave for it.
        """
        self._plan = self._planned(slot, left if self._options.sees_sun else Left.nothing(self._options.slots))
        self.planned_wh = self.done_wh.copy()
        for step in self._plan.steps:
            first = step.start_ms // (SLOT_S * 1000)
            last = first + step.length_ms // (SLOT_S * 1000)
            self.planned_wh[first:last] = step.power_kw * 1000.0 * SLOT_H

    def do(self, slot: int) -> None:
        """Follow the plan for the hour that begins with a slot."""
        begin_ms, end_ms = slot * SLOT_S * 1000, (slot + HOUR_SLOTS) * SLOT_S * 1000
        plan = self._plan
        if plan is None:
            return
        ends = [*(step.energy_kwh for step in plan.steps[1:]), plan.end_kwh]
        standing = self._standing
        for step, end_kwh in zip(plan.steps, ends, strict=True):
            if not begin_ms <= step.start_ms < end_ms:
                continue
            step_h = step.length_ms / 1000.0 / HOUR_S
            first = step.start_ms // (SLOT_S * 1000)
            last = first + step.length_ms // (SLOT_S * 1000)
            self.done_wh[first:last] = step.power_kw * 1000.0 * SLOT_H
            self._boost_kwh += step.boost_kw * step_h
            self._starts += step.runs and not standing.running
            self._cold_k_h += max(step.least_kwh - end_kwh, 0.0) / self._figures.store.water_kwh_per_k * step_h
            for_h = standing.for_h if standing.running == step.runs else 0.0
            standing = Standing(energy_kwh=end_kwh, running=step.runs, for_h=for_h + step_h)
        self._standing = standing

    @property
    def load(self) -> BaseLoad:
        """What it has done: a load that does not move any more."""
        return load_of(self.name, self.done_wh)

    @property
    def done(self) -> HeatDone:
        """What it did, in figures."""
        over = self._options.days * DAY_SLOTS
        steps = horizon((over - DAY_SLOTS) * SLOT_S * 1000, DAY_S // HOUR_S)
        grid = [self._options.tariff.purchase_usd_per_kwh] * steps.steps
        worth_usd = heat_usd_per_kwh(self._figures, steps, grid, _by_step(self._outdoor_c, steps.edges_ms).tolist())
        return HeatDone(
            house=self.name,
            electricity_kwh=float(self.done_wh.sum()) / 1000.0,
            boost_kwh=self._boost_kwh,
            need_kwh=float(self._need_kw[:over].sum()) * SLOT_H,
            starts=self._starts,
            cold_k_h=self._cold_k_h,
            begin_kwh=self._begin_kwh,
            end_kwh=self._standing.energy_kwh,
            end_usd=worth_usd * (self._standing.energy_kwh - self._begin_kwh),
        )

    def _planned(self, slot: int, left: Left) -> Plan:
        steps = horizon(slot * SLOT_S * 1000)
        own_kw = _by_step(left.own_wh, steps.edges_ms) / 1000.0 / SLOT_H
        street_kw = _by_step(left.all_wh, steps.edges_ms) / 1000.0 / SLOT_H
        own_kw = np.minimum(own_kw, street_kw)
        tariff, busy = self._options.tariff, _by_step(left.import_wh, steps.edges_ms)
        grid_usd = tariff.purchase_usd_per_kwh + SPREAD_USD_PER_KWH * busy / max(float(busy.max()), 1.0)
        paid = own_kw * tariff.feed_in_usd_per_kwh + (street_kw - own_kw) * tariff.local_usd_per_kwh
        price = np.divide(paid, street_kw, out=grid_usd.copy(), where=street_kw > 0.0)
        price = np.minimum(price, grid_usd)
        covered = np.minimum(street_kw / min(level.power_kw for level in self._figures.source.levels), 1.0)
        usual = (price * covered + grid_usd * (1.0 - covered)).tolist()
        outdoor_c = _by_step(self._outdoor_c, steps.edges_ms).tolist()
        outlook = Outlook(
            horizon=steps,
            price_usd_per_kwh=tuple(price.tolist()),
            outdoor_c=tuple(outdoor_c),
            need_kw=tuple(_by_step(self._need_kw, steps.edges_ms).tolist()),
            drop_k=RETURN_DROP_K,
            end_usd_per_kwh=heat_usd_per_kwh(self._figures, steps, usual, outdoor_c),
            limit_kw=tuple(street_kw.tolist()),
            beyond_usd_per_kwh=tuple((grid_usd - price).tolist()),
        )
        (plan,) = make_plans(
            [
                Case(
                    figures=self._figures,
                    standing=self._standing,
                    outlook=outlook,
                    before=self._plan,
                    keep_usd_per_h=KEEP_USD_PER_H,
                )
            ],
            states=self._options.states,
        )
        return plan


def load_of(house: str, wh: Values) -> BaseLoad:
    """A load that does not move any more.

    Args:
        house: The house.
        wh: What it took in each slot [Wh].
    """
    edges_s = np.arange(len(wh) + 1, dtype=np.float64) * SLOT_S
    return BaseLoad(house=house, load=Energy(edges_s, np.concatenate([[0.0], np.cumsum(wh)])))


def _by_step(slots: Values, edges_ms: Sequence[int]) -> Values:
    """Means of values by slot over the steps of a plan."""
    edges = np.array(edges_ms) // (SLOT_S * 1000)
    summed = np.concatenate([[0.0], np.cumsum(slots)])
    found: Values = np.diff(summed[edges]) / np.diff(edges)
    return found


def _over_again(values: Values, slots: int) -> Values:
    """Values for so many slots: where there are no more, as on the day before."""
    found = np.zeros(slots)
    known = min(len(values), slots)
    found[:known] = values[:known]
    for first in range(known, slots, DAY_SLOTS):
        span = found[first : first + DAY_SLOTS]
        span[:] = found[max(first - DAY_SLOTS, 0) : first][: len(span)]
    return found
