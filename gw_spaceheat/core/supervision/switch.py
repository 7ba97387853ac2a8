"""A switch command: desired until it is confirmed, and told as unconfirmed when its time to live is over.

It is sent again within its time to live, as the devices do not acknowledge, and never after that. A device confirms by telling
its state; or its current shows it, by going from none to some or from some to none after the command.
"""

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from gw_spaceheat.vocabulary.moment import SECOND_MS, Moment

TIME_TO_LIVE_MS = 10 * SECOND_MS
AGAIN_AFTER_MS = 2 * SECOND_MS


class Standing(StrEnum):
    """Where a command stands."""

    NEVER = "never"
    DESIRED = "desired"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"


class KeptSwitch(msgspec.Struct, frozen=True):
    """A switch for the disk: what is desired, since when (UTC [ms]), and where that stands."""

    on: bool
    since_ms: int
    standing: Standing


@dataclass(slots=True)
class Switch:
    """The switch of one device.

    Attributes:
        on: What is desired; None if nothing was ever.
        standing: Where that stands.
        since_ms: When it was desired, UTC [ms].
        told: What the device itself said last; None if it never did.
        until_mono_ms: End of the time to live, on the monotonic clock [ms].
    """

    on: bool | None = None
    standing: Standing = Standing.NEVER
    since_ms: int = 0
    told: bool | None = None
    until_mono_ms: int = 0
    _flowed: bool | None = None
    _again_mono_ms: int | None = None

    def desire(self, on: bool, now: Moment, time_to_live_ms: int = TIME_TO_LIVE_MS) -> None:
        """A person wants it so; an earlier command is forgotten."""
        self.on, self.standing, self.since_ms = on, Standing.DESIRED, now.wall_ms
        self.until_mono_ms = now.mono_ms + time_to_live_ms
        self._again_mono_ms = now.mono_ms

    def hear(self, on: bool) -> bool:
        """The device tells its state; true if that changes the standing. One that differs ends what was confirmed."""
        self.told = on
        if self.standing is Standing.NEVER:
            return False
        before = self.standing
        if on is self.on:
            self.standing, self._again_mono_ms = Standing.CONFIRMED, None
        elif self.standing is Standing.CONFIRMED:
            self.standing = Standing.UNCONFIRMED
        return self.standing is not before

    def see(self, flows: bool) -> bool:
        """Its current is seen; true if that confirms the command: it must have changed, for a lamp may be off anyway."""
        before, self._flowed = self._flowed, flows
        if self.standing not in {Standing.DESIRED, Standing.UNCONFIRMED} or before is None or before == flows:
            return False
        if flows is not self.on:
            return False
        self.standing, self._again_mono_ms = Standing.CONFIRMED, None
        return True

    def due(self, now: Moment) -> bool:
        """Whether the command is to be sent now; then it counts as sent."""
        if self.standing is not Standing.DESIRED or self._again_mono_ms is None or now.mono_ms >= self.until_mono_ms:
            return False
        if now.mono_ms < self._again_mono_ms:
            return False
        self._again_mono_ms = now.mono_ms + AGAIN_AFTER_MS
        return True

    def expire(self, now: Moment) -> bool:
        """True if the time to live ends now, and nothing has confirmed the command."""
        if self.standing is not Standing.DESIRED or now.mono_ms < self.until_mono_ms:
            return False
        self.standing, self._again_mono_ms = Standing.UNCONFIRMED, None
        return True

    def kept(self) -> KeptSwitch | None:
        """For the disk; None if nothing was ever desired."""
        return None if self.on is None else KeptSwitch(self.on, self.since_ms, self.standing)

    def restore(self, kept: KeptSwitch) -> None:
        """From the disk: what was on its way is not sent again, as nobody knows how old it is."""
        self.on, self.since_ms = kept.on, kept.since_ms
        self.standing = Standing.UNCONFIRMED if kept.standing is Standing.DESIRED else kept.standing
