"""The iEM3455's registers over a serial line, and another meter in its place."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gw_spaceheat.drivers.base import DeviceError, WrongDeviceError
from gw_spaceheat.drivers.schneiderelectric__iem3455 import MAKE_MODEL
from gw_spaceheat.house.model import Component
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName as T
from tests.drivers.fakes.meters import iem3455
from tests.drivers.fakes.modbus import rtu_server
from tests.drivers.parts import channel, component, sensor


@contextmanager
def meter_of(serial: str = "", number: tuple[int, int] = (35941, 308)) -> Iterator[Component]:
    with rtu_server({12: (iem3455(number), {})}) as wires:
        yield component(MAKE_MODEL, port=wires.ours, baud=9600, unit=12, serial=serial, options={"parity": "N"})


def test_quantities_are_in_their_units() -> None:
    channels = [
        channel("p", T.PowerW),
        channel("p1", T.PowerW, "l1"),
        channel("p2", T.PowerW, "l2"),
        channel("i", T.CurrentRmsMicroAmps),
        channel("i1", T.CurrentRmsMicroAmps, "l1"),
        channel("v1", T.VoltageRmsMilliVolts, "l1"),
        channel("in", T.WattHours),
        channel("out", T.WattHours, "export"),
    ]
    with meter_of("35941_308") as of:
        meter = sensor(of, *channels)
        meter.open()
        assert meter.identify() == "35941_308"
        assert meter.read() == {
            "p": 4500.0,
            "p1": 4500.0,
            "p2": None,  # not available
            "i": 6.5,
            "i1": 19.5,
            "v1": 230.5,
            "in": 1_234_567.0,
            "out": 5.0,
        }
        meter.close()


def test_another_meter_is_refused_and_both_are_named() -> None:
    with meter_of("35941_308", number=(40000, 7)) as of:
        with pytest.raises(WrongDeviceError, match="serial number 35941_308, the device answers 40000_7") as caught:
            sensor(of, channel("p", T.PowerW)).open()
        assert caught.value.found == "40000_7"


@pytest.mark.parametrize(
    ("telemetry", "register", "words"),
    [
        (T.PowerW, "phase-a", "total, l1, l2, l3, not 'phase-a'"),
        (T.CurrentRmsMicroAmps, "total", "average, l1"),
        (T.WattHours, "l1", "import, export"),
        (T.GpmTimes100, "", "has nothing"),
    ],
)
def test_what_the_meter_has_not_is_said_when_it_is_built(telemetry: T, register: str, words: str) -> None:
    of = component(MAKE_MODEL, port="/dev/rs485", baud=9600, unit=12)
    with pytest.raises(DeviceError, match=words):
        sensor(of, channel("x", telemetry, register))


def test_what_is_missing_in_the_address_is_said() -> None:
    for of, words in (
        (component(MAKE_MODEL, baud=9600, unit=12), "`port`"),
        (component(MAKE_MODEL, port="/dev/rs485", unit=12), "`baud`"),
        (component(MAKE_MODEL, port="/dev/rs485", baud=9600), "`unit`"),
        (component(MAKE_MODEL, port="/dev/rs485", baud=9600, unit=12, options={"parity": "X"}), "`parity`"),
    ):
        with pytest.raises(DeviceError, match=words):
            sensor(of, channel("p", T.PowerW))
