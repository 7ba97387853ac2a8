"""What binds in a step of a plan, and what a wish would save there: read off the value of heat."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gw_spaceheat.core.planner.plan import Plan, PlanStep, modes_of
from gw_spaceheat.core.planner.problem import Problem
from gw_spaceheat.vocabulary.moment import HOUR_MS

NEAR_KWH = 0.5
"""A store that is so near to a bound is at it [kWh]."""
DEGREE_HOURS, LATER_HOURS = 24, 12
BATH_KWH = 5.0
"""A bath: 120 litres, warmed by 35 K [kWh]."""


class Binds(StrEnum):
    """What leaves no choice in a step, or what speaks for what is done."""

    NEEDED = "heat is needed: the stores hold hardly more than the house must have"
    FULL = "the stores are full"
    LIMIT = "the grid operator's limit"
    MINIMUM_ON = "it has started lately, and runs for its minimum time"
    MINIMUM_OFF = "it has stopped lately, and rests for its minimum time"
    CANNOT_RUN = "it cannot run: too cold outdoors, or the stores are too hot for it"
    MISSING = "heat will be missing: source and boost together cannot give more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A step, explained.

    Attributes:
        step: The step.
        binds: What binds there.
        heat_usd_per_kwh: What a kWh of heat would cost if it were made there; None where the source cannot run.
        dearer_share: Share of the plan's time in which electricity costs less [0-1].
        cheapest_ms: When heat is made at the least cost from then on, UTC [ms].
        cheapest_usd_per_kwh: What it costs then.
        degree_usd: What a degree less in the rooms would save in the next 24 h [USD].
        later_ms: When a bath would cost least in the next 12 h, UTC [ms].
        later_usd: What it would save to take it then [USD].
    """

    step: PlanStep
    binds: tuple[Binds, ...]
    heat_usd_per_kwh: float | None
    dearer_share: float
    cheapest_ms: int
    cheapest_usd_per_kwh: float
    degree_usd: float
    later_ms: int
    later_usd: float


def why(problem: Problem, plan: Plan, number: int, need_kw_per_k: float) -> Why:
    """Explain a step.

    Args:
        problem: What was planned for.
        plan: The plan.
        number: Number of the step.
        need_kw_per_k: By how much the need falls when the rooms are a degree cooler [kW/K].
    """
    steps = plan.steps
    step = steps[number]
    costs = [_heat_usd_per_kwh(problem, each, index) for index, each in enumerate(steps)]
    ahead = [(cost, index) for index, cost in enumerate(costs) if cost is not None and index >= number]
    cheapest_usd, cheapest = min(ahead, default=(0.0, number))
    total_ms = sum(each.length_ms for each in steps)
    cheaper_ms = sum(each.length_ms for each in steps if each.price_usd_per_kwh < step.price_usd_per_kwh)
    day_ms, soon_ms = step.start_ms + DEGREE_HOURS * HOUR_MS, step.start_ms + LATER_HOURS * HOUR_MS
    degree_usd = sum(
        each.worth_usd_per_kwh * need_kw_per_k * each.length_ms / HOUR_MS for each in steps[number:] if each.start_ms < day_ms
    )
    later = min((each for each in steps[number:] if each.start_ms <= soon_ms), key=lambda each: each.worth_usd_per_kwh)
    return Why(
        step=step,
        binds=_binds(problem, plan, number, costs[number] is not None),
        heat_usd_per_kwh=costs[number],
        dearer_share=cheaper_ms / total_ms,
        cheapest_ms=steps[cheapest].start_ms,
        cheapest_usd_per_kwh=cheapest_usd,
        degree_usd=degree_usd,
        later_ms=later.start_ms,
        later_usd=BATH_KWH * (step.worth_usd_per_kwh - later.worth_usd_per_kwh),
    )


def _heat_usd_per_kwh(problem: Problem, step: PlanStep, number: int) -> float | None:
    """What heat costs in a step, with the source at its largest level."""
    energy = np.array([step.energy_kwh])
    largest = max(problem.figures.source.levels, key=lambda level: level.power_kw)
    heat, power = problem.source(number, energy, problem.rested_kwh(number, energy), largest.power_kw, largest.offset_k)
    return step.price_usd_per_kwh * float(power[0]) / float(heat[0]) if heat[0] > 0.0 else None


def _binds(problem: Problem, plan: Plan, number: int, can_run: bool) -> tuple[Binds, ...]:
    step, elapsed = plan.steps[number], problem.elapsed
    after_kwh = plan.steps[number + 1].energy_kwh if number + 1 < len(plan.steps) else plan.end_kwh
    mode = modes_of(problem, plan)[number]
    missing = any(wish.start_ms == step.start_ms and wish.what == "heat" for wish in plan.unmet)
    found = {
        Binds.MISSING: missing,
        Binds.NEEDED: not missing and after_kwh - step.least_kwh <= NEAR_KWH,
        Binds.FULL: after_kwh >= problem.figures.store.full_kwh - NEAR_KWH,
        Binds.LIMIT: step.power_kw >= float(problem.limit_kw[number]) - NEAR_KWH,
        Binds.MINIMUM_ON: step.runs and not elapsed.may_rest(mode),
        Binds.MINIMUM_OFF: not step.runs and not elapsed.may_start(mode),
        Binds.CANNOT_RUN: not can_run,
    }
    return tuple(binds for binds, holds in found.items() if holds)
