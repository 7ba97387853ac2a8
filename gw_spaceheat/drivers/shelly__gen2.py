"""Shelly relays and meters of the second generation and later (Plus, Pro, Gen3, Gen4), by HTTP inside the house.

`GET /rpc/Shelly.GetDeviceInfo` says who it is, `/rpc/Shelly.GetStatus` everything it knows,
`/rpc/Switch.Set?id=N&on=true|false` switches (Shelly API reference, Gen2+). What a meter is called there (`switch:0`,
`pm1:0`, `em:0`) is a channel's `register`. If the device asks for a password, it does so by digest with SHA-256, user
`admin`. Set `initial state` and, where heat must not go on for ever, `auto off` in the device itself.
"""

from collections.abc import Sequence

from gw_spaceheat.drivers.about import About
from gw_spaceheat.drivers.parts import number, part
from gw_spaceheat.drivers.shelly import (
    OUTPUTS,
    WIRING,
    Dialect,
    Question,
    ShellyMeter,
    ShellyRelay,
    Status,
    build_shelly,
    recovers,
)
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

MAKE_MODEL = "Shelly__Gen2"
ABOUT = About(
    device=MakeModel(frozenset({Kind.Relay, Kind.PowerMeter}), Bus.Http, outputs=OUTPUTS, inputs=16, fastest_poll_s=0.5),
    title="Shelly relays and meters, generation 2 and later, HTTP",
    measures="Switches relays and reads them back; power [W], current [A], voltage [V], energy [Wh] of its meters.",
    span="1 MW, 10 kA, 100 kV at most.",
    source="Shelly API reference, Gen2+",
    recovers=recovers("initial state"),
    wiring=WIRING,
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


def meter_value(status: Status, telemetry: TelemetryName, register: str) -> float | None:
    """A quantity of a meter [SI unit], of the device's status; None if the device has none."""
    meter, _, phase = (register or "switch:0").partition("/")
    if not meter.startswith("em:"):
        return number(part(status, meter, *_ONE_CIRCUIT.get(telemetry, ("",))))
    if phase:
        return number(part(status, meter, f"{phase}_{_ONE_PHASE.get(telemetry, '')}"))
    if telemetry is TelemetryName.WattHours:
        return number(part(status, meter.replace("em:", "emdata:"), "total_act"))
    return number(part(status, meter, {TelemetryName.PowerW: "total_act_power"}.get(telemetry, "total_current")))


def relay_state(status: Status, output: int) -> float | None:
    """Whether a relay is on, of the device's status; None if that does not say."""
    on = part(status, f"switch:{output - 1}", "output")
    return float(on) if isinstance(on, bool) else None


def switch(output: int, *, on: bool, for_s: int | None = None) -> Question:
    """What switches a relay."""
    timer: dict[str, str | int] = {} if for_s is None else {"toggle_after": for_s}
    return "/rpc/Switch.Set", {"id": output - 1, "on": "true" if on else "false", **timer}


DIALECT = Dialect(
    generation="2 or later",
    info="/rpc/Shelly.GetDeviceInfo",
    status="/rpc/Shelly.GetStatus",
    digest=True,
    switch=switch,
    relay_state=relay_state,
    meter_value=meter_value,
)


def build(
    node: Node,
    channels: Sequence[Channel],
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001 - only simulated devices need it
) -> ShellyRelay | ShellyMeter:
    """Make the driver; DeviceError if the host is not said."""
    return build_shelly(DIALECT, node, channels, component)
