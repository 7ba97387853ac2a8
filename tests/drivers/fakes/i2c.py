"""An I2C bus in the place of smbus2's: chips that answer register by register, and faults at will."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol
from unittest import mock

I2C_READ = 0x0001
"""The kernel's flag of a message that reads (linux/i2c.h)."""


class Chip(Protocol):
    """A chip: takes bytes, gives bytes."""

    def take(self, data: bytes) -> None: ...

    def give(self, count: int) -> bytes: ...


class FakeBus:
    """The wires: chips by address, a fault that every transfer meets, and what was said."""

    def __init__(self) -> None:
        self.chips: dict[int, Chip] = {}
        self.fault: int | None = None
        self.faults: list[int | None] = []
        self.opened = self.closed = 0
        self.transfers = 0

    def smbus(self, number: int) -> "FakeSmbus":
        if number != 1:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", f"/dev/i2c-{number}")
        self.opened += 1
        return FakeSmbus(self)

    @contextmanager
    def in_place(self) -> Iterator["FakeBus"]:
        """Put it where smbus2's class is."""
        with mock.patch("smbus2.SMBus", self.smbus):
            yield self


class FakeSmbus:
    """What `smbus2.SMBus(1)` gives."""

    def __init__(self, bus: FakeBus) -> None:
        self._bus = bus
        self.fd = os.open(os.devnull, os.O_RDWR)

    def close(self) -> None:
        os.close(self.fd)
        self._bus.closed += 1

    def i2c_rdwr(self, *messages: Any) -> None:
        self._bus.transfers += 1
        fault = self._bus.faults.pop(0) if self._bus.faults else self._bus.fault
        if fault is not None:
            raise OSError(fault, os.strerror(fault))
        for message in messages:
            chip = self._bus.chips.get(message.addr)
            if chip is None:
                raise OSError(errno.EREMOTEIO, "Remote I/O error")
            if message.flags & I2C_READ:
                for index, byte in enumerate(chip.give(message.len)[: message.len].ljust(message.len, b"\xff")):
                    message.buf[index] = byte
            else:
                chip.take(bytes(message))


class Mcp23008:
    """Eight pins behind registers; `stuck` pins do not follow, and `power_cycle` is a loss of supply."""

    def __init__(self) -> None:
        self.power_cycle()
        self.stuck: dict[int, bool] = {}

    def power_cycle(self) -> None:
        self.registers = bytearray(11)
        self.registers[0x00] = 0xFF
        self._pointer = 0

    def take(self, data: bytes) -> None:
        self._pointer = data[0]
        for byte in data[1:]:
            if self._pointer == 0x09:  # writing the port writes the latch
                self.registers[0x0A] = byte
            else:
                self.registers[self._pointer] = byte
            self._pointer = (self._pointer + 1) % 11

    def give(self, count: int) -> bytes:
        return bytes(self.pins() if self._pointer == 0x09 else self.registers[self._pointer] for _ in range(count))

    def pins(self) -> int:
        """Outputs show the latch, inputs are pulled down."""
        level = self.registers[0x0A] & ~self.registers[0x00] & 0xFF
        for bit, high in self.stuck.items():
            level = level | 1 << bit if high else level & ~(1 << bit)
        return level

    def relays(self) -> list[int]:
        return [number for number in range(1, 9) if self.pins() >> (number - 1) & 1]


class Pcf8575:
    """Sixteen pins without registers, all high after power-up."""

    def __init__(self) -> None:
        self.power_cycle()

    def power_cycle(self) -> None:
        self.pins = 0xFFFF

    def take(self, data: bytes) -> None:
        self.pins = int.from_bytes(data[:2], "little")

    def give(self, count: int) -> bytes:
        return self.pins.to_bytes(2, "little")[:count]

    def relays(self) -> list[int]:
        return [number for number in range(1, 17) if not self.pins >> (number - 1) & 1]


class Words:
    """Registers of sixteen bits, high byte first, as the MCP9808 and others have them."""

    def __init__(self, registers: dict[int, int]) -> None:
        self.registers = registers
        self._pointer = 0

    def take(self, data: bytes) -> None:
        self._pointer = data[0]
        if len(data) == 3:
            self.registers[self._pointer] = int.from_bytes(data[1:], "big")

    def give(self, count: int) -> bytes:
        return self.registers.get(self._pointer, 0).to_bytes(2, "big")[:count]


class Ads1115(Words):
    """Four voltages [V] against ground; a conversion is done at once, or never if `slow`."""

    def __init__(self, volts: dict[int, float]) -> None:
        super().__init__({0: 0, 1: 0x8583})
        self.volts = volts
        self.slow = False

    def take(self, data: bytes) -> None:
        super().take(data)
        if len(data) == 3 and data[0] == 1 and data[1] & 0x80:
            configuration = self.registers[1]
            assert configuration >> 9 & 7 == 0, "full scale 6.144 V"
            multiplexer = configuration >> 12 & 7
            assert multiplexer >= 4, "against ground"
            counts = round(self.volts.get(multiplexer - 4, 0.0) / 6.144 * 32768)
            self.registers[0] = max(-32768, min(32767, counts)) & 0xFFFF
            self.registers[1] = configuration & 0x7FFF if self.slow else configuration | 0x8000


class Gp8403:
    """Two outputs that can only be written; it acknowledges reads with nothing in them."""

    def __init__(self) -> None:
        self.range = 0x00
        self.counts = {0x02: 0, 0x04: 0}

    def take(self, data: bytes) -> None:
        if data[0] == 0x01:
            self.range = data[1]
        else:
            self.counts[data[0]] = (data[1] | data[2] << 8) >> 4

    def give(self, count: int) -> bytes:
        return b"\x00" * count

    def volts(self) -> list[float]:
        full = 10.0 if self.range == 0x11 else 5.0
        return [round(self.counts[register] / 4095 * full, 3) for register in (0x02, 0x04)]


class EzoFlo:
    """Answers in text; `codes` are given before the real answer, as from a chip that is not ready."""

    def __init__(self, per: str = "s", outputs: tuple[str, ...] = ("TV", "FR"), who: str = "FLO") -> None:
        self.per, self.outputs, self.who = per, list(outputs), who
        self.total, self.rate = "12.50", "0.25"
        self.codes: list[int] = []
        self._answer = b"\xff"

    def take(self, data: bytes) -> None:
        command = data.decode("ascii")
        values = {"TV": self.total, "FR": self.rate}
        text = {
            "i": f"?I,{self.who},1.07",
            "O,?": ",".join(["?O", *self.outputs]),
            "Frp,?": f"?Frp,{self.per}",
            "R": ",".join(values[name] for name in self.outputs),
        }.get(command)
        if command == "O,FR,1":
            self.outputs.append("FR")
            text = ""
        self._answer = b"\x02" if text is None else b"\x01" + text.encode("ascii") + b"\x00"

    def give(self, count: int) -> bytes:
        if self.codes:
            return bytes([self.codes.pop(0)])
        return self._answer
