"""Plans for many different houses, one after another, compiled by Numba where it is installed: the same plans as `make_plan`'s.

The work of a house needs no lock of Python's, so threads can share a batch.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np

from gw_spaceheat.core.planner import physics, sweep
from gw_spaceheat.core.planner.figures import Figures
from gw_spaceheat.core.planner.forward import Chosen, Forward, room_for, tables_of, ways_along
from gw_spaceheat.core.planner.induction import STATES, CostToGo, grid_of
from gw_spaceheat.core.planner.outlook import Outlook, Standing
from gw_spaceheat.core.planner.plan import Plan, best_plan
from gw_spaceheat.core.planner.problem import Problem
from gw_spaceheat.core.planner.solver import NUMPY, Solver
from gw_spaceheat.core.planner.sweep import Room, Tables, Values
from gw_spaceheat.vocabulary import units
from gw_spaceheat.vocabulary.compiling import compiled, numba_is_here


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One house to plan for; see `make_plan`."""

    figures: Figures
    standing: Standing
    outlook: Outlook
    before: Plan | None = None
    keep_usd_per_h: float = 0.0


def make_plans(cases: Iterable[Case], *, states: int = STATES) -> list[Plan]:
    """The cheapest plan for each house, in their order.

    Args:
        cases: The houses.
        states: Number of energies in the grid.
    """
    solver = NUMBA if numba_is_here() else NUMPY
    return [_plan(case, states, solver) for case in cases]


def _plan(case: Case, states: int, solver: Solver) -> Plan:
    return best_plan(
        case.figures,
        case.standing,
        case.outlook,
        before=case.before,
        keep_usd_per_h=case.keep_usd_per_h,
        states=states,
        solver=solver,
    ).plan


def _cost_to_go(problem: Problem, states: int = STATES, end_usd: Values | None = None) -> CostToGo:
    backward, _ = _compiled()
    tables, grid = tables_of(problem), grid_of(problem, states)
    usd = np.empty((problem.steps + 1, problem.elapsed.modes, states))
    usd[-1] = -problem.end_usd_per_kwh * grid if end_usd is None else end_usd
    aims_kwh = np.full((problem.steps, problem.elapsed.modes), np.nan)
    backward(tables, grid, usd, aims_kwh, room_for(tables, states))
    return CostToGo(grid, usd, aims_kwh)


def _cheapest_ways(problem: Problem, values: CostToGo, mode: int, energy_kwh: float) -> list[Chosen]:
    return ways_along(_compiled()[1], problem, values, mode, energy_kwh)


NUMBA = Solver(_cost_to_go, _cheapest_ways)
"""For who plans more than a few times: to load it takes about a second."""


Backward = Callable[[Tables, Values, Values, Values, Room], None]


@cache
def _compiled() -> tuple[Backward, Forward]:
    """NumPy's minimum looks for what is no number, which alone would make a plan take four times as long."""
    backward, forward = compiled(
        "planner",
        (sweep, physics),
        (sweep.backward, sweep.forward),
        constants=(units,),
        instead={physics.lesser: sweep.lesser, physics.greater: sweep.greater},
        error_model="numpy",
        _nrt=False,
    )
    return backward, forward
