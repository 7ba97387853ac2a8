"""A simulated flow meter, or a board with several, in pipes."""

from collections.abc import Sequence

from gw_spaceheat.drivers.simulated import SimulatedSensor, SimulatedSite, simulated_sensor
from gw_spaceheat.house.model import Channel, Component, Node

MAKE_MODEL = "GridWorks__SimFlowMeter"


def build(
    node: Node,
    channels: Sequence[Channel],
    component: Component,
    site: SimulatedSite | None,
) -> SimulatedSensor:
    """Make the driver; DeviceError if no simulated house runs."""
    return simulated_sensor(node, channels, component, site)
