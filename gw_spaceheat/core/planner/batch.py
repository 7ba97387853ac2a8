"""Plans for many different houses, one after another, compiled by Numba where it is installed: the same plans as `make_plan`'s.

The work of a house needs no lock of Python's, so threads can share a batch.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np

from gw_spaceheat.core.planner import physics, sweep
from gw_spaceheat.core.planner.figures import Figures
from gw_spaceheat.core.planner.forward import Chosen
from gw_spaceheat.core.planner.induction import STATES, CostToGo, grid_of
from gw_spaceheat.core.planner.outlook import Outlook, Standing
from gw_spaceheat.core.planner.plan import Plan, best_plan
from gw_spaceheat.core.planner.problem import SHORT_USD_PER_KWH_H, Problem
from gw_spaceheat.core.planner.solver import NUMPY, Solver
from gw_spaceheat.core.planner.sweep import REST, Room, Tables, Values, Whole
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
    solver = fastest()
    return [_plan(case, states, solver) for case in cases]


def fastest() -> Solver:
    """Numba where it is installed; to load it takes about a second, so it is for who plans more than a few times."""
    return NUMBA if numba_is_here() else NUMPY


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
    _, forward = _compiled()
    tables = tables_of(problem)
    ways, amounts = np.empty((problem.steps, 2), np.int64), np.empty((problem.steps, 3))
    forward(tables, values.grid_kwh, values.usd, values.aims_kwh, room_for(tables, 1), energy_kwh, mode, ways, amounts)
    return [
        Chosen(runs=way != REST, level=max(way, 0), mode=after, energy_kwh=end_kwh, bought_kwh=bought, boost_kwh=boost)
        for (way, after), (end_kwh, bought, boost) in zip(ways.tolist(), amounts.tolist(), strict=True)
    ]


NUMBA = Solver(_cost_to_go, _cheapest_ways)


Backward = Callable[[Tables, Values, Values, Values, Room], None]
Forward = Callable[[Tables, Values, Values, Values, Room, float, int, Whole, Values], None]


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


def room_for(tables: Tables, energies: int) -> Room:
    """Room for what comes of a step from so many energies."""
    levels, groups = len(tables.levels_kw), tables.starting_h.shape[1]
    ways = levels + 2 if len(set(tables.levels_kw.tolist())) > 1 else levels
    rows, by_way, runs = np.empty((10, energies)), np.empty((2, ways, energies)), np.empty((4, groups, ways, energies))
    return Room._make([*rows[:5], *by_way, np.zeros((groups, ways, energies), np.int64), *rows[5:], *runs])


def tables_of(problem: Problem) -> Tables:
    """A problem in rows and numbers."""
    figures, elapsed = problem.figures, problem.elapsed
    source, store = figures.source, figures.store
    lengths_h = sorted(set(problem.lengths_h.tolist()))
    modes = range(elapsed.modes)
    starting = [[elapsed.starting_h(mode, source.start_up_h, step_h) for mode in modes] for step_h in lengths_h]
    distinct = [sorted({row[mode] for mode in modes if elapsed.may_start(mode)}) for row in starting]
    most = max(map(len, distinct))
    groups = [
        [found.index(row[mode]) if elapsed.may_start(mode) else 0 for mode in modes]
        for row, found in zip(starting, distinct, strict=True)
    ]
    return Tables(
        lengths_h=problem.lengths_h,
        price=problem.price,
        outdoor_c=problem.outdoor_c,
        required_c=problem.required_c,
        frost_share=problem.frost_share,
        need_kw=problem.need_kw,
        least_kwh=problem.least_kwh,
        limit_kw=problem.limit_kw,
        beyond_usd_per_kwh=problem.beyond_usd_per_kwh,
        idle_usd=problem.idle_usd,
        kept=problem.kept.astype(np.int64),
        levels_kw=np.array([level.power_kw for level in source.levels]),
        offsets_k=np.array([level.offset_k for level in source.levels]),
        store_kwh=np.array(store.energy_kwh),
        store_c=np.array(store.temperature_c),
        loss_kw_per_k=float(store.loss_kw_per_k),
        room_c=float(store.room_c),
        full_kwh=float(store.full_kwh),
        boost_kw=float(figures.boost_kw),
        minimum_kw=float(source.minimum_kw),
        cop_a=float(source.cop_a),
        cop_b=float(source.cop_b),
        cop_c=float(source.cop_c),
        approach_k=float(source.approach_k),
        lift_k_per_kw=float(source.lift_k_per_kw),
        maximum_supply_c=float(source.maximum_supply_c),
        set_margin_k=math.inf if source.set_margin_k is None else float(source.set_margin_k),
        minimum_outdoor_c=float(source.minimum_outdoor_c),
        pumps_kw=float(source.pumps_kw),
        standby_kw=float(source.standby_kw),
        frost_heat_kw=float(source.frost_heat_kw),
        short_usd_per_kwh_h=SHORT_USD_PER_KWH_H,
        keep_usd_per_h=float(problem.keep_usd_per_h),
        kinds=np.searchsorted(lengths_h, problem.lengths_h).astype(np.int64),
        may_rest=np.array([elapsed.may_rest(mode) for mode in modes]),
        may_start=np.array([elapsed.may_start(mode) for mode in modes]),
        after_rest=np.array([[elapsed.following(mode, runs=False, step_h=step) for mode in modes] for step in lengths_h]),
        after_run=np.array([[elapsed.following(mode, runs=True, step_h=step) for mode in modes] for step in lengths_h]),
        starting_h=np.array([found + [0.0] * (most - len(found)) for found in distinct]),
        groups=np.array(groups),
    )
