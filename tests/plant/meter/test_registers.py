import numpy as np
import pytest

from gw_spaceheat.plant.meter.registers import FULL_WH, Energy, counted_wh, registers


def test_import_and_export_are_counted_apart_and_never_fall() -> None:
    found = registers(np.array([3600.0, -1800.0, 900.0]), 10.0, Energy(5.0, 2.0))
    assert found.import_wh.tolist() == [15, 15, 17]
    assert found.export_wh.tolist() == [2, 7, 7]
    assert found.after == Energy(17.5, 7.0)


def test_steps_of_the_register() -> None:
    assert registers(np.full(4, 3600.0), 4.0, Energy(), 10).import_wh.tolist() == [0, 0, 10, 10]


def test_a_full_register_begins_anew_and_the_difference_is_right() -> None:
    shown = registers(np.full(3, 3600.0), 1.0, Energy(FULL_WH - 2.0, 0.0)).import_wh.tolist()
    assert shown == [FULL_WH - 1, 0, 1]
    assert counted_wh(shown[0], shown[2]) == 2


def test_two_halves_are_the_whole() -> None:
    power = np.linspace(-500.0, 3000.0, 360)
    whole = registers(power, 10.0, Energy())
    first = registers(power[:180], 10.0, Energy())
    second = registers(power[180:], 10.0, first.after)
    assert second.import_wh.tolist() == whole.import_wh[180:].tolist()
    assert second.after.import_wh == pytest.approx(whole.after.import_wh)
