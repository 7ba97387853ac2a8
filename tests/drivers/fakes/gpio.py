"""RPi.GPIO's interface over pins that are not there, and a clock that moves only when it is told."""

import sys
from collections.abc import Callable
from types import ModuleType

import pytest

from gw_spaceheat.drivers.buses import gpio


class FakeGpio:
    """Pins by number: direction, level, pull and callback."""

    BCM, OUT, IN, HIGH, LOW = 11, 0, 1, 1, 0
    PUD_UP, PUD_DOWN, PUD_OFF, FALLING = 22, 21, 20, 32

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.functions: dict[int, int] = {}
        self.levels: dict[int, int] = {}
        self.pulls: dict[int, int] = {}
        self.callbacks: dict[int, Callable[[int], None]] = {}
        self.history: list[tuple[int, int]] = []
        self.stuck: set[int] = set()
        self.fault: Exception | None = None

    def put_in_place(self, monkeypatch: pytest.MonkeyPatch) -> None:
        package = ModuleType("RPi")
        package.GPIO = self  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "RPi", package)
        monkeypatch.setattr(gpio.time, "monotonic", lambda: self.now_s)

    def setwarnings(self, _on: bool) -> None: ...

    def setmode(self, mode: int) -> None:
        assert mode == self.BCM

    def gpio_function(self, pin: int) -> int:
        return self.functions.get(pin, self.IN)

    def setup(self, pin: int, function: int, *, initial: int | None = None, pull_up_down: int = PUD_OFF) -> None:
        if self.fault is not None:
            raise self.fault
        self.functions[pin] = function
        self.pulls[pin] = pull_up_down
        if initial is not None:
            self.output(pin, initial)

    def output(self, pin: int, level: int) -> None:
        if self.functions.get(pin) != self.OUT:
            raise RuntimeError("The GPIO channel has not been set up as an OUTPUT")
        self.history.append((pin, level))
        if pin not in self.stuck:
            self.levels[pin] = level

    def input(self, pin: int) -> int:
        return self.levels.get(pin, 0)

    def add_event_detect(self, pin: int, edge: int, callback: Callable[[int], None]) -> None:
        assert edge == self.FALLING
        if pin in self.callbacks:
            raise RuntimeError("Conflicting edge detection already enabled for this GPIO channel")
        self.callbacks[pin] = callback

    def remove_event_detect(self, pin: int) -> None:
        self.callbacks.pop(pin, None)

    # what the world does

    def pulse(self, pin: int, at_s: float) -> None:
        """A falling edge at that time."""
        self.now_s = at_s
        callback = self.callbacks.get(pin)
        if callback is not None:
            callback(pin)
