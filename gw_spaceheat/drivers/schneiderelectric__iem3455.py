"""Schneider Electric iEM3455: a three-phase energy meter with Rogowski coils, by Modbus RTU.

The registers are those of the iEM3000 series (user manual DOCA0005EN, chapter "Modbus register list"), counted from 1; on the
wire a register has its number less one. Powers are kW, currents A, voltages V as float32, energies Wh as signed 64 bits. The
serial number is register 130 and 131; house files write its two halves with a line between them, as `35941_308`.
"""

from collections.abc import Mapping, Sequence

from gw_spaceheat.drivers.about import REOPENED, About
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses.modbus import ModbusLine, take_rtu
from gw_spaceheat.drivers.buses.shared import Held
from gw_spaceheat.drivers.parts import address_number, address_text, believable, check_identity, option_word
from gw_spaceheat.drivers.registers import float32, gather, signed64, slice_of
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

MAKE_MODEL = "SchneiderElectric__Iem3455"
ABOUT = About(
    device=MakeModel(frozenset({Kind.PowerMeter}), Bus.ModbusRtu, inputs=32, fastest_poll_s=0.2),
    title="Schneider Electric iEM3455: three-phase energy meter, Modbus RTU",
    measures="Power [W], current [A], voltage [V] per phase and in all, energy in and out [Wh].",
    span="1 MW, 10 kA, 100 kV at most; what the meter marks as not available (NaN) is missing.",
    source="Schneider Electric iEM3000 series user manual DOCA0005EN",
    recovers=REOPENED + " Its serial number is asked for again then.",
    wiring=(
        "RS-485 adapter to D0/- and D1/+, common to common, 120 Ohm at the far end",
        "The meter's speed and unit are set at its front; its parity is even unless that is changed",
    ),
    address={"port": "/dev/rs485", "baud": 9600, "unit": 12},
    registers={
        "power": "`total` (default), `l1`, `l2`, `l3`",
        "current": "`average` (default), `l1`, `l2`, `l3`",
        "voltage": "`average` (default, to neutral), `l1`, `l2`, `l3`, `l1-l2`, `l2-l3`, `l3-l1`",
        "energy": "`import` (default), `export`",
    },
    options={
        "parity": "`E` (default), `O` or `N`",
        "rs485_rts": "`high` or `low`: the level of RTS while we send, for adapters that must be told the direction; "
        "usually left out",
    },
    identity="Registers 130 and 131, as `35941_308`; another meter is refused when it is opened, and told when it is asked "
    "again.",
)

SERIAL_NUMBER = 130
_KILO = 1000.0
_FLOAT, _LONG = 2, 4
REGISTERS: Mapping[TelemetryName, Mapping[str, int]] = {
    TelemetryName.PowerW: {"": 3060, "total": 3060, "l1": 3054, "l2": 3056, "l3": 3058},
    TelemetryName.CurrentRmsMicroAmps: {"": 3010, "average": 3010, "l1": 3000, "l2": 3002, "l3": 3004},
    TelemetryName.VoltageRmsMilliVolts: {
        "": 3036, "average": 3036, "l1": 3028, "l2": 3030, "l3": 3032, "l1-l2": 3020, "l2-l3": 3022, "l3-l1": 3024,
    },
    TelemetryName.WattHours: {"": 3204, "import": 3204, "export": 3208},
}  # fmt: skip
"""Register numbers, counted from 1, by quantity and by the word of a channel's `register`."""


def place(channel: Channel) -> tuple[int, int]:
    """Address on the wire and length of a channel's registers; DeviceError if the meter has no such quantity."""
    known = REGISTERS.get(channel.telemetry, {})
    if channel.register not in known:
        words = ", ".join(word for word in known if word) or "nothing"
        text = f"channel {channel.name}: of {channel.telemetry} a {MAKE_MODEL} has {words}, not {channel.register!r}"
        raise DeviceError(text)
    return known[channel.register] - 1, _LONG if channel.telemetry is TelemetryName.WattHours else _FLOAT


def value_of(channel: Channel, registers: Sequence[int]) -> float | None:
    """A channel's value [SI unit] from its registers; None where the meter has none."""
    if channel.telemetry is TelemetryName.WattHours:
        return believable(channel, signed64(registers))
    return believable(channel, float32(registers) * (_KILO if channel.telemetry is TelemetryName.PowerW else 1.0))


class Iem3455:
    """One meter."""

    reads_at_will = True

    def __init__(self, component: Component, channels: Sequence[Channel], unit: int, line: Held[ModbusLine]) -> None:
        """Remember; DeviceError if a channel asks for what the meter has not."""
        self._component = component
        self._unit = unit
        self._line = line
        self._places = [(channel, *place(channel)) for channel in channels]

    def open(self) -> None:
        """See that it is the meter of the house file; raises DeviceError."""
        check_identity(self._component, self.identify())

    def close(self) -> None:
        """Let the line go."""
        self._line.let_go()

    def read(self) -> Mapping[str, float | None]:
        """All channels; raises DeviceError."""
        held = gather(((address, count) for _, address, count in self._places), self._ask)
        return {channel.name: value_of(channel, slice_of(held, address, count)) for channel, address, count in self._places}

    def identify(self) -> str:
        """The two halves of its serial number; raises DeviceError."""
        first, second = self._ask(SERIAL_NUMBER - 1, 2)
        return f"{first}_{second}"

    def _ask(self, address: int, count: int) -> list[int]:
        return self._line.get().holding(self._unit, address, count)


def build(
    node: Node,
    channels: Sequence[Channel],
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001 - only simulated devices need it
) -> Iem3455:
    """Make the driver; DeviceError if the address is not whole or a channel asks for what the meter has not."""
    port, baud = address_text(node, component, "port"), address_number(node, component, "baud")
    parity = option_word(node, component, "parity", ("E", "O", "N"), "E")
    rts = option_word(node, component, "rs485_rts", ("", "high", "low"), "")
    line = Held(lambda: take_rtu(port, baud, parity, rts))
    return Iem3455(component, channels, address_number(node, component, "unit"), line)
