"""Plans of small problems whose answer is plain, and what holds for all of them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.core.planner.figures import Figures, Level, figures_of
from gw_spaceheat.core.planner.horizon import even, horizon
from gw_spaceheat.core.planner.outlook import Outlook, Standing
from gw_spaceheat.core.planner.plan import Plan, make_plan
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS
from tests.scenarios.scene import OAK, START_MS, house

PINE = "hw1.isone.me.millinocket.pine"
HOUR_START_MS = START_MS - START_MS % HOUR_MS
STATES = 60


def oak() -> Figures:
    return figures_of(house(OAK))


def outlook(prices: tuple[float, ...], need_kw: float = 5.0, outdoor_c: float = -5.0) -> Outlook:
    steps = even(HOUR_START_MS, 15 * MINUTE_MS, 4 * len(prices))
    return Outlook(
        horizon=steps,
        price_usd_per_kwh=tuple(price for price in prices for _ in range(4)),
        outdoor_c=(outdoor_c,) * steps.steps,
        need_kw=(need_kw,) * steps.steps,
        drop_k=10.0,
        end_usd_per_kwh=0.05,
    )


def bought_kwh(plan: Plan, hours: range) -> float:
    steps = [step for step in plan.steps if (step.start_ms - HOUR_START_MS) // HOUR_MS in hours]
    return sum(step.power_kw * step.length_ms / HOUR_MS for step in steps)


def test_it_buys_in_the_cheap_hours_what_the_dear_ones_need() -> None:
    plan = make_plan(oak(), Standing(energy_kwh=55.0), outlook((0.1,) * 4 + (0.5,) * 4 + (0.1,) * 4))
    assert bought_kwh(plan, range(4, 8)) < 0.1
    assert bought_kwh(plan, range(4)) > 10.0
    assert not plan.unmet


def test_what_cannot_be_had_is_told_and_the_plan_is_the_best_that_there_is() -> None:
    plan = make_plan(oak(), Standing(energy_kwh=20.0), outlook((0.1,) * 6, need_kw=60.0))
    assert {each.what for each in plan.unmet} == {"heat"}
    assert plan.steps[-1].boost_kw == pytest.approx(oak().boost_kw)


def test_a_power_limit_is_kept_where_it_can_be() -> None:
    free = outlook((0.05,) * 2 + (0.1,) * 2 + (0.5,) * 4)
    limited = replace(free, limit_kw=(4.0,) * 8 + (float("inf"),) * 24)
    plan = make_plan(oak(), Standing(energy_kwh=60.0), limited)
    assert max(step.power_kw for step in plan.steps[:8]) <= 4.0
    assert max(step.power_kw for step in make_plan(oak(), Standing(energy_kwh=60.0), free).steps[:8]) > 9.0
    assert not plan.unmet


def test_where_some_is_cheap_and_the_rest_is_dear_it_takes_what_is_cheap() -> None:
    """4 kW cost 0.05 for four hours, and what is beyond as much as at any other time."""
    figures = oak()
    levels = tuple(Level(power_kw=power_kw, offset_k=11.0) for power_kw in (3.9, 10.0))
    two = replace(figures, source=replace(figures.source, levels=levels, pumps_kw=0.0))
    tiers = replace(
        outlook((0.05,) * 4 + (0.4,) * 4, need_kw=4.0),
        limit_kw=(4.0,) * 16 + (0.0,) * 16,
        beyond_usd_per_kwh=(0.35,) * 16 + (0.0,) * 16,
    )
    plan = make_plan(two, Standing(energy_kwh=50.0), tiers)
    assert max(step.power_kw for step in plan.steps) < 4.0
    assert bought_kwh(plan, range(4)) > 12.0
    assert not plan.unmet, "nobody was promised that it would not be exceeded"
    cheap = make_plan(two, Standing(energy_kwh=50.0), replace(tiers, beyond_usd_per_kwh=(0.0,) * 32))
    assert max(step.power_kw for step in cheap.steps) > 9.0


@pytest.mark.parametrize(("powers", "exact"), [((4.0, 10.0), True), ((10.0,), False)])
def test_a_source_with_several_levels_makes_just_what_is_needed_where_heat_is_dear(
    powers: tuple[float, ...], exact: bool
) -> None:
    figures = oak()
    levels = tuple(Level(power_kw=power_kw, offset_k=11.0) for power_kw in powers)
    modulating = replace(figures, source=replace(figures.source, levels=levels, start_up_h=0.0), boost_kw=0.0)
    plan = make_plan(modulating, Standing(energy_kwh=50.0, running=True), outlook((0.9,) * 4 + (0.01,) * 4, need_kw=12.0))
    ends = [*(step.energy_kwh for step in plan.steps[1:]), plan.end_kwh]
    just = [step for step, end_kwh in zip(plan.steps, ends, strict=True) if step.runs and end_kwh - step.least_kwh < 1e-6]
    assert bool(just) is exact
    assert all(figures.source.minimum_kw <= step.power_kw <= 10.1 for step in just), "never below its smallest load"
    assert not plan.unmet


def test_an_outlook_with_a_hole_is_refused_and_the_hole_named() -> None:
    with pytest.raises(ValueError, match="outdoor_c is nan in step 3"):
        replace(outlook((0.1,)), outdoor_c=(0.0, 0.0, 0.0, float("nan")))
    with pytest.raises(ValueError, match="need_kw has 1 values for 4 steps"):
        replace(outlook((0.1,)), need_kw=(1.0,))


def test_a_small_gain_does_not_change_a_plan() -> None:
    standing = Standing(energy_kwh=60.0)
    before = make_plan(oak(), standing, outlook((0.100, 0.101) * 4))
    swapped = outlook((0.101, 0.100) * 4)
    kept = make_plan(oak(), standing, swapped, before=before, keep_usd_per_h=0.05)
    assert [step.runs for step in kept.steps] == [step.runs for step in before.steps]


@settings(max_examples=25, deadline=None)
@given(
    prices=st.lists(st.floats(-0.1, 1.0), min_size=6, max_size=6),
    energy_kwh=st.floats(0.0, 95.0),
    need_kw=st.floats(0.0, 15.0),
    outdoor_c=st.floats(-32.0, 15.0),
    running=st.booleans(),
)
def test_every_plan_keeps_minimum_times_and_adds_up(
    prices: list[float], energy_kwh: float, need_kw: float, outdoor_c: float, running: bool
) -> None:
    figures = oak()
    expected = outlook(tuple(prices), need_kw, outdoor_c)
    plan = make_plan(figures, Standing(energy_kwh=energy_kwh, running=running), expected, states=STATES)
    assert len(plan.steps) == expected.horizon.steps
    for step, following in zip(plan.steps, plan.steps[1:], strict=False):
        hours = step.length_ms / HOUR_MS
        least_kwh = step.energy_kwh - (need_kw + 1.0) * hours
        assert following.energy_kwh >= least_kwh - 1e-6, "a step loses no more than need and standing loss"
        assert following.energy_kwh - step.energy_kwh <= step.power_kw * hours * 8.0 + 1e-6, "nor gains more than it buys"
        assert following.energy_kwh <= figures.store.full_kwh + figures.boost_kw * hours + 1e-6
    assert all(step.power_kw >= 0.0 for step in plan.steps)


def test_a_horizon_is_fine_at_first_and_no_step_crosses_an_hour() -> None:
    steps = horizon(HOUR_START_MS + 37 * MINUTE_MS)
    assert steps.edges_ms[0] == HOUR_START_MS + 35 * MINUTE_MS
    assert steps.edges_ms[-1] == HOUR_START_MS + 48 * HOUR_MS
    for start, end in zip(steps.edges_ms, steps.edges_ms[1:], strict=False):
        assert start // HOUR_MS == (end - 1) // HOUR_MS
    assert [round(60 * each) for each in dict.fromkeys(steps.lengths_h)] == [5, 15, 60]


def pine() -> Figures:
    return figures_of(house(PINE))


def test_the_supply_temperature_is_no_hotter_than_it_pays() -> None:
    """Heat for the house alone is made with the coolest supply; a store that melts at 58 degC is charged with a hot one."""
    even_prices = make_plan(pine(), Standing(energy_kwh=30.0), outlook((0.1,) * 4, need_kw=12.0))
    dear_later = make_plan(pine(), Standing(energy_kwh=30.0), outlook((0.05,) * 6 + (0.9,) * 6, need_kw=6.0))
    coolest_c = 32.0 + 0.75 * 20.0 + 14.0
    assert min(step.supply_c for step in even_prices.steps if step.supply_c) == pytest.approx(coolest_c)
    charging = [step.supply_c for step in dear_later.steps[:24] if step.supply_c]
    assert max(charging) > coolest_c + 3.0
    assert dear_later.steps[24].energy_kwh > 50.0


def test_several_supply_temperatures_are_never_dearer_than_the_usual_one() -> None:
    figures = pine()
    usual = [level for level in figures.source.levels if level.offset_k == 14.0]
    usual_only = replace(figures, source=replace(figures.source, levels=tuple(usual)))
    for start, need_kw in ((25.0, 4.0), (40.0, 8.0), (55.0, 12.0)):
        expected = outlook((0.1, 0.3, 0.05, 0.2) * 3, need_kw=need_kw)
        free = make_plan(figures, Standing(energy_kwh=start), expected)
        bound = make_plan(usual_only, Standing(energy_kwh=start), expected)
        assert free.values.usd[0, 0] == pytest.approx(np.minimum(free.values.usd[0, 0], bound.values.usd[0, 0]))
        assert free.cost_usd <= bound.cost_usd + 0.05


def test_a_source_that_cannot_be_set_is_asked_for_nothing() -> None:
    assert all(step.supply_c is None for step in make_plan(oak(), Standing(energy_kwh=40.0), outlook((0.1,) * 4)).steps)


@pytest.mark.parametrize("start_kwh", [60.0, 110.0])
def test_a_source_is_not_said_to_run_where_it_cannot(start_kwh: float) -> None:
    for figures in (oak(), pine()):
        plan = make_plan(figures, Standing(energy_kwh=start_kwh), outlook((0.1, 0.3, 0.05, 0.4) * 3, need_kw=3.0))
        assert all(step.power_kw > 0.5 for step in plan.steps if step.runs)
