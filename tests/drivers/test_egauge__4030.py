"""An eGauge's own map over TCP, and its name as identity."""

import pytest

from gw_spaceheat.drivers.base import DeviceError, WrongDeviceError
from gw_spaceheat.drivers.egauge__4030 import MAKE_MODEL
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName as T
from tests.drivers.fakes.meters import egauge
from tests.drivers.fakes.modbus import tcp_server
from tests.drivers.parts import channel, component, sensor

CHANNELS = (
    channel("hp", T.PowerW, "9000"),
    channel("pv", T.PowerW, "9002:f32"),
    channel("v", T.VoltageRmsMilliVolts, "500"),
    channel("e", T.WattHours, "5004:s64"),
)


def test_quantities_are_in_their_units() -> None:
    with tcp_server({1: ({}, egauge())}) as port:
        meter = sensor(component(MAKE_MODEL, host="127.0.0.1", port=port, serial="egauge4922"), *CHANNELS)
        meter.open()
        told = meter.read()
        assert told == {"hp": 1800.0, "pv": -250.5, "v": pytest.approx(121.4), "e": 2000.0}
        assert meter.identify() == "egauge4922"
        meter.close()


def test_another_meter_is_refused_and_both_are_named() -> None:
    with tcp_server({1: ({}, egauge("egauge1"))}) as port:
        of = component(MAKE_MODEL, host="127.0.0.1", port=port, serial="egauge4922")
        with pytest.raises(WrongDeviceError, match="egauge4922, the device answers egauge1"):
            sensor(of, *CHANNELS).open()


def test_an_address_that_is_not_in_its_map_is_named() -> None:
    with tcp_server({1: ({}, egauge())}) as port:
        meter = sensor(component(MAKE_MODEL, host="127.0.0.1", port=port), channel("hp", T.PowerW, "9100"))
        meter.open()
        with pytest.raises(DeviceError, match=r"register 9100: the device refuses: illegal data address"):
            meter.read()


@pytest.mark.parametrize(
    ("telemetry", "register"),
    [
        (T.PowerW, ""),
        (T.PowerW, "x"),
        (T.PowerW, "9000:s64"),
        (T.WattHours, "5004"),
        (T.PowerW, "9000:f64"),
        (T.PowerW, "99999"),
    ],
)
def test_a_register_that_makes_no_sense_is_refused_when_it_is_built(telemetry: T, register: str) -> None:
    with pytest.raises(DeviceError, match="an address such as 9004"):
        sensor(component(MAKE_MODEL, host="127.0.0.1"), channel("x", telemetry, register))
