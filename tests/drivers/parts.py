"""Nodes, components and channels for the tests of drivers."""

from typing import Any

from gw_spaceheat.drivers.registry import find
from gw_spaceheat.house.model import Actuator, CaptureRule, Channel, Component, Node
from gw_spaceheat.vocabulary.roles import Role
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

RULE = CaptureRule(poll_s=10.0, period_s=60.0, delta=None)
READER = "a.reader"


def channel(name: str, telemetry: TelemetryName, register: str = "") -> Channel:
    return Channel(name=name, about=READER, captured_by=READER, telemetry=telemetry, capture=RULE, register=register)


def component(make_model: str, *, serial: str = "", options: Any = None, **address: str | int) -> Component:
    return Component(id="the-device", make_model=make_model, address=address, serial=serial, options=options or {})


def sensor(of: Component, *channels: Channel) -> Any:
    """The driver of a node that is read."""
    return find(of.make_model).build(Node(alias=READER, role=Role.MultiSensor), channels, of, None)


def actuator(of: Component, output: int = 0) -> Any:
    """The driver of a node that is commanded."""
    node = Node(alias="a.relay", role=Role.BooleanActuator, output=output, actuator=Actuator())
    return find(of.make_model).build(node, (), of, None)
