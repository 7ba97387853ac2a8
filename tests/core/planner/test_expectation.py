"""Forecasts, the tariff and what stands in for them, step by step; prices and weather here are SYNTHETIC."""

import math
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gw_spaceheat.core.events import PricesHeard, WeatherHeard
from gw_spaceheat.core.planner.expectation import Expectation, Expected
from gw_spaceheat.core.planner.horizon import even, horizon
from gw_spaceheat.core.planner.prices_expected import UNKNOWN_USD_PER_KWH, ExpectedPrices
from gw_spaceheat.core.planner.weather_expected import ExpectedWeather
from gw_spaceheat.house.model import PeakWindow, PowerLimit, Tariff
from gw_spaceheat.vocabulary.climate import outdoor_by_clock_c
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, MINUTE_MS, Moment
from tests.houses import bare_house

ZONE = "America/New_York"
NAN = math.nan


def utc_ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


MONDAY_MS = utc_ms("2018-01-08T05:00")  # midnight in Maine
NOW = Moment(1_000, MONDAY_MS)


def prices(*usd: float, start_ms: int = MONDAY_MS, step_ms: int = HOUR_MS, made_ms: int = MONDAY_MS) -> PricesHeard:
    return PricesHeard(start_ms, step_ms, usd, made_ms, "SYNTHETIC")


def weather(
    *outdoor_c: float, wind: tuple[float, ...] = (), start_ms: int = MONDAY_MS, made_ms: int = MONDAY_MS
) -> WeatherHeard:
    times = tuple(start_ms + place * HOUR_MS for place in range(len(outdoor_c)))
    return WeatherHeard(times, outdoor_c, wind, made_ms, "SYNTHETIC")


def a_day(base: float) -> tuple[float, ...]:
    return tuple(base + hour / 1000 for hour in range(24))


# prices ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours_ahead", "usd"),
    [
        (0, 0.1),
        (23, 0.123),
        (24 + 5, 0.105),  # Tuesday: as on Monday
        (4 * 24 + 5, 0.105),  # Friday: as on Monday
        (5 * 24 + 5, 0.205),  # Saturday: as on the Sunday before
        (7 * 24 + 5, 0.205),  # the next Monday is Martin Luther King day: as on the Sunday
    ],
)
def test_beyond_the_known_end_the_same_hour_of_a_day_of_the_same_kind(hours_ahead: int, usd: float) -> None:
    expected = ExpectedPrices(ZONE)
    expected.take(prices(*a_day(0.2), start_ms=MONDAY_MS - DAY_MS, made_ms=MONDAY_MS - DAY_MS))
    expected.take(prices(*a_day(0.1)))
    at_ms = MONDAY_MS + hours_ahead * HOUR_MS
    assert expected.usd_per_kwh(at_ms, at_ms + HOUR_MS) == pytest.approx(usd)


def test_the_same_hour_is_that_of_the_clock_on_the_wall() -> None:
    """The clocks go forward on Sunday 2018-03-11; Monday's 07:00 is one hour of UTC earlier than Friday's."""
    friday_ms = utc_ms("2018-03-09T05:00")
    expected = ExpectedPrices(ZONE)
    expected.take(prices(*a_day(0.1), start_ms=friday_ms))
    monday_7_ms = utc_ms("2018-03-12T11:00")
    assert expected.usd_per_kwh(monday_7_ms, monday_7_ms + HOUR_MS) == pytest.approx(0.107)


def test_a_span_costs_the_mean_of_the_prices_in_it() -> None:
    expected = ExpectedPrices(ZONE)
    expected.take(prices(*(0.1 if place % 2 else 0.3 for place in range(48)), step_ms=30 * MINUTE_MS))
    assert expected.usd_per_kwh(MONDAY_MS, MONDAY_MS + HOUR_MS) == pytest.approx(0.2)
    assert expected.usd_per_kwh(MONDAY_MS, MONDAY_MS + 40 * MINUTE_MS) == pytest.approx(0.25)


@pytest.mark.parametrize(("fading", "later"), [(0.0, (0.1, 0.1)), (0.5, (0.25, 0.175)), (1.0, (0.4, 0.4))])
def test_a_cleared_price_holds_for_its_hour_and_its_difference_fades(fading: float, later: tuple[float, float]) -> None:
    expected = ExpectedPrices(ZONE, fading)
    expected.take(prices(*(0.1 for _ in range(24))))
    expected.take(prices(0.4))
    seen = [expected.usd_per_kwh(MONDAY_MS + hour * HOUR_MS, MONDAY_MS + (hour + 1) * HOUR_MS) for hour in range(3)]
    assert seen == pytest.approx([0.4, *later])


