"""From what a sensor shows to amperes: a table of points with straight lines between them."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

MOST_POINTS = 100
USUAL_POINTS = ((0.0, 0.0), (870.0, 0.0), (910.0, 1.15), (929.0, 1.435), (1700.0, 15.0))
"""Of the usual sensor: measured at 870, 910 and 929; from there on, the end of its range is 15 A at 1700."""
USUAL_DEAD_BAND_A = 0.02


class Amperes(NamedTuple):
    """A current [A], and whether the sensor was within the range that its table knows."""

    amperes: float
    in_range: bool


class BadTable(ValueError):
    """A table that cannot be used; the text says why."""


@dataclass(frozen=True)
class Calibration:
    """A sensor's table.

    Attributes:
        points: What the sensor shows, and the current [A], rising by the first.
        dead_band_a: A current below this is none [A].
    """

    points: tuple[tuple[float, float], ...] = USUAL_POINTS
    dead_band_a: float = USUAL_DEAD_BAND_A
    _shown: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Raises BadTable for less than two points, too many, or such as do not rise."""
        if not 2 <= len(self.points) <= MOST_POINTS:
            raise BadTable(f"a calibration has from 2 to {MOST_POINTS} points, and not {len(self.points)}")
        shown = tuple(point[0] for point in self.points)
        if any(not first < second for first, second in pairwise(shown)):
            raise BadTable("a calibration's points must rise by what the sensor shows")
        if not self.dead_band_a >= 0.0:
            raise BadTable("a calibration's dead band must be 0 A or more")
        object.__setattr__(self, "_shown", shown)

    def amperes(self, shown: float) -> Amperes:
        """The current; beyond the table that of its nearest end, and then it says so."""
        points = self.points
        if shown < points[0][0]:
            return Amperes(self._beyond_zero(points[0][1]), in_range=False)
        if shown > points[-1][0]:
            return Amperes(self._beyond_zero(points[-1][1]), in_range=False)
        upper = min(bisect_right(self._shown, shown), len(points) - 1)
        (shown_low, low_a), (shown_high, high_a) = points[upper - 1], points[upper]
        current_a = low_a + (high_a - low_a) * (shown - shown_low) / (shown_high - shown_low)
        return Amperes(self._beyond_zero(current_a), in_range=True)

    def shown(self, amperes: float) -> float:
        """What the sensor shows at a current, for simulating it; that of the table's ends beyond them. The table must rise."""
        points = self.points
        for (shown_low, low_a), (shown_high, high_a) in pairwise(points):
            if low_a < amperes <= high_a:
                return shown_low + (shown_high - shown_low) * (amperes - low_a) / (high_a - low_a)
        return points[0][0] if amperes <= points[0][1] else points[-1][0]

    def _beyond_zero(self, current_a: float) -> float:
        return 0.0 if abs(current_a) < self.dead_band_a else current_a


def calibration_of(numbers: Sequence[float]) -> Calibration:
    """A table from numbers as a person writes them: shown, amperes, shown, amperes...; raises BadTable."""
    if len(numbers) % 2:
        raise BadTable("a calibration is pairs of what the sensor shows and the current [A]")
    return Calibration(tuple(zip(numbers[::2], numbers[1::2], strict=True)))


USUAL = Calibration()
