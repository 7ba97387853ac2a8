"""Can the simulated twin be built: sizes that exist in the world, channels that feel something, actuators that move something.

The ranges are wide; they catch a slipped decimal point or a wrong unit, not an unusual house.
"""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from gw_spaceheat.house.faults import Fault, nearest
from gw_spaceheat.house.model import House, Node
from gw_spaceheat.house.plant_model import HeatSourceModel, PhaseChangeStoreModel, PlantModel
from gw_spaceheat.house.points import STATE_PREFIX, actuator_points, elements, sensor_points
from gw_spaceheat.vocabulary.make_model import Bus, Devices
from gw_spaceheat.vocabulary.roles import ActorClass

SOURCE_KINDS = ("heat_pump", "electric_boiler")

_RANGES: dict[str, tuple[float, float]] = {
    "room_c": (-30.0, 40.0),
    "maximum_w": (100.0, 1e6),
    "power_w": (1.0, 1e5),
    "minimum_fraction": (0.0, 1.0),
    "cop_a": (0.1, 1.5),
    "cop_b": (-0.05, 0.05),
    "cop_c": (-0.05, 0.05),
    "start_delay_s": (0.0, 3600.0),
    "minimum_on_s": (0.0, 7200.0),
    "minimum_off_s": (0.0, 7200.0),
    "minimum_outdoor_c": (-100.0, 20.0),
    "maximum_supply_c": (30.0, 99.0),
    "supply_offset_k": (0.0, 40.0),
    "minimum_flow_kg_s": (0.0, 10.0),
    "maximum_flow_kg_s": (0.01, 10.0),
    "pump_w": (0.0, 5000.0),
    "standby_w": (0.0, 1000.0),
    "fan_w": (0.0, 5000.0),
    "height": (0.0, 1.0),
    "litres": (1.0, 1e6),
    "loss_w_per_k": (0.0, 1000.0),
    "tanks": (1, 20),
    "nodes": (1, 200),
    "mass_kg": (1.0, 1e6),
    "melting_c": (0.0, 120.0),
    "latent_j_per_kg": (1e3, 1e6),
    "solid_j_per_kg_k": (100.0, 1e4),
    "liquid_j_per_kg_k": (100.0, 1e4),
    "exchanger_w_per_k": (1.0, 1e6),
    "water_litres": (0.1, 1e5),
    "cells": (1, 500),
    "subcooling_k": (0.0, 60.0),
    "coil_w_per_k": (1.0, 1e5),
    "litres_per_day": (0.0, 1e5),
    "mixed_c": (20.0, 70.0),
    "cold_c": (0.0, 30.0),
    "store_flow_kg_s": (0.0, 10.0),
    "store_pump_w": (0.0, 5000.0),
    "distribution_flow_kg_s": (0.01, 10.0),
    "distribution_pump_w": (0.0, 5000.0),
    "pipe_litres": (0.0, 1000.0),
    "pipe_loss_w_per_k": (0.0, 1000.0),
    "air_j_per_k": (1e4, 1e10),
    "emitter_j_per_k": (1e3, 1e10),
    "mass_j_per_k": (1e4, 1e11),
    "outdoor_w_per_k": (0.1, 1e5),
    "emitter_w_per_k": (0.1, 1e5),
    "mass_w_per_k": (0.0, 1e6),
    "water_w_per_k": (0.1, 1e6),
    "flow_kg_s": (0.001, 10.0),
    "solar_m2": (0.0, 1000.0),
    "gains_w": (0.0, 1e5),
    "lag_s": (0.0, 3600.0),
    "quantum": (0.0, 1000.0),
    "noise": (0.0, 1000.0),
}
"""Smallest and largest believable value of each number in a plant, by the model's field [its unit is in the name]."""


def check_plant(house: House, devices: Devices) -> Iterator[Fault]:
    """Faults in the simulated twin, or in its absence where simulated components need one."""
    plant = house.plant
    if plant is None:
        for alias, node in house.nodes.items():
            if _is_simulated(house, devices, node.component):
                text = "is simulated, but the house has no plant to simulate; add a plant or name a real device"
                yield Fault(house.alias, alias, "component", node.component, text)
        return
    yield from _check_ranges(house, plant, "plant")
    yield from _check_parts(house, plant)
    yield from _check_sensors(house, devices, plant)
    yield from _check_actuators(house, devices, plant)


def _is_simulated(house: House, devices: Devices, name: str) -> bool:
    component = house.components.get(name)
    device = devices.get(component.make_model) if component else None
    return device is not None and device.bus is Bus.Simulated


def _check_ranges(house: House, part: Any, path: str) -> Iterator[Fault]:
    """Every number of a part of the plant, and of the parts inside it, against its range."""
    for item in fields(part):
        value = getattr(part, item.name)
        where = f"{path}.{item.name}"
        if item.name in _RANGES:
            low, high = _RANGES[item.name]
            if not low <= value <= high:
                yield Fault(house.alias, "", where, f"{value:g}", f"must lie between {low:g} and {high:g}; check its unit")
        elif isinstance(value, tuple):
            for index, each in enumerate(value):
                yield from _check_ranges(house, each, f"{where}.{index}")
        elif isinstance(value, dict):
            for key, each in value.items():
                if not isinstance(each, str):
                    yield from _check_ranges(house, each, f"{where}.{key}")
        elif hasattr(value, "__dataclass_fields__"):
            yield from _check_ranges(house, value, where)


