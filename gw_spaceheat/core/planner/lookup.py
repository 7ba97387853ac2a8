"""Between two plans: what the values of the last one say of the next steps, from where the house really stands.

The stores are seldom quite as planned. What heat is worth at every step is known from the plan, for every amount of it, so a
few steps forward are all that is needed: a fiftieth of the work of a plan.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from gw_spaceheat.core.planner.outlook import Standing
from gw_spaceheat.core.planner.plan import Plan
from gw_spaceheat.core.planner.problem import Problem
from gw_spaceheat.core.planner.solver import NUMPY, Solver


class Said(NamedTuple):
    """What is said of a step: whether the source runs, and at which of its levels."""

    runs: bool
    level: int


def said_of(plan: Plan) -> tuple[Said, ...]:
    """What a plan says of its steps."""
    return tuple(Said(step.runs, step.level if step.runs else 0) for step in plan.steps)


def look_up(
    problem: Problem,
    plan: Plan,
    said: tuple[Said, ...],
    standing: Standing,
    first: int,
    last: int,
    solver: Solver = NUMPY,
) -> tuple[Said, ...]:
    """What is to be done, by step of a plan, with some of its steps decided anew.

    Args:
        problem: What was planned for.
        plan: The plan, with its values.
        said: What is said of each step so far; to run where rest was said, or the other way round, must gain what the problem
            asks for.
        standing: Where the house stands at the beginning of the first step.
        first: Number of the first step that is decided anew.
        last: Number of the first step after them.
        solver: Who decides them.
    """
    part = replace(problem.part(first, last), kept=np.array([each.runs for each in said[first:last]], np.int8))
    ways = solver.ways(part, plan.values.part(first, last), *problem.stands(standing))
    return (*said[:first], *(Said(way.runs, way.level if way.runs else 0) for way in ways), *said[last:])
