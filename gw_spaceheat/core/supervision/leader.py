"""Which of several servers on one broker leads: only that one speaks; the others listen, and take over when it is silent.

A leader says so each two seconds on a topic that the broker keeps. Its claim has a term, which rises with every new leader: of
two claims the higher term holds, of two with one term that of the lower name. A leader that could not say so for longer than
its lease leads no more, whatever it thinks: the others wait longer than that, so that two never lead at a time.
"""

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from gw_spaceheat.vocabulary.moment import SECOND_MS, Moment

SAY_EVERY_MS = 2 * SECOND_MS
LEASE_MS = 6 * SECOND_MS
PATIENCE_MS = 10 * SECOND_MS
"""How long a leader may be silent before another claims; longer than a lease [ms]."""
LISTEN_MS = 1 * SECOND_MS
"""How long who comes listens whether somebody leads, and who claims, whether somebody objects [ms]."""
LATE_MS = 1 * SECOND_MS
"""Who is woken later than this has hung [ms]."""
MOST_TERM = 2**53


class Claim(msgspec.Struct, frozen=True):
    """What a leader says: its name, its term, and when, UTC [ms]."""

    server: str
    term: int
    at_ms: int = 0


class Role(StrEnum):
    """What a server is."""

    AWAY = "away"
    LISTENS = "listens"
    CLAIMS = "claims"
    LEADS = "leads"


@dataclass(slots=True)
class Leader:
    """The machine, for the server of a name.

    Attributes:
        server: Its own name; no other server has it.
        term: The highest term that it knows.
        role: What it is.
        other: Who leads, as far as it knows; empty if nobody or itself.
    """

    server: str
    term: int = 0
    role: Role = Role.AWAY
    other: str = ""
    _due_mono_ms: int = 0
    _said_mono_ms: int = 0

    def leads(self, now: Moment) -> bool:
        """Whether it may speak now."""
        return self.role is Role.LEADS and now.mono_ms - self._said_mono_ms <= LEASE_MS

    def link(self, now: Moment, *, up: bool) -> None:
        """The broker is there, or gone; who comes back listens first, for another may lead by now."""
        self.role = Role.LISTENS if up else Role.AWAY
        self._due_mono_ms = now.mono_ms + LISTEN_MS

    def hear(self, claim: Claim, now: Moment) -> None:
        """Somebody says that it leads, or has said so, and the broker kept that."""
        if claim.server == self.server or self.role is Role.AWAY or not 0 <= claim.term < MOST_TERM:
            self.term = max(self.term, claim.term if 0 <= claim.term < MOST_TERM else 0)
            return
        if claim.term < self.term or (claim.term == self.term and self.role in _CLAIMING and claim.server > self.server):
            return  # ours is better; it will hear of it
        self.term, self.other, self.role = claim.term, claim.server, Role.LISTENS
        self._due_mono_ms = now.mono_ms + PATIENCE_MS

    def wake(self, now: Moment) -> Claim | None:
        """Go on; the answer is to be said at once, and kept by the broker."""
        if self.role is Role.LEADS:
            if not self.leads(now):
                self.role, self._due_mono_ms = Role.LISTENS, now.mono_ms + LISTEN_MS
            elif now.mono_ms - self._said_mono_ms >= SAY_EVERY_MS:
                return self._say(now)
            return None
        if self.role is Role.AWAY or now.mono_ms < self._due_mono_ms:
            return None
        if now.mono_ms > self._due_mono_ms + LATE_MS:  # it has hung: what others said meanwhile waits to be heard first
            self.role, self._due_mono_ms = Role.LISTENS, now.mono_ms + LISTEN_MS
            return None
        if self.role is Role.LISTENS:
            self.role, self.term, self._due_mono_ms = Role.CLAIMS, self.term + 1, now.mono_ms + LISTEN_MS
            return self._say(now)
        self.role, self.other = Role.LEADS, ""
        return self._say(now)

    def _say(self, now: Moment) -> Claim:
        self._said_mono_ms = now.mono_ms
        return Claim(self.server, self.term, now.wall_ms)


_CLAIMING = {Role.CLAIMS, Role.LEADS}
