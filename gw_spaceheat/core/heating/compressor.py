"""Protection of the heat source: minimum times on and off, and no more than so many starts per hour."""

from collections import deque

from gw_spaceheat.core.heating.parameters import SharedParameters
from gw_spaceheat.vocabulary.moment import HOUR_MS


class Compressor:
    """Knows when the source may start and stop; it is told what was done and delays what would harm.

    What it had been doing before the process started is not known, so it counts as just stopped.
    """

    __slots__ = ("_minimum_off_ms", "_minimum_on_ms", "_starts", "_switched_mono_ms", "running")

    def __init__(self, parameters: SharedParameters) -> None:
        """The source is off and has been for an unknown time; `begin` says since when at least."""
        self._minimum_on_ms = round(parameters.minimum_on_s * 1000)
        self._minimum_off_ms = round(parameters.minimum_off_s * 1000)
        self._starts: deque[int] = deque(maxlen=round(parameters.starts_per_hour))
        self._switched_mono_ms = 0
        self.running = False

    def begin(self, mono_ms: int) -> None:
        """The process starts."""
        self._switched_mono_ms = mono_ms

    def adopt(self, running: bool, mono_ms: int) -> None:
        """Take the source as it is; since when it is so is not known, so it counts as just switched."""
        self.running = running
        self._switched_mono_ms = mono_ms

    def may_start(self, mono_ms: int) -> bool:
        """Whether it has rested long enough and has not started too often in the last hour."""
        starts = self._starts
        if len(starts) == starts.maxlen and mono_ms - starts[0] < HOUR_MS:
            return False
        return mono_ms - self._switched_mono_ms >= self._minimum_off_ms

    def may_stop(self, mono_ms: int) -> bool:
        """Whether it has run long enough."""
        return mono_ms - self._switched_mono_ms >= self._minimum_on_ms

    def ran_for(self, mono_ms: int) -> int:
        """How long it has been running [ms]; 0 if it is not."""
        return mono_ms - self._switched_mono_ms if self.running else 0

    def started(self, mono_ms: int) -> None:
        """The source was switched on now."""
        self.running = True
        self._switched_mono_ms = mono_ms
        self._starts.append(mono_ms)

    def stopped(self, mono_ms: int) -> None:
        """The source was switched off now."""
        self.running = False
        self._switched_mono_ms = mono_ms
