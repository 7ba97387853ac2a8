"""A heat pump with the SG-Ready label, told by two relays on pins of the Pi.

The label's two contacts (Bundesverband Waermepumpe, regulations for SG Ready, version 2.0) give four states:

| state | contact 1 | contact 2 | the heat pump |
|---|---|---|---|
| 1 | closed | open | is locked for at most two hours |
| 2 | open | open | runs as it likes |
| 3 | open | closed | is recommended to run, and stores more |
| 4 | closed | closed | is ordered to run |

Both contacts are switched one after the other, so a state in between may be seen for some milliseconds; heat pumps wait for
minutes. With no relay energised the heat pump is in state 2, its own control: the state for everything that fails.
"""

from collections.abc import Sequence

from gw_spaceheat.drivers.about import About
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses.gpio import Gpio, take_gpio
from gw_spaceheat.drivers.buses.shared import Held
from gw_spaceheat.drivers.parts import address_number, option_word
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel

MAKE_MODEL = "SgReady__TwoRelays"
ABOUT = About(
    device=MakeModel(frozenset({Kind.AnalogOutput}), Bus.Gpio, outputs=1),
    title="SG-Ready heat pump by two relays",
    measures="Sets the state of the heat pump: 1 locked, 2 normal, 3 recommended, 4 ordered; reads back the levels on the "
    "pins.",
    span="1, 2, 3 or 4.",
    source="Bundesverband Waermepumpe e. V., SG Ready regulations 2.0",
    recovers="The pins keep their levels as long as the Pi has power; without it both relays open, which is state 2.",
    wiring=(
        "Relay 1's normally-open contact to SG-Ready contact 1, relay 2's to contact 2",
        "Never mains voltage on these contacts",
    ),
    address={"pin": 23, "second_pin": 24},
    options={"active": "`high` (default) or `low`: the level that switches a relay on"},
)

CONTACTS = {1: (True, False), 2: (False, False), 3: (False, True), 4: (True, True)}


class SgReadyHeatPump:
    """Two relays that are one output."""

    def __init__(self, pins: tuple[int, int], *, active_high: bool) -> None:
        """Remember."""
        self._gpio: Held[Gpio] = Held(take_gpio)
        self._pins = pins
        self._active_high = active_high

    def open(self) -> None:
        """Make both pins outputs, off unless they are already; raises DeviceError."""
        for pin in self._pins:
            self._gpio.get().make_output(pin, level_if_new=not self._active_high)

    def close(self) -> None:
        """Let the pins go; they keep their levels."""
        self._gpio.let_go()

    def write(self, value: float) -> None:
        """Set the state [1 to 4]; raises DeviceError."""
        contacts = CONTACTS.get(int(value)) if value in CONTACTS else None
        if contacts is None:
            raise DeviceError(f"an SG-Ready heat pump has the states 1 to 4, not {value:g}")
        gpio = self._gpio.get()
        with gpio.turn():
            for pin, closed in zip(self._pins, contacts, strict=True):
                gpio.set(pin, high=closed == self._active_high)

    def read_back(self) -> float | None:
        """The state that the pins' levels stand for [1 to 4]; raises DeviceError."""
        gpio = self._gpio.get()
        with gpio.turn():
            first, second = (gpio.level(pin) == self._active_high for pin in self._pins)
        return float(next(state for state, contacts in CONTACTS.items() if contacts == (first, second)))


def build(
    node: Node,
    channels: Sequence[Channel],  # noqa: ARG001 - every driver is built alike
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001
) -> SgReadyHeatPump:
    """Make the driver; DeviceError if the pins are not said."""
    pins = address_number(node, component, "pin"), address_number(node, component, "second_pin")
    active = option_word(node, component, "active", ("high", "low"), "high")
    return SgReadyHeatPump(pins, active_high=active == "high")
