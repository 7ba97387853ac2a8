"""The map of haze: along lines between squares and months, round the world and at the poles."""

import numpy as np
import pytest

from gw_spaceheat.plant.pv.turbidity import MID_MONTH, TurbidityMap

ROWS, COLUMNS = 4, 8
TENTH = np.array([10.0])


def of(rows: list[float] | None = None, columns: list[float] | None = None, months: list[float] | None = None) -> TurbidityMap:
    parts = np.zeros((12, ROWS, COLUMNS))
    parts += np.array(rows or [0.0] * ROWS)[None, :, None]
    parts += np.array(columns or [0.0] * COLUMNS)[None, None, :]
    parts += np.array(months or [0.0] * 12)[:, None, None]
    return TurbidityMap(parts)


@pytest.mark.parametrize(
    ("latitude", "expected"), [(90.0, 1.0), (67.5, 1.0), (45.0, 1.5), (22.5, 2.0), (0.0, 2.5), (-67.5, 4.0), (-90.0, 4.0)]
)
def test_between_rows(latitude: float, expected: float) -> None:
    assert of(rows=[1.0, 2.0, 3.0, 4.0]).at(latitude, 0.0, TENTH)[0] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("longitude", "expected"), [(-157.5, 0.0), (-135.0, 0.5), (157.5, 7.0), (180.0, 3.5), (-180.0, 3.5), (168.75, 5.25)]
)
def test_round_the_world(longitude: float, expected: float) -> None:
    columns = [float(column) for column in range(COLUMNS)]
    assert of(columns=columns).at(0.0, longitude, TENTH)[0] == pytest.approx(expected)


def test_between_months_and_over_new_year() -> None:
    course = of(months=[float(month) for month in range(12)])
    assert course.at(0.0, 0.0, MID_MONTH + 0.5) == pytest.approx(range(12))
    january, december = course.at(0.0, 0.0, np.array([1.0, 365.0]))
    assert january == pytest.approx(5.5, abs=0.5)
    assert december == pytest.approx(5.5, abs=0.5)
