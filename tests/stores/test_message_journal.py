"""A journal of messages: durable at once, each message once, whatever the disk does."""

import sqlite3
from pathlib import Path

import pytest

from gw_spaceheat.core.events import Keep, Persist
from gw_spaceheat.core.numbers import HeardNumbers
from gw_spaceheat.messages.base import Message
from gw_spaceheat.stores import message_journal as module
from gw_spaceheat.stores.faults import StoreBusyError
from gw_spaceheat.stores.message_journal import MessageJournal, reading_journal
from gw_spaceheat.vocabulary.moment import DAY_MS
from tests.heard import HOUSE, MIDNIGHT_MS, SCADA, power, report_event, uuid

T = MIDNIGHT_MS
TODAY = T // DAY_MS


def said(number: int, message: Message | None = None, later_ms: int = 0, src: str = SCADA, house: str = HOUSE) -> Persist:
    """Number 0 has no identifier."""
    message_id = uuid(number) if number else ""
    return Persist(house, T + number + later_ms, src, "a", message_id, message or power(number), "abc", number)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive" / "journal.sqlite"


@pytest.fixture
def journal(path: Path) -> MessageJournal:
    journal = MessageJournal(path)
    journal.open()
    return journal


def numbers(path: Path) -> list[int]:
    """Of all messages that are committed, as somebody else sees them."""
    with reading_journal(path) as rows:
        return (
            []
            if rows is None
            else [row.sequence for house in rows.houses() for day in rows.days(house) for row in rows.of_day(house, day)]
        )


def test_a_message_comes_back_as_it_was(path: Path, journal: MessageJournal) -> None:
    long = report_event(2, {"a": [(T + k, k) for k in range(500)]})
    journal.keep(said(1))
    journal.keep(said(2, long))
    assert (journal.waiting, numbers(path)) == (2, [])
    journal.commit()
    assert journal.waiting == 0
    with journal.rows() as rows:
        first, second = rows.of_day(HOUSE, TODAY)
        assert rows.size() == 2
    assert (first.house, first.arrived_ms, first.src, first.dst) == (HOUSE, T + 1, SCADA, "a")
    assert (first.stream, first.sequence, first.type_name, first.message_id) == ("abc", 1, "power.watts", uuid(1))
    assert first.message() == power(1)
    assert second.message() == long
    assert first.number < second.number
    assert path.stat().st_size < 100_000


def test_a_message_with_an_identifier_stands_there_once_for_each_sender(path: Path, journal: MessageJournal) -> None:
    for number in (1, 1, 0, 0):
        journal.keep(said(number))
    journal.commit()
    journal.keep(said(1, later_ms=500))
    journal.keep(said(1, src=HOUSE))
    journal.keep(said(1, house="other.house"))
    journal.commit()
    assert sorted(numbers(path)) == [0, 0, 1, 1, 1]


