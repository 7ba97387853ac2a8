"""A heat pump with the SG-Ready label, told by two relays of a board on I2C; its states stand in `sgready.py`."""

from collections.abc import Callable, Sequence

from gw_spaceheat.drivers import krida__emr16_i2c_v3, ncd__pr8_14_spst
from gw_spaceheat.drivers.about import About
from gw_spaceheat.drivers.base import ActuatorDriver, DeviceError
from gw_spaceheat.drivers.parts import address_number, address_text, option_number, option_word
from gw_spaceheat.drivers.sgready import MEASURES, SOURCE, SPAN, WIRING, SgReadyHeatPump
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel

MAKE_MODEL = "SgReady__RelayBoard"
ABOUT = About(
    device=MakeModel(frozenset({Kind.AnalogOutput}), Bus.I2c, outputs=1),
    title="SG-Ready heat pump by two relays of a board",
    measures=MEASURES,
    span=SPAN,
    source=SOURCE,
    recovers="As the board's own page says; a board without supply has both relays open, which is state 2.",
    wiring=(*WIRING, "The board as on its own page; its other relays serve other nodes by a component of their own"),
    address={"bus": "i2c-1", "address": "0x20"},
    options={
        "board": f"`{ncd__pr8_14_spst.MAKE_MODEL}` (default) or `{krida__emr16_i2c_v3.MAKE_MODEL}`",
        "relay": "number of the relay on contact 1, from 1",
        "second_relay": "number of the relay on contact 2, from 1",
    },
)
BOARDS: dict[str, tuple[Callable[[str, int, int], ActuatorDriver], int]] = {
    ncd__pr8_14_spst.MAKE_MODEL: (ncd__pr8_14_spst.Mcp23008Relay, ncd__pr8_14_spst.RELAYS),
    krida__emr16_i2c_v3.MAKE_MODEL: (krida__emr16_i2c_v3.Pcf8575Relay, krida__emr16_i2c_v3.RELAYS),
}
"""By make and model of the board: how one of its relays is made, and how many it has."""


def build(
    node: Node,
    channels: Sequence[Channel],  # noqa: ARG001 - every driver is built alike
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001
) -> SgReadyHeatPump:
    """Make the driver; DeviceError if bus, address or relays are not said, or both are the same relay."""
    relay_of, relays = BOARDS[option_word(node, component, "board", tuple(BOARDS), ncd__pr8_14_spst.MAKE_MODEL)]
    bus, address = address_text(node, component, "bus"), address_number(node, component, "address")
    first, second = (round(option_number(node, component, key, least=1, most=relays)) for key in ("relay", "second_relay"))
    if first == second:
        raise DeviceError(f"node {node.alias}: component {component.id} has one relay, {first}, for both contacts")
    return SgReadyHeatPump(relay_of(bus, address, first), relay_of(bus, address, second))
