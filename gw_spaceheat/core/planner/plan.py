"""A plan: the cheapest way through the steps in words, and what could not be had on it."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.core.planner.figures import Figures
from gw_spaceheat.core.planner.forward import Chosen
from gw_spaceheat.core.planner.induction import STATES, CostToGo
from gw_spaceheat.core.planner.outlook import Outlook, Standing
from gw_spaceheat.core.planner.peak import LEAST_RAISE_KW, capped, cheapest_cap, highest_kw
from gw_spaceheat.core.planner.problem import LIMIT_USD_PER_KWH, SHORT_USD_PER_KWH_H, Problem, problem_of
from gw_spaceheat.core.planner.solver import NUMPY, Solver
from gw_spaceheat.vocabulary.moment import HOUR_MS

Values = NDArray[np.float64]
LEAST_SHARE_OF_MEAN = 0.5
"""Even from full stores a house is not heated with less than this share of what a plan takes on average."""
SHORT_KWH = 0.01
"""Less than this is not worth a word [kWh]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStep:
    """One step of a plan.

    Attributes:
        start_ms: When it begins, UTC [ms].
        length_ms: How long it is [ms].
        runs: Whether the source runs.
        level: At which of the source's levels, if it runs; the higher of two if it changes between them.
        supply_c: Supply temperature that is asked of a source which can be set, if it runs; else None [degC].
        power_kw: Mean electrical power, boost included [kW].
        boost_kw: Mean power of the boost in it [kW].
        price_usd_per_kwh: Price of electricity.
        outdoor_c: Outdoor temperature expected [degC].
        need_kw: Heat need expected [kW].
        energy_kwh: Heat in the stores at its beginning [kWh].
        least_kwh: Heat that is needed at its end [kWh].
        worth_usd_per_kwh: What a further kWh of heat would save at its beginning [USD/kWh].
    """

    start_ms: int
    length_ms: int
    runs: bool
    level: int
    supply_c: float | None
    power_kw: float
    boost_kw: float
    price_usd_per_kwh: float
    outdoor_c: float
    need_kw: float
    energy_kwh: float
    least_kwh: float
    worth_usd_per_kwh: float

    @property
    def cost_usd(self) -> float:
        """What its electricity costs [USD]."""
        return self.power_kw * self.price_usd_per_kwh * self.length_ms / HOUR_MS


