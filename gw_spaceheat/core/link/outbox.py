"""The outbox: what must reach a peer and has not been acknowledged by it yet, and what is left of it after a long wait."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from gw_spaceheat.core.events import Send, Urgency
from gw_spaceheat.messages.codec import encode_bare
from gw_spaceheat.messages.gws_thinned_report import GwsThinnedReport
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.vocabulary.moment import SECOND_MS
from gw_spaceheat.vocabulary.tier import Tier

__all__ = ["MOST_ENTRIES", "Entry", "Filed", "MemoryOutbox", "Outbox", "Tier", "filed"]

MOST_ENTRIES = 600
"""How many messages the outbox in memory keeps: two days of five-minute reports, and some events."""


class Filed(NamedTuple):
    """Where a message stands among all that is kept.

    Attributes:
        tier: How much of it is left.
        about_ms: Beginning of the time that it is about, UTC [ms]; for what is no report, when it was put in.
    """

    tier: Tier
    about_ms: int


class Entry(NamedTuple):
    """One message that waits for its acknowledgement.

    Attributes:
        sequence: Its number in the outbox's stream: rises by one with every message put in, from 1; never used twice.
        send: The message, with the receiver and the identifier under which it is acknowledged.
        filed: What it is and what time it is about.
    """

    sequence: int
    send: Send
    filed: Filed


def filed(send: Send, now_ms: int) -> Filed:
    """Where a message belongs that is put in at this time [UTC ms]."""
    message = send.message
    if isinstance(message, ReportEvent):
        return Filed(Tier.WHOLE, message.report.slot_start_unix_s * SECOND_MS)
    if isinstance(message, GwsThinnedReport):
        tier = Tier.MINUTE if message.bin_s <= 60 else Tier.QUARTER
        return Filed(tier, message.slot_start_unix_s * SECOND_MS)
    return Filed(Tier.EVENT, now_ms)


class Outbox(Protocol):
    """Where a session keeps what must not be lost. It knows nothing of the link, or of what was tried already.

    Messages that are `HELD` are kept beside the others; `after` with `with_held=False` passes them over.
    """

    @property
    def stream(self) -> str:
        """Name of the stream of its numbers, of up to 32 hexadecimal digits; empty if the numbers end with the process."""
        ...

    @property
    def size_bytes(self) -> int:
        """How many bytes all kept messages have together, as they are written [bytes]."""
        ...

    def put(self, send: Send, now_ms: int) -> Sequence[Send]:
        """Keep a message until it is forgotten; when this returns it is as durable as it can be.

        A message with an identifier that is already kept is not kept twice.

        Args:
            send: The message.
            now_ms: The time, UTC [ms].

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

    def after(self, sequence: int, *, with_held: bool = True) -> Entry | None:
        """The oldest kept message with a sequence number above this one; 0 asks for the oldest of all."""
        ...

    def filed_before(self, tier: Tier, about_ms: int, most: int) -> Sequence[Entry]:
        """At most so many of a tier that are about a time before this one [UTC ms], by that time, oldest first."""
        ...

    def latest_about(self, before_ms: int) -> int | None:
        """The latest time before this one that a kept message is about; None if there is none [UTC ms]."""
        ...

    def next_about(self, beyond: tuple[int, int], before_ms: int) -> Entry | None:
        """The kept message that follows, by the time that it is about and then by its number.

        Args:
            beyond: Time and number beyond which it is.
            before_ms: The time before which it is [UTC ms].
        """
        ...

    def replace(self, sequences: Sequence[int], send: Send | None, now_ms: int) -> None:
        """Put a message in the place of these, all at once or not at all; without a message they are only let go of."""
        ...

    def __len__(self) -> int:
        """How many messages are kept."""
        ...


