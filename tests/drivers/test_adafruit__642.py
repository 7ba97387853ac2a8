"""DS18B20 probes as the kernel shows them: checks, 85 degC, shorts, and probes that go and come."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gw_spaceheat.drivers.adafruit__642 import MAKE_MODEL, check_byte, temperature_c
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses import onewire
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.drivers.fakes.onewire import FakeOneWire, scratchpad, shown
from tests.drivers.parts import channel, component, sensor

WATER = channel("tank", TelemetryName.WaterTempCTimes1000)
NAME = "28-000000033ffe"
PROBE = component(MAKE_MODEL, bus="w1", serial=NAME)


def test_the_check_is_maxims() -> None:
    """The example of application note 27: the ROM 02 1C B8 01 00 00 00 has the check A2."""
    assert check_byte(bytes.fromhex("021CB801000000")) == 0xA2


@pytest.mark.parametrize(
    ("text", "value_c"),
    [
        ("50 05 4b 46 7f ff 0c 10 1c : crc=1c YES\n50 05 4b 46 7f ff 0c 10 1c t=85000\n", None),  # power-up, as in the wild
        (shown(scratchpad(21.5)), 21.5),
        (shown(scratchpad(-10.0625)), -10.0625),
        (shown(scratchpad(85.0)), 85.0),  # truly 85 degC: its reserved byte says so
        (shown(scratchpad(85.0, reserved=0x0C)), None),
        (shown(scratchpad(21.5), crc_ok=False), None),
        (shown(scratchpad(21.5)[:8] + b"\x00"), None),
        (shown(bytes(9)), None),
        (shown(scratchpad(-127.0)), None),
        (shown(scratchpad(127.0)), None),
    ],
)
def test_what_is_a_temperature_and_what_is_not(text: str, value_c: float | None) -> None:
    assert temperature_c(text) == value_c


@given(st.integers(-55 * 16, 115 * 16))
def test_every_sixteenth_of_a_degree(sixteenths: int) -> None:
    assert temperature_c(shown(scratchpad(sixteenths / 16))) == sixteenths / 16


def test_a_probe_goes_and_comes(one_wire: FakeOneWire) -> None:
    one_wire.plug(NAME, shown(scratchpad(40.0)))
    one_wire.plug("28-000000041d3f", shown(scratchpad(12.0)))
    probe = sensor(PROBE, WATER)
    probe.open()
    assert (probe.read(), probe.identify()) == ({"tank": 40.0}, NAME)
    one_wire.unplug(NAME)
    with pytest.raises(DeviceError, match=f"probe {NAME} is not on the 1-wire bus"):
        probe.read()
    with pytest.raises(DeviceError, match="there are: 28-000000041d3f"):
        probe.open()
    assert probe.identify() is None
    one_wire.plug(NAME, shown(scratchpad(39.0)))
    probe.open()
    assert probe.read() == {"tank": 39.0}
    probe.close()


def test_a_slow_probe_is_given_up_in_time(one_wire: FakeOneWire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onewire, "TIMEOUT_S", 0.05)
    held = one_wire.plug_slow(NAME)
    try:
        with pytest.raises(DeviceError, match=r"gave nothing within 0.05 s"):
            sensor(PROBE, WATER).read()
    finally:
        os.close(held)


def test_an_empty_answer_is_no_other_chip(one_wire: FakeOneWire) -> None:
    one_wire.plug(NAME, "")
    with pytest.raises(DeviceError, match="gave an empty answer"):
        sensor(PROBE, WATER).read()


def test_a_machine_without_the_bus_says_so(monkeypatch: pytest.MonkeyPatch, one_wire: FakeOneWire) -> None:
    one_wire.folder.rmdir()
    for call in (sensor(PROBE, WATER).open, sensor(PROBE, WATER).read):
        with pytest.raises(DeviceError, match="switch 1-wire on"):
            call()
    assert onewire.names() == ()


def test_another_family_is_named(one_wire: FakeOneWire) -> None:
    one_wire.plug(NAME, "something else")
    with pytest.raises(DeviceError, match="no DS18B20"):
        sensor(PROBE, WATER).read()
    with pytest.raises(DeviceError, match=r"the probe's name"):
        sensor(component(MAKE_MODEL, bus="w1"), WATER)
