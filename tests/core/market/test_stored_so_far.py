"""Batteries of which a part of the time is over: the same as at once, and what is over stays."""

import numpy as np
import pytest

from gw_spaceheat.core.market.stored_so_far import StoredSoFar
from gw_spaceheat.core.market.storing import left_over, store
from gw_spaceheat.core.market.timetable import SLOT_S
from tests.core.market.test_storing import battery


def days(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """What three houses take, and what their roofs give."""
    chance = np.random.default_rng(seed)
    return chance.uniform(0.0, 100.0, (3, 50)), chance.uniform(0.0, 100.0, (3, 50)) * (np.arange(50) % 20 < 10)


@pytest.mark.parametrize("seed", range(4))
def test_in_parts_it_is_the_same_as_at_once(seed: int) -> None:
    load_wh, roofs_wh = days(seed)
    batteries = (battery("0", 0.2, kw=0.9, efficiency=0.8), battery("2", 0.5, stored_kwh=0.1))
    so_far = StoredSoFar(batteries, [0, 2], 50)
    assert [so_far.until(slot, load_wh, roofs_wh) for slot in (7, 7, 3, 30, 99)] == [True, False, False, True, True]
    at_once = store(batteries, np.array([0, 2]), *left_over(load_wh, roofs_wh), SLOT_S)
    assert at_once.discharged_wh.any()
    np.testing.assert_allclose(so_far.given_wh, at_once.discharged_wh)


def test_what_is_over_stays_and_what_is_to_come_is_nothing() -> None:
    load_wh, roofs_wh = days(1)
    so_far = StoredSoFar((battery("0", 0.5, stored_kwh=0.5),), [0], 50)
    so_far.until(20, load_wh, roofs_wh)
    before = so_far.given_wh.copy()
    assert before[:, :20].any()
    assert not before[:, 20:].any()
    so_far.until(40, load_wh * 2.0, roofs_wh)
    np.testing.assert_array_equal(so_far.given_wh[:, :20], before[:, :20])


def test_without_batteries_there_is_nothing_to_reckon() -> None:
    assert not StoredSoFar((), [], 50).until(20, *days(1))
