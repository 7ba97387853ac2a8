"""Modbus registers to numbers and texts, as meters keep them: big end first, over one, two or four registers of 16 bits."""

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence

from gw_spaceheat.drivers.buses.modbus import MOST_REGISTERS

WIDEST_GAP = 20
"""Registers that nobody wants are read too if there are no more of them than this: a second request costs more."""


def float32(registers: Sequence[int]) -> float:
    """Two registers as IEEE 754; not-a-number where a meter has none."""
    return float(struct.unpack(">f", struct.pack(">HH", *registers))[0])


def signed64(registers: Sequence[int]) -> float:
    """Four registers as a signed number."""
    return float(struct.unpack(">q", struct.pack(">HHHH", *registers))[0])


def unsigned32(registers: Sequence[int]) -> int:
    """Two registers as an unsigned number."""
    return registers[0] << 16 | registers[1]


def signed16(register: int) -> int:
    """One register as a signed number."""
    return register - 0x10000 if register & 0x8000 else register


def text(registers: Sequence[int]) -> str:
    """Registers as text of two characters each, up to the first zero byte; strange characters are left out."""
    raw = struct.pack(f">{len(registers)}H", *registers).split(b"\0", 1)[0]
    return "".join(chr(byte) for byte in raw if 0x20 <= byte < 0x7F).strip()


def spans(wanted: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The fewest requests, each (first address, count), that cover all (address, count) that are wanted."""
    found: list[tuple[int, int]] = []
    for address, count in sorted(set(wanted)):
        if found:
            first, length = found[-1]
            end = max(first + length, address + count)
            if address - (first + length) <= WIDEST_GAP and end - first <= MOST_REGISTERS:
                found[-1] = first, end - first
                continue
        found.append((address, count))
    return found


def gather(wanted: Iterable[tuple[int, int]], ask: Callable[[int, int], Sequence[int]]) -> Mapping[int, int]:
    """All registers that are wanted, by address; `ask` reads a count of them from an address on."""
    held: dict[int, int] = {}
    for first, count in spans(wanted):
        held.update(zip(range(first, first + count), ask(first, count), strict=True))
    return held


def slice_of(held: Mapping[int, int], address: int, count: int) -> list[int]:
    """Some registers of those that were gathered."""
    return [held[number] for number in range(address, address + count)]
