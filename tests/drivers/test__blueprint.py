"""The driver to copy works as it stands."""

from pathlib import Path

import pytest

from gw_spaceheat.drivers._blueprint import MAKE_MODEL, HwmonTemperature, build
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.house.model import CaptureRule, Channel, Component, Node
from gw_spaceheat.vocabulary.roles import Role
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

NODE = Node(alias="a.room.temp", role=Role.RoomTempSensor)
CHANNEL = Channel(
    name="a-room-temp",
    about="a.room",
    captured_by="a.room.temp",
    telemetry=TelemetryName.AirTempCTimes1000,
    capture=CaptureRule(poll_s=10.0, period_s=60.0, delta=None),
)


def driver(path: Path) -> HwmonTemperature:
    component = Component(id="thermo", make_model=MAKE_MODEL, address={"path": str(path)})
    made = build(NODE, [CHANNEL], component, None)
    made.open()
    return made


@pytest.mark.parametrize(("text", "value"), [("21500\n", 21.5), ("-4000", -4.0), ("200000", None), ("-128000", None)])
def test_reads_milli_degrees(tmp_path: Path, text: str, value: float | None) -> None:
    file = tmp_path / "temp1_input"
    file.write_text(text, encoding="ascii")
    thermometer = driver(file)
    assert thermometer.read() == {"a-room-temp": value}
    thermometer.close()


def test_tells_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "temp1_input"
    with pytest.raises(DeviceError, match=r"there is no .*temp1_input"):
        driver(file)
    file.write_text("nothing", encoding="ascii")
    with pytest.raises(DeviceError, match="gave no number"):
        driver(file).read()
    with pytest.raises(DeviceError, match="needs an address with a `path`"):
        build(NODE, [CHANNEL], Component(id="thermo", make_model=MAKE_MODEL), None)
    with pytest.raises(DeviceError, match="has one channel, not 0"):
        build(NODE, [], Component(id="thermo", make_model=MAKE_MODEL, address={"path": str(file)}), None)
