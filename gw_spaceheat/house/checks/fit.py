"""Do role, actor and component of each node go together, and is what may be commanded told."""

from collections.abc import Iterator, Mapping

from gw_spaceheat.house.faults import Fault, nearest
from gw_spaceheat.house.model import House, Node
from gw_spaceheat.vocabulary.make_model import Devices, Kind
from gw_spaceheat.vocabulary.roles import ActorClass, Role

_NONE: frozenset[Kind] = frozenset()
_THING: Mapping[ActorClass, frozenset[Kind]] = {ActorClass.NoActor: _NONE}
_TEMPERATURE_SENSOR = {ActorClass.NoActor: _NONE, ActorClass.SimpleSensor: frozenset({Kind.Temperature})}

FITS: Mapping[Role, Mapping[ActorClass, frozenset[Kind]]] = {
    **dict.fromkeys(Role, _THING),
    Role.AtomicTNode: {ActorClass.AtomicTNode: _NONE},
    Role.Scada: {ActorClass.Scada: _NONE},
    Role.HomeAlone: {ActorClass.HomeAlone: _NONE},
    Role.PowerMeter: {ActorClass.PowerMeter: frozenset({Kind.PowerMeter}), ActorClass.NoActor: _NONE},
    Role.BooleanActuator: {ActorClass.BooleanActuator: frozenset({Kind.Relay})},
    Role.AnalogActuator: {ActorClass.AnalogActuator: frozenset({Kind.AnalogOutput})},
    Role.TankWaterTempSensor: _TEMPERATURE_SENSOR,
    Role.PipeTempSensor: _TEMPERATURE_SENSOR,
    Role.RoomTempSensor: _TEMPERATURE_SENSOR,
    Role.OutdoorTempSensor: _TEMPERATURE_SENSOR,
    Role.Thermostat: _TEMPERATURE_SENSOR,
    Role.PipeFlowMeter: {ActorClass.NoActor: _NONE, ActorClass.PipeFlowSensor: frozenset({Kind.FlowMeter})},
    Role.MultiSensor: {ActorClass.MultiSensor: frozenset({Kind.Temperature, Kind.FlowMeter, Kind.PowerMeter})},
}
"""By role: the actors it may have, and the kinds of component each works with (none: it must have no component)."""


def check_roles(house: House, devices: Devices) -> Iterator[Fault]:
    """Faults where role, actor and component of a node do not go together."""
    for alias, node in house.nodes.items():
        actors = FITS[node.role]
        if node.actor not in actors:
            text = f"cannot act for a {node.role}; use {' or '.join(sorted(actors))}"
            yield Fault(house.alias, alias, "actor", node.actor, text)
            continue
        yield from _check_component_of(house, devices, node, actors[node.actor])
        yield from _check_actuator(house, node)
        if node.nameplate_w < 0:
            yield Fault(house.alias, alias, "nameplate_w", f"{node.nameplate_w:g}", "must not be negative [W]")


def _check_component_of(house: House, devices: Devices, node: Node, kinds: frozenset[Kind]) -> Iterator[Fault]:
    if not kinds:
        if node.component:
            text = f"a {node.role} with actor {node.actor} has no component; remove it, or give it an actor that works with one"
            yield Fault(house.alias, node.alias, "component", node.component, text)
        return
    if not node.component:
        text = f"a {node.actor} works through a component ({' or '.join(sorted(kinds))}); name one of components"
        yield Fault(house.alias, node.alias, "component", "", text)
        return
    component = house.components.get(node.component)
    if component is None:
        text = f"there is no such component; {nearest(node.component, house.components)}"
        yield Fault(house.alias, node.alias, "component", node.component, text)
        return
    device = devices.get(component.make_model)
    if device is not None and not device.kinds & kinds:
        found, wanted = " and ".join(sorted(device.kinds)), " or ".join(sorted(kinds))
        text = f"is a {component.make_model} ({found}), but a {node.actor} works through a {wanted}"
        yield Fault(house.alias, node.alias, "component", node.component, text)


