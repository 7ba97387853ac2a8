"""Shelly relays and meters of the second generation and later (Plus, Pro, Gen3, Gen4), by HTTP inside the house.

`GET /rpc/Shelly.GetDeviceInfo` says who it is, `/rpc/Shelly.GetStatus` everything it knows,
`/rpc/Switch.Set?id=N&on=true|false` switches (Shelly API reference, Gen2+). What a meter is called there (`switch:0`,
`pm1:0`, `em:0`) is a channel's `register`. If the device asks for a password, it does so by digest with SHA-256, user
`admin`. Set `initial state` and, where heat must not go on for ever, `auto off` in the device itself.
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

MAKE_MODEL = "Shelly__Gen2"
OUTPUTS = 4
PORT = 80
ABOUT = About(
    device=MakeModel(frozenset({Kind.Relay, Kind.PowerMeter}), Bus.Http, outputs=OUTPUTS, inputs=16, fastest_poll_s=0.5),
    title="Shelly relays and meters, generation 2 and later, HTTP",
    measures="Switches relays and reads them back; power [W], current [A], voltage [V], energy [Wh] of its meters.",
    span="1 MW, 10 kA, 100 kV at most.",
    source="Shelly API reference, Gen2+",
    recovers=REOPENED + " What the relay does after a loss of supply is set in the device (`initial state`).",
    wiring=(
        "Mains; a fixed address in the house's network, no cloud needed",
        "Not above its rated current: let it drive a contactor",
    ),
    address={"host": "192.168.1.46", "port": 80},
    registers={
        "switch:0 (default), switch:1, pm1:0": "a meter of one circuit",
        "em:0": "a three-phase meter: power in all; `em:0/a`, `em:0/b`, `em:0/c` for one phase",
    },
    options={"password_file": "if the device asks for a password; its user is always admin"},
    identity="Its MAC address as the device gives it, twelve capital digits; another one is refused when it is opened.",
)
_ONE_CIRCUIT = {
    TelemetryName.PowerW: ("apower",),
    TelemetryName.CurrentRmsMicroAmps: ("current",),
    TelemetryName.VoltageRmsMilliVolts: ("voltage",),
    TelemetryName.WattHours: ("aenergy", "total"),
}
_ONE_PHASE = {
    TelemetryName.PowerW: "act_power",
    TelemetryName.CurrentRmsMicroAmps: "current",
    TelemetryName.VoltageRmsMilliVolts: "voltage",
}
INFO, STATUS, SET = "/rpc/Shelly.GetDeviceInfo", "/rpc/Shelly.GetStatus", "/rpc/Switch.Set"


def meter_value(status: dict[str, Any], telemetry: TelemetryName, register: str) -> float | None:
    """A quantity of a meter [SI unit], of the device's status; None if the device has none."""
    meter, _, phase = (register or "switch:0").partition("/")
    if not meter.startswith("em:"):
        return number(part(status, meter, *_ONE_CIRCUIT.get(telemetry, ("",))))
    if phase:
        return number(part(status, meter, f"{phase}_{_ONE_PHASE.get(telemetry, '')}"))
    if telemetry is TelemetryName.WattHours:
        return number(part(status, meter.replace("em:", "emdata:"), "total_act"))
    return number(part(status, meter, {TelemetryName.PowerW: "total_act_power"}.get(telemetry, "total_current")))


def relay_state(status: dict[str, Any], output: int) -> float | None:
    """Whether a relay is on, of the device's status; None if that does not say."""
    on = part(status, f"switch:{output - 1}", "output")
    return float(on) if isinstance(on, bool) else None


class _Shelly:
    """What the relay and the meter share: the connection, and who it is."""

    def __init__(self, component: Component, host: str, port: int) -> None:
        """Remember."""
        self._component = component
        self._host, self._port = host, port
        self._http: HttpDevice | None = None

    def open(self) -> None:
        """See that it is the device of the house file; raises DeviceError."""
        password = secret(self._component)
        self._http = HttpDevice(self._host, self._port, "admin" if password else "", password, digest=True)
        check_identity(self._component, self.identify())

    def close(self) -> None:
        """Let the connection go; relays keep what they have."""
        http, self._http = self._http, None
        if http is not None:
            http.close()

    def identify(self) -> str:
        """Its MAC address; raises DeviceError."""
        mac = part(self._ask(INFO), "mac")
        if not isinstance(mac, str) or not mac:
            raise DeviceError(f"{self._host}{INFO} tells no `mac`; is it a Shelly of generation 2 or later?")
        return mac

    def _ask(self, path: str, **parameters: str | int) -> dict[str, Any]:
        if self._http is None:
            raise DeviceError(f"{self._component.id} is not open")
        return json_object(self._http.get(path, **parameters), f"{self._host}{path}")


class ShellyGen2Relay(_Shelly):
    """One relay of a device."""

    def __init__(self, component: Component, host: str, port: int, output: int) -> None:
        """Remember; output counts from 1."""
        super().__init__(component, host, port)
        self._output = output

    def write(self, value: float) -> None:
        """Switch it on (1) or off (0); raises DeviceError."""
        self._ask(SET, id=self._output - 1, on="true" if is_on(value, self._host) else "false")

    def write_on(self, for_s: float) -> None:
        """Switch it on for a time [s]; raises DeviceError."""
        self._ask(SET, id=self._output - 1, on="true", toggle_after=math.ceil(for_s))

    def read_back(self) -> float | None:
        """Whether it is on; raises DeviceError."""
        state = relay_state(self._ask(STATUS), self._output)
        if state is None:
            raise DeviceError(f"{self._host}{STATUS} tells nothing of switch {self._output}; has this model so many?")
        return state


class ShellyGen2Meter(_Shelly):
    """The meters of a device."""

    reads_at_will = True

    def __init__(self, component: Component, host: str, port: int, channels: Sequence[Channel]) -> None:
        """Remember."""
        super().__init__(component, host, port)
        self._channels = tuple(channels)

    def read(self) -> Mapping[str, float | None]:
        """All channels; raises DeviceError."""
        status = self._ask(STATUS)
        return {
            channel.name: believable(channel, meter_value(status, channel.telemetry, channel.register))
            for channel in self._channels
        }


def build(
    node: Node,
    channels: Sequence[Channel],
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001 - only simulated devices need it
) -> ShellyGen2Relay | ShellyGen2Meter:
    """Make the driver; DeviceError if the host is not said."""
    host, port = address_text(node, component, "host"), address_number(node, component, "port", PORT)
    if node.actuator is not None:
        return ShellyGen2Relay(component, host, port, output_number(node, component, OUTPUTS))
    return ShellyGen2Meter(component, host, port, channels)
