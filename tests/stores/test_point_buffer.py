"""Lines wait on disk, in their order; of too many the oldest are given up; they outlive the process."""

from pathlib import Path

import pytest

from gw_spaceheat.stores import point_buffer
from gw_spaceheat.stores.point_buffer import PointBuffer


def opened(path: Path, most_bytes: int = 1_000_000) -> PointBuffer:
    buffer = PointBuffer(path, most_bytes)
    buffer.open()
    return buffer


def test_they_wait_in_their_order_and_outlive_the_process(tmp_path: Path) -> None:
    buffer = opened(tmp_path / "a" / "points.sqlite")
    assert buffer.add(["one", "two"]) == 0
    assert buffer.add(["three"]) == 0
    buffer.close()
    again = opened(tmp_path / "a" / "points.sqlite")
    numbers, lines = zip(*again.oldest(2), strict=True)
    assert lines == ("one", "two")
    again.forget(numbers[1])
    assert [line for _, line in again.oldest(10)] == ["three"]
    assert again.count() == 1
    again.add(["four"])
    assert [line for _, line in again.oldest(10)] == ["three", "four"]
    again.close()
    again.close()


def test_of_too_many_the_oldest_are_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(point_buffer, "LOOK_EVERY", 10)
    buffer = opened(tmp_path / "points.sqlite", most_bytes=100 * (10 + point_buffer.BYTES_OF_A_ROW))
    given_up = sum(buffer.add([f"line {number:05d}"]) for number in range(1_000))
    assert given_up > 0
    assert buffer.count() == 1_000 - given_up
    assert 80 <= buffer.count() <= 110
    assert buffer.oldest(10_000)[-1][1] == "line 00999"
    buffer.close()


def test_what_cannot_be_written_is_an_error_of_the_disk(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        opened(tmp_path / "file" / "points.sqlite")
    (tmp_path / "no database").write_bytes(b"x" * 5_000)
    with pytest.raises(OSError, match="not a database"):
        opened(tmp_path / "no database")
    with pytest.raises(OSError, match="is not open"):
        PointBuffer(tmp_path / "points.sqlite", 1).add(["one"])
