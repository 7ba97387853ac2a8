"""An OpenTherm Gateway on a pseudo-terminal: temperatures out of its lines, commands and their answers."""

from collections.abc import Iterator

import pytest

from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses import serial_lines
from gw_spaceheat.drivers.opentherm__gateway import MAKE_MODEL, Message, message, temperature_c
from gw_spaceheat.house.model import Component
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName as T
from tests.drivers.fakes.otgw import Gateway, degrees, report
from tests.drivers.parts import actuator, channel, component, sensor

CHANNELS = (
    channel("supply", T.WaterTempCTimes1000),
    channel("return", T.WaterTempCTimes1000, "return"),
    channel("outdoor", T.AirTempCTimes1000, "outdoor"),
    channel("room", T.AirTempCTimes1000, "room"),
)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    yield made
    made.close()


def at(gateway: Gateway) -> Component:
    return component(MAKE_MODEL, port=gateway.path, baud=9600)


@pytest.mark.parametrize(
    ("line", "value_c"),
    [
        (degrees(25, 45.5), 45.5),
        (degrees(25, -10.25), -10.25),
        (degrees(25, 127.5), None),
        (degrees(25, 45.5, kind=6), None),  # the boiler's "data invalid"
        (degrees(25, 45.5, kind=7), None),  # its "unknown data identifier"
        (degrees(25, 45.5, speaker="A"), None),  # the gateway's own answer to the thermostat
        (degrees(28, 45.5), None),
        ("B40192D8", None),
        ("B40192D80x", None),
        ("Error 01", None),
        ("", None),
    ],
)
def test_which_lines_are_a_temperature(line: str, value_c: float | None) -> None:
    said = message(line)
    assert (None if said is None else temperature_c(said, 25)) == value_c


def test_parity_is_checked() -> None:
    line = degrees(25, 45.5)
    assert message(line) == Message("B", 4, 25, 0x2D80)
    assert message(f"B{int(line[1:], 16) ^ 1:08X}") is None


def test_what_the_boiler_tells_is_read(gateway: Gateway) -> None:
    thermometer = sensor(at(gateway), *CHANNELS)
    thermometer.open()
    assert thermometer.read() == dict.fromkeys(("supply", "return", "outdoor", "room"))
    gateway.say(degrees(25, 45.5), degrees(28, 38.0), "Thermostat disconnected", degrees(24, 20.5, "T", 1), degrees(27, -3.0))
    gateway.say(report("T", 0, 25, 0), degrees(25, 46.0))
    thermometer._line.get().ask("PS=0", lambda line: line.startswith("PS:"))  # everything before has been said by now
    assert thermometer.read() == {"supply": 46.0, "return": 38.0, "outdoor": -3.0, "room": 20.5}
    thermometer.close()


def test_what_is_not_said_any_more_is_missing(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    thermometer = sensor(at(gateway), *CHANNELS)
    thermometer.open()
    gateway.say(degrees(25, 45.5))
    line = thermometer._line.get()
    line.ask("PS=0", lambda said: said.startswith("PS:"))
    assert thermometer.read()["supply"] == 45.5
    real_s = line.now_s
    monkeypatch.setattr(line, "now_s", lambda: real_s() + 91.0)
    assert thermometer.read()["supply"] is None


def test_it_is_told_to_heat(gateway: Gateway) -> None:
    heat, setpoint, water = (actuator(at(gateway), output) for output in (1, 2, 3))
    for output in (heat, setpoint, water):
        output.open()
        assert output.read_back() is None, "what it was told before cannot be asked"
    heat.write(1.0)
    setpoint.write(45.3)
    water.write(0.0)
    assert gateway.taken == {"PR": "A", "PS": "0", "CH": "1", "CS": "45.3", "HW": "0"}
    before = gateway.count["CS"]
    assert (heat.read_back(), setpoint.read_back(), water.read_back()) == (1.0, 45.3, 0.0)
    assert gateway.count["CS"] == before + 1, "the set-point is said again, lest the gateway drops it"


def test_readings_and_commands_share_the_line(gateway: Gateway) -> None:
    thermometer, setpoint = sensor(at(gateway), *CHANNELS), actuator(at(gateway), 2)
    thermometer.open()
    setpoint.open()
    gateway.say(degrees(25, 41.0))
    setpoint.write(50.0)  # hears the line on its way to its own answer
    assert thermometer.read()["supply"] == 41.0
    setpoint.close()
    assert thermometer.read()["supply"] == 41.0
    thermometer.close()


@pytest.mark.parametrize(
    ("answer", "words"),
    [("NG", "does not know"), ("BV", "bad value"), ("OR", "out of range"), ("CS: 60.00", "took 60"), ("CS: x", "no number")],
)
def test_a_command_that_is_not_taken_is_an_error(gateway: Gateway, answer: str, words: str) -> None:
    setpoint = actuator(at(gateway), 2)
    setpoint.open()
    gateway.answers["CS"] = answer
    with pytest.raises(DeviceError, match=words):
        setpoint.write(45.0)
    assert setpoint.read_back() is None


def test_silence_noise_and_floods_end_in_time(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    heat = actuator(at(gateway), 1)
    heat.open()
    monkeypatch.setattr(serial_lines, "TIMEOUT_S", 0.2)
    gateway.answers["CH"] = "B40192D80"
    with pytest.raises(DeviceError, match=r"did not answer to CH=1 within 0\.2 s"):
        heat.write(1.0)
    del gateway.answers["CH"]
    gateway.noise = b"\x00\xff" * 500 + b"\r\nhalf a li"
    with pytest.raises(DeviceError, match="did not answer"):
        heat.write(1.0)  # its answer is glued to the half line
    gateway.noise = b"B4019" * 300 + b"\n"
    heat.write(1.0)
    assert heat.read_back() == 1.0


def test_another_device_on_the_port_is_refused(gateway: Gateway) -> None:
    gateway.version = "PR: A=Something else"
    with pytest.raises(DeviceError, match="which is no OpenTherm Gateway"):
        actuator(at(gateway), 1).open()
    with pytest.raises(DeviceError, match="/dev/nothing cannot be opened"):
        actuator(component(MAKE_MODEL, port="/dev/nothing", baud=9600), 1).open()
    with pytest.raises(DeviceError, match="tells boiler, return"):
        sensor(at(gateway), channel("x", T.WaterTempCTimes1000, "flow"))
