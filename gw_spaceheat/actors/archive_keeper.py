"""The actor that keeps the AtomicTNode's archive: what was acknowledged is durable, and is told again to whoever missed it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from gw_spaceheat.core.accounts import KEPT_S
from gw_spaceheat.core.events import Archive, Event, Level, Note, Retell, Send, Started, Stopping, Urgency
from gw_spaceheat.messages.gws_resent import GwsResent
from gw_spaceheat.stores.message_journal import JournalRow, MessageJournal
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, SECOND_MS, Moment

PRUNED_AT_ONCE = 1000
"""Messages that are let go of in one go; an acknowledgement waits for no more of them."""
MOST_REQUESTS = 16
"""So many requests are answered beside each other; who comes later is not heard and asks again."""


@dataclass(frozen=True, slots=True)
class ArchiveOptions:
    """What can be set about an archive.

    Attributes:
        group_ms: Messages that come within so long are made durable together [ms].
        most_in_group: So many are not waited any longer for.
        pause_ms: Between two lots of what is told again [ms].
        lot: So many messages are told again in one go,
        lot_bytes: or as many as have so many bytes together.
        most_told: So many in answer to one request; the rest is asked for again.
        kept_ms: For so long messages are kept [ms].
    """

    group_ms: int = 2
    most_in_group: int = 200
    pause_ms: int = 100
    lot: int = 10
    lot_bytes: int = 128 * 1024
    most_told: int = 200
    kept_ms: int = KEPT_S * SECOND_MS


@dataclass(slots=True)
class _Answer:
    """What is still to be told to one who asked."""

    asked: Retell
    ranges: list[tuple[int, int]] = field(default_factory=list)
    left: int = 0


class ArchiveKeeper:
    """Commits what the AtomicTNode takes over, and only then puts out what follows.

    What cannot be made durable is not acknowledged: its sender keeps it and sends it again. That is told once, and once when
    it goes on.
    """

    def __init__(self, journal: MessageJournal, house: str, options: ArchiveOptions | None = None) -> None:
        """Remember; the journal is open as long as this actor lives.

        Args:
            journal: The archive.
            house: Alias of the house.
            options: What can be set.
        """
        self._journal = journal
        self._house = house
        self._options = options or ArchiveOptions()
        self._then: list[Send] = []
        self._fault = ""
        self._answers: dict[tuple[str, str], _Answer] = {}
        self._commit_mono_ms: int | None = None
        self._tell_mono_ms: int | None = None
        self._prune_mono_ms: int | None = None

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Take a message for the archive, or a request for what is in it."""
        if isinstance(event, Archive):
            self._journal.keep(event.message)
            self._then.append(event.then)
            if len(self._then) >= self._options.most_in_group:
                return self._commit()
            if self._commit_mono_ms is None:
                self._commit_mono_ms = now.mono_ms + self._options.group_ms
        elif isinstance(event, Retell):
            key = (event.dst, event.stream)
            if key in self._answers or len(self._answers) < MOST_REQUESTS:
                self._answers[key] = _Answer(event, list(event.ranges), self._options.most_told)
                if self._tell_mono_ms is None:
                    self._tell_mono_ms = now.mono_ms
        elif isinstance(event, Started):
            self._prune_mono_ms = now.mono_ms
        elif isinstance(event, Stopping):
            return self._commit()
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        """Commit, tell again, and prune what is old, each when it is due."""
        effects: list[Event] = []
        if self._commit_mono_ms is not None and now.mono_ms >= self._commit_mono_ms:
            effects += self._commit()
        if self._tell_mono_ms is not None and now.mono_ms >= self._tell_mono_ms:
            effects += self._tell(now)
        if self._prune_mono_ms is not None and now.mono_ms >= self._prune_mono_ms:
            effects += self._prune(now)
        return effects

    def deadline(self) -> int | None:
        """When the next of these is due [mono ms]."""
        due = (self._commit_mono_ms, self._tell_mono_ms, self._prune_mono_ms)
        return min((due_ms for due_ms in due if due_ms is not None), default=None)

    def _commit(self) -> list[Event]:
        self._commit_mono_ms = None
        if not self._then:
            return []
        then, self._then = self._then, []
        try:
            self._journal.commit()
        except OSError as error:
            self._journal.discard()
            return self._failed(error)
        return [*then, *self._recovered()]

    def _tell(self, now: Moment) -> list[Event]:
        """The next lot for whoever has waited longest."""
        effects: list[Event] = []
        key, answer = next(iter(self._answers.items()))
        del self._answers[key]
        try:
            for row in self._lot(answer):
                effects.append(_resent(answer.asked, row))
        except OSError as error:
            answer.left = 0
            effects += self._failed(error)
        if answer.left > 0 and answer.ranges:
            self._answers[key] = answer
        self._tell_mono_ms = now.mono_ms + self._options.pause_ms if self._answers else None
        return effects

    def _lot(self, answer: _Answer) -> Iterator[JournalRow]:
        count = size = 0
        with self._journal.rows() as rows:
            while answer.ranges and answer.left > 0 and count < self._options.lot and size < self._options.lot_bytes:
                first, last = answer.ranges[0]
                found = rows.numbered(self._house, answer.asked.stream, first, last, 1)
                if not found:
                    del answer.ranges[0]
                    continue
                row = found[0]
                answer.ranges[0] = (row.sequence + 1, last)
                answer.left -= 1
                count, size = count + 1, size + len(row.payload)
                yield row

    def _prune(self, now: Moment) -> list[Event]:
        self._prune_mono_ms = now.mono_ms + HOUR_MS
        try:
            if self._journal.prune_before((now.wall_ms - self._options.kept_ms) // DAY_MS, PRUNED_AT_ONCE):
                self._prune_mono_ms = now.mono_ms + self._options.pause_ms
        except OSError as error:
            return self._failed(error)
        return self._troubles()

    def _failed(self, error: OSError) -> list[Event]:
        is_new, self._fault = not self._fault, str(error)
        if not is_new:
            return self._troubles()
        text = f"what the house sends cannot be kept: {error}; nothing is acknowledged until it can; make room on the disk"
        return [*self._troubles(), Note(Level.ERROR, text)]

    def _recovered(self) -> list[Event]:
        if not self._fault:
            return []
        self._fault = ""
        return [Note(Level.INFO, "what the house sends is kept and acknowledged again")]

    def _troubles(self) -> list[Event]:
        return [Note(Level.WARNING, text) for text in self._journal.troubles()]


def _resent(asked: Retell, row: JournalRow) -> Send:
    message = GwsResent(
        src=row.src,
        stream=row.stream,
        sequence=row.sequence,
        message_id=row.message_id,
        arrived_unix_ms=row.arrived_ms,
        content_type=row.type_name,
        content=msgspec.Raw(row.payload),
    )
    return Send(asked.link, asked.dst, message, Urgency.PLAIN, message_id="")