def test_a_market_may_clear_hours_ahead_one_by_one() -> None:
    expected = ExpectedPrices(ZONE)
    expected.take(prices(*(0.1 for _ in range(24))))
    for hour in (2, 0, 1):
        expected.take(prices(0.3 + hour, start_ms=MONDAY_MS + hour * HOUR_MS))
    seen = [expected.usd_per_kwh(MONDAY_MS + hour * HOUR_MS, MONDAY_MS + (hour + 1) * HOUR_MS) for hour in range(4)]
    assert seen == pytest.approx([0.3, 1.3, 2.3, 0.1])


def test_an_older_forecast_does_not_take_the_place_of_a_newer_one() -> None:
    expected = ExpectedPrices(ZONE)
    expected.take(prices(*a_day(0.1), made_ms=MONDAY_MS + 1))
    expected.take(prices(*a_day(0.2)))
    assert expected.usd_per_kwh(MONDAY_MS, MONDAY_MS + HOUR_MS) == pytest.approx(0.1)


@pytest.mark.parametrize(
    "event",
    [
        prices(NAN, math.inf, 101.0, -11.0),
        prices(),
        prices(0.1, step_ms=1000),
        prices(0.1, step_ms=0),
        prices(0.1, step_ms=DAY_MS),
    ],
)
def test_prices_that_cannot_be_used_are_told_and_nothing_else(event: PricesHeard) -> None:
    expected = ExpectedPrices(ZONE)
    expected.take(event)
    assert expected.usd_per_kwh(MONDAY_MS, MONDAY_MS + HOUR_MS) == UNKNOWN_USD_PER_KWH
    assert "cannot be used" in expected.notes(MONDAY_MS)[0]
    expected.take(prices(*a_day(0.1)))
    assert expected.notes(MONDAY_MS) == []


def test_one_price_that_cannot_be_true_is_that_of_the_day_before() -> None:
    expected = ExpectedPrices(ZONE)
    expected.take(prices(*a_day(0.1)))
    tuesday = (*a_day(0.2)[:5], NAN, *a_day(0.2)[6:])
    expected.take(prices(*tuesday, start_ms=MONDAY_MS + DAY_MS, made_ms=MONDAY_MS + DAY_MS))
    at_ms = MONDAY_MS + DAY_MS + 5 * HOUR_MS
    assert expected.usd_per_kwh(at_ms, at_ms + HOUR_MS) == pytest.approx(0.105)
    assert expected.notes(MONDAY_MS + DAY_MS) == ["1 prices of SYNTHETIC cannot be true and were taken out"]


def test_negative_prices_are_prices() -> None:
    expected = ExpectedPrices(ZONE)
    expected.take(prices(-0.2, *a_day(0.1)))
    assert expected.usd_per_kwh(MONDAY_MS, MONDAY_MS + HOUR_MS) == -0.2


# weather ------------------------------------------------------------------------------------------------


