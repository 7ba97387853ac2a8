"""When the planner plans, and from what it is told."""

from collections.abc import Iterator, Sequence
from math import hypot

import pytest

from gw_spaceheat.core.events import (
    Authority,
    Command,
    Event,
    FollowSchedule,
    NeedHeard,
    Note,
    PricesHeard,
    Readings,
    Send,
    Started,
    Switched,
    Urgency,
    WeatherHeard,
)
from gw_spaceheat.core.plan_telling import PlanTelling
from gw_spaceheat.core.planner.figures import figures_of
from gw_spaceheat.core.planning import PAUSE_MS, REACTION_H, UNMET_SAID, Planning, PlanningOptions
from gw_spaceheat.messages.gws_plan import GwsPlan
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS, Moment
from tests.scenarios.scene import OAK, START_MS, house

MIDNIGHT_MS = START_MS - START_MS % (24 * HOUR_MS)
HEATING = house(OAK).heating
SOURCE = HEATING.heat_source


def at(hours: float) -> Moment:
    passed_ms = round(hours * HOUR_MS)
    return Moment(5_000 + passed_ms, MIDNIGHT_MS + passed_ms)


def readings(now: Moment, tank_c: float = 55.0, **others: float) -> Readings:
    values: dict[str, float] = dict.fromkeys((*HEATING.store, *HEATING.buffer), tank_c)
    values |= {HEATING.outdoor: -5.0} | {name.replace("_", "-"): value for name, value in others.items()}
    return Readings("a.s", now.wall_ms, tuple(values), tuple(values.values()))


def prices(now: Moment, *usd: float) -> PricesHeard:
    return PricesHeard(now.wall_ms - now.wall_ms % HOUR_MS, HOUR_MS, usd, now.wall_ms, "test")


def weather(now: Moment, outdoor_c: float = -5.0) -> WeatherHeard:
    times = tuple(now.wall_ms + hour * HOUR_MS for hour in range(50))
    return WeatherHeard(times, (outdoor_c,) * 50, (), now.wall_ms, "test")


def schedules(effects: Sequence[Event]) -> Iterator[FollowSchedule]:
    return (each for each in effects if isinstance(each, FollowSchedule))


def due(planning: Planning) -> Moment:
    mono_ms = planning.plans_mono_ms
    assert mono_ms is not None
    return Moment(mono_ms, MIDNIGHT_MS + mono_ms - 5_000)


def planned(planning: Planning) -> FollowSchedule:
    """It is woken when it wants to be, and plans."""
    (schedule,) = schedules(planning.wake(due(planning)))
    return schedule


def begun(*forecasts: Event, tank_c: float = 55.0) -> Planning:
    planning = Planning(house(OAK), figures_of(house(OAK)))
    for event in (Started(), *forecasts, readings(at(0), tank_c)):
        planning.handle(event, at(0))
    return planning


def runs_in(schedule: FollowSchedule, hours: range) -> set[bool]:
    return {
        runs
        for start_ms, runs in zip(schedule.edges_ms, schedule.runs, strict=False)
        if (start_ms - MIDNIGHT_MS) // HOUR_MS in hours
    }


def test_it_buys_when_it_is_cheap() -> None:
    need = NeedHeard(MIDNIGHT_MS, HOUR_MS, (4.0,) * 48)
    known = (prices(at(0), *(0.9, 0.9, 0.02, 0.02, 0.9, 0.9), *(0.4,) * 42), weather(at(0)), need)
    schedule = planned(begun(*known, tank_c=60.0))
    assert runs_in(schedule, range(2)) == {False}
    assert True in runs_in(schedule, range(2, 4))
    assert runs_in(schedule, range(4, 6)) == {False}


def test_while_nothing_is_known_of_the_stores_there_is_no_plan() -> None:
    planning = Planning(house(OAK), figures_of(house(OAK)))
    planning.handle(Started(), at(0))
    assert not planning.wake(due(planning))
    planning.handle(readings(at(0.1)), at(0.1))
    assert planned(planning).made_ms >= at(0.1).wall_ms


def test_it_plans_each_hour_and_when_forecasts_change() -> None:
    planning = begun(prices(at(0), *(0.1,) * 48), weather(at(0)))
    planned(planning)
    assert due(planning).wall_ms // HOUR_MS == at(1).wall_ms // HOUR_MS
    planning.handle(prices(at(0.4), *(0.2,) * 48), at(0.4))
    assert due(planning).wall_ms - at(0.4).wall_ms < MINUTE_MS


