"""Strategies: found by name, their parameters checked, and when each wants the source."""

from dataclasses import replace

import pytest

from gw_spaceheat.core.heating import check_parameters, heating_machine, strategy_names
from gw_spaceheat.core.heating.parameters import SharedParameters, problems, read
from gw_spaceheat.core.heating.strategies import tou
from gw_spaceheat.core.heating.strategy import Strategy, find_strategy
from gw_spaceheat.core.heating.view import View
from gw_spaceheat.core.heating.volume import HeatedVolume
from gw_spaceheat.house.model import HotWater, Zone
from gw_spaceheat.vocabulary.moment import HOUR_MS
from tests.core.heating.houses import at, store_house, wall, zones_house

MINUTE_MS = 60_000


def view_of(reserve_k: float, last_k: float, *, top_k: float = 6.0, required_c: float = 40.0, store: bool = True) -> View:
    """A view whose temperatures are so far above the required supply."""
    view = View()
    view.required_c = required_c
    view.buffer_known = True
    view.buffer_top_c = view.buffer_middle_c = view.buffer_low_c = required_c + top_k
    view.reserve_c, view.last_c = required_c + reserve_k, required_c + last_k
    view.spread_k = max(reserve_k, top_k) - last_k
    if store:
        view.store_known = True
        view.store_top_c = view.store_upper_c = view.reserve_c
        view.store_bottom_c = view.last_c
    return view


@pytest.mark.parametrize(
    ("reserve_k", "last_k", "top_k", "low"),
    [(4.1, -10, 6, False), (3.9, -10, 6, True), (4.1, -10, 3.9, False), (3.9, 3.9, 3.9, True)],
)
def test_low(reserve_k: float, last_k: float, top_k: float, low: bool) -> None:
    assert HeatedVolume(SharedParameters()).low(view_of(reserve_k, last_k, top_k=top_k)) is low


@pytest.mark.parametrize(
    ("last_k", "spread_k", "running_ms", "top_k", "required_c", "full"),
    [
        (8.9, 3.0, HOUR_MS, 10, 40, False),
        (9.1, 3.0, 0, 10, 40, True),
        # the weather changed what is asked: even, and above the switch-on point
        (6.0, 0.5, HOUR_MS + 1, 10, 40, True),
        (6.0, 0.5, HOUR_MS, 10, 40, False),
        (6.0, 1.5, HOUR_MS + 1, 10, 40, False),
        (4.5, 0.5, HOUR_MS + 1, 10, 40, False),
        # as hot as the source can make it
        (7.1, 3.0, 0, 10, 60, True),
        (6.9, 3.0, 0, 10, 60, False),
        # the top is far too hot though the heat does not reach the bottom
        (-5.0, 31.0, 0, 26, 40, True),
        (-5.0, 29.0, 0, 24, 40, False),
    ],
)
def test_full(last_k: float, spread_k: float, running_ms: int, top_k: float, required_c: float, full: bool) -> None:
    view = view_of(10, last_k, top_k=top_k, required_c=required_c)
    view.spread_k = spread_k
    assert HeatedVolume(SharedParameters()).full(view, running_ms) is full


def test_a_melting_store_is_full_near_its_own_supply() -> None:
    volume = HeatedVolume(SharedParameters(charge_supply_c=66.0))
    assert not volume.full(view_of(20, 23.9), 0)
    assert volume.full(view_of(20, 24.1), 0)
    assert volume.full(view_of(20, 9.1, store=False), 0), "without the store in sight the buffer counts"


def test_hysteresis() -> None:
    strategy = heating_strategy("hysteresis")
    now = at(0)
    assert not strategy.source_wanted(view_of(4.1, 0), None, now)
    assert strategy.source_wanted(view_of(3.9, 0), None, now)
    assert strategy.source_wanted(view_of(10, 8.9), 1000, now)
    assert not strategy.source_wanted(view_of(10, 9.1), 1000, now)


def heating_strategy(name: str, **parameters: float) -> Strategy:
    found = find_strategy(name)
    house = store_house(name, **parameters)
    return found.strategy(read(found.parameters, house.heating.parameters), house)


@pytest.mark.parametrize(
    ("local_utc", "reserve_k", "last_k", "running", "wanted"),
    # the buffer's lower part is as warm as the reserve
    [
        # Wednesday night, five hours and more before on-peak: as hysteresis
        ("2018-01-10T06:30", 5, -5, False, False),
        ("2018-01-10T06:30", 3, -5, False, True),
        ("2018-01-10T06:30", 10, 8, True, True),
        # within four hours before 07:00: until full
        ("2018-01-10T08:30", 5, -5, False, True),
        ("2018-01-10T08:30", 9, 6.5, False, False),
        ("2018-01-10T08:30", 9, 5.5, False, True),
        ("2018-01-10T08:30", 9, 8.5, True, True),
        ("2018-01-10T08:30", 9, 9.5, True, False),
        # too late for a start
        ("2018-01-10T11:33", 5, -5, False, True),
        ("2018-01-10T11:35", 5, -5, False, False),
        ("2018-01-10T11:35", 3, -5, False, True),
        # on-peak, and two minutes before: off unless the store is nearly empty
        ("2018-01-10T11:58", 8, -5, True, False),
        ("2018-01-10T11:57", 8, -5, True, True),
        ("2018-01-10T12:30", 2.5, -8, False, False),
        ("2018-01-10T12:30", 1.5, -8, False, True),
        ("2018-01-10T12:30", 5.5, -8, True, True),
        ("2018-01-10T12:30", 6.5, -8, True, False),
        # between the peaks: full again
        ("2018-01-10T17:30", 8, -5, False, True),
        # evening, Saturday and a holiday at what would be on-peak
        ("2018-01-11T01:30", 5, -5, False, False),
        ("2018-01-13T13:30", 3.5, -8, False, True),
        ("2018-01-15T13:30", 3.5, -8, False, True),
        ("2018-01-15T13:30", 8, 8, True, True),
    ],
)
def test_time_of_use(local_utc: str, reserve_k: float, last_k: float, running: bool, wanted: bool) -> None:
    strategy = heating_strategy("tou")
    view = view_of(reserve_k, last_k)
    view.buffer_low_c = view.reserve_c
    assert strategy.source_wanted(view, 20 * MINUTE_MS if running else None, at(0, wall(local_utc))) is wanted


