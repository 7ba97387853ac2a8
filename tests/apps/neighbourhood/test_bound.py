"""The bound: no schedule passes it, and small streets reach it."""

from itertools import product

import pytest

from gw_spaceheat.apps.neighbourhood.algorithms import algorithm, algorithm_names
from gw_spaceheat.apps.neighbourhood.bound import most_local_kwh
from gw_spaceheat.core.market.placing import Board
from gw_spaceheat.core.market.timetable import Timetable
from tests.core.market.streets import by_chance, job, street


def used_kwh(timetable: Timetable, starts: dict[int, int]) -> float:
    board = Board(timetable.jobs, timetable.slots)
    for number, slot in starts.items():
        board.put(number, slot)
    sun = timetable.all_known_wh
    return float(sum(min(load, there) for load, there in zip(board.load_wh, sun, strict=True))) / 1000.0


@pytest.mark.parametrize("seed", range(6))
def test_nobody_passes_it(seed: int) -> None:
    timetable = Timetable(by_chance(seed))
    bound = most_local_kwh(timetable)
    for name in algorithm_names():
        assert used_kwh(timetable, algorithm(name)(timetable, 1)) <= bound + 1e-6


def test_where_whole_jobs_fit_it_is_reached() -> None:
    sun = [0.0] * 4 + [1000.0] * 2 + [0.0] * 18
    timetable = Timetable(street([job("a", 3.0, 5.0), job("b", 3.0, 5.0)], [sun]))
    best = max(
        used_kwh(timetable, dict(enumerate(starts))) for starts in product(*(slots.starts.tolist() for slots in timetable.jobs))
    )
    assert most_local_kwh(timetable) == pytest.approx(best) == pytest.approx(2.0)


def test_an_empty_street() -> None:
    assert most_local_kwh(Timetable(street([], [[100.0] * 24]))) == 0.0
