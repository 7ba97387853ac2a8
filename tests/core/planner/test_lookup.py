"""What is looked up between plans is what a new plan would say."""

import numpy as np
import pytest

from gw_spaceheat.core.planner.batch import NUMBA
from gw_spaceheat.core.planner.figures import figures_of
from gw_spaceheat.core.planner.horizon import horizon
from gw_spaceheat.core.planner.induction import cost_to_go
from gw_spaceheat.core.planner.lookup import look_up, said_of
from gw_spaceheat.core.planner.outlook import Outlook, Standing
from gw_spaceheat.core.planner.plan import follow
from gw_spaceheat.core.planner.problem import problem_of
from gw_spaceheat.core.planner.solver import NUMPY
from gw_spaceheat.vocabulary.compiling import numba_is_here
from gw_spaceheat.vocabulary.moment import HOUR_MS
from tests.scenarios.scene import OAK, START_MS, house

STEPS = horizon(START_MS - START_MS % HOUR_MS, 24)


def outlook() -> Outlook:
    chance = np.random.default_rng(4)
    return Outlook(
        horizon=STEPS,
        price_usd_per_kwh=tuple(chance.uniform(0.05, 0.4, STEPS.steps).tolist()),
        outdoor_c=(-5.0,) * STEPS.steps,
        need_kw=(5.0,) * STEPS.steps,
        drop_k=10.0,
        end_usd_per_kwh=0.05,
    )


@pytest.mark.parametrize("kwh", [35.0, 50.0, 55.0, 80.0])
def test_it_says_what_a_plan_from_there_says(kwh: float) -> None:
    problem = problem_of(figures_of(house(OAK)), outlook())
    values = cost_to_go(problem)
    plan = follow(problem, values, Standing(energy_kwh=50.0), outlook(), NUMPY)
    said = said_of(plan)
    there = Standing(energy_kwh=kwh)
    found = look_up(problem, plan, said, there, 0, 24)
    assert found[:24] == said_of(follow(problem, values, there, outlook(), NUMPY))[:24]
    assert found[24:] == said[24:]
    assert (found == said) is (kwh == 50.0)


def test_what_was_said_is_kept_unless_enough_is_gained() -> None:
    problem = problem_of(figures_of(house(OAK)), outlook(), keep_usd_per_h=10.0)
    plan = follow(problem, cost_to_go(problem), Standing(energy_kwh=50.0), outlook(), NUMPY)
    said = said_of(plan)
    assert look_up(problem, plan, said, Standing(energy_kwh=52.0), 0, 24) == said


@pytest.mark.skipif(not numba_is_here(), reason="Numba is not installed")
@pytest.mark.parametrize("kwh", [35.0, 50.0, 55.0, 80.0])
def test_numba_looks_up_the_same(kwh: float) -> None:
    problem = problem_of(figures_of(house(OAK)), outlook(), keep_usd_per_h=0.01)
    plan = follow(problem, cost_to_go(problem), Standing(energy_kwh=50.0), outlook(), NUMPY)
    there, said = Standing(energy_kwh=kwh, running=True, for_h=0.1), said_of(plan)
    assert look_up(problem, plan, said, there, 3, 24, NUMBA) == look_up(problem, plan, said, there, 3, 24)
