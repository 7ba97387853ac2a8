"""SunSpec meters and inverters: wherever their blocks begin, whatever is not there."""

import pytest

from gw_spaceheat.drivers.base import DeviceError, WrongDeviceError
from gw_spaceheat.house.model import Channel
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName as T
from tests.drivers.fakes.meters import inverter_103, meter_203, sunspec
from tests.drivers.fakes.modbus import tcp_server
from tests.drivers.parts import channel, component, sensor

METER = (
    channel("p", T.PowerW),
    channel("pa", T.PowerW, "a"),
    channel("pb", T.PowerW, "b"),
    channel("i", T.CurrentRmsMicroAmps),
    channel("v", T.VoltageRmsMilliVolts),
    channel("va", T.VoltageRmsMilliVolts, "a"),
    channel("in", T.WattHours),
    channel("out", T.WattHours, "export"),
)
METER_SAYS = {
    "p": -1234.5,
    "pa": -411.5,
    "pb": None,
    "i": 8.25,
    "v": 230.1,
    "va": 230.2,
    "in": 456_700.0,
    "out": 12_300.0,
}
INVERTER = (
    channel("p", T.PowerW),
    channel("i", T.CurrentRmsMicroAmps),
    channel("ic", T.CurrentRmsMicroAmps, "c"),
    channel("va", T.VoltageRmsMilliVolts),
    channel("e", T.WattHours, "produced"),
)
INVERTER_SAYS = {"p": 3456.0, "i": 15.1, "ic": None, "va": 229.9, "e": 9_876_543.0}


@pytest.mark.parametrize("base", [40_000, 50_000, 0])
@pytest.mark.parametrize(
    ("make_model", "block", "channels", "says"),
    [
        ("SunSpec__Meter", (203, meter_203()), METER, METER_SAYS),
        ("SunSpec__Meter", (201, meter_203()), METER, METER_SAYS),
        ("SunSpec__Inverter", (103, inverter_103()), INVERTER, INVERTER_SAYS),
        ("SunSpec__Inverter", (101, inverter_103()), INVERTER, INVERTER_SAYS),
    ],
)
def test_quantities_are_in_their_units(
    base: int, make_model: str, block: tuple[int, list[int]], channels: tuple[Channel, ...], says: dict[str, float | None]
) -> None:
    with tcp_server({1: (sunspec(base, (120, [0] * 26), block), {})}) as port:
        device = sensor(component(make_model, host="127.0.0.1", port=port, serial="SN-77"), *channels)
        device.open()
        assert device.read() == {name: value if value is None else pytest.approx(value) for name, value in says.items()}
        device.close()


def test_the_sign_can_be_turned() -> None:
    with tcp_server({1: (sunspec(40_000, (103, inverter_103())), {})}) as port:
        of = component("SunSpec__Inverter", host="127.0.0.1", port=port, options={"sign": -1})
        device = sensor(of, *INVERTER)
        device.open()
        assert (device.read()["p"], device.read()["e"]) == (-3456.0, 9_876_543.0)


def test_another_device_is_refused() -> None:
    with tcp_server({1: (sunspec(40_000, (203, meter_203()), serial="SN-1"), {})}) as port:
        with pytest.raises(WrongDeviceError, match="serial number SN-77, the device answers SN-1"):
            sensor(component("SunSpec__Meter", host="127.0.0.1", port=port, serial="SN-77"), *METER).open()
        with pytest.raises(DeviceError, match=r"has the SunSpec blocks 1, 203, but not 1 and 103 or 102 or 101"):
            sensor(component("SunSpec__Inverter", host="127.0.0.1", port=port), *INVERTER).open()
    with tcp_server({1: ({40_000: 1, 40_001: 2}, {})}) as port, pytest.raises(DeviceError, match="no SunSpec mark"):
        sensor(component("SunSpec__Meter", host="127.0.0.1", port=port), *METER).open()


def test_a_block_that_ends_early_or_leads_on_for_ever_is_no_trap() -> None:
    short = sunspec(40_000, (203, meter_203()[:10]))
    with tcp_server({1: (short, {})}) as port:
        device = sensor(component("SunSpec__Meter", host="127.0.0.1", port=port), *METER)
        device.open()
        assert {name for name, value in device.read().items() if value is not None} == {"i"}, "what of it is there"
    endless = {40_000: 0x5375, 40_001: 0x6E53} | dict.fromkeys(range(40_002, 40_400), 1)
    with tcp_server({1: (endless, {})}) as port, pytest.raises(DeviceError, match="SunSpec blocks 1, but not"):
        sensor(component("SunSpec__Meter", host="127.0.0.1", port=port), *METER).open()


def test_what_it_has_not_is_said_when_it_is_built() -> None:
    for of, of_channel, words in (
        (component("SunSpec__Meter", host="x"), channel("p", T.PowerW, "d"), "total, a, b, c, not 'd'"),
        (component("SunSpec__Inverter", host="x"), channel("t", T.WaterTempCTimes1000), "has nothing"),
        (component("SunSpec__Meter"), channel("p", T.PowerW), "`host`"),
        (component("SunSpec__Meter", host="x", options={"sign": 0.5}), channel("p", T.PowerW), "1 or -1"),
    ):
        with pytest.raises(DeviceError, match=words):
            sensor(of, of_channel)
