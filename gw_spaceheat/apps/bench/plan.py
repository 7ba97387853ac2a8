"""One plan in NumPy, a batch of them by Numba, and the linear programme by HiGHS: time, memory, and how far from the optimum.

The house is *oak*; its weather, prices and need are the samples that ship, two days from one of January's days on. All three
solve the same days. The linear programme knows no minimum times and no losses of efficiency, so cost is compared for a house
without such cares (`plan_oracle.py`).
"""

import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from statistics import median

from gw_spaceheat.apps.bench.plan_oracle import least_cost_usd, without_cares
from gw_spaceheat.apps.houses import house_to_start
from gw_spaceheat.apps.samples import SAMPLE_SEED, SAMPLE_SPAN
from gw_spaceheat.core.planner.batch import Case, make_plans
from gw_spaceheat.core.planner.figures import RETURN_DROP_K, Figures, figures_of
from gw_spaceheat.core.planner.horizon import even
from gw_spaceheat.core.planner.outlook import Outlook, Standing
from gw_spaceheat.core.planner.plan import Plan, make_plan
from gw_spaceheat.core.planner.problem import problem_of
from gw_spaceheat.core.planner.worth import heat_usd_per_kwh
from gw_spaceheat.house.delivery import Delivery
from gw_spaceheat.house.model import House
from gw_spaceheat.plant.prices import Market
from gw_spaceheat.plant.series import Span
from gw_spaceheat.plant.synthetic import MILLINOCKET, HeatNeed, generate_demand, generate_prices, generate_weather
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS

HOUSE = "hw1.isone.me.millinocket.oak"
STEP_MS = 15 * MINUTE_MS
STEPS = 192
STATES = 200
SEEDS = (1, 2, 3)
"""Of the Januaries in which the gap to the optimum is told; the first one is the shipped samples'."""
HOURS = STEPS * STEP_MS // HOUR_MS
FIRST_DAY = datetime(2018, 1, 2)  # noqa: DTZ001 - local standard time, as in the files
MB = 1_000_000
GRIDS = ((100, 3), (200, 6), (500, 11), (1000, 21), (2000, 41))
"""Numbers of energies and of powers, off included, of which the gap to the optimum is told."""