@pytest.mark.parametrize(("minutes", "tank_c", "again"), [(2, 50.0, False), (30, 50.0, True), (30, 54.9, False)])
def test_it_plans_anew_when_the_stores_have_left_the_plan_but_not_all_the_time(
    minutes: float, tank_c: float, again: bool
) -> None:
    need = NeedHeard(MIDNIGHT_MS, HOUR_MS, (0.0,) * 48)
    planning = begun(prices(at(0), 0.9, *(0.02,) * 47), weather(at(0)), need)
    planned(planning)
    now = at(minutes / 60)
    planning.handle(readings(now, tank_c), now)
    assert (due(planning).wall_ms - now.wall_ms < MINUTE_MS) is again
    assert PAUSE_MS == 5 * MINUTE_MS


@pytest.mark.parametrize("said_by", [Switched, Command])
def test_a_source_that_has_just_started_is_not_to_stop_at_once(said_by: type[Switched] | type[Command]) -> None:
    planning = begun(prices(at(0), *(0.9,) * 3, *(0.02,) * 45), weather(at(0)), tank_c=62.0)
    assert not planned(planning).runs[0], "by itself it would rest"
    now = at(0.99)
    planning.handle(Switched(SOURCE, 1.0) if said_by is Switched else command(), now)
    planning.handle(readings(now, 62.0), now)
    assert planned(planning).runs[0], "its minimum time is not over"


def command() -> Command:
    return Command(SOURCE, 1.0, Authority.LOCAL, "heat is needed", "trigger", at(1).mono_ms)


def test_an_hour_of_heat_delivered_is_learned() -> None:
    planning = begun(prices(at(0), *(0.1,) * 48), weather(at(0)))
    for minute in range(0, 66, 5):
        now = at(minute / 60)
        flowing = {"a_dist_out_flow": 0.2, "a_dist_out_temp": 50.0, "a_dist_in_temp": 40.0}
        planning.handle(readings(now, **flowing), now)
    (hour,) = planning.need.hours
    assert hour.need_kw == pytest.approx(0.2 * 4.186 * 10.0, rel=0.01)
    assert (hour.of_day, hour.outdoor_c) == (19, pytest.approx(-5.0))


def test_what_is_missing_is_told_once_and_once_that_it_is_over() -> None:
    planning = begun()
    first = [each.text for each in planning.wake(due(planning)) if isinstance(each, Note)]
    assert first
    planning.handle(readings(at(1)), at(1))
    assert not [each for each in planning.wake(due(planning)) if isinstance(each, Note)]
    planning.handle(prices(at(1.5), *(0.1,) * 48), at(1.5))
    planning.handle(weather(at(1.5)), at(1.5))
    planning.handle(readings(at(1.5)), at(1.5))
    over = [each.text for each in planning.wake(due(planning)) if isinstance(each, Note)]
    assert sorted(over) == sorted(f"no longer so: {text}" for text in first)


NAN = float("nan")
FORECASTS: dict[str, tuple[Event, ...]] = {
    "none": (),
    "prices hours late": (PricesHeard(at(-30).wall_ms, HOUR_MS, (0.1,) * 24, at(-30).wall_ms, "test"), weather(at(0))),
    "weather hours late": (prices(at(0), *(0.1,) * 48), weather(at(-60))),
    "NaN prices": (prices(at(0), *(NAN,) * 48), weather(at(0))),
    "NaN weather": (prices(at(0), *(0.1,) * 48), weather(at(0), NAN)),
    "a day of -30 degC": (prices(at(0), *(0.1,) * 48), weather(at(0), -30.0)),
}


@pytest.mark.parametrize("forecasts", FORECASTS.values(), ids=FORECASTS)
def test_whatever_is_missing_there_is_a_plan_and_a_statement(forecasts: tuple[Event, ...]) -> None:
    planning = begun(*forecasts, tank_c=38.0)
    effects = planning.wake(due(planning))
    (schedule,) = schedules(effects)
    assert any(schedule.runs), "the house is not left to get cold"
    assert [each for each in effects if isinstance(each, Note)]


def test_when_more_is_needed_than_can_be_given_it_runs_all_the_time_and_says_so_once() -> None:
    need = NeedHeard(MIDNIGHT_MS, HOUR_MS, (60.0,) * 48)
    planning = begun(prices(at(0), *(0.1,) * 48), weather(at(0), -30.0), need, tank_c=45.0)
    effects = planning.wake(due(planning))
    (schedule,) = schedules(effects)
    assert all(schedule.runs)
    assert [each.text for each in effects if isinstance(each, Note)] == [UNMET_SAID["heat"]]


def test_when_electricity_costs_less_than_nothing_the_stores_are_filled() -> None:
    need = NeedHeard(MIDNIGHT_MS, HOUR_MS, (2.0,) * 48)
    planning = begun(prices(at(0), 0.2, *(-0.5,) * 3, *(0.2,) * 44), weather(at(0)), need)
    assert True in runs_in(planned(planning), range(1, 4))
    assert planning.plan is not None
    assert planning.plan.steps[-1].energy_kwh < planning.plan.values.grid_kwh[-1] + 1.0


