"""Whose sun goes to whom."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.core.market.portfolio import NO_HOUSE, shares, split

LOAD = np.array([[600.0], [400.0]])
ROOFS = np.array([[300.0], [500.0]])


def test_own_roof_first_then_pro_rata() -> None:
    """House 0 keeps 300, house 1 keeps 400; the 100 that are left go to house 0."""
    found = split(LOAD, ROOFS, [0, 1])
    first = shares(found, 0, 0, LOAD[0], [0, 1])
    assert (first.own_wh, first.neighbours_wh, first.grid_wh) == (300.0, 100.0, 200.0)
    assert first.roofs_wh.tolist() == [300.0, 100.0]
    second = shares(found, 1, 0, LOAD[1], [0, 1])
    assert (second.own_wh, second.grid_wh) == (400.0, 0.0)


def test_two_loads_of_a_house_share_its_roof_by_what_they_take() -> None:
    found = split(np.array([[400.0]]), np.array([[200.0]]), [0])
    assert shares(found, 0, 0, np.array([100.0]), [0]).own_wh == 50.0
    assert shares(found, 0, 0, np.array([300.0]), [0]).own_wh == 150.0


@pytest.mark.parametrize(
    ("prices", "given"),
    [(None, [100.0, 300.0]), ((1.0, 2.0), [200.0, 200.0]), ((2.0, 1.0), [0.0, 400.0]), ((1.0, 1.0), [100.0, 300.0])],
)
def test_the_pool_gives_pro_rata_or_the_cheapest_first(prices: tuple[float, ...] | None, given: list[float]) -> None:
    found = split(np.array([[400.0]]), np.array([[200.0], [600.0]]), [NO_HOUSE, NO_HOUSE], prices)
    assert found.given_wh[:, 0].tolist() == given
    assert shares(found, 0, 0, np.array([400.0]), [NO_HOUSE, NO_HOUSE]).roofs_wh.tolist() == pytest.approx(given)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_nothing_is_given_twice_and_nothing_is_lost(seed: int, by_price: bool) -> None:
    chance = np.random.default_rng(seed)
    houses, roofs, slots = (int(chance.integers(1, 5)) for _ in range(3))
    load = chance.uniform(0.0, 500.0, (houses, slots)) * chance.integers(0, 2, (houses, slots))
    sun = chance.uniform(0.0, 500.0, (roofs, slots)) * chance.integers(0, 2, (roofs, slots))
    house_of = [int(chance.integers(-1, houses)) for _ in range(roofs)]
    found = split(load, sun, house_of, tuple(chance.uniform(0, 1, roofs).tolist()) if by_price else None)
    assert (found.given_wh + found.kept_wh <= sun + 1e-9).all()
    each = [shares(found, house, 0, load[house], house_of) for house in range(houses)]
    used = sum(float(one.roofs_wh.sum()) for one in each)
    assert used == pytest.approx(float(np.minimum(load.sum(axis=0), sun.sum(axis=0)).sum()))
    assert used + sum(one.grid_wh for one in each) == pytest.approx(float(load.sum()))
    from_roofs = sum((one.roofs_wh for one in each), np.zeros(roofs))
    assert from_roofs == pytest.approx((found.given_wh + found.kept_wh).sum(axis=1))
