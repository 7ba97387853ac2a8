"""A house without a store: its rooms are one, as far as the house file lets them."""

import pytest

from gw_spaceheat.core.planner.batch import Case, make_plans
from gw_spaceheat.core.planner.estimate import rooms_kwh
from gw_spaceheat.core.planner.figures import Figures, figures_of
from gw_spaceheat.core.planner.horizon import even
from gw_spaceheat.core.planner.outlook import Outlook, Standing
from gw_spaceheat.core.planner.plan import make_plan
from gw_spaceheat.house.model import Comfort
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS
from tests.scenarios.scene import START_MS
from tests.scenarios.storeless import storeless

HOUR_START_MS = START_MS - START_MS % HOUR_MS
COMFORT = Comfort(below_k=1.0, above_k=1.5)


def rooms() -> Figures:
    return figures_of(storeless(COMFORT))


def outlook(prices: tuple[float, ...], need_kw: float) -> Outlook:
    steps = even(HOUR_START_MS, 15 * MINUTE_MS, 4 * len(prices))
    return Outlook(
        horizon=steps,
        price_usd_per_kwh=tuple(price for price in prices for _ in range(4)),
        outdoor_c=(-5.0,) * steps.steps,
        need_kw=(need_kw,) * steps.steps,
        drop_k=10.0,
        end_usd_per_kwh=0.05,
    )


def test_without_leave_its_buffer_is_all_that_it_has() -> None:
    figures = figures_of(storeless(None))
    assert figures.building is None
    assert figures.store.full_kwh == pytest.approx(0.45425 * 1.163 * 42.0, rel=0.01)


def test_with_leave_its_rooms_are_the_store() -> None:
    figures = rooms()
    plant = storeless(COMFORT).plant
    assert plant is not None
    held_j = sum(zone.air_j_per_k + zone.emitter_j_per_k + 0.5 * zone.mass_j_per_k for zone in plant.zones)
    assert figures.store.full_kwh == pytest.approx(2.5 * held_j / 3.6e6)
    assert figures.store.loss_kw_per_k == pytest.approx(sum(zone.outdoor_w_per_k for zone in plant.zones) / 1000.0)


@pytest.mark.parametrize(
    ("rooms_c", "share"),
    [((19.0,) * 4, 0.0), ((21.5,) * 4, 1.0), ((20.25, None, 20.25, None), 0.5), ((18.5,) * 4, -0.2), ((None,) * 4, None)],
)
def test_what_rooms_hold(rooms_c: tuple[float | None, ...], share: float | None) -> None:
    figures = rooms()
    assert figures.building is not None
    held = rooms_kwh(figures.building, rooms_c)
    assert held == (None if share is None else pytest.approx(share * figures.store.full_kwh))


def test_rooms_are_warmed_before_it_gets_dear_and_stay_within_their_limits() -> None:
    figures = rooms()
    plan = make_plan(figures, Standing(energy_kwh=7.0), outlook((0.1,) * 3 + (0.5,) * 3 + (0.1,) * 3, need_kw=3.0))
    before, after = plan.steps[12], plan.steps[24]
    assert before.energy_kwh > 12.0, "warm when it gets dear"
    assert after.energy_kwh < 6.0, "and cool after it"
    assert sum(step.power_kw for step in plan.steps[12:24]) < 1.0
    assert all(figures.store.stuck_kwh - 1e-6 <= step.energy_kwh <= figures.store.full_kwh for step in plan.steps)
    assert not plan.unmet


def test_numba_plans_the_same_for_rooms() -> None:
    case = Case(figures=rooms(), standing=Standing(energy_kwh=7.0), outlook=outlook((0.1, 0.4) * 4, need_kw=4.0))
    (fast,) = make_plans([case])
    plain = make_plan(case.figures, case.standing, case.outlook)
    assert fast.cost_usd == pytest.approx(plain.cost_usd, rel=1e-9)
    assert [step.runs for step in fast.steps] == [step.runs for step in plain.steps]
