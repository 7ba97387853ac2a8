"""Offline: everything is known beforehand, all jobs and what the sun will give. What hindsight would have done; for comparison.

Jobs are placed, the largest first, and answer each other until none can do better. Then a few neighbours at a time are taken
off and placed anew, which is kept where it helps (ruin and recreate).
"""

import numpy as np

from gw_spaceheat.core.market.energy import Values
from gw_spaceheat.core.market.looking import PEAK_SHARE
from gw_spaceheat.core.market.placing import Board
from gw_spaceheat.core.market.scheduler import Schedule
from gw_spaceheat.core.market.timetable import Timetable
from gw_spaceheat.vocabulary.chance import uniform

SWEEPS = 50
LOOKS = 200_000
TRIES, TAKEN_OFF = 400, 4
"""So often so many jobs are taken off and placed anew."""


def schedule(timetable: Timetable, seed: int) -> Schedule:
    """Local search with hindsight."""
    sun_wh, jobs = timetable.all_known_wh, timetable.jobs
    board = Board(jobs, timetable.slots, taken_share=0.0)
    for number in sorted(range(len(jobs)), key=lambda each: (len(jobs[each].starts) > 1, -jobs[each].job.wh)):
        board.put(number, board.best(sun_wh, number, 0))
    movable = [number for number in range(len(jobs)) if jobs[number].last > jobs[number].first]
    board.sweep(sun_wh, movable, 0, SWEEPS, LOOKS)
    if len(movable) > TAKEN_OFF:
        _ruin_and_recreate(board, sun_wh, sorted(movable, key=lambda number: board.start[number]), seed)
    return board.start


def _ruin_and_recreate(board: Board, sun_wh: Values, movable: list[int], seed: int) -> None:
    kept = _worth(board, sun_wh)
    for attempt in range(TRIES):
        first = int(uniform(seed, 1, attempt) * (len(movable) - TAKEN_OFF + 1))
        off = movable[first : first + TAKEN_OFF]
        before = {number: board.lift(number) for number in off}
        for number in sorted(off, key=lambda each: uniform(seed, 2 + attempt, each)):
            board.put(number, board.best(sun_wh, number, 0))
        worth = _worth(board, sun_wh)
        if worth > kept:
            kept = worth
            continue
        for number, slot in before.items():
            board.lift(number)
            board.put(number, slot)


def _worth(board: Board, sun_wh: Values) -> float:
    """Sun that is used, less a little for the peak of import [Wh]."""
    used_wh = float(np.minimum(board.load_wh, sun_wh).sum())
    return used_wh - PEAK_SHARE * max(float((board.load_wh - sun_wh).max(initial=0.0)), 0.0)
