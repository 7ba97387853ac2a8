"""A house and its faults as text."""

from gw_spaceheat.house.faults import Fault
from gw_spaceheat.views.house_table import faults_text, house_text
from tests.house.samples import ALIAS, built


def test_a_house_shows_its_hardware_nodes_channels_and_heating() -> None:
    lines = house_text(built((("components", "meter", "serial"), "123"))).splitlines()
    assert lines[:3] == [
        f"{ALIAS}: Shed",
        "at 45 N, 70 W, America/New_York, standard time UTC-5 h",
        "13 nodes, 3 components, 5 channels, with a simulated twin",
    ]
    assert "  meter   GridWorks__SimPowerMeter   -        123" in lines
    assert "      a.elt1.relay         BooleanActuator      BooleanActuator  relays:1" in lines
    assert "  a-elt1             PowerW (in power metering)  a.m                10 s   300 s  90 W" in lines
    assert "  supply required: 32 + 0.75 x (15 - outdoor), within 35 to 60 degC" in lines
    assert lines[-1] == "tariff on-peak: 0.24 on peak (07-12), 0.05 off peak USD/kWh"


def test_faults_are_told_before_warnings_and_counted() -> None:
    faults = (
        Fault("h.x", "", "components.m.make_model", "A__B", "no driver", is_warning=True),
        Fault("h.x", "a.b", "role", "Tank", "unknown Role"),
    )
    assert faults_text(("h.x",), faults).splitlines() == [
        "error: h.x a.b role = Tank: unknown Role",
        "warning: h.x components.m.make_model = A__B: no driver",
        "1 house checked: 1 error, 1 warning",
    ]
