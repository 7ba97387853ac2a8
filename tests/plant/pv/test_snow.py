import pytest

from gw_spaceheat.plant.pv.snow import AirYear, snow_share

JANUARY, JULY = 20_468, 20_650
COLD = AirYear(mean_c=0.0)


def test_the_year() -> None:
    assert AirYear().of_day(JANUARY) == pytest.approx(-4.0, abs=0.1)
    assert AirYear().of_day(JULY) > 19.0
    assert AirYear(south=True).of_day(JANUARY) == pytest.approx(20.0, abs=0.1)


def test_none_in_summer_and_none_where_none_falls() -> None:
    assert snow_share(1, COLD, JULY, 30.0) == 0.0
    assert snow_share(1, COLD, JANUARY, 30.0, falls=0.0) == 0.0


def test_it_covers_whole_and_slides_off_sooner_from_a_steep_roof() -> None:
    days = range(JANUARY, JANUARY + 40)
    flat = [snow_share(1, COLD, day, 10.0) for day in days]
    steep = [snow_share(1, COLD, day, 70.0) for day in days]
    assert max(flat) == 1.0
    assert min(flat) < 1.0
    assert sum(steep) < sum(flat)
    assert all(0.0 <= share <= 1.0 for share in flat)
