"""Readings that no report holds yet: found again whole, whatever process or power did, and never beyond their report."""

import errno
import os
from pathlib import Path

import pytest

from gw_spaceheat.core.events import Readings
from gw_spaceheat.core.timekeeper import Dating
from gw_spaceheat.stores.journal import Journal, write_whole
from gw_spaceheat.stores.slot_readings import FILES, NEVER_REPORTED, Reported, SlotReadings
from tests.stores.disk import Disk, Image, put

FIRST = Reported(1_700_000_100, 1_700_000_101_000)
SECOND = Reported(FIRST.to_s + 300, FIRST.made_ms + 300_000)
SIZE = 4096


def scan(second: float, after: Reported = FIRST, value: float | None = 0.5) -> Readings:
    return Readings("a.m", round((after.to_s + second) * 1000), ("a-elt-pwr", "a-elt-volts"), (value, None))


def opened(folder: Path, reported: Reported = FIRST, size: int = SIZE) -> SlotReadings:
    store = SlotReadings(folder, size)
    store.open(reported)
    return store


def found(folder: Path, reported: Reported = FIRST) -> tuple[Readings, ...]:
    """What a process finds that begins now."""
    return opened(folder, reported).unreported()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "slots"


@pytest.fixture
def store(folder: Path) -> SlotReadings:
    begun = opened(folder)
    begun.sync()
    return begun


def test_what_was_kept_is_found_without_a_sync_or_a_close(store: SlotReadings, folder: Path) -> None:
    scans = (scan(0), scan(10), scan(20, value=-1e9))
    for each in scans:
        store.keep(each)
    assert found(folder) == scans


def test_what_is_in_a_report_is_forgotten_and_what_came_after_it_is_not(store: SlotReadings, folder: Path) -> None:
    for second in (0, 299.999, 300, 300.5):
        store.keep(scan(second))
    store.reported(SECOND)
    store.keep(scan(301))
    store.keep(scan(250))  # too late for its own slot
    assert found(folder, SECOND) == (scan(300), scan(300.5), scan(301), scan(250))


def test_a_report_that_the_file_has_not_heard_of(store: SlotReadings, folder: Path) -> None:
    """Killed between the two: the report was durably made."""
    for second in (0, 299.999, 300):
        store.keep(scan(second))
    assert found(folder, SECOND) == (scan(300),)


def test_a_report_of_which_only_the_file_knows(store: SlotReadings, folder: Path) -> None:
    """It could not be kept elsewhere; what it held is not reported again."""
    store.keep(scan(0))
    store.keep(scan(300))
    store.reported(SECOND)
    assert found(folder, FIRST) == (scan(300),)


def test_a_slot_that_is_reported_in_two_parts(folder: Path) -> None:
    """After an orderly stop within the slot, reported to its end, the next process reads on in it, and is killed."""
    second = opened(folder, SECOND)
    second.sync()
    second.keep(scan(200))
    assert found(folder, SECOND) == (scan(200),)
    assert found(folder, SECOND._replace(made_ms=SECOND.made_ms + 150_000)) == ()


def test_it_outlives_several_processes(store: SlotReadings, folder: Path) -> None:
    expected = []
    for second in range(5):
        store.keep(scan(second))
        expected.append(scan(second))
        store = opened(folder)
        assert store.unreported() == tuple(expected)
        store.sync()


def test_nothing_was_ever_kept(folder: Path) -> None:
    assert found(folder, NEVER_REPORTED) == ()
    assert not folder.exists()


@pytest.mark.parametrize("left", [1, 19, 21, 60])
def test_a_torn_record_costs_itself_only(store: SlotReadings, folder: Path, left: int) -> None:
    store.keep(scan(0))
    (path,) = [folder / name for name in FILES if (folder / name).exists()]
    before = path.read_bytes()
    store.keep(scan(10))
    after = path.read_bytes()
    at = next(index for index in range(SIZE) if before[index] != after[index])
    path.write_bytes(after[: at + left] + before[at + left :])
    assert found(folder) == (scan(0),)
    again = opened(folder)
    again.sync()
    again.keep(scan(20))
    assert found(folder) == (scan(0), scan(20))


def test_where_the_newer_file_is_damaged_the_older_one_stands(store: SlotReadings, folder: Path) -> None:
    store.keep(scan(0))
    first = {name for name in FILES if (folder / name).exists()}
    store.reported(Reported(FIRST.to_s, FIRST.made_ms + 1))
    (newer,) = {name for name in FILES if (folder / name).exists()} - first
    damaged = bytearray((folder / newer).read_bytes())
    damaged[25] ^= 0xFF
    (folder / newer).write_bytes(damaged)
    again = opened(folder)
    assert again.unreported() == (scan(0),)
    again.sync()
    again.keep(scan(10))
    assert found(folder) == (scan(0), scan(10))


def test_a_file_of_another_version_is_told_and_replaced(folder: Path) -> None:
    folder.mkdir()
    strange = Journal(folder / FILES[1], SIZE)
    strange.open()
    strange.begin(7)
    strange.write(b"\x93\x01\x02\x03")
    store = opened(folder)
    (text,) = store.troubles()
    assert "cannot be understood" in text
    assert (store.unreported(), store.troubles()) == ((), [])
    store.sync()
    store.keep(scan(0))
    assert found(folder) == (scan(0),)


