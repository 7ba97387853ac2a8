"""The MCP9808: its register to degrees, and another chip at its address."""

import pytest

from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.microchip__mcp9808 import MAKE_MODEL, temperature_c
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.drivers.fakes.i2c import FakeBus, Words
from tests.drivers.parts import channel, component, sensor

AIR = channel("air", TelemetryName.AirTempCTimes1000)
CHIP = component(MAKE_MODEL, bus="i2c-1", address=0x18)


@pytest.mark.parametrize(
    ("register", "value_c"),
    [
        (0x0000, 0.0),
        (0x0190, 25.0),
        (0xC191, 25.0625),  # alert flags set
        (0x1FF0, -1.0),
        (0x1D80, -40.0),
        (0x07D0, 125.0),
        (0x07E0, None),
        (0x1D00, None),
    ],
)
def test_the_register_is_a_temperature(register: int, value_c: float | None) -> None:
    assert temperature_c(register.to_bytes(2, "big")) == value_c


def test_it_is_read_over_the_bus(wires: FakeBus) -> None:
    chip = wires.chips[0x18] = Words({0x05: 0x0158, 0x06: 0x0054, 0x07: 0x0400})
    thermometer = sensor(CHIP, AIR)
    thermometer.open()
    assert thermometer.read() == {"air": 21.5}
    chip.registers[0x05] = 0x07D0
    assert thermometer.read() == {"air": None}, "no air is 125 degC"
    thermometer.close()
    assert (wires.opened, wires.closed) == (1, 1)


def test_another_chip_is_refused(wires: FakeBus) -> None:
    wires.chips[0x18] = Words({0x06: 0x0054, 0x07: 0x0200})
    with pytest.raises(DeviceError, match=r"chip 0x0200, which is no MCP9808"):
        sensor(CHIP, AIR).open()
    with pytest.raises(DeviceError, match="one channel, not 2"):
        sensor(CHIP, AIR, channel("b", TelemetryName.AirTempCTimes1000))
