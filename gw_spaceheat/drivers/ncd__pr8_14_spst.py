"""NCD PR8-14 SPST: eight relays on an I2C port expander.

The chip is a Microchip MCP23008 (data sheet DS20001919F, chapter 1.6: registers): each output has a bit in IODIR (0 is
output), OLAT (what it is set to) and GPIO (the level on the pin). After power-up all are inputs, and the relays off. The
board *latches*: it keeps its outputs when nobody speaks to it.
"""

from collections.abc import Sequence

from gw_spaceheat.drivers.about import About
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses.i2c import I2cBus, take_i2c
from gw_spaceheat.drivers.buses.shared import Held
from gw_spaceheat.drivers.parts import address_number, address_text, is_on, output_number
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel

MAKE_MODEL = "NCD__PR8_14_SPST"
RELAYS = 8
ABOUT = About(
    device=MakeModel(frozenset({Kind.Relay}), Bus.I2c, outputs=RELAYS),
    title="NCD PR8-14 SPST: eight relays on I2C",
    measures="Switches relays 1 to 8; reads back the level on the pin of the chip that drives the relay's coil.",
    span="0 or 1.",
    source="Microchip MCP23008 data sheet DS20001919F",
    recovers="A board that lost its supply comes back with all relays off and all pins inputs. That is noticed with the next "
    "read-back; the pin is made an output again, off, and the relay is then commanded anew.",
    wiring=(
        "SDA to GPIO 2, SCL to GPIO 3, GND to GND of the Pi",
        "12 V of its own",
        "The address is set by the board's jumpers",
    ),
    address={"bus": "i2c-1", "address": "0x20"},
)

IODIR, IPOL, GPIO, OLAT = 0x00, 0x01, 0x09, 0x0A


class Mcp23008Relay:
    """One of the eight relays."""

    def __init__(self, bus: str, address: int, output: int) -> None:
        """Remember; output counts from 1."""
        self._bus: Held[I2cBus] = Held(lambda: take_i2c(bus))
        self._address = address
        self._bit = 1 << (output - 1)
        self._where = f"{MAKE_MODEL} at {bus} {address:#04x} relay {output}"

    def open(self) -> None:
        """Make the pin an output, off if it is not one yet; raises DeviceError."""
        bus = self._bus.get()
        with bus.turn():
            if self._register(IODIR) & self._bit:
                self._change(OLAT, on=False)
                self._change(IPOL, on=False)
                self._change(IODIR, on=False)
            if self._register(IODIR) & self._bit:
                raise DeviceError(f"{self._where}: the pin does not become an output; is it another chip at that address?")

    def close(self) -> None:
        """Let the bus go; the relay keeps what it has."""
        self._bus.let_go()

    def write(self, value: float) -> None:
        """Switch it on (1) or off (0); raises DeviceError."""
        on = is_on(value, self._where)
        with self._bus.get().turn():
            self._change(OLAT, on=on)

    def read_back(self) -> float | None:
        """The level on its pin; raises DeviceError, also when the board was without supply meanwhile."""
        with self._bus.get().turn():
            if self._register(IODIR) & self._bit:
                raise DeviceError(f"{self._where}: the board was without supply and has switched off; look at its 12 V")
            return float(bool(self._register(GPIO) & self._bit))

    def _register(self, register: int) -> int:
        return self._bus.get().ask(self._address, bytes([register]), 1)[0]

    def _change(self, register: int, *, on: bool) -> None:
        value = self._register(register)
        value = value | self._bit if on else value & ~self._bit
        self._bus.get().write(self._address, bytes([register, value & 0xFF]))


def build(
    node: Node,
    channels: Sequence[Channel],  # noqa: ARG001 - every driver is built alike
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001
) -> Mcp23008Relay:
    """Make the driver; DeviceError if bus, address or output are not said."""
    bus, address = address_text(node, component, "bus"), address_number(node, component, "address")
    return Mcp23008Relay(bus, address, output_number(node, component, RELAYS))
