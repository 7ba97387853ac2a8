"""What panels give, under clouds and snow."""

import numpy as np
import pytest

from gw_spaceheat.plant.pv.clouds import Clouds
from gw_spaceheat.plant.pv.day import Place, clear_day
from gw_spaceheat.plant.pv.field import Field
from gw_spaceheat.plant.pv.production import Site, offset_m, production_w
from gw_spaceheat.plant.pv.snow import AirYear

PLACE = Place(44.6, -69.8, 60.0)
FIELD = Field(peak_w=4000.0)
STEADY = AirYear(mean_c=10.0, season_k=0.0, day_k=0.0)
CLEAR = Site(PLACE, (FIELD,), (3.0,) * 12, Clouds(cloudiness=0.0), PLACE, STEADY)


def minutes(day: str) -> np.ndarray:
    start = int(np.datetime64(day, "ms").astype(np.int64))
    return start + np.arange(0, 86_400_000, 60_000, dtype=np.int64)


def test_without_clouds_it_is_the_clear_day() -> None:
    unix_ms = minutes("2026-06-21")
    day = clear_day(FIELD, PLACE, np.datetime64("2026-06-21").astype(object), 3.0)
    assert production_w(CLEAR, unix_ms) == pytest.approx(day.power_w, abs=1.0)


def test_nothing_by_night_and_most_about_noon() -> None:
    unix_ms = minutes("2026-03-20")
    power = production_w(CLEAR, unix_ms)
    peak_min = int(power.argmax()) - (12 * 60 + round(69.8 / 15 * 60) + 7)  # solar noon: longitude, equation of time
    assert abs(peak_min) <= 10
    assert power[: 9 * 60].max() == 0.0


def test_two_fields_give_the_sum() -> None:
    unix_ms = minutes("2026-06-21")
    both = CLEAR._replace(fields=(FIELD, Field(peak_w=1000.0, azimuth_deg=270.0)))
    west = CLEAR._replace(fields=(Field(peak_w=1000.0, azimuth_deg=270.0),))
    assert np.allclose(production_w(both, unix_ms), production_w(CLEAR, unix_ms) + production_w(west, unix_ms))


def test_clouds_soiling_horizon_and_snow_only_take() -> None:
    unix_ms = minutes("2026-01-21")
    clear_wh = production_w(CLEAR, unix_ms).sum()
    for less in (
        CLEAR._replace(clouds=Clouds(cloudiness=0.5)),
        CLEAR._replace(fields=(Field(peak_w=4000.0, soiling=0.05),)),
        CLEAR._replace(fields=(Field(peak_w=4000.0, horizon_deg=(20.0,) * 8),)),
        CLEAR._replace(air=AirYear(mean_c=-10.0), snow=1.0),
    ):
        assert production_w(less, unix_ms).sum() < 0.97 * clear_wh


def test_a_street_is_smoother_than_a_house() -> None:
    unix_ms = minutes("2026-06-21")
    cloudy = CLEAR._replace(clouds=Clouds(cloudiness=0.5, seed=4))
    places = [Place(44.6 + north / 111_195.0, -69.8, 60.0) for north in range(0, 20_000, 1000)]
    houses = [production_w(cloudy._replace(place=place), unix_ms) for place in places]
    alone = np.abs(np.diff(houses[0])).mean()
    together = np.abs(np.diff(np.mean(houses, axis=0))).mean()
    assert together < 0.6 * alone


def test_how_far_a_neighbour_is() -> None:
    east_m, north_m = offset_m(PLACE, Place(44.61, -69.79))
    assert north_m == pytest.approx(1112.0, abs=1.0)
    assert east_m == pytest.approx(791.7, abs=1.0)
