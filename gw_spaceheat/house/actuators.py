"""What may be asked of an actuator of a house: whether there is such a one, and which values it takes."""

from gw_spaceheat.house.faults import nearest
from gw_spaceheat.house.model import Actuator, House, Node, wire_name
from gw_spaceheat.vocabulary.roles import Role

SWITCHED = {"on": 1.0, "1": 1.0, "off": 0.0, "0": 0.0}
"""What a person may say to a relay."""


class CannotBeSetError(ValueError):
    """There is no such actuator, or it takes no such value; says which there are."""


class OutOfRangeError(CannotBeSetError):
    """The actuator is there and does not take this value."""


def actuator_named(house: House, name: str) -> Node:
    """The actuator of this name, with dots or as on the wire; raises CannotBeSetError with what there is instead."""
    node = next((node for node in house.nodes.values() if wire_name(node.alias) == wire_name(name)), None)
    if node is None:
        actuators = [node.alias for node in house.nodes.values() if node.actuator is not None]
        raise CannotBeSetError(f"{house.alias} has no node {name}; {nearest(name, actuators)}")
    if node.actuator is None:
        raise CannotBeSetError(f"{node.alias} is a {node.role} and cannot be set")
    return node


def value_for(house: House, node: Node, text: str) -> float:
    """What a person asks of an actuator: on, off, 1 or 0 of a relay, a number of an analogue output; in SI.

    Raises:
        OutOfRangeError: It takes no such value; says which it takes.
    """
    word = text.strip().lower()
    value = _number(word) if is_analog(node) else SWITCHED.get(word)
    if value is None:
        raise OutOfRangeError(f"{node.alias} takes {allowed(house, node)}, not {text}")
    require_value(house, node, value)
    return value


def require_value(house: House, node: Node, value: float) -> None:
    """Raise OutOfRangeError unless the actuator takes this value [SI]; says which it takes."""
    limits = node.actuator or Actuator()
    fits = limits.minimum <= value <= limits.maximum if is_analog(node) else value in (0.0, 1.0)
    if not fits:  # so is what is not a number
        raise OutOfRangeError(f"{node.alias} takes {allowed(house, node)}, not {value:g}")


def allowed(house: House, node: Node) -> str:
    """Which values an actuator takes, in words."""
    if not is_analog(node):
        return "on, off, 1 or 0"
    limits = node.actuator or Actuator()
    unit = unit_of(house, node)
    return f"{limits.minimum:g} to {limits.maximum:g}{' ' if unit else ''}{unit}"


def unit_of(house: House, node: Node) -> str:
    """The SI unit of what an actuator sets, as its own state is told; empty for a relay."""
    channel = house.state_channel(node.alias)
    return "" if channel is None else channel.telemetry.scale.si_unit


def is_analog(node: Node) -> bool:
    """Whether it takes a quantity; else it is on or off."""
    return node.role is Role.AnalogActuator


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
