"""A bus is shared: all drivers of a process that speak over one line use one object, one after the other.

The first driver that takes a line makes it, the last that gives it back closes it. What is underneath (a file, a port, a
socket) is opened when it is first spoken over, and again after a fault, so that a plug that was pulled needs no restart. Every
bus states for how long a call may take, and waits no longer than `TURN_S` for its turn.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from gw_spaceheat.drivers.base import DeviceError

TURN_S = 5.0
"""Longest wait for one's turn on a line [s]: the others on it are bounded too."""


class BusError(DeviceError):
    """The bus, or the device at that address on it, did not do what it should; says where and what to do."""


class SharedBus(ABC):
    """One line, locked for the length of a call, or of a `turn` in which several calls belong together."""

    def __init__(self, name: str) -> None:
        """Remember; nothing is opened."""
        self.name = name
        self.users = 0
        self._lock = threading.RLock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Have the line for oneself; a driver that reads, changes and writes a register needs it. Raises BusError."""
        if not self._lock.acquire(timeout=TURN_S):
            raise BusError(
                f"{self.name} is busy for more than {TURN_S:g} s: another device on it hangs; look for that one first"
            )
        try:
            yield
        finally:
            self._lock.release()

    @abstractmethod
    def shut(self) -> None:
        """Let go of what is underneath; the next call opens it again."""


B = TypeVar("B", bound=SharedBus)

_buses: dict[tuple[str, str], SharedBus] = {}
_guard = threading.Lock()


def take(kind: type[B], name: str, make: Callable[[], B]) -> B:
    """The line of that kind and name, made if nobody has it yet; give it back once for each time it was taken."""
    with _guard:
        bus = _buses.get((kind.__name__, name))
        if not isinstance(bus, kind):
            bus = make()
            _buses[(kind.__name__, name)] = bus
        bus.users += 1
        return bus


def give_back(bus: SharedBus | None) -> None:
    """The driver needs the line no more; None for one that never had it."""
    if bus is None:
        return
    with _guard:
        bus.users -= 1
        if bus.users > 0:
            return
        _buses.pop((type(bus).__name__, bus.name), None)
    bus.shut()


class Held(Generic[B]):
    """A driver's hold on its line: taken when it is first needed, kept until it is let go."""

    def __init__(self, taker: Callable[[], B]) -> None:
        """Remember; nothing is taken."""
        self._taker = taker
        self._bus: B | None = None

    def get(self) -> B:
        """The line."""
        if self._bus is None:
            self._bus = self._taker()
        return self._bus

    def let_go(self) -> None:
        """Give it back; may be called twice."""
        bus, self._bus = self._bus, None
        give_back(bus)
