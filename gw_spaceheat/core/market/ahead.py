"""Jobs that nobody has registered yet: what was handed in on the days that have passed will be handed in today, more or less.

Each of the last days is one way in which today may go on: its jobs that were registered later in the day than it is now come
again, at the same time of the day, and look for their best starts beside the real ones. That nothing more comes is another way,
as likely as each of the others. So the sun that is left has a row for each, and a start is as good as it is on the mean of them
(`placing.py`).

Of the first day nothing is known, of the future nothing is used. Days count from the street's first event.

Another form was tried and is worse: one board on which jobs of all those days stand with a share of their energy. Such thin
jobs find room where real ones do not fit. And jobs to come that rather start early than late stand in the way of real ones.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

import numpy as np

from gw_spaceheat.core.market.energy import Values
from gw_spaceheat.core.market.looks import BY_NUMPY, Looks
from gw_spaceheat.core.market.placing import Board
from gw_spaceheat.core.market.timetable import DAY_S, SLOT_S, Slots

DAY_SLOTS = DAY_S // SLOT_S
MOST_DAYS = 5
"""So many of the last days are ways in which today may go on, at most."""
MOST_JOBS = 1_500
"""So many jobs may come on all those days together; of larger streets fewer days count, and at last each job for several."""
SWEEPS = 1
"""How often, at an event, jobs that may come look for a better start."""


class Ahead:
    """Ways in which today may go on."""

    def __init__(self, slots: int, looks: Looks = BY_NUMPY) -> None:
        """Nothing is known; there are so many slots, and jobs look for their starts in that way."""
        self._slots, self._looks = slots, looks
        self._day = 0
        self._ways: list[_Way] = []

    def sun_wh(self, at_s: float, jobs: Sequence[Slots], sun_wh: Values, load_wh: Values) -> Values:
        """The sun that is left in each way: a row for each, as likely as each other; as it is, where no day has passed [Wh].

        Args:
            at_s: The time; it does not go back [s].
            jobs: All that were handed in until now.
            sun_wh: What the sun gives in each slot [Wh].
            load_wh: What jobs take that have a start [Wh].
        """
        day, from_slot = int(at_s // DAY_S), ceil(at_s / SLOT_S)
        if day > self._day:
            self._day = day
            self._ways = [_Way(come, self._slots, self._looks) for come in self._days(jobs)]
        if not self._ways:
            return sun_wh
        left_wh = sun_wh - load_wh
        return np.array([sun_wh, *(sun_wh - way.load_wh(at_s, from_slot, left_wh) for way in self._ways)])

    def _days(self, jobs: Sequence[Slots]) -> list[list[Slots]]:
        """Jobs of each of the last days, the last one first, as if they came today."""
        days: list[list[Slots]] = [[] for _ in range(min(self._day, MOST_DAYS))]
        for slots in jobs:
            ago = self._day - int(slots.job.registered_s // DAY_S)
            if 1 <= ago <= len(days):
                days[ago - 1].append(slots)
        counts = np.cumsum([len(each) for each in days])
        kept = max(int(np.searchsorted(counts, MOST_JOBS, side="right")), 1)
        each_for = max(ceil(int(counts[kept - 1]) / MOST_JOBS), 1)
        return [[_later(slots, ago, each_for) for slots in of[::each_for]] for ago, of in enumerate(days[:kept], 1)]


class _Way:
    """Jobs that may come, and where they would stand."""

    def __init__(self, jobs: list[Slots], slots: int, looks: Looks) -> None:
        self._jobs = [job for job in jobs if job.last + len(job.wh) <= slots]
        self._board = Board(self._jobs, slots, taken_share=0.0, looks=looks)
        self._coming = list(range(len(self._jobs)))

    def load_wh(self, at_s: float, from_slot: int, left_wh: Values) -> Values:
        """What those take that have not come at a time [Wh], given the sun that real ones leave [Wh]."""
        coming = [number for number in self._coming if self._jobs[number].job.registered_s > at_s]
        for number in set(self._board.start).difference(coming):
            self._board.lift(number)
        for number in coming:
            if number not in self._board.start:
                self._board.put(number, self._board.best(left_wh, number, from_slot))
        stopped = self._board.sweep(left_wh, coming, from_slot, SWEEPS)
        self._coming = coming[stopped:] + coming[:stopped]
        return self._board.load_wh


def _later(slots: Slots, days: int, times: int) -> Slots:
    """A job so many days later, so many times as large."""
    later_s = days * float(DAY_S)
    job = replace(
        slots.job,
        registered_s=slots.job.registered_s + later_s,
        earliest_s=slots.job.earliest_s + later_s,
        latest_s=slots.job.latest_s + later_s,
    )
    return Slots(job, slots.wh * times, slots.starts + days * DAY_SLOTS, None)