def _start_ms(step: PlanStep) -> int:
    return step.start_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """A wish that a plan could not meet.

    Attributes:
        start_ms: Start of the step, UTC [ms].
        what: "heat" for heat that will be missing, "limit" for a power limit that is exceeded.
        amount: How much [kWh of heat, or kW].
    """

    start_ms: int
    what: str
    amount: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do and what is expected to come of it.

    Attributes:
        made_ms: For when it was made, UTC [ms].
        steps: Its steps.
        end_kwh: Heat in the stores at its end [kWh].
        cost_usd: What its electricity costs, less what the heat at the end is worth; without what is dearer beyond a limit
            [USD].
        unmet: What could not be had.
        values: What heat is worth at every step.
        mode: The source's mode at its beginning.
        raised_kw: By how much it raises the month's highest power, where that has a price [kW].
        peak_usd: What that costs [USD]; not in `cost_usd`.
    """

    made_ms: int
    steps: tuple[PlanStep, ...]
    end_kwh: float
    cost_usd: float
    unmet: tuple[Unmet, ...]
    values: CostToGo
    mode: int
    raised_kw: float = 0.0
    peak_usd: float = 0.0

    def step_at(self, wall_ms: int) -> PlanStep | None:
        """The step in which a moment lies, UTC [ms]; None before and after the plan."""
        number = self.number_at(wall_ms)
        return None if number is None else self.steps[number]

    def number_at(self, wall_ms: int) -> int | None:
        """The number of that step, from 0."""
        number = bisect_right(self.steps, wall_ms, key=_start_ms) - 1
        if number < 0 or wall_ms >= self.steps[number].start_ms + self.steps[number].length_ms:
            return None
        return number


def make_plan(
    figures: Figures,
    standing: Standing,
    outlook: Outlook,
    *,
    before: Plan | None = None,
    keep_usd_per_h: float = 0.0,
    states: int = STATES,
) -> Plan:
    """The cheapest plan, in NumPy, also where not everything can be had; then `unmet` says what.

    Args:
        figures: The house.
        standing: Where it stands.
        outlook: What is expected.
        before: The plan that holds so far.
        keep_usd_per_h: So much must be gained for each hour in which another thing is done than before [USD/h].
        states: Number of energies in the grid.
    """
    made = best_plan(figures, standing, outlook, before=before, keep_usd_per_h=keep_usd_per_h, states=states, solver=NUMPY)
    return made.plan


class Made(NamedTuple):
    """A plan with what it was made of.

    Attributes:
        plan: The plan.
        problem: What was planned for in the end.
        outlook: What is expected, in the plan's steps: where the month's highest power has a price, there may be more of them.
    """

    plan: Plan
    problem: Problem
    outlook: Outlook


def best_plan(
    figures: Figures,
    standing: Standing,
    outlook: Outlook,
    *,
    before: Plan | None = None,
    keep_usd_per_h: float = 0.0,
    states: int = STATES,
    solver: Solver,
) -> Made:
    """As `make_plan`, by NumPy or Numba, with what it was made of.

    The month's highest power is raised only as far as it pays (`peak.py`).
    """

    def made(house: Figures, expected: Outlook) -> Made:
        kept = () if before is None else said_before(before, expected)
        problem = problem_of(house, expected, kept, keep_usd_per_h)
        return Made(follow(problem, solver.values(problem, states), standing, expected, solver), problem, expected)

    free = made(figures, outlook)
    if outlook.peak_usd_per_kw <= 0.0:
        return free
    drawn_kw = _highest_kw(free)
    if drawn_kw <= outlook.peak_kw + LEAST_RAISE_KW:
        return free

    def under(cap_kw: float) -> tuple[float, Made]:
        found = free if cap_kw >= drawn_kw else made(*capped(figures, outlook, cap_kw, running=standing.running))
        return _dues_usd(found, outlook), found

    mean_kw = float(np.average([step.power_kw for step in free.plan.steps], weights=free.problem.lengths_h))
    low_kw = max(LEAST_SHARE_OF_MEAN * mean_kw, outlook.peak_kw)
    best = cheapest_cap(under, low_kw, drawn_kw, outlook.peak_usd_per_kw)
    raised_kw = max(_highest_kw(best) - outlook.peak_kw, 0.0)
    plan = replace(best.plan, raised_kw=raised_kw, peak_usd=outlook.peak_usd_per_kw * raised_kw)
    return best._replace(plan=plan)


def _highest_kw(made: Made) -> float:
    return highest_kw(made.outlook.horizon, [step.power_kw for step in made.plan.steps], made.outlook.hour_kwh)


def _dues_usd(made: Made, outlook: Outlook) -> float:
    """What a plan costs with all that it answers for: missing heat, the grid operator's limit, the month's highest power."""
    plan, limits = made.plan, outlook.limit_kw
    usd = plan.cost_usd + outlook.peak_usd_per_kw * max(_highest_kw(made) - outlook.peak_kw, 0.0)
    ends_kwh = [*(step.energy_kwh for step in plan.steps[1:]), plan.end_kwh]
    for step, end_kwh in zip(plan.steps, ends_kwh, strict=True):
        hours = step.length_ms / HOUR_MS
        usd += SHORT_USD_PER_KWH_H * hours * max(step.least_kwh - end_kwh, 0.0)
        if limits:
            limit_kw = limits[bisect_right(outlook.horizon.edges_ms, step.start_ms) - 1]
            usd += LIMIT_USD_PER_KWH * hours * max(step.power_kw - limit_kw, 0.0)
    return usd


def said_before(before: Plan, outlook: Outlook) -> tuple[int, ...]:
    """What a plan says of the steps of another: 1 run, 0 rest, -1 nothing."""
    found = []
    for middle_ms in outlook.horizon.middles_ms:
        step = before.step_at(middle_ms)
        found.append(-1 if step is None else int(step.runs))
    return tuple(found)


def follow(problem: Problem, values: CostToGo, standing: Standing, outlook: Outlook, solver: Solver) -> Plan:
    """The plan that the values lead to, from where the house stands."""
    return plan_of(problem, values, standing, outlook, solver.ways(problem, values, *problem.stands(standing)))


def modes_of(problem: Problem, plan: Plan) -> list[int]:
    """The source's mode at the beginning of each step of a plan."""
    modes = [plan.mode]
    for step, length_h in zip(plan.steps, problem.lengths_h.tolist(), strict=True):
        modes.append(problem.elapsed.following(modes[-1], runs=step.runs, step_h=length_h))
    return modes[:-1]


def plan_of(problem: Problem, values: CostToGo, standing: Standing, outlook: Outlook, chosen: Sequence[Chosen]) -> Plan:
    """What is done in each step, put into words."""
    first, energy_kwh = problem.stands(standing)
    mode = first
    steps: list[PlanStep] = []
    unmet: list[Unmet] = []
    for step, best in enumerate(chosen):
        start_ms, end_ms = outlook.horizon.edges_ms[step : step + 2]
        steps.append(
            PlanStep(
                start_ms=start_ms,
                length_ms=end_ms - start_ms,
                runs=best.runs,
                level=best.level,
                supply_c=problem.supply_c(step, best.level) if best.runs else None,
                power_kw=best.bought_kwh / float(problem.lengths_h[step]),
                boost_kw=best.boost_kwh / float(problem.lengths_h[step]),
                price_usd_per_kwh=outlook.price_usd_per_kwh[step],
                outdoor_c=outlook.outdoor_c[step],
                need_kw=outlook.need_kw[step],
                energy_kwh=energy_kwh,
                least_kwh=float(problem.least_kwh[step]),
                worth_usd_per_kwh=values.worth_usd_per_kwh(step, mode, energy_kwh),
            )
        )
        short_kwh = float(problem.least_kwh[step]) - best.energy_kwh
        beyond_kw = steps[-1].power_kw - float(problem.limit_kw[step])
        unmet += [Unmet(start_ms=start_ms, what="heat", amount=short_kwh)] if short_kwh > SHORT_KWH else []
        is_limit = problem.beyond_usd_per_kwh[step] >= LIMIT_USD_PER_KWH
        unmet += [Unmet(start_ms=start_ms, what="limit", amount=beyond_kw)] if beyond_kw > SHORT_KWH and is_limit else []
        energy_kwh, mode = best.energy_kwh, best.mode
    return Plan(
        made_ms=outlook.horizon.edges_ms[0],
        steps=tuple(steps),
        end_kwh=energy_kwh,
        cost_usd=sum(step.cost_usd for step in steps) - problem.end_usd_per_kwh * energy_kwh,
        unmet=tuple(unmet),
        values=values,
        mode=first,
    )
