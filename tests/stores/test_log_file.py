"""A log's file: what is good in it, what is missing, what is torn."""

from pathlib import Path

import pytest

from gw_spaceheat.core.contract.log import NO_ENTRIES, verify
from gw_spaceheat.stores.log_file import EMPTY, LogFile, Mark, Mended, give_up_oldest, lines_backward, mend
from tests.stores.entries import lines_after

HEAD, LINES = lines_after(NO_ENTRIES, 10)
AFTER_FOUR, _ = lines_after(NO_ENTRIES, 4)
MARK = Mark(len("".join(f"{line}\n" for line in LINES[:4])), AFTER_FOUR)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "contract.log"


def text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize(
    ("holds", "journaled", "good", "missing", "torn"),
    [
        (text(LINES), LINES[4:], 10, 0, ""),
        (text(LINES[:4]), LINES[4:], 4, 6, ""),
        (text(LINES[:7]), LINES[4:], 7, 3, ""),
        (text(LINES[:7]) + LINES[7][:50], LINES[4:], 7, 3, ""),  # the journal has the rest of it
        (text(LINES[:7]) + "\0" * 50, LINES[4:], 7, 3, "\0" * 50),
        (text(LINES[:4]), [], 4, 0, ""),
        (text(LINES[:6]), [], 6, 0, ""),  # written down, and killed before that was noted
        (text(LINES[:4]) + LINES[4][:50], [], 4, 0, LINES[4][:50]),
        (text(LINES[:6]) + LINES[6][:50], LINES[4:6], 6, 0, LINES[6][:50]),
        (text(LINES[:4]) + text([LINES[7]]), [], 4, 0, text([LINES[7]])),
        (text(LINES[:4]) + text([LINES[4].replace('"value":4', '"value":5')]), [], 4, 0, None),
    ],
)
def test_mending_behind_a_mark(path: Path, holds: str, journaled: list[str], good: int, missing: int, torn: str | None) -> None:
    path.write_text(holds, encoding="ascii")
    mended = mend(path, MARK, journaled)
    head, _ = lines_after(NO_ENTRIES, good)
    expected_torn = holds[len(text(LINES[:good])) :] if torn is None else torn
    assert mended == Mended(Mark(len(text(LINES[:good])), head), tuple(LINES[good : good + missing]), expected_torn.encode())
    assert mended.head.length == good + missing


@pytest.mark.parametrize(
    ("holds", "journaled", "good", "missing"),
    [
        ("", [], 0, 0),
        ("no log at all", [], 0, 0),
        ("no log at all\n", [], 0, 0),
        (text(LINES), [], 10, 0),
        (text(LINES) + "torn", [], 10, 0),
        (text(LINES) + "not an entry\nnor this\n", [], 10, 0),
        (text(LINES[:7]), LINES[4:], 7, 3),
        (text(LINES[:7]), LINES[7:], 7, 3),
    ],
)
def test_mending_without_a_mark(path: Path, holds: str, journaled: list[str], good: int, missing: int) -> None:
    path.write_text(holds, encoding="ascii")
    mended = mend(path, None, journaled)
    assert mended.mark.size == len(text(LINES[:good]))
    assert mended.mark.head == lines_after(NO_ENTRIES, good)[0]
    assert mended.missing == tuple(LINES[good : good + missing])
    assert mended.torn == holds[mended.mark.size :].encode()


def test_there_is_no_file(path: Path) -> None:
    assert mend(path, None, []) == Mended(EMPTY, (), b"")
    assert mend(path, None, LINES) == Mended(EMPTY, tuple(LINES), b"")


def test_a_log_that_was_cut_does_not_go_on_as_if_it_were_whole(path: Path) -> None:
    path.write_text(text(LINES[:2]), encoding="ascii")
    mended = mend(path, MARK, [])
    assert mended == Mended(Mark(len(text(LINES[:2])), AFTER_FOUR), (), b"")
    file = LogFile(path, mended)
    file.open()
    file.give(lines_after(file.head, 1)[1])
    file.sync()
    (fault,) = [fault for fault in verify(path.open("rb")).faults if "missing" in fault.what]
    assert fault.entry == 3


def test_what_is_given_is_written_behind_what_is_good(path: Path) -> None:
    path.write_text(text(LINES[:4]) + "torn", encoding="ascii")
    file = LogFile(path, mend(path, MARK, LINES[4:6]))
    assert file.head == lines_after(NO_ENTRIES, 6)[0]
    file.give(LINES[6:])
    assert file.head == HEAD
    with pytest.raises(OSError, match="not open"):
        file.write()
    file.open()
    assert file.sync() == Mark(len(text(LINES)), HEAD)
    file.write()
    file.close()
    assert path.read_text(encoding="ascii") == text(LINES)


def test_a_new_log_is_readable_by_its_owner_only(path: Path) -> None:
    file = LogFile(path, mend(path, None, []))
    file.open()
    file.close()
    file.close()
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("ending", ["", "torn"])
def test_lines_backward(path: Path, ending: str) -> None:
    _, lines = lines_after(NO_ENTRIES, 1000)  # more than one block
    path.write_text(text(lines) + ending, encoding="ascii")
    assert [line.decode() for line in lines_backward(path)] == list(reversed(lines))
    path.write_text(ending, encoding="ascii")
    assert list(lines_backward(path)) == []


def test_the_oldest_are_given_up() -> None:
    lines = ["a" * 10, "b" * 10, "c" * 10]
    assert give_up_oldest(lines, 30) == 0
    assert give_up_oldest(lines, 25) == 1
    assert lines == ["b" * 10, "c" * 10]
    assert give_up_oldest(lines, 0) == 2
