"""The strategy that follows a schedule: when it does, and when the house comes first."""

import pytest

from gw_spaceheat.core.events import FollowSchedule, Latest, StateChanged, Wish
from gw_spaceheat.core.heating.local_clock import local_time_in
from gw_spaceheat.core.heating.parameters import read
from gw_spaceheat.core.heating.registry import heating_machine
from gw_spaceheat.core.heating.strategies.planned import Parameters, Strategy
from gw_spaceheat.vocabulary.moment import HOUR_MS
from tests.core.heating.houses import WEDNESDAY_NOON, at, store_house
from tests.core.heating.test_strategies import view_of

NOON = WEDNESDAY_NOON
EDGES = (NOON, NOON + HOUR_MS, NOON + 2 * HOUR_MS, NOON + 3 * HOUR_MS)


def planned(*runs: bool) -> Strategy:
    strategy = Strategy(read(Parameters, {}), store_house(), local_time_in("America/New_York"))
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
