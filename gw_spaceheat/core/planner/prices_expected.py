"""Energy prices of the days to come: what was heard, and what stands in for it where nothing was."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from gw_spaceheat.core.events import PricesHeard
from gw_spaceheat.vocabulary.calendar_us import SATURDAY, federal_holiday
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, MINUTE_MS

LEAST_USD_PER_KWH, MOST_USD_PER_KWH = -10.0, 100.0
"""What an energy price can be; anything else is taken out."""
SHORTEST_STEP_MS, LONGEST_STEP_MS = 5 * MINUTE_MS, HOUR_MS
UNKNOWN_USD_PER_KWH = 0.10
"""Energy price when none was ever heard: the same at all times, so that a plan goes by the delivery price alone."""
FADING = 0.0
"""Which part of the present hour's difference (cleared price less day-ahead one) is left with every hour that passes.

Fitted by least squares over 1 to 12 hours ahead on a winter of hourly SYNTHETIC prices (1416 h): their differences do not last
(correlation with the next hour 0.007); 0.3 makes the squared error 1 % larger than none, 0.7 makes it 8 % larger."""
REMEMBERED_DAYS = 8
"""Hours are remembered so long, so that every kind of day is among them."""
CLEARED_MS = 2 * DAY_MS
"""Cleared prices are kept until one is heard that begins so much later: a market may clear a day ahead, hour by hour [ms]."""
SHORT_MS = 12 * HOUR_MS
"""A forecast that ends sooner is told of; one made for the next day ends later at any time of the day."""
OLD_MS = 36 * HOUR_MS
"""A forecast made longer ago is told of."""


def believable(usd_per_kwh: float) -> bool:
    """Whether this can be a price [USD/kWh]."""
    return math.isfinite(usd_per_kwh) and LEAST_USD_PER_KWH <= usd_per_kwh <= MOST_USD_PER_KWH


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceForecast:
    """Energy prices as they were heard, without those that cannot be true.

    Attributes:
        start_ms: When the first holds from, UTC [ms].
        step_ms: How long each holds, 5 min to 1 h [ms].
        usd_per_kwh: The prices [USD/kWh]; None for each that was taken out.
        made_ms: When they were made, UTC [ms].
        source: Who made them.
    """

    start_ms: int
    step_ms: int
    usd_per_kwh: tuple[float | None, ...]
    made_ms: int
    source: str

    @property
    def end_ms(self) -> int:
        """Until when the last holds, UTC [ms]."""
        return self.start_ms + self.step_ms * len(self.usd_per_kwh)

    @property
    def taken_out(self) -> int:
        """How many could not be true."""
        return sum(price is None for price in self.usd_per_kwh)

    def mean(self, start_ms: int, end_ms: int) -> float | None:
        """Mean price of a span [USD/kWh], over the parts of it that are known; None if no part is."""
        total, known_ms = 0.0, 0
        first = max(0, (start_ms - self.start_ms) // self.step_ms)
        for place in range(first, len(self.usd_per_kwh)):
            begin_ms = self.start_ms + place * self.step_ms
            if begin_ms >= end_ms:
                break
            price = self.usd_per_kwh[place]
            shared_ms = min(end_ms, begin_ms + self.step_ms) - max(start_ms, begin_ms)
            if price is not None and shared_ms > 0:
                total += price * shared_ms
                known_ms += shared_ms
        return total / known_ms if known_ms else None


def price_forecast(event: PricesHeard) -> PriceForecast | None:
    """What was heard, cleaned; None if its steps are not of 5 min to 1 h or nothing in it can be true."""
    prices = tuple(price if believable(price) else None for price in event.usd_per_kwh)
    if not SHORTEST_STEP_MS <= event.step_ms <= LONGEST_STEP_MS or all(price is None for price in prices):
        return None
    return PriceForecast(
        start_ms=event.start_ms, step_ms=event.step_ms, usd_per_kwh=prices, made_ms=event.made_ms, source=event.source
    )


class ExpectedPrices:
    """Keeps the newest forecast, the prices that were cleared, and the hours of the last days."""

    def __init__(self, timezone: str, fading: float = FADING) -> None:
        """Nothing was heard.

        Args:
            timezone: IANA name; days and hours are local ones.
            fading: See `FADING` [0-1].
        """
        self._zone = ZoneInfo(timezone)
        self._fading = fading
        self._forecast: PriceForecast | None = None
        self._cleared: dict[int, PriceForecast] = {}
        self._refused = ""
        self._hours: dict[int, float] = {}

    @property
    def made_ms(self) -> int | None:
        """When the newest forecast was made, UTC [ms]; None without one."""
        return None if self._forecast is None else self._forecast.made_ms

    def take(self, event: PricesHeard) -> None:
        """Prices were heard; those of no more than an hour are what was cleared, longer ones are a forecast."""
        heard = price_forecast(event)
        if heard is None:
            self._refused = (
                f"prices of {event.source} cannot be used: none of them can be true, or their steps are not 5 min to 1 h"
            )
            return
        self._refused = ""
        if heard.end_ms - heard.start_ms <= HOUR_MS:
            oldest_ms = heard.start_ms - CLEARED_MS
            self._cleared = {at_ms: each for at_ms, each in self._cleared.items() if at_ms > oldest_ms}
            self._cleared[heard.start_ms] = heard
        elif self._forecast is None or heard.made_ms >= self._forecast.made_ms:
            self._forecast = heard
        else:
            return
        self._remember(heard, is_forecast=heard is self._forecast)

    def usd_per_kwh(self, start_ms: int, end_ms: int) -> float:
        """Energy price of a span within an hour [USD/kWh]: what was cleared, is forecast, or stands in for it."""
        forecast = self._forecast
        for cleared in self._cleared.values():
            if cleared.start_ms <= start_ms < cleared.end_ms:
                known = cleared.mean(start_ms, end_ms)
                if known is not None:
                    return known
        known = None if forecast is None else forecast.mean(start_ms, end_ms)
        if known is None:
            return self._stand_in(start_ms)
        return min(MOST_USD_PER_KWH, max(LEAST_USD_PER_KWH, known + self._lasting(start_ms)))

    def notes(self, now_ms: int) -> list[str]:
        """What has to be done without, one sentence each; the same words as long as the same is so."""
        told = [self._refused] if self._refused else []
        forecast = self._forecast
        if forecast is None:
            instead = "those of earlier hours" if self._hours else f"{UNKNOWN_USD_PER_KWH:.2f} USD/kWh at all times"
            return [*told, f"no price forecast was heard; the plan takes {instead}"]
        if forecast.taken_out:
            told.append(f"{forecast.taken_out} prices of {forecast.source} cannot be true and were taken out")
        if now_ms - forecast.made_ms > OLD_MS:
            told.append(f"the price forecast of {forecast.source} is more than {OLD_MS // HOUR_MS} h old")
        if forecast.end_ms - now_ms < SHORT_MS:
            told.append(
                f"prices of {forecast.source} are known for less than {SHORT_MS // HOUR_MS} h; "
                "the plan takes those of the same hour of an earlier day for the rest"
            )
        return told

    def _remember(self, heard: PriceForecast, *, is_forecast: bool) -> None:
        """Keep its full hours; what was forecast for an hour says more of other days than what was cleared."""
        hour = -(-heard.start_ms // HOUR_MS)
        while (hour + 1) * HOUR_MS <= heard.end_ms:
            mean = heard.mean(hour * HOUR_MS, (hour + 1) * HOUR_MS)
            if mean is not None and (is_forecast or hour not in self._hours):
                self._hours[hour] = mean
            hour += 1
        oldest = (heard.start_ms - REMEMBERED_DAYS * DAY_MS) // HOUR_MS
        self._hours = {each: price for each, price in self._hours.items() if each >= oldest}

    def _lasting(self, start_ms: int) -> float:
        """What of the present difference is left at a later moment [USD/kWh]."""
        forecast = self._forecast
        over = [each for each in self._cleared.values() if each.end_ms <= start_ms]
        if self._fading == 0.0 or forecast is None or not over:
            return 0.0
        cleared = max(over, key=lambda each: each.start_ms)
        paid, expected = (each.mean(cleared.start_ms, cleared.end_ms) for each in (cleared, forecast))
        if paid is None or expected is None:
            return 0.0
        return (paid - expected) * float(self._fading ** (1 + (start_ms - cleared.end_ms) // HOUR_MS))

    def _stand_in(self, start_ms: int) -> float:
        """Known earlier for this hour; else that local hour of the latest day of its kind, else of any; else the mean."""
        known = self._hours.get(start_ms // HOUR_MS)
        if known is not None:
            return known
        if not self._hours:
            return UNKNOWN_USD_PER_KWH
        local = datetime.fromtimestamp(start_ms / 1000, UTC).astimezone(self._zone)
        ahead_days = max(0, start_ms // HOUR_MS - max(self._hours)) // 24
        of_any: float | None = None
        for back in range(1, ahead_days + REMEMBERED_DAYS + 2):
            day = local - timedelta(days=back)  # the same hour by the clock on the wall
            price = self._hours.get(int(day.timestamp()) // 3600)
            if price is not None and is_workday(day) == is_workday(local):
                return price
            of_any = price if of_any is None else of_any
        return sum(self._hours.values()) / len(self._hours) if of_any is None else of_any


def is_workday(local: datetime) -> bool:
    """Whether a local day is one on which people work: neither weekend nor federal holiday."""
    return local.weekday() < SATURDAY and not federal_holiday(local.date())
