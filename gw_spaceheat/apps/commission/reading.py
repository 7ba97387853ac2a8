"""One device of a house, opened without a daemon: what it shows, and who it says it is."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import time

from gw_spaceheat.apps.devices import ACTUATORS, SENSORS, device_nodes
from gw_spaceheat.apps.live_plant import live_site
from gw_spaceheat.drivers.base import ActuatorDriver, DeviceError, SensorDriver
from gw_spaceheat.drivers.registry import actuator_driver, devices, identifying, sensor_driver
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.faults import nearest
from gw_spaceheat.house.model import House, Node
from gw_spaceheat.views.devices_text import Shown
from gw_spaceheat.vocabulary.make_model import Bus


class NotReadableError(ValueError):
    """The node is no device; says which are."""


def device_node(house: House, alias: str) -> Node:
    """A node that acts for a device; NotReadableError if it is none."""
    node = house.nodes.get(alias)
    if node is None or node.actor not in SENSORS | ACTUATORS:
        raise NotReadableError(f"{alias} of {house.alias} is no device; {nearest(alias, device_nodes(house))}")
    return node


def site_of(house: House) -> SimulatedSite | None:
    """The simulated house behind a house's simulated devices, from now on; None if it has none."""
    known = devices()
    simulated = any(
        known[each.make_model].bus is Bus.Simulated for each in house.components.values() if each.make_model in known
    )
    return live_site(house, 1, lambda: round(time() * 1000)) if simulated and house.plant is not None else None


@contextmanager
def opened_sensor(house: House, alias: str, site: SimulatedSite | None) -> Iterator[SensorDriver]:
    """The driver of a node that is read, open; raises DeviceError."""
    node = house.nodes[alias]
    driver = sensor_driver(node, house.channels_of(alias), house.components[node.component], site)
    try:
        driver.open()
        yield driver
    finally:
        driver.close()


@contextmanager
def opened_actuator(house: House, alias: str, site: SimulatedSite | None) -> Iterator[ActuatorDriver]:
    """The driver of a node that is commanded, open; it keeps what it has. Raises DeviceError."""
    node = house.nodes[alias]
    driver = actuator_driver(node, house.channels_of(alias), house.components[node.component], site)
    try:
        driver.open()
        yield driver
    finally:
        driver.close()


def scans(house: House, alias: str, site: SimulatedSite | None) -> Iterator[tuple[Shown, ...]]:
    """One scan of a device whenever it is asked for; raises NotReadableError and DeviceError."""
    node = device_node(house, alias)
    channels = house.channels_of(alias)
    if node.actor in ACTUATORS:
        state = house.state_channel(alias)
        name, unit = (alias, "") if state is None else (state.name, state.telemetry.scale.si_unit)
        with opened_actuator(house, alias, site) as actuator:
            while True:
                yield (Shown(name, actuator.read_back(), unit),)
    with opened_sensor(house, alias, site) as sensor:
        while True:
            values: Mapping[str, float | None] = sensor.read()
            yield tuple(Shown(each.name, values.get(each.name), each.telemetry.scale.si_unit) for each in channels)


def identity_of(house: House, alias: str, site: SimulatedSite | None) -> str | None:
    """The serial number that a device answers with; None if it cannot say. Raises DeviceError, also for another device."""
    node = house.nodes[alias]
    if node.actor in ACTUATORS:
        with opened_actuator(house, alias, site) as actuator:
            actuator.read_back()
            identify = getattr(actuator, "identify", None)
            return None if identify is None else str(identify())
    with opened_sensor(house, alias, site) as sensor:
        values = sensor.read()
        if values and all(value is None for value in values.values()):
            raise DeviceError(f"{alias} answers, but none of its channels has a believable value; look at its sensors")
        return identifying(sensor)()
