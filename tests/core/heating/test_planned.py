"""The strategy that follows a schedule: when it does, and when the house comes first."""

from dataclasses import replace

import pytest

from gw_spaceheat.core.events import FollowSchedule, Latest, StateChanged, Wish
from gw_spaceheat.core.heating.parameters import read
from gw_spaceheat.core.heating.registry import heating_machine
from gw_spaceheat.core.heating.strategies.planned import Parameters, Strategy
from gw_spaceheat.house.model import Comfort, House
from gw_spaceheat.vocabulary.moment import HOUR_MS
from tests.core.heating.houses import WEDNESDAY_NOON, at, hot_water_house, store_house, wishes, zones_house
from tests.core.heating.test_strategies import view_of

NOON = WEDNESDAY_NOON
EDGES = (NOON, NOON + HOUR_MS, NOON + 2 * HOUR_MS, NOON + 3 * HOUR_MS)


def planned(*runs: bool) -> Strategy:
    strategy = Strategy(read(Parameters, {}), store_house())
    if runs:
        strategy.follow(FollowSchedule(made_ms=NOON, edges_ms=EDGES, runs=runs))
    return strategy


@pytest.mark.parametrize(("hour", "wanted"), [(0.0, False), (0.9, False), (1.0, True), (1.9, True), (2.0, False)])
def test_the_source_runs_when_the_schedule_says_so(hour: float, wanted: bool) -> None:
    assert planned(False, True, False).source_wanted(view_of(10.0, 5.0), None, at(hour * 3600)) is wanted


@pytest.mark.parametrize(("hour", "change_h"), [(-0.5, 0.0), (0.0, 1.0), (1.5, 2.0), (2.5, 3.0), (3.0, None), (9.0, None)])
def test_it_says_when_it_is_to_be_asked_again(hour: float, change_h: float | None) -> None:
    expected = None if change_h is None else NOON + round(change_h * HOUR_MS)
    assert planned(False, True, False).next_change_ms(NOON + round(hour * HOUR_MS)) == expected


def test_without_a_schedule_and_after_its_end_it_goes_by_hysteresis() -> None:
    for strategy, moment in ((planned(), at(0)), (planned(False, False, False), at(4 * 3600))):
        assert strategy.source_wanted(view_of(3.0, 0.0), None, moment)
        assert not strategy.source_wanted(view_of(5.0, 0.0), None, moment)
        assert not strategy.source_wanted(view_of(12.0, 9.5), 600_000, moment)


def test_the_house_comes_first_and_no_longer_than_it_must() -> None:
    strategy = planned(False, False, False)
    cold, warmer, warm = view_of(0.5, -5.0, top_k=0.5), view_of(2.5, -5.0, top_k=2.5), view_of(3.5, -5.0, top_k=3.5)
    for view in (cold, warmer, warm):
        view.store_top_c = view.required_c
    assert not strategy.source_wanted(warmer, None, at(0))
    assert strategy.source_wanted(cold, None, at(60))
    assert strategy.source_wanted(warmer, 600_000, at(660))
    assert not strategy.source_wanted(warm, 1_200_000, at(1260))


def test_a_store_as_hot_as_the_source_makes_it_takes_no_more() -> None:
    strategy = planned(True, True, True)
    assert strategy.source_wanted(view_of(30.0, 26.9), 600_000, at(0))
    assert not strategy.source_wanted(view_of(30.0, 27.1), 600_000, at(0))
    assert not strategy.source_wanted(view_of(30.0, 23.5), None, at(0)), "the source would refuse to start"
    assert strategy.source_wanted(view_of(30.0, 22.5), None, at(0))


def test_heating_is_woken_when_the_schedule_changes_although_nothing_new_was_read() -> None:
    house = store_house()
    machine = heating_machine(house, "planned")
    values: dict[str, float | None] = dict.fromkeys((*house.heating.buffer, *house.heating.store), 52.0)
    values |= {house.heating.outdoor: 0.0}
    machine.handle(Latest(values), at(0))
    machine.handle(FollowSchedule(made_ms=NOON, edges_ms=EDGES, runs=(False, True, False)), at(1))
    machine.handle(Latest(values), at(3590))
    assert machine.deadline() == at(3600).mono_ms
    effects = machine.wake(at(3600))
    assert StateChanged("heating", "HpOnStoreCharge") in effects
    assert any(isinstance(each, Wish) and each.node == house.heating.store_valve for each in effects)


