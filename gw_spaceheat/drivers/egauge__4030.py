"""eGauge EG4030: a meter for many circuits, by Modbus TCP.

Its map is made by its configuration: look it up under Settings, Modbus Server, and write the address that stands there, less
30000, as the channel's register, with the type if it is not the first of these:

- `f32` (default): two registers, power [W], voltage [V], current [A];
- `s64`: four registers, an energy that is counted up [Ws]; it is read as Wh.

All are input registers (eGauge knowledge base, "Modbus output communication"). At 30100 stands the meter's name, eight
registers of text, which is its identity. The option Modbus Server must be switched on.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gw_spaceheat.drivers.about import REOPENED, About
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses.modbus import ModbusLine, take_tcp
from gw_spaceheat.drivers.buses.shared import Held
from gw_spaceheat.drivers.parts import address_number, address_text, believable, check_identity
from gw_spaceheat.drivers.registers import float32, gather, signed64, slice_of, text
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

MAKE_MODEL = "EGauge__4030"
ABOUT = About(
    device=MakeModel(frozenset({Kind.PowerMeter}), Bus.ModbusTcp, inputs=64, fastest_poll_s=1.0),
    title="eGauge EG4030: meter for many circuits, Modbus TCP",
    measures="Power [W], voltage [V], current [A], energy [Wh] of whatever its configuration names.",
    span="1 MW, 10 kA, 100 kV at most.",
    source="eGauge knowledge base, Modbus output communication, and the meter's own map (Settings, Modbus Server)",
    recovers=REOPENED + " Its name is asked for again then.",
    wiring=("Ethernet; current transformers and phases as its own configuration has them; Modbus Server switched on",),
    address={"host": "192.168.1.40", "port": 502},
    registers={"9004 or 9004:f32, 5004:s64": "address of the meter's own map, less 30000, and its type"},
    identity="Its name at 30100; another meter is refused when it is opened.",
)

NAME_ADDRESS, NAME_LENGTH = 100, 8
PORT, ANY_UNIT = 502, 1
LENGTHS = {"f32": 2, "s64": 4}
WS_PER_WH = 3600.0


class Place(NamedTuple):
    """Where a channel's value stands."""

    address: int
    kind: str


def place(channel: Channel) -> Place:
    """Address and type in a channel's register; DeviceError if they make no sense."""
    address, _, kind = channel.register.partition(":")
    kind = kind or "f32"
    is_energy = channel.telemetry is TelemetryName.WattHours
    if (
        not (address.isdecimal() and len(address) <= 5 and int(address) < 0xFFF0 and kind in LENGTHS)
        or (kind == "s64") != is_energy
    ):
        text = f"channel {channel.name}: its register must be an address such as 9004, or 5004:s64 for an energy"
        raise DeviceError(f"{text}, not {channel.register!r}")
    return Place(int(address), kind)


def value_of(channel: Channel, kind: str, registers: Sequence[int]) -> float | None:
    """A channel's value [SI unit] from its registers."""
    return believable(channel, float32(registers) if kind == "f32" else signed64(registers) / WS_PER_WH)


class EGauge:
    """One meter."""

    reads_at_will = True

    def __init__(self, component: Component, channels: Sequence[Channel], unit: int, line: Held[ModbusLine]) -> None:
        """Remember; DeviceError if a channel's register makes no sense."""
        self._component = component
        self._unit = unit
        self._line = line
        self._places = [(channel, place(channel)) for channel in channels]

    def open(self) -> None:
        """See that it is the meter of the house file; raises DeviceError."""
        check_identity(self._component, self.identify())

    def close(self) -> None:
        """Let the connection go."""
        self._line.let_go()

    def read(self) -> Mapping[str, float | None]:
        """All channels; raises DeviceError."""
        held = gather(((where.address, LENGTHS[where.kind]) for _, where in self._places), self._ask)
        return {
            channel.name: value_of(channel, where.kind, slice_of(held, where.address, LENGTHS[where.kind]))
            for channel, where in self._places
        }

    def identify(self) -> str:
        """Its name; raises DeviceError."""
        return text(self._ask(NAME_ADDRESS, NAME_LENGTH))

    def _ask(self, address: int, count: int) -> list[int]:
        return self._line.get().inputs(self._unit, address, count)


def build(
    node: Node,
    channels: Sequence[Channel],
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001 - only simulated devices need it
) -> EGauge:
    """Make the driver; DeviceError if the host is not said or a channel's register makes no sense."""
    host, port = address_text(node, component, "host"), address_number(node, component, "port", PORT)
    unit = address_number(node, component, "unit", ANY_UNIT)
    return EGauge(component, channels, unit, Held(lambda: take_tcp(host, port)))
