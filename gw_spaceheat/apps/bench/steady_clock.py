"""A clock that runs faster than life and waits for those who live by it."""

import threading
import time
from collections.abc import Sequence

from gw_spaceheat.core.events import Event
from gw_spaceheat.runtime.clock import NS_PER_MS, NS_PER_S
from gw_spaceheat.vocabulary.moment import Moment

HELD_LOOK_S = 0.002
"""While it is held, whoever waits for a time looks this often [s]."""


class SteadyClock:
    """Virtual time that passes at most `speed` times faster than life, and not at all while it is held.

    So whoever lets days pass in minutes need not fear that threads, broker and disk cannot follow: what takes longer on a busy
    machine makes the days longer and misses no time-out. May be asked from any thread.
    """

    def __init__(self, speed: float, start_wall_ms: int) -> None:
        """Begin now, at a wall time [ms]; the monotonic part begins at 0."""
        self._speed = speed
        self._start_wall_ms = start_wall_ms
        self._lock = threading.Lock()
        self._passed_ns = 0
        self._runs_since_ns: int | None = time.monotonic_ns()

    @property
    def pace(self) -> float:
        """At most so many times faster than life."""
        return self._speed

    def now(self) -> Moment:
        """The present virtual moment."""
        with self._lock:
            mono_ms = self._virtual_ns() // NS_PER_MS
        return Moment(mono_ms, self._start_wall_ms + mono_ms)

    def wait_s(self, mono_ms: int) -> float:
        """Seconds of real time until the virtual monotonic clock shows mono_ms, if it is not held meanwhile."""
        with self._lock:
            left_s = (mono_ms * NS_PER_MS - self._virtual_ns()) / self._speed / NS_PER_S
            return max(left_s, HELD_LOOK_S) if left_s > 0 and self._runs_since_ns is None else left_s

    def look(self) -> Sequence[Event]:
        """It is never set."""
        return ()

    def hold(self) -> None:
        """Stand still."""
        with self._lock:
            self._passed_ns = self._virtual_ns()
            self._runs_since_ns = None

    def go(self) -> None:
        """Go on, if it stands still."""
        with self._lock:
            if self._runs_since_ns is None:
                self._runs_since_ns = time.monotonic_ns()

    def _virtual_ns(self) -> int:
        if self._runs_since_ns is None:
            return self._passed_ns
        return self._passed_ns + int((time.monotonic_ns() - self._runs_since_ns) * self._speed)
