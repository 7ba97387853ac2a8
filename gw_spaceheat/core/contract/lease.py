"""The lease on a house: local, remote or human, exactly one at any time, with a fencing token that rises at every change.

Safety is not among them. It overrides single actuators, for as long as its reason lasts, whoever holds the lease.
"""

from enum import StrEnum

import msgspec

from gw_spaceheat.core.events import Authority
from gw_spaceheat.core.table import Table
from gw_spaceheat.vocabulary.moment import DAY_MS, Moment

LONGEST_HUMAN_MS = DAY_MS
"""Nobody takes a house for longer and forgets it."""


class Holder(StrEnum):
    """Who may hold the lease; the words are those of `Authority`."""

    Local = "local"
    Remote = "remote"
    Human = "human"


class LeaseTurn(StrEnum):
    """What changes the holder."""

    Grant = "Grant"
    """RemoteControl begins."""
    Revoke = "Revoke"
    """RemoteControl ends."""
    Take = "Take"
    """A person takes command."""
    Leave = "Leave"
    """The person gives it back, or his time is over."""


LEASES: Table[Holder, LeaseTurn] = Table(
    Holder.Local,
    {
        Holder.Local: {LeaseTurn.Grant: Holder.Remote, LeaseTurn.Take: Holder.Human},
        Holder.Remote: {LeaseTurn.Revoke: Holder.Local, LeaseTurn.Take: Holder.Human},
        Holder.Human: {LeaseTurn.Take: Holder.Human, LeaseTurn.Leave: Holder.Local},
    },
)
"""A person stands above the other two: while he has the lease, none is granted."""


class Lease(msgspec.Struct, frozen=True, gc=False):
    """Who commands the house, and under which token.

    Attributes:
        holder: Who.
        token: Rises at every change, and when a person takes what he has; never falls, not over a restart either.
        until_ms: When a person's lease ends by itself, UTC [ms]; None for the other two.
    """

    holder: Holder = Holder.Local
    token: int = 1
    until_ms: int | None = None

    @property
    def by(self) -> Authority:
        """The holder as commands name him."""
        return Authority(self.holder.value)


class LeaseKeeper:
    """Holds the lease and lets a person's run out."""

    def __init__(self, lease: Lease, now: Moment | None = None) -> None:
        """Go on with a lease.

        Args:
            lease: As it was kept.
            now: When; to be given when the lease is taken up again after a restart, because the monotonic clock began anew.
        """
        self.lease = lease
        self._until_mono_ms: int | None = None
        if lease.until_ms is not None and now is not None:
            self._until_mono_ms = now.mono_ms + min(max(lease.until_ms - now.wall_ms, 0), LONGEST_HUMAN_MS)

    def grant(self) -> bool:
        """RemoteControl begins; whether the lease changed hands. It does not while a person has it."""
        return self._turn(LeaseTurn.Grant, None)

    def revoke(self) -> bool:
        """RemoteControl ends; whether the lease changed hands."""
        return self._turn(LeaseTurn.Revoke, None)

    def take(self, for_ms: int, now: Moment) -> bool:
        """A person takes command for so long [ms], at most a day; always succeeds."""
        for_ms = min(max(for_ms, 0), LONGEST_HUMAN_MS)
        self._until_mono_ms = now.mono_ms + for_ms
        return self._turn(LeaseTurn.Take, now.wall_ms + for_ms)

    def leave(self) -> bool:
        """The person gives it back; whether the lease changed hands."""
        changed = self._turn(LeaseTurn.Leave, None)
        if changed:
            self._until_mono_ms = None
        return changed

    def wake(self, now: Moment) -> bool:
        """Whether a person's time was over, and the lease is local again."""
        return self._until_mono_ms is not None and now.mono_ms >= self._until_mono_ms and self.leave()

    def deadline(self) -> int | None:
        """When a person's lease ends [mono ms]; None if no person has it."""
        return self._until_mono_ms

    def _turn(self, turn: LeaseTurn, until_ms: int | None) -> bool:
        holder = LEASES.after(self.lease.holder, turn)
        if holder is None:
            return False
        self.lease = Lease(holder, self.lease.token + 1, until_ms)
        return True
