"""I2C over the kernel's `/dev/i2c-*`, by smbus2: bytes to and from an address.

The kernel ends a transfer that hangs (a clock held low, a bus locked up) after the time that the adapter is told here;
Raspberry Pi adapters keep to it. Pauses that a chip needs between question and answer are made here too, so that drivers need
no clock.
"""

import contextlib
import errno
import fcntl
import time
from collections.abc import Sequence
from typing import Any

from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses.shared import BusError, SharedBus, take

TIMEOUT_S = 0.2
"""Longest time of one transfer [s]; a long one at 100 kHz takes some 5 ms."""
I2C_TIMEOUT = 0x0702
"""The kernel's request that sets an adapter's time-out, in hundredths of a second (linux/i2c-dev.h)."""
FIRST_ADDRESS, LAST_ADDRESS = 0x08, 0x77

_NO_ANSWER = {errno.EREMOTEIO, errno.ENXIO}
_LOCKED = {errno.ETIMEDOUT, errno.EAGAIN, errno.EBUSY}


class I2cBus(SharedBus):
    """One I2C bus."""

    def __init__(self, name: str) -> None:
        """Remember; `name` is as in a house file, such as `i2c-1`."""
        super().__init__(name)
        self._number = int(name.rpartition("-")[2])
        self._smbus: Any = None

    def write(self, address: int, data: bytes) -> None:
        """Send bytes; raises BusError."""
        self._transfer(address, (data,), 0)

    def read(self, address: int, count: int) -> bytes:
        """Receive bytes; raises BusError."""
        return self._transfer(address, (), count)

    def ask(self, address: int, data: bytes, count: int) -> bytes:
        """Send bytes, usually a register's number, and receive the answer with a repeated start; raises BusError."""
        return self._transfer(address, (data,), count)

    def ask_slowly(self, address: int, data: bytes, pause_s: float, count: int) -> bytes:
        """Send bytes, wait for as long as the chip needs [s], and receive its answer; raises BusError.

        Other chips are spoken to meanwhile; nobody else may speak to this one.
        """
        self.write(address, data)
        time.sleep(pause_s)
        return self.read(address, count)

    def write_slowly(self, address: int, data: bytes, pause_s: float) -> None:
        """Send bytes and wait for as long as the chip needs before it can be asked [s]; raises BusError."""
        with self.turn():
            self.write(address, data)
            time.sleep(pause_s)

    def answers(self, address: int) -> bool:
        """Whether something acknowledges an address when a byte is read from it; raises BusError when the bus itself fails."""
        try:
            self.read(address, 1)
        except NoAnswerError:
            return False
        return True

    def shut(self) -> None:
        """Close the bus's file."""
        smbus, self._smbus = self._smbus, None
        if smbus is not None:
            smbus.close()

    def _transfer(self, address: int, writes: Sequence[bytes], count: int) -> bytes:
        with self.turn():
            smbus, message = self._opened()
            messages = [message.write(address, data) for data in writes]
            if count:
                messages.append(message.read(address, count))
            try:
                smbus.i2c_rdwr(*messages)
            except OSError as error:
                raise self._fault(address, error) from error
            return bytes(messages[-1]) if count else b""

    def _opened(self) -> tuple[Any, Any]:
        try:
            from smbus2 import SMBus, i2c_msg  # noqa: PLC0415 - only a house with I2C needs it
        except ImportError as error:
            raise BusError("I2C needs the package smbus2; install requirements/drivers.txt") from error
        if self._smbus is None:
            try:
                self._smbus = SMBus(self._number)
            except OSError as error:
                text = f"{self.name} cannot be opened: {error}; switch I2C on (raspi-config) and be in the group i2c"
                raise BusError(text) from error
            with contextlib.suppress(OSError):  # an adapter that cannot be told keeps the kernel's own second
                fcntl.ioctl(self._smbus.fd, I2C_TIMEOUT, round(TIMEOUT_S * 100))
        return self._smbus, i2c_msg

    def _fault(self, address: int, error: OSError) -> DeviceError:
        where = f"{self.name} address {address:#04x}"
        if error.errno in _NO_ANSWER:
            return NoAnswerError(f"{where} does not answer; look at its supply, cable and address switches")
        self.shut()
        if error.errno in _LOCKED:
            return BusError(f"{where}: the bus is held or timed out ({error}); a device holds a line low: unplug them in turn")
        return BusError(f"{where}: {error}; look at cable and pull-ups")


class NoAnswerError(BusError):
    """Nothing acknowledges that address."""


def take_i2c(name: str) -> I2cBus:
    """The I2C bus of that name (`i2c-1`), shared by all drivers; see `shared.give_back`. Raises BusError for no such name."""
    if not name.rpartition("-")[2].isdecimal():
        raise BusError(f"{name!r} is no I2C bus; it is called such as i2c-1")
    return take(I2cBus, name, lambda: I2cBus(name))
