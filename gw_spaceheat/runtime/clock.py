"""Clocks for what runs in real time: the system's own, and one that runs faster than life.

Whatever waits, promises or times out lives by the monotonic clock; the wall clock is a label that may step in either direction
(a Pi has no battery clock: the first synchronisation after a boot is a large step forward).
"""

import time
from collections.abc import Callable
from typing import Protocol

from gw_spaceheat.vocabulary.moment import Moment

NS_PER_MS = 1_000_000
NS_PER_S = 1_000_000_000


class Clock(Protocol):
    """Where a runtime in real time gets its time; may be asked from any thread."""

    def now(self) -> Moment:
        """The present moment; its monotonic part never goes back."""
        ...

    def wait_s(self, mono_ms: int) -> float:
        """Seconds of real time [s] until the monotonic clock shows mono_ms; zero or negative when it does already.

        When the answer is not positive, the next `now` shows at least mono_ms. So the negated answer is also how long ago, in
        real time, a moment was: promises of threads are judged by it, however fast the clock runs.
        """
        ...


class SystemClock:
    """The machine's clocks, as they are."""

    def __init__(self, monotonic_ns: Callable[[], int] = time.monotonic_ns, wall_ns: Callable[[], int] = time.time_ns) -> None:
        """Remember where time [ns] is read."""
        self._monotonic_ns = monotonic_ns
        self._wall_ns = wall_ns
        self._latest: tuple[int, Moment] = (-1, Moment(0, 0))

    def now(self) -> Moment:
        """The present moment, to the millisecond.

        Within one millisecond everybody gets the same object: a busy mailbox asks millions of times a second.
        """
        ns = self._monotonic_ns()
        ends_ns, moment = self._latest
        if ns < ends_ns:
            return moment
        mono_ms = ns // NS_PER_MS
        moment = Moment(mono_ms, self._wall_ns() // NS_PER_MS)
        self._latest = ((mono_ms + 1) * NS_PER_MS, moment)
        return moment

    def wait_s(self, mono_ms: int) -> float:
        """Seconds until the monotonic clock shows mono_ms."""
        return (mono_ms * NS_PER_MS - self._monotonic_ns()) / NS_PER_S


class PacedClock:
    """Virtual time that passes `speed` times faster than life, on both clocks; blind to steps of the system's wall clock."""

    def __init__(self, speed: float, start_wall_ms: int, monotonic_ns: Callable[[], int] = time.monotonic_ns) -> None:
        """Begin now, at a wall time [ms]; the monotonic part begins at 0.

        Raises:
            ValueError: The speed is not above zero.
        """
        if not speed > 0:
            raise ValueError(f"the speed must be above 0, not {speed}")
        self._speed = speed
        self._start_wall_ms = start_wall_ms
        self._monotonic_ns = monotonic_ns
        self._origin_ns = monotonic_ns()

    def now(self) -> Moment:
        """The present virtual moment."""
        mono_ms = int((self._monotonic_ns() - self._origin_ns) * self._speed) // NS_PER_MS
        return Moment(mono_ms, self._start_wall_ms + mono_ms)

    def wait_s(self, mono_ms: int) -> float:
        """Seconds of real time until the virtual monotonic clock shows mono_ms."""
        virtual_ns = int((self._monotonic_ns() - self._origin_ns) * self._speed)
        return (mono_ms * NS_PER_MS - virtual_ns) / self._speed / NS_PER_S


class StepWatch:
    """Notices that the wall clock was set: it and the monotonic clock no longer lie as far apart as at the last look.

    Slow correction (slewing) stays below the threshold from look to look and is not a step. A machine that was suspended shows
    a step forward, because the monotonic clock stood still meanwhile.
    """

    def __init__(self, start: Moment, threshold_ms: int = 500) -> None:
        """Remember how far the clocks lie apart at the start; steps up to threshold_ms are not told."""
        self._apart_ms = start.wall_ms - start.mono_ms
        self._threshold_ms = threshold_ms

    def look(self, now: Moment) -> int | None:
        """By how much [ms] the wall clock was stepped since the last look; None if it was not."""
        before_ms, self._apart_ms = self._apart_ms, now.wall_ms - now.mono_ms
        stepped_ms = self._apart_ms - before_ms
        return stepped_ms if abs(stepped_ms) > self._threshold_ms else None
