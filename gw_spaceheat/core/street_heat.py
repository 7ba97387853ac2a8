"""Houses of a street that are heated when that suits it: each plans two days, against the price of the sun that others leave.

A house pays for its own roof's sun what the grid would pay for it, for its neighbours' what they want, and for whatever is
beyond that the grid's price: so a step of its plan has a cheaper price up to some power, and a dearer one above
(`planner/outlook.py`). What others leave is what is forecast, less base load, jobs where they stand, and what other houses
plan.

The grid's price counts as a little dearer where the street takes much, so that houses do not all run at once.

At each full hour each house plans anew with the forecasts that have come, in turn, so that each knows what those before it
do. What it does until the next hour is done; all that is later can move until then. Sun beyond the last forecast is taken
to be what is left at the same time of the day before. Source and store do what the planner believes they do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gw_spaceheat.core.market.energy import Energy, Values
from gw_spaceheat.core.market.online import Rule, decisions
from gw_spaceheat.core.market.roofs import Roofs
from gw_spaceheat.core.market.settlement import Tariff
from gw_spaceheat.core.market.street import BaseLoad, HeatedHouse, Street, house_of
from gw_spaceheat.core.market.timetable import DAY_S, SLOT_S, Timetable, base_in_slots
from gw_spaceheat.core.planner.batch import Case, make_plans
from gw_spaceheat.core.planner.figures import RETURN_DROP_K, Figures, Level
from gw_spaceheat.core.planner.horizon import ALL_HOURS, horizon
from gw_spaceheat.core.planner.induction import STATES
from gw_spaceheat.core.planner.outlook import Outlook, Standing
from gw_spaceheat.core.planner.plan import Plan
from gw_spaceheat.core.planner.worth import heat_usd_per_kwh

HOUR_S = 3600
HOUR_SLOTS, DAY_SLOTS = HOUR_S // SLOT_S, DAY_S // SLOT_S
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


class _House:
    """A house: where it stands, what it plans, what it did."""

    def __init__(self, heated: HeatedHouse, figures: Figures, slots: int, days: int) -> None:
        self.figures, self.name = figures, heated.house
        need_wh = heated.need.within(np.arange(days * DAY_SLOTS + 1, dtype=np.float64) * SLOT_S)
        self.need_kw = _over_again(need_wh / 1000.0 / SLOT_H, slots)
        self.standing = Standing(energy_kwh=heated.stored_share * figures.store.full_kwh)
        self.begin_kwh = self.standing.energy_kwh
        self.planned_wh, self.done_wh = np.zeros(slots), np.zeros(slots)
        self.plan: Plan | None = None
        self.boost_kwh, self.cold_k_h, self.starts = 0.0, 0.0, 0

    def do(self, plan: Plan, slot: int) -> None:
        """Follow a plan for the hour that begins with a slot."""
        begin_ms, end_ms = slot * SLOT_S * 1000, (slot + HOUR_SLOTS) * SLOT_S * 1000
        ends = [*(step.energy_kwh for step in plan.steps[1:]), plan.end_kwh]
        standing = self.standing
        for step, end_kwh in zip(plan.steps, ends, strict=True):
            if not begin_ms <= step.start_ms < end_ms:
                continue
            step_h = step.length_ms / 1000.0 / HOUR_S
            first = step.start_ms // (SLOT_S * 1000)
            last = first + step.length_ms // (SLOT_S * 1000)
            self.done_wh[first:last] = step.power_kw * 1000.0 * SLOT_H
            self.boost_kwh += step.boost_kw * step_h
            self.starts += step.runs and not standing.running
            self.cold_k_h += max(step.least_kwh - end_kwh, 0.0) / self.figures.store.water_kwh_per_k * step_h
            for_h = standing.for_h if standing.running == step.runs else 0.0
            standing = Standing(energy_kwh=end_kwh, running=step.runs, for_h=for_h + step_h)
        self.standing = standing


class StreetHeat:
    """All houses of a street that are heated.

    Attributes:
        load_wh: What all of them have done and plan, in each slot [Wh].
    """

    def __init__(
        self,
        street: Street,
        figures: Mapping[str, Figures],
        tariff: Tariff | None = None,
        *,
        sees_sun: bool = True,
        states: int = STATES,
    ) -> None:
        """Nothing is planned.

        Args:
            street: The street.
            figures: Of each model that its heated houses name.
            tariff: What energy costs.
            sees_sun: Whether they know of the street's sun; else they plan by the grid's price alone.
            states: Number of amounts of heat in a plan.
        """
        self._street, self._tariff, self._sees_sun, self._states = street, tariff or Tariff(), sees_sun, states
        self._slots = max(Timetable(street).slots, street.days * DAY_SLOTS) + ALL_HOURS * HOUR_SLOTS
        self._houses = [
            _House(each, with_levels(figures[each.model], each.levels), self._slots, street.days) for each in street.heated
        ]
        hourly = np.array(street.outdoor_c, dtype=np.float64).repeat(HOUR_SLOTS)
        self._outdoor_c = _over_again(hourly, self._slots) if street.heated else np.zeros(self._slots)
        self._roofs = Roofs(
            [producer.id for producer in street.producers],
            np.arange(self._slots + 1, dtype=np.float64) * SLOT_S,
            street.days * DAY_S,
        )
        self._unheard = sorted(
            ((forecast.issued_s, producer.id, forecast) for producer in street.producers for forecast in producer.forecasts),
            key=lambda each: each[0],
        )
        self._known_until = 0
        self._base_wh = base_in_slots(street, self._slots, expected=True)
        self._hours_done = 0
        self.load_wh = np.zeros(self._slots)

    def until(self, now_s: float, jobs_wh: Mapping[str, Values]) -> None:
        """Let each full hour that has begun by a time be planned, and done.

        Args:
            now_s: The time [s].
            jobs_wh: What the jobs of each house take in each slot, where they stand now [Wh].
        """
        last = min(int(now_s // HOUR_S), self._street.days * DAY_S // HOUR_S - 1)
        while self._hours_done <= last:
            self._plan_hour(self._hours_done, jobs_wh)
            self._hours_done += 1

    def finish(self, jobs_wh: Mapping[str, Values]) -> None:
        """Let the street's days pass."""
        self.until(self._street.days * DAY_S, jobs_wh)
        self.load_wh = sum((house.done_wh for house in self._houses), start=np.zeros(self._slots))

    @property
    def loads(self) -> tuple[BaseLoad, ...]:
        """What each house has done: a load that does not move any more."""
        edges_s = np.arange(self._slots + 1, dtype=np.float64) * SLOT_S
        return tuple(
            BaseLoad(house=house.name, load=Energy(edges_s, np.concatenate([[0.0], np.cumsum(house.done_wh)])))
            for house in self._houses
        )

    @property
    def done(self) -> tuple[HeatDone, ...]:
        """What each house did, in figures."""
        return tuple(self._figures_of(house) for house in self._houses)

    def _figures_of(self, house: _House) -> HeatDone:
        over = self._street.days * DAY_SLOTS
        steps = horizon((over - DAY_SLOTS) * SLOT_S * 1000, DAY_S // HOUR_S)
        grid = [self._tariff.purchase_usd_per_kwh] * steps.steps
        worth_usd = heat_usd_per_kwh(house.figures, steps, grid, self._by_step(self._outdoor_c, steps.edges_ms).tolist())
        return HeatDone(
            house=house.name,
            electricity_kwh=float(house.done_wh.sum()) / 1000.0,
            boost_kwh=house.boost_kwh,
            need_kwh=float(house.need_kw[:over].sum()) * SLOT_H,
            starts=house.starts,
            cold_k_h=house.cold_k_h,
            begin_kwh=house.begin_kwh,
            end_kwh=house.standing.energy_kwh,
            end_usd=worth_usd * (house.standing.energy_kwh - house.begin_kwh),
        )

    def _plan_hour(self, hour: int, jobs_wh: Mapping[str, Values]) -> None:
        slot = hour * HOUR_SLOTS
        self._hear(slot * SLOT_S)
        turn = hour % max(len(self._houses), 1)
        for house in self._houses[turn:] + self._houses[:turn]:
            self.load_wh -= house.planned_wh
            plan = self._planned(house, slot, jobs_wh)
            house.plan = plan
            house.planned_wh = house.done_wh.copy()
            for step in plan.steps:
                first = step.start_ms // (SLOT_S * 1000)
                last = first + step.length_ms // (SLOT_S * 1000)
                house.planned_wh[first:last] = step.power_kw * 1000.0 * SLOT_H
            self.load_wh += house.planned_wh
        for house in self._houses:
            if house.plan is not None:
                house.do(house.plan, slot)

    def _hear(self, now_s: float) -> None:
        while self._unheard and self._unheard[0][0] <= now_s:
            _, name, forecast = self._unheard.pop(0)
            self._roofs.hear(name, forecast)
            until_s = min(float(forecast.energy.times_s[-1]), float(self._street.days * DAY_S))
            self._known_until = max(self._known_until, int(until_s // SLOT_S))

    def _planned(self, house: _House, slot: int, jobs_wh: Mapping[str, Values]) -> Plan:
        steps = horizon(slot * SLOT_S * 1000)
        own_wh, street_wh, import_wh = self._left_wh(house, jobs_wh)
        own_kw = self._by_step(own_wh, steps.edges_ms) / 1000.0 / SLOT_H
        street_kw = self._by_step(street_wh, steps.edges_ms) / 1000.0 / SLOT_H
        own_kw = np.minimum(own_kw, street_kw)
        tariff, busy = self._tariff, self._by_step(import_wh, steps.edges_ms)
        grid_usd = tariff.purchase_usd_per_kwh + SPREAD_USD_PER_KWH * busy / max(float(busy.max()), 1.0)
        paid = own_kw * tariff.feed_in_usd_per_kwh + (street_kw - own_kw) * tariff.local_usd_per_kwh
        price = np.divide(paid, street_kw, out=grid_usd.copy(), where=street_kw > 0.0)
        price = np.minimum(price, grid_usd)
        covered = np.minimum(street_kw / min(level.power_kw for level in house.figures.source.levels), 1.0)
        usual = (price * covered + grid_usd * (1.0 - covered)).tolist()
        outdoor_c = self._by_step(self._outdoor_c, steps.edges_ms).tolist()
        outlook = Outlook(
            horizon=steps,
            price_usd_per_kwh=tuple(price.tolist()),
            outdoor_c=tuple(outdoor_c),
            need_kw=tuple(self._by_step(house.need_kw, steps.edges_ms).tolist()),
            drop_k=RETURN_DROP_K,
            end_usd_per_kwh=heat_usd_per_kwh(house.figures, steps, usual, outdoor_c),
            limit_kw=tuple(street_kw.tolist()),
            beyond_usd_per_kwh=tuple((grid_usd - price).tolist()),
        )
        (plan,) = make_plans(
            [
                Case(
                    figures=house.figures,
                    standing=house.standing,
                    outlook=outlook,
                    before=house.plan,
                    keep_usd_per_h=KEEP_USD_PER_H,
                )
            ],
            states=self._states,
        )
        return plan

    def _left_wh(self, house: _House, jobs_wh: Mapping[str, Values]) -> tuple[Values, Values, Values]:
        """Sun that is left of the house's own roofs, and of all, in each slot, and what the street takes from the grid [Wh]."""
        if not self._sees_sun:
            return np.zeros(self._slots), np.zeros(self._slots), np.zeros(self._slots)
        own = np.zeros(self._slots)
        for name, roof_wh in zip(self._roofs.names, self._roofs.each_wh, strict=True):
            if house_of(name) == house.name:
                own += roof_wh
        left = self._roofs.sun_wh - self.load_wh
        for loads in (self._base_wh, jobs_wh):
            for name, wh in loads.items():
                left[: len(wh)] -= wh[: self._slots]
                if name == house.name:
                    own[: len(wh)] -= wh[: self._slots]
        import_wh = np.maximum(-left, 0.0)
        return self._beyond(np.maximum(own, 0.0)), self._beyond(np.maximum(left, 0.0)), import_wh

    def _beyond(self, left_wh: Values) -> Values:
        """The same, and beyond what is known as on the day before."""
        left_wh[self._known_until :] = 0.0
        for first in range(max(self._known_until, DAY_SLOTS), self._slots, DAY_SLOTS):
            span = left_wh[first : first + DAY_SLOTS]
            span[:] = left_wh[first - DAY_SLOTS : first][: len(span)]
        return left_wh

    def _by_step(self, slots: Values, edges_ms: Sequence[int]) -> Values:
        """Means of values by slot over the steps of a plan."""
        edges = np.array(edges_ms) // (SLOT_S * 1000)
        summed = np.concatenate([[0.0], np.cumsum(slots)])
        found: Values = np.diff(summed[edges]) / np.diff(edges)
        return found


class HeatedTimetable(Timetable):
    """A timetable in which houses are heated while time goes on: whoever asks what is left makes them plan until then.

    Attributes:
        starts: Where jobs stand: the slot with which each that is known starts, by its number.
    """

    def __init__(self, street: Street, heat: StreetHeat) -> None:
        """Remember."""
        super().__init__(street)
        self._heat = heat
        self.starts: Mapping[int, int] = {}

    def forecast_wh(self, now_s: float) -> Values:
        """What is forecast to be left beyond base load and what houses plan [Wh]; times must not fall."""
        self._heat.until(now_s, self.jobs_wh)
        return super().forecast_wh(now_s) - self._heat.load_wh[: self.slots]

    @property
    def jobs_wh(self) -> dict[str, Values]:
        """What the jobs of each house take in each slot [Wh]."""
        found: dict[str, Values] = {}
        for number, slot in self.starts.items():
            job = self.jobs[number]
            row = found.setdefault(house_of(job.job.id), np.zeros(self.slots))
            row[slot : slot + len(job.wh)] += job.wh
        return found


def schedule_heated(street: Street, heat: StreetHeat, rule: Rule, seed: int = 0) -> dict[str, float]:
    """Let jobs be placed and houses be heated, each knowing what the other plans; when each job starts [s].

    Args:
        street: The street.
        heat: Its heated houses; afterwards they know what they have done.
        rule: How jobs are placed.
        seed: For what is left to chance.
    """
    timetable = HeatedTimetable(street, heat)
    for starts in decisions(timetable, rule, seed):
        timetable.starts = starts
    heat.finish(timetable.jobs_wh)
    return {timetable.jobs[number].job.id: timetable.jobs[number].start_s(slot) for number, slot in timetable.starts.items()}


def with_heat(street: Street, heat: StreetHeat) -> Street:
    """The street, with what its heated houses have done as base load."""
    return replace(street, base=(*street.base, *heat.loads))


def _over_again(values: Values, slots: int) -> Values:
    """Values for so many slots: where there are no more, as on the day before."""
    found = np.zeros(slots)
    known = min(len(values), slots)
    found[:known] = values[:known]
    for first in range(known, slots, DAY_SLOTS):
        span = found[first : first + DAY_SLOTS]
        span[:] = found[max(first - DAY_SLOTS, 0) : first][: len(span)]
    return found
