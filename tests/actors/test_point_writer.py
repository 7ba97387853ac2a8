"""Points are on the disk first, and go to their server when it takes them: in order, none lost, the impossible given up."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from gw_spaceheat.actors.point_writer import FIRST_PAUSE_MS, LONGEST_PAUSE_MS, PointWriter
from gw_spaceheat.core.events import Event, Level, Note, Started, Stopping
from gw_spaceheat.core.netbalance.live_events import BalancePoint
from gw_spaceheat.links.influx import LinesRefusedError, ServerAwayError
from gw_spaceheat.stores.point_buffer import PointBuffer
from gw_spaceheat.vocabulary.moment import Moment


class Server:
    """Takes lines, or is away, or takes none with `bad` in it."""

    def __init__(self) -> None:
        self.away = False
        self.took: list[str] = []

    def write(self, lines: Sequence[str]) -> None:
        if self.away:
            raise ServerAwayError("it is away")
        if any("bad" in line for line in lines):
            raise LinesRefusedError("400: no such field")
        self.took += lines


def point(number: int) -> BalancePoint:
    return BalancePoint(number, 1.0, 2.0, 3.0, 4.0, False, ())


def lines_of(each: BalancePoint) -> list[str]:
    return [f"bad {each.wall_ms}" if each.wall_ms % 10 == 7 else f"good {each.wall_ms}"]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def writer(tmp_path: Path, server: Server) -> PointWriter:
    made = PointWriter(lines_of, PointBuffer(tmp_path / "points.sqlite", 1_000_000), server)
    assert made.handle(Started(), at(0)) == ()
    return made


def at(mono_ms: int) -> Moment:
    return Moment(mono_ms, 1_700_000_000_000 + mono_ms)


def woken(writer: PointWriter, until_ms: int) -> list[tuple[int, Event]]:
    told: list[tuple[int, Event]] = []
    while (due := writer.deadline()) is not None and due <= until_ms:
        told += [(due, each) for each in writer.wake(at(due))]
    return told


def test_points_go_at_once_and_in_their_order(writer: PointWriter, server: Server) -> None:
    for number in range(3):
        writer.handle(point(number), at(number))
        assert woken(writer, number) == []
    assert server.took == ["good 0", "good 1", "good 2"]
    assert writer.deadline() is None


def test_while_the_server_is_away_they_wait_and_it_is_asked_ever_later(writer: PointWriter, server: Server) -> None:
    server.away = True
    writer.handle(point(0), at(0))
    told = woken(writer, 3_600_000)
    assert [each.level for _, each in told if isinstance(each, Note)] == [Level.WARNING], "told once"
    for number in (1, 2, 3):
        assert writer.handle(point(number), at(3_600_000)) == ()
    assert server.took == []
    server.away = False
    due = writer.deadline()
    assert due is not None
    assert due <= 3_600_000 + LONGEST_PAUSE_MS
    (told_again,) = woken(writer, due)
    assert isinstance(told_again[1], Note)
    assert told_again[1].level is Level.INFO
    assert server.took == ["good 0", "good 1", "good 2", "good 3"]


def test_the_first_pause_is_short(writer: PointWriter, server: Server) -> None:
    server.away = True
    writer.handle(point(0), at(0))
    writer.wake(at(0))
    assert writer.deadline() == FIRST_PAUSE_MS


def test_what_waited_goes_after_a_restart(writer: PointWriter, server: Server, tmp_path: Path) -> None:
    server.away = True
    writer.handle(point(1), at(0))
    writer.handle(Stopping(), at(1))
    assert writer.deadline() is None
    again = PointWriter(lines_of, PointBuffer(tmp_path / "points.sqlite", 1_000_000), server)
    server.away = False
    again.handle(Started(), at(0))
    woken(again, 0)
    assert server.took == ["good 1"]


def test_a_line_that_is_refused_does_not_keep_the_others_back(writer: PointWriter, server: Server) -> None:
    server.away = True
    for number in range(5, 10):
        writer.handle(point(number), at(0))
    woken(writer, 0)
    server.away = False
    told = woken(writer, 10_000)
    assert server.took == ["good 5", "good 6", "good 8", "good 9"]
    refused = [each.text for _, each in told if isinstance(each, Note) and each.level is Level.ERROR]
    assert refused == ["a line is given up: 400: no such field"]
    assert writer.deadline() is None


def test_a_disk_that_takes_nothing_is_told_once(tmp_path: Path, server: Server) -> None:
    (tmp_path / "file").touch()
    writer = PointWriter(lines_of, PointBuffer(tmp_path / "file" / "points.sqlite", 1), server)
    (note,) = writer.handle(Started(), at(0))
    assert isinstance(note, Note)
    assert "points wait on the disk" in note.text
    assert writer.handle(point(1), at(1)) == ()
