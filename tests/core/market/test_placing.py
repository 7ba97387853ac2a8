"""The board: where sun is left, and where a job does best."""

import numpy as np
import pytest

from gw_spaceheat.core.market.looking import at_each_start
from gw_spaceheat.core.market.placing import Board, left_share
from gw_spaceheat.core.market.timetable import Timetable
from tests.core.market.streets import by_chance, job, street

NOON = [0.0] * 3 + [2000.0] * 2 + [0.0] * 19


def board(*jobs: object, roofs: list[list[float]] | None = None) -> tuple[Board, Timetable]:
    timetable = Timetable(street(list(jobs), roofs or [NOON]))  # type: ignore[arg-type]
    return Board(timetable.jobs, timetable.slots), timetable


def test_a_job_goes_where_the_sun_is() -> None:
    of, timetable = board(job("a", 0.0, 8.0))
    assert of.best(timetable.all_known_wh, 0, 0) in range(36, 49)


def test_jobs_make_room_for_each_other() -> None:
    of, timetable = board(job("a", 0.0, 8.0, watts=2000.0), job("b", 0.0, 8.0, watts=2000.0))
    sun = timetable.all_known_wh
    for number in (0, 1):
        of.put(number, of.best(sun, number, 0))
    of.sweep(sun, [0, 1], 0)
    assert sorted(of.start.values()) == [36, 48]
    assert np.minimum(of.load_wh, sun).sum() == pytest.approx(4000.0)


def test_among_starts_that_are_as_good_the_one_with_the_least_peak_is_taken() -> None:
    of, timetable = board(job("base", 0.0, 0.0, watts=3000.0, hours=2.0), job("a", 0.0, 8.0), roofs=[[0.0] * 24])
    of.put(0, 0)
    assert of.best(timetable.all_known_wh, 1, 0) >= 24


def test_of_two_stretches_of_sun_that_are_alike_the_earlier_is_taken() -> None:
    twice = [0.0] * 3 + [2000.0] + [0.0] * 3 + [2000.0] + [0.0] * 16
    of, timetable = board(job("a", 0.0, 12.0, watts=2000.0), roofs=[twice])
    assert of.best(timetable.all_known_wh, 0, 0) == 36
    late = [0.0] * 3 + [1500.0] + [0.0] * 3 + [2000.0] + [0.0] * 16
    of, timetable = board(job("a", 0.0, 12.0, watts=2000.0), roofs=[late])
    assert of.best(timetable.all_known_wh, 0, 0) == 84, "but not at any price"


def test_what_has_gone_by_is_no_start() -> None:
    of, timetable = board(job("a", 0.0, 3.0))
    assert of.best(timetable.all_known_wh, 0, 30) >= 30
    assert of.best(timetable.all_known_wh, 0, 99) == 36


@pytest.mark.parametrize("seed", range(5))
def test_lifting_undoes_putting(seed: int) -> None:
    timetable = Timetable(by_chance(seed))
    of = Board(timetable.jobs, timetable.slots)
    for number, slots in enumerate(timetable.jobs):
        of.put(number, int(slots.starts[0]))
    for number in range(len(timetable.jobs)):
        of.lift(number)
    assert of.load_wh == pytest.approx(0.0, abs=1e-9)
    assert of.start == {}


def test_sun_that_a_load_uses_and_the_peak_that_it_makes() -> None:
    net, load = np.array([0.0, -5.0, -10.0, 0.0]), np.array([8.0, 8.0])
    used, peak = at_each_start(net, load, np.full(3, 16.0), np.ones(4))
    assert used.tolist() == [5.0, 13.0, 8.0]
    assert peak.tolist() == [8.0, 3.0, 8.0]


def test_later_sun_counts_less() -> None:
    load, weights = np.array([8.0, 8.0]), left_share(4, 0.3)
    alone = np.correlate(weights, load)
    used, _ = at_each_start(np.array([0.0, -5.0, -10.0, 0.0]), load, alone, weights)
    first, second = 1.0 - 0.3 * (1.0 - np.exp(-1 / 36)), 1.0 - 0.3 * (1.0 - np.exp(-2 / 36))
    assert used == pytest.approx([5.0 * first, 5.0 * first + 8.0 * second, 8.0 * second])


def test_a_sweep_that_has_no_time_left_tells_where_to_go_on() -> None:
    of, timetable = board(*(job(name, 0.0, 8.0, watts=2000.0) for name in "abc"), job("now", 0.0, 0.0))
    for number in range(4):
        of.put(number, 0)
    assert of.sweep(timetable.all_known_wh, [3, 0, 1, 2], 0, looks=2) == 3
    assert of.start[2] == 0
    assert of.sweep(timetable.all_known_wh, [2, 3, 0, 1], 0) == 0
    assert of.start[2] > 0


def test_where_it_is_not_known_what_comes_the_mean_counts() -> None:
    """Three ways: in two of them nothing is left at 3 h, in all of them half is at 8 h."""
    of, timetable = board(job("a", 0.0, 12.0, watts=1000.0))
    early, late = np.zeros(timetable.slots), np.zeros(timetable.slots)
    early[36:48], late[96:108] = 1000.0 / 12.0, 500.0 / 12.0
    assert of.best(np.array([early + late, early + late, late]), 0, 0) == 36
    assert of.best(np.array([early + late, late, late]), 0, 0) == 96
    assert of.best(np.array([early + late] * 3), 0, 0) == of.best(early + late, 0, 0) == 36
