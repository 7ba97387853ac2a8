"""What of a device's scans is told while somebody looks at the house; nothing while nobody does.

    asked              nobody looks                          somebody looks
    ----------------   -----------------------------------   ---------------------------------------------------------
    `ask`              it begins, and the last scan is due   it goes on to the later end, and as often as the more
                       at once                               impatient one wants
    the time is over   -                                     nobody looks any more

A request holds for a stated time, so that whoever goes away without a word costs nothing for long.
"""

from gw_spaceheat.core.events import LookedAt
from gw_spaceheat.vocabulary.moment import Moment

JITTER_PARTS = 4
"""A scan that comes early by up to this part of the wanted time is told: scans are aligned, and threads come a little late."""


class Looking:
    """Counts the time in which somebody looks at one device, and how often he is to be told."""

    def __init__(self) -> None:
        """Nobody looks."""
        self._until_mono_ms = 0
        self._every_ms = 0
        self._next_mono_ms = 0

    def ask(self, asked: LookedAt, now: Moment) -> bool:
        """Somebody looks; whether nobody did before, so that he is to be told at once what was read last."""
        begins = now.mono_ms >= self._until_mono_ms
        if begins:
            self._next_mono_ms = now.mono_ms
        self._every_ms = asked.every_ms if begins else min(asked.every_ms, self._every_ms)
        self._next_mono_ms = min(self._next_mono_ms, now.mono_ms + self._every_ms)
        self._until_mono_ms = max(now.mono_ms + asked.for_ms, self._until_mono_ms)
        return begins

    def wants(self, now: Moment) -> bool:
        """Whether a scan of now is to be told; if so it counts as told."""
        if now.mono_ms >= self._until_mono_ms or now.mono_ms < self._next_mono_ms:
            return False
        self._next_mono_ms = now.mono_ms + self._every_ms - self._every_ms // JITTER_PARTS
        return True

    def next_read(self, now: Moment) -> int | None:
        """When a device that may be read at will is to be read for whoever looks [mono ms]; None if nobody does then."""
        next_ms = now.mono_ms + self._every_ms
        return next_ms if next_ms < self._until_mono_ms else None

    def due_ms(self, next_mono_ms: int | None, now: Moment) -> int:
        """When the next scan is to be told, UTC [ms], if the device is read next at `next_mono_ms`; None: nobody knows."""
        told_ms = now.mono_ms + self._every_ms
        return now.wall_ms + max(told_ms, next_mono_ms or 0) - now.mono_ms
