"""When: the two clocks that everything here lives by, handed to machines as one value."""

from typing import NamedTuple


class Moment(NamedTuple):
    """A point in time as the runtime saw it.

    Attributes:
        mono_ms: Monotonic clock [ms], never steps; for time-outs, liveness, minimum on and off times. Its zero means nothing.
        wall_ms: UTC as Unix time [ms]; a label for readings and slots. It may step in either direction.
    """

    mono_ms: int
    wall_ms: int

    def later(self, ms: int) -> "Moment":
        """The moment ms milliseconds on, if no clock steps in between."""
        return Moment(self.mono_ms + ms, self.wall_ms + ms)


SECOND_MS = 1_000
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000
YEAR_2000_MS = 946_684_800_000
YEAR_3000_MS = 32_503_680_000_000
