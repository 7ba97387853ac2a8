"""Energies of houses and jobs by the quarter of an hour: the same sums as the bills, each job's parts make its whole."""

from dataclasses import replace

import numpy as np
import pytest

from gw_spaceheat.core.market.bills import bills
from gw_spaceheat.core.market.quarters import quarters
from gw_spaceheat.core.market.street import Job, Street, house_of
from gw_spaceheat.core.market.synthetic import StreetKind, make_street
from tests.core.market.streets import by_chance, job, street


def starts_of(of: Street, seed: int) -> dict[str, float]:
    chance = np.random.default_rng(seed)
    return {each.id: float(chance.uniform(each.earliest_s, each.latest_s)) for each in of.jobs}


@pytest.mark.parametrize("seed", range(4))
def test_sums_are_those_of_the_bills(seed: int) -> None:
    of = make_street(StreetKind(houses=5, roofs=3, days=2, seed=seed))
    starts_s = starts_of(of, seed)
    found, _ = quarters(of, starts_s)
    for number, bill in enumerate(bills(of, starts_s)):
        assert found.houses[number] == bill.house
        for wh, kwh in (
            (found.load_wh, bill.demand_kwh),
            (found.own_wh, bill.own_kwh),
            (found.neighbours_wh, bill.from_neighbours_kwh),
            (found.grid_wh, bill.from_grid_kwh),
            (found.sun_wh, bill.sun_kwh),
            (found.given_wh, bill.to_neighbours_kwh),
        ):
            assert wh[number].sum() / 1000.0 == pytest.approx(kwh)


@pytest.mark.parametrize("seed", range(4))
def test_a_jobs_parts_make_its_whole_and_a_houses_jobs_its_flows(seed: int) -> None:
    of = make_street(StreetKind(houses=5, roofs=3, days=1, seed=seed))
    found, contracts = quarters(of, starts_of(of, seed))
    assert [each.job.id for each in contracts] == [each.id for each in of.jobs]
    for each in contracts:
        assert each.own_wh + each.neighbours_wh + each.grid_wh == pytest.approx(each.job.wh)
        assert min(each.own_wh, each.neighbours_wh, each.grid_wh) >= 0.0
        assert bool(each.producers) is (each.own_wh + each.neighbours_wh > 0.01)
    for number, house in enumerate(found.houses):
        mine = [each for each in contracts if house_of(each.job.id) == house]
        assert sum(each.neighbours_wh for each in mine) == pytest.approx(found.neighbours_wh[number].sum())
        assert sum(each.own_wh for each in mine) == pytest.approx(found.own_wh[number].sum())


def test_who_gives_is_named() -> None:
    of = street(
        [job("[1]:[1]:[1]", 1.0, 1.0, watts=100.0), job("[2]:[1]:[1]", 3.0, 3.0, watts=100.0)], [[0.0, 100.0, 0.0, 0.0]]
    )
    _, (first, second) = quarters(of, {each.id: each.earliest_s for each in of.jobs})
    assert (first.producers, first.neighbours_wh) == (("roof0",), pytest.approx(100.0))
    assert (second.producers, second.grid_wh) == ((), pytest.approx(100.0))


def test_streets_without_anything() -> None:
    for of in (street([], []), street([], [[50.0]]), street([job("a", 0.0, 1.0)], [])):
        found, contracts = quarters(of, {each.id: 0.0 for each in of.jobs})
        assert found.load_wh.shape == (len(found.houses), 96)
        assert len(contracts) == len(of.jobs)


def test_what_does_not_run_is_left_out() -> None:
    of = by_chance(3)
    ran: tuple[Job, ...] = of.jobs[:4]
    found, contracts = quarters(of, {each.id: each.earliest_s for each in ran})
    other, _ = quarters(replace(of, jobs=ran), {each.id: each.earliest_s for each in ran})
    assert len(contracts) == 4
    assert found.load_wh.sum() == pytest.approx(other.load_wh.sum())
