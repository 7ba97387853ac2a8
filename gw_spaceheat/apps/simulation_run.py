"""From files and options to a simulation, and from its outcome to the summary that `gws simulate` prints."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO

from gw_spaceheat.apps.compare import Comparison, compare, planning_case
from gw_spaceheat.apps.compiled.finder import in_use
from gw_spaceheat.apps.given_series import given_prices, given_weather, text_of
from gw_spaceheat.apps.outages import read_outages
from gw_spaceheat.apps.planner import planned
from gw_spaceheat.apps.simulate import Simulation, SimulationOutcome, simulate
from gw_spaceheat.apps.simulated_forecasts import Knowledge
from gw_spaceheat.apps.tariffs import tariff_of
from gw_spaceheat.core.events import Commit, Event, Persist
from gw_spaceheat.core.heating import check_parameters
from gw_spaceheat.house.delivery import Delivery
from gw_spaceheat.house.model import House
from gw_spaceheat.plant.demand import read_demand
from gw_spaceheat.plant.drive import make_drive
from gw_spaceheat.plant.prices import Market, PriceSeries
from gw_spaceheat.plant.series import Span
from gw_spaceheat.plant.tariff import CostHours, cost_hours
from gw_spaceheat.plant.weather import WeatherSeries
from gw_spaceheat.vocabulary.compiling import numba_is_here
from gw_spaceheat.vocabulary.contract_plan import ContractPlan
from gw_spaceheat.vocabulary.moment import HOUR_MS

Number = float | int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationRequest:
    """What a person asks for.

    Attributes:
        house: The house.
        start: First hour, local standard time without a zone.
        days: How long [days].
        weather: Weather file; None for the shipped SYNTHETIC January, or the generator for other times.
        demand: Heat demand file in place of zones; None to simulate the zones.
        prices: Price file; None as for the weather.
        market: Which price of the file.
        strategy: Strategy of local heating; None for the house's own.
        seed: Seed of everything that is left to chance.
        compiled: Compile the physics; None to do so when Numba is there.
        out: Folder for summary, readings and messages; None to write nothing.
        contract: Under which contracts.
        outages: File with outages of the uplink; None for none.
        tariff: Name of the delivery tariff; None for the house's own.
        compare: What to compare, by name; empty for a single run.
    """

    house: House
    start: datetime
    days: int
    weather: Path | None = None
    demand: Path | None = None
    prices: Path | None = None
    price_column: str | None = None
    market: Market = Market.REAL_TIME
    strategy: str | None = None
    seed: int = 1
    compiled: bool | None = None
    out: Path | None = None
    contract: ContractPlan = ContractPlan.MIRROR
    outages: Path | None = None
    tariff: str | None = None
    compare: tuple[str, ...] = ()


class CannotSimulateError(ValueError):
    """The request cannot be simulated; says what and why."""


def prepare(request: SimulationRequest) -> tuple[Simulation, CostHours]:
    """Read and check everything that the run will need, before anything starts.

    Raises:
        SeriesFileError: A file has gaps, wrong columns or is too short; names file, line and column.
        CannotSimulateError: The house has no plant, or its strategy is wrong.
        OSError: A file cannot be read.
    """
    house = replace(request.house, tariff=tariff_of(request.house, request.tariff))
    if request.strategy is not None:
        house = replace(house, heating=replace(house.heating, strategy=request.strategy))
    problems = check_parameters(house)
    if problems:
        raise CannotSimulateError(f"{house.alias}: " + "; ".join(problems))
    if house.plant is None:
        raise CannotSimulateError(f"{house.alias} has no plant in its house file, so there is nothing to simulate")
    span = Span(request.start, request.days * 24, house.utc_offset_standard_h)
    weather = _weather(request, span)
    demand = None if request.demand is None else read_demand(text_of(request.demand), request.demand.name, span)
    if demand is None and not house.plant.zones:
        raise CannotSimulateError(f"{house.alias} has no zones in its plant; name a file with its heat demand")
    drive = make_drive(weather, demand, house.latitude_deg, house.longitude_deg)
    costs = cost_hours(_prices(request, weather, span), Delivery(house.tariff, house.timezone))
    compiled = numba_is_here() if request.compiled is None else request.compiled
    outages = () if request.outages is None else read_outages(text_of(request.outages), request.outages.name, span)
    what = Simulation(
        house=house,
        drive=drive,
        hours=span.hours,
        strategy=None,
        seed=request.seed,
        compiled=compiled,
        contract=request.contract,
        outages=outages,
    )
    at_house = request.contract in (ContractPlan.NONE, ContractPlan.OPEN) and planned(house, None)
    if at_house or request.contract is ContractPlan.PLANNED:
        day_ahead = _prices(request, weather, span, Market.DAY_AHEAD)
        what = replace(what, planning=planning_case(costs, day_ahead, what, Knowledge.REAL))
    return what, costs


def run_comparison(request: SimulationRequest, on_hour: Callable[[int], None] = lambda _hour: None) -> dict[str, object]:
    """Simulate the same days once for each of what is to be compared; see `compare.told` for what is said of each.

    Raises:
        UnknownComparisonError: A name is not known.
        CannotPlanError: The house cannot be planned for.
        SeriesFileError, CannotSimulateError, OSError: As of `prepare`.
    """
    began_s = time.perf_counter()
    what, costs = prepare(request)
    span = Span(request.start, request.days * 24, what.house.utc_offset_standard_h)
    day_ahead = _prices(request, _weather(request, span), span, Market.DAY_AHEAD)
    found = compare(Comparison(base=what, costs=costs, day_ahead=day_ahead), request.compare, on_hour)
    return {
        "house": what.house.alias,
        "start": request.start.isoformat(),
        "days": request.days,
        "weather": str(request.weather or "SYNTHETIC"),
        "prices": str(request.prices or "SYNTHETIC"),
        "tariff": what.house.tariff.name,
        "seed": request.seed,
        "compare": found,
        "wall_s": time.perf_counter() - began_s,
    }


def run(request: SimulationRequest, on_hour: Callable[[int], None] = lambda _hour: None) -> dict[str, object]:
    """Simulate, write the files that were asked for, and give the summary; see `summary` for what it holds."""
    began_s = time.perf_counter()
    what, costs = prepare(request)
    if request.out is None:
        outcome = simulate(what, on_hour=on_hour)
        return summary(request, what, outcome, costs, time.perf_counter() - began_s)
    from gw_spaceheat.stores.readings import ReadingsStore  # noqa: PLC0415 - pyarrow is only needed to write

    request.out.mkdir(parents=True, exist_ok=True)
    store = ReadingsStore(request.out / "readings")
    store.open()
    try:
        with (request.out / "messages.jsonl").open("w", encoding="utf-8") as file:
            outcome = simulate(what, on_hour=on_hour, tap=_line_writer(file), keep=_keeper(store.keep))
        store.commit()
        while store.seal_next():  # a simulated house has no tomorrow
            pass
    finally:
        store.close()
    told = summary(request, what, outcome, costs, time.perf_counter() - began_s)
    (request.out / "summary.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return told


def summary(
    request: SimulationRequest, what: Simulation, outcome: SimulationOutcome, costs: CostHours, wall_s: float
) -> dict[str, object]:
    """The summary as JSON has it: energies in kWh, temperatures in K, cost in USD, times in s."""
    totals = outcome.totals
    return {
        "house": what.house.alias,
        "start": request.start.isoformat(),
        "days": request.days,
        "strategy": what.house.heating.strategy,
        "seed": request.seed,
        "weather": str(request.weather or "SYNTHETIC"),
        "prices": str(request.prices or "SYNTHETIC"),
        "tariff": what.house.tariff.name,
        "energy_kwh": {
            "heat_pump": totals.heat_source_wh / 1000.0,
            "boost": totals.boost_wh / 1000.0,
            "pumps": totals.pumps_wh / 1000.0,
            "total": totals.electricity_wh / 1000.0,
        },
        "heat_kwh": {
            "delivered": totals.delivered_wh / 1000.0,
            "demanded": totals.demanded_wh / 1000.0,
            "hot_water": totals.hot_water_wh / 1000.0,
        },
        "store_change_kwh": outcome.store_energy_change_wh / 1000.0,
        "cost_usd": costs.cost_usd(outcome.energy_wh),
        "peak_kw": max(outcome.energy_wh) / 1000.0,
        "peak_usd": costs.peak_usd(outcome.energy_wh),
        "comfort": {"kelvin_hours_below": totals.kelvin_seconds_below / 3600.0, "worst_k": totals.worst_k},
        "compressor_starts": totals.compressor_starts,
        "on_peak_share": costs.on_peak_share(outcome.energy_wh),
        "energy_residual": abs(totals.residual),
        "contract": {
            "plan": what.contract.value,
            "remote_share": outcome.remote_ms / (what.hours * HOUR_MS),
            "mode_changes": outcome.mode_changes,
            "accounts": [asdict(account) for account in outcome.accounts],
        },
        "reports": outcome.reports,
        "reports_sent": outcome.messages.get("report.event", 0),
        "readings": outcome.readings,
        "events": outcome.events,
        "messages": dict(sorted(outcome.messages.items())),
        "compiled": what.compiled,
        "control_compiled": in_use(),
        "wall_s": wall_s,
        "digest": outcome.digest,
    }


def _weather(request: SimulationRequest, span: Span) -> WeatherSeries:
    return given_weather(request.weather, span, request.seed)


def _prices(request: SimulationRequest, weather: WeatherSeries, span: Span, market: Market | None = None) -> PriceSeries:
    return given_prices(request.prices, weather, span, market or request.market, request.seed, request.price_column)


def _line_writer(file: IO[str]) -> Callable[[str, bytes], None]:
    def write(topic: str, payload: bytes) -> None:
        file.write(f'{{"topic": {json.dumps(topic)}, "payload": {payload.decode()}}}\n')

    return write


def _keeper(keep: Callable[[Persist], None]) -> Callable[[Event], None]:
    def take(event: Event) -> None:
        if isinstance(event, Persist) and not isinstance(event, Commit):
            keep(event)

    return take
