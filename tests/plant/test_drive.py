"""What drives the plant."""

from datetime import datetime

import pytest

from gw_spaceheat.plant.demand import DemandSeries
from gw_spaceheat.plant.drive import Drive, make_drive
from gw_spaceheat.plant.series import Span
from gw_spaceheat.plant.weather import WeatherSeries

SPAN = Span(datetime(2018, 1, 1), 24, -5.0)


def weather(direct: float = 500.0, diffuse: float = 50.0) -> WeatherSeries:
    return WeatherSeries(SPAN, tuple(float(hour) for hour in range(25)), (diffuse,) * 25, (direct,) * 25, "test")


def test_weather_and_demand_are_joined() -> None:
    drive = make_drive(weather(), DemandSeries(SPAN, (1000.0,) * 25, "test"), 45.66, -68.71)
    assert drive.start_ms == SPAN.start_ms
    assert drive.hours == 24
    assert drive.outdoor_c[24] == 24.0
    assert drive.demand_w == (1000.0,) * 25


def test_without_demand_there_is_none() -> None:
    assert make_drive(weather(), None, 45.66, -68.71).demand_w is None


def test_the_sun_shines_by_day_most_at_noon() -> None:
    solar = make_drive(weather(diffuse=0.0), None, 45.66, -68.71).solar_w_m2
    assert solar[0] == 0.0
    assert solar[23] == 0.0
    assert max(solar) == solar[11]
    assert 450.0 < solar[11] < 520.0


def test_series_of_different_hours_do_not_join() -> None:
    other = DemandSeries(Span(datetime(2018, 1, 2), 24, -5.0), (0.0,) * 25, "test")
    with pytest.raises(ValueError, match="different hours"):
        make_drive(weather(), other, 45.66, -68.71)


@pytest.mark.parametrize(("outdoor", "demand"), [((1.0, 2.0), (1.0,)), ((1.0,), (1.0,)), ((), ())])
def test_unequal_or_empty_series_are_refused(outdoor: tuple[float, ...], demand: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="same length"):
        Drive(0, outdoor, outdoor, demand)
