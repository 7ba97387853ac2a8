"""GridWorks TSnap1: twelve thermistors by three analogue-to-digital converters on I2C.

Each input is the middle of a divider: a fixed resistor of 10 kOhm to the supply, a thermistor (10 kOhm at 25 degC, beta 3977)
to ground. The converters are Texas Instruments ADS1115 (data sheet SBAS444D, chapter 8.6: registers 0x00 conversion, 0x01
configuration) at 0x48, 0x49 and 0x4B, four inputs each. The divider hangs on the Pi's 5 V, which is rather 4.8 to 5.2 V; its
true voltage must be known, because 5 % of it are some 1.2 K. Give it as `supply_v`, measured, or wire it to a spare input and
name that as `supply_input`: then it is measured with every scan.
"""

import math
from collections.abc import Mapping, Sequence

from gw_spaceheat.drivers.about import REOPENED, About
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses.i2c import I2cBus, take_i2c
from gw_spaceheat.drivers.buses.shared import Held
from gw_spaceheat.drivers.parts import address_number, address_text, believable, option_number
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel
from gw_spaceheat.vocabulary.units import ZERO_C_IN_K

MAKE_MODEL = "GridWorks__TSnap1"
INPUTS = 12
ABOUT = About(
    device=MakeModel(frozenset({Kind.Temperature}), Bus.I2c, inputs=INPUTS, fastest_poll_s=1.0),
    title="GridWorks TSnap1: twelve thermistor inputs on I2C",
    measures="Twelve temperatures [degC] from 10 kOhm thermistors; a scan takes some 0.15 s.",
    span="-40 to 150 degC; an open or shorted thermistor (below 1 % or above 99 % of the supply) is missing.",
    source="Texas Instruments ADS1115 data sheet SBAS444D; beta equation of the thermistor's maker",
    recovers=REOPENED,
    wiring=("SDA to GPIO 2, SCL to GPIO 3, 5 V, GND", "Thermistors between their input and ground; polarity does not matter"),
    address={"bus": "i2c-1", "address": "0x48"},
    registers={"1 to 12": "the input; 1 to 4 on the first converter, 5 to 8 on the second, 9 to 12 on the third"},
    options={
        "supply_v": "voltage of the dividers as measured [V] (default 5.0)",
        "supply_input": "input to which that voltage is wired, in place of a thermistor; it is then measured",
        "beta": "of the thermistors [K] (default 3977)",
        "resistor_ohm": "the dividers' fixed resistor (default 10000)",
        "second_address, third_address": "of the other two converters (default 73 and 75, which are 0x49 and 0x4B)",
    },
)

CONVERSION, CONFIGURATION = 0x00, 0x01
SINGLE_SHOT = 0x8000 | 0x0100 | 0x0083
"""Begin one conversion, full scale 6.144 V (bits 11-9 zero), power down afterwards, 128 per second, no comparator."""
FIRST_INPUT = 0x4000
"""Multiplexer: input 0 against ground; the next ones are 0x1000 apart."""
DONE = 0x8000
CONVERSION_S = 0.010
"""One conversion at 128 per second takes 7.8 ms, 10 % more at the slowest."""
VOLTS_PER_COUNT = 6.144 / 32_768
COLDEST_C, HOTTEST_C = -40.0, 150.0
AT_25_C_OHM = 10_000.0


def volts(data: bytes) -> float:
    """The voltage in the two bytes of the conversion register [V]; DeviceError if not two."""
    if len(data) != 2:
        raise DeviceError(f"{MAKE_MODEL}: {len(data)} bytes in place of 2; look at the bus")
    return int.from_bytes(data, "big", signed=True) * VOLTS_PER_COUNT


def thermistor_c(input_v: float, supply_v: float, beta_k: float = 3977.0, resistor_ohm: float = 10_000.0) -> float | None:
    """The temperature of a thermistor to ground [degC] by the beta equation 1/T = 1/T25 + ln(R/R25)/beta.

    Args:
        input_v: Voltage of the divider's middle [V].
        supply_v: Voltage over the whole divider [V].
        beta_k: Of the thermistor [K].
        resistor_ohm: The fixed resistor, towards the supply [Ohm].

    Returns:
        None for an open or shorted thermistor, or a temperature that no thermistor stands.
    """
    if not supply_v > 0.0 or not 0.01 * supply_v < input_v < 0.99 * supply_v:
        return None
    resistance_ohm = resistor_ohm * input_v / (supply_v - input_v)
    inverse_k = 1.0 / (25.0 + ZERO_C_IN_K) + math.log(resistance_ohm / AT_25_C_OHM) / beta_k
    value_c = 1.0 / inverse_k - ZERO_C_IN_K if inverse_k > 0.0 else math.inf
    return value_c if COLDEST_C <= value_c <= HOTTEST_C else None


