"""The weather, demand and prices that nobody measured."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.plant.prices import Market
from gw_spaceheat.plant.series import Span
from gw_spaceheat.plant.synthetic import (
    MILLINOCKET,
    HeatNeed,
    generate_demand,
    generate_prices,
    generate_weather,
    january_problems,
)


def span(start: datetime, hours: int) -> Span:
    return Span(start, hours, -5.0)


@pytest.mark.parametrize(("seed", "year"), [(0, 2018), (1, 2018), (7, 2026), (2_000_000_000, 2031)])
def test_every_seed_makes_a_january_like_the_normals(seed: int, year: int) -> None:
    weather = generate_weather(MILLINOCKET, span(datetime(year, 1, 1), 744), seed)
    assert january_problems(MILLINOCKET, weather.outdoor_c[:744]) == []
    assert weather.source == f"SYNTHETIC weather of Millinocket, Maine, seed {seed}"


@pytest.mark.parametrize(
    ("mean_c", "half_swing_k", "problem"),
    [
        (-9.4, 5.0, None),
        (-6.4, 5.0, "mean -6.4 degC, wanted -9.4 +- 1.5"),
        (-12.4, 5.0, "mean -12.4 degC, wanted -9.4 +- 1.5"),
        (-9.4, 10.0, "mean daily maximum 0.6 degC, wanted -4.4 +- 2.0"),
        (-9.4, 1.0, "mean daily minimum -10.4 degC, wanted -14.4 +- 2.0"),
        (-9.4, 30.0, "-39.4 to 20.6 degC, wanted within -35.6 to 12.0"),
    ],
)
def test_a_january_unlike_the_normals_is_told(mean_c: float, half_swing_k: float, problem: str | None) -> None:
    hours = tuple(mean_c + (half_swing_k if 9 <= hour % 24 < 21 else -half_swing_k) for hour in range(744))
    problems = january_problems(MILLINOCKET, hours)
    assert problems == [] if problem is None else problem in problems


def test_the_weather_of_an_hour_does_not_depend_on_where_the_run_begins() -> None:
    month = generate_weather(MILLINOCKET, span(datetime(2018, 1, 1), 744), 3)
    day = generate_weather(MILLINOCKET, span(datetime(2018, 1, 8), 24), 3)
    assert day.outdoor_c == month.outdoor_c[168:193]
    assert day.direct_normal_w_m2 == month.direct_normal_w_m2[168:193]


def test_another_seed_makes_other_weather() -> None:
    a, b = (generate_weather(MILLINOCKET, span(datetime(2018, 1, 1), 24), seed) for seed in (1, 2))
    assert a.outdoor_c != b.outdoor_c


def test_the_year_goes_round() -> None:
    january, july = (generate_weather(MILLINOCKET, span(datetime(2018, month, 1), 744), 1) for month in (1, 7))
    assert sum(july.outdoor_c) / 745 == pytest.approx(20.0, abs=2.0)
    assert sum(july.direct_normal_w_m2) > sum(january.direct_normal_w_m2)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**31 - 1), st.datetimes(datetime(2001, 1, 1), datetime(2060, 1, 1)))
def test_any_day_of_any_seed_can_be_true(seed: int, day: datetime) -> None:
    weather = generate_weather(MILLINOCKET, span(day.replace(minute=0, second=0, microsecond=0), 24), seed)
    assert all(-45.0 < value < 45.0 for value in weather.outdoor_c)
    assert all(abs(a - b) < 6.0 for a, b in zip(weather.outdoor_c, weather.outdoor_c[1:], strict=False))
    assert all(0.0 <= value < 1000.0 for value in weather.diffuse_horizontal_w_m2)
    assert all(0.0 <= value < 1100.0 for value in weather.direct_normal_w_m2)
    demand = generate_demand(weather, HeatNeed(), seed)
    assert all(0.0 <= value < 30_000.0 for value in demand.heating_w)
    prices = generate_prices(weather, Market.REAL_TIME, seed)
    assert all(-0.03 < value < 5.0 for value in prices.usd_per_kwh)


def test_cold_days_need_more_heat_and_dearer_energy() -> None:
    weather = generate_weather(MILLINOCKET, span(datetime(2018, 1, 1), 744), 1)
    demand = generate_demand(weather, HeatNeed(), 1)
    days = range(31)
    outdoor = [sum(weather.outdoor_c[day * 24 : day * 24 + 24]) / 24 for day in days]
    heat = [sum(demand.heating_w[day * 24 : day * 24 + 24]) / 24 for day in days]
    coldest, warmest = min(days, key=outdoor.__getitem__), max(days, key=outdoor.__getitem__)
    assert heat[coldest] > heat[warmest] + 2000.0
    prices = generate_prices(weather, Market.DAY_AHEAD, 1).usd_per_kwh
    assert sum(prices[coldest * 24 : coldest * 24 + 24]) > sum(prices[warmest * 24 : warmest * 24 + 24])


def test_prices_have_the_size_and_the_peaks_of_a_new_england_winter() -> None:
    weather = generate_weather(MILLINOCKET, span(datetime(2018, 1, 1), 744), 1)
    for market in Market:
        prices = generate_prices(weather, market, 1).usd_per_kwh
        assert 0.04 < sum(prices) / len(prices) < 0.15
        by_hour = [sum(prices[hour:744:24]) / 31 for hour in range(24)]
        assert 16 <= by_hour.index(max(by_hour)) <= 19
        assert by_hour.index(min(by_hour)) in range(6)
