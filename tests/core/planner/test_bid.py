"""Bids: how much would be bought at which price."""

import pytest

from gw_spaceheat.core.planner.batch import NUMBA
from gw_spaceheat.core.planner.bid import bid_curve
from gw_spaceheat.core.planner.horizon import horizon
from gw_spaceheat.core.planner.outlook import Outlook, Standing
from gw_spaceheat.core.planner.plan import make_plan
from gw_spaceheat.core.planner.problem import problem_of
from gw_spaceheat.core.planner.solver import NUMPY, Solver
from gw_spaceheat.vocabulary.compiling import numba_is_here
from gw_spaceheat.vocabulary.moment import HOUR_MS
from tests.core.planner.test_why import FIGURES, START_MS

HOURS = 24


def curve(
    energy_kwh: float, expected_usd: float = 0.1, delivery_usd: float = 0.05, solver: Solver = NUMPY
) -> list[tuple[float, float]]:
    """For the second hour, when it is not known before."""
    steps = horizon(START_MS, HOURS)
    outlook = Outlook(
        horizon=steps,
        price_usd_per_kwh=(expected_usd + delivery_usd,) * steps.steps,
        outdoor_c=(0.0,) * steps.steps,
        need_kw=(3.0,) * steps.steps,
        drop_k=5.0,
        end_usd_per_kwh=0.02,
    )
    problem = problem_of(FIGURES, outlook)
    plan = make_plan(FIGURES, Standing(energy_kwh=energy_kwh), outlook)
    first = steps.edges_ms.index(START_MS + HOUR_MS)
    last = steps.edges_ms.index(START_MS + 2 * HOUR_MS)
    pairs = bid_curve(problem, plan, first, last, expected_usd, [delivery_usd] * (last - first), solver)
    return [(pair.usd_per_kwh, pair.kw) for pair in pairs]


def test_it_buys_more_when_it_is_cheap_and_never_less() -> None:
    found = curve(energy_kwh=20.0)
    prices, quantities = [price for price, _ in found], [kw for _, kw in found]
    assert prices == sorted(prices, reverse=True)
    assert quantities == sorted(quantities)
    assert prices[0] > 0.1 > prices[-1]
    assert quantities[0] == pytest.approx(0.0, abs=0.05), "the store lasts, and later hours cost less than this"
    assert quantities[-1] == pytest.approx(1.5, abs=0.1), "as much as it can"


def test_a_house_in_need_buys_at_any_price() -> None:
    found = curve(energy_kwh=6.0)
    assert found[0][1] > 0.5


def test_prices_around_nothing_still_differ() -> None:
    prices = [price for price, _ in curve(energy_kwh=20.0, expected_usd=0.0)]
    assert len(set(prices)) == len(prices)


@pytest.mark.skipif(not numba_is_here(), reason="Numba is not installed")
@pytest.mark.parametrize("energy_kwh", [6.0, 12.0, 20.0])
def test_numba_bids_the_same(energy_kwh: float) -> None:
    fast, plain = curve(energy_kwh, solver=NUMBA), curve(energy_kwh)
    assert len(fast) == len(plain)
    assert [number for pair in fast for number in pair] == pytest.approx([number for pair in plain for number in pair])
