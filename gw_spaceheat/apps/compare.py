"""The same weather, need and prices through the same house, under one strategy after another, side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from gw_spaceheat.apps.simulate import PlanningCase, Simulation, SimulationOutcome, simulate
from gw_spaceheat.apps.simulated_forecasts import Knowledge, Truth
from gw_spaceheat.core.heating import strategy_names
from gw_spaceheat.core.planner.figures import figures_of
from gw_spaceheat.core.planner.worth import usual_efficiency
from gw_spaceheat.house.model import House
from gw_spaceheat.plant.prices import PriceSeries
from gw_spaceheat.plant.tariff import CostHours
from gw_spaceheat.vocabulary.contract_plan import ContractPlan

TOP_SHARE = 0.1
"""The dearest tenth of the hours."""
CHEAPER_SHARE = 0.5
"""Heat left at the end is worth what it takes to make it in the cheaper half of the hours."""


class UnknownComparisonError(ValueError):
    """A name that is neither a strategy nor a way to plan; the text says which there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What all runs have in common.

    Attributes:
        base: The simulation; strategy, contract and planning are put in for each run.
        costs: What electricity costs in each hour.
        day_ahead: The energy prices as they are known a day before.
    """

    base: Simulation
    costs: CostHours
    day_ahead: PriceSeries


def comparable_names() -> tuple[str, ...]:
    """What can be compared: strategies that need no plan, and ways to plan."""
    strategies = tuple(name for name in strategy_names() if name != Knowledge.REAL.value)
    return (*strategies, *(each.value for each in Knowledge))


def planning_case(costs: CostHours, day_ahead: PriceSeries, base: Simulation, knowledge: Knowledge) -> PlanningCase:
    """How the AtomicTNode of a simulation plans, with so much knowledge of what the simulation has in store."""
    energy = costs.energy_usd_per_kwh
    truth = Truth(
        drive=base.drive,
        energy_usd_per_kwh=energy,
        day_ahead_usd_per_kwh=day_ahead.usd_per_kwh[: len(energy)],
        mean_usd_per_kwh=sum(energy) / len(energy),
    )
    return PlanningCase(truth=truth, knowledge=knowledge)


def compare(
    what: Comparison, names: Sequence[str], on_hour: Callable[[int], None] = lambda _hour: None
) -> dict[str, dict[str, object]]:
    """Run the house once for each name; see `told` for what is said of each.

    Raises:
        UnknownComparisonError: A name is not known.
    """
    for name in names:
        if name not in comparable_names():
            raise UnknownComparisonError(f"cannot compare {name}; known are {', '.join(comparable_names())}")
    return {name: told(what, simulate(_run_of(what, name), on_hour=on_hour)) for name in names}


def _run_of(what: Comparison, name: str) -> Simulation:
    base = what.base
    if name not in {each.value for each in Knowledge}:
        return replace(base, strategy=name, contract=ContractPlan.MIRROR, planning=None)
    knowledge = Knowledge(name)
    house = _without_peaks(base.house, what.costs) if knowledge is Knowledge.MEAN_PRICE else base.house
    case = planning_case(what.costs, what.day_ahead, base, knowledge)
    return replace(base, house=house, contract=ContractPlan.PLANNED, planning=case)


def _without_peaks(house: House, costs: CostHours) -> House:
    """The house with its mean delivery price at all hours."""
    mean = sum(costs.delivery_usd_per_kwh) / len(costs.delivery_usd_per_kwh)
    return replace(house, tariff=replace(house.tariff, on_peak=(), off_peak_usd_per_kwh=mean))


def told(what: Comparison, outcome: SimulationOutcome) -> dict[str, object]:
    """What came out of one run.

    `cost_usd_end_adjusted` is the cost less what the heat is worth that the stores hold more than at the start: what it takes
    to make it in the cheaper half of the hours. Without that, whoever leaves the stores empty would look cheap.
    """
    costs, energy_wh, totals = what.costs, outcome.energy_wh, outcome.totals
    cost = costs.cost_usd(energy_wh)
    stored_kwh = outcome.store_energy_change_wh / 1000.0
    return {
        "cost_usd": cost,
        "cost_usd_end_adjusted": cost - stored_kwh * _heat_usd_per_kwh(what),
        "peak_kw": max(energy_wh) / 1000.0,
        "peak_usd": costs.peak_usd(energy_wh),
        "energy_kwh": totals.electricity_wh / 1000.0,
        "heat_kwh": totals.delivered_wh / 1000.0,
        "boost_kwh": totals.boost_wh / 1000.0,
        "store_change_kwh": stored_kwh,
        "comfort": {"kelvin_hours_below": totals.kelvin_seconds_below / 3600.0, "worst_k": totals.worst_k},
        "compressor_starts": totals.compressor_starts,
        "top10_price_share": _top_share(costs, energy_wh),
        "on_peak_share": costs.on_peak_share(energy_wh),
        "remote_share": outcome.remote_ms / (what.base.hours * 3_600_000),
    }


def _heat_usd_per_kwh(what: Comparison) -> float:
    hours = range(what.base.hours)
    prices = sorted(what.costs.total_usd_per_kwh(hour) for hour in hours)
    cheaper = prices[: max(int(len(prices) * CHEAPER_SHARE), 1)]
    return sum(cheaper) / len(cheaper) / _efficiency(what.base)


def _efficiency(base: Simulation) -> float:
    """How much heat a kWh of electricity usually makes; 1 where there are only resistive elements."""
    plant = base.house.plant
    if plant is None or plant.source is None:
        return 1.0
    outdoor_c = base.drive.outdoor_c[: base.hours]
    return usual_efficiency(figures_of(base.house), sum(outdoor_c) / len(outdoor_c))


def _top_share(costs: CostHours, energy_wh: Sequence[float]) -> float:
    """Part of the energy that was taken in the dearest tenth of the hours [0-1]."""
    by_price = sorted(range(len(energy_wh)), key=costs.total_usd_per_kwh, reverse=True)
    total_wh = sum(energy_wh)
    return sum(energy_wh[hour] for hour in by_price[: int(len(by_price) * TOP_SHARE)]) / total_wh if total_wh else 0.0
