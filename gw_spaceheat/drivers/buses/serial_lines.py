"""A serial port over which lines of text come and go, by pyserial; every driver on it hears every line.

Nothing reads in the background. Whoever looks takes what the system has kept since the last look, and leaves it for the others:
each driver remembers up to which line it has heard.
"""

import time
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import Any, NamedTuple

from gw_spaceheat.drivers.buses.shared import BusError, SharedBus, take

TIMEOUT_S = 2.0
MOST_LINES = 500
LONGEST_LINE = 256
READ_AT_ONCE = 4096


class Heard(NamedTuple):
    """A line: its number in order, when it was taken in [s, monotonic], and its text."""

    number: int
    at_s: float
    text: str


class SerialLines(SharedBus):
    """One serial port."""

    def __init__(self, port: str, baud: int) -> None:
        """Remember."""
        super().__init__(port)
        self._baud = baud
        self._serial: Any = None
        self._lines: deque[Heard] = deque(maxlen=MOST_LINES)
        self._numbers = count(1)
        self._half = b""

    def since(self, number: int) -> tuple[Heard, ...]:
        """All lines after that number that are still known; takes in what has come. Raises BusError."""
        with self.turn():
            self._take_in(self._opened())
            return tuple(line for line in self._lines if line.number > number)

    def now_s(self) -> float:
        """The time that lines are dated with [s, monotonic]."""
        return time.monotonic()

    def ask(self, command: str, is_answer: Callable[[str], bool]) -> str:
        """Send a line and wait for the next line that is its answer; other lines go by. Raises BusError."""
        with self.turn():
            port = self._opened()
            self._take_in(port)
            begun = next(self._numbers)
            ends_s = time.monotonic() + TIMEOUT_S
            self._do(lambda: port.write(command.encode("ascii") + b"\r\n"))
            looked = begun
            while time.monotonic() < ends_s:
                self._take_in(port)
                for line in self._lines:
                    if line.number > looked and is_answer(line.text):
                        return line.text
                looked = max(looked, self._lines[-1].number if self._lines else 0)
                time.sleep(0.005)
        raise BusError(
            f"{self.name} did not answer to {command} within {TIMEOUT_S:g} s; is the gateway on, and the speed right?"
        )

    def shut(self) -> None:
        """Close the port and forget what was heard."""
        port, self._serial = self._serial, None
        self._lines.clear()
        self._half = b""
        if port is not None:
            port.close()

    def _take_in(self, port: Any) -> None:
        waiting = self._do(lambda: port.in_waiting)
        if not waiting:
            return
        *whole, half = (self._half + self._do(lambda: port.read(min(waiting, READ_AT_ONCE)))).split(b"\n")
        self._half = half[-LONGEST_LINE:]
        now_s = time.monotonic()
        for raw in whole:
            self._lines.append(Heard(next(self._numbers), now_s, raw[:LONGEST_LINE].decode("ascii", "replace").strip()))

    def _do(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except OSError as error:  # pyserial's own errors are among them
            self.shut()
            raise BusError(f"{self.name}: {error}; look at the plug") from error

    def _opened(self) -> Any:
        if self._serial is None:
            try:
                from serial import Serial, SerialException  # noqa: PLC0415 - only a house with such a device needs it
            except ImportError as error:
                raise BusError("serial ports need the package pyserial; install requirements/drivers.txt") from error
            try:
                self._serial = Serial(self.name, self._baud, timeout=0, write_timeout=TIMEOUT_S, exclusive=True)
            except (SerialException, ValueError) as error:
                raise BusError(f"{self.name} cannot be opened: {error}; is it plugged in, and the user in dialout?") from error
        return self._serial


def take_lines(port: str, baud: int) -> SerialLines:
    """The serial port, shared by all drivers on it; see `shared.give_back`."""
    return take(SerialLines, port, lambda: SerialLines(port, baud))
