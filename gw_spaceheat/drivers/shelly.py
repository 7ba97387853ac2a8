"""Relays and meters of Shelly devices, by HTTP inside the house; what a generation says in its own way is its dialect."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gw_spaceheat.drivers.about import REOPENED
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses.http import HttpDevice
from gw_spaceheat.drivers.parts import (
    address_number,
    address_text,
    believable,
    check_identity,
    is_on,
    json_object,
    output_number,
    part,
    secret,
)
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

OUTPUTS = 4
PORT = 80
WIRING = (
    "Mains; a fixed address in the house's network, no cloud needed",
    "Not above its rated current: let it drive a contactor",
)

Status = dict[str, Any]
Question = tuple[str, Mapping[str, str | int]]
"""A path, and what is asked there."""


def recovers(setting: str) -> str:
    """How it comes back; `setting` is what the device calls the state of its relay after a loss of supply."""
    return f"{REOPENED} What the relay does after a loss of supply is set in the device (`{setting}`)."


class Switch(Protocol):
    """The question that switches an output, counted from 1; on for a time [s] if that is given, else for good."""

    def __call__(self, output: int, *, on: bool, for_s: int | None = None) -> Question:
        """Make it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a generation is spoken to.

    Attributes:
        generation: Which, for a person.
        info: Path that tells its MAC address.
        status: Path that tells everything else.
        digest: Whether it asks for a password by digest, with a user that is always `admin`.
        switch: Makes the question that switches an output.
        relay_state: Whether an output is on, of the status; None if that does not say.
        meter_value: A quantity of the meter that a register names [SI unit], of the status; None if the device has none.
    """

    generation: str
    info: str
    status: str
    digest: bool
    switch: Switch
    relay_state: Callable[[Status, int], float | None]
    meter_value: Callable[[Status, TelemetryName, str], float | None]


class Shelly:
    """What the relay and the meter share: the connection, and who it is."""

    def __init__(self, dialect: Dialect, component: Component, host: str, port: int) -> None:
        """Remember."""
        self._dialect = dialect
        self._component = component
        self._host, self._port = host, port
        self._http: HttpDevice | None = None

    def open(self) -> None:
        """See that it is the device of the house file; raises DeviceError."""
        password, digest = secret(self._component), self._dialect.digest
        user = ("admin" if password else "") if digest else str(self._component.options.get("user", ""))
        self._http = HttpDevice(self._host, self._port, user, password, digest=digest)
        check_identity(self._component, self.identify())

    def close(self) -> None:
        """Let the connection go; relays keep what they have."""
        http, self._http = self._http, None
        if http is not None:
            http.close()

    def identify(self) -> str:
        """Its MAC address; raises DeviceError."""
        info, generation = self._dialect.info, self._dialect.generation
        mac = part(self._ask((info, {})), "mac")
        if not isinstance(mac, str) or not mac:
            raise DeviceError(f"{self._host}{info} tells no `mac`; is it a Shelly of generation {generation}?")
        return mac

    def _status(self) -> Status:
        return self._ask((self._dialect.status, {}))

    def _ask(self, question: Question) -> Status:
        path, parameters = question
        if self._http is None:
            raise DeviceError(f"{self._component.id} is not open")
        return json_object(self._http.get(path, **parameters), f"{self._host}{path}")


class ShellyRelay(Shelly):
    """One relay of a device."""

    def __init__(self, dialect: Dialect, component: Component, host: str, port: int, output: int) -> None:
        """Remember; output counts from 1."""
        super().__init__(dialect, component, host, port)
        self._output = output

    def write(self, value: float) -> None:
        """Switch it on (1) or off (0); raises DeviceError."""
        self._ask(self._dialect.switch(self._output, on=is_on(value, self._host)))

    def write_on(self, for_s: float) -> None:
        """Switch it on for a time [s]; raises DeviceError."""
        self._ask(self._dialect.switch(self._output, on=True, for_s=math.ceil(for_s)))

    def read_back(self) -> float | None:
        """Whether it is on; raises DeviceError."""
        state = self._dialect.relay_state(self._status(), self._output)
        if state is None:
            where = f"{self._host}{self._dialect.status}"
            raise DeviceError(f"{where} tells nothing of relay {self._output}; has this model so many?")
        return state


class ShellyMeter(Shelly):
    """The meters of a device."""

    reads_at_will = True

    def __init__(self, dialect: Dialect, component: Component, host: str, port: int, channels: Sequence[Channel]) -> None:
        """Remember."""
        super().__init__(dialect, component, host, port)
        self._channels = tuple(channels)

    def read(self) -> Mapping[str, float | None]:
        """All channels; raises DeviceError."""
        status, value = self._status(), self._dialect.meter_value
        return {
            channel.name: believable(channel, value(status, channel.telemetry, channel.register)) for channel in self._channels
        }


def build_shelly(dialect: Dialect, node: Node, channels: Sequence[Channel], component: Component) -> ShellyRelay | ShellyMeter:
    """Make the driver; DeviceError if the host is not said."""
    host, port = address_text(node, component, "host"), address_number(node, component, "port", PORT)
    if node.actuator is not None:
        return ShellyRelay(dialect, component, host, port, output_number(node, component, OUTPUTS))
    return ShellyMeter(dialect, component, host, port, channels)
