"""What a quantity was: last, least, most, mean over all time and over the last minute, quarter of an hour and day.

Memory does not grow. A window is a ring of buckets, and its mean is that of all values in the current bucket and in as many
before it as the ring has: the last 60 s in whole seconds, the last 900 s in steps of 15 s, the last 24 h in steps of 15 min.
A value is added to one sum only; sums are carried into the rings when their second is over. By that the mean over all time is
also as exact as a sum in pairs.
"""

import math
from array import array
from typing import NamedTuple

import msgspec

from gw_spaceheat.vocabulary.moment import MINUTE_MS, SECOND_MS

NONE = -1
"""The bucket of a ring into which nothing has come."""


class Window(NamedTuple):
    """How a window is cut: its name, the length of a bucket [ms], and how many there are."""

    name: str
    bucket_ms: int
    buckets: int


WINDOWS = (
    Window("1m", SECOND_MS, 60),
    Window("15m", 15 * SECOND_MS, 60),
    Window("24h", 15 * MINUTE_MS, 96),
)


class KeptRing(msgspec.Struct, frozen=True, array_like=True):
    """A ring for the disk: its newest bucket, and place, sum and count of each that is not empty."""

    newest: int
    full: tuple[tuple[int, float, int], ...]


class KeptStatistics(msgspec.Struct, frozen=True, array_like=True):
    """Statistics for the disk."""

    last: float
    least: float
    most: float
    total: float
    count: int
    rings: tuple[KeptRing, ...]


class _Ring:
    """Sums and counts of the newest buckets of a window."""

    __slots__ = ("_buckets", "_counts", "_length_ms", "_newest", "_sums")

    def __init__(self, window: Window) -> None:
        self._length_ms, self._buckets = window.bucket_ms, window.buckets
        self._newest = NONE
        self._sums = array("d", bytes(8 * window.buckets))
        self._counts = array("q", bytes(8 * window.buckets))

    def add(self, second_ms: int, total: float, count: int) -> None:
        """Add the values of a second; one that is older than the newest (the clock was set back) counts into that."""
        self._go_on(second_ms)
        place = self._newest % self._buckets
        self._sums[place] += total
        self._counts[place] += count

    def mean(self, now_ms: int, total: float, count: int) -> float | None:
        """The mean at a time, with the values of the second that is not over; None if there are none."""
        bucket = now_ms // self._length_ms
        if self._newest != NONE and bucket > self._newest:
            self._go_on(now_ms)
        count += sum(self._counts)
        return math.fsum((*self._sums, total)) / count if count else None

    def _go_on(self, at_ms: int) -> None:
        bucket = at_ms // self._length_ms
        if self._newest == NONE or bucket - self._newest >= self._buckets or self._newest - bucket >= self._buckets:
            self._sums = array("d", bytes(8 * self._buckets))
            self._counts = array("q", bytes(8 * self._buckets))
            self._newest = bucket
        while self._newest < bucket:
            self._newest += 1
            place = self._newest % self._buckets
            self._sums[place], self._counts[place] = 0.0, 0

    def kept(self) -> KeptRing:
        """For the disk."""
        full = ((place, self._sums[place], self._counts[place]) for place in range(self._buckets) if self._counts[place])
        return KeptRing(self._newest, tuple(full))

    def restore(self, kept: KeptRing) -> None:
        """From the disk."""
        self._newest = kept.newest
        for place, total, count in kept.full:
            if 0 <= place < self._buckets:
                self._sums[place], self._counts[place] = total, count


class Statistics:
    """Of one quantity.

    Attributes:
        last: The newest value.
        least, most: The extremes.
    """

    __slots__ = ("_before_ms", "_count", "_from_ms", "_rings", "_second_count", "_second_sum", "_sum", "last", "least", "most")

    def __init__(self) -> None:
        """Nothing was heard; the extremes are then infinite."""
        self.last = math.nan
        self.least, self.most = math.inf, -math.inf
        self._sum, self._count = 0.0, 0
        self._second_sum, self._second_count = 0.0, 0
        self._from_ms = self._before_ms = 0
        self._rings = tuple(_Ring(window) for window in WINDOWS)

    @property
    def count(self) -> int:
        """How many values there were."""
        return self._count + self._second_count

    @property
    def mean(self) -> float | None:
        """Of all values; None if there were none."""
        return (self._sum + self._second_sum) / self.count if self.count else None

    def add(self, value: float, at_ms: int) -> None:
        """Take in a finite value that came at a time, UTC [ms]."""
        if not self._from_ms <= at_ms < self._before_ms:
            self._carry()
            self._from_ms = at_ms - at_ms % SECOND_MS
            self._before_ms = self._from_ms + SECOND_MS
        self.last = value
        if value < self.least:  # noqa: PLR1730 (a call of min takes longer than all the rest)
            self.least = value
        if value > self.most:  # noqa: PLR1730
            self.most = value
        self._second_sum += value
        self._second_count += 1

    def means(self, now_ms: int) -> dict[str, float | None]:
        """The means of the windows that end at a time, UTC [ms], by name; None where nothing came."""
        if now_ms >= self._before_ms:
            self._carry()
        return {
            window.name: ring.mean(now_ms, self._second_sum, self._second_count)
            for window, ring in zip(WINDOWS, self._rings, strict=True)
        }

    def kept(self) -> KeptStatistics:
        """For the disk."""
        self._carry()
        return KeptStatistics(
            self.last, self.least, self.most, self._sum, self._count, tuple(ring.kept() for ring in self._rings)
        )

    def restore(self, kept: KeptStatistics) -> None:
        """From the disk; what was heard before is lost."""
        self.last, self.least, self.most = kept.last, kept.least, kept.most
        self._sum, self._count = kept.total, kept.count
        for ring, of_ring in zip(self._rings, kept.rings, strict=False):
            ring.restore(of_ring)

    def _carry(self) -> None:
        if not self._second_count:
            return
        for ring in self._rings:
            ring.add(self._from_ms, self._second_sum, self._second_count)
        self._sum += self._second_sum
        self._count += self._second_count
        self._second_sum, self._second_count = 0.0, 0
