"""Hysteresis over whole stretches: where a load is switched next is looked up in sums, not sample by sample. For sweeps.

Between two switchings the balance is a running sum of what is there without the loads, less what the loads that are on have
taken. So the
next crossing of a threshold is a search in arrays. The result is that of the manager with loads that nothing limits.
"""

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.core.netbalance.grid import Grid
from gw_spaceheat.core.netbalance.simulation import States
from gw_spaceheat.core.netbalance.trace import Numbers

LOOK_AHEAD = 64
"""Samples that are looked at first; then as many again and again as there are twice."""


class Stretches:
    """A recording prepared once, for any number of thresholds."""

    def __init__(self, grid: Grid, loads_w: tuple[float, ...], hold_s: float) -> None:
        """Sum up what there is without the loads, and the time, within each period.

        Args:
            grid: The recording.
            loads_w: Power of each load [W].
            hold_s: How long loads keep their states while the meter is silent [s].
        """
        count = grid.trace.count
        free_w = grid.at_steps(grid.trace.production_w) - grid.at_steps(grid.trace.base_w)
        last = np.flatnonzero(np.diff(grid.sample, append=count))  # the step of each sample that lies in its own period
        self._free_wh = _within(grid, free_w * grid.step_s / 3600.0)[last]
        self._hours = _within(grid, grid.step_s / 3600.0)[last]
        period = np.repeat(np.arange(len(grid.starts)), np.diff(grid.starts, append=len(grid.sample)))[last]
        firsts = np.flatnonzero(np.diff(period, prepend=-1))
        self._bounds = [*firsts.tolist(), count]
        self._first_h = self._hours[firsts]
        self._valid = grid.valid
        self._all_valid = bool(grid.valid.all())
        self._dark = _silent_beyond(grid, hold_s)
        self._loads_w = loads_w
        self._count = count

    def hysteresis(self, top_wh: tuple[float, ...], bottom_wh: tuple[float, ...]) -> States:
        """The states after each sample."""
        states = np.zeros((self._count, len(self._loads_w)), dtype=bool)
        on = [False] * len(self._loads_w)
        for start, end in zip(self._bounds, self._bounds[1:], strict=False):
            self._through(start, end, on, top_wh, bottom_wh, states)
        return states

    def _through(
        self, start: int, end: int, on: list[bool], top_wh: tuple[float, ...], bottom_wh: tuple[float, ...], states: States
    ) -> None:
        """Through a period, from crossing to crossing; `on` goes on into the next."""
        taken_wh, since_h, at = 0.0, 0.0, start  # what the loads took until the last switching, and when that was
        while at < end:
            on_w = sum([watts for watts, is_on in zip(self._loads_w, on, strict=True) if is_on])
            rises = min([top for top, is_on in zip(top_wh, on, strict=True) if not is_on], default=np.inf)
            falls = max([bottom for bottom, is_on in zip(bottom_wh, on, strict=True) if is_on], default=-np.inf)
            found, balance_wh = self._crossing(at, end, taken_wh - on_w * since_h, on_w, rises, falls)
            states[at:found] = on
            if found == end:
                return
            if self._dark[found]:
                taken_wh += on_w * (self._hours[found] - since_h)
                since_h, at = float(self._hours[found]), found + 1
                on[:] = [False] * len(on)
                continue
            taken_wh += on_w * (self._hours[found] - since_h)
            since_h, at = float(self._hours[found]), found + 1
            for index, is_on in enumerate(on):
                on[index] = balance_wh > bottom_wh[index] if is_on else balance_wh >= top_wh[index]
            states[found] = on

    def _crossing(self, at: int, end: int, less_wh: float, on_w: float, rises: float, falls: float) -> tuple[int, float]:
        """The first sample from one on whose balance reaches a threshold, or the end; and that balance [Wh]."""
        length = LOOK_AHEAD
        while at < end:
            until = min(at + length, end)
            balance = self._free_wh[at:until] - on_w * self._hours[at:until] - less_wh
            crossed = (balance >= rises) | (balance <= falls)
            if not self._all_valid:
                crossed &= self._valid[at:until]
                if on_w > 0.0:
                    crossed |= self._dark[at:until]
            first = int(crossed.argmax())
            if crossed[first]:
                return at + first, float(balance[first])
            at, length = until, 2 * length
        return end, 0.0


def _silent_beyond(grid: Grid, hold_s: float) -> NDArray[np.bool_]:
    """At which samples the meter has been silent for longer than loads are held."""
    wall_s = grid.trace.wall_s
    heard_s = np.maximum.accumulate(np.where(grid.valid, wall_s, wall_s[0]))
    before_s = np.concatenate([wall_s[:1], heard_s[:-1]])
    return np.asarray(~grid.valid & (wall_s - before_s > hold_s))


def _within(grid: Grid, values: Numbers) -> Numbers:
    """Running sums that begin anew with each period."""
    sums = np.cumsum(values)
    before = sums[grid.starts] - values[grid.starts]
    return np.asarray(sums - np.repeat(before, np.diff(grid.starts, append=len(values))))
