"""A clear sky, against pvlib with the same haze."""

import numpy as np
import pytest

from gw_spaceheat.plant.pv.clear_sky import clear_sky, pressure_pa, relative_airmass
from gw_spaceheat.plant.pv.solar_position import solar_position
from tests.plant.pv.peer import DATES, PLACES, day


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("date", DATES)
def test_the_same_irradiance_as_pvlib(place: str, date: str) -> None:
    latitude, longitude, altitude, tilt, azimuth = PLACES[place]
    peer = day(latitude, longitude, altitude, tilt, azimuth, date)
    sun = solar_position(peer.unix_ms, latitude, longitude, pressure_pa(altitude))
    of_year = peer.sky.index.day_of_year.to_numpy(np.float64)
    sky = clear_sky(sun.apparent_elevation_deg, of_year, peer.turbidity, altitude)
    for ours, theirs in (
        (sky.global_horizontal_w_m2, peer.sky.ghi),
        (sky.direct_normal_w_m2, peer.sky.dni),
        (sky.diffuse_horizontal_w_m2, peer.sky.dhi),
    ):
        assert ours.sum() == pytest.approx(theirs.sum(), rel=0.004, abs=60.0)


def test_at_night_nothing_comes_down() -> None:
    sky = clear_sky(np.array([-90.0, -5.0, 0.0]), np.array([10.0] * 3), 3.0)
    assert not sky.global_horizontal_w_m2.any()
    assert not sky.direct_normal_w_m2.any()


def test_more_haze_lets_less_beam_through_and_makes_more_of_the_sky() -> None:
    clear, hazy = (clear_sky(np.array([40.0]), np.array([100.0]), turbidity) for turbidity in (2.0, 5.0))
    assert hazy.direct_normal_w_m2 < clear.direct_normal_w_m2
    assert hazy.diffuse_horizontal_w_m2 > clear.diffuse_horizontal_w_m2


def test_air() -> None:
    assert relative_airmass(np.array([90.0]))[0] == pytest.approx(1.0, abs=0.001)
    assert relative_airmass(np.array([30.0]))[0] == pytest.approx(2.0, abs=0.01)
    assert pressure_pa(0.0) == pytest.approx(101_325.0, rel=1e-3)
    assert pressure_pa(5500.0) == pytest.approx(50_500.0, rel=0.01)
