"""Forward through a problem's steps along the cheapest way, in NumPy."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.core.planner.induction import TIE_USD, CostToGo, charged, end_of_step, idle_usd, keeping_usd
from gw_spaceheat.core.planner.problem import Problem

Values = NDArray[np.float64]
RESTS = np.zeros(1, np.intp)
"""The levels of the one way in which the source rests."""


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
    chosen = []
    for step in range(problem.steps):
        chosen.append(cheapest_way(problem, values, step, mode, energy_kwh))
        mode, energy_kwh = chosen[-1].mode, chosen[-1].energy_kwh
    return chosen


class _Ways(NamedTuple):
    """Ways through a step that lead to one mode.

    Attributes:
        runs: Whether the source runs on them.
        mode: The mode after them.
        levels: The level of each.
        energy_kwh, bought_kwh, boost_kwh: What comes of each [kWh].
        usd: What each costs with all that follows [USD].
    """

    runs: bool
    mode: int
    levels: NDArray[np.intp]
    energy_kwh: Values
    bought_kwh: Values
    boost_kwh: Values
    usd: Values

    def at(self, place: int) -> Chosen:
        """One of them."""
        return Chosen(
            runs=self.runs,
            level=int(self.levels[place]),
            mode=self.mode,
            energy_kwh=float(self.energy_kwh[place]),
            bought_kwh=float(self.bought_kwh[place]),
            boost_kwh=float(self.boost_kwh[place]),
        )


def cheapest_way(problem: Problem, values: CostToGo, step: int, mode: int, energy_kwh: float) -> Chosen:
    """The cheapest of all that can be done in a step, with all that follows; the first of several."""
    rested = problem.rested_kwh(step, np.array([energy_kwh]))
    ways = []
    if problem.elapsed.may_rest(mode):
        ways.append(_resting(problem, values, step, mode, rested))
    if problem.elapsed.may_start(mode):
        ways.append(_running(problem, values, step, mode, energy_kwh, rested))
    least_usd = min(float(each.usd.min()) for each in ways)
    first = next(each for each in ways if each.usd.min() <= least_usd + TIE_USD)
    return first.at(int(np.argmax(first.usd <= least_usd + TIE_USD)))


def _resting(problem: Problem, values: CostToGo, step: int, mode: int, rested: Values) -> _Ways:
    step_h = float(problem.lengths_h[step])
    following = problem.elapsed.following(mode, runs=False, step_h=step_h)
    bought = np.array([problem.figures.source.standby_kw * step_h])
    return _led(problem, values, step, following, RESTS, rested, bought, runs=False)


def _running(problem: Problem, values: CostToGo, step: int, mode: int, energy_kwh: float, rested: Values) -> _Ways:
    """At each of the source's levels; then, between two of them, with just the heat that is needed, or is worth making."""
    step_h = float(problem.lengths_h[step])
    following = problem.elapsed.following(mode, runs=True, step_h=step_h)
    starting_h = problem.elapsed.starting_h(mode, problem.figures.source.start_up_h, step_h)
    level_kw, offset_k = problem.levels
    heat, power = problem.source(step, np.array([energy_kwh]), rested, level_kw, offset_k)
    levels = np.arange(len(heat))
    by_level = (heat[:, np.newaxis], power[:, np.newaxis])
    for target_kwh in (problem.least_kwh[step], values.aims_kwh[step, following]) if problem.modulates else ():
        between_heat, between, higher = problem.between_levels(step, target_kwh, rested, *by_level, starting_h)
        if between[0] > 0.0:
            heat, power, levels = np.append(heat, between_heat), np.append(power, between), np.append(levels, higher)
    reached, bought = charged(problem, step, rested, heat, power, starting_h)
    return _led(problem, values, step, following, levels, reached, bought, runs=True, power_kw=power)


def _led(
    problem: Problem,
    values: CostToGo,
    step: int,
    following: int,
    levels: NDArray[np.intp],
    reached: Values,
    bought: Values,
    *,
    runs: bool,
    power_kw: Values | None = None,
) -> _Ways:
    """Where ways that have reached some energies lead."""
    energy, paid, usd = end_of_step(problem, step, reached, bought)
    if power_kw is not None:
        usd = usd + idle_usd(problem, step, power_kw)
    total = usd + values.of(step + 1, following, energy) + keeping_usd(problem, step, runs=runs)
    return _Ways(runs, following, levels, energy, paid, paid - bought, total)
