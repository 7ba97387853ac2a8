"""Which report slot is open, and which are over: never one skipped, doubled or misaligned, whatever the wall clock does."""

from gw_spaceheat.vocabulary.moment import DAY_MS, Moment
from gw_spaceheat.vocabulary.slots import slot_start

STEP_MS = 500
"""A wall clock that moved this much [ms] against the monotonic one was stepped, not slewed."""


class SlotClock:
    """Counts aligned slots of wall time by looking at both clocks.

    - A late pass (both clocks went on) yields every slot that went by, in order, even with nothing in it.
    - A step forward ends the open slot at once; the slots that were jumped over were never lived and are not reported.
    - A step back within a day keeps the open slot open until the wall clock has passed its end again, so no slot is reported
    twice;
      what is read meanwhile goes into it with the times at which it was read.
    - A step back by more than a day means that the clock had been nonsense: counting starts anew.
    """

    def __init__(self, slot_ms: int, grace_ms: int) -> None:
        """Slots of slot_ms, closed grace_ms after their end so that a scan taken at the last moment still gets in."""
        self.slot_ms = slot_ms
        self.grace_ms = grace_ms
        self.open_ms = 0
        self._seen: Moment | None = None
        self._due_mono_ms: int | None = None

    def over(self, now: Moment) -> tuple[int, ...]:
        """Starts [ms] of the slots that are over now, each given once, oldest first."""
        over = self._over(self._seen, now)
        self._seen = now
        self._due_mono_ms = now.mono_ms + (self.open_ms + self.slot_ms + self.grace_ms - now.wall_ms)
        return over

    def _over(self, seen: Moment | None, now: Moment) -> tuple[int, ...]:
        if seen is None:
            self.open_ms = slot_start(now.wall_ms, self.slot_ms)
            return ()
        stepped_ms = (now.wall_ms - seen.wall_ms) - (now.mono_ms - seen.mono_ms)
        if stepped_ms > STEP_MS and slot_start(now.wall_ms, self.slot_ms) > slot_start(seen.wall_ms, self.slot_ms):
            lived = [*self._passed(now.wall_ms - stepped_ms), self.open_ms]
            self.open_ms = max(self.open_ms + self.slot_ms, slot_start(now.wall_ms, self.slot_ms))
            return tuple(start for start in lived if start < self.open_ms)
        if stepped_ms < -DAY_MS:
            lived = [*self._passed(now.wall_ms - stepped_ms), self.open_ms]
            self.open_ms = slot_start(now.wall_ms, self.slot_ms)
            return tuple(lived)
        return tuple(self._passed(now.wall_ms))

    def _passed(self, wall_ms: int) -> list[int]:
        passed = []
        while wall_ms >= self.open_ms + self.slot_ms + self.grace_ms:
            passed.append(self.open_ms)
            self.open_ms += self.slot_ms
        return passed

    def deadline(self) -> int | None:
        """When the open slot must be closed, on the monotonic clock [ms], if the wall clock is not stepped before."""
        return self._due_mono_ms