def test_between_times_along_a_line_and_beyond_the_end_into_the_climate() -> None:
    expected = ExpectedWeather(ZONE)
    expected.take(weather(-10.0, -20.0))
    assert expected.outdoor_c(MONDAY_MS + HOUR_MS // 4) == pytest.approx(-12.5)
    last_ms = MONDAY_MS + HOUR_MS
    beside_k = -20.0 - outdoor_by_clock_c(1, 1)
    assert expected.outdoor_c(last_ms) == pytest.approx(-20.0)
    assert expected.outdoor_c(last_ms + DAY_MS) == pytest.approx(outdoor_by_clock_c(1, 1) + beside_k / 2)
    assert expected.outdoor_c(last_ms + 20 * DAY_MS) == pytest.approx(outdoor_by_clock_c(1, 1), abs=0.01)


def test_without_a_forecast_what_was_measured_lasts_and_then_the_climate() -> None:
    expected = ExpectedWeather(ZONE)
    assert expected.outdoor_c(MONDAY_MS) == outdoor_by_clock_c(1, 0)
    assert "no weather forecast" in expected.notes(MONDAY_MS)[0]
    expected.measured(4.0, NOW)
    expected.measured(NAN, NOW.later(MINUTE_MS))
    assert expected.outdoor_c(MONDAY_MS) == pytest.approx(4.0)
    assert expected.outdoor_c(MONDAY_MS + 20 * DAY_MS) == pytest.approx(outdoor_by_clock_c(1, 0), abs=0.01)


def test_what_is_measured_after_the_end_of_a_forecast_goes_before_it() -> None:
    expected = ExpectedWeather(ZONE)
    expected.take(weather(-10.0, -20.0))
    expected.measured(0.0, NOW.later(5 * HOUR_MS))
    assert expected.outdoor_c(MONDAY_MS + 5 * HOUR_MS) == pytest.approx(0.0)


def test_what_cannot_be_true_is_taken_out_and_the_neighbours_span_it() -> None:
    expected = ExpectedWeather(ZONE)
    expected.take(weather(-10.0, NAN, 70.0, -16.0, wind=(1.0, 2.0, 3.0, 4.0)))
    assert expected.outdoor_c(MONDAY_MS + HOUR_MS) == pytest.approx(-12.0)
    assert expected.wind_m_s(MONDAY_MS + HOUR_MS) == pytest.approx(2.0)
    assert "2 values" in expected.notes(MONDAY_MS)[0]


def test_a_wind_with_holes_is_no_wind() -> None:
    expected = ExpectedWeather(ZONE)
    expected.take(weather(-10.0, -10.0, wind=(1.0, NAN)))
    assert expected.wind_m_s(MONDAY_MS) is None


# together ------------------------------------------------------------------------------------------------

TARIFF = Tariff(
    name="on-peak",
    on_peak_usd_per_kwh=0.24,
    off_peak_usd_per_kwh=0.05,
    on_peak=(PeakWindow(weekdays=(0, 1, 2, 3, 4), start_hour=7, end_hour=12),),
    peak_usd_per_kw=8.0,
    power_limits=(
        PowerLimit(weekdays=(0,), start_hour=6, end_hour=8, limit_kw=4.0),
        PowerLimit(weekdays=(0,), start_hour=7, end_hour=9, limit_kw=2.0),
    ),
)
HOUSE = replace(bare_house(), tariff=TARIFF)


def test_energy_delivery_limit_and_age_of_each_step() -> None:
    expectation = Expectation(HOUSE)
    expectation.take(prices(*(0.1 for _ in range(24))))
    expectation.take(weather(*(-10.0 for _ in range(25)), wind=tuple(3.0 for _ in range(25))))
    seen = expectation.expect(even(MONDAY_MS + 5 * HOUR_MS, HOUR_MS, 5), NOW.later(2 * HOUR_MS))
    assert seen == Expected(
        price_usd_per_kwh=pytest.approx((0.15, 0.15, 0.34, 0.34, 0.34)),  # type: ignore[arg-type]
        delivery_usd_per_kwh=(0.05, 0.05, 0.24, 0.24, 0.24),
        outdoor_c=(-10.0,) * 5,
        wind_m_s=(3.0,) * 5,
        limit_kw=(math.inf, 4.0, 2.0, 2.0, math.inf),
        notes=(),
        peak_usd_per_kw=8.0,
        prices_age_ms=2 * HOUR_MS,
        weather_age_ms=2 * HOUR_MS,
    )


@pytest.mark.parametrize(
    ("later_ms", "words"),
    [
        (0, ()),
        (13 * HOUR_MS, ("known for less than 12 h", "ends in less than 12 h")),
        (40 * HOUR_MS, ("36 h old", "known for less than 12 h", "24 h old", "ends in less than 12 h")),
    ],
)
def test_what_is_old_or_short_is_told_in_the_same_words(later_ms: int, words: tuple[str, ...]) -> None:
    expectation = Expectation(HOUSE)
    expectation.take(prices(*a_day(0.1)))
    expectation.take(weather(*(-10.0 for _ in range(25))))
    now = NOW.later(later_ms)
    notes = expectation.expect(horizon(now.wall_ms), now).notes
    assert len(notes) == len(words)
    assert all(word in note for word, note in zip(words, notes, strict=True))
    later = now.later(MINUTE_MS)
    assert expectation.expect(horizon(later.wall_ms), later).notes == notes


numbers = st.floats(width=32)
instants = st.integers(MONDAY_MS - 10 * DAY_MS, MONDAY_MS + 10 * DAY_MS)
price_events = st.builds(
    PricesHeard,
    instants,
    st.sampled_from([0, -1, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, DAY_MS]),
    st.lists(numbers, max_size=30).map(tuple),
    instants,
    st.just("x"),
)
weather_events = st.builds(
    WeatherHeard,
    st.lists(instants, max_size=12).map(tuple),
    st.lists(numbers, max_size=12).map(tuple),
    st.lists(numbers, max_size=12).map(tuple),
    instants,
    st.just("x"),
)


@given(st.lists(st.one_of(price_events, weather_events), max_size=6), st.none() | numbers)
def test_whatever_is_heard_there_is_a_believable_answer(
    heard: list[PricesHeard | WeatherHeard], measured: float | None
) -> None:
    expectation = Expectation(HOUSE)
    for event in heard:
        expectation.take(event)
    if measured is not None:
        expectation.measured(measured, NOW)
    steps = horizon(NOW.wall_ms)
    seen = expectation.expect(steps, NOW)
    assert len(seen.price_usd_per_kwh) == len(seen.outdoor_c) == steps.steps
    assert all(-10.0 <= price <= 100.24 for price in seen.price_usd_per_kwh)
    assert all(-100.0 < outdoor_c < 100.0 for outdoor_c in seen.outdoor_c)
