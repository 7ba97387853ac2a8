"""Shelly relays with meter of the first generation (1, 1PM, 2.5, Plug, EM ...), by HTTP inside the house.

`GET /shelly` says who it is, `GET /status` everything it knows, `GET /relay/N?turn=on|off` switches (Shelly API reference,
Gen1). Meters count watt-minutes, those of the EM watt-hours. A relay that stands alone keeps what it has when nobody speaks
to it; set `power-on default` and, where heat must not go on for ever, `auto off` in the device itself.
"""

from collections.abc import Sequence

from gw_spaceheat.drivers.about import About
from gw_spaceheat.drivers.base import DeviceError
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

MAKE_MODEL = "Shelly__Gen1"
ABOUT = About(
    device=MakeModel(frozenset({Kind.Relay, Kind.PowerMeter}), Bus.Http, outputs=OUTPUTS, inputs=16, fastest_poll_s=0.5),
    title="Shelly relays with meter, generation 1, HTTP",
    measures="Switches relays and reads them back; power [W], energy [Wh], voltage [V] of its meters.",
    span="1 MW, 100 kV at most; what the device marks as not valid is missing.",
    source="Shelly API reference, Gen1",
    recovers=recovers("power-on default"),
    wiring=WIRING,
    address={"host": "192.168.1.45", "port": 80},
    registers={"1 to 4": "which meter (default 1)"},
    options={"user, password_file": "if access is restricted in the device"},
    identity="Its MAC address as `/shelly` gives it, twelve capital digits; another one is refused when it is opened.",
)
WATT_MINUTES_PER_WH = 60.0


def relay_state(status: Status, output: int) -> float | None:
    """Whether a relay is on, of the answer to /status; None if that does not say."""
    on = part(status, "relays", output - 1, "ison")
    return float(on) if isinstance(on, bool) else None


def meter_value(status: Status, telemetry: TelemetryName, register: str) -> float | None:
    """A quantity of a meter [SI unit], of the answer to /status; None if the device has none."""
    meter = int(register or "1")
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


def switch(output: int, *, on: bool, for_s: int | None = None) -> Question:
    """What switches a relay."""
    timer: dict[str, str | int] = {} if for_s is None else {"timer": for_s}
    return f"/relay/{output - 1}", {"turn": "on" if on else "off", **timer}


DIALECT = Dialect(
    generation="1",
    info="/shelly",
    status="/status",
    digest=False,
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
    """Make the driver; DeviceError if the host is not said or a channel asks for what no meter has."""
    for channel in channels if node.actuator is None else ():
        if channel.register not in ("", "1", "2", "3", "4") or channel.telemetry is TelemetryName.CurrentRmsMicroAmps:
            raise DeviceError(
                f"channel {channel.name}: a {MAKE_MODEL} has no {channel.telemetry} of meter {channel.register!r}"
            )
    return build_shelly(DIALECT, node, channels, component)
