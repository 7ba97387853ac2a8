"""Where the sun stands, against plain astronomy."""

import math
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gw_spaceheat.plant.sun import south_wall_w_m2, sun_at

LATITUDE, LONGITUDE, OFFSET = 45.66, -68.71, -5.0


def highest(day: datetime) -> tuple[float, float]:
    """Altitude [deg] and clock time [h] of the highest sun of a day, to a minute."""
    minutes = [
        (sun_at(day.replace(hour=m // 60, minute=m % 60), LATITUDE, LONGITUDE, OFFSET).cos_zenith, m / 60)
        for m in range(24 * 60)
    ]
    cos_zenith, hour = max(minutes)
    return 90.0 - math.degrees(math.acos(cos_zenith)), hour


@pytest.mark.parametrize(
    ("day", "altitude_deg"),
    [
        (datetime(2018, 6, 21), 90 - 45.66 + 23.44),
        (datetime(2018, 12, 21), 90 - 45.66 - 23.44),
        (datetime(2018, 3, 20), 90 - 45.66),
    ],
)
def test_noon_altitude_is_colatitude_and_declination(day: datetime, altitude_deg: float) -> None:
    assert highest(day)[0] == pytest.approx(altitude_deg, abs=0.5)


@pytest.mark.parametrize(
    ("day", "equation_of_time_min"),
    [(datetime(2018, 2, 11), -14.2), (datetime(2018, 11, 3), 16.4), (datetime(2018, 4, 15), 0.0)],
)
def test_noon_comes_by_longitude_and_equation_of_time(day: datetime, equation_of_time_min: float) -> None:
    noon_h = 12.0 - (LONGITUDE - 15 * OFFSET) / 15.0 - equation_of_time_min / 60.0
    assert highest(day)[1] == pytest.approx(noon_h, abs=0.03)


def test_at_night_a_wall_gets_no_beam() -> None:
    night = sun_at(datetime(2018, 1, 1, 0), LATITUDE, LONGITUDE, OFFSET)
    assert night.cos_zenith < 0
    assert south_wall_w_m2(night, 500.0, 0.0) == 0.0


def test_a_low_winter_sun_warms_a_south_wall_more_than_a_high_summer_sun() -> None:
    winter = south_wall_w_m2(sun_at(datetime(2018, 12, 21, 12), LATITUDE, LONGITUDE, OFFSET), 800.0, 60.0)
    summer = south_wall_w_m2(sun_at(datetime(2018, 6, 21, 12), LATITUDE, LONGITUDE, OFFSET), 800.0, 60.0)
    assert winter > 1.5 * summer


@given(st.datetimes(datetime(2001, 1, 1), datetime(2099, 12, 31)), st.floats(24, 66), st.floats(0, 1100), st.floats(0, 500))
def test_a_wall_gets_no_less_than_nothing_and_no_more_than_there_is(
    moment: datetime, latitude: float, direct: float, diffuse: float
) -> None:
    sun = sun_at(moment, latitude, LONGITUDE, OFFSET)
    assert -1.0 <= sun.cos_zenith <= 1.0
    assert 0.0 <= south_wall_w_m2(sun, direct, diffuse) <= 1.1 * direct + diffuse
