"""Backward dynamic programming in NumPy: what every amount of heat is worth, at every step, in every mode of the source."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.core.planner import physics
from gw_spaceheat.core.planner.problem import SHORT_USD_PER_KWH_H, Problem, column

Values = NDArray[np.float64]
STATES = 200
TIE_USD = 1e-9
"""What costs only so much more is as good, so that rounding decides nothing: then the first is taken [USD]."""
ALL = slice(None)
"""All steps of a problem, worked out at once: NumPy takes longer to begin with a row than to work through it."""


@dataclass(frozen=True, slots=True)
class CostToGo:
    """What it costs from a step on to the end.

    Attributes:
        grid_kwh: Energies for which it is known, evenly spaced [kWh].
        usd: By step (and one more for the end), mode and energy [USD].
        aims_kwh: By step and the mode after it: so much heat is worth making at the step's price, where the source can
            change between levels; NaN where nothing is known of that.
    """

    grid_kwh: Values
    usd: Values
    aims_kwh: Values

    def part(self, first: int, last: int) -> "CostToGo":
        """Of some of the steps: from the first to before the last."""
        return CostToGo(self.grid_kwh, self.usd[first : last + 1], self.aims_kwh[first:last])

    def worth_usd_per_kwh(self, step: int, mode: int, energy_kwh: float) -> float:
        """What a further kWh of heat would save from a step on [USD/kWh]."""
        step_kwh = float(self.grid_kwh[1])
        place = min(max(int(energy_kwh / step_kwh), 0), len(self.grid_kwh) - 2)
        below, above = self.usd[step, mode, place : place + 2]
        return float(below - above) / step_kwh


def grid_of(problem: Problem, states: int) -> Values:
    """Energies for which the cost to go is worked out, evenly spaced from nothing to full [kWh]."""
    return np.linspace(0.0, problem.figures.store.full_kwh, states)


def cost_to_go(problem: Problem, states: int = STATES, end_usd: Values | None = None) -> CostToGo:
    """Work backward from the end.

    Args:
        problem: The house.
        states: Number of energies in the grid.
        end_usd: What it costs from the end on, by mode and energy; None for what the problem says of the end [USD].
    """
    elapsed = problem.elapsed
    grid = grid_of(problem, states)
    rested = problem.rested_kwh(ALL, grid)
    levels = [problem.source(ALL, grid, rested, level.power_kw, level.offset_k) for level in problem.figures.source.levels]
    heat_kw, power_kw = np.stack([heat for heat, _ in levels]), np.stack([power for _, power in levels])
    making_usd = _making_usd(problem, grid, heat_kw, power_kw) if problem.modulates else None
    aims_kwh = np.full((problem.steps, elapsed.modes), np.nan)
    rests = _Ways(grid, [_rest(problem, rested)])
    runs: dict[tuple[float, ...], _Ways] = {}
    usd = np.empty((problem.steps + 1, elapsed.modes, states))
    usd[-1] = -problem.end_usd_per_kwh * grid if end_usd is None else end_usd
    starting = [_starting_h(problem, mode) for mode in range(elapsed.modes)]
    for starting_h in {each for mode, each in enumerate(starting) if elapsed.may_start(mode)}:
        runs[starting_h] = _Ways(grid, _runs(problem, rested, heat_kw, power_kw, column(np.array(starting_h))))
    for step in range(problem.steps - 1, -1, -1):
        after, step_h = usd[step + 1], float(problem.lengths_h[step])
        known: dict[tuple[tuple[float, ...], int], Values] = {}
        for mode in range(elapsed.modes):
            best: Values | None = None
            if elapsed.may_rest(mode):
                best = rests.cost(step, after[elapsed.following(mode, runs=False, step_h=step_h)])
            if elapsed.may_start(mode):
                following = elapsed.following(mode, runs=True, step_h=step_h)
                key = (starting[mode], following)
                if key not in known:
                    known[key] = runs[starting[mode]].cost(step, after[following])
                    if making_usd is not None:
                        aims_kwh[step, following] = aim_kwh = aimed_kwh(grid, making_usd[step], after[following])
                        here = (rested[step], heat_kw[:, step], power_kw[:, step], starting[mode][step])
                        known[key] = np.minimum(known[key], _aim(problem, step, aim_kwh, grid, after[following], *here))
                best = known[key] if best is None else np.minimum(best, known[key])
            usd[step, mode] = best
    return CostToGo(grid, usd, aims_kwh)


def _starting_h(problem: Problem, mode: int) -> tuple[float, ...]:
    """How much of each step goes into starting up, if it runs from this mode on [h]."""
    start_up_h = problem.figures.source.start_up_h
    return tuple(problem.elapsed.starting_h(mode, start_up_h, step_h) for step_h in problem.lengths_h.tolist())


class _Ways:
    """Where all ways of every step lead from every energy, and what they cost; what follows is read off for any mode."""

    __slots__ = ("_below", "_share", "_usd")

    def __init__(self, grid: Values, ways: Sequence[tuple[Values, Values]]) -> None:
        places = [_places(grid, energy) for energy, _ in ways]
        self._below = np.stack([below for below, _ in places], axis=1)
        self._share = np.stack([share for _, share in places], axis=1)
        self._usd = np.stack([usd for _, usd in ways], axis=1)

    def cost(self, step: int, after: Values) -> Values:
        """Cost of a step, by its cheapest way, and of all that follows [USD]."""
        costs = self._usd[step] + _between(after, (self._below[step], self._share[step]))
        least: Values = np.minimum.reduce(costs)
        return least


def _places(grid: Values, energy_kwh: Values) -> tuple[NDArray[np.intp], Values]:
    """Place below each energy, and how far it is on its way to the next."""
    at = np.clip(energy_kwh / grid[1], 0.0, len(grid) - 1.0)
    below = np.minimum(at.astype(np.intp), len(grid) - 2)
    return below, at - below


def _between(values: Values, places: tuple[NDArray[np.intp], Values]) -> Values:
    below, share = places
    return values[below] * (1.0 - share) + values[below + 1] * share


def _rest(problem: Problem, rested_kwh: Values) -> tuple[Values, Values]:
    """Energy after, and cost of, every step in which the source rests."""
    bought = problem.figures.source.standby_kw * column(problem.lengths_h)
    energy, usd = end_of_step(problem, ALL, rested_kwh, bought)
    return energy, usd + keeping_usd(problem, ALL, runs=False)


def _runs(
    problem: Problem, rested_kwh: Values, heat_kw: Values, power_kw: Values, starting_h: Values
) -> list[tuple[Values, Values]]:
    """Energy after, and cost of, every step in which the source runs: at each of its levels, then with just the heat needed."""
    found = [_run(problem, ALL, rested_kwh, *level, starting_h) for level in zip(heat_kw, power_kw, strict=True)]
    if problem.modulates:
        least_kwh = column(problem.least_kwh)
        heat, power = problem.between_levels(ALL, least_kwh, rested_kwh, heat_kw, power_kw, starting_h)
        energy, usd = _run(problem, ALL, rested_kwh, heat, power, starting_h)
        found.append((energy, np.where(power > 0.0, usd, np.inf)))
    return found


def _making_usd(problem: Problem, grid: Values, heat_kw: Values, power_kw: Values) -> Values:
    """What heat costs to make at the largest level, by step, from the first of the grid's energies up to each [USD].

    Infinity where that is no aim: where the source cannot run, and where more is needed.
    """
    largest = int(np.argmax(problem.levels[0]))
    heat, power = heat_kw[largest], power_kw[largest]
    runs = heat > 0.0
    making_kwh = np.cumsum(np.where(runs, power, np.inf) / np.where(runs, heat, 1.0), axis=-1) * grid[1]
    may = np.isfinite(making_kwh) & (grid >= column(problem.least_kwh))
    return np.where(may, column(problem.price) * np.where(may, making_kwh, 0.0), np.inf)


def aimed_kwh(grid: Values, making_usd: Values, after_usd: Values) -> float:
    """The energy at a step's end up to which heat is worth making: the least of several; NaN where there is none."""
    total_usd = making_usd + after_usd
    least_usd = float(total_usd.min())
    return float(grid[np.argmax(total_usd <= least_usd + TIE_USD)]) if least_usd < np.inf else np.nan


