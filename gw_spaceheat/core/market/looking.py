"""A job looks for its best start, and many jobs in turn: for NumPy, and for Numba to compile (`looks.py`), with equal results.

What NumPy does with all starts at once is `best_start`. `best_start_in_loops` does it one number at a time and in the same
order, so that sums are equal to the last bit; Numba compiles that in its place.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.core.market.energy import Values

Whole = NDArray[np.int64]

PEAK_SHARE = 0.05
"""A Wh that the slot with the largest import takes from the grid counts as much as so many Wh of sun that are not used: among
starts that are as good, the one with the least peak is taken."""
BETTER_WH = 1e-6


class Rows(NamedTuple):
    """Jobs in rows, by their numbers; there may be room behind the last.

    Attributes:
        first, last: Slots of each job's first and last start.
        at, length: Where each job's energies begin in `wh`, and how many slots it takes.
        wh: Energies of all jobs, one job after the other [Wh].
        alone_at: Where each job's values begin in `alone_wh`; there are as many as it has starts.
        alone_wh: What a job would use of endless sun with each start, as that counts [Wh].
    """

    first: Whole
    last: Whole
    at: Whole
    length: Whole
    wh: Values
    alone_at: Whole
    alone_wh: Values

    @classmethod
    def empty(cls) -> "Rows":
        """Without any job."""
        none, nothing = np.zeros(0, np.int64), np.zeros(0)
        return cls(none, none, none, none, nothing, none, nothing)


def best_start(
    load_wh: Values, sun_wh: Values, wh: Values, alone_wh: Values, weights: Values, first: int, starts: int, before: int
) -> int:
    """The start with which most sun is used, rather early than late, less a little for the peak of import.

    Args:
        load_wh: What others take in each slot [Wh].
        sun_wh: What the sun gives in each slot: a row for each way in which it may be, each as likely as the others [Wh].
        wh: What the load takes in each slot from its start on [Wh].
        alone_wh: What it would use of endless sun with each start, as that counts [Wh]; more of them do no harm.
        weights: What sun counts from the first start on [0-1].
        first: Slot of the first start.
        starts: How many there are.
        before: Slot with which it stood before, which it keeps unless another is better; one that is over for none.
    """
    total: Values = np.zeros(starts)
    for row in range(len(sun_wh)):
        span = slice(first, first + starts + len(wh) - 1)
        used_wh, peak_wh = at_each_start(load_wh[span] - sun_wh[row, span], wh, alone_wh, weights)
        total += used_wh - PEAK_SHARE * np.maximum(peak_wh, 0.0)
    place = int(total.argmax())
    if before >= first and total[place] <= total[before - first] + BETTER_WH * len(sun_wh):
        return before
    return first + place


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
    shape, column = (len(wh), len(net_wh) - len(wh) + 1), wh[:, None]
    import_wh = np.ndarray(shape, np.float64, net_wh, 0, _STRIDES) + column
    peak_wh: Values = np.maximum.reduce(import_wh, axis=0)
    np.maximum(import_wh, 0.0, out=import_wh)
    np.minimum(import_wh, column, out=import_wh)
    import_wh *= np.ndarray(shape, np.float64, weights, 0, _STRIDES)
    bought_wh: Values = np.add.reduce(import_wh, axis=0)
    return alone_wh[: shape[1]] - bought_wh, peak_wh


_STRIDES = (8, 8)
"""A window of numbers begins one number later than the one before [bytes]."""


def best_start_in_loops(
    load_wh: Values, sun_wh: Values, wh: Values, alone_wh: Values, weights: Values, first: int, starts: int, before: int
) -> int:
    """The same, for Numba; as Python it is far too slow.

    A loop over the starts chooses nothing and counts from 0 in each row, so that several starts are done at a time.
    """
    total, bought_wh, peak_wh = np.zeros(starts), np.empty(starts), np.empty(starts)
    all_net_wh = np.empty(starts + len(wh) - 1)
    for row in range(len(sun_wh)):
        others_wh, gives_wh = load_wh[first:], sun_wh[row, first:]
        for place in range(len(all_net_wh)):
            all_net_wh[place] = others_wh[place] - gives_wh[place]
        bought_wh[:] = 0.0
        peak_wh[:] = 0.0
        for slot in range(len(wh)):
            wanted_wh, net_wh, weight = wh[slot], all_net_wh[slot:], weights[slot:]
            for start in range(starts):
                import_wh = net_wh[start] + wanted_wh
                peak_wh[start] = greater(peak_wh[start], import_wh)
                bought_wh[start] += lesser(greater(import_wh, 0.0), wanted_wh) * weight[start]
        for start in range(starts):
            total[start] += (alone_wh[start] - bought_wh[start]) - PEAK_SHARE * peak_wh[start]
    best = 0
    for start in range(1, starts):
        if total[start] > total[best]:
            best = start
    if before >= first and total[best] <= total[before - first] + BETTER_WH * len(sun_wh):
        return before
    return first + best


def lesser(one: float, other: float) -> float:
    """The lesser of two numbers, of which both are some."""
    return one if one < other else other


def greater(one: float, other: float) -> float:
    """The greater of two numbers, of which both are some."""
    return one if one > other else other


def look(rows: Rows, number: int, load_wh: Values, sun_wh: Values, weights: Values, from_slot: int, before: int) -> int:
    """The best start from a slot on of a job that is not placed; one whose last start has gone by starts with its last one.

    Args:
        rows: Jobs.
        number: The job's.
        load_wh: What others take in each slot [Wh].
        sun_wh: As in `best_start`.
        weights: As there.
        from_slot: Earlier starts are over.
        before: As there.
    """
    first, last = max(int(rows.first[number]), from_slot), int(rows.last[number])
    if first >= last:
        return last
    wh = rows.wh[rows.at[number] : rows.at[number] + rows.length[number]]
    alone_wh = rows.alone_wh[rows.alone_at[number] :]
    return best_start(load_wh, sun_wh, wh, alone_wh, weights, first, last - first + 1, before)


def sweep(
    rows: Rows,
    numbers: Whole,
    stands: Whole,
    load_wh: Values,
    sun_wh: Values,
    weights: Values,
    from_slot: int,
    times: int,
    looks: int,
) -> int:
    """Jobs answer each other, in turn, until none can do better.

    Args:
        rows: Jobs.
        numbers: Those that do, in their turn.
        stands: The slot with which each of them starts; changed.
        load_wh: What all take in each slot, these jobs too; changed [Wh].
        sun_wh: As in `best_start`.
        weights: As there.
        from_slot: Earlier starts are over.
        times: How often each looks, at most.
        looks: How often all of them do, together, at most; each row of sun counts.

    Returns:
        0, or the place in `numbers` at which it had to stop.
    """
    looked = 0
    for _ in range(times):
        moved = False
        for place in range(len(numbers)):
            number = int(numbers[place])
            if rows.last[number] <= rows.first[number]:
                continue
            if looked >= looks:
                return place
            looked += len(sun_wh)
            wh = rows.wh[rows.at[number] : rows.at[number] + rows.length[number]]
            before = int(stands[place])
            load_wh[before : before + len(wh)] -= wh
            after = look(rows, number, load_wh, sun_wh, weights, from_slot, before)
            load_wh[after : after + len(wh)] += wh
            stands[place] = after
            moved = moved or after != before
        if not moved:
            break
    return 0
