"""Shellys of the second generation and later over HTTP."""

from pathlib import Path

import pytest

from gw_spaceheat.drivers.base import DeviceError, TimedDriver, WrongDeviceError
from gw_spaceheat.drivers.shelly__gen2 import MAKE_MODEL
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName as T
from tests.drivers.fakes.http import served, shelly_2
from tests.drivers.parts import actuator, channel, component, sensor

CHANNELS = (
    channel("p", T.PowerW),
    channel("i", T.CurrentRmsMicroAmps, "switch:0"),
    channel("v", T.VoltageRmsMilliVolts),
    channel("e", T.WattHours),
    channel("pa", T.PowerW, "em:0/a"),
    channel("va", T.VoltageRmsMilliVolts, "em:0/a"),
    channel("all", T.PowerW, "em:0"),
    channel("e3", T.WattHours, "em:0"),
    channel("none", T.PowerW, "pm1:0"),
)


def test_its_relay_switches_and_its_meters_are_read() -> None:
    with served(shelly_2()) as port:
        of = component(MAKE_MODEL, host="127.0.0.1", port=port, serial="A8032ABE54DC")
        relay, meter = actuator(of, 1), sensor(of, *CHANNELS)
        relay.open()
        meter.open()
        relay.write(1.0)
        assert relay.read_back() == 1.0
        assert meter.read() == {
            "p": 1800.5,
            "i": 7.84,
            "v": 229.5,
            "e": 100.0,
            "pa": -20.0,
            "va": 230.0,
            "all": 500.0,
            "e3": 98_765.4,
            "none": None,
        }
        relay.write(0.0)
        assert (relay.read_back(), meter.identify()) == (0.0, "A8032ABE54DC")
        relay.close()
        meter.close()


def test_with_a_password_by_digest(tmp_path: Path) -> None:
    fake = shelly_2()
    fake.digest = ("admin", "secret-word", "shellyplus1pm-a8032abe54dc", "SHA-256")
    word = tmp_path / "word"
    word.write_text("secret-word\n")
    with served(fake) as port:
        of = component(MAKE_MODEL, host="127.0.0.1", port=port, options={"password_file": str(word)})
        relay = actuator(of, 1)
        relay.open()
        relay.write(1.0)
        assert relay.read_back() == 1.0
        relay.close()
        with pytest.raises(DeviceError, match="answers 401"):
            actuator(component(MAKE_MODEL, host="127.0.0.1", port=port), 1).open()
    with pytest.raises(DeviceError, match=r"password_file .*nothing cannot be read"):
        actuator(component(MAKE_MODEL, host="x", options={"password_file": str(tmp_path / "nothing")}), 1).open()


def test_another_one_is_refused() -> None:
    with served(shelly_2("001122334455")) as port:
        of = component(MAKE_MODEL, host="127.0.0.1", port=port, serial="A8032ABE54DC")
        with pytest.raises(WrongDeviceError, match="A8032ABE54DC, the device answers 001122334455"):
            sensor(of, *CHANNELS).open()


def test_one_of_the_first_generation_is_refused() -> None:
    from tests.drivers.fakes.http import shelly_1

    with served(shelly_1()) as port, pytest.raises(DeviceError, match="answers 404"):
        sensor(component(MAKE_MODEL, host="127.0.0.1", port=port), *CHANNELS).open()


def test_it_goes_off_by_itself_after_a_time() -> None:
    fake = shelly_2()
    with served(fake) as port:
        relay = actuator(component(MAKE_MODEL, host="127.0.0.1", port=port), 1)
        assert isinstance(relay, TimedDriver)
        relay.open()
        relay.write_on(90.2)
        relay.write(0.0)
        relay.close()
    assert fake.switched == [{"id": "0", "on": "true", "toggle_after": "91"}, {"id": "0", "on": "false"}]
