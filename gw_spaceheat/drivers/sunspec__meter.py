"""A meter that speaks SunSpec (models 201 to 204), by Modbus TCP; the blocks are explained in `sunspec.py`."""

from collections.abc import Sequence

from gw_spaceheat.drivers.about import REOPENED, About
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.drivers.sunspec import Field, Fields, SunSpecDevice, sunspec_device
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

MAKE_MODEL = "SunSpec__Meter"
ABOUT = About(
    device=MakeModel(frozenset({Kind.PowerMeter}), Bus.ModbusTcp, inputs=16, fastest_poll_s=0.2),
    title="SunSpec meter (models 201, 202, 203, 204), Modbus TCP",
    measures="Power [W], current [A], voltage [V] per phase and in all, energy in and out [Wh].",
    span="1 MW, 10 kA, 100 kV at most; what the meter marks as not implemented is missing.",
    source="SunSpec Information Model Reference, models 1 and 201-204",
    recovers=REOPENED + " Its serial number is asked for again then.",
    wiring=("Ethernet; SunSpec (Modbus TCP) switched on in the device",),
    address={"host": "192.168.1.41", "port": 502, "unit": 1},
    registers={
        "power": "`total` (default), `a`, `b`, `c`; positive as the meter has it, see `sign`",
        "current": "`total` (default), `a`, `b`, `c`",
        "voltage": "`average` (default, to neutral), `a`, `b`, `c`",
        "energy": "`import` (default), `export`",
    },
    options={"sign": "1 (default) or -1: turns the sign of power, for meters that count export positive"},
    identity="The serial number of block 1; another device is refused when it is opened.",
)
MODELS = (203, 201, 202, 204)
_V, _A, _W, _WH = 15, 6, 22, 54
FIELDS: Fields = {
    TelemetryName.PowerW: {
        "": Field(18, _W, "signed"),
        "total": Field(18, _W, "signed"),
        "a": Field(19, _W, "signed"),
        "b": Field(20, _W, "signed"),
        "c": Field(21, _W, "signed"),
    },
    TelemetryName.CurrentRmsMicroAmps: {
        "": Field(2, _A, "signed"),
        "total": Field(2, _A, "signed"),
        "a": Field(3, _A, "signed"),
        "b": Field(4, _A, "signed"),
        "c": Field(5, _A, "signed"),
    },
    TelemetryName.VoltageRmsMilliVolts: {
        "": Field(7, _V, "signed"),
        "average": Field(7, _V, "signed"),
        "a": Field(8, _V, "signed"),
        "b": Field(9, _V, "signed"),
        "c": Field(10, _V, "signed"),
    },
    TelemetryName.WattHours: {
        "": Field(46, _WH, "counter"),
        "import": Field(46, _WH, "counter"),
        "export": Field(38, _WH, "counter"),
    },
}


def build(
    node: Node,
    channels: Sequence[Channel],
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001 - only simulated devices need it
) -> SunSpecDevice:
    """Make the driver; DeviceError if the host is not said or a channel asks for what the meter has not."""
    return sunspec_device(node, channels, component, FIELDS, MODELS)