@pytest.mark.parametrize(("hour", "offset_k"), [(-0.5, None), (0.5, None), (1.2, 5.0), (1.7, 16.0), (2.5, None)])
def test_the_schedule_says_how_hot_the_source_is_to_make_it(hour: float, offset_k: float | None) -> None:
    strategy = planned()
    edges = (NOON, NOON + HOUR_MS, NOON + HOUR_MS * 3 // 2, NOON + 2 * HOUR_MS)
    schedule = FollowSchedule(made_ms=NOON, edges_ms=edges, runs=(False, True, True), supply_offset_k=(0.0, 5.0, 16.0))
    strategy.follow(schedule)
    assert strategy.supply_offset_k(NOON + round(hour * HOUR_MS)) == offset_k
    assert strategy.next_change_ms(NOON + HOUR_MS) == edges[2], "it is asked again when the supply changes"


def test_a_house_that_would_get_cold_asks_for_its_usual_supply() -> None:
    strategy = planned()
    strategy.follow(FollowSchedule(made_ms=NOON, edges_ms=EDGES, runs=(True,) * 3, supply_offset_k=(5.0,) * 3))
    cold = view_of(0.5, -5.0, top_k=0.5)
    cold.store_top_c = cold.required_c
    assert strategy.source_wanted(cold, None, at(60))
    assert strategy.supply_offset_k(NOON) is None


def test_what_the_schedule_asks_goes_to_the_source_above_what_is_required_and_after_it_what_is_always_asked() -> None:
    house = hot_water_house(charge_supply_c=66.0)
    machine = heating_machine(house, "planned")
    values: dict[str, float | None] = dict.fromkeys((*house.heating.buffer, *house.heating.store), 52.0)
    values |= {house.heating.outdoor: 0.0} | dict.fromkeys(house.heating.hot_water.temperatures, 55.0)  # type: ignore[union-attr]
    machine.handle(Latest(values), at(0))
    schedule = FollowSchedule(made_ms=NOON, edges_ms=EDGES, runs=(True, True, False), supply_offset_k=(8.0, 20.0, 0.0))
    required_c = house.heating.curve.required_c(0.0)
    asked = []
    machine.handle(Latest(values), at(0))
    for effects in (machine.handle(schedule, at(1)), *(machine.handle(Latest(values), at(hour * 3600)) for hour in (1, 2))):
        asked += [each.value - required_c for each in effects if isinstance(each, Wish) and each.node == "lwt"]
    assert asked == pytest.approx([8.0, 20.0, 11.0])


def storeless_house() -> House:
    house = zones_house()
    nodes = {**house.nodes, "e1": store_house().nodes["e1"]}
    house = replace(house, nodes=nodes)
    return replace(house, heating=replace(house.heating, boost=("e1",), comfort=Comfort(below_k=1.0, above_k=1.5)))


@pytest.mark.parametrize(("hour", "offset_k"), [(-0.5, 0.0), (0.5, -0.4), (1.5, 1.2), (2.5, -0.4), (3.5, 0.0)])
def test_rooms_that_are_the_store_are_kept_warm_while_the_source_runs_and_cool_while_it_rests(
    hour: float, offset_k: float
) -> None:
    strategy = Strategy(read(Parameters, {}), storeless_house())
    strategy.follow(FollowSchedule(made_ms=NOON, edges_ms=EDGES, runs=(False, True, False)))
    wall_ms = NOON + round(hour * HOUR_MS)
    assert strategy.room_offset_k(wall_ms) == pytest.approx(offset_k)
    assert strategy.rooms_may_wait(wall_ms) == (None if offset_k == 0.0 else pytest.approx(-0.4))


def test_where_there_is_a_store_rooms_are_kept_as_always() -> None:
    strategy = planned(True, False, True)
    assert [strategy.room_offset_k(wall_ms) for wall_ms in EDGES] == [0.0] * 4
    assert strategy.rooms_may_wait(NOON) is None


def test_a_cold_buffer_is_no_emergency_while_rooms_can_wait() -> None:
    strategy = planned(False, False, False)
    cold = view_of(0.5, -5.0, top_k=0.5)
    cold.store_top_c, cold.rooms_wait = cold.required_c, False
    assert not strategy.source_wanted(cold, None, at(0))
    cold.rooms_wait = True
    assert strategy.source_wanted(cold, None, at(60))


def test_thermostats_follow_and_elements_wait_for_rooms_that_need_them() -> None:
    house = storeless_house()
    machine = heating_machine(house, "planned")
    values: dict[str, float | None] = dict.fromkeys(house.heating.buffer, 30.0)
    values |= {house.heating.outdoor: 0.0} | {zone.temperature: zone.setpoint_c - 0.4 for zone in house.heating.zones}
    machine.handle(FollowSchedule(made_ms=NOON, edges_ms=EDGES, runs=(False, True, False)), at(0))
    wished = wishes(machine.handle(Latest(values), at(1)))
    assert not any(wished.get(node) for node in (*house.heating.boost, *(zone.circulator for zone in house.heating.zones)))
    wished = wishes(machine.handle(Latest(values), at(3601)))
    assert all(wished[zone.circulator] == 1.0 for zone in house.heating.zones), "rooms are warmed while the source runs"
    assert not any(wished.get(node) for node in house.heating.boost)
    values |= {zone.temperature: zone.setpoint_c - 0.8 for zone in house.heating.zones}
    wished = wishes(machine.handle(Latest(values), at(3662)))
    assert wished[house.heating.boost[0]] == 1.0, "now rooms are cold"
