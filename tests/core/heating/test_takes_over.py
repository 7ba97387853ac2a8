"""Local heating takes a house over as it finds it: nothing is switched but what the temperatures call for."""

from contextlib import suppress
from itertools import product
from pathlib import Path

import pytest

from gw_spaceheat.apps.houses import house_to_start
from gw_spaceheat.core.events import Event, Latest, Started, TakesOver, Wish
from gw_spaceheat.core.heating import heating_machine, minimum_times
from gw_spaceheat.core.heating.local import LocalHeating
from gw_spaceheat.house.faults import HouseFileError
from gw_spaceheat.house.model import House, steering_channels
from gw_spaceheat.house.parse import house_aliases
from tests.core.heating.houses import at, elements_house, zones_house

FILE = Path(__file__).resolve().parents[3] / "input_data" / "houses.json"
MILD_C, COLD_C, HOT_C = 5.0, 20.0, 68.0
DAY_S = 86_400


def shipped() -> dict[str, House]:
    """The houses that can be simulated, by the end of their alias."""
    houses: dict[str, House] = {}
    for alias in house_aliases(FILE.read_text(encoding="utf-8"), FILE.name):
        with suppress(HouseFileError):  # it has devices that are not there
            houses[alias.rpartition(".")[2]] = house_to_start(FILE, alias)[0]
    return houses


HOUSES = {**shipped(), "zones": zones_house(), "elements and fan": elements_house()}
with_source = pytest.mark.parametrize("name", [name for name, house in HOUSES.items() if house.heating.heat_source])
assert len(HOUSES) >= 5
every = pytest.mark.parametrize("name", HOUSES)


def shows(house: House, tank_c: float, zone_k: float) -> Latest:
    """Every tank so warm, every zone so far above its set-point."""
    values: dict[str, float | None] = dict.fromkeys(steering_channels(house), tank_c)
    values[house.heating.outdoor] = MILD_C
    values.update({zone.temperature: zone.setpoint_c + zone_k for zone in house.heating.zones})
    return Latest(values)


HOT_AND_WARM, COLD_AND_CHILLY = (HOT_C, 2.0), (COLD_C, -2.0)


def switches(house: House) -> list[str]:
    """Aliases of the relays."""
    nodes = house.nodes.values()
    return [node.alias for node in nodes if node.actuator is not None and node.actuator.maximum == 1.0]


def all_found(house: House, value: float) -> TakesOver:
    found: dict[str, float | None] = {node.alias: None for node in house.nodes.values() if node.actuator is not None}
    found.update(dict.fromkeys(switches(house), value))
    return TakesOver(found)


def wishes(events: object) -> dict[str, list[float]]:
    assert isinstance(events, list | tuple)
    wished: dict[str, list[float]] = {}
    for event in events:
        if isinstance(event, Wish):
            wished.setdefault(event.node, []).append(event.value)
    return wished


def begun(house: House, seconds: float = 0) -> LocalHeating:
    machine = heating_machine(house)
    machine.handle(Started(), at(seconds))
    return machine


def kept_running(machine: LocalHeating, latest: Latest, from_s: int, to_s: int) -> list[tuple[int, Event]]:
    """What it puts out, with readings every minute."""
    told: list[tuple[int, Event]] = []
    for second in range(from_s, to_s, 60):
        told += [(second, event) for event in machine.handle(latest, at(second))]
        for step in range(60):
            due = machine.deadline()
            if due is not None and due <= at(second + step).mono_ms:
                told += [(second + step, event) for event in machine.wake(at(second + step))]
    return told


