"""What a household uses: its year, its hours, its seed."""

import numpy as np
import pytest

from gw_spaceheat.plant.meter.household import Household, load_w, standard_profile

MONDAY_S = 20_458 * 86_400
"""2026-01-05."""
DAY = np.arange(0, 86_400, 60, dtype=np.int64)
YEAR = MONDAY_S + np.arange(0, 364 * 86_400, 300, dtype=np.int64)


@pytest.mark.parametrize(
    ("household", "kwh"),
    [
        (Household(), 3500.0),
        (Household(annual_kwh=7000.0), 7000.0),
        (Household(annual_kwh=1200.0, smooth=True), 1200.0),
        (Household(annual_kwh=0.0, hot_water_l=120.0), 120.0 * 35.0 * 4186.0 / 3.6e6 * 365.0),
    ],
)
def test_the_energy_of_a_year_is_what_is_asked_for(household: Household, kwh: float) -> None:
    assert load_w(household, 5, YEAR).mean() * 8.76 == pytest.approx(kwh, rel=0.02)


def test_the_shape_of_a_workday() -> None:
    profile = standard_profile(MONDAY_S + DAY).reshape(24, 60).mean(axis=1)
    assert int(profile.argmin()) == 3
    assert int(profile.argmax()) in {18, 19}
    sunday = standard_profile(MONDAY_S + 6 * 86_400 + DAY).reshape(24, 60).mean(axis=1)
    assert sunday[12] > profile[12], "Sunday's dinner"
    assert standard_profile(YEAR).mean() == pytest.approx(1.0, abs=0.01)


def test_things_go_on_and_off_and_something_is_always_on() -> None:
    load = load_w(Household(), 5, MONDAY_S + np.arange(0, 7 * 86_400, 10, dtype=np.int64))
    assert load.min() > 60.0
    assert 2000.0 < load.max() < 9000.0


def test_one_seed_one_household() -> None:
    one, other = load_w(Household(), 5, MONDAY_S + DAY), load_w(Household(), 6, MONDAY_S + DAY)
    assert one.tolist() == load_w(Household(), 5, MONDAY_S + DAY).tolist()
    assert one.tolist() != other.tolist()


def test_any_part_of_a_day_is_that_part() -> None:
    day = load_w(Household(hot_water_l=80.0), 5, MONDAY_S + DAY)
    assert load_w(Household(hot_water_l=80.0), 5, (MONDAY_S + DAY)[600:660]).tolist() == day[600:660].tolist()


@pytest.mark.parametrize("wrong", [{"annual_kwh": -1.0}, {"hot_water_l": -1.0}, {"hot_water_w": 0.0}])
def test_what_cannot_be_is_named(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Household(**wrong)  # type: ignore[arg-type]
