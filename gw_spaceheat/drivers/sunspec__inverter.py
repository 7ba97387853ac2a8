"""A PV inverter that speaks SunSpec (models 101 to 103), by Modbus TCP; the blocks are explained in `sunspec.py`."""

from collections.abc import Sequence

from gw_spaceheat.drivers.about import REOPENED, About
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.drivers.sunspec import Field, Fields, SunSpecDevice, sunspec_device
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

MAKE_MODEL = "SunSpec__Inverter"
ABOUT = About(
    device=MakeModel(frozenset({Kind.PowerMeter}), Bus.ModbusTcp, inputs=16, fastest_poll_s=0.2),
    title="SunSpec inverter (models 101, 102, 103), Modbus TCP",
    measures="AC power [W], current [A], voltage [V] per phase, energy made since it was built [Wh].",
    span="1 MW, 10 kA, 100 kV at most; what the inverter marks as not implemented is missing.",
    source="SunSpec Information Model Reference, models 1 and 101-103",
    recovers=REOPENED + " Many inverters sleep at night and are then lost until morning.",
    wiring=("Ethernet; SunSpec (Modbus TCP) switched on in the device",),
    address={"host": "192.168.1.42", "port": 502, "unit": 1},
    registers={
        "power": "`total` (default): positive while it produces, see `sign`",
        "current": "`total` (default), `a`, `b`, `c`",
        "voltage": "`a` (default), `b`, `c` to neutral",
        "energy": "`produced` (default)",
    },
    options={"sign": "1 (default), or -1 to count production as power out of the house, as the house's own power does"},
    identity="The serial number of block 1; another device is refused when it is opened.",
)
MODELS = (103, 102, 101)
_A, _V, _W, _WH = 6, 13, 15, 26
FIELDS: Fields = {
    TelemetryName.PowerW: {"": Field(14, _W, "signed"), "total": Field(14, _W, "signed")},
    TelemetryName.CurrentRmsMicroAmps: {
        "": Field(2, _A, "unsigned"),
        "total": Field(2, _A, "unsigned"),
        "a": Field(3, _A, "unsigned"),
        "b": Field(4, _A, "unsigned"),
        "c": Field(5, _A, "unsigned"),
    },
    TelemetryName.VoltageRmsMilliVolts: {
        "": Field(10, _V, "unsigned"),
        "a": Field(10, _V, "unsigned"),
        "b": Field(11, _V, "unsigned"),
        "c": Field(12, _V, "unsigned"),
    },
    TelemetryName.WattHours: {"": Field(24, _WH, "counter"), "produced": Field(24, _WH, "counter")},
}


def build(
    node: Node,
    channels: Sequence[Channel],
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001 - only simulated devices need it
) -> SunSpecDevice:
    """Make the driver; DeviceError if the host is not said or a channel asks for what the inverter has not."""
    return sunspec_device(node, channels, component, FIELDS, MODELS)
