"""Adafruit 642: a waterproof DS18B20 probe on the 1-wire bus.

What the kernel shows (`w1_slave`) is the chip's scratchpad of nine bytes (Maxim DS18B20 data sheet, rev. 6): temperature in
sixteenths of a degree, low byte first, and a check over the first eight bytes. Four things are not taken for temperatures: an
answer whose check fails; all zeros, which pass the check and come from a shorted line; the 85 degC that stands there from
power-up until the first conversion (known by its reserved byte); and what is beyond the chip's range, as the -127 degC that
some programs put in the place of a missing probe.
"""

import re
from collections.abc import Mapping, Sequence

from gw_spaceheat.drivers.about import About
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses import onewire
from gw_spaceheat.drivers.parts import believable, only_channel
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel

MAKE_MODEL = "Adafruit__642"
ABOUT = About(
    device=MakeModel(frozenset({Kind.Temperature}), Bus.OneWire, inputs=1, fastest_poll_s=1.0),
    title="Adafruit 642: waterproof DS18B20 temperature probe",
    measures="One temperature [degC] in steps of 1/16 K; a conversion takes 0.75 s, a scan some 0.88 s.",
    span="-55 to 125 degC; 85 degC just after power-up, all-zero answers and failed checks are missing.",
    source="Maxim Integrated DS18B20 data sheet, rev. 6; the kernel's w1_therm",
    recovers="A probe that is unplugged is lost; the kernel finds it again by itself within its search period (10 s).",
    wiring=(
        "Red to 3.3 V, black to GND, yellow to GPIO 4 with 4.7 kOhm to 3.3 V, for all probes together",
        "1-wire switched on: raspi-config nonint do_onewire 0",
    ),
    address={"bus": "w1"},
    identity="Its name on the bus (`28-...`) is its serial number: another probe is never read in its place.",
)
COLDEST_C, HOTTEST_C = -55.0, 125.0

_SCRATCHPAD = re.compile(r"((?:[0-9a-f]{2} ){9}): crc=([0-9a-f]{2}) (YES|NO)")
_POWER_ON = (0x0550, 0x0C)
"""Temperature and reserved byte of a chip that has not converted since power-up; after a conversion to 85 degC it is 0x10."""


def check_byte(data: bytes) -> int:
    """Maxim's 8-bit check over some bytes (polynomial x^8 + x^5 + x^4 + 1, low bit first; application note 27)."""
    check = 0
    for byte in data:
        check ^= byte
        for _ in range(8):
            check = check >> 1 ^ 0x8C if check & 1 else check >> 1
    return check


def temperature_c(text: str) -> float | None:
    """The temperature in what the kernel shows [degC]; None if it is none. DeviceError if the text is of another form."""
    found = _SCRATCHPAD.search(text)
    if found is None:
        raise DeviceError(f"{MAKE_MODEL}: the kernel shows {text[:60]!r}, which is no DS18B20; is it another family of chip?")
    pad = bytes.fromhex(found[1])
    if found[3] == "NO" or check_byte(pad[:8]) != pad[8] or not any(pad):
        return None
    raw = int.from_bytes(pad[:2], "little", signed=True)
    if (raw, pad[6]) == _POWER_ON:
        return None
    value_c = raw / 16.0
    return value_c if COLDEST_C <= value_c <= HOTTEST_C else None


class Ds18b20:
    """One probe."""

    reads_at_will = True

    def __init__(self, name: str, channel: Channel) -> None:
        """Remember; `name` is as under /sys/bus/w1/devices."""
        self._name = name
        self._channel = channel

    def open(self) -> None:
        """See that the probe is on the bus; raises DeviceError."""
        onewire.check_bus()
        if self._name not in onewire.names():
            seen = ", ".join(onewire.names()) or "none"
            raise DeviceError(f"probe {self._name} is not on the 1-wire bus; there are: {seen}. Look at its cable")

    def close(self) -> None:
        """Nothing is held open."""

    def read(self) -> Mapping[str, float | None]:
        """The temperature [degC]; raises DeviceError when the probe is gone."""
        value_c = temperature_c(onewire.read_text(self._name, "w1_slave"))
        return {self._channel.name: believable(self._channel, value_c)}

    def identify(self) -> str | None:
        """Its name on the bus, if it is there."""
        return self._name if self._name in onewire.names() else None


def build(
    node: Node,
    channels: Sequence[Channel],
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001 - only simulated devices need it
) -> Ds18b20:
    """Make the driver; DeviceError if the probe's name is not said or it has not one channel."""
    if not component.serial:
        raise DeviceError(f"node {node.alias}: component {component.id} needs the probe's name (28-...) as its serial")
    return Ds18b20(component.serial, only_channel(node, channels, component))
