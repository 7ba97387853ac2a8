"""A recording laid over netting periods: which energy each sample stands for, split where it lies across an edge."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.core.netbalance.period import NettingPeriod
from gw_spaceheat.core.netbalance.trace import Numbers, Trace


@dataclass(frozen=True, slots=True)
class Grid:
    """Steps, each within one period. A sample stands for the time since the sample before.

    Attributes:
        trace: The recording, times whole milliseconds, production not negative.
        valid: Whether each sample's values are there.
        step_s: Length of each step that counts [s]; 0 where values are missing.
        sample: The sample that each step belongs to.
        starts: The first step of each period.
        period_start_s: When each period began, UTC [s].
    """

    trace: Trace
    valid: NDArray[np.bool_]
    step_s: Numbers
    sample: NDArray[np.int64]
    starts: NDArray[np.int64]
    period_start_s: Numbers

    def sums(self, power_w: Numbers) -> Numbers:
        """Energy of each period, from the power at each step [Wh]."""
        return np.asarray(np.add.reduceat(power_w * self.step_s / 3600.0, self.starts))

    @property
    def covered_s(self) -> Numbers:
        """How much of each period was measured [s]."""
        return np.asarray(np.add.reduceat(self.step_s, self.starts))

    def at_steps(self, values: Numbers) -> Numbers:
        """A sample's values at its steps; missing ones are 0, for steps of no length."""
        return np.where(self.valid, values, 0.0)[self.sample]

    def load_power(self, states: NDArray[np.bool_], loads_w: Numbers) -> Numbers:
        """Power of each load at each step [W]: as it was switched at the sample before."""
        before = np.vstack([np.zeros((1, states.shape[1]), dtype=bool), states[:-1]])
        return np.asarray(before[self.sample] * loads_w)


def lay(trace: Trace, period: NettingPeriod, longest_step_s: float) -> Grid:
    """Lay a recording over periods; where nothing is netted, each step is its own.

    Args:
        trace: The recording.
        period: What is netted.
        longest_step_s: For how long a sample may stand at most [s].
    """
    wall_s = np.round(trace.wall_s, 3)
    production = np.where(np.isnan(trace.production_w), np.nan, np.maximum(trace.production_w, 0.0))
    valid = ~(np.isnan(production) | np.isnan(trace.base_w) | trace.outage)
    step_s = np.minimum(np.diff(wall_s, prepend=wall_s[0]), longest_step_s)
    length_s = period.deciding_ms / 1000.0
    edge_s = wall_s - wall_s % length_s
    inside_s = np.minimum(step_s, wall_s - edge_s)
    lengths = np.where(valid, np.vstack([step_s - inside_s, inside_s]), 0.0).T.ravel()
    begins = np.vstack([edge_s - length_s, edge_s]).T.ravel()
    samples = np.repeat(np.arange(len(wall_s)), 2)
    kept = (lengths > 0.0) | (np.arange(len(lengths)) % 2 == 1)
    kept &= begins >= edge_s[0]
    lengths, begins, samples = lengths[kept], begins[kept], samples[kept]
    starts = np.arange(len(lengths)) if not period.is_netted else np.flatnonzero(np.diff(begins, prepend=begins[0] - 1.0))
    rounded = Trace(wall_s, production, trace.base_w, trace.outage)
    return Grid(rounded, valid, lengths, samples, starts, begins[starts])
