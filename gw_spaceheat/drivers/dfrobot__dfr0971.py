"""DFRobot DFR0971: two outputs of 0 to 10 V on I2C.

The chip is a Guestgood GP8403: register 0x01 sets the range (0x11 is 0-10 V), 0x02 and 0x04 hold the two outputs as 12 bits,
left-aligned in two bytes, low byte first. Nothing of it can be read, so the output cannot be read back: that the board
acknowledges is all that is known. The range is written before every value, for the chip forgets it without supply.
"""

from collections.abc import Sequence

from gw_spaceheat.drivers.about import About
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses.i2c import I2cBus, take_i2c
from gw_spaceheat.drivers.buses.shared import Held
from gw_spaceheat.drivers.parts import address_number, address_text, option_number, output_number
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel

MAKE_MODEL = "DFRobot__DFR0971"
OUTPUTS = 2
ABOUT = About(
    device=MakeModel(frozenset({Kind.AnalogOutput}), Bus.I2c, outputs=OUTPUTS),
    title="DFRobot DFR0971: two 0-10 V outputs on I2C",
    measures="Sets a voltage [V], or with `at_0_v` and `at_10_v` what the voltage stands for, such as a supply temperature "
    "[degC].",
    span="0 to 10 V in 4095 steps of 2.4 mV.",
    source="Guestgood GP8403 data sheet V1.2, DFRobot wiki SEN/DFR0971",
    recovers="After a loss of supply it gives 0 V until it is commanded again; that cannot be read back.",
    wiring=(
        "SDA to GPIO 2, SCL to GPIO 3; 12 to 24 V of its own for the 10 V range",
        "The address is set by its switches, 0x58 to 0x5F",
    ),
    address={"bus": "i2c-1", "address": "0x5e"},
    options={
        "at_0_v": "value that 0 V stands for, in the unit of the output (default 0)",
        "at_10_v": "value that 10 V stands for (default 10, so that the output is in volts)",
    },
)

RANGE, RANGE_10_V = 0x01, 0x11
FIRST_OUTPUT, SECOND_OUTPUT = 0x02, 0x04
FULL_SCALE = 4095


def counts(value: float, at_0_v: float, at_10_v: float) -> int:
    """The chip's number for a value: 0 at `at_0_v`, 4095 at `at_10_v`; DeviceError beyond them."""
    share = (value - at_0_v) / (at_10_v - at_0_v)
    if not 0.0 <= share <= 1.0:
        raise DeviceError(f"{MAKE_MODEL} gives {at_0_v:g} to {at_10_v:g}, not {value:g}; correct the actuator's limits")
    return round(share * FULL_SCALE)


class Gp8403Output:
    """One of the two outputs."""

    def __init__(self, bus: str, address: int, output: int, at_0_v: float, at_10_v: float) -> None:
        """Remember; output counts from 1."""
        self._bus: Held[I2cBus] = Held(lambda: take_i2c(bus))
        self._address = address
        self._register = FIRST_OUTPUT if output == 1 else SECOND_OUTPUT
        self._at_0_v, self._at_10_v = at_0_v, at_10_v

    def open(self) -> None:
        """Set the range to 10 V; raises DeviceError."""
        self._bus.get().write(self._address, bytes([RANGE, RANGE_10_V]))

    def close(self) -> None:
        """Let the bus go; the output keeps what it has."""
        self._bus.let_go()

    def write(self, value: float) -> None:
        """Set the output, in its unit; raises DeviceError."""
        number = counts(value, self._at_0_v, self._at_10_v) << 4
        bus = self._bus.get()
        with bus.turn():
            bus.write(self._address, bytes([RANGE, RANGE_10_V]))
            bus.write(self._address, bytes([self._register, number & 0xFF, number >> 8]))

    def read_back(self) -> float | None:
        """It cannot say; raises DeviceError when it does not even acknowledge."""
        self._bus.get().write(self._address, bytes([RANGE, RANGE_10_V]))
        return None


def build(
    node: Node,
    channels: Sequence[Channel],  # noqa: ARG001 - every driver is built alike
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001
) -> Gp8403Output:
    """Make the driver; DeviceError if bus, address or output are not said, or 0 V and 10 V stand for the same."""
    bus, address = address_text(node, component, "bus"), address_number(node, component, "address")
    at_0_v, at_10_v = option_number(node, component, "at_0_v", 0.0), option_number(node, component, "at_10_v", 10.0)
    if at_0_v == at_10_v:
        raise DeviceError(f"node {node.alias}: component {component.id} needs an `at_10_v` that differs from `at_0_v`")
    return Gp8403Output(bus, address, output_number(node, component, OUTPUTS), at_0_v, at_10_v)
