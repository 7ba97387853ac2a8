"""A simulated relay: 0 or 1."""

from collections.abc import Sequence

from gw_spaceheat.drivers.simulated import SimulatedActuator, SimulatedSite, simulated_actuator
from gw_spaceheat.house.model import Channel, Component, Node

MAKE_MODEL = "GridWorks__SimRelay"


def build(
    node: Node,
    channels: Sequence[Channel],  # noqa: ARG001 - every driver is built alike
    component: Component,
    site: SimulatedSite | None,
) -> SimulatedActuator:
    """Make the driver; DeviceError if no simulated house runs."""
    return simulated_actuator(node, component, site)
