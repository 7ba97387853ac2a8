"""SunSpec over Modbus TCP: what the drivers of its meters and inverters share.

A device has, from one of three addresses on, the mark `SunS` and then blocks: a number that says what it is, its length, its
registers (SunSpec Device Information Model Specification 1.2). Block 1 says who it is; 101 to 103 are inverters of one, two
and three phases, 201 to 204 meters. A number's power of ten stands in a register of its own; what a device has not is marked
so.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses.modbus import ModbusLine, take_tcp
from gw_spaceheat.drivers.buses.shared import Held
from gw_spaceheat.drivers.parts import address_number, address_text, believable, check_identity, option_number
from gw_spaceheat.drivers.registers import signed16, text, unsigned32
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

BASES = (40_000, 50_000, 0)
MARK = [0x5375, 0x6E53]
END = 0xFFFF
MOST_BLOCKS = 60
COMMON, SERIAL_AT, SERIAL_LENGTH = 1, 50, 16
"""Offset of the serial number in block 1: two for number and length, 16 maker, 16 model, 8 options, 8 version."""
PORT, UNIT = 502, 1
NO_SIGNED, NO_UNSIGNED = 0x8000, 0xFFFF
LARGEST_POWER_OF_TEN = 10


class Field(NamedTuple):
    """Where a quantity stands in a block.

    Attributes:
        offset: From the block's number on.
        scale_offset: Where its power of ten stands.
        kind: `signed`, `unsigned` (one register each) or `counter` (two registers).
    """

    offset: int
    scale_offset: int
    kind: str


Fields = Mapping[TelemetryName, Mapping[str, Field]]


def field_of(fields: Fields, make_model: str, channel: Channel) -> Field:
    """Where a channel's quantity stands; DeviceError if the device has no such one."""
    known = fields.get(channel.telemetry, {})
    if channel.register not in known:
        words = ", ".join(word for word in known if word) or "nothing"
        raise DeviceError(
            f"channel {channel.name}: of {channel.telemetry} a {make_model} has {words}, not {channel.register!r}"
        )
    return known[channel.register]


def value_of(block: Sequence[int], field: Field) -> float | None:
    """A quantity in a block, in the block's unit; None where the device has none."""
    if max(field.offset + (1 if field.kind == "counter" else 0), field.scale_offset) >= len(block):
        return None
    power = signed16(block[field.scale_offset])
    if abs(power) > LARGEST_POWER_OF_TEN:  # also the mark for none
        return None
    raw = block[field.offset]
    if field.kind == "counter":
        number = unsigned32(block[field.offset : field.offset + 2])
        return None if number == 0 else number * 10.0**power  # a counter of zero is SunSpec's mark for none
    if raw == (NO_SIGNED if field.kind == "signed" else NO_UNSIGNED):
        return None
    return (signed16(raw) if field.kind == "signed" else raw) * 10.0**power


class SunSpecDevice:
    """One device."""

    reads_at_will = True

    def __init__(
        self, component: Component, channels: Sequence[Channel], fields: Fields, models: Sequence[int], unit: int, sign: float,
        line: Held[ModbusLine],
    ) -> None:  # fmt: skip
        """Remember; DeviceError if a channel asks for what the device has not.

        Args:
            component: Its description, with its serial number.
            channels: What is read.
            fields: Where everything stands in its block.
            models: The numbers of the blocks that will do.
            unit: Modbus unit.
            sign: -1 turns the sign of power.
            line: The connection.
        """
        self._component = component
        self._places = [(channel, field_of(fields, component.make_model, channel)) for channel in channels]
        self._models = tuple(models)
        self._unit = unit
        self._sign = sign
        self._line = line
        self._block: tuple[int, int] | None = None
        self._common = 0

    def open(self) -> None:
        """Find the blocks, and see that it is the device of the house file; raises DeviceError."""
        blocks = self._blocks()
        wanted = [blocks[number] for number in self._models if number in blocks]
        if not wanted or COMMON not in blocks:
            has = ", ".join(str(number) for number in blocks) or "none"
            wants = " or ".join(str(number) for number in self._models)
            raise DeviceError(
                f"{self._line.get().name} has the SunSpec blocks {has}, but not 1 and {wants}; is it another device?"
            )
        self._block = wanted[0]
        self._common = blocks[COMMON][0]
        check_identity(self._component, self.identify())

    def close(self) -> None:
        """Let the connection go."""
        self._line.let_go()

    def read(self) -> Mapping[str, float | None]:
        """All channels; raises DeviceError."""
        if self._block is None:
            raise DeviceError(f"{self._component.id} is not open")
        block = self._ask(*self._block)
        values: dict[str, float | None] = {}
        for channel, field in self._places:
            value = value_of(block, field)
            if value is not None and channel.telemetry is TelemetryName.PowerW:
                value *= self._sign
            values[channel.name] = believable(channel, value)
        return values

    def identify(self) -> str:
        """Its serial number; raises DeviceError."""
        return text(self._ask(self._common + SERIAL_AT, SERIAL_LENGTH))

    def _blocks(self) -> dict[int, tuple[int, int]]:
        """Address and length, with the two registers of the head, of each block, by number."""
        at = self._base() + len(MARK)
        found: dict[int, tuple[int, int]] = {}
        for _ in range(MOST_BLOCKS):
            number, length = self._ask(at, 2)
            if number == END or length == 0 or at + length > 0xFFFF:
                break
            found.setdefault(number, (at, min(length + 2, 125)))
            at += length + 2
        return found

    def _base(self) -> int:
        for base in BASES:
            try:
                if self._ask(base, 2) == MARK:
                    return base
            except DeviceError as error:
                if "refuses" not in str(error):
                    raise
        raise DeviceError(f"{self._line.get().name} unit {self._unit} has no SunSpec mark; switch SunSpec on in the device")

    def _ask(self, address: int, count: int) -> list[int]:
        return self._line.get().holding(self._unit, address, count)


def sunspec_device(
    node: Node, channels: Sequence[Channel], component: Component, fields: Fields, models: Sequence[int]
) -> SunSpecDevice:
    """Make a driver; DeviceError if the host is not said or a channel asks for what the device has not."""
    host, port = address_text(node, component, "host"), address_number(node, component, "port", PORT)
    sign = option_number(node, component, "sign", 1.0, -1.0, 1.0)
    if sign not in (-1.0, 1.0):
        raise DeviceError(f"node {node.alias}: `sign` in the options of component {component.id} must be 1 or -1")
    unit = address_number(node, component, "unit", UNIT)
    return SunSpecDevice(component, channels, fields, models, unit, sign, Held(lambda: take_tcp(host, port)))
