"""Houses that are heated when that suits their street: they follow the sun that others leave, and nobody gets cold."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gw_spaceheat.core.heating_house import HOUR_SLOTS
from gw_spaceheat.core.market.energy import Energy, Forecast, Values
from gw_spaceheat.core.market.left_for_heat import DAY_SLOTS
from gw_spaceheat.core.market.scheduler import rule_of
from gw_spaceheat.core.market.settlement import local_of, settle
from gw_spaceheat.core.market.street import HeatedHouse, Producer, Street
from gw_spaceheat.core.planner.figures import Figures, figures_of
from gw_spaceheat.core.street_heat import (
    HeatedTimetable,
    StreetHeat,
    schedule_heated,
    with_heat,
)
from tests.core.market.streets import base, job, steady, sun
from tests.scenarios.scene import OAK, house

HOUR_S = 3600.0
STATES = 60
DAYS = 2


@pytest.fixture(scope="module")
def figures() -> dict[str, Figures]:
    return {"oak": figures_of(house(OAK))}


def day(noon_w: float) -> list[float]:
    """Sun from ten to four."""
    return [0.0] * 10 + [noon_w] * 6 + [0.0] * 8


def roof(name: str, noon_w: float, days: int = DAYS) -> Producer:
    return Producer(id=f"pv_producer[{name}]:[9]", forecasts=(sun(day(noon_w) * days),))


def heated(name: str, need_w: float = 3000.0, levels: int = 6, stored_share: float = 0.5) -> HeatedHouse:
    need = steady(need_w, (DAYS + 2) * 24.0)
    return HeatedHouse(house=name, model="oak", need=need, levels=levels, stored_share=stored_share)


def street(*houses: HeatedHouse, roofs: tuple[Producer, ...] = (), **more: Any) -> Street:
    too_warm_for_frost = (7.0,) * 24 * (DAYS + 2)
    of = Street(name="test", days=DAYS, jobs=(), producers=roofs, heated=houses, outdoor_c=too_warm_for_frost)
    return replace(of, **more)


def run(of: Street, figures: dict[str, Figures], *, sees_sun: bool = True) -> StreetHeat:
    heat = StreetHeat(of, figures, sees_sun=sees_sun, states=STATES)
    schedule_heated(of, heat, rule_of("lst"))
    return heat


def in_the_sun(heat: StreetHeat) -> float:
    """Share of the electricity that is taken between ten and four."""
    hours = heat.load_wh[: DAYS * DAY_SLOTS].reshape(-1, HOUR_SLOTS).sum(axis=1).reshape(-1, 24)
    return float(hours[:, 10:16].sum() / hours.sum())


def test_it_follows_the_sun_and_without_seeing_it_does_not(figures: dict[str, Figures]) -> None:
    of = street(heated("1"), roofs=(roof("2", 6000.0),))
    seeing, blind = run(of, figures), run(of, figures, sees_sun=False)
    assert in_the_sun(seeing) > 0.85
    assert in_the_sun(blind) < 0.6
    for heat in (seeing, blind):
        assert heat.done[0].cold_k_h == 0.0
        assert heat.done[0].need_kwh == pytest.approx(3.0 * 24 * DAYS)
    cost = [settle(with_heat(of, heat.loads), {}).cost_usd - heat.done[0].end_usd for heat in (seeing, blind)]
    assert cost[0] < cost[1]


def test_it_takes_about_as_much_as_there_is(figures: dict[str, Figures]) -> None:
    """With powers from 3 to 10 kW, 4 kW of sun are not a reason to take 10."""
    heat = run(street(heated("1", levels=15), roofs=(roof("2", 4200.0),)), figures)
    at_noon_kw = heat.load_wh[10 * HOUR_SLOTS : 16 * HOUR_SLOTS].reshape(-1, HOUR_SLOTS).sum(axis=1) / 1000.0
    assert at_noon_kw.max() < 4.3


def test_what_it_did_is_a_load_of_the_street_and_no_energy_is_lost(figures: dict[str, Figures]) -> None:
    of = street(heated("1"), heated("2"), roofs=(roof("2", 6000.0),))
    heat = run(of, figures)
    after = with_heat(of, heat.loads)
    found = settle(after, {})
    assert found.base_kwh == pytest.approx(sum(each.electricity_kwh for each in heat.done))
    assert local_of(after, {}, heat.loads) / 1000.0 == pytest.approx(found.local_kwh)
    assert [load.house for load in heat.loads] == ["1", "2"]
    for each in heat.done:
        made_kwh = each.need_kwh + each.end_kwh - each.begin_kwh
        assert 1.5 < made_kwh / each.electricity_kwh < 5.0, "a heat pump, and a store that loses some"


def test_nobody_gets_cold_where_heat_can_be_made(figures: dict[str, Figures]) -> None:
    for need_w, stored_share in ((0.0, 0.0), (8000.0, 0.4), (12_000.0, 1.0)):
        (done,) = run(street(heated("1", need_w, 1, stored_share)), figures).done
        begins_cold = stored_share == 0.0
        assert (done.cold_k_h > 0.0) == begins_cold, "an empty store is cold until it is heated"
        assert done.cold_k_h < 60.0


def test_a_forecast_that_falls_moves_what_has_not_been_done(figures: dict[str, Figures]) -> None:
    """At six nobody hopes for sun any more: nothing is planned for noon, and what was done until then stands."""
    kept = roof("2", 8000.0)
    fallen = replace(kept, forecasts=(*kept.forecasts, Forecast(6 * HOUR_S, Energy(*sun([0.0] * 48, from_h=0.0).energy))))
    done: list[Values] = []
    planned: list[Values] = []
    for producer in (kept, fallen):
        heat = StreetHeat(street(heated("1", stored_share=0.9), roofs=(producer,)), figures, states=STATES)
        heat.until(5.5 * HOUR_S, {})
        before = heat.load_wh[: 6 * HOUR_SLOTS].copy()
        hoped_wh = float(heat.load_wh[10 * HOUR_SLOTS : 16 * HOUR_SLOTS].sum())
        heat.until(6 * HOUR_S, {})
        assert np.array_equal(heat.load_wh[: 6 * HOUR_SLOTS], before)
        assert hoped_wh > 10_000.0
        planned.append(heat.load_wh[10 * HOUR_SLOTS : 16 * HOUR_SLOTS].copy())
        done.append(before)
    assert np.array_equal(done[0], done[1])
    assert planned[0].sum() > 10_000.0 > planned[1].sum()


def test_jobs_and_base_load_take_the_sun_from_it(figures: dict[str, Figures]) -> None:
    free = street(heated("1", stored_share=0.8), roofs=(roof("2", 5000.0),))
    taken = replace(free, base=(base("3", day(5000.0) * DAYS),))
    assert in_the_sun(run(free, figures)) > 0.9 > in_the_sun(run(taken, figures)) + 0.1
    jobs = tuple(job(f"[3]:[{n}]:[1]", 10.0 + 24 * n, 10.0 + 24 * n, watts=5000.0, hours=6.0) for n in range(DAYS))
    assert in_the_sun(run(replace(free, jobs=jobs), figures)) < 0.8


def test_jobs_go_where_houses_leave_sun(figures: dict[str, Figures]) -> None:
    of = street(heated("1"), roofs=(roof("2", 6000.0),))
    heat = StreetHeat(of, figures, states=STATES)
    timetable = HeatedTimetable(of, heat)
    left_wh = timetable.forecast_wh(0.0)
    assert heat.load_wh[: timetable.slots].sum() > 0.0
    assert left_wh + heat.load_wh[: timetable.slots] == pytest.approx(timetable.known_sun_wh)


def test_of_two_houses_each_knows_what_the_other_plans(figures: dict[str, Figures]) -> None:
    """Sun for one at its smallest load: they take turns rather than both at once."""
    houses = (heated(name, 2500.0, stored_share=0.46) for name in "12")
    heat = run(street(*houses, roofs=(roof("3", 3300.0),)), figures)
    one, two = (np.diff(load.load.wh)[: DAYS * DAY_SLOTS] for load in heat.loads)
    sunny = np.tile(np.array(day(1.0)).repeat(HOUR_SLOTS) > 0.0, DAYS)
    least_wh = 2500.0 / 12.0
    both = (one > least_wh) & (two > least_wh) & sunny
    either = ((one > least_wh) | (two > least_wh)) & sunny
    assert both.sum() < 0.35 * either.sum()


def test_without_sun_they_do_not_all_run_at_once(figures: dict[str, Figures]) -> None:
    """One price at all hours: four houses that could all run together take turns, for a cent."""
    of = street(*(heated(name, 2500.0, levels=1) for name in "1234"))
    peaks = [
        settle(with_heat(of, heat.loads), {}).peak_import_kw for heat in (run(of, figures), run(of, figures, sees_sun=False))
    ]
    assert peaks[0] < 0.7 * peaks[1]


def test_own_sun_is_cheaper_than_the_neighbours(figures: dict[str, Figures]) -> None:
    """Where the roof is a house's own, it heats with sun that would not be worth a neighbour's price."""
    own, others = (run(street(heated("1"), roofs=(roof(name, 6000.0),)), figures) for name in ("1", "2"))
    assert in_the_sun(own) >= in_the_sun(others) - 0.02


def test_sun_beyond_the_forecast_is_that_of_the_day_before(figures: dict[str, Figures]) -> None:
    """The first day's sun is known and the second day's is not, yet heat waits for it, as far as it can."""
    of = street(heated("1", stored_share=0.8), roofs=(roof("2", 6000.0, days=1),))
    heat = StreetHeat(of, figures, states=STATES)
    heat.until(16 * HOUR_S, {})
    hours = heat.load_wh.reshape(-1, HOUR_SLOTS).sum(axis=1)
    assert hours[34:40].sum() > 0.8 * hours[16:40].sum()


def test_the_same_again(figures: dict[str, Figures]) -> None:
    of = street(heated("1"), heated("2"), roofs=(roof("2", 6000.0),), jobs=(job("[3]:[1]:[1]", 8.0, 14.0, watts=2000.0),))
    assert np.array_equal(run(of, figures).load_wh, run(of, figures).load_wh)


def test_what_cannot_be_is_named() -> None:
    with pytest.raises(ValueError, match="levels of house 1 are 0"):
        heated("1", levels=0)
    with pytest.raises(ValueError, match="stored_share of house 1 is 2"):
        heated("1", stored_share=2.0)
    with pytest.raises(ValueError, match="house 1 has two heat sources"):
        street(heated("1"), heated("1"))
    with pytest.raises(ValueError, match="need of house 1 ends after 96 of 120 hours"):
        street(heated("1"), days=5, outdoor_c=(2.0,) * 120)
    with pytest.raises(ValueError, match="outdoor_c has 3 hours; houses are heated for 48"):
        street(heated("1"), outdoor_c=(1.0,) * 3)
