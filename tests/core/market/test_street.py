"""Jobs must have a window; base load takes the sun as jobs do, and schedulers know what is left, as far as that is expected."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.core.market.bills import bills
from gw_spaceheat.core.market.scheduler import scheduler
from gw_spaceheat.core.market.settlement import Tariff, settle
from gw_spaceheat.core.market.street import Producer, Street
from gw_spaceheat.core.market.timetable import SLOT_S, Timetable, base_in_slots
from tests.core.market.streets import HOUR_S, base, by_chance, job, steady, street, sun

TARIFF = Tariff(purchase_usd_per_kwh=0.3, local_usd_per_kwh=0.2, feed_in_usd_per_kwh=0.1)
HOUR = round(3600 / SLOT_S)


def test_energy_and_length() -> None:
    made = job("a", 1.0, 2.0, watts=500.0, hours=2.0)
    assert (made.wh, made.lasts_s) == (1000.0, 7200.0)
    assert steady(100.0, 0.5).wh[-1] == 50.0


def test_a_window_that_is_none_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="job a may start"):
        job("a", 2.0, 1.0)


def test_when_something_new_is_forecast() -> None:
    assert street([], [[1.0], [2.0]]).issues_s == (0.0,)
    assert sun([1.0], issued_h=3.0).issued_s == 3.0 * 3600.0


def two_houses(roof_w: list[float], base_1_w: list[float], base_2_w: list[float]) -> Street:
    producers = (Producer(id="pv_producer[1]:[9]", forecasts=(sun(roof_w),)),)
    return Street(name="test", days=1, jobs=(), producers=producers, base=(base("1", base_1_w), base("2", base_2_w)))


def test_by_hand_in_bills() -> None:
    """2 kWh of sun; its own house takes 1.5 of them, and the neighbour, who wants 1, gets the rest."""
    one, two = bills(two_houses([2000.0], [1500.0], [1000.0]), {}, TARIFF)
    assert (one.demand_kwh, one.own_kwh, one.to_neighbours_kwh, one.to_grid_kwh) == (1.5, 1.5, 0.5, 0.0)
    assert (two.from_neighbours_kwh, two.from_grid_kwh) == (0.5, 0.5)
    assert two.cost_usd == pytest.approx(0.5 * 0.2 + 0.5 * 0.3)


def test_by_hand_in_the_settlement() -> None:
    found = settle(two_houses([2000.0, 500.0], [1500.0, 0.0], [1000.0, 100.0]), {}, TARIFF)
    assert (found.base_kwh, found.demand_kwh) == (pytest.approx(2.6), pytest.approx(2.6))
    assert found.local_kwh == found.claimed_kwh == found.deliverable_kwh == pytest.approx(2.1)
    assert found.cost_usd == pytest.approx(0.5 * 0.3 - 0.4 * 0.1)
    assert found.peak_import_kw == pytest.approx(0.5)


def test_a_job_goes_where_base_load_leaves_sun() -> None:
    """Of 1 kW from 1 to 3 h, base load takes all of the first hour."""
    of = street([job("a", 1.0, 2.0)], [[0.0, 1000.0, 1000.0, 0.0]])
    taken = replace(of, base=(base("b", [0.0, 1000.0, 0.0, 0.0]),))
    for name in ("greedy", "ls", "lst", "offline"):
        assert scheduler(name)(Timetable(of), 1)[0] == HOUR
        assert scheduler(name)(Timetable(taken), 1)[0] == 2 * HOUR


def test_what_is_expected_counts_beforehand_and_what_is_taken_afterwards() -> None:
    of = street([], [[1000.0] * 24])
    timetable = Timetable(replace(of, base=(base("b", [300.0] * 24, [200.0] * 24), base("b", [100.0] * 24))))
    assert timetable.forecast_wh(0.0)[:HOUR].sum() == pytest.approx(700.0)
    assert timetable.all_known_wh[:HOUR].sum() == pytest.approx(600.0)
    assert timetable.forecast_wh(-1.0)[:HOUR].sum() == pytest.approx(-300.0), "before the first forecast base load is there too"
    assert timetable.base_local_wh == pytest.approx(400.0 * 24)


def test_beyond_the_days_it_does_not_count_as_the_sun_does_not() -> None:
    of = replace(street([job("a", 23.5, 23.5, hours=2.0)], []), base=(base("b", [100.0] * 48),))
    assert settle(of, {"a": 23.5 * HOUR_S}).base_kwh == pytest.approx(2.4)
    assert base_in_slots(of, 600, expected=False)["b"].sum() == pytest.approx(2400.0)
    assert sum(bill.demand_kwh for bill in bills(of, {"a": 23.5 * HOUR_S})) == pytest.approx(2.4 + 2.0)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_energy_and_money_are_conserved(seed: int) -> None:
    chance = np.random.default_rng(seed)
    bases = tuple(base(house, (chance.uniform(0.0, 900.0, 24)).tolist()) for house in ("j0", "j1", "roof0", "other"))
    of = replace(by_chance(seed), base=bases)
    timetable = Timetable(of)
    starts = {timetable.jobs[n].job.id: timetable.jobs[n].start_s(slot) for n, slot in scheduler("lst")(timetable, 1).items()}
    found, each = settle(of, starts, TARIFF), bills(of, starts, TARIFF)
    taken_kwh = (sum(one.wh for one in of.jobs) + sum(float(one.load.wh[-1]) for one in bases)) / 1000.0
    assert found.demand_kwh == pytest.approx(taken_kwh) == sum(bill.demand_kwh for bill in each)
    assert found.claimed_kwh == pytest.approx(found.local_kwh) == found.deliverable_kwh
    assert found.local_kwh <= min(found.demand_kwh, found.sun_kwh) + 1e-9
    bought, sold = sum(bill.from_grid_kwh for bill in each), sum(bill.to_grid_kwh for bill in each)
    assert sum(bill.cost_usd for bill in each) == pytest.approx(bought * 0.3 - sold * 0.1)
    assert all(bill.cost_usd <= bill.unshared_usd + 1e-9 for bill in each)
