"""Forward through a problem's steps along the cheapest way: `sweep.forward`, as it stands or compiled (`batch.py`)."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from gw_spaceheat.core.planner import sweep
from gw_spaceheat.core.planner.induction import CostToGo
from gw_spaceheat.core.planner.problem import SHORT_USD_PER_KWH_H, Problem
from gw_spaceheat.core.planner.sweep import REST, Room, Tables, Values, Whole

Forward = Callable[[Tables, Values, Values, Values, Room, float, int, Whole, Values], None]


class Chosen(NamedTuple):
    """What is done in a step, and what it leads to.

    Attributes:
        runs: Whether the source runs.
        level: At which of its levels, if it runs.
        mode: Its mode after the step.
        energy_kwh: Heat in the stores after it [kWh].
        bought_kwh: Electricity bought in it [kWh].
        boost_kwh: The boost's share of that [kWh].
    """

    runs: bool
    level: int
    mode: int
    energy_kwh: float
    bought_kwh: float
    boost_kwh: float


def cheapest_ways(problem: Problem, values: CostToGo, mode: int, energy_kwh: float) -> list[Chosen]:
    """What is done in each step, from where the house stands."""
    return ways_along(sweep.forward, problem, values, mode, energy_kwh)


def ways_along(forward: Forward, problem: Problem, values: CostToGo, mode: int, energy_kwh: float) -> list[Chosen]:
    """The same, by `sweep.forward` or what is compiled from it."""
    tables = tables_of(problem)
    ways, amounts = np.empty((problem.steps, 2), np.int64), np.empty((problem.steps, 3))
    forward(tables, values.grid_kwh, values.usd, values.aims_kwh, room_for(tables, 1), energy_kwh, mode, ways, amounts)
    return [
        Chosen(runs=way != REST, level=max(way, 0), mode=after, energy_kwh=end_kwh, bought_kwh=bought, boost_kwh=boost)
        for (way, after), (end_kwh, bought, boost) in zip(ways.tolist(), amounts.tolist(), strict=True)
    ]


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
