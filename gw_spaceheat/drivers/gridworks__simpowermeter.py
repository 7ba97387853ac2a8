"""A simulated power meter with a circuit per channel."""

from collections.abc import Sequence

from gw_spaceheat.drivers.about import About
from gw_spaceheat.drivers.simulated import SimulatedSensor, SimulatedSite, simulated_sensor
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel

MAKE_MODEL = "GridWorks__SimPowerMeter"
ABOUT = About(
    device=MakeModel(frozenset({Kind.PowerMeter}), Bus.Simulated, inputs=64),
    title="A simulated power meter with a circuit per channel",
    measures="Shows electrical power of the simulated house [W].",
    span="As of the sensor or actuator of the house's plant.",
    source="`plant/` of this project",
    recovers="It is always there, unless a fault story takes it away.",
    identity="It answers with the serial number of the house file, or of what a fault story puts in its place.",
)


def build(
    node: Node,
    channels: Sequence[Channel],
    component: Component,
    site: SimulatedSite | None,
) -> SimulatedSensor:
    """Make the driver; DeviceError if no simulated house runs."""
    return simulated_sensor(node, channels, component, site)
