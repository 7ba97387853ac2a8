"""The GP8403's two outputs, in volts or in what the volts stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.dfrobot__dfr0971 import FULL_SCALE, MAKE_MODEL, counts
from tests.drivers.fakes.i2c import FakeBus, Gp8403
from tests.drivers.parts import actuator, component

BOARD = component(MAKE_MODEL, bus="i2c-1", address=0x5E)


def test_volts_come_out_of_the_output_that_was_meant(wires: FakeBus) -> None:
    chip = wires.chips[0x5E] = Gp8403()
    first, second = actuator(BOARD, 1), actuator(BOARD, 2)
    first.open()
    second.open()
    for output, volts, expected in ((first, 10.0, [10.0, 0.0]), (second, 2.5, [10.0, 2.501]), (first, 0.0, [0.0, 2.501])):
        output.write(volts)
        assert chip.volts() == pytest.approx(expected, abs=0.0013)
    assert first.read_back() is None, "the chip cannot be read"


def test_the_range_is_set_anew_after_a_loss_of_supply(wires: FakeBus) -> None:
    chip = wires.chips[0x5E] = Gp8403()
    output = actuator(BOARD, 1)
    output.open()
    chip.range = 0x00
    output.write(8.0)
    assert chip.volts()[0] == pytest.approx(8.0, abs=0.0013)


def test_a_temperature_by_what_the_volts_stand_for(wires: FakeBus) -> None:
    chip = wires.chips[0x5E] = Gp8403()
    of = component(MAKE_MODEL, bus="i2c-1", address=0x5E, options={"at_0_v": 20, "at_10_v": 60})
    output = actuator(of, 2)
    output.open()
    output.write(45.0)
    assert chip.volts()[1] == pytest.approx(6.25, abs=0.0013)
    with pytest.raises(DeviceError, match="gives 20 to 60, not 61"):
        output.write(61.0)


@given(st.floats(0, 10))
def test_what_is_set_is_within_half_a_step(volts: float) -> None:
    assert abs(counts(volts, 0.0, 10.0) / FULL_SCALE * 10.0 - volts) <= 10.0 / FULL_SCALE / 2 + 1e-9


def test_what_is_wrong_is_said(wires: FakeBus) -> None:
    with pytest.raises(DeviceError, match="does not answer"):
        actuator(BOARD, 1).open()
    same = component(MAKE_MODEL, bus="i2c-1", address=0x5E, options={"at_0_v": 10})
    with pytest.raises(DeviceError, match="differs from `at_0_v`"):
        actuator(same, 1)
    with pytest.raises(DeviceError, match="outputs 1 to 2"):
        actuator(BOARD, 3)
