"""The actor that writes the Ear's files lives on when the disk does not."""

from pathlib import Path

import pytest

from gw_spaceheat.actors.ear_store import RETRY_MS, EarStore
from gw_spaceheat.core.events import Commit, Committed, Event, Keep, Level, Note, Persist, Started
from gw_spaceheat.core.numbers import HeardNumbers
from gw_spaceheat.stores import message_journal, query, readings
from gw_spaceheat.stores.compaction import KeptDays
from gw_spaceheat.stores.readings import ReadingsStore
from gw_spaceheat.vocabulary.moment import DAY_MS, Moment
from tests.heard import HOUSE, MIDNIGHT_MS, SCADA, power, uuid

NOW = Moment(0, MIDNIGHT_MS)


def said(number: int, house: str = HOUSE) -> Persist:
    return Persist(house, MIDNIGHT_MS + number, SCADA, "a", uuid(number), power(number))


def notes(store: EarStore, event: Event) -> list[tuple[Level, str]]:
    return [(note.level, note.text) for note in store.handle(event, NOW) if isinstance(note, Note)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "ear"


@pytest.fixture
def store(folder: Path) -> EarStore:
    files = ReadingsStore(folder)
    files.open()
    return EarStore(files)


def test_what_was_kept_is_there_after_the_commit(store: EarStore, folder: Path) -> None:
    assert notes(store, said(1)) == []
    assert notes(store, Commit()) == []
    assert [row.message_id for row in query.tail(folder, HOUSE, 10)] == [uuid(1)]


def test_a_full_disk_is_told_once_and_costs_nothing(store: EarStore, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(message_journal, "_SCHEMA", full_disk(folder))
        store.handle(said(1), NOW)
        ((level, text),) = notes(store, Commit())
        assert level is Level.ERROR
        assert "full" in text
        store.handle(said(2), NOW)
        assert notes(store, Commit()) == []
    assert notes(store, Commit()) == [(Level.INFO, "what was heard can be written again")]
    assert notes(store, Commit()) == []
    assert [row.message_id for row in query.tail(folder, HOUSE, 10)] == [uuid(1), uuid(2)]


def test_a_receipt_is_given_back_when_it_is_durable_and_not_before(
    store: EarStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(message_journal, "_SCHEMA", full_disk(folder))
        store.handle(said(1), NOW)
        assert Committed(1) not in store.handle(Commit(1), NOW)
    assert Committed(2) in store.handle(Commit(2), NOW)
    assert not any(isinstance(effect, Committed) for effect in store.handle(Commit(), NOW))


def full_disk(folder: Path) -> str:
    """A schema that does not fit on the disk: the file may have one page, and each table wants its own."""
    return f"PRAGMA max_page_count = 1;{message_journal._SCHEMA}"


def test_what_was_heard_of_a_stream_is_kept_with_the_messages(store: EarStore, folder: Path) -> None:
    kept = HeardNumbers(HOUSE, "abc", ((1, 7), (9, 9)))
    store.handle(Keep("heard x", kept), NOW)
    store.handle(Commit(), NOW)
    assert store._store.heard() == [kept]
    store.handle(Keep("heard x", HeardNumbers(HOUSE, "abc", ())), NOW)
    store.handle(Commit(), NOW)
    assert store._store.heard() == []


def test_a_house_that_cannot_be_one_is_told(store: EarStore) -> None:
    ((level, text),) = notes(store, said(1, house="../elsewhere"))
    assert level is Level.WARNING
    assert "no alias" in text


def run_until_it_rests(store: EarStore, now: Moment) -> list[Note]:
    """Its notes, while it is woken as often as it wants to be before a minute is over."""
    told: list[Note] = []
    ends_ms = now.mono_ms + 60_000
    while (due_ms := store.deadline()) is not None and due_ms < ends_ms:
        now = now.later(due_ms - now.mono_ms)
        told += [note for note in store.wake(now) if isinstance(note, Note)]
    return told


def test_days_that_have_ended_are_sealed_house_by_house(store: EarStore, folder: Path) -> None:
    store.handle(Started(), NOW)
    assert run_until_it_rests(store, NOW) == []
    store.handle(said(1), NOW)
    store.handle(said(2, "other.house"), NOW)
    store.handle(Commit(), NOW)
    assert store.deadline() is None
    tomorrow = NOW.later(DAY_MS)
    store.handle(said(3), tomorrow)
    store.handle(Commit(), tomorrow)
    assert store.deadline() == tomorrow.mono_ms
    store.wake(tomorrow)
    assert [path.name for path in folder.iterdir() if path.is_dir()] == [HOUSE]
    assert run_until_it_rests(store, tomorrow) == []
    assert sorted(path.name for path in folder.iterdir() if path.is_dir()) == [HOUSE, "other.house"]
    assert len(query.tail(folder, HOUSE, 10)) == 2


def test_a_day_that_cannot_be_sealed_is_told_once_and_tried_again(
    store: EarStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    tomorrow = NOW.later(DAY_MS)
    store.handle(said(1), NOW)
    store.handle(Commit(), tomorrow)
    with monkeypatch.context() as patched:
        patched.setattr(readings, "_write", full)
        (note,) = run_until_it_rests(store, tomorrow)
        assert note.level is Level.ERROR
        assert store.deadline() == tomorrow.mono_ms + RETRY_MS
        assert store.wake(tomorrow.later(RETRY_MS)) == []
    assert len(query.tail(folder, HOUSE, 10)) == 1
    assert run_until_it_rests(store, tomorrow.later(2 * RETRY_MS)) == []
    assert (folder / HOUSE / "2018-01-08" / "messages.parquet").is_file()
    assert len(query.tail(folder, HOUSE, 10)) == 1


def test_what_is_older_than_it_is_kept_is_removed_after_each_day(folder: Path) -> None:
    files = ReadingsStore(folder)
    files.open()
    store = EarStore(files, KeptDays(messages=2))
    store.handle(said(1), NOW)
    for days in (1, 2):
        store.handle(Commit(), NOW.later(days * DAY_MS))
        assert run_until_it_rests(store, NOW.later(days * DAY_MS)) == []
        assert len(query.tail(folder, HOUSE, 10)) == 1
    store.handle(Commit(), NOW.later(3 * DAY_MS))
    (note,) = run_until_it_rests(store, NOW.later(3 * DAY_MS))
    assert note == Note(Level.INFO, "1 files were older than they are kept, and were removed")
    assert not (folder / HOUSE / "2018-01-08" / "messages.parquet").exists()
