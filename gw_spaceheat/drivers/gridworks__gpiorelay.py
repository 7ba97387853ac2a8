"""A relay module on one pin of the Pi.

Most modules with an optocoupler are on while the pin is low (`active: low`); bare transistor stages while it is high. Until the
service has taken the pin for the first time after power-up, it is an input, and the module's own resistor decides.
"""

from collections.abc import Sequence

from gw_spaceheat.drivers.about import About
from gw_spaceheat.drivers.buses.gpio import Gpio, take_gpio
from gw_spaceheat.drivers.buses.shared import Held
from gw_spaceheat.drivers.parts import address_number, is_on, option_word
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel

MAKE_MODEL = "GridWorks__GpioRelay"
ABOUT = About(
    device=MakeModel(frozenset({Kind.Relay}), Bus.Gpio, outputs=1),
    title="A relay module on a pin of the Pi",
    measures="Switches one relay; reads back the level on the pin.",
    span="0 or 1.",
    source="BCM2711 peripherals, chapter 5 (GPIO); any relay module with a 3.3 V input",
    recovers="The pin keeps its level as long as the Pi has power; that a module was unplugged cannot be seen.",
    wiring=("The module's input to the pin, GND to GND; 5 V of the coil not from a 3.3 V pin",),
    address={"pin": 17},
    options={"active": "`high` (default) or `low`: the level that switches the relay on"},
)


class GpioRelay:
    """One relay on one pin."""

    def __init__(self, pin: int, *, active_high: bool) -> None:
        """Remember."""
        self._gpio: Held[Gpio] = Held(take_gpio)
        self._pin = pin
        self._active_high = active_high

    def open(self) -> None:
        """Make the pin an output, off unless it is one already; raises DeviceError."""
        self._gpio.get().make_output(self._pin, level_if_new=not self._active_high)

    def close(self) -> None:
        """Let the pins go; this one keeps its level."""
        self._gpio.let_go()

    def write(self, value: float) -> None:
        """Switch it on (1) or off (0); raises DeviceError."""
        self._gpio.get().set(self._pin, high=is_on(value, f"gpio pin {self._pin}") == self._active_high)

    def read_back(self) -> float | None:
        """Whether the pin has the level that is on; raises DeviceError."""
        return float(self._gpio.get().level(self._pin) == self._active_high)


def build(
    node: Node,
    channels: Sequence[Channel],  # noqa: ARG001 - every driver is built alike
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001
) -> GpioRelay:
    """Make the driver; DeviceError if the pin is not said."""
    active = option_word(node, component, "active", ("high", "low"), "high")
    return GpioRelay(address_number(node, component, "pin"), active_high=active == "high")
