"""What each house pays; nothing is paid twice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.core.market.bills import bills
from gw_spaceheat.core.market.scheduler import scheduler
from gw_spaceheat.core.market.settlement import Tariff
from gw_spaceheat.core.market.street import Producer, Street
from gw_spaceheat.core.market.synthetic import StreetKind, make_street
from gw_spaceheat.core.market.timetable import Timetable
from tests.core.market.streets import job, sun

TARIFF = Tariff(purchase_usd_per_kwh=0.3, local_usd_per_kwh=0.2, feed_in_usd_per_kwh=0.1)


def test_by_hand() -> None:
    """House 1 has 2 kWh of sun in the first hour and takes 0.5 of it; house 2 takes 1 kWh then, and 1 kWh without sun."""
    street = Street(
        name="test",
        days=1,
        jobs=(job("[1]:[1]:[1]", 0.0, 0.0, watts=500.0), job("[2]:[1]:[2]", 0.0, 0.0, hours=2.0)),
        producers=(Producer(id="pv_producer[1]:[9]", forecasts=(sun([2000.0]),)),),
    )
    one, two = bills(street, {"[1]:[1]:[1]": 0.0, "[2]:[1]:[2]": 0.0}, TARIFF)
    assert (one.house, one.own_kwh, one.to_neighbours_kwh, one.to_grid_kwh) == ("1", 0.5, 1.0, 0.5)
    assert one.cost_usd == pytest.approx(-1.0 * 0.2 - 0.5 * 0.1)
    assert one.unshared_usd == pytest.approx(-1.5 * 0.1)
    assert (two.house, two.from_neighbours_kwh, two.from_grid_kwh) == ("2", 1.0, 1.0)
    assert two.cost_usd == pytest.approx(0.2 + 0.3)
    assert two.unshared_usd == pytest.approx(0.6)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_energy_and_money_are_conserved_and_nobody_pays_more_than_alone(seed: int) -> None:
    street = make_street(StreetKind(houses=5, roofs=3, seed=seed))
    timetable = Timetable(street)
    starts = {timetable.jobs[n].job.id: timetable.jobs[n].start_s(slot) for n, slot in scheduler("lst")(timetable, 1).items()}
    found = bills(street, starts, TARIFF)
    assert sum(bill.from_neighbours_kwh for bill in found) == pytest.approx(sum(bill.to_neighbours_kwh for bill in found))
    assert sum(bill.demand_kwh for bill in found) == pytest.approx(sum(one.wh for one in street.jobs) / 1000.0)
    bought, sold = sum(bill.from_grid_kwh for bill in found), sum(bill.to_grid_kwh for bill in found)
    assert sum(bill.cost_usd for bill in found) == pytest.approx(bought * 0.3 - sold * 0.1)
    for bill in found:
        assert bill.cost_usd <= bill.unshared_usd + 1e-9
        assert bill.own_kwh + bill.from_neighbours_kwh + bill.from_grid_kwh == pytest.approx(bill.demand_kwh)
