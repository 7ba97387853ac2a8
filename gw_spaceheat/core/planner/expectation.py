"""What is expected of the coming days: prices, weather and the tariff, joined step by step, and what had to be done without."""

from dataclasses import dataclass
from itertools import pairwise

from gw_spaceheat.core.events import PricesHeard, WeatherHeard
from gw_spaceheat.core.planner.horizon import Horizon
from gw_spaceheat.core.planner.prices_expected import FADING, ExpectedPrices
from gw_spaceheat.core.planner.weather_expected import ExpectedWeather
from gw_spaceheat.house.delivery import Delivery
from gw_spaceheat.house.model import House
from gw_spaceheat.vocabulary.moment import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What is expected; every tuple that is not empty has a value for each step of a horizon.

    Attributes:
        price_usd_per_kwh: Energy and delivery together [USD/kWh].
        delivery_usd_per_kwh: Delivery alone [USD/kWh].
        outdoor_c: Outdoor temperature [degC].
        wind_m_s: Wind speed [m/s]; empty where it is not known.
        limit_kw: Electrical power that must not be exceeded [kW], infinity where there is none; empty if there never is one.
        notes: What had to be done without, in sentences that stay the same as long as the same is so.
        peak_usd_per_kw: Price of the highest power of the month [USD/kW].
        prices_age_ms: How long ago the prices were made [ms]; None if there are none.
        weather_age_ms: How long ago the weather forecast was made [ms]; None if there is none.
    """

    price_usd_per_kwh: tuple[float, ...]
    delivery_usd_per_kwh: tuple[float, ...]
    outdoor_c: tuple[float, ...]
    wind_m_s: tuple[float, ...]
    limit_kw: tuple[float, ...]
    notes: tuple[str, ...]
    peak_usd_per_kw: float = 0.0
    prices_age_ms: int | None = None
    weather_age_ms: int | None = None


class Expectation:
    """Keeps the newest forecasts of a house; always has an answer, and says what it had to do without."""

    def __init__(self, house: House, climate_offset_k: float = 0.0, fading: float = FADING) -> None:
        """Nothing was heard; the offset is added to the climate [K], the fading is that of the present difference of prices."""
        self._tariff = house.tariff
        self._delivery = Delivery(house.tariff, house.timezone)
        self._prices = ExpectedPrices(house.timezone, fading)
        self._weather = ExpectedWeather(house.timezone, climate_offset_k)

    def take(self, event: PricesHeard | WeatherHeard) -> None:
        """A forecast was heard, or the price of the present hour (prices of an hour at most)."""
        if isinstance(event, PricesHeard):
            self._prices.take(event)
        else:
            self._weather.take(event)

    def measured(self, outdoor_c: float, now: Moment) -> None:
        """It is so warm outdoors now [degC]."""
        self._weather.measured(outdoor_c, now)

    def expect(self, horizon: Horizon, now: Moment) -> Expected:
        """For each step; delivery, weather and power limit are those of its middle."""
        edges, middles, now_ms = horizon.edges_ms, horizon.middles_ms, now.wall_ms
        delivery = tuple(self._delivery.usd_per_kwh(middle) for middle in middles)
        energy = [self._prices.usd_per_kwh(start, end) for start, end in pairwise(edges)]
        winds = [self._weather.wind_m_s(middle) for middle in middles]
        wind = [each for each in winds if each is not None]
        prices_made_ms, weather_made_ms = self._prices.made_ms, self._weather.made_ms
        return Expected(
            price_usd_per_kwh=tuple(price + there for price, there in zip(energy, delivery, strict=True)),
            delivery_usd_per_kwh=delivery,
            outdoor_c=tuple(self._weather.outdoor_c(middle) for middle in middles),
            wind_m_s=tuple(wind) if len(wind) == len(middles) else (),
            limit_kw=tuple(self._delivery.limit_kw(middle) for middle in middles) if self._tariff.power_limits else (),
            notes=(*self._prices.notes(now_ms), *self._weather.notes(now_ms)),
            peak_usd_per_kw=self._tariff.peak_usd_per_kw,
            prices_age_ms=None if prices_made_ms is None else now_ms - prices_made_ms,
            weather_age_ms=None if weather_made_ms is None else now_ms - weather_made_ms,
        )
