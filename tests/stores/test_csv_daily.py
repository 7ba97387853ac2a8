"""Files of a house's day: every reading once, in its day, in order, whatever comes between."""

import os
import random
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gw_spaceheat.stores import csv_daily
from gw_spaceheat.stores.csv_daily import JOURNAL, Added, CsvDaily, CsvError, Layout, Row
from gw_spaceheat.stores.faults import StoreBusyError

MAINE = ZoneInfo("America/New_York")


def us(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000_000)


NOON = us("2026-06-21T16:00:00")


def row(seconds: float = 0.0, house: str = "h", meter_w: float = 500.0, pv_w: float = 120.0) -> Row:
    return Row(house, NOON + round(seconds * 1e6), meter_w, pv_w)


def opened(folder: Path, layout: Layout = Layout.NET) -> CsvDaily:
    store = CsvDaily(folder, UTC if layout is Layout.ORIGINAL else MAINE, layout)
    store.open()
    return store


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_a_row_is_local_time_and_meter_less_pv(tmp_path: Path) -> None:
    store = opened(tmp_path)
    assert store.add([row(), row(10.25, pv_w=620.0), row(20, meter_w=10.55, pv_w=0.0)]) == Added(3, 0)
    assert lines(tmp_path / "h_20260621.csv") == [
        "timestamp,meter_w,pv_w,net_w",
        "2026-06-21T12:00:00-04:00,500,120,380",
        "2026-06-21T12:00:10.250000-04:00,500,620,-120",
        "2026-06-21T12:00:20-04:00,10.55,0,10.55",
    ]
    store.close()


def test_the_files_of_2021(tmp_path: Path) -> None:
    store = opened(tmp_path, Layout.ORIGINAL)
    store.add([Row("HOUSE_A", 1_700_006_399_000_000, 3434, 12), Row("HOUSE_A", 1_700_006_400_561_638, 1, 2)])
    store.close()
    assert (tmp_path / "HOUSE_A_20231114.csv").read_bytes() == (
        b"timestamp,meter_power_value,PV_power_value,sum_of_powers\r\n1700006399.0,3434,12,3446\r\n"
    )
    assert (tmp_path / "HOUSE_A_20231115.csv").read_bytes().endswith(b"\r\n1700006400.561638,1,2,3\r\n")
    store = opened(tmp_path, Layout.ORIGINAL)
    assert store.add([Row("HOUSE_A", 1_700_006_400_561_638, 1, 2)]) == Added(0, 1)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-08", 23), ("2026-11-01", 25), ("2026-06-21", 24)], ids=["spring", "autumn", "summer"]
)
def test_days_are_local_and_have_as_many_hours_as_they_have(tmp_path: Path, day: str, hours: int) -> None:
    store = opened(tmp_path)
    start = us(f"{day}T00:00:00") - 86_400_000_000
    rows = [Row("h", start + quarter * 900_000_000, 1.0, 0.0) for quarter in range(4 * 72)]
    assert store.add(rows).written == len(rows)
    path = tmp_path / f"h_{day.replace('-', '')}.csv"
    assert len(lines(path)) == 1 + 4 * hours
    assert sum(len(lines(path)) - 1 for path in tmp_path.glob("*.csv")) == len(rows), "each row is in exactly one file"
    assert all(line.startswith(day) for line in lines(path)[1:])
    store.close()


def test_what_comes_again_is_not_written_again(tmp_path: Path) -> None:
    store = opened(tmp_path)
    rows = [row(10 * number) for number in range(5)]
    assert store.add([*rows, rows[2]]) == Added(5, 1)
    assert store.add(rows[3:]) == Added(0, 2)
    store.close()
    store = opened(tmp_path)
    assert store.add([*rows, row(50)]) == Added(1, 5)
    assert len(lines(tmp_path / "h_20260621.csv")) == 7
    store.close()


