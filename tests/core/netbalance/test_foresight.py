"""The exact frontier, against a mixed-integer programme and against every algorithm."""

import highspy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.core.netbalance.foresight import Periods, frontier

LOADS_W = (700.0, 1000.0)


def day(free_wh: list[float], covered_s: list[float] | None = None, buy: float = 0.3) -> Periods:
    count = len(free_wh)
    covered = np.array(covered_s or [3600.0] * count)
    return Periods(covered, np.array(free_wh), np.full(count, buy), 0.187, 0.2409)


@pytest.mark.parametrize(
    ("free_wh", "switchings", "load_wh"),
    [
        ([-200.0], 2, 0.0),  # nothing to be had
        ([500.0], 2, 500.0),  # one pair within the hour
        ([500.0], 0, 0.0),
        ([500.0], 1, 0.0),  # all must be off at the end
        ([3000.0], 2, 1000.0),  # the larger load all hour
        ([3000.0], 4, 1700.0),
        ([0.0, 1000.0, 0.0], 2, 1000.0),
        ([300.0, 1000.0, 1000.0, 400.0], 2, 2700.0),  # on inside the first, off inside the last
    ],
)
def test_small_days(free_wh: list[float], switchings: int, load_wh: float) -> None:
    gain = frontier(day(free_wh), LOADS_W).gain
    assert gain[min(switchings, len(gain) - 1)] == pytest.approx((0.2409 - 0.187) * load_wh / 1000.0)


def solved(periods: Periods, most: int) -> float:
    """The same by HiGHS: states at the periods' ends, energies, and extra pairs of switchings."""
    solver = highspy.Highs()
    solver.silent()
    count, inf = len(periods.free_wh), highspy.kHighsInf
    hours = periods.covered_s / 3600.0
    state = [[solver.addBinary() for _ in range(count + 1)] for _ in LOADS_W]
    pair = [[solver.addBinary() for _ in range(count)] for _ in LOADS_W]
    change = [[solver.addVariable(0, 1) for _ in range(count)] for _ in LOADS_W]
    wh = [[solver.addVariable(0, float(watts * hours[at])) for at in range(count)] for watts in LOADS_W]
    surplus, debt = ([solver.addVariable(0, inf) for _ in range(count)] for _ in range(2))
    for load, watts in enumerate(LOADS_W):
        solver.addConstr(state[load][0] == 0)
        solver.addConstr(state[load][count] == 0)
        for at in range(count):
            full = float(watts * hours[at])
            before, after = state[load][at], state[load][at + 1]
            solver.addConstr(change[load][at] >= after - before)
            solver.addConstr(change[load][at] >= before - after)
            solver.addConstr(wh[load][at] <= full * (before + after + pair[load][at]))
            solver.addConstr(wh[load][at] >= full * (before + after - 1 - pair[load][at]))
    for at in range(count):
        solver.addConstr(surplus[at] - debt[at] + wh[0][at] + wh[1][at] == float(periods.free_wh[at]))
    each = [(load, at) for load in range(len(LOADS_W)) for at in range(count)]
    solver.addConstr(sum(change[load][at] + 2 * pair[load][at] for load, at in each) <= most)
    worth = sum(periods.load_value_per_kwh * wh[load][at] for load, at in each)
    paid = sum(periods.sell_per_kwh * surplus[at] - float(periods.buy_per_kwh[at]) * debt[at] for at in range(count))
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.maximize((worth + paid) / 1000.0)
    return float(solver.getInfo().objective_function_value - periods.value(np.zeros(count)).sum())


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(-600, 2600), min_size=1, max_size=7),
    st.integers(0, 12),
    st.sampled_from([0.241, 0.293, 0.357]),
)
def test_equals_the_mixed_integer_programme(free_wh: list[int], most: int, buy: float) -> None:
    periods = day([float(each) for each in free_wh], buy=buy)
    gain = frontier(periods, LOADS_W).gain
    assert gain[min(most, len(gain) - 1)] == pytest.approx(solved(periods, most), abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(-600, 2600), min_size=1, max_size=30))
def test_more_switchings_never_gain_less(free_wh: list[int]) -> None:
    found = frontier(day([float(each) for each in free_wh]), LOADS_W)
    assert (np.diff(found.gain) >= 0.0).all()
    assert found.gain[0] == 0.0
    assert found.switchings_for(found.bound) is not None
    assert found.switchings_for(found.bound + 1.0) is None


def test_a_period_half_seen_feeds_half_as_much() -> None:
    assert frontier(day([3000.0], [1800.0]), LOADS_W).bound == pytest.approx((0.2409 - 0.187) * 0.85)