def _aim(
    problem: Problem,
    step: int,
    aim_kwh: float,
    grid: Values,
    after_usd: Values,
    rested_kwh: Values,
    heat_kw: Values,
    power_kw: Values,
    starting_h: float,
) -> Values:
    """Cost of a step in which the source leaves what is aimed at, and of all that follows; infinity where it cannot [USD]."""
    if np.isnan(aim_kwh):
        return np.full_like(rested_kwh, np.inf)
    heat, power = problem.between_levels(step, aim_kwh, rested_kwh, heat_kw, power_kw, starting_h)
    energy, usd = _run(problem, step, rested_kwh, heat, power, starting_h)
    return np.where(power > 0.0, usd + _between(after_usd, _places(grid, energy)), np.inf)


def _run(
    problem: Problem,
    steps: slice | int,
    rested_kwh: Values,
    heat_kw: Values,
    power_kw: Values,
    starting_h: Values | float,
) -> tuple[Values, Values]:
    """Energy after, and cost of, steps in which the source runs."""
    energy, bought = charged(problem, steps, rested_kwh, heat_kw, power_kw, starting_h)
    energy, usd = end_of_step(problem, steps, energy, bought)
    return energy, usd + keeping_usd(problem, steps, runs=True) + idle_usd(problem, steps, power_kw)


def charged(
    problem: Problem,
    steps: slice | int,
    rested_kwh: Values,
    heat_kw: Values,
    power_kw: Values,
    starting_h: Values | float,
) -> tuple[Values, Values]:
    """Energy after, and electricity bought in, steps in which the source runs; see `physics.charged`."""
    source = problem.figures.source
    return physics.charged(
        rested_kwh,
        heat_kw,
        power_kw,
        starting_h,
        column(problem.lengths_h[steps]),
        problem.figures.store.full_kwh,
        source.minimum_kw,
        source.pumps_kw,
    )


def end_of_step(problem: Problem, steps: slice | int, energy_kwh: Values, bought_kwh: Values) -> tuple[Values, Values]:
    """Energy after, and cost of, steps, with boost and prices; see `physics.supplied`."""
    energy_kwh, _, usd = physics.supplied(
        energy_kwh,
        bought_kwh,
        column(problem.least_kwh[steps]),
        problem.figures.boost_kw,
        column(problem.limit_kw[steps]),
        column(problem.lengths_h[steps]),
        column(problem.price[steps]),
        SHORT_USD_PER_KWH_H,
        column(problem.beyond_usd_per_kwh[steps]),
    )
    return energy_kwh, usd


def idle_usd(problem: Problem, steps: slice | int, power_kw: Values) -> Values:
    """What it costs to have the source run where it cannot [USD]."""
    return column(problem.idle_usd[steps]) * (power_kw <= 0.0)


def keeping_usd(problem: Problem, steps: slice | int, *, runs: bool) -> Values:
    """What it costs to do otherwise than an earlier plan said [USD]."""
    kept = problem.kept[steps]
    otherwise = (kept >= 0) & (kept != runs)
    return column(problem.keep_usd_per_h * problem.lengths_h[steps] * otherwise)
