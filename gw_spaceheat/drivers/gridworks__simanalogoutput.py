"""A simulated analogue output, in the unit of what it sets."""

from collections.abc import Sequence

from gw_spaceheat.drivers.simulated import SimulatedActuator, SimulatedSite, simulated_actuator
from gw_spaceheat.house.model import Channel, Component, Node

MAKE_MODEL = "GridWorks__SimAnalogOutput"


def build(
    node: Node,
    channels: Sequence[Channel],  # noqa: ARG001 - every driver is built alike
    component: Component,
    site: SimulatedSite | None,
) -> SimulatedActuator:
    """Make the driver; DeviceError if no simulated house runs."""
    return simulated_actuator(node, component, site)
