"""A price of the month's highest power, against the optimum: of a linear programme, and of all that can be done."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from gw_spaceheat.apps.bench.plan_oracle import least_cost_usd, without_cares
from gw_spaceheat.core.planner.batch import Case, make_plans
from gw_spaceheat.core.planner.figures import Figures, figures_of
from gw_spaceheat.core.planner.horizon import even, horizon
from gw_spaceheat.core.planner.outlook import Outlook, Standing
from gw_spaceheat.core.planner.peak import capped, highest_kw
from gw_spaceheat.core.planner.physics import charged, supplied
from gw_spaceheat.core.planner.plan import Plan, make_plan
from gw_spaceheat.core.planner.problem import LIMIT_USD_PER_KWH, SHORT_USD_PER_KWH_H, problem_of
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS
from tests.scenarios.scene import OAK, START_MS, house

HOUR_START_MS = START_MS - START_MS % HOUR_MS
PRICES = (0.10, 0.12, 0.30, 0.35, 0.08, 0.08, 0.10, 0.30, 0.30, 0.12, 0.10, 0.10)


def oak() -> Figures:
    return figures_of(house(OAK))


def outlook(usd_per_kw: float, peak_kw: float = 0.0, prices: tuple[float, ...] = PRICES, need_kw: float = 5.0) -> Outlook:
    steps = even(HOUR_START_MS, 15 * MINUTE_MS, 4 * len(prices))
    return Outlook(
        horizon=steps,
        price_usd_per_kwh=tuple(price for price in prices for _ in range(4)),
        outdoor_c=(-5.0,) * steps.steps,
        need_kw=(need_kw,) * steps.steps,
        drop_k=10.0,
        end_usd_per_kwh=0.05,
        peak_usd_per_kw=usd_per_kw,
        peak_kw=peak_kw,
    )


def highest(plan: Plan) -> float:
    steps = plan.steps
    edges = (*(step.start_ms for step in steps), steps[-1].start_ms + steps[-1].length_ms)
    return highest_kw(replace(even(0, 1, 1), edges_ms=edges), [step.power_kw for step in steps], 0.0)


@pytest.mark.parametrize("levels", [5, 10])
@pytest.mark.parametrize(("usd_per_kw", "peak_kw"), [(0.02, 0.0), (0.1, 0.0), (0.3, 0.0), (0.3, 5.0), (0.6, 3.0), (0.1, 20.0)])
def test_a_source_with_levels_comes_near_the_linear_programme(levels: int, usd_per_kw: float, peak_kw: float) -> None:
    figures, expected, standing = without_cares(oak(), levels), outlook(usd_per_kw, peak_kw), Standing(energy_kwh=50.0)
    plan = make_plan(figures, standing, expected)
    least_usd = least_cost_usd(problem_of(figures, expected), standing, expected)
    paid_usd = sum(step.cost_usd for step in plan.steps)
    assert not plan.unmet
    assert least_usd - 1e-6 <= plan.cost_usd + plan.peak_usd <= least_usd + 0.02 * paid_usd
    assert plan.raised_kw == pytest.approx(max(highest(plan) - peak_kw, 0.0), abs=1e-6)


def least_of_all_usd(figures: Figures, expected: Outlook, standing: Standing) -> float:
    """The cheapest of all sequences of on and off, each reckoned step by step."""
    problem = problem_of(figures, expected)
    source = figures.source
    runs = np.array(list(product((False, True), repeat=problem.steps)))
    energy_kwh, usd = np.full(len(runs), standing.energy_kwh), np.zeros(len(runs))
    bought = np.zeros((len(runs), problem.steps))
    for step in range(problem.steps):
        rested = problem.rested_kwh(step, energy_kwh)
        heat, power = problem.source(step, energy_kwh, rested, source.levels[0].power_kw, source.levels[0].offset_k)
        length_h, on = float(problem.lengths_h[step]), runs[:, step]
        reached, taken = charged(rested, heat, power, 0.0, length_h, figures.store.full_kwh, source.minimum_kw, source.pumps_kw)
        reached, taken = np.where(on, reached, rested), np.where(on, taken, source.standby_kw * length_h)
        numbers = (float(problem.least_kwh[step]), figures.boost_kw, float(problem.limit_kw[step]), length_h)
        prices = (float(problem.price[step]), SHORT_USD_PER_KWH_H, LIMIT_USD_PER_KWH)
        energy_kwh, bought[:, step], cost = supplied(reached, taken, *numbers, *prices)
        usd += cost
    hourly = bought.reshape(len(runs), -1, 4).sum(axis=2).max(axis=1)
    total = usd - expected.end_usd_per_kwh * energy_kwh
    return float((total + expected.peak_usd_per_kw * np.maximum(hourly - expected.peak_kw, 0.0)).min())


@pytest.mark.parametrize(("usd_per_kw", "peak_kw"), [(0.02, 0.0), (0.1, 0.0), (0.5, 0.0), (0.5, 6.0), (3.0, 2.0)])
def test_a_source_that_is_on_or_off_comes_near_the_best_of_all_sequences(usd_per_kw: float, peak_kw: float) -> None:
    figures = oak()
    free = replace(figures.source, start_up_h=0.0, minimum_on_h=0.0, minimum_off_h=0.0)
    figures, standing = replace(figures, source=free), Standing(energy_kwh=52.0)
    expected = outlook(usd_per_kw, peak_kw, prices=(0.1, 0.3, 0.1, 0.12), need_kw=6.0)
    plan = make_plan(figures, standing, expected)
    assert not plan.unmet
    least_usd = least_of_all_usd(figures, expected, standing)
    paid_usd = sum(step.cost_usd for step in plan.steps)
    assert plan.cost_usd + plan.peak_usd <= least_usd + 0.03 * paid_usd


@pytest.mark.parametrize("running", [False, True])
@pytest.mark.parametrize("cap_kw", [2.0, 4.0, 7.0])
def test_a_source_that_is_on_or_off_keeps_a_cap_by_a_part_of_each_hour(cap_kw: float, running: bool) -> None:
    expected = replace(outlook(1.0, prices=PRICES * 2, need_kw=2.5), horizon=even(HOUR_START_MS, 15 * MINUTE_MS, 96))
    figures, parted = capped(oak(), expected, cap_kw, running=running)
    plan = make_plan(figures, Standing(energy_kwh=60.0, running=running), replace(parted, peak_usd_per_kw=0.0))
    assert highest(plan) <= cap_kw + 1e-6
    changes = sum(one.runs != other.runs for one, other in zip(plan.steps, plan.steps[1:], strict=False))
    assert changes <= 26, "it starts in every other hour at most"


@pytest.mark.parametrize("usd_per_kw", [0.1, 1.0])
def test_numba_finds_the_same(usd_per_kw: float) -> None:
    steps = horizon(HOUR_START_MS + 25 * MINUTE_MS, 12)
    expected = Outlook(
        horizon=steps,
        price_usd_per_kwh=tuple(PRICES[(start_ms - HOUR_START_MS) // HOUR_MS] for start_ms in steps.edges_ms[:-1]),
        outdoor_c=(-5.0,) * steps.steps,
        need_kw=(5.0,) * steps.steps,
        drop_k=10.0,
        end_usd_per_kwh=0.05,
        peak_usd_per_kw=usd_per_kw,
        peak_kw=2.0,
        hour_kwh=1.5,
    )
    standing = Standing(energy_kwh=50.0, running=True)
    plain = make_plan(oak(), standing, expected)
    (fast,) = make_plans([Case(figures=oak(), standing=standing, outlook=expected)])
    assert fast.cost_usd == pytest.approx(plain.cost_usd, rel=1e-9)
    assert fast.peak_usd == pytest.approx(plain.peak_usd, rel=1e-9)
    assert [(step.start_ms, step.runs) for step in fast.steps] == [(step.start_ms, step.runs) for step in plain.steps]


def test_where_the_highest_power_has_no_price_or_is_not_raised_nothing_changes() -> None:
    standing = Standing(energy_kwh=50.0)
    plain = make_plan(oak(), standing, outlook(0.0))
    had = make_plan(oak(), standing, outlook(5.0, peak_kw=12.0))
    assert [step.power_kw for step in had.steps] == [step.power_kw for step in plain.steps]
    assert had.raised_kw == had.peak_usd == 0.0
