"""What is expected of the coming days, joined from forecasts of prices and weather."""

from dataclasses import dataclass

from gw_spaceheat.core.events import PricesHeard, WeatherHeard
from gw_spaceheat.core.planner.horizon import Horizon
from gw_spaceheat.house.model import House
from gw_spaceheat.plant.tariff import Delivery
from gw_spaceheat.vocabulary.moment import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """For each step of a horizon."""

    price_usd_per_kwh: tuple[float, ...]
    outdoor_c: tuple[float, ...]
    wind_m_s: tuple[float, ...]
    limit_kw: tuple[float, ...]
    notes: tuple[str, ...]


class Expectation:
    """Keeps the newest forecasts."""

    def __init__(self, house: House) -> None:
        """Nothing was heard."""
        self._delivery = Delivery(house.tariff, house.timezone)
        self._prices: PricesHeard | None = None
        self._weather: WeatherHeard | None = None
        self._outdoor_c = 0.0

    def take(self, event: PricesHeard | WeatherHeard) -> None:
        """A forecast was heard."""
        if isinstance(event, PricesHeard):
            self._prices = event
        else:
            self._weather = event

    def measured(self, outdoor_c: float, now: Moment) -> None:
        """It is so warm now."""
        self._outdoor_c = outdoor_c

    def expect(self, horizon: Horizon, now: Moment) -> Expected:
        """For each step."""
        prices, outdoor = [], []
        for middle in horizon.middles_ms:
            energy = 0.1
            if self._prices is not None:
                at = (middle - self._prices.start_ms) // self._prices.step_ms
                count = len(self._prices.usd_per_kwh)
                day = 86_400_000 // self._prices.step_ms
                while at >= count:
                    at -= day
                energy = self._prices.usd_per_kwh[max(at, 0)]
            prices.append(energy + self._delivery.usd_per_kwh(middle))
            c = self._outdoor_c
            w = self._weather
            if w is not None:
                times = w.times_ms
                if middle >= times[-1]:
                    c = w.outdoor_c[-1]
                elif middle > times[0]:
                    i = next(k for k in range(1, len(times)) if times[k] > middle)
                    f = (middle - times[i - 1]) / (times[i] - times[i - 1])
                    c = w.outdoor_c[i - 1] * (1 - f) + w.outdoor_c[i] * f
                else:
                    c = w.outdoor_c[0]
            outdoor.append(c)
        return Expected(price_usd_per_kwh=tuple(prices), outdoor_c=tuple(outdoor), wind_m_s=(), limit_kw=(), notes=())
