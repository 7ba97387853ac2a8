"""Roofs as their forecasts come in."""

import numpy as np
import pytest

from gw_spaceheat.core.market.roofs import Roofs
from tests.core.market.streets import HOUR_S, sun

EDGES_S = np.arange(5) * HOUR_S


def test_forecasts_in_any_order_and_twice_give_the_same() -> None:
    first, second = sun([100.0, 200.0, 300.0]), sun([50.0, 60.0], issued_h=1.0, from_h=1.0)
    in_order, otherwise = Roofs(["a"], EDGES_S, 4 * HOUR_S), Roofs(["a"], EDGES_S, 4 * HOUR_S)
    for forecast in (first, second):
        in_order.hear("a", forecast)
    for forecast in (second, first, second):
        otherwise.hear("a", forecast)
    assert in_order.sun_wh.tolist() == otherwise.sun_wh.tolist()
    assert in_order.sun_wh.sum() > 0.0


def test_rows_add_up_and_sun_ends() -> None:
    roofs = Roofs(["a", "b"], EDGES_S, 2 * HOUR_S)
    assert roofs.sun_wh.tolist() == [0.0] * 4
    roofs.hear("a", sun([100.0] * 4))
    roofs.hear("b", sun([10.0] * 4))
    assert roofs.each_wh.tolist() == [[100.0, 100.0, 0.0, 0.0], [10.0, 10.0, 0.0, 0.0]]
    assert roofs.sun_wh.tolist() == [110.0, 110.0, 0.0, 0.0]
    with pytest.raises(KeyError):
        roofs.hear("c", sun([1.0]))
