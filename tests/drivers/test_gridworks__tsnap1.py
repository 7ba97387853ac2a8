"""Twelve thermistors: volts to degrees, the supply as measured, and broken ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.gridworks__tsnap1 import MAKE_MODEL, thermistor_c
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.drivers.fakes.i2c import Ads1115, FakeBus
from tests.drivers.parts import channel, component, sensor

WATER = TelemetryName.WaterTempCTimes1000
ADDRESSES = (0x48, 0x49, 0x4B)


def divided_v(temperature_c: float, supply_v: float) -> float:
    """The middle of the divider at a temperature [V]: the beta equation the other way round."""
    import math

    resistance_ohm = 10_000.0 * math.exp(3977.0 * (1.0 / (temperature_c + 273.15) - 1.0 / 298.15))
    return supply_v * resistance_ohm / (resistance_ohm + 10_000.0)


@pytest.fixture
def board(wires: FakeBus) -> list[Ads1115]:
    chips = [Ads1115({}) for _ in ADDRESSES]
    wires.chips.update(zip(ADDRESSES, chips, strict=True))
    return chips


def test_every_input_is_its_own_thermistor(board: list[Ads1115]) -> None:
    temperatures = [5.0 * number for number in range(1, 13)]
    for index, value_c in enumerate(temperatures):
        board[index // 4].volts[index % 4] = divided_v(value_c, 5.1)
    of = component(MAKE_MODEL, bus="i2c-1", address=0x48, options={"supply_v": 5.1})
    snap = sensor(of, *(channel(f"t{number}", WATER, str(number)) for number in range(1, 13)))
    snap.open()
    assert list(snap.read().values()) == pytest.approx(temperatures, abs=0.02)


def test_a_supply_that_is_measured_does_not_matter(board: list[Ads1115]) -> None:
    of = component(MAKE_MODEL, bus="i2c-1", address=0x48, options={"supply_input": 12})
    snap = sensor(of, channel("tank", WATER, "1"))
    snap.open()
    for supply_v in (4.85, 5.0, 5.1):
        board[0].volts[0], board[2].volts[3] = divided_v(55.0, supply_v), supply_v
        assert snap.read()["tank"] == pytest.approx(55.0, abs=0.02)


def test_a_wrong_supply_does_matter() -> None:
    shown_c = thermistor_c(divided_v(55.0, 4.85), 5.1)
    assert shown_c is not None
    assert 1.0 < shown_c - 55.0 < 5.0


def test_open_shorted_and_slow_are_missing(board: list[Ads1115]) -> None:
    of = component(MAKE_MODEL, bus="i2c-1", address=0x48)
    snap = sensor(of, *(channel(f"t{number}", WATER, str(number)) for number in (1, 2, 3)))
    snap.open()
    board[0].volts.update({0: 5.0, 1: 0.0, 2: divided_v(20.0, 5.0)})
    assert snap.read() == {"t1": None, "t2": None, "t3": pytest.approx(20.0, abs=0.02)}
    board[0].slow = True
    assert snap.read() == {"t1": None, "t2": None, "t3": None}


@given(st.floats(-39.9, 149.9), st.floats(4.5, 5.5))
def test_the_beta_equation_goes_both_ways(value_c: float, supply_v: float) -> None:
    input_v = divided_v(value_c, supply_v)
    if 0.01 * supply_v < input_v < 0.99 * supply_v:
        assert thermistor_c(input_v, supply_v) == pytest.approx(value_c, abs=1e-6)


def test_what_is_wrong_is_said(board: list[Ads1115], wires: FakeBus) -> None:
    of = component(MAKE_MODEL, bus="i2c-1", address=0x48, options={"supply_input": 1})
    for made, words in (
        (lambda: sensor(of, channel("t", WATER, "13")), "an input from 1 to 12, not '13'"),
        (lambda: sensor(of, channel("t", WATER, "1")), "measures the supply"),
    ):
        with pytest.raises(DeviceError, match=words):
            made()
    del wires.chips[0x4B]
    snap = sensor(component(MAKE_MODEL, bus="i2c-1", address=0x48), channel("t", WATER, "9"))
    with pytest.raises(DeviceError, match="0x4b does not answer"):
        snap.open()
