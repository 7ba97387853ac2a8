"""Forward finds the way whose cost backward has worked out: each is checked by the other, from every amount of heat."""

import numpy as np
import pytest
from hypothesis import given, settings

from gw_spaceheat.core.planner.batch import Case
from gw_spaceheat.core.planner.forward import Chosen, cheapest_ways
from gw_spaceheat.core.planner.induction import TIE_USD, CostToGo, cost_to_go
from gw_spaceheat.core.planner.problem import SHORT_USD_PER_KWH_H, Problem, problem_of
from tests.core.planner.test_batch import STATES, cases

EVERY = 7
"""Only so few of the steps and amounts are looked at."""
KEEP_USD_PER_H = 0.05


def cost_usd(problem: Problem, values: CostToGo, step: int, way: Chosen) -> float:
    """What a step costs, and all that follows: reckoned anew from what is told of it."""
    length_h = float(problem.lengths_h[step])
    short_kwh = max(float(problem.least_kwh[step]) - way.energy_kwh, 0.0)
    beyond_kwh = max(way.bought_kwh - float(problem.limit_kw[step]) * length_h, 0.0)
    otherwise = problem.kept[step] >= 0 and bool(problem.kept[step]) != way.runs
    after_usd = float(np.interp(way.energy_kwh, values.grid_kwh, values.usd[step + 1, way.mode]))
    return (
        float(problem.price[step]) * way.bought_kwh
        + float(problem.beyond_usd_per_kwh[step]) * beyond_kwh
        + SHORT_USD_PER_KWH_H * length_h * short_kwh
        + problem.keep_usd_per_h * length_h * otherwise
        + after_usd
    )


@settings(max_examples=25, deadline=None)
@given(cases())
def test_the_way_found_costs_what_backward_says(case: Case) -> None:
    steps = case.outlook.horizon.steps
    kept = tuple(step % 3 - 1 for step in range(steps))
    problem = problem_of(case.figures, case.outlook, kept, KEEP_USD_PER_H)
    values = cost_to_go(problem, STATES)
    for step in range(0, steps, EVERY):
        part, there = problem.part(step, step + 1), values.part(step, step + 1)
        for mode in range(0, problem.elapsed.modes, 2):
            for place in range(step % EVERY, STATES, EVERY):
                (way,) = cheapest_ways(part, there, mode, float(values.grid_kwh[place]))
                dearer_usd = float(values.usd[step, mode, place]) - cost_usd(problem, values, step, way)
                # a source that runs where it cannot has a price of its own, which the way does not tell
                assert -2 * TIE_USD - 1e-7 <= dearer_usd <= 1e-7 + (float(problem.idle_usd[step]) if way.runs else 0.0)
                if not way.runs:
                    assert dearer_usd == pytest.approx(0.0, abs=1e-7)
