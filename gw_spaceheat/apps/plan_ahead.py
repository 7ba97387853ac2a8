"""A plan for a house from a moment on, without the house: from files and options, to be looked at."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from gw_spaceheat.apps.given_series import given_prices, given_weather, text_of
from gw_spaceheat.apps.samples import DEMAND, shipped_sample
from gw_spaceheat.apps.tariffs import tariff_of
from gw_spaceheat.core.events import PricesHeard, WeatherHeard
from gw_spaceheat.core.planner.expectation import Expectation
from gw_spaceheat.core.planner.figures import RETURN_DROP_K, Figures, figures_of
from gw_spaceheat.core.planner.horizon import ALL_HOURS, horizon
from gw_spaceheat.core.planner.month_peak import share_of_month
from gw_spaceheat.core.planner.need import NeedModel, prior_line
from gw_spaceheat.core.planner.outlook import Outlook, Standing
from gw_spaceheat.core.planner.plan import Plan, best_plan
from gw_spaceheat.core.planner.problem import Problem
from gw_spaceheat.core.planner.solver import NUMPY
from gw_spaceheat.core.planner.why import Why, why
from gw_spaceheat.core.planner.worth import heat_usd_per_kwh, most_heat_kw
from gw_spaceheat.core.planning import PlanningOptions
from gw_spaceheat.house.model import House
from gw_spaceheat.plant.demand import read_demand
from gw_spaceheat.plant.prices import Market
from gw_spaceheat.plant.series import Span
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS, Moment

ROOMS_C = 20.0
LEAST_DIFFERENCE_K = 5.0


class NoSuchStepError(ValueError):
    """A time that no step of the plan has; the text says which there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """What a person asks for.

    Attributes:
        house: The house.
        start: Local standard time without a zone; to five minutes.
        stored_share: How full the stores are [0-1].
        running: Whether the source has been running for long; else it has been resting.
        weather: Weather file; None for the shipped SYNTHETIC January, or the generator for other times.
        demand: Heat demand file; None for the shipped SYNTHETIC January, or, at other times, what such a house usually needs.
        prices: Price file; None as for the weather.
        market: Which price of the file.
        tariff: Name of the delivery tariff; None for the house's own.
        seed: Of the generator.
        peak_kw: The highest hourly mean power that the month has had so far [kW].
    """

    house: House
    start: datetime
    stored_share: float = 0.5
    running: bool = False
    weather: Path | None = None
    demand: Path | None = None
    prices: Path | None = None
    market: Market = Market.DAY_AHEAD
    tariff: str | None = None
    seed: int = 1
    peak_kw: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAhead:
    """A plan and what it was made of.

    Attributes:
        house: The house.
        utc_offset_h: Its local standard time less UTC [h].
        problem: What was planned for.
        plan: The plan.
        notes: What had to be done without.
        sources: Where prices and weather come from.
        need_kw_per_k: By how much the need falls when the rooms are a degree cooler [kW/K].
    """

    house: House
    utc_offset_h: float
    problem: Problem
    plan: Plan
    notes: tuple[str, ...]
    sources: tuple[str, str]
    need_kw_per_k: float

    def explained(self, of_day: str) -> Why:
        """The first step in which a time of day lies, explained.

        Args:
            of_day: Local standard time, HH:MM.

        Raises:
            NoSuchStepError: It is no time of day.
        """
        try:
            wanted = datetime.strptime(of_day, "%H:%M")  # noqa: DTZ007 - a time of day
        except ValueError:
            raise NoSuchStepError(f"{of_day} is no time of day; write such as 06:30") from None
        minute = wanted.hour * 60 + wanted.minute
        for number, step in enumerate(self.plan.steps):
            start = self.local(step.start_ms)
            begins = start.hour * 60 + start.minute
            if begins <= minute < begins + step.length_ms / MINUTE_MS:
                return why(self.problem, self.plan, number, self.need_kw_per_k)
        raise NoSuchStepError(f"no step of the plan holds {of_day}")

    def local(self, wall_ms: int) -> datetime:
        """A moment, UTC [ms], in the house's local standard time."""
        return datetime.fromtimestamp(wall_ms / 1000, UTC).replace(tzinfo=None) + timedelta(hours=self.utc_offset_h)


def plan_ahead(request: PlanRequest) -> PlannedAhead:
    """Plan.

    Raises:
        CannotPlanError: The house cannot be planned for.
        UnknownTariffError: It has no tariff of that name.
        SeriesFileError: A file has gaps, wrong columns or is too short; names file, line and column.
        OSError: A file cannot be read.
    """
    house = replace(request.house, tariff=tariff_of(request.house, request.tariff))
    figures = figures_of(house)
    hour = request.start.replace(minute=0, second=0, microsecond=0)
    span = Span(hour, ALL_HOURS, house.utc_offset_standard_h)
    weather = given_weather(request.weather, span, request.seed)
    prices = given_prices(request.prices, weather, span, request.market, request.seed)
    start_ms = span.start_ms + round((request.start - hour).total_seconds() * 1000)
    now = Moment(0, start_ms)
    expectation = Expectation(house)
    expectation.take(PricesHeard(span.start_ms, HOUR_MS, prices.usd_per_kwh[: span.hours], start_ms, prices.source))
    times = tuple(span.start_ms + number * HOUR_MS for number in range(span.hours + 1))
    expectation.take(WeatherHeard(times, weather.outdoor_c, (), start_ms, weather.source))
    steps = horizon(start_ms)
    expected = expectation.expect(steps, now)
    need_kw = _need_kw(request, figures, span, steps.middles_ms, expected.outdoor_c)
    outlook = Outlook(
        horizon=steps,
        price_usd_per_kwh=expected.price_usd_per_kwh,
        outdoor_c=expected.outdoor_c,
        need_kw=need_kw,
        drop_k=RETURN_DROP_K,
        margin_kwh=PlanningOptions().margin_k * figures.store.water_kwh_per_k,
        limit_kw=expected.limit_kw,
        end_usd_per_kwh=heat_usd_per_kwh(figures, steps, expected.price_usd_per_kwh, expected.outdoor_c),
        peak_usd_per_kw=share_of_month(start_ms, ALL_HOURS, ZoneInfo(house.timezone)) * expected.peak_usd_per_kw,
        peak_kw=request.peak_kw,
    )
    standing = Standing(energy_kwh=request.stored_share * figures.store.full_kwh, running=request.running)
    made = best_plan(figures, standing, outlook, solver=NUMPY)
    mean_k = sum(max(ROOMS_C - each, LEAST_DIFFERENCE_K) for each in outlook.outdoor_c)
    return PlannedAhead(
        house=house,
        utc_offset_h=house.utc_offset_standard_h,
        problem=made.problem,
        plan=made.plan,
        notes=tuple(expected.notes),
        sources=(prices.source, weather.source),
        need_kw_per_k=sum(need_kw) / mean_k,
    )


def _need_kw(
    request: PlanRequest, figures: Figures, span: Span, middles_ms: tuple[int, ...], outdoor_c: tuple[float, ...]
) -> tuple[float, ...]:
    path = request.demand or shipped_sample(DEMAND, span)
    if path is not None:
        heating_w = read_demand(text_of(path), path.name, span).heating_w
        return tuple(heating_w[(middle_ms - span.start_ms) // HOUR_MS] / 1000.0 for middle_ms in middles_ms)
    usual = NeedModel(prior_line(most_heat_kw(figures), figures.curve))
    hours = [middle_ms / HOUR_MS for middle_ms in middles_ms]
    return usual.forecast_kw(hours, [0] * len(hours), outdoor_c)
