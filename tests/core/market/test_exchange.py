"""Streets beside each other: by one clock, in each minute no more than there is, and better than the grid for both sides."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.core.market.exchange import PriceOutsideError, exchanged, saved_usd, side_by_side
from gw_spaceheat.core.market.settlement import Tariff

TARIFF = Tariff(purchase_usd_per_kwh=0.3, local_usd_per_kwh=0.2, feed_in_usd_per_kwh=0.1)


def test_by_one_clock() -> None:
    found = side_by_side([np.array([1.0, 2.0]), np.array([3.0])], [10, 13])
    assert found.tolist() == [[1.0, 2.0, 0.0, 0.0], [0.0, 0.0, 0.0, 3.0]]
    assert side_by_side([], []).shape == (0, 0)


def test_by_hand() -> None:
    """In the first minute one has 3 over, and two want 4 and 2; in the second two have some over, and one wants 1."""
    found = exchanged(np.array([[-3.0, -1.0], [4.0, -3.0], [2.0, 1.0]]))
    assert found.got_wh == pytest.approx(np.array([[0.0, 0.0], [2.0, 0.0], [1.0, 1.0]]))
    assert found.given_wh == pytest.approx(np.array([[3.0, 0.25], [0.0, 0.75], [0.0, 0.0]]))


def test_what_is_saved() -> None:
    assert saved_usd(2.0, 0.0, 0.25, TARIFF) == pytest.approx(2.0 * 0.05)
    assert saved_usd(0.0, 2.0, 0.25, TARIFF) == pytest.approx(2.0 * 0.15)
    for price in (0.05, 0.31):
        with pytest.raises(PriceOutsideError, match=r"the grid, which pays 0\.10 and takes 0\.30"):
            saved_usd(1.0, 1.0, price, TARIFF)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6))
def test_nothing_is_given_that_is_not_there_and_all_that_can_be_is(seed: int) -> None:
    chance = np.random.default_rng(seed)
    nets = chance.uniform(-5.0, 5.0, (int(chance.integers(1, 6)), 20)) * chance.integers(0, 2, 20)
    found = exchanged(nets)
    assert found.got_wh.sum(axis=0) == pytest.approx(found.given_wh.sum(axis=0))
    assert (found.got_wh <= np.maximum(nets, 0.0) + 1e-12).all()
    assert (found.given_wh <= np.maximum(-nets, 0.0) + 1e-12).all()
    after = nets - found.got_wh + found.given_wh
    assert np.minimum(np.maximum(after, 0.0).sum(axis=0), np.maximum(-after, 0.0).sum(axis=0)).max() < 1e-9
    assert after.sum(axis=0) == pytest.approx(nets.sum(axis=0), abs=1e-9)