class MemoryOutbox:
    """An outbox that lives as long as its process, and gives up the oldest messages when it is full."""

    stream = ""

    def __init__(self, most_entries: int = MOST_ENTRIES) -> None:
        """Keep at most this many messages (at least 1)."""
        if most_entries < 1:
            raise ValueError(f"an outbox must hold at least one message, not {most_entries}")
        self._most_entries = most_entries
        self._last_sequence = 0
        self._by_id: dict[str, Entry] = {}
        self._in_order: list[Entry] = []
        self._by_tier: dict[Tier, list[Entry]] = {tier: [] for tier in Tier}
        self._bytes: dict[int, int] = {}
        self._unmeasured: dict[int, Entry] = {}
        self._size_bytes = 0

    @property
    def size_bytes(self) -> int:
        """How many bytes all kept messages would have, written; each is encoded once for it, when this is first asked."""
        for sequence, entry in self._unmeasured.items():
            self._bytes[sequence] = len(encode_bare(entry.send.message))
            self._size_bytes += self._bytes[sequence]
        self._unmeasured.clear()
        return self._size_bytes

    def put(self, send: Send, now_ms: int) -> Sequence[Send]:
        """Keep a message; the answer is what was given up for it."""
        if send.message_id in self._by_id:
            return ()
        self._last_sequence += 1
        entry = Entry(self._last_sequence, send, filed(send, now_ms))
        self._by_id[send.message_id] = entry
        self._in_order.append(entry)
        insort(self._by_tier[entry.filed.tier], entry, key=_about)
        self._unmeasured[entry.sequence] = entry
        excess = len(self._in_order) - self._most_entries
        if excess <= 0:
            return ()
        given_up = [old.send for old in self._in_order[:excess]]
        del self._in_order[:excess]
        for old in given_up:
            self._let_go(self._by_id.pop(old.message_id))
        return given_up

    def forget(self, message_id: str) -> bool:
        """Let go of an acknowledged message."""
        entry = self._by_id.pop(message_id, None)
        if entry is None:
            return False
        del self._in_order[bisect_left(self._in_order, entry.sequence, key=_sequence)]
        self._let_go(entry)
        return True

    def _let_go(self, entry: Entry) -> None:
        filed = self._by_tier[entry.filed.tier]
        del filed[bisect_left(filed, _about(entry), key=_about)]
        if self._unmeasured.pop(entry.sequence, None) is None:
            self._size_bytes -= self._bytes.pop(entry.sequence)

    def find(self, message_id: str) -> Entry | None:
        """The kept message with this identifier."""
        return self._by_id.get(message_id)

    def after(self, sequence: int, *, with_held: bool = True) -> Entry | None:
        """The oldest kept message with a higher sequence number."""
        for place in range(bisect_right(self._in_order, sequence, key=_sequence), len(self._in_order)):
            entry = self._in_order[place]
            if with_held or entry.send.urgency is not Urgency.HELD:
                return entry
        return None

    def filed_before(self, tier: Tier, about_ms: int, most: int) -> Sequence[Entry]:
        """At most so many of a tier that are about a time before this one, oldest first."""
        filed = self._by_tier[tier]
        return filed[: min(most, bisect_left(filed, (about_ms, 0), key=_about))]

    def latest_about(self, before_ms: int) -> int | None:
        """The latest time before this one that a kept message is about."""
        before = [place for filed in self._by_tier.values() if (place := _latest_before(filed, before_ms)) is not None]
        return max(before, default=None)

    def next_about(self, beyond: tuple[int, int], before_ms: int) -> Entry | None:
        """The kept message that follows, by time and number."""
        following = [
            filed[place] for filed in self._by_tier.values() if (place := bisect_right(filed, beyond, key=_about)) < len(filed)
        ]
        return min((entry for entry in following if entry.filed.about_ms < before_ms), key=_about, default=None)

    def replace(self, sequences: Sequence[int], send: Send | None, now_ms: int) -> None:
        """Put a message in the place of these."""
        gone = set(sequences)
        for entry in [entry for entry in self._in_order if entry.sequence in gone]:
            self.forget(entry.send.message_id)
        if send is not None:
            self.put(send, now_ms)

    def __len__(self) -> int:
        """How many messages are kept."""
        return len(self._in_order)


def _sequence(entry: Entry) -> int:
    return entry.sequence


def _latest_before(filed: Sequence[Entry], before_ms: int) -> int | None:
    place = bisect_left(filed, (before_ms, 0), key=_about)
    return filed[place - 1].filed.about_ms if place else None


def _about(entry: Entry) -> tuple[int, int]:
    return entry.filed.about_ms, entry.sequence