def test_what_comes_late_is_put_at_its_place(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.add([row(0), row(40)])
    assert store.add([row(20), row(50), row(40), row(10)]) == Added(3, 1)
    assert store.add([row(45)]) == Added(1, 0)
    times = [line.split(",")[0] for line in lines(tmp_path / "h_20260621.csv")[1:]]
    assert [time[17:19] for time in times] == ["00", "10", "20", "40", "45", "50"]
    store.close()


def test_houses_do_not_mix(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.add([row(number, house) for number in range(3) for house in ("a", "a_1", "b.c")])
    assert {path.name: len(lines(path)) for path in tmp_path.glob("*.csv")} == {
        "a_20260621.csv": 4,
        "a_1_20260621.csv": 4,
        "b.c_20260621.csv": 4,
    }
    store.close()


def abandoned(store: CsvDaily) -> None:
    """As if the process had been killed: nothing is settled, the lock goes."""
    assert store._journal is not None
    os.close(store._journal)
    store._journal = None
    store._lock.give_back()


@pytest.mark.parametrize("lost_bytes", [0, 1, 20, 45, 80, 10_000])
def test_whatever_of_the_file_was_lost_is_in_the_journal(tmp_path: Path, lost_bytes: int) -> None:
    store = opened(tmp_path)
    store.add([row(10 * number) for number in range(3)])
    abandoned(store)
    path = tmp_path / "h_20260621.csv"
    whole = path.read_bytes()
    path.write_bytes(whole[: max(len(whole) - lost_bytes, 0)])
    store = opened(tmp_path)
    store.close()
    assert path.read_bytes() == whole
    assert (tmp_path / JOURNAL).stat().st_size == 0


def test_a_journal_that_was_not_finished(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.add([row(0), row(10)])
    abandoned(store)
    with (tmp_path / JOURNAL).open("ab") as file:
        file.write(b'["h",17820')
    (tmp_path / "h_20260621.csv").unlink()
    store = opened(tmp_path)
    assert len(lines(tmp_path / "h_20260621.csv")) == 3
    assert store.add([row(20)]) == Added(1, 0)
    store.close()


def test_a_disk_that_is_full_loses_nothing_that_was_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = opened(tmp_path)
    store.add([row(0)])
    real = csv_daily._append

    def full(descriptor: int, data: bytes, at: int | None) -> None:
        if at is None:
            real(descriptor, data[:10], None)
            raise OSError(28, "No space left on device")
        real(descriptor, data, at)

    monkeypatch.setattr(csv_daily, "_append", full)
    with pytest.raises(OSError, match="No space"):
        store.add([row(10), row(20)])
    monkeypatch.undo()
    abandoned(store)
    store = opened(tmp_path)
    assert store.add([row(20), row(30)]) == Added(1, 1)
    assert len(lines(tmp_path / "h_20260621.csv")) == 5
    store.close()


def test_the_journal_is_emptied_when_it_has_grown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_daily, "MOST_JOURNAL_BYTES", 1000)
    store = opened(tmp_path)
    for number in range(100):
        store.add([row(number)])
        assert (tmp_path / JOURNAL).stat().st_size <= 1100
    store.close()
    assert len(lines(tmp_path / "h_20260621.csv")) == 101


def test_one_process_writes_a_folder(tmp_path: Path) -> None:
    store = opened(tmp_path)
    with pytest.raises(StoreBusyError, match="CSV files"):
        opened(tmp_path)
    store.close()
    opened(tmp_path).close()


def test_a_file_of_somebody_else_is_not_written_into(tmp_path: Path) -> None:
    path = tmp_path / "h_20260621.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    store = opened(tmp_path)
    with pytest.raises(CsvError, match=r"h_20260621\.csv"):
        store.add([row()])
    assert path.read_text(encoding="utf-8") == "a,b\n1,2\n"


@pytest.mark.parametrize("seed", range(6))
def test_whatever_comes_and_whenever_it_ends_each_row_is_there_once_and_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Repeats, late ones and new ones; the process ends by a kill or in order, and a file may lose its last bytes."""
    monkeypatch.setattr(csv_daily, "MOST_JOURNAL_BYTES", 3000)
    monkeypatch.setattr(csv_daily, "MOST_KNOWN_FILES", 2)
    chance = random.Random(seed)
    kept: set[tuple[str, int]] = set()
    store = opened(tmp_path)
    newest = 0
    for _ in range(40):
        newest += chance.randrange(3000)
        moments = [max(newest - chance.choice((0, 10, 20, 4000)), 0) for _ in range(chance.randrange(12))]
        batch = [row(moment, chance.choice("abc")) for moment in moments]
        added = store.add(batch)
        fresh = {(one.house, one.taken_us) for one in batch} - kept
        assert added == Added(len(fresh), len(batch) - len(fresh))
        kept |= fresh
        how = chance.randrange(6)
        if how == 0:
            store.close()
        elif how == 1:
            unsynced = sorted(store._unsynced)
            abandoned(store)
            for path in unsynced:  # what a power cut may take: of what was not synced, the end
                lines_in_journal = (tmp_path / JOURNAL).read_bytes().count(f'["{path.name[0]}"'.encode())
                if lines_in_journal:
                    path.write_bytes(path.read_bytes()[: -chance.randrange(1, 30)])
        if how < 2:
            store = opened(tmp_path)
    store.close()
    found = []
    for path in tmp_path.glob("*.csv"):
        times = [datetime.fromisoformat(line.split(",")[0]) for line in lines(path)[1:]]
        assert times == sorted(times)
        assert {f"{time:%Y%m%d}" for time in times} == {path.stem[-8:]}
        found += [(path.name[0], round(time.timestamp() * 1e6)) for time in times]
    assert len(found) == len(kept)
    assert set(found) == kept
