"""What a load may do: minimum times, window of the day, starts, and the time that it needs by a deadline."""

from dataclasses import dataclass

from gw_spaceheat.core.netbalance.load import Load

MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class KeptLoad:
    """What must be known of a load across a restart.

    Attributes:
        on: Whether it is on.
        changed_s: When it was last switched, monotonic [s]; None if it was not yet.
        day: The local day that is counted.
        starts: How often it was switched on in it.
        on_s: How long it was on in it [s].
    """

    on: bool = False
    changed_s: float | None = None
    day: int = 0
    starts: int = 0
    on_s: float = 0.0


class LoadKeeper:
    """Counts for one load, and turns what is wanted into what may be."""

    def __init__(self, load: Load) -> None:
        """Off, and never switched."""
        self._load = load
        self._on = False
        self._changed_s: float | None = None
        self._day = self._starts = 0
        self._on_s = 0.0

    def pass_time(self, step_s: float, day: int) -> None:
        """Time went by in the present state, into a local day."""
        if day != self._day:
            self._day, self._starts, self._on_s = day, 0, 0.0
        if self._on:
            self._on_s += step_s

    def allow(self, wanted: bool, mono_s: float, minute: int) -> bool:
        """What it does, of what is wanted.

        Leaving the window goes before everything; then the minimum times, the starts, and the deadline.

        Args:
            wanted: What the algorithm wants.
            mono_s: When, monotonic [s].
            minute: Of the local day [0-1439].
        """
        on = self._allowed(wanted, mono_s, minute)
        if on != self._on:
            self._changed_s = mono_s
            self._starts += on
            self._on = on
        return on

    def _allowed(self, wanted: bool, mono_s: float, minute: int) -> bool:
        load = self._load
        if not load.in_window(minute):
            return False
        held_s = float("inf") if self._changed_s is None else mono_s - self._changed_s
        if self._on:
            return wanted or held_s < load.minimum_on_s or self._must_run(minute)
        if held_s < load.minimum_off_s or (load.maximum_starts is not None and self._starts >= load.maximum_starts):
            return False
        return wanted or self._must_run(minute)

    def _must_run(self, minute: int) -> bool:
        """Whether it needs all the time that is left before the deadline."""
        needed_s = self._load.daily_minimum_s - self._on_s
        left_s = (self._load.deadline_minute - minute) * MINUTE_S
        return needed_s > 0.0 and 0.0 < left_s <= needed_s + MINUTE_S

    def kept(self) -> KeptLoad:
        """What to keep."""
        return KeptLoad(self._on, self._changed_s, self._day, self._starts, self._on_s)

    def restore(self, kept: KeptLoad) -> None:
        """Go on from what was kept."""
        self._on, self._changed_s = kept.on, kept.changed_s
        self._day, self._starts, self._on_s = kept.day, kept.starts, kept.on_s
