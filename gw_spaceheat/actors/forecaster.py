"""The actor that keeps one source of forecasts fresh: it may block on its file or server, and nobody waits for it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from gw_spaceheat.core.events import Event, Level, Note, PricesHeard, Received, Started, Stopping, WeatherHeard
from gw_spaceheat.core.planner.forecast_messages import prices_from_message, weather_from_message
from gw_spaceheat.messages.latest_price import LatestPrice
from gw_spaceheat.messages.weather_forecast import WeatherForecast
from gw_spaceheat.vocabulary.moment import MINUTE_MS, Moment

FIRST_PAUSE_MS = MINUTE_MS
LONGEST_PAUSE_MS = 60 * MINUTE_MS
"""A source that fails is asked again after a minute, then ever more seldom, at least once an hour."""


class Answer(NamedTuple):
    """What a source says.

    Attributes:
        heard: The forecast.
        trouble: Why it is an older one; empty if it is not.
    """

    heard: PricesHeard | WeatherHeard
    trouble: str = ""


Source = Callable[[Moment], Answer]
"""Asks a source; may block; raises OSError or ValueError (one line for a person) if there is nothing to be had."""


class Forecaster:
    """Asks one source at the beginning and then periodically; puts out what is new."""

    def __init__(self, source: Source, what: str, every_ms: int) -> None:
        """Remember; nothing is asked before `Started`.

        Args:
            source: Asked in this actor's own thread.
            what: For notes: "prices of file.csv".
            every_ms: How often [ms].
        """
        self._source, self._what, self._every_ms = source, what, every_ms
        self._due_mono_ms: int | None = None
        self._last: PricesHeard | WeatherHeard | None = None
        self._failures = 0

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Begin, or end."""
        if isinstance(event, Started):
            self._due_mono_ms = now.mono_ms
        elif isinstance(event, Stopping):
            self._due_mono_ms = None
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        """Ask, if it is time."""
        if self._due_mono_ms is None or now.mono_ms < self._due_mono_ms:
            return ()
        try:
            answer = self._source(now)
        except (OSError, ValueError) as error:
            return self._failed(str(error), now)
        told: list[Event] = []
        if answer.trouble:
            told += self._failed(f"{answer.trouble}; what was kept is used", now)
        else:
            self._due_mono_ms = now.mono_ms + self._every_ms
            if self._failures:
                told.append(Note(Level.INFO, f"{self._what}: there again"))
            self._failures = 0
        if answer.heard != self._last:
            self._last = answer.heard
            told.append(answer.heard)
        return told

    def deadline(self) -> int | None:
        """When it asks next [mono ms]."""
        return self._due_mono_ms

    def _failed(self, reason: str, now: Moment) -> list[Event]:
        """Ask again later; told when it begins."""
        self._due_mono_ms = now.mono_ms + min(FIRST_PAUSE_MS * 2 ** min(self._failures, 10), LONGEST_PAUSE_MS)
        self._failures += 1
        return [Note(Level.WARNING, f"{self._what}: {reason}")] if self._failures == 1 else []


class ForecastMessages:
    """Turns `latest.price` and `weather.forecast` that come in over a link into forecasts."""

    def __init__(self, *, prices: bool, weather: bool) -> None:
        """Which of the two are wanted."""
        self._prices, self._weather = prices, weather

    def handle(self, event: Event, _now: Moment) -> Sequence[Event]:
        """Take a message."""
        if not isinstance(event, Received):
            return ()
        message = event.message
        if self._prices and isinstance(message, LatestPrice):
            heard = prices_from_message(message, event.arrived_ms)
            return () if heard is None else (heard,)
        if self._weather and isinstance(message, WeatherForecast):
            return (weather_from_message(message),)
        return ()

    def wake(self, _now: Moment) -> Sequence[Event]:
        """Nothing falls due here."""
        return ()

    def deadline(self) -> int | None:
        """Never."""
        return None
