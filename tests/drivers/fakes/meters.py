"""The registers of meters, as their data sheets have them."""

import struct


def float32(value: float) -> list[int]:
    return list(struct.unpack(">HH", struct.pack(">f", value)))


def signed64(value: int) -> list[int]:
    return list(struct.unpack(">HHHH", struct.pack(">q", value)))


def text(words: str, length: int) -> list[int]:
    raw = words.encode("ascii").ljust(2 * length, b"\0")
    return list(struct.unpack(f">{length}H", raw))


def laid_out(*parts: tuple[int, list[int]]) -> dict[int, int]:
    """Registers by address from (first address, registers)."""
    return {first + index: value for first, values in parts for index, value in enumerate(values)}


def iem3455(serial: tuple[int, int] = (35941, 308)) -> dict[int, int]:
    """Schneider's map, register numbers less one: 4.5 kW on phase 1."""
    registers = dict.fromkeys(range(2999, 3110), 0)
    registers |= laid_out(
        (129, list(serial)),
        (2999, float32(19.5)),
        (3009, float32(6.5)),
        (3027, float32(230.5)),
        (3035, float32(231.0)),
        (3053, float32(4.5)),
        (3055, float32(float("nan"))),
        (3059, float32(4.5)),
        (3203, signed64(1_234_567)),
        (3207, signed64(5)),
    )
    return registers


def egauge(name: str = "egauge4922") -> dict[int, int]:
    """An eGauge's input registers: its name, two powers, a voltage, an energy in watt-seconds."""
    return laid_out(
        (100, text(name, 8)),
        (500, float32(121.4)),
        (9000, float32(1800.0)),
        (9002, float32(-250.5)),
        (5004, signed64(7_200_000)),
    )


def sunspec(base: int, *blocks: tuple[int, list[int]], serial: str = "SN-77") -> dict[int, int]:
    """A SunSpec device: the mark, block 1 with a serial number, the other blocks, the end."""
    common = text("Maker", 16) + text("Model", 16) + text("", 8) + text("1.0", 8) + text(serial, 16) + [1]
    registers = laid_out((base, [0x5375, 0x6E53]))
    at = base + 2
    for number, values in ((1, common), *blocks):
        registers |= laid_out((at, [number, len(values), *values]))
        at += 2 + len(values)
    return registers | laid_out((at, [0xFFFF, 0]))


def meter_203() -> list[int]:
    """Block 203 without its head: -1234.5 W, 8.25 A, 230.1 V, 456.7 kWh in, 12.3 kWh out."""
    values = [0x8000] * 105
    for offset, value in {2: 825, 3: 275, 6: -2, 7: 2301, 8: 2302, 15: -1, 18: -12345, 19: -4115, 22: -1, 54: 2}.items():
        values[offset - 2] = value & 0xFFFF
    for offset, counter in {38: 123, 46: 4567}.items():
        values[offset - 2], values[offset - 1] = counter >> 16, counter & 0xFFFF
    return values


def inverter_103() -> list[int]:
    """Block 103 without its head: 3456 W, 15.1 A, 229.9 V on phase a, 9876543 Wh."""
    values = [0xFFFF] * 50
    for offset, value in {2: 151, 3: 50, 6: -1, 10: 2299, 13: -1, 14: 3456, 15: 0, 26: 0}.items():
        values[offset - 2] = value & 0xFFFF
    values[22], values[23] = 9_876_543 >> 16, 9_876_543 & 0xFFFF
    return values
