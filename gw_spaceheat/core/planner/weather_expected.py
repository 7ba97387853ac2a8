"""The weather of the days to come: what was heard, and what stands in for it where nothing was."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from gw_spaceheat.core.events import WeatherHeard
from gw_spaceheat.vocabulary.climate import outdoor_by_clock_c
from gw_spaceheat.vocabulary.moment import HOUR_MS, Moment

COLDEST_C, WARMEST_C = -60.0, 60.0
"""What an outdoor temperature can be; anything else is taken out."""
STRONGEST_M_S = 60.0
HALF_LEFT_H = 24.0
"""How much warmer or colder it is than the climate says is taken to last: half of it is left after so many hours."""
OLD_MS = 24 * HOUR_MS
"""A forecast made longer ago is told of."""
SHORT_MS = 12 * HOUR_MS
"""A forecast that ends sooner is told of."""


def believable(outdoor_c: float) -> bool:
    """Whether this can be an outdoor temperature [degC]."""
    return math.isfinite(outdoor_c) and COLDEST_C <= outdoor_c <= WARMEST_C


@dataclass(frozen=True, slots=True, kw_only=True)
class WeatherForecast:
    """A weather forecast as it was heard, without what cannot be true.

    Attributes:
        times_ms: For when its values are, rising, UTC [ms].
        outdoor_c: Outdoor temperature [degC].
        wind_m_s: Wind speed [m/s]; None where there is none for every time.
        taken_out: How many times were taken out.
        made_ms: When it was made, UTC [ms].
        source: Who made it.
    """

    times_ms: tuple[int, ...]
    outdoor_c: tuple[float, ...]
    wind_m_s: tuple[float, ...] | None
    taken_out: int
    made_ms: int
    source: str


def weather_forecast(event: WeatherHeard) -> WeatherForecast | None:
    """What was heard, cleaned: times that do not rise go too; None if nothing is left."""
    times: list[int] = []
    outdoor: list[float] = []
    wind: list[float] = []
    for place, (at_ms, outdoor_c) in enumerate(zip(event.times_ms, event.outdoor_c, strict=False)):
        if not believable(outdoor_c) or (times and at_ms <= times[-1]):
            continue
        times.append(at_ms)
        outdoor.append(outdoor_c)
        if place < len(event.wind_m_s) and 0.0 <= event.wind_m_s[place] <= STRONGEST_M_S:  # NaN is not
            wind.append(event.wind_m_s[place])
    if not times:
        return None
    return WeatherForecast(
        times_ms=tuple(times),
        outdoor_c=tuple(outdoor),
        wind_m_s=tuple(wind) if len(wind) == len(times) else None,
        taken_out=len(event.times_ms) - len(times),
        made_ms=event.made_ms,
        source=event.source,
    )


class ExpectedWeather:
    """Keeps the newest forecast and what was measured last."""

    def __init__(self, timezone: str, climate_offset_k: float = 0.0) -> None:
        """Nothing is known.

        Args:
            timezone: IANA name; the climate goes by local month and hour.
            climate_offset_k: Added to the climate's temperatures [K].
        """
        self._zone = ZoneInfo(timezone)
        self._climate_offset_k = climate_offset_k
        self._forecast: WeatherForecast | None = None
        self._refused = ""
        self._measured: tuple[int, float] | None = None

    @property
    def made_ms(self) -> int | None:
        """When the newest forecast was made, UTC [ms]; None without one."""
        return None if self._forecast is None else self._forecast.made_ms

    def take(self, event: WeatherHeard) -> None:
        """A forecast was heard."""
        heard = weather_forecast(event)
        if heard is None:
            self._refused = f"the weather forecast of {event.source} cannot be used: no temperature in it can be true"
            return
        self._refused = ""
        if self._forecast is None or heard.made_ms >= self._forecast.made_ms:
            self._forecast = heard

    def measured(self, outdoor_c: float, now: Moment) -> None:
        """It is so warm outdoors now [degC]; what cannot be true is not taken."""
        if believable(outdoor_c):
            self._measured = (now.wall_ms, outdoor_c)

    def outdoor_c(self, at_ms: int) -> float:
        """Outdoor temperature to be expected at a moment [degC].

        Between two times of the forecast, and between what was measured and its first, along a straight line. After the later
        of its last time and what was measured, as much beside the climate as then, less and less (`HALF_LEFT_H`).
        """
        points = self._points()
        if not points:
            return self._climate_c(at_ms)
        if at_ms <= points[0][0]:
            return points[0][1]
        last_ms, last_c = points[-1]
        if at_ms < last_ms:
            return _between(points, at_ms)
        left = math.exp2(-(at_ms - last_ms) / HOUR_MS / HALF_LEFT_H)
        beside_k = last_c - self._climate_c(last_ms)
        return self._climate_c(at_ms) + left * beside_k

    def wind_m_s(self, at_ms: int) -> float | None:
        """Wind speed to be expected at a moment [m/s], the last one beyond the forecast's end; None if there is none."""
        forecast = self._forecast
        if forecast is None or forecast.wind_m_s is None:
            return None
        points = list(zip(forecast.times_ms, forecast.wind_m_s, strict=True))
        if at_ms <= points[0][0]:
            return points[0][1]
        return points[-1][1] if at_ms >= points[-1][0] else _between(points, at_ms)

    def notes(self, now_ms: int) -> list[str]:
        """What has to be done without, one sentence each; the same words as long as the same is so."""
        told = [self._refused] if self._refused else []
        forecast = self._forecast
        if forecast is None:
            instead = "the climate by month and hour" if self._measured is None else "what was measured, and later the climate"
            return [*told, f"no weather forecast was heard; the plan takes {instead}"]
        if forecast.taken_out:
            told.append(
                f"{forecast.taken_out} values of the weather forecast of {forecast.source} cannot be true and were taken out"
            )
        if now_ms - forecast.made_ms > OLD_MS:
            told.append(f"the weather forecast of {forecast.source} is more than {OLD_MS // HOUR_MS} h old")
        if forecast.times_ms[-1] - now_ms < SHORT_MS:
            told.append(
                f"the weather forecast of {forecast.source} ends in less than {SHORT_MS // HOUR_MS} h; "
                "the plan lets its last temperature pass into the climate"
            )
        return told

    def _points(self) -> Sequence[tuple[int, float]]:
        """Known temperatures in the order of their times: the forecast's, and what was measured if it lies outside of them."""
        forecast, measured = self._forecast, self._measured
        points = [] if forecast is None else list(zip(forecast.times_ms, forecast.outdoor_c, strict=True))
        if measured is None:
            return points
        if not points or measured[0] > points[-1][0]:
            return [*points, measured]
        return [measured, *points] if measured[0] < points[0][0] else points

    def _climate_c(self, at_ms: int) -> float:
        local = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(self._zone)
        return outdoor_by_clock_c(local.month, local.hour, self._climate_offset_k)


def _between(points: Sequence[tuple[int, float]], at_ms: int) -> float:
    """The value at a moment between the first and the last point."""
    after = bisect_right(points, at_ms, key=lambda point: point[0])
    (left_ms, left), (right_ms, right) = points[after - 1], points[after]
    return left + (right - left) * (at_ms - left_ms) / (right_ms - left_ms)
