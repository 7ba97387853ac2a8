"""What an actuator must be spared: how long it stays on, how long off, and how often it starts, whoever commands."""

from collections import deque

from gw_spaceheat.house.model import MinimumTimes
from gw_spaceheat.vocabulary.moment import HOUR_MS


class MinimumTimeGuard:
    """Knows when one actuator may be switched; it is told of every switching.

    What the actuator had been doing before the process started is not known, so it counts as just switched then.
    """

    __slots__ = ("_off_ms", "_on", "_on_ms", "_starts", "_switched_mono_ms")

    def __init__(self, times: MinimumTimes) -> None:
        """Off, for an unknown time; `begin` says since when at least."""
        self._on_ms = round(times.on_s * 1000)
        self._off_ms = round(times.off_s * 1000)
        self._starts: deque[int] = deque(maxlen=times.starts_per_hour)
        self._switched_mono_ms = 0
        self._on = False

    def begin(self, mono_ms: int) -> None:
        """The process starts."""
        self._switched_mono_ms = mono_ms

    def may_be_set(self, on: bool, mono_ms: int) -> int:
        """From when on it may be set so [mono ms]; what it is already it may be set to at once."""
        if on == self._on:
            return mono_ms
        if not on:
            return max(mono_ms, self._switched_mono_ms + self._on_ms)
        from_mono_ms = max(mono_ms, self._switched_mono_ms + self._off_ms)
        starts = self._starts
        return max(from_mono_ms, starts[0] + HOUR_MS) if len(starts) == starts.maxlen else from_mono_ms

    def set(self, on: bool, mono_ms: int) -> None:
        """It is commanded to be so now."""
        if on != self._on:
            self._on = on
            self._switched_mono_ms = mono_ms
            if on:
                self._starts.append(mono_ms)
