"""What is left for a house that is heated."""

import numpy as np

from gw_spaceheat.core.market.left_for_heat import DAY_SLOTS, Left, known_slots, left_for_heat
from tests.core.market.streets import sun


def test_what_others_take_is_not_left() -> None:
    sun_wh, own_sun_wh = np.array([10.0, 10.0, 0.0]), np.array([4.0, 4.0, 0.0])
    load_wh, own_load_wh = np.array([3.0, 12.0, 5.0]), np.array([1.0, 5.0, 0.0])
    left = left_for_heat(sun_wh, own_sun_wh, load_wh, own_load_wh, 3)
    assert left.own_wh.tolist() == [3.0, 0.0, 0.0]
    assert left.all_wh.tolist() == [7.0, 0.0, 0.0]
    assert left.import_wh.tolist() == [0.0, 2.0, 5.0]


def test_beyond_what_is_known_it_is_as_on_the_day_before() -> None:
    slots = 2 * DAY_SLOTS + 10
    sun_wh, none = np.zeros(slots), np.zeros(slots)
    sun_wh[[5, 100]] = 7.0, 9.0
    left = left_for_heat(sun_wh, none, none, none, DAY_SLOTS)
    assert np.flatnonzero(left.all_wh).tolist() == [5, 100, DAY_SLOTS + 5, DAY_SLOTS + 100, 2 * DAY_SLOTS + 5]
    assert not left_for_heat(sun_wh, none, none, none, 0).all_wh.any(), "of the first day nothing is known before"
    assert sun_wh[5] == 7.0, "what was given is not changed"


def test_how_far_a_forecast_is_known() -> None:
    assert known_slots(sun([1.0] * 24), 2) == DAY_SLOTS
    assert known_slots(sun([1.0] * 72), 2) == 2 * DAY_SLOTS


def test_nothing() -> None:
    assert [wh.tolist() for wh in Left.nothing(2)] == [[0.0, 0.0]] * 3
