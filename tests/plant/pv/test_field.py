"""A field of panels, against pvlib, and where it does what pvlib was not asked for."""

from dataclasses import replace

import numpy as np
import pytest

from gw_spaceheat.plant.pv.clear_sky import clear_sky, pressure_pa
from gw_spaceheat.plant.pv.field import Field, on_field, power_w
from gw_spaceheat.plant.pv.solar_position import solar_position
from tests.plant.pv.peer import AIR_C, DATES, PLACES, WATTS, WIND_M_S, day

FIELD = Field(peak_w=WATTS)


def of_day(field: Field, place: str = "Waterville", date: str = "2026-06-21", snow: float = 0.0):
    """Light on the panels, power, pvlib's own, and the sun."""
    latitude, longitude, altitude, tilt, azimuth = PLACES[place]
    peer = day(latitude, longitude, altitude, tilt, azimuth, date)
    sun = solar_position(peer.unix_ms, latitude, longitude, pressure_pa(altitude))
    of_year = peer.sky.index.day_of_year.to_numpy(np.float64)
    sky = clear_sky(sun.apparent_elevation_deg, of_year, peer.turbidity, altitude)
    field = replace(field, tilt_deg=tilt, azimuth_deg=azimuth)
    plane = on_field(field, sun, sky)
    return plane, power_w(field, plane, AIR_C, WIND_M_S, snow), peer, sun


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("date", DATES)
def test_the_same_day_as_pvlib(place: str, date: str) -> None:
    plane, power, peer, _ = of_day(FIELD, place, date)
    assert plane.sum() == pytest.approx(peer.plane_w_m2.sum(), rel=0.004, abs=60.0)
    assert power.sum() == pytest.approx(peer.power_w.sum(), rel=0.004, abs=300.0)
    assert power.max() == pytest.approx(peer.power_w.max(), rel=0.003, abs=2.0)


def test_at_night_it_gives_nothing_and_never_takes() -> None:
    _, power, _, sun = of_day(FIELD)
    assert not power[sun.elevation_deg < -0.5].any()
    assert power.min() >= 0.0


def test_the_inverter_is_the_limit() -> None:
    _, power, _, _ = of_day(replace(FIELD, inverter_w=2000.0))
    assert power.max() == pytest.approx(2000.0)


@pytest.mark.parametrize(
    ("change", "share"), [({"soiling": 0.1}, 0.9), ({"peak_w": WATTS / 2}, 0.5)], ids=["dirt", "half the panels"]
)
def test_less_light_or_fewer_panels(change: dict, share: float) -> None:
    whole, part = (of_day(field)[1].sum() for field in (FIELD, replace(FIELD, **change)))
    assert part == pytest.approx(share * whole, rel=0.02)


def test_snow_covers_panels() -> None:
    assert not of_day(FIELD, snow=1.0)[1].any()


def test_hills_take_the_morning() -> None:
    """A hill of 20 degrees in the east, nothing elsewhere."""
    _, flat, _, sun = of_day(FIELD)
    _, hilly, _, _ = of_day(replace(FIELD, horizon_deg=(0.0, 20.0, 0.0, 0.0)))
    morning = (sun.azimuth_deg < 95.0) & (sun.apparent_elevation_deg < 15.0) & (sun.apparent_elevation_deg > 5.0)
    assert hilly[morning].sum() < 0.8 * flat[morning].sum()
    assert hilly[sun.azimuth_deg > 185.0] == pytest.approx(flat[sun.azimuth_deg > 185.0])


@pytest.mark.parametrize(
    "wrong",
    [{"peak_w": -1.0}, {"tilt_deg": 91.0}, {"inverter_w": 0.0}, {"albedo": 1.1}, {"soiling": -0.1}, {"peak_w": float("nan")}],
)
def test_what_cannot_be_is_named(wrong: dict) -> None:
    (name,) = wrong
    with pytest.raises(ValueError, match=name):
        replace(FIELD, **wrong)
