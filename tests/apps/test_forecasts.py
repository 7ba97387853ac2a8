"""From settings to actors that say what they have read."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from gw_spaceheat.actors.forecaster import Forecaster
from gw_spaceheat.apps.forecasts import HEARD, PRICES, WEATHER, forecasters
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.events import Event, Note, PricesHeard, Received, Started, WeatherHeard
from gw_spaceheat.messages.latest_price import LatestPrice
from gw_spaceheat.runtime.host import Hosted
from gw_spaceheat.vocabulary.moment import HOUR_MS, Moment

NOW = Moment(1000, round(datetime(2018, 1, 8, 12, tzinfo=UTC).timestamp() * 1000))
CSV = "start_utc,energy_day_ahead_usd_per_kwh,outdoor_c\n2018-01-08T12:00,0.1,-10\n2018-01-08T13:00,0.2,-11\n"


def said(hosted: Hosted) -> list[Event]:
    machine = hosted.machine
    return [*machine.handle(Started(), NOW), *machine.wake(NOW)]


def test_none_asks_nobody() -> None:
    assert forecasters(Settings(), -5.0) == []


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "both.csv"
    path.write_text(CSV, encoding="utf-8")
    prices, weather = forecasters(Settings(prices=str(path), weather=str(path), data_folder=tmp_path), -5.0)
    assert (prices.name, weather.name) == (PRICES, WEATHER)
    assert said(prices) == [PricesHeard(NOW.wall_ms, HOUR_MS, (0.1, 0.2), NOW.wall_ms, "both.csv")]
    assert said(weather) == [WeatherHeard((NOW.wall_ms, NOW.wall_ms + HOUR_MS), (-10.0, -11.0), (), NOW.wall_ms, "both.csv")]
    path.unlink()
    assert isinstance(prices.machine, Forecaster)
    later = NOW.later(24 * HOUR_MS)
    assert [type(each) for each in prices.machine.wake(later)] == [Note]


def test_synthetic_ones_cover_the_days_to_come_and_say_that_they_are() -> None:
    for hosted in forecasters(Settings(prices="synthetic", weather="synthetic"), -5.0):
        (heard,) = said(hosted)
        assert isinstance(heard, PricesHeard | WeatherHeard)
        assert heard.source.startswith("SYNTHETIC")
        end_ms = (
            heard.start_ms + heard.step_ms * len(heard.usd_per_kwh) if isinstance(heard, PricesHeard) else heard.times_ms[-1]
        )
        assert end_ms >= NOW.wall_ms + 48 * HOUR_MS


def test_messages() -> None:
    (hosted,) = forecasters(Settings(prices="messages"), -5.0)
    assert hosted.name == HEARD
    price = LatestPrice(
        from_g_node_alias="d1.market",
        price_times1000=50_000,
        price_unit="USDPerMWh",
        market_slot_name=f"e.rt60gate5.d1.market.{NOW.wall_ms // 1000}",
        message_id="0384ef21-648b-4455-b917-58a1172d7fc1",
    )
    received = Received("uplink", "d1.market", "", ack_required=False, message=price, arrived_ms=NOW.wall_ms)
    assert list(hosted.machine.handle(received, NOW)) == [PricesHeard(NOW.wall_ms, HOUR_MS, (0.05,), NOW.wall_ms, "d1.market")]


@pytest.mark.parametrize("value", ["http://example.org/x", "https://user:pw@example.org/x", "ftp://x/y", "/no/such/file.csv"])
def test_what_is_no_source(value: str) -> None:
    with pytest.raises(ValidationError):
        Settings(prices=value)
