"""Reads the simulated meter at every full hour, so that each hour's electricity can be priced afterwards."""

from collections.abc import Callable, Sequence

from gw_spaceheat.core.events import Event, Started
from gw_spaceheat.vocabulary.moment import HOUR_MS, Moment


class Accountant:
    """Hosted beside the house in virtual time; puts nothing out, so that it changes nothing.

    Attributes:
        energy_wh: Electricity of each whole hour so far [Wh].
    """

    def __init__(self, read_energy_wh: Callable[[int], float], on_hour: Callable[[int], None]) -> None:
        """Take a reading of electricity since the start [Wh] at a wall time [ms], and somebody to tell the hours to."""
        self._read_energy_wh = read_energy_wh
        self._on_hour = on_hour
        self._before_wh = 0.0
        self._next_mono_ms: int | None = None
        self.energy_wh: list[float] = []

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Begin with the first hour."""
        if isinstance(event, Started):
            self._before_wh = self._read_energy_wh(now.wall_ms)
            self._next_mono_ms = now.mono_ms + HOUR_MS
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        """An hour is over."""
        if self._next_mono_ms is not None and now.mono_ms >= self._next_mono_ms:
            energy_wh = self._read_energy_wh(now.wall_ms)
            self.energy_wh.append(energy_wh - self._before_wh)
            self._before_wh = energy_wh
            self._next_mono_ms += HOUR_MS
            self._on_hour(len(self.energy_wh))
        return ()

    def deadline(self) -> int | None:
        """The next full hour of the run [mono ms]."""
        return self._next_mono_ms
