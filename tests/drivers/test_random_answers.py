"""Every decoder on random answers: a value that can be, nothing, or a DeviceError; never another exception.

Half of the answers are random bytes, the other half real answers in which bytes are turned, lost or doubled, so that they come
deep into the decoder.
"""

import json
import math
import struct
from collections.abc import Callable, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gw_spaceheat.core.telemetry.plausible import RANGES
from gw_spaceheat.drivers import (
    adafruit__642,
    atlas__ezoflo,
    egauge__4030,
    enphase__envoys,
    gridworks__tsnap1,
    microchip__mcp9808,
    openenergy__emonpi,
    opentherm__gateway,
    schneiderelectric__iem3455,
    shelly__gen1,
    shelly__gen2,
    sunspec,
    sunspec__inverter,
    sunspec__meter,
    tasmota__plug,
)
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.parts import believable, json_object
from gw_spaceheat.drivers.registers import text as text_of
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName as T
from tests.drivers.fakes.http import envoy_line
from tests.drivers.fakes.meters import iem3455, inverter_103, meter_203
from tests.drivers.fakes.onewire import scratchpad, shown
from tests.drivers.fakes.otgw import degrees
from tests.drivers.parts import channel

Told = list[tuple[T, float | None]]
QUANTITIES = (T.PowerW, T.CurrentRmsMicroAmps, T.VoltageRmsMilliVolts, T.WattHours)


