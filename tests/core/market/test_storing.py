"""Batteries by their rule: their own house's sun first, never while anybody wants, and no energy comes from nowhere."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.core.market.bills import bills
from gw_spaceheat.core.market.quarters import quarters
from gw_spaceheat.core.market.scheduler import scheduler
from gw_spaceheat.core.market.settlement import Tariff, minutes_stored, settle
from gw_spaceheat.core.market.storing import store
from gw_spaceheat.core.market.street import Battery, Producer, Street
from gw_spaceheat.core.market.synthetic import StreetKind, make_street
from gw_spaceheat.core.market.timetable import Timetable
from tests.core.market.streets import base, job, street, sun

TARIFF = Tariff(purchase_usd_per_kwh=0.3, local_usd_per_kwh=0.2, feed_in_usd_per_kwh=0.1)


def battery(house: str, kwh: float, kw: float = 100.0, efficiency: float = 1.0, stored_kwh: float = 0.0) -> Battery:
    return Battery(
        house=house,
        capacity_wh=kwh * 1000.0,
        charge_w=kw * 1000.0,
        discharge_w=kw * 1000.0,
        efficiency=efficiency,
        stored_wh=stored_kwh * 1000.0,
    )


def with_batteries(seed: int) -> tuple[Street, dict[str, float]]:
    """A street of five houses, three of which have roofs, with batteries of any kind and base load; and when its jobs start."""
    chance = np.random.default_rng(seed)
    owners = chance.choice(["1", "2", "3", "4", "5", "6"], int(chance.integers(1, 6)), replace=False)
    batteries = tuple(
        Battery(
            house=str(owner),
            capacity_wh=(capacity := float(chance.uniform(0.0, 9000.0))),
            charge_w=float(chance.uniform(0.0, 4000.0)),
            discharge_w=float(chance.uniform(0.0, 4000.0)),
            efficiency=float(chance.uniform(0.5, 1.0)),
            stored_wh=float(chance.uniform(0.0, capacity)),
        )
        for owner in owners
    )
    of = make_street(StreetKind(houses=5, roofs=3, seed=seed))
    of = replace(of, batteries=batteries, base=(base("1", [200.0] * 24), base("4", chance.uniform(0.0, 600.0, 24).tolist())))
    timetable = Timetable(of)
    chosen = scheduler("greedy")(timetable, 1)
    return of, {timetable.jobs[n].job.id: timetable.jobs[n].start_s(slot) for n, slot in chosen.items()}


def test_own_sun_first_then_others_by_the_room_that_is_left() -> None:
    """House 0 has 2 kWh over, house 1 has 4, house 2 none; the first battery has room for 1, the others for 3 each."""
    each = [battery("0", 1.0), battery("1", 3.0), battery("2", 3.0)]
    spare = np.array([[2000.0], [4000.0], [0.0]])
    found = store(each, np.array([0, 1, 2]), spare, np.zeros((3, 1)), 3600.0)
    assert found.charged_wh[:, 0] == pytest.approx([1000.0, 3000.0, 2000.0])
    alone = store(each, np.array([0, 1, 2]), spare, np.zeros((3, 1)), 3600.0, is_shared=False)
    assert alone.charged_wh[:, 0] == pytest.approx([1000.0, 3000.0, 0.0])


def test_own_need_first_then_others_by_what_is_left() -> None:
    each = [battery("0", 3.0, stored_kwh=3.0), battery("1", 3.0, stored_kwh=1.0)]
    wanted = np.array([[1000.0], [0.0], [600.0]])
    found = store(each, np.array([0, 1]), np.zeros((3, 1)), wanted, 3600.0)
    assert found.discharged_wh[:, 0] == pytest.approx([1000.0 + 400.0, 200.0])
    assert found.end_wh == pytest.approx([1600.0, 800.0])


def test_power_and_losses() -> None:
    """At 2 kW and 80 %, two hours of 5 kW fill it with 3.2 kWh; then it gives 2 kW and the rest."""
    each = [battery("0", 9.0, kw=2.0, efficiency=0.8)]
    spare, wanted = np.array([[5000.0, 5000.0, 0.0, 0.0]]), np.array([[0.0, 0.0, 9000.0, 9000.0]])
    found = store(each, np.array([0]), spare, wanted, 3600.0)
    assert found.charged_wh[0] == pytest.approx([2000.0, 2000.0, 0.0, 0.0])
    assert found.discharged_wh[0] == pytest.approx([0.0, 0.0, 2000.0, 1200.0])


def test_a_battery_that_is_full_takes_no_more() -> None:
    found = store([battery("0", 1.0, efficiency=0.5)], np.array([0]), np.full((1, 3), 1500.0), np.zeros((1, 3)), 3600.0)
    assert found.charged_wh[0] == pytest.approx([1500.0, 500.0, 0.0])
    assert found.end_wh[0] == pytest.approx(1000.0)


def test_by_hand_in_bills() -> None:
    """House 1 has 3 kWh of sun in the first hour and takes 1; its neighbour's battery gets the 2 and gives 1.6 back later.

    In the second hour both take 1 kW: for 45 minutes both get it, and the neighbour has the last 0.1 kWh.
    """
    of = Street(
        name="test",
        days=1,
        jobs=(),
        producers=(Producer(id="pv_producer[1]:[9]", forecasts=(sun([3000.0, 0.0]),)),),
        base=(base("1", [1000.0, 1000.0]), base("2", [0.0, 1000.0])),
        batteries=(battery("2", 5.0, efficiency=0.8),),
    )
    one, two = bills(of, {}, TARIFF)
    assert (one.own_kwh, one.to_neighbours_kwh, one.to_grid_kwh) == pytest.approx((1.0, 2.0, 0.0))
    assert (one.from_neighbours_kwh, one.from_grid_kwh) == pytest.approx((0.75, 0.25))
    assert one.cost_usd == pytest.approx(-2.0 * 0.1 + 0.75 * 0.2 + 0.25 * 0.3)
    assert (two.charged_kwh, two.discharged_kwh, two.own_kwh, two.to_neighbours_kwh) == pytest.approx((2.0, 1.6, 0.85, 0.75))
    assert two.cost_usd == pytest.approx(2.0 * 0.1 - 0.75 * 0.2 + 0.15 * 0.3)
    assert (one.unshared_usd, two.unshared_usd) == pytest.approx((-2.0 * 0.1 + 0.3, 0.3))


def test_alone_a_battery_works_for_its_own_house() -> None:
    producers = (Producer(id="pv_producer[1]:[9]", forecasts=(sun([3000.0, 0.0]),)),)
    of = Street(
        name="test", days=1, jobs=(), producers=producers, base=(base("1", [1000.0, 1000.0]),), batteries=(battery("1", 0.6),)
    )
    (one,) = bills(of, {}, TARIFF)
    assert one.cost_usd == pytest.approx(one.unshared_usd) == pytest.approx(-1.4 * 0.1 + 0.4 * 0.3)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_energy_is_conserved_losses_included(seed: int) -> None:
    of, starts = with_batteries(seed)
    found = settle(of, starts, TARIFF)
    begin_kwh = sum(each.stored_wh for each in of.batteries) / 1000.0
    bought_kwh = found.demand_kwh - found.local_kwh
    sold_kwh = found.sun_kwh - (found.local_kwh - found.discharged_kwh) - found.charged_kwh
    assert found.sun_kwh + bought_kwh + begin_kwh == pytest.approx(
        found.demand_kwh + sold_kwh + found.battery_loss_kwh + found.battery_end_kwh
    )
    assert found.cost_usd == pytest.approx(bought_kwh * 0.3 - sold_kwh * 0.1)
    flows = minutes_stored(of, starts)
    lost_wh = sum(
        float(taken.sum()) * (1.0 - each.efficiency) for taken, each in zip(flows.charged_wh, of.batteries, strict=True)
    )
    assert found.battery_loss_kwh == pytest.approx(lost_wh / 1000.0, abs=1e-9)
    assert found.claimed_kwh == pytest.approx(found.local_kwh) == found.deliverable_kwh


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_no_battery_does_what_it_cannot_and_none_takes_while_another_gives(seed: int) -> None:
    of, starts = with_batteries(seed)
    flows = minutes_stored(of, starts)
    for number, each in enumerate(of.batteries):
        level = each.stored_wh + np.cumsum(flows.charged_wh[number] * each.efficiency - flows.discharged_wh[number])
        assert level.min() >= -1e-6
        assert level.max() <= each.capacity_wh + 1e-6
        assert flows.charged_wh[number].max() <= each.charge_w / 60.0 + 1e-9
        assert flows.discharged_wh[number].max() <= each.discharge_w / 60.0 + 1e-9
    both = np.minimum(flows.charged_wh.sum(axis=0), flows.discharged_wh.sum(axis=0))
    assert both.max() <= 1e-6


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_bills_balance(seed: int) -> None:
    of, starts = with_batteries(seed)
    found = bills(of, starts, TARIFF)
    for bill in found:
        taken_kwh = bill.own_kwh + bill.from_neighbours_kwh + bill.from_grid_kwh
        assert taken_kwh == pytest.approx(bill.demand_kwh + bill.charged_kwh)
        given_kwh = bill.own_kwh + bill.to_neighbours_kwh + bill.to_grid_kwh
        assert given_kwh == pytest.approx(bill.sun_kwh + bill.discharged_kwh)
    assert sum(bill.from_neighbours_kwh for bill in found) == pytest.approx(sum(bill.to_neighbours_kwh for bill in found))
    bought, sold = sum(bill.from_grid_kwh for bill in found), sum(bill.to_grid_kwh for bill in found)
    assert sum(bill.cost_usd for bill in found) == pytest.approx(bought * 0.3 - sold * 0.1)
    stored = settle(of, starts)
    assert sum(bill.charged_kwh for bill in found) == pytest.approx(stored.charged_kwh)
    assert sum(bill.discharged_kwh for bill in found) == pytest.approx(stored.discharged_kwh)


def test_a_battery_never_uses_less_of_the_sun() -> None:
    for seed in range(5):
        of, starts = with_batteries(seed)
        assert settle(of, starts).local_kwh >= settle(replace(of, batteries=()), starts).local_kwh - 1e-9


@pytest.mark.parametrize("seed", range(6))
def test_jobs_are_told_what_batteries_give_them(seed: int) -> None:
    of, starts_s = with_batteries(seed)
    found, contracts = quarters(of, starts_s)
    for each in contracts:
        assert each.own_wh + each.neighbours_wh + each.grid_wh == pytest.approx(each.job.wh)
    assert (found.own_wh + found.neighbours_wh + found.grid_wh).sum() == pytest.approx(found.load_wh.sum())
    assert found.given_wh.sum() == pytest.approx(found.neighbours_wh.sum())
    names = {name for each in contracts for name in each.producers}
    assert names <= {roof.id for roof in of.producers} | {f"battery {each.house}" for each in of.batteries}


def test_a_battery_that_gives_is_named() -> None:
    of = street([job("[1]:[1]:[1]", 1.0, 1.0, watts=500.0)], [])
    of = replace(of, batteries=(battery("2", 4.0, stored_kwh=4.0),))
    _, (one,) = quarters(of, {"[1]:[1]:[1]": 3600.0})
    assert (one.producers, one.neighbours_wh) == (("battery 2",), pytest.approx(one.job.wh))
