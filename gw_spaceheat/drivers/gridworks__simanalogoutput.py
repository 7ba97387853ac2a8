"""A simulated analogue output, in the unit of what it sets."""

from collections.abc import Sequence

from gw_spaceheat.drivers.about import About
from gw_spaceheat.drivers.simulated import SimulatedActuator, SimulatedSite, simulated_actuator
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel

MAKE_MODEL = "GridWorks__SimAnalogOutput"
ABOUT = About(
    device=MakeModel(frozenset({Kind.AnalogOutput}), Bus.Simulated, outputs=4),
    title="A simulated analogue output",
    measures="Sets what its node moves in the simulated house, in the unit of that (degrees Celsius of a supply temperature).",
    span="As of the sensor or actuator of the house's plant.",
    source="`plant/` of this project",
    recovers="It is always there, unless a fault story takes it away.",
)


def build(
    node: Node,
    channels: Sequence[Channel],  # noqa: ARG001 - every driver is built alike
    component: Component,
    site: SimulatedSite | None,
) -> SimulatedActuator:
    """Make the driver; DeviceError if no simulated house runs."""
    return simulated_actuator(node, component, site)