class TSnap1:
    """One board."""

    reads_at_will = True

    def __init__(
        self,
        bus: str,
        addresses: tuple[int, int, int],
        inputs: Mapping[int, Channel],
        supply: tuple[float, int],
        divider: tuple[float, float],
    ) -> None:
        """Remember.

        Args:
            bus: Such as `i2c-1`.
            addresses: Of the three converters.
            inputs: The channel of each input that has one, counted from 1.
            supply: Voltage of the dividers [V], and the input that measures it, 0 for none.
            divider: The thermistors' beta [K] and the fixed resistor [Ohm].
        """
        self._bus: Held[I2cBus] = Held(lambda: take_i2c(bus))
        self._addresses = addresses
        self._inputs = dict(inputs)
        self._supply_v, self._supply_input = supply
        self._beta_k, self._resistor_ohm = divider

    def open(self) -> None:
        """See that every converter that is needed answers; raises DeviceError."""
        for address in {
            self._place(number)[0] for number in (*self._inputs, *([self._supply_input] * bool(self._supply_input)))
        }:
            self._bus.get().ask(address, bytes([CONFIGURATION]), 2)

    def close(self) -> None:
        """Let the bus go."""
        self._bus.let_go()

    def read(self) -> Mapping[str, float | None]:
        """All temperatures [degC]; raises DeviceError when a converter does not answer."""
        supply_v = self._measure(self._supply_input) if self._supply_input else self._supply_v
        values: dict[str, float | None] = {}
        for number, channel in self._inputs.items():
            input_v = self._measure(number)
            found_c = None
            if input_v is not None and supply_v is not None:
                found_c = thermistor_c(input_v, supply_v, self._beta_k, self._resistor_ohm)
            values[channel.name] = believable(channel, found_c)
        return values

    def _place(self, number: int) -> tuple[int, int]:
        return self._addresses[(number - 1) // 4], (number - 1) % 4

    def _measure(self, number: int) -> float | None:
        """The voltage at an input [V]; None if the converter had not ended."""
        address, multiplexed = self._place(number)
        command = SINGLE_SHOT | FIRST_INPUT + 0x1000 * multiplexed
        bus = self._bus.get()
        with bus.turn():
            bus.write_slowly(address, bytes([CONFIGURATION, *command.to_bytes(2, "big")]), CONVERSION_S)
            state = int.from_bytes(bus.ask(address, bytes([CONFIGURATION]), 2), "big")
            data = bus.ask(address, bytes([CONVERSION]), 2)
        return volts(data) if state & DONE else None


def build(
    node: Node,
    channels: Sequence[Channel],
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001 - only simulated devices need it
) -> TSnap1:
    """Make the driver; DeviceError if something is not said, or a channel names no input of the board."""
    inputs: dict[int, Channel] = {}
    for channel in channels:
        if channel.register not in {str(number) for number in range(1, INPUTS + 1)}:
            raise DeviceError(
                f"channel {channel.name}: its register must be an input from 1 to {INPUTS}, not {channel.register!r}"
            )
        inputs[int(channel.register)] = channel
    first = address_number(node, component, "address", 0x48)
    others = [
        int(option_number(node, component, f"{which}_address", default))
        for which, default in (("second", 0x49), ("third", 0x4B))
    ]
    supply = (
        option_number(node, component, "supply_v", 5.0, 3.0, 6.0),
        int(option_number(node, component, "supply_input", 0, 0, INPUTS)),
    )
    if supply[1] in inputs:
        raise DeviceError(f"node {node.alias}: input {supply[1]} of {component.id} measures the supply and can have no channel")
    divider = (
        option_number(node, component, "beta", 3977.0, 2000, 6000),
        option_number(node, component, "resistor_ohm", 10_000.0, 100, 1e6),
    )
    return TSnap1(address_text(node, component, "bus"), (first, others[0], others[1]), inputs, supply, divider)
