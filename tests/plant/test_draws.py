"""Draws of hot water: chance without surprise."""

import itertools

import pytest

from gw_spaceheat.plant.draws import DRAW_KG_S, draw_schedule, draws_of_day
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS


@pytest.mark.parametrize("litres", [20.0, 180.0, 600.0])
@pytest.mark.parametrize("day", [0, 17_539, 20_000])
def test_a_days_draws_are_in_order_and_carry_its_water(day: int, litres: float) -> None:
    draws = draws_of_day(7, day, litres)
    assert all(start < end for start, end in draws)
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(draws))
    assert 5 * HOUR_MS < draws[0][0] < draws[-1][1] < DAY_MS
    assert sum(end - start for start, end in draws) / 1000.0 * DRAW_KG_S == pytest.approx(litres, rel=1e-3)


def test_the_seed_decides() -> None:
    assert draws_of_day(1, 3, 180.0) == draws_of_day(1, 3, 180.0)
    assert draws_of_day(1, 3, 180.0) != draws_of_day(2, 3, 180.0)
    assert draws_of_day(1, 3, 180.0) != draws_of_day(1, 4, 180.0)


def test_schedule_holds_the_draws_of_local_days_within_its_span() -> None:
    offset_ms = -5 * HOUR_MS
    start_ms = 17_539 * DAY_MS + 5 * HOUR_MS  # local midnight
    whole = draw_schedule(1, 180.0, start_ms, start_ms + 2 * DAY_MS, offset_ms)
    assert len(whole) == 2 * len(draws_of_day(1, 0, 180.0))
    assert [(start - start_ms, end - start_ms) for start, end in whole[:10]] == draws_of_day(1, 17_539, 180.0)
    noon_ms = start_ms + 12 * HOUR_MS
    later = draw_schedule(1, 180.0, noon_ms, start_ms + 2 * DAY_MS, offset_ms)
    assert later == [draw for draw in whole if draw[1] > noon_ms]
    assert draw_schedule(1, 0.0, start_ms, start_ms + DAY_MS, offset_ms) == []
