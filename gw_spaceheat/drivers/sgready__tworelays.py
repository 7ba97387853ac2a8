"""A heat pump with the SG-Ready label, told by two relays on pins of the Pi; its states stand in `sgready.py`."""

from collections.abc import Sequence

from gw_spaceheat.drivers.about import About
from gw_spaceheat.drivers.gridworks__gpiorelay import GpioRelay
from gw_spaceheat.drivers.parts import address_number, option_word
from gw_spaceheat.drivers.sgready import MEASURES, SOURCE, SPAN, WIRING, SgReadyHeatPump
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel

MAKE_MODEL = "SgReady__TwoRelays"
ABOUT = About(
    device=MakeModel(frozenset({Kind.AnalogOutput}), Bus.Gpio, outputs=1),
    title="SG-Ready heat pump by two relays on pins",
    measures=MEASURES,
    span=SPAN,
    source=SOURCE,
    recovers="The pins keep their levels as long as the Pi has power; without it both relays open, which is state 2.",
    wiring=WIRING,
    address={"pin": 23, "second_pin": 24},
    options={"active": "`high` (default) or `low`: the level that switches a relay on"},
)


def build(
    node: Node,
    channels: Sequence[Channel],  # noqa: ARG001 - every driver is built alike
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001
) -> SgReadyHeatPump:
    """Make the driver; DeviceError if the pins are not said."""
    pins = address_number(node, component, "pin"), address_number(node, component, "second_pin")
    active_high = option_word(node, component, "active", ("high", "low"), "high") == "high"
    first, second = (GpioRelay(pin, active_high=active_high) for pin in pins)
    return SgReadyHeatPump(first, second)
