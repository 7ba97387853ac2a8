"""Krida EMR16 (I2C, V3): sixteen relays on an I2C port expander.

The chip is an NXP PCF8575 (data sheet rev. 2, chapter 8): sixteen quasi-bidirectional pins without registers. Writing sends two
bytes, pins P00-P07 and then P10-P17; reading gives the levels in the same order. All are high after power-up, and a relay is on
while its pin is *low*. Relay 1 is taken to be P00 and relay 16 P17; see that by exercising the relays.
"""

from collections.abc import Sequence

from gw_spaceheat.drivers.about import About
from gw_spaceheat.drivers.buses.i2c import I2cBus, take_i2c
from gw_spaceheat.drivers.buses.shared import Held
from gw_spaceheat.drivers.parts import address_number, address_text, is_on, output_number
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel

MAKE_MODEL = "Krida__Emr16_I2c_V3"
RELAYS = 16
ABOUT = About(
    device=MakeModel(frozenset({Kind.Relay}), Bus.I2c, outputs=RELAYS),
    title="Krida EMR16 V3: sixteen relays on I2C",
    measures="Switches relays 1 to 16; reads back the level on the pin that drives the relay.",
    span="0 or 1.",
    source="NXP PCF8575 data sheet rev. 2; that relay 1 is P00 is taken from the order of the chip's pins and must be seen",
    recovers="A board that lost its supply comes back with all relays off; the read-back shows it, and the relay is "
    "commanded anew.",
    wiring=(
        "SDA to GPIO 2, SCL to GPIO 3, GND to GND of the Pi; the board's pull-ups must go to 3.3 V",
        "12 V of its own",
        "The address is set by its jumpers, 0x20 to 0x27",
    ),
    address={"bus": "i2c-1", "address": "0x20"},
)


class Pcf8575Relay:
    """One of the sixteen relays."""

    def __init__(self, bus: str, address: int, output: int) -> None:
        """Remember; output counts from 1."""
        self._bus: Held[I2cBus] = Held(lambda: take_i2c(bus))
        self._address = address
        self._bit = 1 << (output - 1)
        self._where = f"{MAKE_MODEL} at {bus} {address:#04x} relay {output}"

    def open(self) -> None:
        """See that the board answers; raises DeviceError."""
        self._pins()

    def close(self) -> None:
        """Let the bus go; the relay keeps what it has."""
        self._bus.let_go()

    def write(self, value: float) -> None:
        """Switch it on (1) or off (0); raises DeviceError."""
        on = is_on(value, self._where)
        with self._bus.get().turn():
            pins = self._pins()
            pins = pins & ~self._bit if on else pins | self._bit
            self._bus.get().write(self._address, pins.to_bytes(2, "little"))

    def read_back(self) -> float | None:
        """Whether its pin is low, which is on; raises DeviceError."""
        return float(not self._pins() & self._bit)

    def _pins(self) -> int:
        return int.from_bytes(self._bus.get().read(self._address, 2), "little")


def build(
    node: Node,
    channels: Sequence[Channel],  # noqa: ARG001 - every driver is built alike
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001
) -> Pcf8575Relay:
    """Make the driver; DeviceError if bus, address or output are not said."""
    bus, address = address_text(node, component, "bus"), address_number(node, component, "address")
    return Pcf8575Relay(bus, address, output_number(node, component, RELAYS))