@every
@pytest.mark.parametrize("value", [0.0, 1.0])
@pytest.mark.parametrize("seen", [False, True])
def test_taking_over_switches_nothing_by_itself(name: str, value: float, seen: bool) -> None:
    machine = begun(HOUSES[name])
    if seen:
        kept_running(machine, shows(HOUSES[name], *HOT_AND_WARM), 0, DAY_S // 24)
    assert wishes(machine.handle(all_found(HOUSES[name], value), at(4000))) == {}


@every
@pytest.mark.parametrize("seen", [False, True])
def test_what_was_found_and_is_wanted_stays_as_it_was(name: str, seen: bool) -> None:
    """One machine keeps a house as it likes; another that takes over from it changes nothing.

    But for the store's valve: whether the store starves the buffer is learned anew, so it may be opened once more.
    """
    house = HOUSES[name]
    for condition in (HOT_AND_WARM, COLD_AND_CHILLY):
        latest = shows(house, *condition)
        first = begun(house)
        now: dict[str, float | None] = {node.alias: None for node in house.nodes.values() if node.actuator is not None}
        for _, event in [
            *((0, event) for event in begun(house).handle(Started(), at(0))),
            *kept_running(first, latest, 0, 7200),
        ]:
            if isinstance(event, Wish):
                now[event.node] = event.value
        now = {alias: value if value is not None else 0.0 for alias, value in now.items()}
        second = begun(house, 7200)
        if seen:
            kept_running(second, latest, 7200, 7260)
        out = [*second.handle(TakesOver(now), at(7260)), *second.handle(latest, at(7260))]
        known = [alias for alias in switches(house) if alias in wishes(out) and alias != house.heating.store_valve]
        assert known == [], (condition, wishes(out))


@every
def test_hot_and_warm_nothing_is_switched_on_and_cold_nothing_that_heats_is_switched_off(name: str) -> None:
    house = HOUSES[name]
    heats = {*house.heating.boost, house.heating.heat_source, *(zone.circulator for zone in house.heating.zones)} - {""}
    for (condition, value), seen in product(((HOT_AND_WARM, 0.0), (COLD_AND_CHILLY, 1.0)), (False, True)):
        machine = begun(house)
        latest = shows(house, *condition)
        if seen:
            kept_running(machine, latest, 0, 3600)
        out = [*machine.handle(all_found(house, value), at(4000)), *machine.handle(latest, at(4000))]
        wished = wishes(out)
        assert [node for node in heats if node in wished] == []


@with_source
@pytest.mark.parametrize("condition", [HOT_AND_WARM, COLD_AND_CHILLY])
def test_a_running_source_is_not_stopped_before_its_minimum_time(name: str, condition: tuple[float, float]) -> None:
    house = HOUSES[name]
    source = house.heating.heat_source
    times = minimum_times(house)[source]
    machine = begun(house)
    latest = shows(house, *condition)
    out = [(4000, event) for event in machine.handle(all_found(house, 1.0), at(4000))]
    out += kept_running(machine, latest, 4000, 4000 + round(times.on_s) + 300)
    switched = [(second, event.value) for second, event in out if isinstance(event, Wish) and event.node == source]
    if condition == COLD_AND_CHILLY:
        assert switched == []
    else:
        ((second, value),) = switched
        assert (value, second - 4000 >= times.on_s) == (0.0, True)


@with_source
def test_a_resting_source_is_not_started_before_its_minimum_time(name: str) -> None:
    house = HOUSES[name]
    times = minimum_times(house)[house.heating.heat_source]
    machine = begun(house)
    out = [(4000, event) for event in machine.handle(all_found(house, 0.0), at(4000))]
    out += kept_running(machine, shows(house, *COLD_AND_CHILLY), 4000, 4000 + round(times.off_s) + 600)
    switched = [
        (second, event.value) for second, event in out if isinstance(event, Wish) and event.node == house.heating.heat_source
    ]
    ((second, value),) = switched
    assert (value, second - 4000 >= times.off_s) == (1.0, True)


def test_a_zone_found_with_its_fan_at_rest_calls_again_when_it_is_cold() -> None:
    house = elements_house()
    for seen in (False, True):
        machine = begun(house)
        if seen:
            kept_running(machine, shows(house, HOT_C, 0.0), 0, 3600)
        found = all_found(house, 0.0).states | {"c1": 1.0}
        machine.handle(TakesOver(found), at(4000))
        assert "c1" not in wishes(machine.handle(shows(house, HOT_C, 0.0), at(4000)))
        told = wishes(machine.handle(shows(house, HOT_C, -2.0), at(4060)))
        assert told["f1"] == [1.0]


def test_a_zone_found_running_on_comes_to_rest() -> None:
    house = elements_house()
    machine = begun(house)
    machine.handle(TakesOver(all_found(house, 0.0).states | {"c1": 1.0}), at(4000))
    told = kept_running(machine, shows(house, HOT_C, 0.0), 4000, 8000)
    assert [event.value for _, event in told if isinstance(event, Wish) and event.node == "c1"] == [0.0]


def test_the_pump_that_zones_share_follows_them_and_is_switched_once() -> None:
    house = zones_house()
    for circulators, pump, condition, expected in (
        (1.0, 0.0, (HOT_C, 0.0), [1.0]),
        (0.0, 1.0, (HOT_C, 2.0), [0.0]),
        (0.0, 1.0, (HOT_C, -2.0), []),
        (0.0, 0.0, (HOT_C, -2.0), [1.0]),
        (1.0, 1.0, (HOT_C, 0.0), []),
    ):
        for seen in (False, True):
            machine = begun(house)
            if seen:
                kept_running(machine, shows(house, HOT_C, 0.0), 0, 3600)
            found: dict[str, float | None] = {"hp": 0.0, "c1": circulators, "c2": circulators, "dist": pump}
            out = [*machine.handle(TakesOver(found), at(4000)), *machine.handle(shows(house, *condition), at(4000))]
            assert wishes(out).get("dist", []) == expected, (circulators, pump, condition, seen)
