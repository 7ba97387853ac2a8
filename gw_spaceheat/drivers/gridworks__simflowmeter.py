"""A simulated flow meter, or a board with several, in pipes."""

from collections.abc import Sequence

from gw_spaceheat.drivers.about import About
from gw_spaceheat.drivers.simulated import SimulatedSensor, SimulatedSite, simulated_sensor
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel

MAKE_MODEL = "GridWorks__SimFlowMeter"
ABOUT = About(
    device=MakeModel(frozenset({Kind.FlowMeter}), Bus.Simulated, inputs=4),
    title="A simulated flow meter, or a board with several",
    measures="Shows flows of the simulated house [kg/s].",
    span="As of the sensor or actuator of the house's plant.",
    source="`plant/` of this project",
    recovers="It is always there, unless a fault story takes it away.",
)


def build(
    node: Node,
    channels: Sequence[Channel],
    component: Component,
    site: SimulatedSite | None,
) -> SimulatedSensor:
    """Make the driver; DeviceError if no simulated house runs."""
    return simulated_sensor(node, channels, component, site)
