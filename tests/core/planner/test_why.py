"""What binds in a step of a plan, and what wishes would save."""

from dataclasses import replace

import pytest

from gw_spaceheat.core.planner.figures import Figures, Level, SourceFigures, StoreFigures
from gw_spaceheat.core.planner.horizon import even
from gw_spaceheat.core.planner.outlook import Outlook, Standing
from gw_spaceheat.core.planner.plan import make_plan
from gw_spaceheat.core.planner.problem import problem_of
from gw_spaceheat.core.planner.why import BATH_KWH, Binds, Why, why
from gw_spaceheat.house.model import WeatherCurve
from gw_spaceheat.vocabulary.moment import HOUR_MS

START_MS = 1_515_367_800_000
HOURS = 24
FIGURES = Figures(
    curve=WeatherCurve(base_c=35.0, slope=0.0, reference_c=15.0, minimum_c=35.0, maximum_c=60.0),
    source=SourceFigures(
        levels=(Level(power_kw=1.5, offset_k=5.0),),
        minimum_kw=0.5,
        cop_a=0.6,
        cop_b=0.0,
        cop_c=0.0,
        minimum_on_h=3.0,
        minimum_off_h=3.0,
        minimum_outdoor_c=-20.0,
    ),
    store=StoreFigures(
        energy_kwh=(0.0, 30.0), temperature_c=(25.0, 65.0), loss_kw_per_k=0.0, room_c=15.0, water_kwh_per_k=0.75
    ),
)


def explained(hour: int, price: list[float], energy_kwh: float, need_kw: float = 3.0, **more: object) -> Why:
    outlook = Outlook(
        horizon=even(START_MS, HOUR_MS, HOURS),
        price_usd_per_kwh=tuple(price),
        outdoor_c=(0.0,) * HOURS,
        need_kw=(need_kw,) * HOURS,
        drop_k=5.0,
        end_usd_per_kwh=0.02,
    )
    outlook = replace(outlook, **{name: value for name, value in more.items() if name in {"outdoor_c", "limit_kw"}})
    standing = more.get("standing", Standing(energy_kwh=energy_kwh))
    assert isinstance(standing, Standing)
    plan = make_plan(FIGURES, standing, outlook)
    return why(problem_of(FIGURES, outlook), plan, hour, need_kw_per_k=0.2)


LATELY_ON, LATELY_OFF = (Standing(energy_kwh=20.0, running=running, for_h=1.0) for running in (True, False))
CHEAP_NIGHT = [0.05] * 6 + [0.4] * 18


def test_it_waits_for_cheaper_hours_and_says_when() -> None:
    found = explained(0, [0.4] * 4 + [0.05] * 4 + [0.4] * 16, energy_kwh=25.0)
    assert not found.step.runs
    assert found.dearer_share == pytest.approx(4 / 24)
    assert found.cheapest_ms in range(START_MS + 4 * HOUR_MS, START_MS + 8 * HOUR_MS)
    assert found.heat_usd_per_kwh is not None
    assert found.heat_usd_per_kwh > found.step.worth_usd_per_kwh > 0
    assert 0 <= found.later_usd <= BATH_KWH * found.step.worth_usd_per_kwh


def test_a_degree_less_saves_what_the_heat_is_worth() -> None:
    found = explained(0, [0.2] * HOURS, energy_kwh=25.0)
    assert found.degree_usd == pytest.approx(0.2 * 24 * found.step.worth_usd_per_kwh, rel=0.5)


@pytest.mark.parametrize(
    ("hour", "price", "energy_kwh", "more", "binds"),
    [
        (0, [0.5] + [0.1] * 23, 8.75, {}, Binds.NEEDED),
        (5, CHEAP_NIGHT, 28.0, {}, Binds.FULL),
        (0, [0.4] * 2 + [0.05] * 22, 20.0, {"standing": LATELY_ON}, Binds.MINIMUM_ON),
        (
            0,
            [0.05] * 6 + [0.4] * 18,
            20.0,
            {"standing": LATELY_OFF},
            Binds.MINIMUM_OFF,
        ),
        (0, CHEAP_NIGHT, 20.0, {"outdoor_c": (-25.0,) * HOURS}, Binds.CANNOT_RUN),
        (0, CHEAP_NIGHT, 0.0, {}, Binds.MISSING),
        (0, CHEAP_NIGHT, 10.0, {"limit_kw": (1.5,) * HOURS}, Binds.LIMIT),
    ],
    ids=lambda value: value.name if isinstance(value, Binds) else "",
)
def test_what_binds(hour: int, price: list[float], energy_kwh: float, more: dict, binds: Binds) -> None:
    assert binds in explained(hour, price, energy_kwh, **more).binds


def test_where_nothing_binds_nothing_is_said_to() -> None:
    assert explained(0, [0.4] * 4 + [0.05] * 4 + [0.4] * 16, energy_kwh=20.0).binds == ()
