"""Compiled or by NumPy, jobs find the same starts to the last bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gw_spaceheat.core.market import looking, looks, online
from gw_spaceheat.core.market.looks import BY_NUMPY, MANY_JOBS, looks_for
from gw_spaceheat.core.market.online import TICK_S, Rule, as_time_goes_on
from gw_spaceheat.core.market.placing import Board
from gw_spaceheat.core.market.synthetic import StreetKind, make_street
from gw_spaceheat.core.market.timetable import Timetable
from gw_spaceheat.vocabulary.compiling import numba_is_here
from tests.core.market.streets import by_chance

WITH_NUMBA = pytest.mark.skipif(not numba_is_here(), reason="Numba is not installed")
RULES = (Rule(), Rule(sweeps=3), Rule(sweeps=6, tick_s=TICK_S), Rule(sweeps=6, tick_s=TICK_S, looks_ahead=True))


def test_few_jobs_fetch_nothing() -> None:
    assert looks_for(MANY_JOBS - 1) is BY_NUMPY


def test_without_numba_it_is_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "numba_is_here", lambda: False)
    assert looks_for(MANY_JOBS) is BY_NUMPY


@WITH_NUMBA
@pytest.mark.parametrize("rule", RULES)
def test_a_street_of_many_jobs_goes_the_same_way(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    timetable = Timetable(make_street(StreetKind(houses=20, roofs=8, days=3, seed=5)))
    assert len(timetable.jobs) >= MANY_JOBS
    assert looks_for(len(timetable.jobs)) is not BY_NUMPY
    compiled = as_time_goes_on(timetable, rule)
    monkeypatch.setattr(online, "looks_for", lambda _: BY_NUMPY)
    assert as_time_goes_on(timetable, rule) == compiled


numbers = st.floats(-1e4, 1e4, allow_nan=False, allow_subnormal=False)


@given(data=st.data())
def test_one_number_at_a_time_finds_what_rows_find(data: st.DataObject) -> None:
    starts, length, first, ways = (data.draw(st.integers(low, 6)) for low in (1, 1, 0, 1))
    slots = first + starts + length - 1

    def values(count: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.array(data.draw(st.lists(numbers, min_size=count, max_size=count)))

    load_wh, sun_wh, wh = values(slots), np.array([values(slots) for _ in range(ways)]), np.abs(values(length))
    alone_wh, weights, before = values(starts), np.abs(values(slots)), data.draw(st.integers(-1, first + starts - 1))
    asked = (load_wh, sun_wh, wh, alone_wh, weights, first, starts, before)
    assert looking.best_start_in_loops(*asked) == looking.best_start(*asked)


@WITH_NUMBA
@pytest.mark.parametrize("seed", range(3))
def test_jobs_that_come_later_find_room_in_the_rows(seed: int) -> None:
    timetable = Timetable(by_chance(seed))
    known = list(timetable.jobs[:1])
    boards = [Board(known, timetable.slots, looks=each) for each in (BY_NUMPY, looks_for(MANY_JOBS))]
    for number in range(len(timetable.jobs)):
        known[:] = timetable.jobs[: number + 1]
        for of in boards:
            of.put(number, of.best(timetable.all_known_wh, number, 0))
            of.sweep(timetable.all_known_wh, list(of.start), 0)
        assert boards[0].start == boards[1].start
        assert boards[0].load_wh.tolist() == boards[1].load_wh.tolist()
