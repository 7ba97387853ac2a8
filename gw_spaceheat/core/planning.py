"""Who plans for a house: keeps what is known and expected of it, and says when its heat source is to run.

It hears what the house says of itself, on the wire (beside an AtomicTNode) or in its own process (beside the SCADA), and
forecasts; it answers with schedules. It plans each hour, when forecasts change, and when the stores are not as planned; every
five minutes it looks up in the values of its plan what to do with what the stores really hold.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import hypot
from zoneinfo import ZoneInfo

from gw_spaceheat.core.events import (
    BidMade,
    Command,
    Event,
    FollowSchedule,
    Level,
    NeedHeard,
    Note,
    PricesHeard,
    Readings,
    Received,
    Started,
    Switched,
    WeatherHeard,
)
from gw_spaceheat.core.plan_telling import PlanTelling
from gw_spaceheat.core.planner.bid import bid_curve
from gw_spaceheat.core.planner.delivered import Delivered, SeenHour
from gw_spaceheat.core.planner.estimate import rooms_kwh, stored_kwh
from gw_spaceheat.core.planner.expectation import Expectation, Expected
from gw_spaceheat.core.planner.figures import Figures
from gw_spaceheat.core.planner.horizon import FINE_MS, Horizon, horizon
from gw_spaceheat.core.planner.lookup import Said, look_up, said_of
from gw_spaceheat.core.planner.month_peak import MonthPeak, free_peak_kw, share_of_month
from gw_spaceheat.core.planner.need import NeedHour, NeedModel, prior_line
from gw_spaceheat.core.planner.outlook import Outlook, Standing
from gw_spaceheat.core.planner.plan import Plan, best_plan
from gw_spaceheat.core.planner.problem import Problem
from gw_spaceheat.core.planner.solver import NUMPY, Solver
from gw_spaceheat.core.planner.worth import heat_usd_per_kwh, most_heat_kw
from gw_spaceheat.core.telemetry.heard import Heard
from gw_spaceheat.core.telemetry.presence import patience_ms
from gw_spaceheat.house.model import House
from gw_spaceheat.messages.report import Report
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.messages.snapshot_spaceheat import SnapshotSpaceheat
from gw_spaceheat.messages.synced_readings import SyncedReadings
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS, SECOND_MS, Moment

SETTLE_MS = 2 * SECOND_MS
"""Forecasts that come together are planned with together [ms]."""
PAUSE_MS = 5 * MINUTE_MS
"""A plan that the stores have left is made anew at most this often [ms]."""
OFF_PLAN_KWH = 3.0
"""The stores have left a plan when they hold so much more or less than it says [kWh]."""
LONG_AGO_H = 24.0
REACTION_H = 1.5
"""So much is kept as a house may take in this time beyond what is expected, by the standard error of its need [h]."""
UNMET_SAID = {
    "heat": "heat will be missing: source and boost together cannot give what the house needs",
    "limit": "the grid operator's limit cannot be kept and the house kept warm",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningOptions:
    """What can be set about planning.

    Attributes:
        margin_k: Heat is kept for the stores' water to be so much warmer than it must be, beside what the house has been seen
            to take at once [K].
        caution: The need is taken to be so many standard errors higher than expected.
        keep_usd_per_h: So much must be gained for each hour in which another thing is done than was planned before [USD/h].
        bids: With each plan goes a bid for the next market slot, an hour.
    """

    margin_k: float = 1.0
    caution: float = 0.25
    keep_usd_per_h: float = 0.003
    bids: bool = False


class Planning:
    """The machine that plans for one house."""

    def __init__(
        self,
        house: House,
        figures: Figures,
        options: PlanningOptions | None = None,
        telling: PlanTelling | None = None,
        solver: Solver = NUMPY,
    ) -> None:
        """Remember; nothing is known of the house yet.

        Args:
            house: The house.
            figures: Of its source and stores.
            options: What can be set.
            telling: How each plan is told to others; None if it is not.
            solver: Who works plans out.
        """
        self._house, self._figures = house, figures
        self._options = options or PlanningOptions()
        self._telling, self._solver = telling, solver
        self._expectation = Expectation(house)
        self._need = NeedModel(prior_line(most_heat_kw(figures), figures.curve))
        self._known_need: NeedHeard | None = None
        self._metered = Delivered(house)
        self._peak = MonthPeak(house)
        self._most_kw = max(level.power_kw for level in figures.source.levels)
        self._heard = Heard()
        self._taken: dict[str, tuple[float, int]] = {}
        self._zone = ZoneInfo(house.timezone)
        heating = house.heating
        wanted = {heating.outdoor, *heating.store, *heating.buffer, *self._metered.channels, self._peak.channel} - {""}
        if figures.building is not None:
            wanted |= {zone.temperature for zone in heating.zones}
        self._patience_ms = {name: patience_ms(house.channels, [name]) for name in wanted}
        self._telemetry = {name: house.channels[name].telemetry for name in wanted}
        self._plan: Plan | None = None
        self._problem: Problem | None = None
        self._edges_ms: tuple[int, ...] = ()
        self._said: tuple[Said, ...] = ()
        self._held_kwh: float | None = None
        self._running = False
        self._switched_mono_ms: int | None = None
        self._due_mono_ms: int | None = None
        self._look_up_mono_ms: int | None = None
        self._planned_mono_ms: int | None = None
        self._told: frozenset[str] = frozenset()
        self._by_event: dict[type, Callable[..., None]] = {
            Started: self._on_started,
            Received: self._on_received,
            Readings: self._on_readings,
            Switched: self._on_switched,
            Command: self._on_switched,
            PricesHeard: self._on_forecast,
            WeatherHeard: self._on_forecast,
            NeedHeard: self._on_need,
        }

    @property
    def plan(self) -> Plan | None:
        """The plan that holds."""
        return self._plan

    @property
    def plans_mono_ms(self) -> int | None:
        """When it plans next [mono ms]; in between it looks up."""
        return self._due_mono_ms

    @property
    def need(self) -> NeedModel:
        """What it has learned of the house's need."""
        return self._need

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Take in what the house says of itself, and forecasts."""
        react = self._by_event.get(type(event))
        if react is not None:
            react(event, now)
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        """Plan, or look up, if it is time."""
        if self._due_mono_ms is None or now.mono_ms < self._due_mono_ms:
            return self._look_up(now)
        to_hour_ms = HOUR_MS - now.wall_ms % HOUR_MS
        self._due_mono_ms = now.mono_ms + to_hour_ms + SETTLE_MS
        energy_kwh = self._energy_kwh(now)
        if energy_kwh is None:
            return ()  # what the house says will bring it
        return self._make(energy_kwh, now)

    def deadline(self) -> int | None:
        """When it plans or looks up next [mono ms]."""
        due_ms, look_up_ms = self._due_mono_ms, self._look_up_mono_ms
        return due_ms if due_ms is None or look_up_ms is None else min(due_ms, look_up_ms)

    # what is heard

    def _on_started(self, _event: Started, now: Moment) -> None:
        self._due_mono_ms = now.mono_ms + SETTLE_MS

    def _on_forecast(self, event: PricesHeard | WeatherHeard, now: Moment) -> None:
        self._expectation.take(event)
        self._plan_soon(now)

    def _on_need(self, event: NeedHeard, now: Moment) -> None:
        self._known_need = event
        self._plan_soon(now)

    def _plan_soon(self, now: Moment) -> None:
        due_ms = now.mono_ms + SETTLE_MS
        if self._due_mono_ms is None or due_ms < self._due_mono_ms:
            self._due_mono_ms = due_ms

    def _on_switched(self, event: Switched | Command, now: Moment) -> None:
        if event.node == self._house.heating.heat_source and bool(event.value) != self._running:
            self._running = bool(event.value)
            self._switched_mono_ms = now.mono_ms

    def _on_received(self, event: Received, now: Moment) -> None:
        message = event.message
        if event.src != self._house.scada_alias:
            return
        if isinstance(message, ReportEvent):
            message = message.report
        if isinstance(message, Report):
            self._heard.take_report(message, now)
        elif isinstance(message, SnapshotSpaceheat):
            self._heard.take_snapshot(message, now)
        elif isinstance(message, SyncedReadings):
            self._heard.take_scan(message, now)
        else:
            return
        self._look(now)

    def _on_readings(self, event: Readings, now: Moment) -> None:
        taken_ms = event.taken_ms
        for name, value in zip(event.channels, event.values, strict=True):
            if value is None:
                self._taken.pop(name, None)
            elif name in self._telemetry:
                self._taken[name] = (value, taken_ms)
        self._look(now)

    def _look(self, now: Moment) -> None:
        """Something new is known of the house."""
        outdoor_c = self._value(self._house.heating.outdoor, now)
        if outdoor_c is not None:
            self._expectation.measured(outdoor_c, now)
        self._peak.look(self._value(self._peak.channel, now), now)
        over = self._metered.look(lambda name: self._value(name, now), outdoor_c, now)
        if over:
            self._learn(over, now)
        planned_ms = self._planned_mono_ms
        if planned_ms is not None and now.mono_ms < planned_ms + PAUSE_MS:
            return
        if self._plan is None or self._off_plan(now):
            self._plan_soon(now)

    def _learn(self, over: Sequence[SeenHour], now: Moment) -> None:
        """Hours are over; what the rooms have kept of the heat, or given back, is no need."""
        kept_kw = 0.0
        if self._figures.building is not None:
            held_kwh, store = self._energy_kwh(now), self._figures.store
            if held_kwh is not None and self._held_kwh is not None:
                warmer_k = store.temperature_c[0] - store.room_c + 0.5 * (held_kwh + self._held_kwh) / store.kwh_per_k
                kept_kw = (held_kwh - self._held_kwh) / len(over) + store.loss_kw_per_k * warmer_k
            self._held_kwh = held_kwh
        for hour in over:
            need_kw = max(hour.mean_kw - kept_kw, 0.0)
            self._need.learn(self._need_hour(replace(hour, mean_kw=need_kw)))

    def _need_hour(self, seen: SeenHour) -> NeedHour:
        of_day = datetime.fromtimestamp(seen.hour * 3600, self._zone).hour
        return NeedHour(hour=seen.hour, of_day=of_day, need_kw=seen.mean_kw, outdoor_c=seen.outdoor_c)

    def _value(self, name: str, now: Moment) -> float | None:
        """The newest value of a channel [SI]; None if there is none that is fresh."""
        if not name:
            return None
        taken = self._taken.get(name)
        if taken is None:
            known = self._heard.newest(name)
            if known is None:
                return None
            taken = (self._telemetry[name].from_wire(known[0]), known[1])
        return taken[0] if now.wall_ms - taken[1] <= self._patience_ms[name] else None

    def _energy_kwh(self, now: Moment) -> float | None:
        heating, building = self._house.heating, self._figures.building
        if building is not None:
            return rooms_kwh(building, [self._value(zone.temperature, now) for zone in heating.zones])
        store = [self._value(name, now) for name in heating.store] if heating.buffer else []
        buffer = [self._value(name, now) for name in heating.buffer or heating.store]
        return stored_kwh(self._figures.store, store, buffer)

    def _off_plan(self, now: Moment) -> bool:
        expected_kwh = None if self._plan is None else _expected_kwh(self._plan, now.wall_ms)
        energy_kwh = self._energy_kwh(now)
        return energy_kwh is not None and (expected_kwh is None or abs(energy_kwh - expected_kwh) > OFF_PLAN_KWH)

    # the plan

    def _make(self, energy_kwh: float, now: Moment) -> list[Event]:
        steps = horizon(now.wall_ms)
        expected = self._expectation.expect(steps, now)
        outlook = self._outlook(steps, expected, now)
        standing, keep = self._standing(energy_kwh, now), self._options.keep_usd_per_h
        plan, problem, outlook = best_plan(
            self._figures, standing, outlook, before=self._plan, keep_usd_per_h=keep, solver=self._solver
        )
        self._plan, self._problem = plan, problem
        self._planned_mono_ms = now.mono_ms
        self._edges_ms, self._said = outlook.horizon.edges_ms, said_of(plan)
        self._look_up_soon(now)
        schedule = self._schedule(now)
        bids = [self._bid(problem, plan, outlook, steps, expected)] if self._options.bids else []
        told = [] if self._telling is None else [self._telling.told(plan)]
        unmet = sorted({UNMET_SAID[wish.what] for wish in plan.unmet})
        return [schedule, *bids, *told, *self._tell((*expected.notes, *unmet))]

    def _schedule(self, now: Moment) -> FollowSchedule:
        source = self._figures.source
        offsets_k: tuple[float, ...] = ()
        if source.set_margin_k is not None:
            offsets_k = tuple(source.levels[each.level].offset_k for each in self._said)
        runs = tuple(each.runs for each in self._said)
        return FollowSchedule(made_ms=now.wall_ms, edges_ms=self._edges_ms, runs=runs, supply_offset_k=offsets_k)

    def _standing(self, energy_kwh: float, now: Moment) -> Standing:
        since_ms = self._switched_mono_ms
        for_h = LONG_AGO_H if since_ms is None else (now.mono_ms - since_ms) / HOUR_MS
        return Standing(energy_kwh=energy_kwh, running=self._running, for_h=for_h)

    def _look_up_soon(self, now: Moment) -> None:
        """At the beginning of the next fine step."""
        self._look_up_mono_ms = now.mono_ms + FINE_MS - now.wall_ms % FINE_MS + SETTLE_MS

    def _look_up(self, now: Moment) -> list[Event]:
        """Decide the fine steps ahead anew, with what the stores hold now; a schedule only if something changes."""
        plan, problem = self._plan, self._problem
        if plan is None or problem is None or self._look_up_mono_ms is None or now.mono_ms < self._look_up_mono_ms:
            return []
        self._look_up_soon(now)
        energy_kwh = self._energy_kwh(now)
        first = bisect_right(self._edges_ms, now.wall_ms) - 1
        last = next((step for step in range(first, problem.steps) if plan.steps[step].length_ms > FINE_MS), problem.steps)
        if energy_kwh is None or not 0 <= first < last:
            return []
        said = look_up(problem, plan, self._said, self._standing(energy_kwh, now), first, last, self._solver)
        if said == self._said:
            return []
        self._said = said
        return [self._schedule(now)]

    def _bid(self, problem: Problem, plan: Plan, outlook: Outlook, steps: Horizon, expected: Expected) -> BidMade:
        """For the hour that begins next; the plan may have more steps than what is expected has."""
        edges_ms = outlook.horizon.edges_ms
        start_ms = edges_ms[0] - edges_ms[0] % HOUR_MS + HOUR_MS
        first, last = edges_ms.index(start_ms), edges_ms.index(start_ms + HOUR_MS)
        places = [bisect_right(steps.edges_ms, at_ms) - 1 for at_ms in edges_ms[first:last]]
        delivery = tuple(expected.delivery_usd_per_kwh[place] for place in places)
        energy = [expected.price_usd_per_kwh[place] - expected.delivery_usd_per_kwh[place] for place in places]
        curve = bid_curve(problem, plan, first, last, sum(energy) / len(energy), delivery, self._solver)
        planned_kwh = sum(step.power_kw * step.length_ms / HOUR_MS for step in plan.steps[first:last])
        return BidMade(start_ms, tuple(pair.usd_per_kwh for pair in curve), tuple(pair.kw for pair in curve), planned_kwh)

    def _outlook(self, steps: Horizon, expected: Expected, now: Moment) -> Outlook:
        share = share_of_month(now.wall_ms, (steps.edges_ms[-1] - now.wall_ms) / HOUR_MS, self._zone)
        options, store = self._options, self._figures.store
        need_kw = self._need_kw(steps, expected)
        margin_kwh, surge_kwh = options.margin_k * store.water_kwh_per_k, 0.0
        if self._figures.building is None:  # rooms that are the store need nothing kept for them
            doubt_kw = 0.0 if self._known_need is not None else self._need.error_kw
            margin_kwh, surge_kwh = hypot(margin_kwh, doubt_kw * REACTION_H), self._metered.surge_kwh
        return Outlook(
            horizon=steps,
            price_usd_per_kwh=expected.price_usd_per_kwh,
            outdoor_c=expected.outdoor_c,
            need_kw=need_kw,
            drop_k=self._metered.drop_k,
            margin_kwh=margin_kwh + surge_kwh,
            limit_kw=expected.limit_kw,
            end_usd_per_kwh=heat_usd_per_kwh(self._figures, steps, expected.price_usd_per_kwh, expected.outdoor_c),
            peak_usd_per_kw=share * expected.peak_usd_per_kw,
            peak_kw=free_peak_kw(self._peak.kw, self._most_kw),
            hour_kwh=self._peak.hour_kwh,
        )

    def _need_kw(self, steps: Horizon, expected: Expected) -> tuple[float, ...]:
        known = self._known_need
        if known is not None:
            last = len(known.need_kw) - 1
            places = [(middle - known.start_ms) // known.step_ms for middle in steps.middles_ms]
            return tuple(known.need_kw[min(max(place, 0), last)] for place in places)
        hours = [middle / HOUR_MS for middle in steps.middles_ms]
        of_day = [datetime.fromtimestamp(middle / 1000, self._zone).hour for middle in steps.middles_ms]
        caution_kw = self._options.caution * self._need.error_kw
        forecast = self._need.forecast_kw(hours, of_day, expected.outdoor_c, expected.wind_m_s)
        return tuple(need + caution_kw if need > 0.0 else 0.0 for need in forecast)

    def _tell(self, notes: Sequence[str]) -> list[Event]:
        """What had to be done without, and what cannot be had: once when it begins, once when it is over."""
        begun = [Note(Level.WARNING, text) for text in notes if text not in self._told]
        over = [Note(Level.INFO, f"no longer so: {text}") for text in sorted(self._told.difference(notes))]
        self._told = frozenset(notes)
        return [*begun, *over]


def _expected_kwh(plan: Plan, wall_ms: int) -> float | None:
    """Heat that a plan expects in the stores at a moment [kWh]; None outside of it."""
    number = plan.number_at(wall_ms)
    if number is None:
        return None
    step, following = plan.steps[number], number + 1
    end_kwh = plan.steps[following].energy_kwh if following < len(plan.steps) else plan.end_kwh
    return step.energy_kwh + (wall_ms - step.start_ms) / step.length_ms * (end_kwh - step.energy_kwh)