def test_on_peak_a_warm_buffer_is_used_up_first() -> None:
    strategy = heating_strategy("tou")
    on_peak = at(0, wall("2018-01-10T12:30"))
    view = view_of(-5, -8)
    view.buffer_low_c = 42.1
    assert not strategy.source_wanted(view, None, on_peak)
    view.buffer_low_c = 41.9
    assert strategy.source_wanted(view, None, on_peak)


def test_on_peak_without_a_store_the_buffer_decides() -> None:
    strategy = heating_strategy("tou")
    on_peak = at(0, wall("2018-01-10T12:30"))
    view = view_of(2.1, 2.1, top_k=2.1, store=False)
    assert not strategy.source_wanted(view, None, on_peak)
    view.buffer_low_c = 41.9
    assert strategy.source_wanted(view, None, on_peak)


def test_a_store_that_was_full_is_topped_up_in_the_last_hour_only() -> None:
    strategy = heating_strategy("tou")
    cold_bottom = view_of(9, -5)
    assert strategy.source_wanted(cold_bottom, None, at(0, wall("2018-01-10T08:30")))
    assert not strategy.source_wanted(view_of(10, 9.5), 3_600_000, at(0, wall("2018-01-10T09:30")))
    assert not strategy.source_wanted(cold_bottom, None, at(0, wall("2018-01-10T10:30")))
    assert strategy.source_wanted(cold_bottom, None, at(0, wall("2018-01-10T11:10")))
    assert strategy.source_wanted(cold_bottom, None, at(0, wall("2018-01-10T17:30"))), "the afternoon is another peak"


def test_strategies_are_found_by_the_name_of_their_file() -> None:
    assert strategy_names() == ("hysteresis", "planned", "tou")
    assert find_strategy("tou").parameters is tou.Parameters


def test_an_unknown_strategy_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match=r"strategy clever is unknown; known are hysteresis, planned, tou"):
        heating_machine(store_house("clever"))
    with pytest.raises(ValueError, match="clever"):
        heating_machine(store_house(), strategy="clever")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"on_below": 4.0}, "parameter on_below is unknown; known are "),
        ({"on_below_k": 0.1}, "parameter on_below_k is 0.1; allowed is 0.5 to 20 K"),
        ({"starts_per_hour": 99.0}, "parameter starts_per_hour is 99; allowed is 1 to 30 1/h"),
        ({"on_below_k": float("nan")}, "parameter on_below_k is nan"),
        ({"on_below_k": 9.0, "off_above_k": 8.0}, "parameter on_below_k is 9 and must be less than off_above_k, which is 8"),
        ({"charge_lead_h": 2.0}, "parameter charge_lead_h is unknown"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_is_allowed(given: dict[str, float], text: str) -> None:
    house = store_house(**given)
    assert any(each.startswith(text) for each in check_parameters(house)), check_parameters(house)
    with pytest.raises(ValueError, match="parameter"):
        heating_machine(house)


def test_all_wrong_parameters_are_told_at_once() -> None:
    assert len(problems(SharedParameters, {"a": 1.0, "on_below_k": 0.0, "off_above_k": 1e9})) == 3


def test_another_strategy_than_the_files_leaves_out_what_it_does_not_know() -> None:
    heating_machine(store_house("tou", charge_lead_h=2.0, on_below_k=5.0), strategy="hysteresis")


def test_a_good_house_has_no_problems_and_a_bad_one_all() -> None:
    house = zones_house()
    assert check_parameters(house) == ()
    heating = house.heating
    shared = tuple(replace(zone, circulator="c1") for zone in heating.zones)
    bad = replace(heating, strategy="clever", buffer=(), heat_source="", zones=shared)
    texts = check_parameters(replace(house, heating=bad, timezone="Mars/Olympus"))
    assert [text.split()[0] for text in texts] == ["strategy", "buffer", "heat_source", "circulator", "timezone"]


def test_hot_water_and_zones_need_no_other_machine() -> None:
    heating = store_house().heating
    hot_water = HotWater(temperatures=("w1",), charge="charge", setpoint_c=50.0)
    zone = Zone(name="Room", temperature="z1", setpoint_c=20.0, circulator="c1")
    house = replace(store_house(), heating=replace(heating, hot_water=hot_water, zones=(zone,)))
    assert heating_machine(house).deadline() is None
