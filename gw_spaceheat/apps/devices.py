"""Makes the actors of a house's devices: for each node that acts, its driver by make and model, and the actor that hosts it."""

from collections.abc import Collection

from gw_spaceheat.actors.actuator import ActuatorActor
from gw_spaceheat.actors.identity import Identity
from gw_spaceheat.actors.sensor import SensorActor
from gw_spaceheat.core.contract.response import meter_serials
from gw_spaceheat.drivers.registry import actuator_driver, identifying, sensor_driver
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, House
from gw_spaceheat.vocabulary.roles import ActorClass, Role
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

SENSORS = frozenset({ActorClass.SimpleSensor, ActorClass.MultiSensor, ActorClass.PowerMeter, ActorClass.PipeFlowSensor})
ACTUATORS = frozenset({ActorClass.BooleanActuator, ActorClass.AnalogActuator})

DeviceActor = SensorActor | ActuatorActor


def device_nodes(house: House) -> tuple[str, ...]:
    """Aliases of the nodes that act for a device, in the order of the house file."""
    return tuple(alias for alias, node in house.nodes.items() if node.actor in SENSORS | ACTUATORS)


def device_actor(house: House, alias: str, site: SimulatedSite | None, fence: int = 0) -> DeviceActor:
    """The actor of one device; nothing is opened yet.

    Args:
        house: The house.
        alias: A node of `device_nodes`.
        site: The simulated site, if the house has simulated devices.
        fence: As of `ActuatorActor`.

    Raises:
        DeviceError: There is no driver for its make and model.
    """
    node = house.nodes[alias]
    component = house.components[node.component]
    channels = house.channels_of(alias)
    if node.actor in ACTUATORS:
        return ActuatorActor(node, house.state_channel(alias), actuator_driver(node, channels, component, site), fence)
    tank_probes = {channel.name for channel in channels if house.nodes[channel.about].role is Role.TankWaterTempSensor}
    driver = sensor_driver(node, channels, component, site)
    is_asked = component.id in meter_serials(house) and any(map(_is_power, channels))
    identity = Identity(alias, component.id, identifying(driver)) if is_asked else None
    return SensorActor(node, channels, driver, tank_probes, identity)


def _is_power(channel: Channel) -> bool:
    return channel.telemetry is TelemetryName.PowerW


def device_actors(house: House, site: SimulatedSite | None, only: Collection[str] | None = None) -> dict[str, DeviceActor]:
    """The actors of all devices of a house, or of some, by alias."""
    wanted = device_nodes(house) if only is None else [alias for alias in device_nodes(house) if alias in only]
    return {alias: device_actor(house, alias, site) for alias in wanted}
