"""Does local control have what it names: channels that are temperatures, nodes that can be commanded, limits in their order."""

import math
from collections.abc import Iterator

from gw_spaceheat.house.faults import Fault, nearest
from gw_spaceheat.house.model import Comfort, Heating, HotWater, House, Zone
from gw_spaceheat.vocabulary.roles import ActorClass

LEAST_COMFORT_K, MOST_COMFORT_K = 0.3, 5.0
"""How far rooms may be off their set-points: less is a thermostat's own hysteresis, more a slip [K]."""


def check_heating(house: House) -> Iterator[Fault]:
    """Faults in what local heating works with."""
    heating = house.heating
    yield from _check_channels(house)
    yield from _check_orders(house)
    yield from _check_limits(house, heating)
    for index, zone in enumerate(heating.zones):
        yield from _check_zone(house, zone, f"heating.zones.{index}")
    if heating.comfort is not None:
        yield from _check_comfort(house, heating.comfort)
    if heating.hot_water is not None:
        yield from _check_hot_water(house, heating.hot_water)


def _check_channels(house: House) -> Iterator[Fault]:
    heating = house.heating
    named = [("heating.outdoor", heating.outdoor)] if heating.outdoor else []
    for field, channels in (("buffer", heating.buffer), ("store", heating.store), ("pipes", heating.pipes)):
        named += [(f"heating.{field}.{index}", channel) for index, channel in enumerate(channels)]
    for field, name in named:
        yield from _temperature(house, field, name)
    if not heating.buffer:
        text = "is empty; name the channels of the tank that feeds the distribution, top to bottom"
        yield Fault(house.alias, "", "heating.buffer", "[]", text)


def _check_orders(house: House) -> Iterator[Fault]:
    heating = house.heating
    if not heating.heat_source and not heating.boost:
        text = "nothing heats this house; name the relay of a heat pump or boiler here, or of elements in heating.boost"
        yield Fault(house.alias, "", "heating.heat_source", "", text)
    for field in ("heat_source", "store_valve", "store_pump", "distribution_pump"):
        alias = getattr(heating, field)
        if alias:
            yield from _actuator(house, f"heating.{field}", alias, ActorClass.BooleanActuator)
    if heating.supply_setpoint:
        yield from _actuator(house, "heating.supply_setpoint", heating.supply_setpoint, ActorClass.AnalogActuator)
    for index, alias in enumerate(heating.boost):
        yield from _actuator(house, f"heating.boost.{index}", alias, ActorClass.BooleanActuator)
        if alias in heating.boost[:index]:
            yield Fault(house.alias, alias, f"heating.boost.{index}", alias, "stands twice; remove one")
    if heating.store and not heating.store_pump:
        text = "is missing; a store without a pump gives no heat back: name its relay, or leave heating.store out"
        yield Fault(house.alias, "", "heating.store_pump", "", text)


def _check_limits(house: House, heating: Heating) -> Iterator[Fault]:
    curve = heating.curve
    if not curve.minimum_c < curve.maximum_c:
        shown = f"{curve.minimum_c:g} to {curve.maximum_c:g}"
        yield Fault(house.alias, "", "heating.curve.minimum_c", shown, "must be less than heating.curve.maximum_c")
    if not heating.minimum_tank_c < curve.maximum_c <= heating.maximum_tank_c:
        limits = f"minimum_tank_c ({heating.minimum_tank_c:g}) and not above maximum_tank_c ({heating.maximum_tank_c:g})"
        text = f"must lie above {limits}, or safety stops what the curve asks for"
        yield Fault(house.alias, "", "heating.curve.maximum_c", f"{curve.maximum_c:g}", text)
    for name, low, high in (("maximum_tank_c", 40.0, 99.0), ("minimum_tank_c", 1.0, 40.0), ("minimum_pipe_c", 1.0, 30.0)):
        value = getattr(heating, name)
        if not low <= value <= high:
            yield Fault(house.alias, "", f"heating.{name}", f"{value:g}", f"must lie between {low:g} and {high:g} degC")
    if not 0.0 <= curve.slope <= 5.0:
        yield Fault(house.alias, "", "heating.curve.slope", f"{curve.slope:g}", "must lie between 0 and 5 K per K")
    if not heating.strategy:
        yield Fault(house.alias, "", "heating.strategy", '""', "name a strategy, such as hysteresis or tou")
    for name, value in heating.parameters.items():
        if not math.isfinite(value):
            yield Fault(house.alias, "", f"heating.parameters.{name}", str(value), "must be a finite number")


def _check_zone(house: House, zone: Zone, field: str) -> Iterator[Fault]:
    yield from _temperature(house, f"{field}.temperature", zone.temperature)
    yield from _actuator(house, f"{field}.circulator", zone.circulator, ActorClass.BooleanActuator)
    if zone.fan:
        yield from _actuator(house, f"{field}.fan", zone.fan, ActorClass.BooleanActuator)
    if not 5.0 <= zone.setpoint_c <= 30.0:
        yield Fault(house.alias, "", f"{field}.setpoint_c", f"{zone.setpoint_c:g}", "must lie between 5 and 30 degC")


def _check_comfort(house: House, comfort: Comfort) -> Iterator[Fault]:
    for name in ("below_k", "above_k"):
        value = getattr(comfort, name)
        if not LEAST_COMFORT_K <= value <= MOST_COMFORT_K:
            words = f"must be between {LEAST_COMFORT_K:g} and {MOST_COMFORT_K:g} K"
            yield Fault(house.alias, "", f"heating.comfort.{name}", f"{value:g}", words)


def _check_hot_water(house: House, hot_water: HotWater) -> Iterator[Fault]:
    for index, name in enumerate(hot_water.temperatures):
        yield from _temperature(house, f"heating.hot_water.temperatures.{index}", name)
    if not hot_water.temperatures:
        yield Fault(
            house.alias, "", "heating.hot_water.temperatures", "[]", "is empty; name the tank's channels, top to bottom"
        )
    yield from _actuator(house, "heating.hot_water.charge", hot_water.charge, ActorClass.BooleanActuator)
    for name, low, high, unit in (
        ("setpoint_c", 30, 75, "degC"),
        ("legionella_c", 55, 80, "degC"),
        ("legionella_weekday", 0, 6, "(0 is Monday)"),
        ("legionella_hour", 0, 23, "h"),
    ):
        value = getattr(hot_water, name)
        if not low <= value <= high:
            yield Fault(house.alias, "", f"heating.hot_water.{name}", f"{value:g}", f"must lie between {low} and {high} {unit}")


def _temperature(house: House, field: str, name: str) -> Iterator[Fault]:
    channel = house.channels.get(name)
    if channel is None:
        yield Fault(house.alias, "", field, name, f"there is no such channel; {nearest(name, house.channels)}")
    elif channel.telemetry.scale.si_unit != "degC":
        text = f"measures {channel.telemetry}, not a temperature; name a temperature channel"
        yield Fault(house.alias, channel.about, field, name, text)


def _actuator(house: House, field: str, alias: str, actor: ActorClass) -> Iterator[Fault]:
    node = house.nodes.get(alias)
    if node is None:
        yield Fault(house.alias, alias, field, alias, f"there is no such node; {nearest(alias, house.nodes)}")
    elif node.actor is not actor:
        fitting = [name for name, other in house.nodes.items() if other.actor is actor]
        text = f"its actor is {node.actor}, but a {actor} is needed; {nearest(alias, fitting)}"
        yield Fault(house.alias, alias, field, alias, text)
