"""A batch by Numba gives the plans that NumPy makes, for whatever houses and outlooks."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.core.planner import batch
from gw_spaceheat.core.planner.batch import Case, make_plans
from gw_spaceheat.core.planner.figures import Figures, Level, SourceFigures, StoreFigures
from gw_spaceheat.core.planner.horizon import even, horizon
from gw_spaceheat.core.planner.outlook import Outlook, Standing
from gw_spaceheat.core.planner.plan import Plan, make_plan
from gw_spaceheat.house.model import WeatherCurve
from gw_spaceheat.vocabulary.compiling import numba_is_here
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS

START_MS = 1_515_367_800_000
STATES = 60


def number(least: float, most: float) -> st.SearchStrategy[float]:
    return st.floats(least, most, allow_nan=False, allow_infinity=False)


@st.composite
def houses(draw: st.DrawFn) -> Figures:
    most_kw, count, settable = draw(number(2.0, 15.0)), draw(st.integers(1, 4)), draw(st.booleans())
    source = SourceFigures(
        levels=tuple(
            Level(
                power_kw=most_kw * (1.0 if settable else (index + 1) / count), offset_k=draw(st.sampled_from([0.0, 3.0, 11.0]))
            )
            for index in range(count)
        ),
        minimum_kw=most_kw * draw(number(0.0, 0.5)),
        cop_a=draw(st.sampled_from([0.0, 0.5, 0.7])),
        cop_b=0.0033,
        cop_c=-0.0039,
        approach_k=draw(number(0.0, 3.0)),
        lift_k_per_kw=draw(st.sampled_from([0.0, 0.17, 0.5])),
        maximum_supply_c=draw(st.sampled_from([55.0, 70.0])),
        minimum_outdoor_c=draw(st.sampled_from([-30.0, -10.0])),
        start_up_h=draw(st.sampled_from([0.0, 0.1, 0.2, 0.6])),
        minimum_on_h=draw(st.sampled_from([0.0, 0.2, 0.75])),
        minimum_off_h=draw(st.sampled_from([0.0, 0.1, 0.5])),
        pumps_kw=0.06,
        standby_kw=0.015,
        set_margin_k=3.0 if settable else None,
        frost_share=draw(st.sampled_from([0.0, 0.07])),
        frost_heat_kw=4.0,
    )
    water = draw(number(0.5, 3.0))
    melts = draw(st.booleans())
    energies, temperatures = [0.0, 20.0 * water, 20.0 * water + 12.0, 42.0 * water + 12.0], [25.0, 45.0, 45.0, 67.0]
    store = StoreFigures(
        energy_kwh=tuple(energies) if melts else (0.0, 42.0 * water),
        temperature_c=tuple(temperatures) if melts else (25.0, 67.0),
        loss_kw_per_k=0.0088,
        room_c=15.0,
        water_kwh_per_k=water,
        stuck_kwh=1.8 if melts else 0.0,
    )
    curve = WeatherCurve(base_c=32.0, slope=0.75, reference_c=15.0, minimum_c=35.0, maximum_c=60.0)
    return Figures(curve=curve, source=source, store=store, boost_kw=draw(st.sampled_from([0.0, 9.0])))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    uneven = draw(st.booleans())
    steps = horizon(START_MS + draw(st.integers(0, 59)) * MINUTE_MS, 24) if uneven else even(START_MS, HOUR_MS // 4, 48)
    limits = draw(st.booleans())
    outlook = Outlook(
        horizon=steps,
        price_usd_per_kwh=tuple(chance.uniform(-0.05, 0.5, steps.steps).tolist()),
        outdoor_c=tuple(chance.uniform(-25.0, 12.0, steps.steps).tolist()),
        need_kw=tuple(chance.uniform(0.0, 9.0, steps.steps).tolist()),
        drop_k=10.0,
        end_usd_per_kwh=0.06,
        margin_kwh=2.0,
        limit_kw=tuple(chance.choice([math.inf, 4.0], steps.steps).tolist()) if limits else (),
        beyond_usd_per_kwh=tuple(chance.uniform(0.0, 0.3, steps.steps).tolist()) if limits and draw(st.booleans()) else (),
    )
    standing = Standing(
        energy_kwh=draw(number(0.0, 150.0)), running=draw(st.booleans()), for_h=draw(st.sampled_from([0.0, 0.1, 0.3, 24.0]))
    )
    return Case(figures=draw(houses()), standing=standing, outlook=outlook)


def same(one: Plan, other: Plan) -> None:
    assert one.values.usd == pytest.approx(other.values.usd, rel=1e-9, abs=1e-9)
    assert one.cost_usd == pytest.approx(other.cost_usd, rel=1e-9, abs=1e-9)
    assert [step.runs for step in one.steps] == [step.runs for step in other.steps]
    assert [step.level for step in one.steps] == [step.level for step in other.steps]
    assert [step.energy_kwh for step in one.steps] == pytest.approx([step.energy_kwh for step in other.steps])
    assert [step.boost_kw for step in one.steps] == pytest.approx([step.boost_kw for step in other.steps], abs=1e-9)
    assert [(wish.start_ms, wish.what) for wish in one.unmet] == [(wish.start_ms, wish.what) for wish in other.unmet]


@pytest.mark.skipif(not numba_is_here(), reason="Numba is not installed")
@settings(max_examples=60, deadline=None)
@given(cases())
def test_the_same_plan_to_rounding(case: Case) -> None:
    (fast,) = make_plans([case], states=STATES)
    plain = make_plan(case.figures, case.standing, case.outlook, states=STATES)
    same(fast, plain)
    again = replace(case, before=plain, keep_usd_per_h=0.05)
    (fast,) = make_plans([again], states=STATES)
    same(fast, make_plan(case.figures, case.standing, case.outlook, before=plain, keep_usd_per_h=0.05, states=STATES))


@settings(max_examples=3, deadline=None)
@given(cases())
def test_without_numba_it_is_numpy_that_plans(case: Case) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(batch, "numba_is_here", lambda: False)
        (plan,) = make_plans([case], states=STATES)
    same(plan, make_plan(case.figures, case.standing, case.outlook, states=STATES))
