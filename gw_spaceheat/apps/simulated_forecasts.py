"""What a simulated AtomicTNode is told of the days to come: as much as a real one would know, or, to compare, more or less."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from msgspec import structs

from gw_spaceheat.core.events import Event, NeedHeard, PricesHeard, Started, WeatherHeard
from gw_spaceheat.plant.drive import Drive
from gw_spaceheat.vocabulary.chance import bell
from gw_spaceheat.vocabulary.moment import HOUR_MS, Moment

SOURCE = "SYNTHETIC"
WEATHER_EVERY_H = 6
"""A new weather forecast comes so often [h]."""
WEATHER_ERROR_K = 1.2
"""Its error grows so much within a day: the standard deviation at the end of the first [K]."""
REACH_H = 49
WEATHER_STREAM, STEPS = 7001, 64
"""Where its errors are drawn from, and how many numbers each forecast may take."""


class Knowledge(StrEnum):
    """What is known of the days to come."""

    REAL = "planned"
    """Day-ahead prices and that of this hour, a weather forecast with errors, and of the need what was learned."""
    MEAN_PRICE = "price-blind"
    """The same, with the mean price in place of all prices."""
    EVERYTHING = "perfect"
    """The true prices, weather and need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What will be.

    Attributes:
        drive: Weather and need.
        energy_usd_per_kwh: Energy price of each hour, as it is paid.
        day_ahead_usd_per_kwh: The same as it is known a day before.
        mean_usd_per_kwh: Mean price of the whole time, energy alone.
    """

    drive: Drive
    energy_usd_per_kwh: tuple[float, ...]
    day_ahead_usd_per_kwh: tuple[float, ...]
    mean_usd_per_kwh: float


class TroubleKind(StrEnum):
    """What can be wrong with forecasts."""

    SILENT = "silent"
    """None comes."""
    LATE = "late"
    """What comes was made `size` hours ago."""
    NOT_NUMBERS = "not_numbers"
    """Every value in them is NaN."""


@dataclass(frozen=True, slots=True)
class ForecastTrouble:
    """Forecasts are not as they should be for a while.

    Attributes:
        kind: What is wrong.
        from_hour: From this hour of the simulation on.
        to_hour: Up to but not including this one.
        size: How late they are [h]; else without meaning.
    """

    kind: TroubleKind
    from_hour: int
    to_hour: int
    size: int = 0

    def bears(self, hour: int) -> bool:
        """Whether it holds in an hour of the simulation."""
        return self.from_hour <= hour < self.to_hour


class SimulatedForecasts:
    """Hosted beside the AtomicTNode; tells it each hour what is new."""

    def __init__(self, truth: Truth, knowledge: Knowledge, seed: int, troubles: Sequence[ForecastTrouble] = ()) -> None:
        """Remember; nothing is told before `Started`."""
        self._truth, self._knowledge, self._seed, self._troubles = truth, knowledge, seed, troubles
        self._due_mono_ms: int | None = None

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Begin."""
        if isinstance(event, Started):
            self._due_mono_ms = now.mono_ms
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        """Tell what is new, at the beginning of each hour."""
        if self._due_mono_ms is None or now.mono_ms < self._due_mono_ms:
            return ()
        self._due_mono_ms = now.mono_ms + HOUR_MS - now.wall_ms % HOUR_MS
        hour = (now.wall_ms - self._truth.drive.start_ms) // HOUR_MS
        if hour >= self._truth.drive.hours:
            return ()
        for trouble in self._troubles:
            if trouble.bears(hour):
                return self._troubled(trouble, hour, now)
        return self._told(hour, now)

    def _told(self, hour: int, now: Moment) -> Sequence[Event]:
        """What is new in an hour."""
        told: list[Event] = [self._prices(hour, now)]
        if self._knowledge is Knowledge.EVERYTHING:
            told += [self._weather(hour, now, 0.0), *self._need(hour, now)]
        elif hour % WEATHER_EVERY_H == 0 or hour == 0:
            told.append(self._weather(hour, now, WEATHER_ERROR_K))
        return told

    def _troubled(self, trouble: ForecastTrouble, hour: int, now: Moment) -> Sequence[Event]:
        """What is heard in an hour of trouble."""
        match trouble.kind:
            case TroubleKind.SILENT:
                return ()
            case TroubleKind.LATE:
                made = Moment(mono_ms=now.mono_ms, wall_ms=now.wall_ms - trouble.size * HOUR_MS)
                return self._told(hour - trouble.size, made) if hour >= trouble.size else ()
            case TroubleKind.NOT_NUMBERS:
                return [_without_numbers(event) for event in self._told(hour, now)]

    def deadline(self) -> int | None:
        """The next hour [mono ms]."""
        return self._due_mono_ms

    def _prices(self, hour: int, now: Moment) -> PricesHeard:
        truth = self._truth
        paid, before = truth.energy_usd_per_kwh, truth.day_ahead_usd_per_kwh
        reach = range(hour, min(hour + REACH_H, len(paid)))
        if self._knowledge is Knowledge.MEAN_PRICE:
            prices = tuple(truth.mean_usd_per_kwh for _ in reach)
        elif self._knowledge is Knowledge.EVERYTHING:
            prices = tuple(paid[each] for each in reach)
        else:
            prices = (paid[hour], *(before[each] for each in reach[1:]))
        start_ms = truth.drive.start_ms + hour * HOUR_MS
        return PricesHeard(start_ms, HOUR_MS, prices, now.wall_ms, SOURCE)

    def _weather(self, hour: int, now: Moment, error_k: float) -> WeatherHeard:
        """The weather from now on, with an error that grows like a random walk, drawn anew for each forecast."""
        drive = self._truth.drive
        error, times, outdoor = 0.0, [], []
        for each in range(hour, min(hour + REACH_H, drive.hours) + 1):
            times.append(drive.start_ms + each * HOUR_MS)
            outdoor.append(drive.outdoor_c[each] + error)
            error += error_k / 24**0.5 * bell(self._seed, WEATHER_STREAM, hour * STEPS + each - hour)
        return WeatherHeard(tuple(times), tuple(outdoor), (), now.wall_ms, SOURCE)

    def _need(self, hour: int, now: Moment) -> list[Event]:  # noqa: ARG002 - one shape for all that is told
        demand_w = self._truth.drive.demand_w
        if demand_w is None:
            return []
        start_ms = self._truth.drive.start_ms + hour * HOUR_MS
        reach = range(hour, min(hour + REACH_H, len(demand_w)))
        return [NeedHeard(start_ms, HOUR_MS, tuple(demand_w[each] / 1000.0 for each in reach))]


def _without_numbers(event: Event) -> Event:
    """The same, every value in it NaN."""
    match event:
        case PricesHeard():
            return structs.replace(event, usd_per_kwh=tuple(math.nan for _ in event.usd_per_kwh))
        case WeatherHeard():
            return structs.replace(event, outdoor_c=tuple(math.nan for _ in event.outdoor_c))
        case _:
            return event
