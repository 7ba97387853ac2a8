"""A relay is switched over and back; what does not follow is said, and it is set back whatever happens."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from gw_spaceheat.apps.commission.exercise import exercise, meter_of
from gw_spaceheat.apps.commission.reading import NotReadableError
from gw_spaceheat.apps.live_plant import live_plant
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import House
from gw_spaceheat.views.devices_text import exercise_text
from tests.scenarios.scene import GARAGE, START_MS, house

ELEMENT = "a.elt1.relay"


class World:
    """The simulated garage, whose time passes when somebody waits."""

    def __init__(self) -> None:
        self.house: House = house(GARAGE)
        self.now_ms = START_MS
        self.site = SimulatedSite(live_plant(self.house, 1, START_MS), lambda: self.now_ms)

    def wait_s(self, seconds: float) -> None:
        self.now_ms += round(seconds * 1000)


def test_an_element_is_switched_and_its_meter_follows() -> None:
    world = World()
    done = exercise(world.house, ELEMENT, world.site, world.wait_s)
    assert [(step.what, step.commanded, step.read_back) for step in done.steps] == [
        ("before", None, 0.0),
        ("switched", 1.0, 1.0),
        ("back", 0.0, 0.0),
    ]
    before_w, switched_w, back_w = (step.power_w for step in done.steps)
    assert before_w is not None and switched_w is not None and back_w is not None
    assert switched_w - before_w > 3600.0
    assert abs(back_w - before_w) < 100.0
    assert done.problems == ()
    assert exercise_text(done).endswith("all as it should be")


def test_one_that_is_on_is_switched_off_and_on_again() -> None:
    world = World()
    world.site.write(ELEMENT, 1.0)
    world.wait_s(1)
    assert [step.read_back for step in exercise(world.house, ELEMENT, world.site, world.wait_s).steps] == [1.0, 0.0, 1.0]


def test_a_meter_that_does_not_follow_is_said() -> None:
    world = World()
    node = world.house.nodes[ELEMENT]
    assert node.actuator is not None
    bigger = replace(node, actuator=replace(node.actuator, smallest_step_w=9000.0))
    done = exercise(replace(world.house, nodes={**world.house.nodes, ELEMENT: bigger}), ELEMENT, world.site, world.wait_s)
    assert "less than the 9000 W of the house file" in done.problems[0]
    assert "PROBLEM: the meter went from" in exercise_text(done)


def failing_once(world: World, at_call: int) -> Callable[[str, float], None]:
    calls = 0
    write = world.site.write

    def call(alias: str, value: float) -> None:
        nonlocal calls
        calls += 1
        if calls == at_call:
            raise DeviceError("no answer at address 32")
        write(alias, value)

    return call


def test_it_is_set_back_although_switching_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    monkeypatch.setattr(world.site, "write", failing_once(world, 1))
    with pytest.raises(DeviceError, match="address 32"):
        exercise(world.house, ELEMENT, world.site, world.wait_s)
    assert world.site.state(ELEMENT) == 0.0


def test_only_relays_are_exercised() -> None:
    world = World()
    for alias in ("a.m", "a.tank.temp0"):
        with pytest.raises(NotReadableError, match="is no relay"):
            exercise(world.house, alias, world.site, world.wait_s)
    with pytest.raises(NotReadableError, match=r"did you mean a\.elt1\.relay"):
        exercise(world.house, "a.elt1.relais", world.site, world.wait_s)
    assert meter_of(world.house, ELEMENT) is not None
