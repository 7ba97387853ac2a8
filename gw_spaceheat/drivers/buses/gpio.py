"""The Pi's own pins, by RPi.GPIO (or rpi-lgpio, which has the same interface): levels out, levels in, edges counted.

Reading and setting a pin is a matter of memory and cannot hang. A pin that is an output already keeps its level when it is
taken, and nothing is given back to its power-on state when a driver closes: what a relay has when nobody drives it is said by
whoever wrote last.
"""

import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from gw_spaceheat.drivers.buses.shared import BusError, SharedBus, take

PULLS = ("up", "down", "none")


class Pulses(NamedTuple):
    """What a counted pin has seen since it is counted.

    Attributes:
        number: Pulses, without those that came too soon after one.
        last_s: When the last of them came [s, monotonic]; 0 before the first.
        now_s: The time of this look [s, monotonic].
    """

    number: int
    last_s: float
    now_s: float


class _Counter:
    """Counts the edges of one pin; called in the library's thread."""

    def __init__(self, debounce_s: float) -> None:
        self._debounce_s = debounce_s
        self._lock = threading.Lock()
        self._count = 0
        self._last_s = 0.0

    def edge(self, _pin: int) -> None:
        now_s = time.monotonic()
        with self._lock:
            if self._count and now_s - self._last_s < self._debounce_s:
                return
            self._count += 1
            self._last_s = now_s

    def look(self) -> Pulses:
        with self._lock:
            return Pulses(self._count, self._last_s, time.monotonic())


class Gpio(SharedBus):
    """All pins of this machine, by their numbers as the processor counts them (BCM)."""

    def __init__(self) -> None:
        """Remember."""
        super().__init__("gpio")
        self._library: Any = None
        self._counters: dict[int, _Counter] = {}

    def make_output(self, pin: int, *, level_if_new: bool) -> None:
        """Make a pin an output; one that is an output already keeps its level. Raises BusError."""
        with self.turn():
            gpio = self._opened()
            level = bool(gpio.input(pin)) if gpio.gpio_function(pin) == gpio.OUT else level_if_new
            self._do(lambda: gpio.setup(pin, gpio.OUT, initial=gpio.HIGH if level else gpio.LOW), pin)

    def set(self, pin: int, *, high: bool) -> None:
        """Set an output's level; raises BusError."""
        with self.turn():
            gpio = self._opened()
            self._do(lambda: gpio.output(pin, gpio.HIGH if high else gpio.LOW), pin)

    def level(self, pin: int) -> bool:
        """Whether a pin is high, of an output as of an input; raises BusError."""
        with self.turn():
            gpio = self._opened()
            return bool(self._do(lambda: gpio.input(pin), pin))

    def count(self, pin: int, pull: str, debounce_s: float) -> None:
        """Begin to count a pin's falling edges; what comes within debounce_s [s] of a counted one is bounce."""
        with self.turn():
            gpio = self._opened()
            pulls = {"up": gpio.PUD_UP, "down": gpio.PUD_DOWN, "none": gpio.PUD_OFF}
            counter = _Counter(debounce_s)
            self._do(lambda: gpio.setup(pin, gpio.IN, pull_up_down=pulls[pull]), pin)
            self._do(lambda: gpio.add_event_detect(pin, gpio.FALLING, callback=counter.edge), pin)
            self._counters[pin] = counter

    def pulses(self, pin: int) -> Pulses:
        """What a counted pin has seen; raises BusError if it is not counted."""
        counter = self._counters.get(pin)
        if counter is None:
            raise BusError(f"gpio pin {pin} is not counted; its driver is not open")
        return counter.look()

    def stop_counting(self, pin: int) -> None:
        """Count a pin no more; may be called twice."""
        with self.turn():
            if self._counters.pop(pin, None) is not None:
                self._do(lambda: self._library.remove_event_detect(pin), pin)

    def shut(self) -> None:
        """Nothing is held; outputs keep their levels."""
        self._library = None

    def _opened(self) -> Any:
        if self._library is None:
            try:
                from RPi import GPIO  # type: ignore[import-not-found, import-untyped, unused-ignore] # noqa: PLC0415
            except (ImportError, RuntimeError) as error:
                text = f"gpio cannot be used: {error}; it needs a Raspberry Pi and the packages of requirements/arm.txt"
                raise BusError(text) from error
            GPIO.setwarnings(False)  # noqa: FBT003 - the library's own form
            GPIO.setmode(GPIO.BCM)
            self._library = GPIO
        return self._library

    def _do(self, call: Callable[[], object], pin: int) -> object:
        try:
            return call()
        except (RuntimeError, ValueError, OSError) as error:
            text = f"gpio pin {pin}: {error}; is another program using it, and is the service in the group gpio?"
            raise BusError(text) from error


def take_gpio() -> Gpio:
    """The pins of this machine; see `shared.give_back`."""
    return take(Gpio, "gpio", Gpio)
