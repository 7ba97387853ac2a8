"""Backward dynamic programming in NumPy: what every amount of heat is worth, at every step, in every mode of the source."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.core.planner import physics
from gw_spaceheat.core.planner.problem import LIMIT_USD_PER_KWH, SHORT_USD_PER_KWH_H, Problem

Values = NDArray[np.float64]
STATES = 200


@dataclass(frozen=True, slots=True)
class CostToGo:
    """What it costs from a step on to the end.

    Attributes:
        grid_kwh: Energies for which it is known, evenly spaced [kWh].
        usd: By step (and one more for the end), mode and energy [USD].
    """

    grid_kwh: Values
    usd: Values

    def of(self, step: int, mode: int, energy_kwh: Values) -> Values:
        """Cost from a step on in a mode, linear between the grid's energies [USD]."""
        return _between(self.usd[step, mode], _places(self.grid_kwh, energy_kwh))

    def worth_usd_per_kwh(self, step: int, mode: int, energy_kwh: float) -> float:
        """What a further kWh of heat would save from a step on [USD/kWh]."""
        step_kwh = float(self.grid_kwh[1])
        place = min(max(int(energy_kwh / step_kwh), 0), len(self.grid_kwh) - 2)
        below, above = self.usd[step, mode, place : place + 2]
        return float(below - above) / step_kwh


def cost_to_go(problem: Problem, states: int = STATES) -> CostToGo:
    """Work backward from the end.

    Args:
        problem: The house.
        states: Number of energies in the grid.
    """
    elapsed, source = problem.elapsed, problem.figures.source
    grid = np.linspace(0.0, problem.figures.store.full_kwh, states)
    rested = problem.rested_kwh(slice(None), grid)
    tables = [problem.source(slice(None), grid, rested, level) for level in range(len(source.levels))]
    usd = np.empty((problem.steps + 1, elapsed.modes, states))
    usd[-1] = -problem.end_usd_per_kwh * grid
    for step in range(problem.steps - 1, -1, -1):
        after = usd[step + 1]
        levels = [(heat[step], power[step]) for heat, power in tables]
        rests = _Reached(grid, *_rest(problem, step, rested[step]))
        runs: dict[float, list[_Reached]] = {}
        step_h = float(problem.lengths_h[step])
        known: dict[tuple[float, int], Values] = {}
        for mode in range(elapsed.modes):
            best: Values | None = None
            if elapsed.may_rest(mode):
                best = rests.cost(after[elapsed.following(mode, runs=False, step_h=step_h)])
            if elapsed.may_start(mode):
                starting_h = elapsed.starting_h(mode, source.start_up_h, step_h)
                following = elapsed.following(mode, runs=True, step_h=step_h)
                if starting_h not in runs:
                    ways = (_run(problem, step, rested[step], *level, starting_h) for level in levels)
                    runs[starting_h] = [_Reached(grid, *way) for way in ways]
                if (starting_h, following) not in known:
                    costs = [each.cost(after[following]) for each in runs[starting_h]]
                    known[starting_h, following] = np.minimum.reduce(costs)
                running = known[starting_h, following]
                best = running if best is None else np.minimum(best, running)
            usd[step, mode] = best
    return CostToGo(grid, usd)


class _Reached:
    """Where a step leads from every energy, and what it costs; what follows is read off for any mode."""

    __slots__ = ("_places", "_usd")

    def __init__(self, grid: Values, energy_kwh: Values, usd: Values) -> None:
        self._places = _places(grid, energy_kwh)
        self._usd = usd

    def cost(self, after: Values) -> Values:
        """Cost of the step and of all that follows [USD]."""
        return self._usd + _between(after, self._places)


def _places(grid: Values, energy_kwh: Values) -> tuple[NDArray[np.intp], Values]:
    """Place below each energy, and how far it is on its way to the next."""
    at = np.clip(energy_kwh / grid[1], 0.0, len(grid) - 1.0)
    below = np.minimum(at.astype(np.intp), len(grid) - 2)
    return below, at - below


def _between(values: Values, places: tuple[NDArray[np.intp], Values]) -> Values:
    below, share = places
    return values[below] * (1.0 - share) + values[below + 1] * share


def _rest(problem: Problem, step: int, rested_kwh: Values) -> tuple[Values, Values]:
    """Energy after, and cost of, a step in which the source rests."""
    bought = np.full_like(rested_kwh, problem.figures.source.standby_kw * float(problem.lengths_h[step]))
    energy, _, usd = end_of_step(problem, step, rested_kwh, bought)
    return energy, usd + keeping_usd(problem, step, runs=False)


def _run(
    problem: Problem, step: int, rested_kwh: Values, heat_kw: Values, power_kw: Values, starting_h: float
) -> tuple[Values, Values]:
    """Energy after, and cost of, a step in which the source runs."""
    source = problem.figures.source
    energy, bought = physics.charged(
        rested_kwh,
        heat_kw,
        power_kw,
        starting_h,
        float(problem.lengths_h[step]),
        problem.figures.store.full_kwh,
        source.minimum_kw,
        source.pumps_kw,
    )
    energy, _, usd = end_of_step(problem, step, energy, bought)
    return energy, usd + keeping_usd(problem, step, runs=True)


def end_of_step(problem: Problem, step: int, energy_kwh: Values, bought_kwh: Values) -> tuple[Values, Values, Values]:
    """Boost and prices of a step; see `physics.supplied`."""
    return physics.supplied(
        energy_kwh,
        bought_kwh,
        float(problem.least_kwh[step]),
        problem.figures.boost_kw,
        float(problem.limit_kw[step]),
        float(problem.lengths_h[step]),
        float(problem.price[step]),
        SHORT_USD_PER_KWH_H,
        LIMIT_USD_PER_KWH,
    )


def keeping_usd(problem: Problem, step: int, *, runs: bool) -> float:
    """What it costs to do otherwise than an earlier plan said [USD]."""
    kept = int(problem.kept[step])
    return problem.keep_usd_per_h * float(problem.lengths_h[step]) if kept >= 0 and kept != runs else 0.0