def test_a_plan_is_told_to_whoever_listens() -> None:
    telling = PlanTelling("uplink", "d1.test.house", lambda: "0384ef21-648b-4455-b917-58a1172d7fc1")
    planning = Planning(house(OAK), figures_of(house(OAK)), telling=telling)
    for event in (Started(), prices(at(0), *(0.1,) * 48), weather(at(0)), readings(at(0))):
        planning.handle(event, at(0))
    (send,) = [each for each in planning.wake(due(planning)) if isinstance(each, Send)]
    assert (send.link, send.dst, send.urgency) == ("uplink", "ear", Urgency.PLAIN)
    message, plan = send.message, planning.plan
    assert isinstance(message, GwsPlan)
    assert plan is not None
    message.check()
    assert message.edges_s[0] * 1000 == plan.steps[0].start_ms
    assert message.edges_s[-1] * 1000 == plan.steps[-1].start_ms + plan.steps[-1].length_ms
    assert [power_w / 1000 for power_w in message.power_w_list] == pytest.approx(
        [step.power_kw for step in plan.steps], abs=6e-4
    )
    assert message.stored_wh_list[-1] / 1000 == pytest.approx(plan.end_kwh, abs=6e-4)
    assert message.price_x1000_list[0] / 1e6 == pytest.approx(plan.steps[0].price_usd_per_kwh, abs=1e-6)


@pytest.mark.parametrize(("tank_c", "changes"), [(55.0, False), (40.0, True)])
def test_what_the_stores_hold_is_looked_up_every_five_minutes_and_told_if_it_changes_something(
    tank_c: float, changes: bool
) -> None:
    need = NeedHeard(MIDNIGHT_MS, HOUR_MS, (6.0,) * 48)
    planning = begun(prices(at(0), 0.2, *(0.02,) * 47), weather(at(0)), need)
    schedule = planned(planning)
    assert not any(schedule.runs[:12]), "heat is made when it is cheap"
    soon = planning.deadline()
    assert soon is not None
    now = Moment(soon, MIDNIGHT_MS + soon - 5_000)
    assert now.wall_ms // MINUTE_MS == at(0).wall_ms // MINUTE_MS + 5
    just_before = Moment(now.mono_ms - 1_000, now.wall_ms - 1_000)
    planning.handle(readings(just_before, tank_c), just_before)
    plan = planning.plan
    told = list(schedules(planning.wake(now)))
    assert planning.plan is plan, "it does not plan anew"
    assert bool(told) is changes
    for each in told:
        assert each.edges_ms == schedule.edges_ms
        assert each.runs[1], "the house would get cold"
        assert each.runs[24:] == schedule.runs[24:], "what is farther off is left to the next plan"


def least_kwh_after_a_day_of(flowing_in: range) -> float:
    """What a plan has the stores keep where rooms take as much heat in the day before, in these minutes of each hour alone."""
    planning = begun(prices(at(0), *(0.1,) * 72), weather(at(0)))
    flow_kg_s = 12.0 / len(flowing_in)
    for minute in range(24 * 60 + 1):
        now = at(minute / 60)
        flow = flow_kg_s if minute % 60 in flowing_in else 0.0
        planning.handle(readings(now, a_dist_out_flow=flow, a_dist_out_temp=47.0, a_dist_in_temp=37.0), now)
    assert planning.need.hours[-1].need_kw == pytest.approx(12.0 / 60 * 4.186 * 10.0, rel=0.02)
    planned(planning)
    assert planning.plan is not None
    return planning.plan.steps[0].least_kwh


def test_where_rooms_call_together_a_plan_keeps_what_they_take_at_once() -> None:
    mean_kw = 12.0 / 60 * 4.186 * 10.0
    more_kwh = least_kwh_after_a_day_of(range(20, 35)) - least_kwh_after_a_day_of(range(60))
    assert 0.75 * mean_kw > more_kwh > 0.75 * mean_kw * 0.8, "all of an hour's heat in a quarter, after a day"


def least_kwh_with(*events: Event) -> float:
    planning = begun(prices(at(0), *(0.1,) * 48), weather(at(0)), *events)
    planned(planning)
    assert planning.plan is not None
    return planning.plan.steps[0].least_kwh


def test_a_need_that_is_not_known_well_is_planned_with_what_may_be_taken_more() -> None:
    known = NeedHeard(MIDNIGHT_MS, HOUR_MS, (4.0,) * 48)
    planning = begun()
    margin_kwh = PlanningOptions().margin_k * figures_of(house(OAK)).store.water_kwh_per_k
    doubt_kwh = planning.need.error_kw * REACTION_H
    assert doubt_kwh > 1.0, "nothing was learned yet"
    assert least_kwh_with() - least_kwh_with(known) == pytest.approx(hypot(margin_kwh, doubt_kwh) - margin_kwh)
