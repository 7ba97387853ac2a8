"""Who is signed in: a token in the browser, and what it stands for here. It ends with the process, the time or the wish."""

import secrets
import threading
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256

LONGEST_S = 12 * 3600.0
IDLE_S = 2 * 3600.0
MOST = 500
"""So many at once; of more the oldest ends."""


class Role(StrEnum):
    """What somebody who is signed in may do."""

    VIEWER = "viewer"
    """See everything, change nothing."""
    OPERATOR = "operator"
    """Command the house, too, and simulate."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody is signed in.

    Attributes:
        role: What he may do.
        began_s: Since when [monotonic s].
        seen_s: When he last asked for something [monotonic s].
    """

    role: Role
    began_s: float
    seen_s: float


class Sessions:
    """All that are signed in; used by every thread of the server. Only a hash of each token is kept."""

    def __init__(self, longest_s: float = LONGEST_S, idle_s: float = IDLE_S, most: int = MOST) -> None:
        """Nobody is signed in.

        Args:
            longest_s: A session ends after so long [s].
            idle_s: A session ends when nothing was asked for so long [s].
            most: How many there are at most.
        """
        self._longest_s = longest_s
        self._idle_s = idle_s
        self._most = most
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}

    def begin(self, role: Role, now_s: float) -> str:
        """A new session; gives its token, which nobody can guess."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            while len(self._sessions) >= self._most:
                self._sessions.pop(next(iter(self._sessions)))
            self._sessions[_hash(token)] = Session(role, now_s, now_s)
        return token

    def find(self, token: str, now_s: float, *, is_use: bool = True) -> Session | None:
        """The session of a token; None if there is none or it is over.

        Args:
            token: What the browser says.
            now_s: Now [monotonic s].
            is_use: A person asked, and not a page that renews itself.
        """
        key = _hash(token)
        with self._lock:
            session = self._sessions.get(key)
            if session is None:
                return None
            if now_s - session.began_s > self._longest_s or now_s - session.seen_s > self._idle_s:
                del self._sessions[key]
                return None
            if is_use:
                session = self._sessions[key] = replace(session, seen_s=now_s)
            return session

    def end(self, token: str) -> None:
        """The session of a token is over, if there was one."""
        with self._lock:
            self._sessions.pop(_hash(token), None)


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
