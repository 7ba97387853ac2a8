"""Shelly relays with meter of the first generation (1, 1PM, 2.5, Plug, EM ...), by HTTP inside the house.

`GET /shelly` says who it is, `GET /status` everything it knows, `GET /relay/N?turn=on|off` switches (Shelly API reference,
Gen1). Meters count watt-minutes, those of the EM watt-hours. A relay that stands alone keeps what it has when nobody speaks
to it; set `power-on default` and, where heat must not go on for ever, `auto off` in the device itself.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from gw_spaceheat.drivers.about import REOPENED, About
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses.http import HttpDevice
from gw_spaceheat.drivers.parts import (
    address_number,
    address_text,
    believable,
    check_identity,
    is_on,
    json_object,
    number,
    output_number,
    part,
    secret,
)
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

MAKE_MODEL = "Shelly__Gen1"
OUTPUTS = 4
PORT = 80
ABOUT = About(
    device=MakeModel(frozenset({Kind.Relay, Kind.PowerMeter}), Bus.Http, outputs=OUTPUTS, inputs=16, fastest_poll_s=0.5),
    title="Shelly relays with meter, generation 1, HTTP",
    measures="Switches relays and reads them back; power [W], energy [Wh], voltage [V] of its meters.",
    span="1 MW, 100 kV at most; what the device marks as not valid is missing.",
    source="Shelly API reference, Gen1",
    recovers=REOPENED + " What the relay does after a loss of supply is set in the device (`power-on default`).",
    wiring=(
        "Mains; a fixed address in the house's network, no cloud needed",
        "Not above its rated current: let it drive a contactor",
    ),
    address={"host": "192.168.1.45", "port": 80},
    registers={"1 to 4": "which meter (default 1)"},
    options={"user, password_file": "if access is restricted in the device"},
    identity="Its MAC address as `/shelly` gives it, twelve capital digits; another one is refused when it is opened.",
)
WATT_MINUTES_PER_WH = 60.0


def relay_state(status: dict[str, Any], output: int) -> float | None:
    """Whether a relay is on, of the answer to /status; None if that does not say."""
    on = part(status, "relays", output - 1, "ison")
    return float(on) if isinstance(on, bool) else None


def meter_value(status: dict[str, Any], telemetry: TelemetryName, meter: int) -> float | None:
    """A quantity of a meter [SI unit], of the answer to /status; None if the device has none."""
    own = "emeters" if part(status, "emeters", meter - 1) is not None else "meters"
    if part(status, own, meter - 1, "is_valid") is False:
        return None
    if telemetry is TelemetryName.PowerW:
        return number(part(status, own, meter - 1, "power"))
    if telemetry is TelemetryName.VoltageRmsMilliVolts:
        found = number(part(status, own, meter - 1, "voltage"))
        return number(part(status, "voltage")) if found is None else found
    total = number(part(status, own, meter - 1, "total"))
    return None if total is None else total / (1.0 if own == "emeters" else WATT_MINUTES_PER_WH)


class _Shelly:
    """What the relay and the meter share: the connection, and who it is."""

    def __init__(self, component: Component, host: str, port: int) -> None:
        """Remember."""
        self._component = component
        self._host, self._port = host, port
        self._http: HttpDevice | None = None

    def open(self) -> None:
        """See that it is the device of the house file; raises DeviceError."""
        user = str(self._component.options.get("user", ""))
        self._http = HttpDevice(self._host, self._port, user, secret(self._component))
        check_identity(self._component, self.identify())

    def close(self) -> None:
        """Let the connection go; relays keep what they have."""
        http, self._http = self._http, None
        if http is not None:
            http.close()

    def identify(self) -> str:
        """Its MAC address; raises DeviceError."""
        mac = part(self._ask("/shelly"), "mac")
        if not isinstance(mac, str) or not mac:
            raise DeviceError(f"{self._host}/shelly tells no `mac`; is it a Shelly of generation 1?")
        return mac

    def _ask(self, path: str, **parameters: str | int) -> dict[str, Any]:
        if self._http is None:
            raise DeviceError(f"{self._component.id} is not open")
        return json_object(self._http.get(path, **parameters), f"{self._host}{path}")


class ShellyGen1Relay(_Shelly):
    """One relay of a device."""

    def __init__(self, component: Component, host: str, port: int, output: int) -> None:
        """Remember; output counts from 1."""
        super().__init__(component, host, port)
        self._output = output

    def write(self, value: float) -> None:
        """Switch it on (1) or off (0); raises DeviceError."""
        turn = "on" if is_on(value, self._host) else "off"
        self._ask(f"/relay/{self._output - 1}", turn=turn)

    def write_on(self, for_s: float) -> None:
        """Switch it on for a time [s]; raises DeviceError."""
        self._ask(f"/relay/{self._output - 1}", turn="on", timer=math.ceil(for_s))

    def read_back(self) -> float | None:
        """Whether it is on; raises DeviceError."""
        state = relay_state(self._ask("/status"), self._output)
        if state is None:
            raise DeviceError(f"{self._host}/status tells nothing of relay {self._output}; has this model so many?")
        return state


class ShellyGen1Meter(_Shelly):
    """The meters of a device."""

    reads_at_will = True

    def __init__(self, component: Component, host: str, port: int, channels: Sequence[Channel]) -> None:
        """Remember."""
        super().__init__(component, host, port)
        self._channels = tuple(channels)

    def read(self) -> Mapping[str, float | None]:
        """All channels; raises DeviceError."""
        status = self._ask("/status")
        return {
            channel.name: believable(channel, meter_value(status, channel.telemetry, int(channel.register or "1")))
            for channel in self._channels
        }


def build(
    node: Node,
    channels: Sequence[Channel],
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001 - only simulated devices need it
) -> ShellyGen1Relay | ShellyGen1Meter:
    """Make the driver; DeviceError if the host is not said or a channel asks for what no meter has."""
    host, port = address_text(node, component, "host"), address_number(node, component, "port", PORT)
    if node.actuator is not None:
        return ShellyGen1Relay(component, host, port, output_number(node, component, OUTPUTS))
    for channel in channels:
        if channel.register not in ("", "1", "2", "3", "4") or channel.telemetry is TelemetryName.CurrentRmsMicroAmps:
            raise DeviceError(
                f"channel {channel.name}: a {MAKE_MODEL} has no {channel.telemetry} of meter {channel.register!r}"
            )
    return ShellyGen1Meter(component, host, port, channels)
