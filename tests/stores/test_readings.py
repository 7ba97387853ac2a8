"""What the Ear keeps is read back exactly once, whatever happened while it was written."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.core.events import Persist
from gw_spaceheat.messages.base import Message
from gw_spaceheat.stores import readings as module
from gw_spaceheat.stores.faults import StoreBusyError, StoreError
from gw_spaceheat.stores.query import ReadingRow, export, houses, tail
from gw_spaceheat.stores.readings import MESSAGES, READINGS, ReadingsStore, read_day, seal
from gw_spaceheat.vocabulary.moment import DAY_MS
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.heard import HOUSE, MIDNIGHT_MS, SCADA, layout, power, report_event, uuid

T = MIDNIGHT_MS
TANK = {"tank": TelemetryName.WaterTempCTimes1000}


def keep(store: ReadingsStore, message: Message, arrived_ms: int = T, message_id: str = "", house: str = HOUSE) -> None:
    store.keep(Persist(house, arrived_ms, SCADA, "a", message_id, message))


@pytest.fixture
def store(tmp_path: Path) -> ReadingsStore:
    store = ReadingsStore(tmp_path)
    store.open()
    return store


def day(folder: Path, name: str = "2018-01-08") -> Path:
    return folder / HOUSE / name


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def everything(folder: Path) -> list[ReadingRow]:
    return export(folder, HOUSE, 0, 2**62)


def test_messages_and_readings_come_back_as_they_were(tmp_path: Path, store: ReadingsStore) -> None:
    keep(store, layout(TANK), T)
    keep(
        store,
        report_event(1, {"tank": [(T - 60_000, 51_000), (T - 120_000, 50_500)], "odd": [(T - 60_000, 7)]}),
        T + 5,
        uuid(1),
    )
    keep(store, power(4321), T + 9)
    store.commit()
    assert everything(tmp_path) == [
        ReadingRow(T - 120_000, "tank", 50.5, "degC"),
        ReadingRow(T - 60_000, "odd", 7.0, "counts"),
        ReadingRow(T - 60_000, "tank", 51.0, "degC"),
    ]
    rows = tail(tmp_path, HOUSE, 10)
    assert [(row.arrived_ms, row.src, row.dst, row.type_name, row.message_id) for row in rows] == [
        (T, SCADA, "a", "layout.lite", ""),
        (T + 5, SCADA, "a", "report.event", uuid(1)),
        (T + 9, SCADA, "a", "power.watts", ""),
    ]
    assert json.loads(rows[-1].payload) == {"TypeName": "power.watts", "Watts": 4321, "Version": "000"}
    assert [row.type_name for row in tail(tmp_path, HOUSE, 1)] == ["power.watts"]


def test_readings_are_chosen_by_time_and_channel(tmp_path: Path, store: ReadingsStore) -> None:
    keep(store, report_event(1, {name: [(T + 1000 * k, k) for k in range(5)] for name in ("a", "b", "c")}))
    store.commit()
    rows = export(tmp_path, HOUSE, T + 1000, T + 3000, ["a", "c", "nothing"])
    assert [(row.taken_ms - T, row.channel, row.value) for row in rows] == [
        (1000, "a", 1),
        (1000, "c", 1),
        (2000, "a", 2),
        (2000, "c", 2),
    ]
    assert export(tmp_path, HOUSE, T, T + 1, ["nothing"]) == []


def test_nothing_is_on_disk_before_a_commit_and_a_commit_without_news_writes_nothing(
    tmp_path: Path, store: ReadingsStore
) -> None:
    keep(store, power(1))
    assert not (tmp_path / HOUSE).exists()
    store.commit()
    store.commit()
    assert names(day(tmp_path)) == ["messages-000001.parquet"]


def test_many_rows_are_written_without_waiting_for_a_commit(
    tmp_path: Path, store: ReadingsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_ROWS_WAITING", 10)
    keep(store, report_event(1, {"a": [(T + k, k) for k in range(20)]}))
    assert names(day(tmp_path)) == ["messages-000001.parquet", "readings-000001.parquet"]


def test_what_was_sent_twice_is_read_once(tmp_path: Path, store: ReadingsStore) -> None:
    for arrived_ms in (T, T + 6000, T + DAY_MS):
        keep(store, report_event(1, {"a": [(T, 1)]}), arrived_ms, uuid(1))
        store.commit()
    assert len(everything(tmp_path)) == 1
    assert len(tail(tmp_path, HOUSE, 10)) == 1


def test_equal_messages_without_an_identifier_are_all_read(tmp_path: Path, store: ReadingsStore) -> None:
    for arrived_ms in (T, T + 1, T + 2):
        keep(store, power(500), arrived_ms)
    store.commit()
    assert len(tail(tmp_path, HOUSE, 10)) == 3
    assert [row.arrived_ms for row in tail(tmp_path, HOUSE, 2)] == [T + 1, T + 2]


def test_a_day_that_has_ended_is_sealed_into_one_sorted_file_each(tmp_path: Path, store: ReadingsStore) -> None:
    for number in range(3):
        keep(
            store,
            report_event(number, {"b": [(T + number, number)], "a": [(T - number, number)]}),
            T + 10 - number,
            uuid(number),
        )
        store.commit()
    assert len(names(day(tmp_path))) == 6
    before = everything(tmp_path)
    keep(store, power(1), T + DAY_MS)
    store.commit()
    assert names(day(tmp_path)) == ["messages.parquet", "readings.parquet"]
    assert everything(tmp_path) == before
    table = pq.read_table(day(tmp_path) / "readings.parquet")
    assert list(zip(table["channel"].to_pylist(), table["taken_ms"].to_pylist(), strict=True)) == [
        ("a", T - 2), ("a", T - 1), ("a", T), ("b", T), ("b", T + 1), ("b", T + 2)
    ]  # fmt: skip
    assert pq.read_table(day(tmp_path) / "messages.parquet")["arrived_ms"].to_pylist() == [T + 8, T + 9, T + 10]


def test_what_arrives_for_a_sealed_day_is_added_and_sealed_with_the_next(tmp_path: Path, store: ReadingsStore) -> None:
    for arrived_ms in (T, T + DAY_MS, T + 1, T + 2 * DAY_MS):  # the third: the clock was set back
        keep(store, power(1), arrived_ms)
        store.commit()
        assert len(tail(tmp_path, HOUSE, 10)) == len(tail(tmp_path, HOUSE, 100))
    assert names(day(tmp_path)) == ["messages.parquet"]
    assert pq.read_table(day(tmp_path) / "messages.parquet")["arrived_ms"].to_pylist() == [T, T + 1]
    assert len(tail(tmp_path, HOUSE, 10)) == 4


def crash_points(tmp_path: Path, store: ReadingsStore) -> Path:
    """A day with three parts of each table, 3 messages and 3 readings."""
    for number in range(3):
        keep(store, report_event(number, {"a": [(T + number, number)]}), T + number, uuid(number))
        store.commit()
    return day(tmp_path)


def rows_of(folder: Path) -> tuple[int, int]:
    return read_day(folder, MESSAGES).num_rows, read_day(folder, READINGS).num_rows


def test_a_crash_after_sealing_and_before_deleting_doubles_nothing(tmp_path: Path, store: ReadingsStore) -> None:
    folder = crash_points(tmp_path, store)
    parts = {path.name: path.read_bytes() for path in folder.iterdir()}
    seal(folder)
    for name, content in parts.items():
        (folder / name).write_bytes(content)
    assert rows_of(folder) == (3, 3)
    (folder / "messages-000001.parquet").unlink()  # it had come as far as this
    assert rows_of(folder) == (3, 3)
    keep(store, power(1), T + 7)
    store.commit()
    assert rows_of(folder) == (4, 3)
    seal(folder)
    assert rows_of(folder) == (4, 3)
    assert names(folder) == ["messages.parquet", "readings.parquet"]


def test_a_day_that_is_sealed_while_it_is_read_is_read_once(
    tmp_path: Path, store: ReadingsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = crash_points(tmp_path, store)
    find_parts = module._parts
    sealed = []

    def parts_then_seal(day_folder: Path, table: str) -> list[tuple[int, Path]]:
        found = find_parts(day_folder, table)
        if not sealed:
            sealed.append(True)
            seal(folder)
        return found

    monkeypatch.setattr(module, "_parts", parts_then_seal)
    assert rows_of(folder) == (3, 3)


def test_a_part_that_vanishes_while_it_is_read_is_looked_for_again(
    tmp_path: Path, store: ReadingsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = crash_points(tmp_path, store)
    read_rows = module._read_rows
    opened = []

    def seal_then_read(source: object, *rest: object) -> object:
        opened.append(source)
        if len(opened) == 2:
            seal(folder)
        return read_rows(source, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_read_rows", seal_then_read)
    assert rows_of(folder) == (3, 3)


def test_files_that_vanish_again_and_again_are_told(
    tmp_path: Path, store: ReadingsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = crash_points(tmp_path, store)

    def gone(*_: object) -> object:
        raise FileNotFoundError

    monkeypatch.setattr(module, "_read_rows", gone)
    with pytest.raises(StoreError, match="vanish"):
        read_day(folder, MESSAGES)


def test_a_crash_while_writing_leaves_nothing_to_read_and_is_cleared_away(tmp_path: Path, store: ReadingsStore) -> None:
    folder = crash_points(tmp_path, store)
    (folder / ".messages-000004.parquet.new").write_bytes(b"PAR1 half a fi")
    (folder / ".readings.parquet.new").write_bytes(b"")
    assert rows_of(folder) == (3, 3)
    seal(folder)
    assert names(folder) == ["messages.parquet", "readings.parquet"]


def test_a_disk_that_fails_once_loses_and_doubles_nothing(
    tmp_path: Path, store: ReadingsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, report_event(1, {"a": [(T, 1)]}), T, uuid(1))
    fsync = module.os.fsync
    calls = []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 4:  # folder made, message part written and named; then the part of the readings
            raise OSError(28, "No space left on device")
        fsync(descriptor)

    monkeypatch.setattr(module.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.commit()
    store.commit()
    assert rows_of(day(tmp_path)) == (1, 1)


def test_numbers_of_parts_go_on_after_a_restart(tmp_path: Path, store: ReadingsStore) -> None:
    crash_points(tmp_path, store)
    store.close()
    store.close()
    again = ReadingsStore(tmp_path)
    again.open()
    keep(again, report_event(9, {"a": [(T + 9, 9)]}), T + 9, uuid(9))
    again.close()
    assert rows_of(day(tmp_path)) == (4, 4)


def test_units_are_known_after_a_restart_and_for_readings_before_the_layout(tmp_path: Path, store: ReadingsStore) -> None:
    keep(store, report_event(1, {"tank": [(T, 1_000)]}), T, uuid(1))
    keep(store, layout(TANK), T + 1)
    store.close()
    again = ReadingsStore(tmp_path)
    again.open()
    keep(again, report_event(2, {"tank": [(T + 5, 2_000)]}), T + DAY_MS, uuid(2))
    again.close()
    assert everything(tmp_path) == [ReadingRow(T, "tank", 1.0, "degC"), ReadingRow(T + 5, "tank", 2.0, "degC")]


def test_one_writer_at_a_time(tmp_path: Path, store: ReadingsStore) -> None:
    second = ReadingsStore(tmp_path)
    with pytest.raises(StoreBusyError, match="another Ear writes"):
        second.open()
    store.close()
    second.open()
    second.close()


@pytest.mark.parametrize("house", ["../elsewhere", "/etc", "a/b", "", ".", "..", "A.b", "a..b", "x" * 201])
def test_no_name_of_a_house_leads_out_of_the_folder(tmp_path: Path, store: ReadingsStore, house: str) -> None:
    with pytest.raises(StoreError, match="no alias"):
        keep(store, power(1), house=house)
    with pytest.raises(StoreError, match="no alias"):
        tail(tmp_path, house, 1)
    with pytest.raises(StoreError, match="no alias"):
        export(tmp_path, house, 0, 1)
    assert names(tmp_path) == [".lock"]


def test_a_house_of_which_nothing_is_kept_is_told_with_those_that_are(tmp_path: Path, store: ReadingsStore) -> None:
    assert houses(tmp_path) == []
    assert houses(tmp_path / "nowhere") == []
    keep(store, power(1))
    store.commit()
    assert houses(tmp_path) == [HOUSE]
    with pytest.raises(StoreError, match=r"nothing is kept of d1\.other .* there is: d1\.test\.house"):
        tail(tmp_path, "d1.other", 1)


def test_the_files_are_delta_encoded_and_compressed(tmp_path: Path, store: ReadingsStore) -> None:
    keep(store, report_event(1, {"a": [(T + 5000 * k, 50_000 + k) for k in range(1000)]}))
    store.commit()
    group = pq.read_metadata(day(tmp_path) / "readings-000001.parquet").row_group(0)
    columns = {group.column(index).path_in_schema: group.column(index) for index in range(group.num_columns)}
    assert {column.compression for column in columns.values()} == {"ZSTD"}
    for name in ("value", "taken_ms", "arrived_ms"):
        assert "DELTA_BINARY_PACKED" in columns[name].encodings
    assert sum(column.total_compressed_size for column in columns.values()) < 3 * 1000


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 3 * DAY_MS), st.sampled_from(["a", "b", "c"]), st.integers(-(2**63), 2**63 - 1), st.booleans()
        ),
        min_size=1,
        max_size=30,
    )
)
def test_every_reading_comes_back_once_in_whatever_order_things_happen(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, str, int, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("ear")
    store = ReadingsStore(folder)
    store.open()
    for number, (later_ms, channel, value, commit) in enumerate(steps):
        keep(store, report_event(number, {channel: [(T + number, value)]}), T + later_ms, uuid(number))
        if commit:
            store.commit()
    store.close()
    assert [(row.taken_ms - T, row.channel, row.value) for row in everything(folder)] == [
        (number, channel, float(value)) for number, (_, channel, value, _) in enumerate(steps)
    ]
    assert len(tail(folder, HOUSE, 1000)) == len(steps)
    days = {datetime.fromtimestamp((T + later_ms) / 1000, UTC).date().isoformat() for later_ms, *_ in steps}
    assert {path.name for path in (folder / HOUSE).iterdir()} == days
