"""What it costs from now on, for every state and balance that a period may come to: a stochastic dynamic programme.

The balance that a period would end with, were all loads off from now on, is foretold; the forecast errs, and its errors come to
light bit by bit till the end. Backward from there, at every node of time, each set of loads is weighed: what it takes from the
balance, what switching to it costs, and what may come to light by the next node. So waiting is worth what it is worth.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
NODE_S = 100.0
"""Time between nodes [s]."""
GRID_WH = 20.0
ROOM_WH = 600.0
"""Balances between which it is worked out reach so far beyond what the loads could take [Wh]."""
SPREAD = 3.0**0.5
"""Errors are taken at 0 and this many standard errors to either side, with weights 2/3 and 1/6: right to the fifth moment."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What is bad, in watt-hours of surplus that is left over.

    Attributes:
        switch_wh: One switching.
        over: A watt-hour of debt.
    """

    switch_wh: float
    over: float


class Sets:
    """All sets of loads that may be on, and what each takes."""

    def __init__(self, load_w: tuple[float, ...]) -> None:
        """Order them; the first has all off."""
        self.states = tuple(product((False, True), repeat=len(load_w)))
        self.index = {states: at for at, states in enumerate(self.states)}
        self.watts = [sum(watts for watts, on in zip(load_w, states, strict=True) if on) for states in self.states]
        self.apart = np.array(
            [[sum(a != b for a, b in zip(x, y, strict=True)) for y in self.states] for x in self.states], dtype=float
        )


class Outlook:
    """A period, from a time before its end on."""

    def __init__(
        self, sets: Sets, costs: Costs, after: list[float], length_s: float, error_wh: Callable[[float], float]
    ) -> None:
        """Work backward from the end.

        Args:
            sets: The sets of loads.
            costs: What is bad.
            after: What each set costs after the period, if it is on at the end [Wh].
            length_s: How long before the end it must reach [s].
            error_wh: Standard error of what is foretold for the rest, from how long it is [s] to [Wh].
        """
        self._sets, self._costs = sets, costs
        high_wh = max(sets.watts) * length_s / 3600.0 + ROOM_WH
        self._low_wh = -ROOM_WH
        self._grid = np.arange(self._low_wh, high_wh + GRID_WH, GRID_WH)
        left = np.where(self._grid > 0.0, self._grid, -costs.over * self._grid)
        value = np.array([left + later for later in after])
        self._smooth: list[Numbers] = []
        count = max(int(np.ceil(length_s / NODE_S - 1e-9)), 1)
        for node in range(count):
            revealed = error_wh((node + 1) * NODE_S) ** 2 - error_wh(node * NODE_S) ** 2
            smooth = self._smoothed(value, revealed**0.5 if revealed > 0.0 else 0.0)
            self._smooth.append(smooth)
            stayed = np.array([self._shifted(smooth[at], watts * NODE_S / 3600.0) for at, watts in enumerate(sets.watts)])
            value = (stayed[None, :, :] + (costs.switch_wh * sets.apart)[:, :, None]).min(axis=1)

    def at(self, remaining_s: float, balance_wh: float) -> list[float]:
        """What each set costs from now on if it is on from now to the next node, switching to it aside [Wh].

        Args:
            remaining_s: Time to the end of the period [s].
            balance_wh: With which it would end were all loads off from now on.
        """
        node = min(max(int(np.ceil(remaining_s / NODE_S - 1e-9)) - 1, 0), len(self._smooth) - 1)
        until_h = (remaining_s - node * NODE_S) / 3600.0
        smooth = self._smooth[node]
        return [self._value(smooth[at], balance_wh - watts * until_h) for at, watts in enumerate(self._sets.watts)]

    def cost_of(self, remaining_s: float, balance_wh: float) -> list[float]:
        """What it costs from now on with each set on before now [Wh]."""
        stayed = self.at(remaining_s, balance_wh)
        wh = self._costs.switch_wh
        return [min(cost + wh * far for cost, far in zip(stayed, row, strict=True)) for row in self._sets.apart.tolist()]

    def _value(self, row: Numbers, balance_wh: float) -> float:
        """Between the grid's points; beyond its ends as steep as at them."""
        place = (balance_wh - self._low_wh) / GRID_WH
        low = min(max(int(place), 0), len(row) - 2)
        return float(row[low] + (row[low + 1] - row[low]) * (place - low))

    def _shifted(self, row: Numbers, less_wh: float) -> Numbers:
        """The row for balances that are less by so much."""
        slope = (row[1] - row[0]) / GRID_WH
        moved = np.interp(self._grid - less_wh, self._grid, row)
        below = self._grid - less_wh - self._low_wh
        return np.where(below < 0.0, row[0] + slope * below, moved)

    def _smoothed(self, value: Numbers, error_wh: float) -> Numbers:
        """Expected over what may come to light."""
        if error_wh < 0.05 * GRID_WH:
            return value
        wide = SPREAD * error_wh
        rows = []
        for row in value:
            up_slope = (row[-1] - row[-2]) / GRID_WH
            up = np.interp(self._grid + wide, self._grid, row) + up_slope * np.maximum(self._grid + wide - self._grid[-1], 0.0)
            rows.append((up + self._shifted(row, wide)) / 6.0 + row * (2.0 / 3.0))
        return np.array(rows)
