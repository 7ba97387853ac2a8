"""The keeper of the open slot syncs in time, and lives on when the disk does not."""

import errno
import os
from pathlib import Path

import pytest

from gw_spaceheat.actors.slot_keeper import SYNC_MS, SlotKeeper
from gw_spaceheat.core.events import Event, Level, Note, Readings, Send, Started, Stopping, Urgency
from gw_spaceheat.core.telemetry.reporter import Reporter
from gw_spaceheat.stores.slot_readings import NEVER_REPORTED, Reported, SlotReadings
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import Moment
from tests.core.bench import house

SLOT_MS = 1_700_000_100_000


def at(second: float) -> Moment:
    return Moment(round(second * 1000), SLOT_MS + round(second * 1000))


def scan(second: float) -> Readings:
    return Readings("a.m", at(second).wall_ms, ("a-elt-pwr",), (second,))


def report() -> Send:
    reporter = Reporter(house(), IdSource(b"keeper"), 1000)
    reporter.due(at(0))
    (made,) = reporter.due(at(301))
    return Send("uplink", "a", made, Urgency.HELD, made.message_id)


def notes(effects: object) -> list[tuple[Level, str]]:
    return [(each.level, each.text) for each in effects if isinstance(each, Note)]  # type: ignore[attr-defined]


@pytest.fixture
def store(tmp_path: Path) -> SlotReadings:
    files = SlotReadings(tmp_path / "slots")
    files.open(NEVER_REPORTED)
    return files


@pytest.fixture
def keeper(store: SlotReadings) -> SlotKeeper:
    actor = SlotKeeper(store)
    assert actor.handle(Started(), at(0)) == []
    return actor


def found(tmp_path: Path, reported: Reported = NEVER_REPORTED) -> tuple[Readings, ...]:
    files = SlotReadings(tmp_path / "slots")
    files.open(reported)
    return files.unreported()


def test_a_scan_is_on_disk_at_once_and_synced_in_time(
    keeper: SlotKeeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncs: list[int] = []
    monkeypatch.setattr(os, "fdatasync", syncs.append)
    assert keeper.deadline() is None
    for second in range(10):
        assert keeper.handle(scan(second), at(second)) == ()
    assert found(tmp_path) == tuple(scan(second) for second in range(10))
    assert (keeper.deadline(), syncs) == (SYNC_MS, [])
    assert keeper.wake(at(9.9)) == ()
    assert syncs == []
    assert keeper.wake(at(10)) == ()
    assert (keeper.deadline(), len(syncs)) == (None, 1)


def test_a_report_ends_what_it_holds(keeper: SlotKeeper, tmp_path: Path) -> None:
    for second in (0, 299, 300.5):
        keeper.handle(scan(second), at(second))
    assert keeper.handle(report(), at(301)) == ()
    last = Reported(SLOT_MS // 1000 + 300, at(301).wall_ms)
    assert found(tmp_path, last) == (scan(300.5),)


@pytest.mark.parametrize("event", [Started(), Stopping()], ids=lambda event: type(event).__name__)
def test_at_the_start_and_at_the_end_all_is_durable(event: Event, keeper: SlotKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs: list[int] = []
    keeper.handle(scan(1), at(1))
    monkeypatch.setattr(os, "fdatasync", syncs.append)
    keeper.handle(event, at(2))
    assert (keeper.deadline(), len(syncs)) == (None, 1)


def test_a_full_disk_is_told_once_and_once_when_it_is_over(
    keeper: SlotKeeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "pwrite", full)
        ((level, text),) = notes(keeper.handle(scan(1), at(1)))
        assert level is Level.WARNING
        assert "No space left" in text
        assert notes(keeper.handle(scan(2), at(2))) == []
        assert notes(keeper.wake(at(11))) == []
        assert keeper.deadline() == at(11).mono_ms + SYNC_MS
    assert notes(keeper.wake(at(21))) == [(Level.INFO, "open slot: its readings are kept on disk again")]
    assert found(tmp_path) == (scan(1), scan(2))


def test_what_was_unreadable_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "slots" / "even").mkdir(parents=True)
    files = SlotReadings(tmp_path / "slots")
    files.open(NEVER_REPORTED)
    told = notes(SlotKeeper(files).handle(Started(), at(0)))
    assert any("cannot be read" in text for _level, text in told)
