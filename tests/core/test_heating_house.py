"""A house that plans its heat: what it has done stays, what it plans follows what is left."""

import numpy as np
import pytest

from gw_spaceheat.core.heating_house import HOUR_SLOTS, with_levels
from gw_spaceheat.core.market.left_for_heat import DAY_SLOTS, Left
from gw_spaceheat.core.planner.figures import Figures, figures_of
from gw_spaceheat.core.street_heat import houses_of
from tests.core.test_street_heat import STATES, heated, street
from tests.scenarios.scene import OAK, house


@pytest.fixture(scope="module")
def figures() -> dict[str, Figures]:
    return {"oak": figures_of(house(OAK))}


def test_levels_go_from_the_smallest_load_to_the_largest(figures: dict[str, Figures]) -> None:
    oak = figures["oak"]
    assert with_levels(oak, 1) is oak
    assert [level.power_kw for level in with_levels(oak, 3).source.levels] == pytest.approx([3.0, 6.5, 10.0])


def test_what_is_done_stays_and_what_is_planned_follows_the_sun(figures: dict[str, Figures]) -> None:
    (of,) = houses_of(street(heated("1")), figures, states=STATES)
    slots = len(of.planned_wh)
    of.do(0)
    assert not of.done_wh.any(), "nothing was planned"
    of.plan(0, Left.nothing(slots))
    of.do(0)
    done_wh = of.done_wh.copy()
    assert not done_wh[HOUR_SLOTS:].any()
    sunny = Left.nothing(slots)
    sunny.all_wh[10 * HOUR_SLOTS : 16 * HOUR_SLOTS] = 6000.0 / 12.0
    of.plan(HOUR_SLOTS, sunny)
    assert np.array_equal(of.done_wh, done_wh)
    assert np.array_equal(of.planned_wh[:HOUR_SLOTS], done_wh[:HOUR_SLOTS])
    in_the_sun_wh = of.planned_wh[10 * HOUR_SLOTS : 16 * HOUR_SLOTS].sum()
    assert in_the_sun_wh > 0.8 * of.planned_wh[2 * HOUR_SLOTS : DAY_SLOTS].sum()


def test_one_that_does_not_see_the_sun_plans_as_if_there_were_none(figures: dict[str, Figures]) -> None:
    plans = []
    for sees_sun, sun_wh in ((False, 500.0), (True, 0.0)):
        (of,) = houses_of(street(heated("1")), figures, sees_sun=sees_sun, states=STATES)
        left = Left.nothing(len(of.planned_wh))
        left.all_wh[:] = sun_wh
        of.plan(0, left)
        plans.append(of.planned_wh)
    assert np.array_equal(*plans)


def test_figures_of_what_was_done_add_up(figures: dict[str, Figures]) -> None:
    (of,) = houses_of(street(heated("1", stored_share=0.0)), figures, states=STATES)
    of.plan(0, Left.nothing(len(of.planned_wh)))
    of.do(0)
    assert of.done.electricity_kwh == pytest.approx(of.done_wh.sum() / 1000.0)
    assert of.done.electricity_kwh > 0.0
    assert of.done.starts == 1
    assert of.done.end_kwh > of.done.begin_kwh == 0.0
    assert of.load.load.wh[-1] == pytest.approx(of.done_wh.sum())