def test_a_file_that_cannot_be_read_is_told(folder: Path) -> None:
    (folder / FILES[0]).mkdir(parents=True)
    (text,) = opened(folder).troubles()
    assert "cannot be read" in text


def test_more_than_fits_is_refused_until_the_next_report(store: SlotReadings, folder: Path) -> None:
    kept = []
    with pytest.raises(OSError, match="more readings") as refused:
        for second in range(1000):
            store.keep(scan(second / 10))
            kept.append(scan(second / 10))
    assert refused.value.errno == errno.EFBIG
    assert 10 < len(kept) < SIZE // 20
    with pytest.raises(OSError, match="more readings"):
        store.sync()
    assert found(folder) == tuple(kept)
    store.reported(SECOND)
    store.sync()
    store.keep(scan(300))
    assert found(folder, SECOND) == (scan(300),)


@pytest.mark.parametrize("call", ["pwrite", "fdatasync"])
def test_what_a_failing_disk_did_not_take_is_written_when_it_does(
    call: str, store: SlotReadings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    store.keep(scan(0))
    with monkeypatch.context() as patched:
        patched.setattr(os, call, fails)
        with pytest.raises(OSError, match="No space"):
            store.keep(scan(10))
            store.sync()
        store.keep(scan(20))  # told once; the next sync tries
        with pytest.raises(OSError, match="No space"):
            store.sync()
    store.sync()
    assert found(folder) == (scan(0), scan(10), scan(20))


def test_whatever_moment_the_process_or_the_power_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was synced is found in every image of the disk, and in order; nothing is found that was not kept, or twice."""
    folder = tmp_path / "slots"
    folder.mkdir()
    for name in FILES:
        write_whole(folder / name, bytes(SIZE))
    durable: list[Readings] = []
    reported = FIRST
    kept: list[Readings] = []

    def look(image: Image) -> None:
        shown = found(put(image, tmp_path / f"image-{disk.images}"), reported)
        assert list(shown[: len(durable)]) == durable
        assert list(shown) == kept[: len(shown)]

    disk = Disk(folder, look)
    with monkeypatch.context() as patched:
        for name in FILES:
            disk.durable[(folder / name).stat().st_ino] = bytes(SIZE)
            disk.names[name] = (folder / name).stat().st_ino
        disk.watch(patched)
        store = opened(folder)
        store.sync()
        for turn in range(3):
            for second in (0, 10, 20, 300):
                kept.append(scan(second + turn * 300))
                store.keep(kept[-1])
            store.sync()
            durable[:] = kept
            reported = Reported(reported.to_s + 300, reported.made_ms + 300_000)
            kept[:] = [each for each in kept if each.taken_ms >= reported.to_s * 1000]
            durable[:] = kept
            store.reported(reported)
    assert disk.images > 50


# a clock that has yet to be set


UNDATED_MS = FIRST.to_s * 1000 + 100_000
AWAITED, SET = Dating("boot", 0, UNDATED_MS), Dating("boot", 0, UNDATED_MS, 3_600_000)


@pytest.fixture
def undated(folder: Path) -> SlotReadings:
    """Two scans of a boot before, and two of a boot whose clock has yet to be set."""
    before = opened(folder)
    before.sync()
    before.keep(scan(0))
    before.keep(scan(10))
    store = opened(folder)
    store.undated_from(UNDATED_MS)
    store.sync()
    store.keep(scan(100))
    store.keep(scan(110))
    return store


def test_scans_are_corrected_when_the_clock_is_set(undated: SlotReadings, folder: Path) -> None:
    right = (scan(0), scan(10), scan(3700), scan(3710))
    undated.correct(UNDATED_MS, 3_600_000)
    undated.keep(scan(3720))
    assert undated.unreported() == found(folder) == (*right, scan(3720))
    again = SlotReadings(folder, SIZE)
    again.open(FIRST, SET)
    assert again.unreported() == (*right, scan(3720)), "corrected once"


def test_killed_before_it_was_corrected(undated: SlotReadings, folder: Path) -> None:
    """How labels are made is durable before anybody is told."""
    store = SlotReadings(folder, SIZE)
    store.open(FIRST, SET)
    assert store.unreported() == (scan(0), scan(10), scan(3700), scan(3710))


@pytest.mark.parametrize("dating", [AWAITED, None, Dating("other", 0), Dating("other", 0, UNDATED_MS + 1, 5)])
def test_what_nobody_can_date_stays_as_it_is(undated: SlotReadings, folder: Path, dating: Dating | None) -> None:
    store = SlotReadings(folder, SIZE)
    store.open(FIRST, dating)
    assert store.unreported() == (scan(0), scan(10), scan(100), scan(110))
    assert store.newest_ms() == scan(110).taken_ms


def test_without_scans_the_last_report_is_the_newest(folder: Path) -> None:
    assert opened(folder).newest_ms() == FIRST.made_ms
    assert opened(folder, NEVER_REPORTED).newest_ms() == 0