def _check_actuator(house: House, node: Node) -> Iterator[Fault]:
    drives = node.actor in (ActorClass.BooleanActuator, ActorClass.AnalogActuator)
    actuator = node.actuator
    if not drives:
        if actuator is not None:
            yield Fault(house.alias, node.alias, "actuator", "{...}", f"a {node.actor} drives nothing; remove it")
        if node.output:
            yield Fault(house.alias, node.alias, "output", str(node.output), f"a {node.actor} drives nothing; remove it")
        return
    if actuator is None:
        text = "is missing; say what may be commanded (limits, expected response, smallest metered step, fail states)"
        yield Fault(house.alias, node.alias, "actuator", "", text)
        return
    if not actuator.minimum < actuator.maximum:
        limits = f"{actuator.minimum:g} to {actuator.maximum:g}"
        yield Fault(house.alias, node.alias, "actuator.minimum", limits, "must be less than actuator.maximum")
    elif node.actor is ActorClass.BooleanActuator and (actuator.minimum, actuator.maximum) != (0.0, 1.0):
        limits = f"{actuator.minimum:g} to {actuator.maximum:g}"
        yield Fault(house.alias, node.alias, "actuator.maximum", limits, "a relay is 0 or 1; leave both limits out")
    if not 0.0 < actuator.expected_response_s <= 3600.0:
        text = "must be more than 0 s and at most 3600 s"
        yield Fault(house.alias, node.alias, "actuator.expected_response_s", f"{actuator.expected_response_s:g}", text)
    if actuator.smallest_step_w is not None and actuator.smallest_step_w <= 0.0:
        text = "must be positive [W]; leave it out if the step is not metered"
        yield Fault(house.alias, node.alias, "actuator.smallest_step_w", f"{actuator.smallest_step_w:g}", text)
    for name in actuator.fail_states.__slots__:
        value = getattr(actuator.fail_states, name)
        if value is None:
            continue
        whole = node.actor is ActorClass.AnalogActuator or value in (0.0, 1.0)
        if not (actuator.minimum <= value <= actuator.maximum and whole):
            text = f"must be within {actuator.minimum:g} to {actuator.maximum:g}, or null to keep what it has"
            yield Fault(house.alias, node.alias, f"actuator.fail_states.{name}", f"{value:g}", text)


def check_outputs(house: House, devices: Devices) -> Iterator[Fault]:
    """Faults where outputs are not there or belong to two nodes."""
    holders: dict[tuple[str, int], str] = {}
    for alias, node in house.nodes.items():
        if node.actor not in (ActorClass.BooleanActuator, ActorClass.AnalogActuator):
            continue
        component = house.components.get(node.component)
        device = devices.get(component.make_model) if component else None
        if component is None or device is None or not device.outputs:
            continue
        output = node.output or (1 if device.outputs == 1 else 0)
        if not 1 <= output <= device.outputs:
            text = f"a {component.make_model} has the outputs 1 to {device.outputs}; say which one this is"
            yield Fault(house.alias, alias, "output", str(node.output), text)
            continue
        other = holders.setdefault((node.component, output), alias)
        if other != alias:
            text = f"output {output} of {node.component} belongs to {other} already; give one of them another output"
            yield Fault(house.alias, alias, "output", str(output), text)


def check_sensors(house: House) -> Iterator[Fault]:
    """Faults where two sensors would each read the same device; one must read it for both."""
    readers: dict[str, str] = {}
    for alias, node in house.nodes.items():
        if not node.component or node.actor in (ActorClass.BooleanActuator, ActorClass.AnalogActuator):
            continue
        other = readers.setdefault(node.component, alias)
        if other != alias:
            text = f"{other} reads this device already; let its channels be captured by {other}"
            yield Fault(house.alias, alias, "component", node.component, text)
