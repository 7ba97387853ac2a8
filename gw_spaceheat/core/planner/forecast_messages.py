"""Prices and weather from messages of the common protocol, as forecasts."""

from gw_spaceheat.core.events import PricesHeard, WeatherHeard
from gw_spaceheat.messages.latest_price import LatestPrice
from gw_spaceheat.messages.market import MARKET_MINUTES, MarketPriceUnit
from gw_spaceheat.messages.weather_forecast import WeatherForecast
from gw_spaceheat.vocabulary.moment import MINUTE_MS

M_S_PER_MPH = 0.44704
KWH_PER_MWH = 1000.0


def slot_of(market_slot_name: str) -> tuple[int, int]:
    """Start, UTC [ms], and length [ms] of a market slot, by its name as `messages/market.py` accepts it."""
    parts = market_slot_name.split(".")
    return int(parts[-1]) * 1000, MARKET_MINUTES[parts[1]] * MINUTE_MS


def prices_from_message(message: LatestPrice, arrived_ms: int) -> PricesHeard | None:
    """The price of one slot; None if its unit is unknown."""
    if message.price_unit != MarketPriceUnit.USDPerMWh:
        return None
    start_ms, step_ms = slot_of(message.market_slot_name)
    price = message.price_times1000 / 1000.0 / KWH_PER_MWH
    return PricesHeard(start_ms, step_ms, (price,), arrived_ms, message.from_g_node_alias)


def weather_from_message(message: WeatherForecast) -> WeatherHeard:
    """A forecast in SI units."""
    return WeatherHeard(
        times_ms=tuple(second * 1000 for second in message.time),
        outdoor_c=tuple((fahrenheit - 32.0) / 1.8 for fahrenheit in message.oat_f),
        wind_m_s=tuple(mph * M_S_PER_MPH for mph in message.wind_speed_mph),
        made_ms=message.forecast_created_s * 1000,
        source=message.from_g_node_alias,
    )
