"""Perfect foresight: the most that any switching could have gained, for each number of switchings; exact.

Only how long each load runs within a netting period enters the bill. So of a period there need be known only the loads'
states at its two
ends and how many extra switchings are inside it: a load whose state changes (one switching) or that is switched twice may
run for any
time, any other for none or all of it. The value is concave in the loads' energy, so the best energy is the period's surplus,
cut to what
can be reached. Over periods it is a dynamic programme on (states, switchings used); it gives the whole frontier at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.core.netbalance.trace import Numbers

NEVER = -1e18
MOST_SWITCHINGS = 400


@dataclass(frozen=True, slots=True)
class Periods:
    """Netting periods as they would be without the loads.

    Attributes:
        covered_s: How much of each was measured [s].
        free_wh: Production less base [Wh].
        buy_per_kwh: What debt costs in each.
        sell_per_kwh: What surplus brings.
        load_value_per_kwh: What energy in a load is worth.
    """

    covered_s: Numbers
    free_wh: Numbers
    buy_per_kwh: Numbers
    sell_per_kwh: float
    load_value_per_kwh: float

    def value(self, load_wh: Numbers) -> Numbers:
        """What each period is worth with so much energy in the loads [currency]."""
        net_wh = self.free_wh - load_wh
        paid = self.sell_per_kwh * np.maximum(net_wh, 0.0) - self.buy_per_kwh * np.maximum(-net_wh, 0.0)
        return np.asarray((self.load_value_per_kwh * load_wh + paid) / 1000.0)

    def gain(self, load_wh: Numbers) -> float:
        """What the loads' energy is worth over all periods, against none [currency]."""
        return float((self.value(load_wh) - self.value(np.zeros_like(load_wh))).sum())

    def best(self, low_wh: Numbers, high_wh: Numbers) -> Numbers:
        """The best energy in the loads between two bounds [Wh]: the surplus, or all where more is worth more than it costs."""
        cut = np.clip(self.free_wh, low_wh, high_wh)
        return np.where(self.load_value_per_kwh > self.buy_per_kwh, high_wh, cut)


@dataclass(frozen=True, slots=True)
class _Move:
    """Through a period: from states to states, at so many switchings, with so much power always and so much at will [W]."""

    start: int
    end: int
    switchings: int
    fixed_w: float
    free_w: float


@dataclass(frozen=True, slots=True)
class Frontier:
    """The most that can be gained with at most 0, 1, 2, ... switchings [currency]."""

    gain: Numbers

    @property
    def bound(self) -> float:
        """With as many switchings as one likes."""
        return float(self.gain[-1])

    def switchings_for(self, gain: float) -> int | None:
        """The fewest with which foresight gains so much; None if it never does."""
        reached = np.flatnonzero(self.gain >= gain - 1e-9)
        return int(reached[0]) if len(reached) else None

    def share(self, gain: float) -> float:
        """Part of the bound [-]; 1 where there is nothing to be gained."""
        return gain / self.bound if self.bound > 0.0 else 1.0


def frontier(periods: Periods, loads_w: Sequence[float], most: int = MOST_SWITCHINGS) -> Frontier:
    """Work it out; all loads are off before the first period and after the last.

    Args:
        periods: What there is to be had.
        loads_w: Power of each load [W].
        most: Largest number of switchings.
    """
    sets = tuple(product((False, True), repeat=len(loads_w)))
    moves = _cheapest(_moves(sets, loads_w))
    hours = periods.covered_s / 3600.0
    none = periods.value(np.zeros_like(periods.free_wh))
    worth = np.array(
        [periods.value(periods.best(move.fixed_w * hours, (move.fixed_w + move.free_w) * hours)) - none for move in moves]
    )
    most = min(most, 2 * len(loads_w) * len(hours))
    into = _by_end(moves, len(sets))
    best: NDArray[np.float64] = np.full((len(sets), most + 1), NEVER)
    best[0, 0] = 0.0
    for at in range(len(hours)):
        following = np.full_like(best, NEVER)
        column = worth[:, at].tolist()
        for end, chosen in enumerate(into):
            row = following[end]
            for index, start, used in chosen:
                if used == 0:
                    np.maximum(row, best[start] + column[index], out=row)
                elif used <= most:
                    np.maximum(row[used:], best[start, :-used] + column[index], out=row[used:])
        best = following
    return Frontier(np.maximum.accumulate(best[0]))


def _moves(sets: tuple[tuple[bool, ...], ...], loads_w: Sequence[float]) -> list[_Move]:
    """Every way through a period."""
    moves = []
    for (start, before), (end, after) in product(enumerate(sets), repeat=2):
        ways = [
            [(1, 0.0, load_w)] if was != will else [(0, load_w if was else 0.0, 0.0), (2, 0.0, load_w)]
            for was, will, load_w in zip(before, after, loads_w, strict=True)
        ]
        for way in product(*ways):
            switchings, fixed_w, free_w = (sum(parts) for parts in zip(*way, strict=True))
            moves.append(_Move(start, end, int(switchings), fixed_w, free_w))
    return moves


def _cheapest(moves: list[_Move]) -> list[_Move]:
    """Without those that another does as well, with the same reach, for fewer switchings."""
    kept: dict[tuple[int, int, float, float], _Move] = {}
    for move in moves:
        key = (move.start, move.end, move.fixed_w, move.free_w)
        if key not in kept or kept[key].switchings > move.switchings:
            kept[key] = move
    return list(kept.values())


def _by_end(moves: list[_Move], count: int) -> list[list[tuple[int, int, int]]]:
    into: list[list[tuple[int, int, int]]] = [[] for _ in range(count)]
    for index, move in enumerate(moves):
        into[move.end].append((index, move.start, move.switchings))
    return into
