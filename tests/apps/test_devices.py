"""For each node that acts, its driver and the actor that hosts it."""

from dataclasses import replace

import pytest

from gw_spaceheat.actors.actuator import ActuatorActor
from gw_spaceheat.actors.sensor import SensorActor
from gw_spaceheat.apps.devices import ACTUATORS, device_actor, device_actors, device_nodes
from gw_spaceheat.apps.live_plant import live_site
from gw_spaceheat.drivers.base import DeviceError
from tests.scenarios.scene import GARAGE, OAK, START_MS, house


@pytest.mark.parametrize("alias", [GARAGE, OAK, "hw1.isone.me.millinocket.pine", "hw1.isone.me.millinocket.fir"])
def test_every_device_of_a_simulated_house_has_its_actor(alias: str) -> None:
    of = house(alias)
    actors = device_actors(of, live_site(of, 1, lambda: START_MS))
    assert tuple(actors) == device_nodes(of)
    assert {name for actor in actors.values() for name in names_of(actor)} == set(of.channels)
    for node, actor in actors.items():
        assert isinstance(actor, ActuatorActor if of.nodes[node].actor in ACTUATORS else SensorActor)


def names_of(actor: SensorActor | ActuatorActor) -> tuple[str, ...]:
    return () if actor.capture is None else actor.capture.names


def test_some_of_them() -> None:
    of = house(GARAGE)
    actors = device_actors(of, live_site(of, 1, lambda: START_MS), only=("a.m", "a.elt1.relay", "a.s", "a.nobody"))
    assert list(actors) == ["a.m", "a.elt1.relay"]


def test_every_device_of_a_real_house_has_its_actor_and_nothing_is_opened_for_that() -> None:
    of = house("w.isone.nh.orange.1")
    assert tuple(device_actors(of, None)) == device_nodes(of)


def test_a_device_without_a_driver_is_named() -> None:
    of = house("w.isone.nh.orange.1")
    components = {**of.components, "meter": replace(of.components["meter"], make_model="Nobody__Meter")}
    with pytest.raises(DeviceError, match="Nobody__Meter"):
        device_actor(replace(of, components=components), "a.m", None)


def test_a_simulated_device_without_a_site_is_named() -> None:
    with pytest.raises(DeviceError):
        device_actor(house(GARAGE), "a.m", None)


def test_meters_of_electric_power_with_a_serial_number_are_asked_for_it_and_nothing_else_is() -> None:
    of = house(GARAGE)
    probe, meter = of.nodes["a.tank.temp0"].component, of.nodes["a.m"].component
    numbered = {name: replace(of.components[name], serial="28-1") for name in (probe, meter)}
    actors = device_actors(replace(of, components={**of.components, **numbered}), live_site(of, 1, lambda: START_MS))
    asked = {alias for alias, actor in actors.items() if isinstance(actor, SensorActor) and actor.asks_mono_ms is not None}
    assert asked == {"a.m"}
    silent = {**of.components, meter: replace(of.components[meter], serial="")}
    actor = device_actor(replace(of, components=silent), "a.m", live_site(of, 1, lambda: START_MS))
    assert isinstance(actor, SensorActor)
    assert actor.asks_mono_ms is None
