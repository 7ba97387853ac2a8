"""Loads that can be switched on and off, and what each may do."""

from dataclasses import dataclass

MINUTES_PER_DAY = 1440


class LoadError(ValueError):
    """A load says what cannot be; the text says what."""


@dataclass(frozen=True, slots=True)
class Load:
    """A load that is on or off.

    Attributes:
        name: For people.
        nominal_w: What it takes when it is on, above 0 [W].
        priority: Lower goes first; equal ones in the order in which they are given.
        minimum_on_s: It stays on for so long [s].
        minimum_off_s: It stays off for so long [s].
        daily_minimum_s: On-time that it needs each local day [s].
        deadline_minute: By which minute of the local day it needs that [1-1440].
        window_start_minute: First minute of the local day at which it may be on [0-1439].
        window_end_minute: Minute of the local day before which it may be on; at or before the start for across midnight
        [0-1440].
        maximum_starts: How often it may be switched on in a local day; None for as often as wanted.
    """

    name: str
    nominal_w: float
    priority: int = 0
    minimum_on_s: float = 0.0
    minimum_off_s: float = 0.0
    daily_minimum_s: float = 0.0
    deadline_minute: int = MINUTES_PER_DAY
    window_start_minute: int = 0
    window_end_minute: int = MINUTES_PER_DAY
    maximum_starts: int | None = None

    def __post_init__(self) -> None:
        """Check what it says.

        Raises:
            LoadError: A number is out of range.
        """
        if not self.nominal_w > 0.0:
            raise LoadError(f"load {self.name}: nominal power must be above 0 W, not {self.nominal_w}")
        if min(self.minimum_on_s, self.minimum_off_s, self.daily_minimum_s) < 0.0:
            raise LoadError(f"load {self.name}: times must not be negative")
        if not 1 <= self.deadline_minute <= MINUTES_PER_DAY:
            raise LoadError(f"load {self.name}: deadline must be a minute of the day [1-1440], not {self.deadline_minute}")
        if self.daily_minimum_s > self.deadline_minute * 60:
            raise LoadError(f"load {self.name}: {self.daily_minimum_s:.0f} s are not to be had before the deadline")

    def in_window(self, minute: int) -> bool:
        """Whether it may be on at a minute of the local day [0-1439]."""
        if self.window_start_minute < self.window_end_minute:
            return self.window_start_minute <= minute < self.window_end_minute
        return minute >= self.window_start_minute or minute < self.window_end_minute

    @property
    def is_bound(self) -> bool:
        """Whether anything at all limits it."""
        plain = Load(self.name, self.nominal_w, self.priority)
        return self != plain


def by_priority(loads: tuple[Load, ...]) -> tuple[Load, ...]:
    """The loads in the order in which they go."""
    return tuple(sorted(loads, key=lambda load: load.priority))
