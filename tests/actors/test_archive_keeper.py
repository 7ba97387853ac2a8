"""Nothing is acknowledged before it is durable, and what is in the archive is told again, a little at a time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gw_spaceheat.actors.archive_keeper import MOST_REQUESTS, ArchiveKeeper, ArchiveOptions
from gw_spaceheat.core.events import Archive, Event, Level, Note, Persist, Retell, Send, Started, StatusAsked, Stopping, Urgency
from gw_spaceheat.messages.codec import decode_bare
from gw_spaceheat.messages.gridworks_ack import GridworksAck
from gw_spaceheat.messages.gws_resent import GwsResent
from gw_spaceheat.stores import message_journal
from gw_spaceheat.stores.message_journal import MessageJournal, reading_journal
from gw_spaceheat.vocabulary.moment import DAY_MS, Moment
from tests.heard import HOUSE, MIDNIGHT_MS, SCADA, power, uuid

NOW = Moment(5_000, MIDNIGHT_MS)
OPTIONS = ArchiveOptions()


def said(number: int, arrived_ms: int = MIDNIGHT_MS) -> Archive:
    kept = Persist(HOUSE, arrived_ms, SCADA, "a", uuid(number), power(number), "abc", number)
    return Archive(kept, Send("uplink", "s", GridworksAck(ack_message_id=uuid(number)), Urgency.PLAIN, ""))


def acknowledged(effects: list[Event]) -> list[str]:
    messages = [effect.message for effect in effects if isinstance(effect, Send)]
    return [message.ack_message_id for message in messages if isinstance(message, GridworksAck)]


def told(effects: list[Event]) -> list[int]:
    messages = [effect.message for effect in effects if isinstance(effect, Send)]
    return [message.sequence for message in messages if isinstance(message, GwsResent)]


class Keeper:
    """The actor, over a journal in a folder, and a clock."""

    def __init__(self, path: Path, options: ArchiveOptions = OPTIONS) -> None:
        self.journal = MessageJournal(path)
        self.journal.open()
        self.actor = ArchiveKeeper(self.journal, HOUSE, options)
        self.now = NOW

    def tell(self, *events: Event) -> list[Event]:
        return [effect for event in events for effect in self.actor.handle(event, self.now)]

    def run(self, for_ms: int) -> list[Event]:
        """What comes of its wakes within a time."""
        ends, effects = self.now.later(for_ms), list[Event]()
        while (due_ms := self.actor.deadline()) is not None and due_ms <= ends.mono_ms:
            self.now = self.now.later(max(0, due_ms - self.now.mono_ms))
            effects += self.actor.wake(self.now)
        self.now = ends
        return effects


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.sqlite"


@pytest.fixture
def keeper(path: Path) -> Iterator[Keeper]:
    keeper = Keeper(path)
    yield keeper
    keeper.journal.close()


def archived(path: Path) -> list[str]:
    with reading_journal(path) as rows:
        return [] if rows is None else rows.identifiers(0)


def test_an_acknowledgement_follows_the_commit_of_its_group(keeper: Keeper, path: Path) -> None:
    assert keeper.tell(said(1), said(2)) == []
    assert keeper.actor.deadline() == NOW.mono_ms + OPTIONS.group_ms
    assert keeper.run(OPTIONS.group_ms - 1) == []
    assert archived(path) == []
    assert acknowledged(keeper.run(1)) == [uuid(1), uuid(2)]
    assert archived(path) == [uuid(1), uuid(2)]
    assert keeper.actor.deadline() is None


def test_a_full_group_is_not_waited_for(keeper: Keeper) -> None:
    numbers = range(1, OPTIONS.most_in_group + 1)
    assert acknowledged(keeper.tell(*(said(number) for number in numbers))) == [uuid(number) for number in numbers]
    assert keeper.run(1000) == []


def test_one_that_comes_again_is_kept_once_and_acknowledged_again(keeper: Keeper, path: Path) -> None:
    for _ in range(2):
        keeper.tell(said(1))
        assert acknowledged(keeper.run(10)) == [uuid(1)]
    assert archived(path) == [uuid(1)]


def test_stopping_commits_and_acknowledges(keeper: Keeper, path: Path) -> None:
    keeper.tell(said(1))
    assert acknowledged(keeper.tell(Stopping())) == [uuid(1)]
    assert archived(path) == [uuid(1)]
    assert keeper.tell(Stopping()) == []


def test_what_cannot_be_made_durable_is_not_acknowledged(keeper: Keeper, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(message_journal, "_SCHEMA", f"PRAGMA max_page_count = 1;{message_journal._SCHEMA}")
        keeper.tell(said(1))
        (note,) = keeper.run(10)
        assert isinstance(note, Note)
        assert note.level is Level.ERROR
        assert "full" in note.text
        for _ in range(3):
            keeper.tell(said(1), said(2))
            assert keeper.run(10) == []
    assert keeper.journal.waiting == 0
    keeper.tell(said(2))
    ack, note = keeper.run(10)
    assert acknowledged([ack]) == [uuid(2)]
    assert note == Note(Level.INFO, "what the house sends is kept and acknowledged again")
    assert archived(path) == [uuid(2)]


def test_an_archive_that_is_damaged_is_set_aside(keeper: Keeper, path: Path) -> None:
    path.write_bytes(b"no archive at all" * 100)
    keeper.tell(said(1))
    levels = [note.level for note in keeper.run(10) if isinstance(note, Note)]
    assert levels == [Level.WARNING, Level.ERROR]
    keeper.tell(said(1))
    assert acknowledged(keeper.run(10)) == [uuid(1)]


def fill(keeper: Keeper, *numbers: int) -> None:
    keeper.tell(*(said(number) for number in numbers))
    keeper.run(10)


def test_what_was_missed_is_told_again_byte_for_byte(keeper: Keeper) -> None:
    fill(keeper, 1, 2, 3, 5, 8)
    keeper.tell(Retell("uplink", "ear", "abc", ((2, 3), (4, 4), (7, 2**53 - 1))))
    effects = keeper.run(10_000)
    assert told(effects) == [2, 3, 8]
    assert [(effect.link, effect.dst, effect.urgency) for effect in effects if isinstance(effect, Send)] == [
        ("uplink", "ear", Urgency.PLAIN)
    ] * 3
    first = effects[0]
    assert isinstance(first, Send)
    assert isinstance(first.message, GwsResent)
    assert (first.message.src, first.message.message_id, first.message.arrived_unix_ms) == (SCADA, uuid(2), MIDNIGHT_MS)
    assert decode_bare(first.message.content_type, bytes(first.message.content)) == power(2)
    first.message.check()
    assert keeper.actor.deadline() is None


def test_it_is_told_a_little_at_a_time_and_not_without_end(path: Path) -> None:
    keeper = Keeper(path, ArchiveOptions(lot=3, most_told=7))
    fill(keeper, *range(1, 21))
    keeper.tell(Retell("uplink", "ear", "abc", ((1, 100),)), Retell("uplink", "ear", "abcd", ((1, 100),)))
    lots = []
    while keeper.actor.deadline() is not None:
        lots.append(told(keeper.run(100)))
    assert [lot for lot in lots if lot] == [[1, 2, 3], [4, 5, 6], [7]]
    keeper.journal.close()


def test_bytes_bound_a_lot_too(path: Path) -> None:
    keeper = Keeper(path, ArchiveOptions(lot_bytes=1))
    fill(keeper, 1, 2)
    keeper.tell(Retell("uplink", "ear", "abc", ((1, 2),)))
    assert [told(keeper.run(0)), told(keeper.run(100))] == [[1], [2]]
    keeper.journal.close()


def test_a_new_request_takes_the_place_of_the_old_one_and_too_many_are_not_heard(keeper: Keeper) -> None:
    fill(keeper, *range(1, 31))
    keeper.tell(Retell("uplink", "ear", "abc", ((1, 100),)))
    assert told(keeper.run(0)) == list(range(1, 11))
    keeper.tell(Retell("uplink", "ear", "abc", ((30, 30),)))
    assert told(keeper.run(10_000)) == [30]
    keeper.tell(*(Retell("uplink", f"ear{number}", "abc", ((1, 1),)) for number in range(MOST_REQUESTS + 5)))
    assert len(told(keeper.run(10_000))) == MOST_REQUESTS


def test_an_archive_that_cannot_be_read_is_told_once(keeper: Keeper, path: Path) -> None:
    path.write_bytes(b"no archive at all" * 100)
    keeper.tell(Retell("uplink", "ear", "abc", ((1, 1),)))
    assert [type(effect) for effect in keeper.run(10_000)] == [Note, Note]
    keeper.tell(Retell("uplink", "ear", "abc", ((1, 1),)))
    assert keeper.run(10_000) == []


def test_what_is_older_than_the_accounts_is_pruned_in_steps(
    keeper: Keeper, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gw_spaceheat.actors.archive_keeper.PRUNED_AT_ONCE", 2)
    for number in range(1, 6):
        keeper.tell(said(number, MIDNIGHT_MS - 36 * DAY_MS))
    keeper.tell(said(6, MIDNIGHT_MS - 35 * DAY_MS))
    keeper.run(10)
    assert keeper.tell(Started(), StatusAsked()) == []
    assert keeper.run(1000) == []
    assert archived(path) == [uuid(6)]
    deadline = keeper.actor.deadline()
    assert deadline is not None
    assert deadline > keeper.now.mono_ms + 3_000_000
