"""What waits to be handed to the network, in two lanes: what is said now, and behind it what has waited for long anyway."""

import threading
from collections import deque
from typing import NamedTuple


class Outgoing(NamedTuple):
    """A message for the broker.

    Attributes:
        connection: Number of the connection that it is meant for.
        topic: Where to.
        payload: What.
        qos: MQTT quality of service, 0 or 1.
        retain: The broker keeps it for whoever comes later.
        expires_s: The broker forgets it when it cannot be delivered within this [s]; 0: never, as before MQTT 5.
    """

    connection: int
    topic: str
    payload: bytes
    qos: int
    retain: bool = False
    expires_s: int = 0


class OutgoingLanes:
    """Filled by one thread, emptied by another. Of a message that gives way, only one waits at a time, the last one put in."""

    def __init__(self) -> None:
        """Empty."""
        self._lock = threading.Lock()
        self._first: deque[Outgoing] = deque()
        self._behind: dict[str, Outgoing] = {}

    def put(self, outgoing: Outgoing, behind: str = "") -> None:
        """Add a message; behind is the identifier of one that gives way."""
        with self._lock:
            if behind:
                self._behind[behind] = outgoing
            else:
                self._first.append(outgoing)

    def take(self, *, with_behind: bool) -> Outgoing | None:
        """The next one; those that give way only if wanted, and when there is no other."""
        with self._lock:
            if self._first:
                return self._first.popleft()
            if not with_behind or not self._behind:
                return None
            return self._behind.pop(next(iter(self._behind)))

    def holds(self, *, behind: bool) -> int:
        """How many wait in a lane."""
        with self._lock:
            return len(self._behind) if behind else len(self._first)
