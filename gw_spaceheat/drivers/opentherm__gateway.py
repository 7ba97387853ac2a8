"""The OpenTherm Gateway (otgw.tclcode.com) on a serial port: what a boiler or heat pump says, and what it is told.

The gateway prints each message that passes as a line: a letter for who spoke (T thermostat, B boiler, R and A the gateway
itself) and eight hexadecimal digits, the message of the OpenTherm protocol 2.2: a parity bit, the kind of message in three
bits, an identifier of eight bits and a value of sixteen. A boiler's acknowledgement of a read (kind 4) is a reading;
temperatures are signed 256ths of a degree. Commands are two letters, `=` and a value, answered by the same letters, `:` and
what was taken.

Outputs: 1 lets it heat (`CH=`), 2 sets the temperature of the water [degC] (`CS=`), 3 lets it make hot water (`HW=`). The
gateway itself drops `CS` after just over a minute, so that a dead SCADA leaves the house to its thermostat; therefore every
read-back of output 2 says it again, and its state channel must be polled every 30 s or so.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gw_spaceheat.drivers.about import REOPENED, About
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses.serial_lines import Heard, SerialLines, take_lines
from gw_spaceheat.drivers.buses.shared import Held
from gw_spaceheat.drivers.parts import address_number, address_text, believable, is_on, option_number, output_number
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel

MAKE_MODEL = "OpenTherm__Gateway"
OUTPUTS = 3
HEAT, SETPOINT, HOT_WATER = 1, 2, 3
ABOUT = About(
    device=MakeModel(
        frozenset({Kind.Relay, Kind.AnalogOutput, Kind.Temperature}), Bus.Serial, outputs=OUTPUTS, inputs=16, fastest_poll_s=1.0
    ),
    title="OpenTherm Gateway for boilers and heat pumps, serial",
    measures="Temperatures that the boiler tells [degC]; lets it heat (output 1), sets its water temperature (output 2) "
    "[degC], "
    "lets it make hot water (output 3).",
    span="-40 to 127 degC; what was not heard for `oldest_s` is missing.",
    source="OpenTherm Gateway firmware documentation (otgw.tclcode.com), OpenTherm protocol specification 2.2",
    recovers=REOPENED + " Without us the gateway drops the set-point after about a minute and the thermostat has the house.",
    wiring=(
        "USB or serial to the gateway; the gateway between thermostat and boiler",
        "Firmware 4.0 or later; 6 drops `CS` by itself",
    ),
    address={"port": "/dev/otgw", "baud": 9600},
    registers={
        "boiler": "water that leaves the boiler (default)",
        "return": "water that comes back",
        "hot-water": "hot water",
        "outdoor": "outdoor air",
        "room": "room air",
        "setpoint": "the set-point that the boiler was told",
    },
    options={"oldest_s": "after so long a value is missing [s] (default 90)"},
    recognised="That it is an OpenTherm Gateway is asked when it is opened (`PR=A`); it has no serial number.",
)
IDENTIFIERS = {"": 25, "boiler": 25, "return": 28, "hot-water": 26, "outdoor": 27, "room": 24, "setpoint": 1}
FROM_BOILER, FROM_OTHERS = ("B",), ("T", "R", "B")
WRITE_DATA, READ_ACK, WRITE_ACK = 1, 4, 5
COLDEST_C, HOTTEST_C = -40.0, 127.0
BAUD = 9600

_MESSAGE = re.compile(r"([TBRA])([0-9A-F]{8})")
_COMMANDS = {HEAT: "CH", SETPOINT: "CS", HOT_WATER: "HW"}
_ERRORS = {"NG": "it does not know the command", "SE": "bad syntax", "BV": "bad value", "OR": "out of range", "NS": "no space"}


class Message(NamedTuple):
    """A message of the protocol: who spoke, its kind (0 to 7), its identifier and its value."""

    speaker: str
    kind: int
    identifier: int
    value: int


def message(line: str) -> Message | None:
    """The message in a line; None for everything else that the gateway prints, and for one whose parity is odd."""
    found = _MESSAGE.fullmatch(line)
    if found is None:
        return None
    bits = int(found[2], 16)
    if bits.bit_count() % 2:
        return None
    return Message(found[1], bits >> 28 & 0x7, bits >> 16 & 0xFF, bits & 0xFFFF)


def temperature_c(said: Message, identifier: int) -> float | None:
    """The temperature that a message tells of an identifier [degC]; None if it tells none, or one that cannot be."""
    if said.identifier != identifier:
        return None
    # room air and the set-point are told by the thermostat; everything else is the boiler's answer
    told = said.kind == READ_ACK and said.speaker in FROM_BOILER
    told = told or (identifier in (1, 24) and said.kind in (WRITE_DATA, WRITE_ACK) and said.speaker in FROM_OTHERS)
    if not told:
        return None
    value_c = (said.value - 0x10000 if said.value & 0x8000 else said.value) / 256.0
    return value_c if COLDEST_C <= value_c <= HOTTEST_C else None


def taken(command: str, reply: str) -> float:
    """The value that the gateway took, in its answer to a command; DeviceError if it took none."""
    word, _, value = reply.partition(":")
    if word != command:
        raise DeviceError(f"{MAKE_MODEL}: to {command} it says {reply[:40]!r}: {_ERRORS.get(reply, 'which is no answer')}")
    try:
        return float(value)
    except ValueError as error:
        raise DeviceError(f"{MAKE_MODEL}: to {command} it says {reply[:40]!r}, which is no number") from error


class _Gateway:
    """What both kinds of drivers share."""

    def __init__(self, port: str, baud: int) -> None:
        """Remember."""
        self._port = port
        self._line: Held[SerialLines] = Held(lambda: take_lines(port, baud))

    def open(self) -> None:
        """See that it is a gateway, and let it print messages; raises DeviceError."""
        said = self._line.get().ask("PR=A", lambda line: line.startswith("PR:"))
        if "OpenTherm Gateway" not in said:
            raise DeviceError(f"{self._port} says {said[:60]!r}, which is no OpenTherm Gateway; correct the port")
        self._line.get().ask("PS=0", lambda line: line.startswith("PS:"))

    def close(self) -> None:
        """Let the port go."""
        self._line.let_go()


class OpenThermSensor(_Gateway):
    """What the boiler tells."""

    reads_at_will = True

    def __init__(self, port: str, baud: int, channels: Sequence[Channel], oldest_s: float) -> None:
        """Remember."""
        super().__init__(port, baud)
        self._channels = tuple(channels)
        self._oldest_s = oldest_s
        self._looked = 0
        self._latest: dict[str, tuple[float, float]] = {}

    def open(self) -> None:
        """As of every gateway; what was heard before is forgotten. Raises DeviceError."""
        self._looked, self._latest = 0, {}
        super().open()

    def read(self) -> Mapping[str, float | None]:
        """What was heard last of each channel, if it is young enough; raises DeviceError when the port fails."""
        line = self._line.get()
        for heard in line.since(self._looked):
            self._hear(heard)
        now_s = line.now_s()
        values: dict[str, float | None] = {}
        for channel in self._channels:
            value_c, at_s = self._latest.get(channel.name, (0.0, -self._oldest_s))
            young = channel.name in self._latest and now_s - at_s <= self._oldest_s
            values[channel.name] = believable(channel, value_c) if young else None
        return values

    def _hear(self, heard: Heard) -> None:
        self._looked = heard.number
        said = message(heard.text)
        if said is None:
            return
        for channel in self._channels:
            value_c = temperature_c(said, IDENTIFIERS[channel.register])
            if value_c is not None:
                self._latest[channel.name] = value_c, heard.at_s


class OpenThermOutput(_Gateway):
    """One thing that the boiler is told."""

    def __init__(self, port: str, baud: int, output: int) -> None:
        """Remember; output is 1, 2 or 3."""
        super().__init__(port, baud)
        self._output = output
        self._command = _COMMANDS[output]
        self._value: float | None = None

    def write(self, value: float) -> None:
        """Tell it [0 or 1, degC for output 2]; raises DeviceError, also when the gateway takes something else."""
        if self._output != SETPOINT:
            is_on(value, self._port)
        self._value = None
        self._value = self._tell(value)

    def read_back(self) -> float | None:
        """What the gateway took last; a set-point is said again, so that it stays.

        None before the first. Raises DeviceError.
        """
        if self._value is None:
            return None
        if self._output == SETPOINT:
            self._value = self._tell(self._value)
        return self._value

    def _tell(self, value: float) -> float:
        text = f"{value:.1f}" if self._output == SETPOINT else f"{value:.0f}"
        reply = self._line.get().ask(f"{self._command}={text}", self._is_reply)
        took = taken(self._command, reply)
        if abs(took - value) > 0.1:
            raise DeviceError(f"{MAKE_MODEL}: told {self._command}={text} it took {took:g}")
        return value

    def _is_reply(self, line: str) -> bool:
        return line.startswith(f"{self._command}:") or line in _ERRORS


def build(
    node: Node,
    channels: Sequence[Channel],
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001 - only simulated devices need it
) -> OpenThermSensor | OpenThermOutput:
    """Make the driver; DeviceError if the port is not said, or a channel or output is none of the gateway's."""
    port, baud = address_text(node, component, "port"), address_number(node, component, "baud", BAUD)
    if node.actuator is not None:
        return OpenThermOutput(port, baud, output_number(node, component, OUTPUTS))
    for channel in channels:
        if channel.register not in IDENTIFIERS:
            words = ", ".join(word for word in IDENTIFIERS if word)
            raise DeviceError(f"channel {channel.name}: a {MAKE_MODEL} tells {words}, not {channel.register!r}")
    return OpenThermSensor(port, baud, channels, option_number(node, component, "oldest_s", 90.0, 5, 3600))
