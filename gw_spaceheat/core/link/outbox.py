"""The outbox: what must reach a peer and has not been acknowledged by it yet."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from gw_spaceheat.core.events import Send

MOST_ENTRIES = 600
"""How many messages the outbox in memory keeps: two days of five-minute reports, and some events."""


class Entry(NamedTuple):
    """One message that waits for its acknowledgement.

    Attributes:
        sequence: Rises by one with every message put in, from 1; never used twice.
        send: The message, with the receiver and the identifier under which it is acknowledged.
    """

    sequence: int
    send: Send


class Outbox(Protocol):
    """Where a session keeps what must not be lost. It knows nothing of time, of the link, or of what was tried already."""

    def put(self, send: Send) -> Sequence[Send]:
        """Keep a message until it is forgotten.

        A message with an identifier that is already kept is not kept twice.

        Returns:
            What had to be given up to make room, oldest first; hardly ever anything.
        """
        ...

    def forget(self, message_id: str) -> bool:
        """Let go of an acknowledged message; False if there is none with this identifier."""
        ...

    def find(self, message_id: str) -> Entry | None:
        """The kept message with this identifier."""
        ...

    def after(self, sequence: int) -> Entry | None:
        """The oldest kept message with a sequence number above this one; 0 asks for the oldest of all."""
        ...

    def __len__(self) -> int:
        """How many messages are kept."""
        ...


class MemoryOutbox:
    """An outbox that lives as long as its process, and gives up the oldest messages when it is full."""

    def __init__(self, most_entries: int = MOST_ENTRIES) -> None:
        """Keep at most this many messages (at least 1)."""
        if most_entries < 1:
            raise ValueError(f"an outbox must hold at least one message, not {most_entries}")
        self._most_entries = most_entries
        self._last_sequence = 0
        self._by_id: dict[str, Entry] = {}
        self._in_order: list[Entry] = []

    def put(self, send: Send) -> Sequence[Send]:
        """Keep a message; the answer is what was given up for it."""
        if send.message_id in self._by_id:
            return ()
        self._last_sequence += 1
        entry = Entry(self._last_sequence, send)
        self._by_id[send.message_id] = entry
        self._in_order.append(entry)
        excess = len(self._in_order) - self._most_entries
        if excess <= 0:
            return ()
        given_up = [old.send for old in self._in_order[:excess]]
        del self._in_order[:excess]
        for old in given_up:
            del self._by_id[old.message_id]
        return given_up

    def forget(self, message_id: str) -> bool:
        """Let go of an acknowledged message."""
        entry = self._by_id.pop(message_id, None)
        if entry is None:
            return False
        del self._in_order[bisect_left(self._in_order, entry.sequence, key=_sequence)]
        return True

    def find(self, message_id: str) -> Entry | None:
        """The kept message with this identifier."""
        return self._by_id.get(message_id)

    def after(self, sequence: int) -> Entry | None:
        """The oldest kept message with a higher sequence number."""
        place = bisect_right(self._in_order, sequence, key=_sequence)
        return self._in_order[place] if place < len(self._in_order) else None

    def __len__(self) -> int:
        """How many messages are kept."""
        return len(self._in_order)


def _sequence(entry: Entry) -> int:
    return entry.sequence
