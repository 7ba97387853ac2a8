"""What every scheduler needs: how much sun a job would use at each of its starts, and the start that is best."""

from collections.abc import Sequence

import numpy as np

from gw_spaceheat.core.market.energy import Values
from gw_spaceheat.core.market.timetable import SLOT_S, Slots

HOUR_S = 3600

PEAK_SHARE = 0.05
"""A Wh that the slot with the largest import takes from the grid counts as much as so many Wh of sun that are not used: among
starts that are as good, the one with the least peak is taken."""
TAKEN_SHARE, TAKEN_WITHIN_H = 0.1, 3.0
"""Of sun that comes later a part will be wanted by jobs that nobody has registered yet: so much of it in the end, and of that
63 % within so many hours [h]. Sun counts that much less.

Chosen on 21 streets of 3 to 50 houses: of what could be used if everything were known, 98.1 % on average with it and 97.4 %
without. More of it helps streets with little sun, and harms those with much."""
BETTER_WH = 1e-6
SWEEPS = 6
LOOKS = 4_000
"""At one event jobs look for a better start so often at most; where there are more of them the rest goes on at the next."""


class Board:
    """Where everything stands: what the sun gives, what is taken, and which job starts when.

    Attributes:
        load_wh: What jobs take in each slot [Wh].
        start: Slot with which each job starts, by its number in the timetable.
    """

    def __init__(self, jobs: Sequence[Slots], slots: int, taken_share: float = TAKEN_SHARE) -> None:
        """Nothing is placed.

        Args:
            jobs: The jobs; their places are their numbers.
            slots: How many slots there are.
            taken_share: So much less counts what comes long after a job's first start [0-1]; see `TAKEN_SHARE`.
        """
        self._jobs = jobs
        self._worth: dict[int, Values] = {}
        self._left_share = left_share(slots, taken_share)
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
        job = self._jobs[number]
        first, last, wh = max(job.first, from_slot), job.last, job.wh
        if first >= last:
            return last
        net_wh = self.load_wh[first : last + len(wh)] - sun_wh[..., first : last + len(wh)]
        alone_wh = self._worth_alone(number)
        if sun_wh.ndim == 1:
            worth = self._worth_at(net_wh, wh, alone_wh)
        else:
            worth = np.mean([self._worth_at(row, wh, alone_wh) for row in net_wh], axis=0)
        place = int(worth.argmax())
        if before is not None and before >= first and worth[place] <= worth[before - first] + BETTER_WH:
            return before
        return first + place

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
        movable = [
            (place, number) for place, number in enumerate(numbers) if self._jobs[number].last > self._jobs[number].first
        ]
        looked, rows = 0, 1 if sun_wh.ndim == 1 else len(sun_wh)
        for _ in range(times):
            moved = False
            for place, number in movable:
                if looked >= looks:
                    return place
                looked += rows
                before = self.lift(number)
                after = self.best(sun_wh, number, from_slot, before)
                moved = moved or after != before
                self.put(number, after)
            if not moved:
                break
        return 0

    def _worth_at(self, net_wh: Values, wh: Values, alone_wh: Values) -> Values:
        """What each start is worth: the sun that is used, less a little for the peak [Wh]."""
        used, peak_wh = at_each_start(net_wh, wh, alone_wh, self._left_share)
        worth: Values = used - PEAK_SHARE * np.maximum(peak_wh, 0.0)
        return worth

    def _worth_alone(self, number: int) -> Values:
        """What a job would use of endless sun, by how many slots after its first start it starts."""
        worth = self._worth.get(number)
        if worth is None:
            job = self._jobs[number]
            worth = np.correlate(self._left_share[: job.last - job.first + len(job.wh)], job.wh)
            self._worth[number] = worth
        return worth


def left_share(slots: int, taken_share: float = TAKEN_SHARE) -> Values:
    """What sun counts, by how many slots later than the first start it comes [0-1]; see `TAKEN_SHARE`."""
    hours = np.arange(slots) * (SLOT_S / HOUR_S)
    share: Values = 1.0 - taken_share * (1.0 - np.exp(-hours / TAKEN_WITHIN_H))
    return share


def at_each_start(net_wh: Values, wh: Values, alone_wh: Values, weights: Values) -> tuple[Values, Values]:
    """What a load uses of the sun with each of its starts, as that counts, and the peak of import that it makes.

    All starts at once: a row for each slot of the load, a column for each start. The rows are windows on one array, which
    NumPy makes itself faster than its function for that does.

    Args:
        net_wh: What others take less what the sun gives, from the slot of the first start to the end after the last [Wh].
        wh: What the load takes in each slot from its start on [Wh].
        alone_wh: What it would use of endless sun with each start, as that counts [Wh]; more of them do no harm.
        weights: What sun counts from the first start on [0-1].
    """
    shape = (len(wh), len(net_wh) - len(wh) + 1)
    column = wh[:, None]
    import_wh = np.ndarray(shape, np.float64, net_wh, 0, _STRIDES) + column
    peak_wh: Values = np.maximum.reduce(import_wh, axis=0)
    np.maximum(import_wh, 0.0, out=import_wh)
    np.minimum(import_wh, column, out=import_wh)
    bought_wh = np.einsum("ij,ij->j", import_wh, np.ndarray(shape, np.float64, weights, 0, _STRIDES))
    return alone_wh[: shape[1]] - bought_wh, peak_wh


_STRIDES = (8, 8)
"""A window of numbers begins one number later than the one before [bytes]."""
