"""The steps of a plan: fine at first, coarse later, and none across an hour, because prices change there."""

from dataclasses import dataclass

from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS

FINE_MS, MIDDLE_MS, COARSE_MS = 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS
FINE_HOURS, MIDDLE_HOURS, ALL_HOURS = 1, 12, 48
"""Fine steps until so many full hours after the hour in which the plan begins, middle ones until so many, then coarse ones."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """When the steps of a plan begin.

    Attributes:
        edges_ms: Start of each step, UTC [ms], and the end of the last.
    """

    edges_ms: tuple[int, ...]

    @property
    def steps(self) -> int:
        """How many steps."""
        return len(self.edges_ms) - 1

    @property
    def lengths_h(self) -> tuple[float, ...]:
        """Length of each step [h]."""
        return tuple((end - start) / HOUR_MS for start, end in zip(self.edges_ms, self.edges_ms[1:], strict=False))

    @property
    def middles_ms(self) -> tuple[int, ...]:
        """Middle of each step, UTC [ms]."""
        return tuple((start + end) // 2 for start, end in zip(self.edges_ms, self.edges_ms[1:], strict=False))


def horizon(start_ms: int, hours: int = ALL_HOURS) -> Horizon:
    """Steps of 5 min to the end of the hour after the present one, of 15 min for half a day, of an hour beyond.

    Args:
        start_ms: Start of the plan, UTC [ms]; it is moved back to a multiple of 5 min.
        hours: How far it reaches, counted from the hour in which it starts [h].
    """
    at_ms = start_ms - start_ms % FINE_MS
    hour_ms = at_ms - at_ms % HOUR_MS
    edges = [at_ms]
    for until_h, step_ms in ((1 + FINE_HOURS, FINE_MS), (MIDDLE_HOURS, MIDDLE_MS), (hours, COARSE_MS)):
        until_ms = hour_ms + min(until_h, hours) * HOUR_MS
        while edges[-1] < until_ms:
            edges.append(edges[-1] + step_ms)
    return Horizon(tuple(edges))


def even(start_ms: int, step_ms: int, steps: int) -> Horizon:
    """Steps of one length."""
    return Horizon(tuple(start_ms + step * step_ms for step in range(steps + 1)))
