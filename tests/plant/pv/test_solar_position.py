"""Where the sun stands, against pvlib and against what everybody knows."""

import numpy as np
import pytest

from gw_spaceheat.plant.pv.solar_position import solar_position
from tests.plant.pv.peer import DATES, PLACES, day


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("date", DATES)
def test_within_a_hundredth_of_a_degree_of_pvlib(place: str, date: str) -> None:
    latitude, longitude, altitude, tilt, azimuth = PLACES[place]
    peer = day(latitude, longitude, altitude, tilt, azimuth, date)
    sun = solar_position(peer.unix_ms, latitude, longitude)
    assert np.abs(sun.elevation_deg - peer.elevation_deg).max() < 0.01
    seen = peer.elevation_deg > 0.5
    assert np.abs(sun.apparent_elevation_deg - peer.apparent_elevation_deg)[seen].max(initial=0.0) < 0.12
    off = (sun.azimuth_deg - peer.azimuth_deg + 180.0) % 360.0 - 180.0
    assert np.abs(off * np.cos(np.radians(sun.elevation_deg))).max() < 0.02


def test_at_noon_of_the_equinox_it_stands_over_the_equator() -> None:
    sun = solar_position(np.array([1_774_008_960_000]), 0.0, 0.0)  # 2026-03-20, 12:16 UTC
    assert sun.elevation_deg[0] == pytest.approx(90.0, abs=3.0)


def test_below_the_horizon_nothing_is_lifted() -> None:
    sun = solar_position(np.array([1_773_964_800_000]), 45.0, 0.0)
    assert sun.elevation_deg[0] < -30.0
    assert sun.apparent_elevation_deg[0] == sun.elevation_deg[0]