def test_a_commit_is_all_or_nothing_and_is_tried_again(
    path: Path, journal: MessageJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(module, "_SCHEMA", f"PRAGMA max_page_count = 1;{module._SCHEMA}")
        journal.keep(said(0))
        with pytest.raises(OSError, match="full"):
            journal.commit()
        assert journal.waiting == 1
    journal.keep(said(2))
    journal.commit()
    journal.commit()
    assert numbers(path) == [0, 2]


def test_a_commit_of_which_nobody_knows_whether_it_was_done_doubles_nothing(path: Path, journal: MessageJournal) -> None:
    journal.commit()
    journal.keep(said(0))
    journal.keep(said(0))
    journal.commit()
    journal._numbered = [(number, TODAY, HOUSE, T, SCADA, "a", "", 0, "power.watts", "", b"{}") for number in (1, 2)]
    journal.commit()
    assert numbers(path) == [0, 0]


def test_what_is_discarded_is_not_written(path: Path, journal: MessageJournal) -> None:
    journal.keep(said(1))
    journal.discard()
    journal.keep(said(2))
    journal.commit()
    assert numbers(path) == [2]


def test_numbers_of_rows_are_never_used_twice(path: Path, journal: MessageJournal) -> None:
    journal.keep(said(1))
    journal.commit()
    with journal.rows() as rows:
        (row,) = rows.of_day(HOUSE, TODAY)
        name = rows.name()
    journal.prune_day(HOUSE, TODAY, row.number)
    assert numbers(path) == []
    journal.close()
    again = MessageJournal(path)
    again.open()
    again.keep(said(2))
    again.commit()
    with again.rows() as rows:
        assert rows.of_day(HOUSE, TODAY)[0].number > row.number
        assert rows.name() == name != ""
    again.close()


def test_messages_are_found_by_their_numbers(journal: MessageJournal) -> None:
    for number in (9, 4, 5, 7):
        journal.keep(said(number))
    journal.commit()
    with journal.rows() as rows:
        assert [row.sequence for row in rows.numbered(HOUSE, "abc", 5, 2**53 - 1, 2)] == [5, 7]
        assert [row.sequence for row in rows.numbered(HOUSE, "abc", 8, 8, 10)] == []
        assert rows.numbered(HOUSE, "abcd", 1, 9, 10) == []
        assert rows.numbered("other.house", "abc", 1, 9, 10) == []


def test_messages_are_found_by_type_and_time(journal: MessageJournal) -> None:
    for number in (1, 2, 3):
        journal.keep(said(number, report_event(number, {}) if number != 2 else None))
    journal.commit()
    with journal.rows() as rows:
        assert [row.sequence for row in rows.of_types(("report.event",), T)] == [1, 3]
        assert [row.sequence for row in rows.of_types(("report.event", "power.watts"), T + 2, HOUSE)] == [2, 3]
        assert [row.sequence for row in rows.of_day(HOUSE, TODAY, ("power.watts",))] == [2]
        assert rows.identifiers(T + 2) == [uuid(2), uuid(3)]


def test_what_is_old_is_pruned_in_steps(path: Path, journal: MessageJournal) -> None:
    for number in range(1, 6):
        journal.keep(said(number))
    journal.keep(said(6, later_ms=DAY_MS))
    journal.commit()
    assert journal.prune_before(TODAY + 1, 3)
    assert not journal.prune_before(TODAY + 1, 3)
    assert numbers(path) == [6]


def test_states_are_kept_replaced_and_forgotten(path: Path, journal: MessageJournal) -> None:
    for last in (1, 2):
        journal.keep_state(Keep("a", HeardNumbers(HOUSE, "abc", ((1, last),))))
    journal.keep_state(Keep("b", HeardNumbers(HOUSE, "abd", ())))
    journal.commit()
    journal.forget_state("b")
    journal.commit()
    with reading_journal(path) as rows:
        assert rows is not None
        assert rows.states().keys() == {"a", "journal.name"}
        assert b"[1,2]" in rows.states()["a"]


def test_a_reader_sees_one_moment_and_keeps_nobody_from_writing(path: Path, journal: MessageJournal) -> None:
    journal.keep(said(1))
    journal.commit()
    with reading_journal(path) as rows:
        assert rows is not None
        journal.keep(said(2))
        journal.commit()
        journal.prune_day(HOUSE, TODAY, 1)
        assert [row.sequence for row in rows.of_day(HOUSE, TODAY)] == [1]
    assert numbers(path) == [2]


def test_a_journal_that_nobody_has_open_is_read_where_nothing_may_be_written(path: Path, journal: MessageJournal) -> None:
    journal.keep(said(1))
    journal.commit()
    journal.close()
    path.parent.chmod(0o500)
    try:
        assert numbers(path) == [1]
    finally:
        path.parent.chmod(0o700)
    assert numbers(path.with_name("nothing")) == []


def test_one_writer_at_a_time(path: Path, journal: MessageJournal) -> None:
    second = MessageJournal(path)
    with pytest.raises(StoreBusyError, match="another process writes"):
        second.open()
    second.keep(said(1))
    with pytest.raises(OSError, match="not open"):
        second.commit()
    journal.close()
    journal.close()
    second.open()
    second.commit()
    assert numbers(path) == [1]
    second.close()


def test_a_damaged_file_is_set_aside_and_told(path: Path, journal: MessageJournal) -> None:
    path.write_bytes(b"this is no database, and never was one" * 100)
    with pytest.raises(OSError, match="cannot be read"), reading_journal(path):
        pass
    journal.keep(said(1))
    with pytest.raises(OSError, match="not a database"):
        journal.commit()
    journal.commit()
    assert numbers(path) == [1]
    (told,) = journal.troubles()
    assert "damaged" in told
    assert path.with_name("journal.sqlite.damaged-1").read_bytes().startswith(b"this is no database")
    assert journal.troubles() == []


def test_every_commit_is_synced(journal: MessageJournal) -> None:
    journal.commit()
    journal.keep(said(1))
    journal.commit()
    assert journal._connection is not None
    assert journal._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert journal._connection.execute("PRAGMA synchronous").fetchone() == (2,)
    with pytest.raises(OSError, match="no such table"), journal.rows() as rows:
        rows._connection.execute("SELECT * FROM absent")
    with journal.rows() as rows:
        assert rows.size() == 1
    assert isinstance(journal._connection, sqlite3.Connection)
