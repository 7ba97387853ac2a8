"""Shellys of the first generation over HTTP."""

import pytest

from gw_spaceheat.drivers.base import DeviceError, TimedDriver, WrongDeviceError
from gw_spaceheat.drivers.buses import http
from gw_spaceheat.drivers.shelly__gen1 import MAKE_MODEL
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName as T
from tests.drivers.fakes.http import served, shelly_1, shelly_em
from tests.drivers.parts import actuator, channel, component, sensor


def test_its_relays_switch_and_its_meter_follows() -> None:
    with served(shelly_1()) as port:
        of = component(MAKE_MODEL, host="127.0.0.1", port=port, serial="ABCDEF012345")
        first, second = actuator(of, 1), actuator(of, 2)
        meter = sensor(
            of,
            channel("p", T.PowerW),
            channel("p2", T.PowerW, "2"),
            channel("e", T.WattHours, "1"),
            channel("v", T.VoltageRmsMilliVolts),
        )
        for device in (first, second, meter):
            device.open()
        assert meter.read() == {"p": 0.0, "p2": None, "e": 100.0, "v": 229.5}
        first.write(1.0)
        assert (first.read_back(), second.read_back(), meter.read()["p"]) == (1.0, 0.0, 1800.5)
        first.write(0.0)
        second.write(1.0)
        assert (first.read_back(), second.read_back(), meter.identify()) == (0.0, 1.0, "ABCDEF012345")
        for device in (first, second, meter):
            device.close()


def test_an_em_counts_in_watt_hours() -> None:
    with served(shelly_em()) as port:
        of = component(MAKE_MODEL, host="127.0.0.1", port=port)
        meter = sensor(of, channel("p", T.PowerW), channel("e", T.WattHours), channel("v", T.VoltageRmsMilliVolts, "2"))
        meter.open()
        assert meter.read() == {"p": -350.0, "e": 12_345.6, "v": 231.0}
        meter.close()


def test_another_shelly_is_refused() -> None:
    with served(shelly_1("001122334455")) as port:
        of = component(MAKE_MODEL, host="127.0.0.1", port=port, serial="ABCDEF012345")
        with pytest.raises(WrongDeviceError, match="ABCDEF012345, the device answers 001122334455"):
            actuator(of, 1).open()


def test_a_relay_that_is_not_there_is_named_and_no_zero() -> None:
    fake = shelly_1()
    with served(fake) as port:
        of = component(MAKE_MODEL, host="127.0.0.1", port=port)
        third = actuator(of, 3)
        third.open()
        with pytest.raises(DeviceError, match="tells nothing of relay 3"):
            third.read_back()
        with pytest.raises(DeviceError, match="answers 404"):
            third.write(1.0)
        first = actuator(of, 1)
        first.open()
        for mood, words in (("no-json", "no JSON object"), ("500", "answers 500")):
            fake.mood = mood
            with pytest.raises(DeviceError, match=words):
                first.read_back()


def test_one_that_is_gone_is_an_error_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "TIMEOUT_S", 0.2)
    fake = shelly_1()
    with served(fake) as port:
        meter = sensor(component(MAKE_MODEL, host="127.0.0.1", port=port), channel("p", T.PowerW))
        meter.open()
        fake.mood = "silence"
        with pytest.raises(DeviceError, match="does not answer well"):
            meter.read()
        fake.mood = "well"
        assert meter.read() == {"p": 0.0}
        meter.close()


def test_what_is_wrong_is_said_when_it_is_built() -> None:
    of = component(MAKE_MODEL, host="x")
    for made, words in (
        (lambda: sensor(of, channel("i", T.CurrentRmsMicroAmps)), "has no CurrentRmsMicroAmps"),
        (lambda: sensor(of, channel("p", T.PowerW, "5")), "meter '5'"),
        (lambda: actuator(of, 0), "outputs 1 to 4"),
        (lambda: actuator(component(MAKE_MODEL), 1), "`host`"),
    ):
        with pytest.raises(DeviceError, match=words):
            made()


def test_it_goes_off_by_itself_after_a_time() -> None:
    fake = shelly_1()
    with served(fake) as port:
        relay = actuator(component(MAKE_MODEL, host="127.0.0.1", port=port), 2)
        assert isinstance(relay, TimedDriver)
        relay.open()
        relay.write_on(3629.5)
        relay.write(0.0)
        relay.close()
    assert fake.switched == [{"turn": "on", "timer": "3630"}, {"turn": "off"}]
