"""The journal: what was written is found again, what was not finished is known for that."""

import os
from pathlib import Path

import pytest

from gw_spaceheat.stores.journal import NOTHING_FOUND, Found, Journal, read_journal, write_whole

SIZE = 4096


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def journal(path: Path, generation: int = 1) -> Journal:
    opened = Journal(path, SIZE)
    opened.open()
    opened.begin(generation)
    return opened


def test_records_are_found_in_order(path: Path) -> None:
    written = journal(path)
    for number in range(5):
        written.write(f"record {number}".encode())
    written.close()
    assert read_journal(path) == Found(1, tuple(f"record {number}".encode() for number in range(5)), torn=False)
    assert path.stat().st_size == SIZE
    assert path.stat().st_mode & 0o077 == 0


def test_no_file_and_an_empty_one_hold_nothing(path: Path) -> None:
    assert read_journal(path) == NOTHING_FOUND
    journal(path).close()
    assert read_journal(path) == NOTHING_FOUND


def test_what_an_older_generation_left_is_not_taken_for_new(path: Path) -> None:
    written = journal(path)
    for number in range(5):
        written.write(f"old {number}".encode())
    written.begin(2)
    assert read_journal(path).generation == 1
    written.write(b"new 0")
    assert read_journal(path) == Found(2, (b"new 0",), torn=False)


@pytest.mark.parametrize("kept", [20, 25, 60])
def test_a_record_that_was_not_finished_is_torn(path: Path, kept: int) -> None:
    written = journal(path)
    written.write(b"whole")
    before = path.read_bytes()
    written.write(b"x" * 100)
    at = 25  # the first record is 20 bytes of header and 5 of text
    after = path.read_bytes()
    path.write_bytes(after[: at + kept] + before[at + kept :])
    assert read_journal(path) == Found(1, (b"whole",), torn=True)


def test_a_first_record_that_was_not_finished_is_torn(path: Path) -> None:
    journal(path, 7).write(b"x" * 100)
    path.write_bytes(path.read_bytes()[:60] + bytes(SIZE - 60))
    assert read_journal(path) == Found(7, (), torn=True)


def test_after_a_write_that_failed_the_next_takes_its_place(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = journal(path)
    written.write(b"one")
    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", _fails)
        with pytest.raises(OSError, match="Input/output"):
            written.write(b"a long one that may be there or not")
    written.write(b"two")
    assert read_journal(path).payloads == (b"one", b"two")


def test_room_is_what_is_left_for_header_and_payload(path: Path) -> None:
    written = Journal(path, SIZE)
    assert not written.has_room(1)
    with pytest.raises(OSError, match="not open"):
        written.write(b"")
    written.open()
    assert written.has_room(SIZE - 20)
    assert not written.has_room(SIZE - 19)
    written.write(bytes(SIZE // 2 - 20))
    assert written.used == 0.5


def test_another_length_is_made_anew(path: Path) -> None:
    path.write_bytes(b"gwsj")
    assert read_journal(path) == NOTHING_FOUND
    journal(path).close()
    assert path.read_bytes() == bytes(SIZE)


def test_a_file_is_replaced_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_whole(path, b"one")
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", _fails)
        with pytest.raises(OSError, match="Input/output"):
            write_whole(path, b"two")
    assert path.read_bytes() == b"one"
    write_whole(path, b"three")
    assert path.read_bytes() == b"three"
    assert [each.name for each in path.parent.iterdir()] == ["journal"]


def _fails(_descriptor: int) -> None:
    raise OSError(5, "Input/output error")
