"""A sensor's table."""

import pytest

from gw_spaceheat.core.supervision.calibration import USUAL, BadTable, Calibration, calibration_of


@pytest.mark.parametrize(
    ("shown", "amperes", "in_range"),
    [
        (0, 0.0, True),
        (785, 0.0, True),
        (870, 0.0, True),
        (870.1, 0.0, True),  # within the dead band
        (890, 0.575, True),
        (910, 1.15, True),
        (929, 1.435, True),
        (1700, 15.0, True),
        (1701, 15.0, False),
        (2320, 15.0, False),
        (-1, 0.0, False),
    ],
)
def test_the_usual_sensor(shown: float, amperes: float, in_range: bool) -> None:
    assert USUAL.amperes(shown) == (pytest.approx(amperes, abs=0.02), in_range)


def test_one_that_falls() -> None:
    falling = Calibration(((0.0, 10.0), (100.0, -10.0)))
    assert falling.amperes(75.0).amperes == pytest.approx(-5.0)
    assert falling.amperes(50.0).amperes == 0.0


@pytest.mark.parametrize("numbers", [[], [1, 2], [1, 2, 1, 3], [2, 0, 1, 0], [1, 2, 3], [float("nan"), 0, 1, 1]])
def test_tables_that_cannot_be(numbers: list[float]) -> None:
    with pytest.raises(BadTable):
        calibration_of(numbers)


def test_a_table_has_its_end() -> None:
    with pytest.raises(BadTable, match="100"):
        calibration_of([float(number) for number in range(202)])
    with pytest.raises(BadTable, match="dead band"):
        Calibration(dead_band_a=-1.0)
