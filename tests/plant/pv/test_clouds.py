"""Clouds: how much light they leave, and who sees the same."""

import numpy as np
import pytest

from gw_spaceheat.plant.pv.clear_sky import clear_sky
from gw_spaceheat.plant.pv.clouds import Clouds, cover, under_clouds

DAYS_MS = 1_782_000_000_000 + np.arange(0, 20 * 86_400_000, 60_000, dtype=np.int64)


def correlation(distance_m: float) -> float:
    here, there = cover(Clouds(), 0.0, 0.0, DAYS_MS), cover(Clouds(), 0.0, distance_m, DAYS_MS)
    return float(np.corrcoef(np.diff(here, n=1), np.diff(there, n=1))[0, 1])


def test_near_neighbours_see_the_same_and_far_ones_do_not() -> None:
    near, middle, far = correlation(100.0), correlation(600.0), correlation(20_000.0)
    assert near > 0.9
    assert near > middle > far
    assert far < 0.2


def test_the_wind_carries_a_cloud_from_house_to_house() -> None:
    clouds = Clouds(wind_m_s=10.0, towards_deg=90.0)
    west, east = cover(clouds, 0.0, 0.0, DAYS_MS), cover(clouds, 1800.0, 0.0, DAYS_MS)
    fast = np.diff(west)
    assert np.corrcoef(fast[:-3], np.diff(east)[3:])[0, 1] > 0.9, "1800 m at 10 m/s are three minutes"


@pytest.mark.parametrize(("cloudiness", "low", "high"), [(0.0, 0.0, 0.0), (0.2, 0.1, 0.45), (0.8, 0.55, 0.9), (1.0, 1.0, 1.0)])
def test_how_cloudy_it_is(cloudiness: float, low: float, high: float) -> None:
    covered = cover(Clouds(cloudiness=cloudiness), 0.0, 0.0, DAYS_MS)
    assert low <= covered.mean() <= high
    assert covered.min() >= 0.0
    assert covered.max() <= 1.0


def test_any_part_of_the_sky_is_that_part() -> None:
    whole = cover(Clouds(), 10.0, 20.0, DAYS_MS)
    assert cover(Clouds(), 10.0, 20.0, DAYS_MS[500:600]).tolist() == whole[500:600].tolist()


def test_light_under_a_cover() -> None:
    elevation = np.array([-5.0, 0.5, 10.0, 45.0, 80.0])
    sky = clear_sky(elevation, np.full(5, 172.0), 3.0, 60.0)
    clear = under_clouds(sky, elevation, np.zeros(5))
    assert np.allclose(clear.global_horizontal_w_m2, sky.global_horizontal_w_m2)
    assert np.allclose(clear.direct_normal_w_m2, sky.direct_normal_w_m2)
    dull = under_clouds(sky, elevation, np.ones(5))
    assert np.allclose(dull.global_horizontal_w_m2, 0.25 * sky.global_horizontal_w_m2)
    assert (dull.direct_normal_w_m2[2:] < 0.1 * sky.direct_normal_w_m2[2:]).all()
    for covered in (0.2, 0.5, 0.8):
        some = under_clouds(sky, elevation, np.full(5, covered))
        up = np.sin(np.radians(np.maximum(elevation, 0.0)))
        summed = some.direct_normal_w_m2 * up + some.diffuse_horizontal_w_m2
        assert np.allclose(summed, some.global_horizontal_w_m2)
        assert (some.diffuse_horizontal_w_m2 >= 0.0).all()


@pytest.mark.parametrize("wrong", [{"cloudiness": 1.1}, {"wind_m_s": -1.0}])
def test_what_cannot_be_is_named(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Clouds(**wrong)  # type: ignore[arg-type]
