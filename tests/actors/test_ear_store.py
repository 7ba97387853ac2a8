"""The actor that writes the Ear's files lives on when the disk does not."""

from pathlib import Path

import pytest

from gw_spaceheat.actors.ear_store import EarStore
from gw_spaceheat.core.events import Commit, Event, Level, Note, Persist, Started
from gw_spaceheat.stores import query, readings
from gw_spaceheat.stores.readings import ReadingsStore
from gw_spaceheat.vocabulary.moment import Moment
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
    def full(*_arguments: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(readings, "_write", full)
        store.handle(said(1), NOW)
        ((level, text),) = notes(store, Commit())
        assert level is Level.ERROR
        assert "No space left" in text
        store.handle(said(2), NOW)
        assert notes(store, Commit()) == []
    assert notes(store, Commit()) == [(Level.INFO, "what was heard can be written again")]
    assert notes(store, Commit()) == []
    assert [row.message_id for row in query.tail(folder, HOUSE, 10)] == [uuid(1), uuid(2)]


def test_a_house_that_cannot_be_one_is_told(store: EarStore) -> None:
    ((level, text),) = notes(store, said(1, house="../elsewhere"))
    assert level is Level.WARNING
    assert "no alias" in text


def test_it_has_no_time_of_its_own(store: EarStore) -> None:
    assert store.handle(Started(), NOW) == ()
    assert store.wake(NOW) == ()
    assert store.deadline() is None
