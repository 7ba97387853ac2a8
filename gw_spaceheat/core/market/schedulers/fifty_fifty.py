"""Fifty-fifty: a start by chance; where the sun that is left would cover the job, a coin is thrown whether it is taken.

What the original does under this name, with two mistakes mended: the start that was accepted is the one that is used, and what
the sun has already promised counts. It asks as many times as there are roofs; then the grid gives, at the last start drawn.
"""

from math import ceil

import numpy as np

from gw_spaceheat.core.market.placing import Board
from gw_spaceheat.core.market.scheduler import Schedule
from gw_spaceheat.core.market.timetable import SLOT_S, Timetable
from gw_spaceheat.vocabulary.chance import uniform

COVERED_WH = 1e-9


def schedule(timetable: Timetable, seed: int) -> Schedule:
    """A start by chance for each job, when it is registered."""
    jobs, asked = timetable.jobs, max(len(timetable.street.producers), 1)
    board = Board(jobs, timetable.slots)
    for number in sorted(range(len(jobs)), key=lambda each: jobs[each].job.registered_s):
        job = jobs[number]
        left_wh = np.maximum(timetable.forecast_wh(job.job.registered_s) - board.load_wh, 0.0)
        starts = job.starts[job.starts >= ceil(job.job.registered_s / SLOT_S)]
        starts = starts if len(starts) else job.starts[-1:]
        slot = int(starts[0])
        for question in range(asked):
            slot = int(starts[int(uniform(seed, 2 * question, number) * len(starts))])
            is_covered = bool((left_wh[slot : slot + len(job.wh)] >= job.wh - COVERED_WH).all())
            if is_covered and uniform(seed, 2 * question + 1, number) < 0.5:
                break
        board.put(number, slot)
    return board.start