def measure(houses: Path, rounds: int = 9, batch: int = 40, convergence_days: int = 5) -> dict[str, object]:
    """Plan, and compare.

    Args:
        houses: The house file.
        rounds: How often each is timed; every time on another day.
        batch: How many different houses are in the batch.
        convergence_days: On how many days of each of three Januaries the gap to the optimum is told.

    Returns:
        `numpy_ms, numba_batch_ms_per_house, highs_lp_ms`, medians; the first two for the house with six levels of power too;
        `first_batch_s`, with compiling or with what was kept of it; `peak_mb` of one plan, and of one with six levels;
        `gap_percent`, by grid: the worst and the mean of what plans cost more than the optimum, as a share of what they pay;
        `gap_days`, on how many days.
    """
    house, _ = house_to_start(houses, HOUSE)
    figures = figures_of(house)
    six = replace(figures, source=without_cares(figures, 7).source)
    six = replace(six, source=replace(figures.source, levels=tuple(replace(each, offset_k=11.0) for each in six.source.levels)))
    days = [outlook_of(house, figures, day % 27) for day in range(rounds)]
    others = [
        outlook_of(house, figures, day * 27 // convergence_days, seed) for seed in SEEDS for day in range(convergence_days)
    ]
    standing = Standing(energy_kwh=0.9 * figures.store.full_kwh)
    first_s = _seconds(lambda: make_plans([Case(figures=figures, standing=standing, outlook=days[0])]))
    return {
        "house": HOUSE,
        "steps": STEPS,
        "states": STATES,
        "levels": len(figures.source.levels),
        "numpy_ms": _numpy_ms(figures, standing, days),
        "numpy_6_levels_ms": _numpy_ms(six, standing, days),
        "numba_batch_ms_per_house": _batch_ms(figures, days, batch),
        "numba_batch_6_levels_ms_per_house": _batch_ms(six, days, batch),
        "batch": batch,
        "first_batch_s": first_s,
        "highs_lp_ms": median(_lp_ms(figures, standing, day) for day in days),
        "peak_mb": _peak_mb(figures, standing, days[0]),
        "peak_6_levels_mb": _peak_mb(six, standing, days[0]),
        "gap_days": len(others),
        "gap_percent": {
            f"{states} states, {levels} powers": _gaps(figures, standing, others, states, levels) for states, levels in GRIDS
        },
    }


def outlook_of(house: House, figures: Figures, day: int, seed: int = SAMPLE_SEED) -> Outlook:
    """What is known of two days, as it came to be.

    Args:
        house: The house, with its own tariff.
        figures: Its figures.
        day: Number of the day, counted from the first.
        seed: Of the January; the shipped one's without it.
    """
    first = FIRST_DAY + timedelta(days=day)
    span = Span(first, HOURS, house.utc_offset_standard_h)
    begun_h = (first - SAMPLE_SPAN.start_local) // timedelta(hours=1)
    outdoor_c, need_w, prices = (series[begun_h : begun_h + HOURS] for series in _january(seed))
    delivery = Delivery(house.tariff, house.timezone)
    steps = even(span.start_ms, STEP_MS, STEPS)
    hours = [(start_ms - span.start_ms) // HOUR_MS for start_ms in steps.edges_ms[:-1]]
    price = tuple(
        prices[hour] + delivery.usd_per_kwh(start_ms) for hour, start_ms in zip(hours, steps.edges_ms[:-1], strict=True)
    )
    outdoor = tuple(outdoor_c[hour] for hour in hours)
    return Outlook(
        horizon=steps,
        price_usd_per_kwh=price,
        outdoor_c=outdoor,
        need_kw=tuple(need_w[hour] / 1000.0 for hour in hours),
        drop_k=RETURN_DROP_K,
        end_usd_per_kwh=heat_usd_per_kwh(figures, steps, price, outdoor),
    )


@cache
def _january(seed: int) -> tuple[tuple[float, ...], ...]:
    """Outdoor temperature [degC], heat need [W] and price [USD/kWh] of each hour, made as the samples are."""
    weather = generate_weather(MILLINOCKET, SAMPLE_SPAN, seed)
    demand = generate_demand(weather, HeatNeed(), seed)
    prices = generate_prices(weather, Market.DAY_AHEAD, seed)
    return tuple(weather.outdoor_c), tuple(demand.heating_w), tuple(prices.usd_per_kwh)


def gap_percent(plan: Plan, least_usd: float) -> float:
    """What a plan costs more than the optimum, as a share of what it pays for electricity [%]."""
    return (plan.cost_usd - least_usd) / sum(step.cost_usd for step in plan.steps) * 100.0


def _peak_mb(figures: Figures, standing: Standing, day: Outlook) -> float:
    tracemalloc.start()
    make_plan(figures, standing, day, states=STATES)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / MB


def _numpy_ms(figures: Figures, standing: Standing, days: list[Outlook]) -> float:
    return median(_seconds(partial(make_plan, figures, standing, day, states=STATES)) for day in days) * 1000.0


def _batch_ms(figures: Figures, days: list[Outlook], batch: int) -> float:
    """Different houses: from half to twice the source, from half to twice the store, each somewhere else in its cycle."""
    cases = [
        Case(
            figures=_another(figures, number, batch),
            standing=Standing(energy_kwh=float(number)),
            outlook=days[number % len(days)],
        )
        for number in range(batch)
    ]
    make_plans(cases[:1], states=STATES)
    return median(_seconds(lambda: make_plans(cases, states=STATES)) for _ in range(3)) * 1000.0 / batch


def _another(figures: Figures, number: int, of: int) -> Figures:
    size = 2.0 ** (2.0 * number / of - 1.0)
    source, store = figures.source, figures.store
    levels = tuple(replace(level, power_kw=level.power_kw * size) for level in source.levels)
    return replace(
        figures,
        source=replace(source, levels=levels, minimum_kw=source.minimum_kw * size, lift_k_per_kw=source.lift_k_per_kw / size),
        store=replace(
            store,
            energy_kwh=tuple(energy / size for energy in store.energy_kwh),
            water_kwh_per_k=store.water_kwh_per_k / size,
        ),
    )


def _lp_ms(figures: Figures, standing: Standing, day: Outlook) -> float:
    problem = problem_of(without_cares(figures, 2), day)
    return _seconds(lambda: least_cost_usd(problem, standing)) * 1000.0


def _gaps(figures: Figures, standing: Standing, days: list[Outlook], states: int, levels: int) -> dict[str, float]:
    free = without_cares(figures, levels)
    plans = make_plans([Case(figures=free, standing=standing, outlook=day) for day in days], states=states)
    gaps = [gap_percent(plan, least_cost_usd(problem_of(free, day), standing)) for plan, day in zip(plans, days, strict=True)]
    return {"worst": max(gaps), "mean": sum(gaps) / len(gaps)}


def _seconds(work: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    work()
    return time.perf_counter() - began_s
