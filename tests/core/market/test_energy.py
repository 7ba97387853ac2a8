"""Cumulative energy, and forecasts that follow each other."""

import numpy as np
import pytest

from gw_spaceheat.core.market.energy import Energy, Forecast, stitched

HOUR = 3600.0


def forecast(issued_h: float, first_h: float, *wh: float) -> Forecast:
    return Forecast(issued_h * HOUR, Energy((first_h + np.arange(len(wh))) * HOUR, np.array(wh)))


def test_between_times_it_goes_straight_and_beyond_there_is_none() -> None:
    energy = Energy(np.array([0.0, 3600.0]), np.array([0.0, 1000.0]))
    assert energy.within(np.array([-600.0, 0.0, 900.0, 3600.0, 7200.0])) == pytest.approx([0.0, 250.0, 750.0, 0.0])


def test_a_later_forecast_takes_over_and_goes_on_from_the_hour_before() -> None:
    known = stitched([forecast(0, 1, 10.0, 30.0, 60.0, 100.0), forecast(2, 3, 5.0, 15.0)])
    assert (known.times_s / HOUR).tolist() == [1, 2, 3, 4]
    assert known.wh.tolist() == [10.0, 30.0, 35.0, 45.0]


def test_what_is_not_issued_yet_is_not_known() -> None:
    forecasts = [forecast(2, 3, 5.0, 15.0), forecast(0, 1, 10.0, 30.0, 60.0, 100.0)]
    assert stitched(forecasts, until_s=HOUR).wh.tolist() == [10.0, 30.0, 60.0, 100.0]
    assert stitched(forecasts, until_s=-1.0).wh.tolist() == [0.0]


def test_a_hole_between_forecasts_goes_on_from_what_was_known_last() -> None:
    known = stitched([forecast(0, 1, 10.0, 30.0), forecast(5, 6, 5.0, 15.0)])
    assert known.wh.tolist() == [10.0, 30.0, 35.0, 45.0]
