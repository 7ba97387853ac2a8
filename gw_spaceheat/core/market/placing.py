"""What every scheduler needs: where everything stands, and the start that is best for a job."""

from collections.abc import Sequence

import numpy as np

from gw_spaceheat.core.market.energy import Values
from gw_spaceheat.core.market.looking import Rows
from gw_spaceheat.core.market.looks import BY_NUMPY, Looks
from gw_spaceheat.core.market.timetable import SLOT_S, Slots

HOUR_S = 3600

TAKEN_SHARE, TAKEN_WITHIN_H = 0.1, 3.0
"""Of sun that comes later a part will be wanted by jobs that nobody has registered yet: so much of it in the end, and of that
63 % within so many hours [h]. Sun counts that much less.

Chosen on 21 streets of 3 to 50 houses: of what could be used if everything were known, 98.1 % on average with it and 97.4 %
without. More of it helps streets with little sun, and harms those with much."""
SWEEPS = 6
LOOKS = 4_000
"""At one event jobs look for a better start so often at most; where there are more of them the rest goes on at the next."""


class Board:
    """Where everything stands: what the sun gives, what is taken, and which job starts when.

    Attributes:
        load_wh: What jobs take in each slot [Wh].
        start: Slot with which each job starts, by its number in the timetable.
    """

    def __init__(self, jobs: Sequence[Slots], slots: int, taken_share: float = TAKEN_SHARE, looks: Looks = BY_NUMPY) -> None:
        """Nothing is placed.

        Args:
            jobs: The jobs; their places are their numbers, and there may come more.
            slots: How many slots there are.
            taken_share: So much less counts what comes long after a job's first start [0-1]; see `TAKEN_SHARE`.
            looks: How they look for their best starts.
        """
        self._jobs, self._looks = jobs, looks
        self._left_share = left_share(slots, taken_share)
        self._laid_out = 0
        self._room = Rows.empty()
        self._ends = [0] * len(self._room)
        self.load_wh = np.zeros(slots)
        self.start: dict[int, int] = {}

    def put(self, number: int, slot: int) -> None:
        """A job starts with a slot."""
        self.start[number] = slot
        wh = self._jobs[number].wh
        self.load_wh[slot : slot + len(wh)] += wh

    def lift(self, number: int) -> int:
        """A job is taken off; the slot with which it would have started."""
        slot = self.start.pop(number)
        wh = self._jobs[number].wh
        self.load_wh[slot : slot + len(wh)] -= wh
        return slot

    def best(self, sun_wh: Values, number: int, from_slot: int, before: int | None = None) -> int:
        """The start from a slot on that uses most sun, rather early than late, less a little for the peak of import.

        A job whose last start has gone by starts with its last one.

        Args:
            sun_wh: What the sun gives in each slot; several rows of that where it is not known what will come, each as likely
                as the others: the best start is that on the mean of them [Wh].
            number: Number of a job that is not placed.
            from_slot: Earlier starts are over.
            before: Where it stood before; it stays there unless another start is better.
        """
        sun, stood = np.atleast_2d(sun_wh), -1 if before is None else before
        return self._looks.look(self._rows(), number, self.load_wh, sun, self._left_share, from_slot, stood)

    def sweep(self, sun_wh: Values, numbers: Sequence[int], from_slot: int, times: int = SWEEPS, looks: int = LOOKS) -> int:
        """Jobs that have not started answer each other, in turn, until none can do better.

        Args:
            sun_wh: What the sun gives in each slot, in one row or several; see `best` [Wh].
            numbers: The jobs, in their turn.
            from_slot: Earlier starts are over.
            times: How often each looks, at most.
            looks: How often all of them do, together, at most; each row counts.

        Returns:
            0, or the place in `numbers` at which it had to stop.
        """
        stands = np.array([self.start[number] for number in numbers], dtype=np.int64)
        before = stands.copy()
        which, sun = np.array(numbers, dtype=np.int64), np.atleast_2d(sun_wh)
        stopped = self._looks.sweep(self._rows(), which, stands, self.load_wh, sun, self._left_share, from_slot, times, looks)
        for place in np.flatnonzero(stands != before).tolist():
            self.start[numbers[place]] = int(stands[place])
        return stopped

    def _rows(self) -> Rows:
        """All jobs that there are by now, in rows."""
        new = self._jobs[self._laid_out :]
        if new:
            self._lay_out(new)
        return self._room

    def _lay_out(self, new: Sequence[Slots]) -> None:
        """More jobs; where there is no room for them, more than that is made."""
        alone_wh = [np.correlate(self._left_share[: job.last - job.first + len(job.wh)], job.wh) for job in new]
        length, starts = [len(job.wh) for job in new], [len(worth) for worth in alone_wh]
        *_, wh_end, _, alone_end = self._ends
        more = Rows(
            first=np.array([job.first for job in new]),
            last=np.array([job.last for job in new]),
            at=wh_end + np.cumsum([0, *length[:-1]]),
            length=np.array(length),
            wh=np.concatenate([job.wh for job in new]),
            alone_at=alone_end + np.cumsum([0, *starts[:-1]]),
            alone_wh=np.concatenate(alone_wh),
        )
        ends = [end + len(row) for end, row in zip(self._ends, more, strict=True)]
        room = [row if end <= len(row) else np.pad(row, (0, end)) for row, end in zip(self._room, ends, strict=True)]
        for row, begin, end, values in zip(room, self._ends, ends, more, strict=True):
            row[begin:end] = values
        self._room, self._ends, self._laid_out = Rows._make(room), ends, self._laid_out + len(new)


def left_share(slots: int, taken_share: float = TAKEN_SHARE) -> Values:
    """What sun counts, by how many slots later than the first start it comes [0-1]; see `TAKEN_SHARE`."""
    hours = np.arange(slots) * (SLOT_S / HOUR_S)
    share: Values = 1.0 - taken_share * (1.0 - np.exp(-hours / TAKEN_WITHIN_H))
    return share