def _check_parts(house: House, plant: PlantModel) -> Iterator[Fault]:
    if plant.source is None and not elements(plant):
        text = "nothing heats this plant; give it a source, or a tank elements"
        yield Fault(house.alias, "", "plant.source", "null", text)
    if plant.source is not None:
        yield from _check_source(house, plant.source)
    if isinstance(plant.store, PhaseChangeStoreModel):
        reach_c = plant.source.maximum_supply_c if plant.source else 0.0
        if plant.store.melting_c >= reach_c:
            text = f"the source reaches only {reach_c:g} degC and can never melt it"
            yield Fault(house.alias, "", "plant.store.melting_c", f"{plant.store.melting_c:g}", text)
    if plant.zones and len(plant.zones) != len(house.heating.zones):
        text = f"must be as many as in heating.zones ({len(house.heating.zones)}); they belong together in their order"
        yield Fault(house.alias, "", "plant.zones", str(len(plant.zones)), text)


def _check_source(house: House, source: HeatSourceModel) -> Iterator[Fault]:
    if source.kind not in SOURCE_KINDS:
        text = f"unknown kind of heat source; {nearest(source.kind, SOURCE_KINDS)}"
        yield Fault(house.alias, "", "plant.source.kind", source.kind, text)
    if source.minimum_flow_kg_s >= source.maximum_flow_kg_s:
        text = f"must be less than maximum_flow_kg_s ({source.maximum_flow_kg_s:g})"
        yield Fault(house.alias, "", "plant.source.minimum_flow_kg_s", f"{source.minimum_flow_kg_s:g}", text)


def _check_sensors(house: House, devices: Devices, plant: PlantModel) -> Iterator[Fault]:
    points = sensor_points(plant)
    for name, sensor in plant.sensors.items():
        channel = house.channels.get(name)
        about = channel.about if channel else ""
        if channel is None:
            text = f"there is no such channel; {nearest(name, house.channels)}"
            yield Fault(house.alias, "", f"plant.sensors.{name}", name, text)
        if sensor.point not in points and not _of_missing_actuator(sensor.point, plant):
            text = f"there is no such point in this plant; {nearest(sensor.point, points)}"
            yield Fault(house.alias, about, f"plant.sensors.{name}.point", sensor.point, text)
    for channel in house.channels.values():
        reader = house.nodes.get(channel.captured_by)
        if reader is not None and _is_simulated(house, devices, reader.component) and channel.name not in plant.sensors:
            text = "is read by a simulated device, but feels nothing; add it with a point of the plant"
            yield Fault(house.alias, channel.about, f"plant.sensors.{channel.name}", "", text)


def _of_missing_actuator(point: str, plant: PlantModel) -> bool:
    """Whether it is the state of an actuator whose own point is wrong, which is told there and need not be told twice."""
    return point.startswith(STATE_PREFIX) and point.removeprefix(STATE_PREFIX) in plant.actuators.values()


def _check_actuators(house: House, devices: Devices, plant: PlantModel) -> Iterator[Fault]:
    points = actuator_points(plant)
    movers: dict[str, str] = {}
    for alias, point in plant.actuators.items():
        field = f"plant.actuators.{alias}"
        node = house.nodes.get(alias)
        if node is None:
            yield Fault(house.alias, alias, field, alias, f"there is no such node; {nearest(alias, house.nodes)}")
        elif node.actuator is None:
            yield Fault(house.alias, alias, field, point, f"a {node.role} drives nothing; name its relay or output")
        if point not in points:
            yield Fault(house.alias, alias, field, point, f"there is no such point in this plant; {nearest(point, points)}")
        elif node is not None and (point == "source.supply_c") != (node.actor is ActorClass.AnalogActuator):
            text = f"a {node.actor} cannot drive it; source.supply_c takes a temperature, every other point 0 or 1"
            yield Fault(house.alias, alias, field, point, text)
        other = movers.setdefault(point, alias)
        if other != alias:
            yield Fault(house.alias, alias, field, point, f"{other} moves it already; each point has one mover")
        if node is not None:
            yield from _check_step(house, plant, node, point)
    for alias, node in house.nodes.items():
        if node.actuator is not None and _is_simulated(house, devices, node.component) and alias not in plant.actuators:
            text = "is driven by a simulated device, but moves nothing; add it with a point of the plant"
            yield Fault(house.alias, alias, f"plant.actuators.{alias}", "", text)


def _check_step(house: House, plant: PlantModel, node: Node, point: str) -> Iterator[Fault]:
    """What the meter must see when it is switched must be what the plant draws at its least."""
    stated_w = None if node.actuator is None else node.actuator.smallest_step_w
    least_w = _least_w(plant, point)
    if stated_w is not None and least_w is not None and stated_w > least_w:
        text = f"what it switches draws only {least_w:g} W at its least, so that its step would never count as seen"
        yield Fault(house.alias, node.alias, "actuator.smallest_step_w", f"{stated_w:g}", text)


def _least_w(plant: PlantModel, point: str) -> float | None:
    """The least power that is drawn once a point is switched on [W]; None where that is not known."""
    if point == "source.enable" and plant.source is not None:
        return plant.source.maximum_w * plant.source.minimum_fraction
    kind, _, number = point.partition(".")
    found = elements(plant)
    if kind == "element" and number.isdecimal() and int(number) < len(found):
        return found[int(number)].power_w
    return None
