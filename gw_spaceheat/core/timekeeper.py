"""What the wall clock is believed: the label of everything that is read, kept steady while the system's clock is set, or wrong.

A Pi has no battery clock. It starts with the time at which it was stopped, or with 1970, until a time service has asked the
net. So the label is the monotonic clock and a distance, and the distance changes only where the new time is to be trusted.
"""

from collections.abc import Sequence
from enum import Enum

import msgspec

from gw_spaceheat.core.events import ClockStepped, Event, Level, Note
from gw_spaceheat.vocabulary.moment import DAY_MS, MINUTE_MS, SECOND_MS

EARLIEST_MS = 1_767_225_600_000
"""2026-01-01: no house has run this code before, so a clock that shows less has not been set."""
SLEWED_MS = 2 * SECOND_MS
"""What is not further off [ms] is caught up with slowly: a leap second is one second."""
SLEW_PER_MS = 0.005
STEADY_MS = 500
"""A clock that moves no further than this [ms] from look to look stands."""
BELIEVED_AFTER_MS = 10 * MINUTE_MS
"""A step that nobody confirms is believed when it has stood for so long [ms]: a person has set the clock, and means it."""
LONGEST_WAIT_MS = DAY_MS
"""A clock that no time service has set for so long [ms] is taken as it is."""


class Sync(Enum):
    """What is known of the system's wall clock."""

    CONFIRMED = "synchronised"
    AWAITED = "a time service runs and has not set it yet"
    UNKNOWN = "nobody sets it, or nobody says so"


class Seen(msgspec.Struct, frozen=True):
    """One look at the system's clocks.

    Attributes:
        mono_ms: Monotonic [ms].
        wall_ms: Wall, UTC [ms].
        sync: What is known of the wall clock.
    """

    mono_ms: int
    wall_ms: int
    sync: Sync


class Dating(msgspec.Struct, frozen=True):
    """How the labels of this boot are made; the next process of the same boot goes on with it.

    Attributes:
        boot: Identifier of the boot: the monotonic clock began with it.
        apart_ms: Label less monotonic clock [ms].
        undated_ms: Labels from here on [ms] were made before the clock was set; None if it was set from the beginning.
        set_by_ms: By how much [ms] those must be corrected; None until the clock is set.
    """

    boot: str
    apart_ms: int
    undated_ms: int | None = None
    set_by_ms: int | None = None

    @property
    def awaits(self) -> bool:
        """Whether the clock has yet to be set."""
        return self.undated_ms is not None and self.set_by_ms is None


class Timekeeper:
    """Looks at both clocks now and then, and says what the label is.

    - Before a time service has set the clock, in a boot in which one runs, labels are provisional: they begin no earlier than
      anything that was labelled before, and are corrected when the clock is set.
    - A step that a time service confirms is followed at once.
    - A step that nobody confirms is followed when it has stood for ten minutes; what comes and goes leaves no trace.
    - A small difference (a leap second, a correction by a slow clock) is caught up with at 5 ms a second, so that no label is
      given twice.
    """

    def __init__(self, boot: str, seen: Seen, remembered: Dating | None = None, newest_ms: int = 0) -> None:
        """Begin.

        Args:
            boot: Identifier of this boot.
            seen: The clocks now.
            remembered: How the process before made its labels; of no use if it was another boot.
            newest_ms: The newest label [ms] that any process before has given, as far as is known.
        """
        self._began_ms = seen.mono_ms
        self._mono_ms = seen.mono_ms
        self._candidate: tuple[int, int] | None = None
        """By how much [ms] the clock was stepped, and since when [mono ms] it stands so."""
        self.synchronised = seen.sync is Sync.CONFIRMED
        if remembered is not None and remembered.boot == boot:
            self.dating = remembered
        else:
            trusted = seen.sync is Sync.CONFIRMED
            label_ms = seen.wall_ms if trusted else max(seen.wall_ms, newest_ms + 1, EARLIEST_MS)
            undated_ms = label_ms if seen.sync is Sync.AWAITED else None
            self.dating = Dating(boot, label_ms - seen.mono_ms, undated_ms)

    def look(self, seen: Seen) -> Sequence[Event]:
        """What has become of the wall clock since the last look: `ClockStepped`, or a note, or nothing."""
        passed_ms, self._mono_ms = seen.mono_ms - self._mono_ms, seen.mono_ms
        off_ms = seen.wall_ms - seen.mono_ms - self.dating.apart_ms
        confirmed = seen.sync is Sync.CONFIRMED
        turned, self.synchronised = confirmed is not self.synchronised, confirmed
        if self.dating.awaits:
            waited = seen.sync is not Sync.AWAITED or seen.mono_ms - self._began_ms >= LONGEST_WAIT_MS
            return self._set(off_ms) if waited or self._stands(off_ms, seen.mono_ms) else ()
        if abs(off_ms) <= SLEWED_MS:
            self._candidate = None
            self._catch_up(off_ms, passed_ms)
            return [ClockStepped(0, confirmed)] if turned else ()
        if confirmed:
            return self._step(off_ms)
        first = self._candidate is None
        if self._stands(off_ms, seen.mono_ms):
            return self._step(off_ms)
        text = f"the wall clock was set by {off_ms / SECOND_MS:+.3f} s; not believed before it stands for ten minutes"
        notes: list[Event] = [Note(Level.WARNING, text)] if first else []
        return [*notes, ClockStepped(0, confirmed)] if turned else notes

    def _stands(self, off_ms: int, mono_ms: int) -> bool:
        """Whether the clock has been off by this much for long enough; while awaited it must have moved first."""
        if self._candidate is None or abs(off_ms - self._candidate[0]) > STEADY_MS:
            moved = self._candidate is not None or not self.dating.awaits
            self._candidate = (off_ms, mono_ms if moved else mono_ms + LONGEST_WAIT_MS)
        return mono_ms - self._candidate[1] >= BELIEVED_AFTER_MS

    def _catch_up(self, off_ms: int, passed_ms: int) -> None:
        most_ms = round(passed_ms * SLEW_PER_MS)
        by_ms = max(-most_ms, min(off_ms, most_ms))
        if by_ms:
            self.dating = msgspec.structs.replace(self.dating, apart_ms=self.dating.apart_ms + by_ms)

    def _step(self, by_ms: int) -> Sequence[Event]:
        self._candidate = None
        self.dating = msgspec.structs.replace(self.dating, apart_ms=self.dating.apart_ms + by_ms)
        return [_told(by_ms), ClockStepped(by_ms, self.synchronised)]

    def _set(self, by_ms: int) -> Sequence[Event]:
        self._candidate = None
        dating = self.dating
        self.dating = msgspec.structs.replace(dating, apart_ms=dating.apart_ms + by_ms, set_by_ms=by_ms)
        return [_told(by_ms), ClockStepped(by_ms, self.synchronised, corrects_from_ms=dating.undated_ms)]


def _told(by_ms: int) -> Note:
    return Note(Level.WARNING, f"the wall clock was stepped by {by_ms / SECOND_MS:+.3f} s")
