"""A plan: forward through the steps along the cheapest way, and what could not be had on it."""

from dataclasses import dataclass

import numpy as np

from gw_spaceheat.core.planner import physics
from gw_spaceheat.core.planner.figures import Figures
from gw_spaceheat.core.planner.induction import STATES, CostToGo, cost_to_go, end_of_step, keeping_usd
from gw_spaceheat.core.planner.outlook import Outlook, Standing
from gw_spaceheat.core.planner.problem import Problem, problem_of
from gw_spaceheat.vocabulary.moment import HOUR_MS

SHORT_KWH = 0.01
"""Less than this is not worth a word [kWh]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStep:
    """One step of a plan.

    Attributes:
        start_ms: When it begins, UTC [ms].
        length_ms: How long it is [ms].
        runs: Whether the source runs.
        level: At which of the source's levels, if it runs.
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
        cost_usd: What its electricity costs, less what the heat at the end is worth [USD].
        unmet: What could not be had.
        values: What heat is worth at every step.
        mode: The source's mode at its beginning.
    """

    made_ms: int
    steps: tuple[PlanStep, ...]
    end_kwh: float
    cost_usd: float
    unmet: tuple[Unmet, ...]
    values: CostToGo
    mode: int

    def step_at(self, wall_ms: int) -> PlanStep | None:
        """The step in which a moment lies, UTC [ms]; None before and after the plan."""
        for step in self.steps:
            if step.start_ms <= wall_ms < step.start_ms + step.length_ms:
                return step
        return None


def make_plan(
    figures: Figures,
    standing: Standing,
    outlook: Outlook,
    *,
    before: Plan | None = None,
    keep_usd_per_h: float = 0.0,
    states: int = STATES,
) -> Plan:
    """The cheapest plan, also where not everything can be had; then `unmet` says what.

    Args:
        figures: The house.
        standing: Where it stands.
        outlook: What is expected.
        before: The plan that holds so far.
        keep_usd_per_h: So much must be gained for each hour in which another thing is done than before [USD/h].
        states: Number of energies in the grid.
    """
    kept = () if before is None else said_before(before, outlook)
    problem = problem_of(figures, outlook, kept, keep_usd_per_h)
    return follow(problem, cost_to_go(problem, states), standing, outlook)


def said_before(before: Plan, outlook: Outlook) -> tuple[int, ...]:
    """What a plan says of the steps of another: 1 run, 0 rest, -1 nothing."""
    found = []
    for middle_ms in outlook.horizon.middles_ms:
        step = before.step_at(middle_ms)
        found.append(-1 if step is None else int(step.runs))
    return tuple(found)


def follow(problem: Problem, values: CostToGo, standing: Standing, outlook: Outlook) -> Plan:
    """The plan that the values lead to, from where the house stands."""
    elapsed = problem.elapsed
    first = mode = elapsed.mode_of(running=standing.running, for_h=standing.for_h)
    energy_kwh = min(standing.energy_kwh, problem.figures.store.full_kwh)
    steps: list[PlanStep] = []
    unmet: list[Unmet] = []
    cost_usd = 0.0
    for step in range(problem.steps):
        best = min(_ways(problem, values, step, mode, energy_kwh), key=lambda way: way.total_usd)
        start_ms, end_ms = outlook.horizon.edges_ms[step : step + 2]
        steps.append(
            PlanStep(
                start_ms=start_ms,
                length_ms=end_ms - start_ms,
                runs=best.runs,
                level=best.level,
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
        cost_usd += steps[-1].cost_usd
        short_kwh = float(problem.least_kwh[step]) - best.energy_kwh
        beyond_kw = steps[-1].power_kw - float(problem.limit_kw[step])
        unmet += [Unmet(start_ms=start_ms, what="heat", amount=short_kwh)] if short_kwh > SHORT_KWH else []
        unmet += [Unmet(start_ms=start_ms, what="limit", amount=beyond_kw)] if beyond_kw > SHORT_KWH else []
        energy_kwh, mode = best.energy_kwh, best.mode
    return Plan(
        made_ms=outlook.horizon.edges_ms[0],
        steps=tuple(steps),
        end_kwh=energy_kwh,
        cost_usd=cost_usd - problem.end_usd_per_kwh * energy_kwh,
        unmet=tuple(unmet),
        values=values,
        mode=first,
    )


@dataclass(frozen=True, slots=True)
class _Way:
    """One thing that could be done in a step: what it leads to, and what it and all that follows costs."""

    runs: bool
    level: int
    mode: int
    energy_kwh: float
    bought_kwh: float
    boost_kwh: float
    total_usd: float


def _ways(problem: Problem, values: CostToGo, step: int, mode: int, energy_kwh: float) -> list[_Way]:
    elapsed, source = problem.elapsed, problem.figures.source
    step_h = float(problem.lengths_h[step])
    energy = np.array([energy_kwh])
    rested = problem.rested_kwh(step, energy)
    ways = []
    if elapsed.may_rest(mode):
        following = elapsed.following(mode, runs=False, step_h=step_h)
        ways.append(_way(problem, values, step, following, rested, np.array([source.standby_kw * step_h]), None))
    if elapsed.may_start(mode):
        following = elapsed.following(mode, runs=True, step_h=step_h)
        starting_h = elapsed.starting_h(mode, source.start_up_h, step_h)
        for level in range(len(source.levels)):
            heat, power = problem.source(step, energy, rested, level)
            reached, bought = physics.charged(
                rested, heat, power, starting_h, step_h, problem.figures.store.full_kwh, source.minimum_kw, source.pumps_kw
            )
            ways.append(_way(problem, values, step, following, reached, bought, level))
    return ways


def _way(
    problem: Problem,
    values: CostToGo,
    step: int,
    following: int,
    reached: physics.Values,
    bought: physics.Values,
    level: int | None,
) -> _Way:
    energy, paid, usd = end_of_step(problem, step, reached, bought)
    after = values.of(step + 1, following, energy)
    return _Way(
        runs=level is not None,
        level=level or 0,
        mode=following,
        energy_kwh=float(energy[0]),
        bought_kwh=float(paid[0]),
        boost_kwh=float(paid[0] - bought[0]),
        total_usd=float(usd[0] + after[0]) + keeping_usd(problem, step, runs=level is not None),
    )