def words(data: bytes) -> list[int]:
    """Bytes as registers."""
    even = data[: len(data) // 2 * 2]
    return list(struct.unpack(f">{len(even) // 2}H", even))


def as_bytes(registers: Sequence[int]) -> bytes:
    return struct.pack(f">{len(registers)}H", *registers)


def told(telemetry: T, value: float | None) -> tuple[T, float | None]:
    """What a driver makes of a decoded value before it gives it out."""
    return telemetry, believable(channel("x", telemetry), value)


def probe(data: bytes) -> Told:
    return [(T.WaterTempCTimes1000, adafruit__642.temperature_c(data.decode("ascii", "replace")))]


def chip(data: bytes) -> Told:
    return [(T.CelsiusTimes100, microchip__mcp9808.temperature_c(data))]


def thermistor(data: bytes) -> Told:
    return [told(T.WaterTempCTimes1000, gridworks__tsnap1.thermistor_c(gridworks__tsnap1.volts(data), 5.0))]


def flow(data: bytes) -> Told:
    return [told(T.GpmTimes100, atlas__ezoflo.flow_kg_s(atlas__ezoflo.answer(data), ("TV", "FR"), 60.0))]


def iem(data: bytes) -> Told:
    registers = words(data.ljust(8, b"\0"))
    return [
        (
            telemetry,
            schneiderelectric__iem3455.value_of(channel("x", telemetry), registers[: 4 if telemetry is T.WattHours else 2]),
        )
        for telemetry in QUANTITIES
    ]


def gauge(data: bytes) -> Told:
    registers = words(data.ljust(8, b"\0"))
    assert text_of(registers).isprintable()
    values = [(T.PowerW, egauge__4030.value_of(channel("x", T.PowerW), "f32", registers[:2]))]
    return [*values, (T.WattHours, egauge__4030.value_of(channel("x", T.WattHours), "s64", registers[:4]))]


def sunspec_block(fields: sunspec.Fields) -> Callable[[bytes], Told]:
    def decode(data: bytes) -> Told:
        block = words(data)
        return [
            told(telemetry, sunspec.value_of(block, field)) for telemetry, known in fields.items() for field in known.values()
        ]

    return decode


def envoy(data: bytes) -> Told:
    line = json_object(data, "the test")
    phases = enphase__envoys.PHASES
    return [told(T.PowerW, enphase__envoys.value_of(line, meter, phases, "p")) for meter in enphase__envoys.METERS]


def envoy_serial(data: bytes) -> Told:
    assert enphase__envoys.serial_number(data).isdecimal()
    return []


def emonpi(data: bytes) -> Told:
    return [told(T.PowerW, openenergy__emonpi.value_of(data)), told(T.WaterTempCTimes1000, openenergy__emonpi.value_of(data))]


def shelly_1(data: bytes) -> Told:
    status = json_object(data, "the test")
    relays = [(T.RelayState, shelly__gen1.relay_state(status, output)) for output in (1, 4)]
    meters = [
        told(of, shelly__gen1.meter_value(status, of, str(number)))
        for of in QUANTITIES
        if of != T.CurrentRmsMicroAmps
        for number in (1, 2)
    ]
    return relays + meters


def shelly_2(data: bytes) -> Told:
    status = json_object(data, "the test")
    relays = [(T.RelayState, shelly__gen2.relay_state(status, output)) for output in (1, 4)]
    registers = ("", "pm1:0", "em:0", "em:0/a")
    return relays + [told(of, shelly__gen2.meter_value(status, of, register)) for of in QUANTITIES for register in registers]


def tasmota(data: bytes) -> Told:
    status = json_object(data, "the test")
    relays = [(T.RelayState, tasmota__plug.relay_state(status, output)) for output in (1, 8)]
    return relays + [told(of, tasmota__plug.meter_value(status, of, phase)) for of in QUANTITIES for phase in ("", "3")]


def opentherm(data: bytes) -> Told:
    said = opentherm__gateway.message(data.decode("ascii", "replace").strip())
    identifiers = opentherm__gateway.IDENTIFIERS.values()
    return (
        [] if said is None else [told(T.WaterTempCTimes1000, opentherm__gateway.temperature_c(said, of)) for of in identifiers]
    )


def opentherm_reply(data: bytes) -> Told:
    opentherm__gateway.taken("CS", data.decode("ascii", "replace"))
    return []


def body(tree: object) -> bytes:
    return json.dumps(tree).encode()


IEM = iem3455()
SHELLY_1 = {
    "relays": [{"ison": True}],
    "meters": [{"power": 18.5, "is_valid": True, "total": 600}],
    "emeters": [{"power": 1, "voltage": 2}],
}
SHELLY_2 = {
    "switch:0": {"output": True, "apower": 18.5, "voltage": 229.0, "current": 1.0, "aenergy": {"total": 5.0}},
    "em:0": {"a_act_power": 1.5, "total_act_power": 9.0},
    "emdata:0": {"total_act": 7.0},
}
TASMOTA = {"StatusSNS": {"ENERGY": {"Total": 1.5, "Power": [1, 2], "Voltage": 230}}, "StatusSTS": {"POWER1": "ON"}}

DECODERS: dict[str, tuple[Callable[[bytes], Told], list[bytes]]] = {
    "Adafruit__642": (probe, [shown(scratchpad(21.5)).encode(), shown(scratchpad(-3.0)).encode()]),
    "Microchip__MCP9808": (chip, [b"\x01\x58", b"\x1f\xf0"]),
    "GridWorks__TSnap1": (thermistor, [b"\x3a\x00", b"\x7f\xff"]),
    "Atlas__EzoFlo": (flow, [b"\x0112.50,0.25\x00\xff", b"\xfe"]),
    "SchneiderElectric__Iem3455": (
        iem,
        [as_bytes([IEM[3053], IEM[3054]]), as_bytes([IEM[3203 + index] for index in range(4)])],
    ),
    "EGauge__4030": (gauge, [struct.pack(">f", 1800.0), struct.pack(">q", 7_200_000)]),
    "SunSpec__Meter": (sunspec_block(sunspec__meter.FIELDS), [as_bytes([203, 105, *meter_203()])]),
    "SunSpec__Inverter": (sunspec_block(sunspec__inverter.FIELDS), [as_bytes([103, 50, *inverter_103()])]),
    "Enphase__EnvoyS": (envoy, [envoy_line()[6:]]),
    "Enphase__EnvoyS serial": (envoy_serial, [b"<envoy_info><device><sn>121812345678</sn></device>"]),
    "OpenEnergy__EmonPi": (emonpi, [b"1234.5", b"-7"]),
    "Shelly__Gen1": (shelly_1, [body(SHELLY_1)]),
    "Shelly__Gen2": (shelly_2, [body(SHELLY_2)]),
    "Tasmota__Plug": (tasmota, [body(TASMOTA)]),
    "OpenTherm__Gateway": (opentherm, [degrees(25, 45.5).encode()]),
    "OpenTherm__Gateway reply": (opentherm_reply, [b"CS: 45.00", b"NG"]),
}


@st.composite
def spoiled(draw: st.DrawFn, examples: list[bytes]) -> bytes:
    """A real answer with a few bytes turned, lost, doubled or put in."""
    data = bytearray(draw(st.sampled_from(examples)))
    for _ in range(draw(st.integers(0, 4))):
        if not data:
            break
        at = draw(st.integers(0, len(data) - 1))
        match draw(st.integers(0, 3)):
            case 0:
                data[at] = draw(st.integers(0, 255))
            case 1:
                del data[at : at + draw(st.integers(1, 8))]
            case 2:
                data[at:at] = draw(
                    st.sampled_from([b"e", b"E", b"9", b"-", b".", b"[", b"{", b'"', b"null", b"true", b"1e999", b"NaN"])
                )
            case _:
                data[at:at] = data[at : at + draw(st.integers(1, 16))]
    return bytes(data)


@pytest.mark.parametrize("count", [500, pytest.param(2_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", DECODERS)
def test_a_value_that_can_be_or_a_typed_error(name: str, count: int) -> None:
    decode, examples = DECODERS[name]
    decode_all(decode, examples)
    seen = set()

    @settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(st.binary(max_size=300), spoiled(examples)))
    def run(data: bytes) -> None:
        try:
            values = decode(data)
        except DeviceError as error:
            assert str(error)
            seen.add("error")
            return
        for telemetry, value in values:
            least, most = RANGES[telemetry]
            assert value is None or (isinstance(value, float | int) and math.isfinite(value) and least <= value <= most)
        seen.add("values")

    run()
    assert "values" in seen


def decode_all(decode: Callable[[bytes], Told], examples: list[bytes]) -> None:
    """The real answers themselves give values, or the error that they stand for."""
    good = 0
    for example in examples:
        try:
            decode(example)
            good += 1
        except DeviceError:
            continue
    assert good
