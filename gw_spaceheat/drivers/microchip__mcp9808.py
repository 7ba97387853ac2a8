"""Microchip MCP9808: one temperature on I2C.

Registers (data sheet DS20005095B, chapter 5): 0x05 ambient temperature, three alert flags, a sign and twelve bits of
sixteenths of a degree; 0x06 manufacturer (0x0054), 0x07 device (0x04 in the high byte).
"""

from collections.abc import Mapping, Sequence

from gw_spaceheat.drivers.about import REOPENED, About
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses.i2c import I2cBus, take_i2c
from gw_spaceheat.drivers.buses.shared import Held
from gw_spaceheat.drivers.parts import address_number, address_text, believable, only_channel
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel

MAKE_MODEL = "Microchip__MCP9808"
ABOUT = About(
    device=MakeModel(frozenset({Kind.Temperature}), Bus.I2c, inputs=1, fastest_poll_s=0.25),
    title="Microchip MCP9808: temperature sensor on I2C",
    measures="The temperature of the chip [degC] in steps of 1/16 K.",
    span="-40 to 125 degC.",
    source="Microchip MCP9808 data sheet DS20005095B",
    recovers=REOPENED,
    wiring=("SDA to GPIO 2, SCL to GPIO 3, 3.3 V, GND; A0 to A2 set the address, 0x18 to 0x1F",),
    address={"bus": "i2c-1", "address": "0x18"},
    recognised="Manufacturer and device number are checked when it is opened; it has no serial number.",
)
AMBIENT, MANUFACTURER, DEVICE = 0x05, 0x06, 0x07
MICROCHIP, MCP9808 = 0x0054, 0x04
COLDEST_C, HOTTEST_C = -40.0, 125.0


def temperature_c(data: bytes) -> float | None:
    """The temperature in the two bytes of register 0x05 [degC]; None beyond the chip's range. DeviceError if not two."""
    if len(data) != 2:
        raise DeviceError(f"{MAKE_MODEL}: {len(data)} bytes in place of 2; look at the bus")
    raw = int.from_bytes(data, "big") & 0x1FFF
    value_c = (raw - 0x2000 if raw & 0x1000 else raw) / 16.0
    return value_c if COLDEST_C <= value_c <= HOTTEST_C else None


class Mcp9808:
    """One chip."""

    reads_at_will = True

    def __init__(self, bus: str, address: int, channel: Channel) -> None:
        """Remember."""
        self._bus: Held[I2cBus] = Held(lambda: take_i2c(bus))
        self._where = f"{bus} {address:#04x}"
        self._address = address
        self._channel = channel

    def open(self) -> None:
        """See that it is this chip; raises DeviceError."""
        maker, chip = (int.from_bytes(self._ask(register), "big") for register in (MANUFACTURER, DEVICE))
        if maker != MICROCHIP or chip >> 8 != MCP9808:
            text = f"{self._where} answers as maker {maker:#06x} chip {chip:#06x}, which is no MCP9808; correct the address"
            raise DeviceError(text)

    def close(self) -> None:
        """Let the bus go."""
        self._bus.let_go()

    def read(self) -> Mapping[str, float | None]:
        """The temperature [degC]; raises DeviceError."""
        return {self._channel.name: believable(self._channel, temperature_c(self._ask(AMBIENT)))}

    def _ask(self, register: int) -> bytes:
        return self._bus.get().ask(self._address, bytes([register]), 2)


def build(
    node: Node,
    channels: Sequence[Channel],
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001 - only simulated devices need it
) -> Mcp9808:
    """Make the driver; DeviceError if bus or address are not said or it has not one channel."""
    bus, address = address_text(node, component, "bus"), address_number(node, component, "address")
    return Mcp9808(bus, address, only_channel(node, channels, component))
