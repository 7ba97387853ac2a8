"""Files of prices and weather, and messages, as forecasts; all SYNTHETIC."""

import math
from datetime import UTC, datetime

import pytest

from gw_spaceheat.core.planner.forecast_messages import prices_from_message, weather_from_message
from gw_spaceheat.core.planner.forecast_text import Layout, prices_from_text, weather_from_text
from gw_spaceheat.messages.latest_price import LatestPrice
from gw_spaceheat.messages.weather_forecast import WeatherForecast
from gw_spaceheat.plant.series import SeriesFileError
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, MINUTE_MS

MAINE = Layout(utc_offset_h=-5.0)


def utc_ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


NOW_MS = utc_ms("2018-01-08T05:00")
UUID = "0384ef21-648b-4455-b917-58a1172d7fc1"

HOURLY = """# SYNTHETIC
hour_start_local_standard,energy_day_ahead_usd_per_kwh,energy_real_time_usd_per_kwh
2018-01-08T00:00:00,0.06,0.05
2018-01-08T01:00:00,none,0.07
"""
FINE = """start_utc,energy_eur_per_kwh
2018-01-08T05:00Z,0.1
2018-01-08T05:05Z,0.2
2018-01-08T05:10Z,-0.3
"""


def test_hours_of_local_standard_time() -> None:
    heard = prices_from_text(HOURLY, "x.csv", MAINE, NOW_MS, NOW_MS - 5)
    assert (heard.start_ms, heard.step_ms, heard.made_ms, heard.source) == (NOW_MS, HOUR_MS, NOW_MS - 5, "x.csv")
    assert heard.usd_per_kwh[0] == 0.06
    assert math.isnan(heard.usd_per_kwh[1])


def test_steps_of_five_minutes_in_another_money() -> None:
    layout = Layout(utc_offset_h=-5.0, price_column="energy_eur_per_kwh", usd_per_unit=2.0)
    heard = prices_from_text(FINE, "x.csv", layout, NOW_MS, NOW_MS + HOUR_MS)
    assert (heard.start_ms, heard.step_ms, heard.made_ms) == (NOW_MS, 5 * MINUTE_MS, NOW_MS)
    assert heard.usd_per_kwh == (0.2, 0.4, -0.6)


@pytest.mark.parametrize(("now", "first"), [("2019-07-01T12:00", "2019-06-23T00:00"), ("2020-01-01T12:00", "2019-12-24T00:00")])
def test_seconds_of_a_year_are_those_of_every_year(now: str, first: str) -> None:
    lines = [f"{second}.0,{second // 86400}" for second in range(0, 365 * 86400, 900)]
    layout = Layout(utc_offset_h=0.0, price_column="price")
    heard = prices_from_text("\n".join(["time,price", *lines]), "x.csv", layout, utc_ms(now), 0)
    assert heard.start_ms == utc_ms(first)
    assert len(heard.usd_per_kwh) == 12 * DAY_MS // heard.step_ms
    assert heard.usd_per_kwh[0] == (utc_ms(first) - utc_ms("2019-01-01T00:00")) // DAY_MS


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("hour,energy_day_ahead_usd_per_kwh\n", "start_utc"),
        ("start_utc,price\n", "energy_day_ahead_usd_per_kwh"),
        (HOURLY.replace("T01", "T03"), "equally long"),
        (HOURLY.replace("T01", "T00"), "does not come after"),
        (HOURLY.replace("2018-01-08T01:00:00", "soon"), "line 4"),
        (HOURLY.replace("2018", "2017"), "2017-01-08T05:00Z"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(SeriesFileError, match=words):
        prices_from_text(text, "x.csv", MAINE, NOW_MS, NOW_MS)


@pytest.mark.parametrize(("wind_column", "wind"), [("wind_m_s", (3.0, 4.0)), ("sunshine", ())])
def test_weather_with_and_without_wind(wind_column: str, wind: tuple[float, ...]) -> None:
    text = f"start_utc,outdoor_c,{wind_column}\n2018-01-08T05:00,-10,3\n2018-01-08T08:00,-12,4\n"
    heard = weather_from_text(text, "x.csv", MAINE, NOW_MS, NOW_MS)
    assert heard.times_ms == (NOW_MS, NOW_MS + 3 * HOUR_MS)
    assert (heard.outdoor_c, heard.wind_m_s) == ((-10.0, -12.0), wind)


def test_a_price_of_the_market_is_that_of_its_slot() -> None:
    message = LatestPrice(
        from_g_node_alias="d1.isone.market",
        price_times1000=62_500,
        price_unit="USDPerMWh",
        market_slot_name=f"e.rt5gate5.d1.isone.market.{NOW_MS // 1000}",
        message_id=UUID,
    )
    heard = prices_from_message(message, NOW_MS)
    assert heard is not None
    assert (heard.start_ms, heard.step_ms, heard.usd_per_kwh) == (NOW_MS, 5 * MINUTE_MS, (0.0625,))


def test_a_weather_service_speaks_of_fahrenheit_and_miles() -> None:
    second = NOW_MS // 1000
    message = WeatherForecast(
        from_g_node_alias="d1.weather",
        weather_channel_name="weather.gov.kmlt",
        time=(second,),
        oat_f=(14.0,),
        wind_speed_mph=(10.0,),
        weather_uid=UUID,
        forecast_created_s=second - 60,
    )
    heard = weather_from_message(message)
    assert heard.outdoor_c == pytest.approx((-10.0,))
    assert heard.wind_m_s == pytest.approx((4.4704,))
    assert (heard.times_ms, heard.made_ms) == ((NOW_MS,), NOW_MS - 60_000)
