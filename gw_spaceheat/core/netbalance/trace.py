"""A recorded stretch of production and consumption, as arrays."""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


class TraceError(ValueError):
    """A recording cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Samples in order of time; not a number where a value is missing.

    Attributes:
        wall_s: When each was taken, UTC [s].
        production_w: What the sun gave [W].
        base_w: Consumption of everything but the controlled loads [W].
        outage: Whether the meter was silent and zeros were stored in its place.
    """

    wall_s: Numbers
    production_w: Numbers
    base_w: Numbers
    outage: NDArray[np.bool_]

    @property
    def count(self) -> int:
        """How many samples there are."""
        return len(self.wall_s)

    def between(self, start_s: float | None, end_s: float | None) -> "Trace":
        """The samples from a time to another, both included, UTC [s]; None for all of that side.

        Raises:
            TraceError: There are none.
        """
        chosen = np.ones(self.count, dtype=bool)
        if start_s is not None:
            chosen &= self.wall_s >= start_s
        if end_s is not None:
            chosen &= self.wall_s <= end_s
        if not chosen.any():
            raise TraceError("no sample lies in the chosen range")
        return Trace(self.wall_s[chosen], self.production_w[chosen], self.base_w[chosen], self.outage[chosen])


def joined(traces: tuple[Trace, ...]) -> Trace:
    """Several recordings as one.

    Raises:
        TraceError: There is none, or they overlap.
    """
    if not traces:
        raise TraceError("there is no recording")
    ordered = sorted(traces, key=lambda trace: float(trace.wall_s[0]))
    for earlier, later in itertools.pairwise(ordered):
        if later.wall_s[0] <= earlier.wall_s[-1]:
            raise TraceError("recordings overlap: give files of different times")
    return Trace(
        np.concatenate([trace.wall_s for trace in ordered]),
        np.concatenate([trace.production_w for trace in ordered]),
        np.concatenate([trace.base_w for trace in ordered]),
        np.concatenate([trace.outage for trace in ordered]),
    )
