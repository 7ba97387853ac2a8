"""What the Ear keeps is read back exactly once, whatever happened while it was written."""

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.core.events import Persist
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.gws_given_up import GwsGivenUp
from gw_spaceheat.stores import readings as module
from gw_spaceheat.stores.faults import StoreBusyError, StoreError
from gw_spaceheat.stores.message_journal import MessageJournal
from gw_spaceheat.stores.query import (
    ReadingRow,
    Span,
    StoredCount,
    ThinnedRow,
    export,
    houses,
    stored_counts,
    tail,
    thinned,
    unsent,
)
from gw_spaceheat.stores.readings import JOURNAL_FILE, MESSAGES, READINGS, SCHEMAS, THINNED, ReadingsStore, read_day
from gw_spaceheat.vocabulary.moment import DAY_MS
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.heard import HOUSE, MIDNIGHT_MS, SCADA, layout, power, report_event, thinned_report, uuid

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


def seal(store: ReadingsStore, before_ms: int | None = None) -> None:
    """Seal all that can be."""
    while store.seal_next(before_ms):
        pass


def test_nothing_is_there_before_a_commit_and_a_day_is_not_sealed_before_it_ends(tmp_path: Path, store: ReadingsStore) -> None:
    keep(store, power(1))
    assert houses(tmp_path) == []
    store.commit()
    store.commit()
    assert houses(tmp_path) == [HOUSE]
    seal(store, T + DAY_MS - 1)
    assert not (tmp_path / HOUSE).exists()
    seal(store, T + DAY_MS)
    assert names(day(tmp_path)) == ["messages.parquet"]


def test_many_messages_are_committed_without_being_asked(
    tmp_path: Path, store: ReadingsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_ROWS_WAITING", 3)
    for number in range(4):
        keep(store, power(number), T + number)
    assert len(tail(tmp_path, HOUSE, 10)) == 3


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
    keep(store, power(1), T + DAY_MS)
    store.commit()
    before = everything(tmp_path)
    seal(store, T + DAY_MS)
    assert names(tmp_path / HOUSE) == ["2018-01-08"]
    assert names(day(tmp_path)) == ["messages.parquet", "readings.parquet"]
    assert everything(tmp_path) == before
    assert len(tail(tmp_path, HOUSE, 10)) == 4
    table = pq.read_table(day(tmp_path) / "readings.parquet")
    assert list(zip(table["channel"].to_pylist(), table["taken_ms"].to_pylist(), strict=True)) == [
        ("a", T - 2), ("a", T - 1), ("a", T), ("b", T), ("b", T + 1), ("b", T + 2)
    ]  # fmt: skip
    assert pq.read_table(day(tmp_path) / "messages.parquet")["arrived_ms"].to_pylist() == [T + 8, T + 9, T + 10]


def test_what_arrives_for_a_sealed_day_is_added_to_it(tmp_path: Path, store: ReadingsStore) -> None:
    for count, arrived_ms in enumerate((T, T + DAY_MS, T + 1, T + 2 * DAY_MS), 1):  # the third: the clock was set back
        keep(store, power(1), arrived_ms)
        store.commit()
        seal(store, arrived_ms)
        assert len(tail(tmp_path, HOUSE, 10)) == count
    assert pq.read_table(day(tmp_path) / "messages.parquet")["arrived_ms"].to_pylist() == [T, T + 1]


def three_messages(store: ReadingsStore) -> None:
    """Of one day, with a reading and a bin each."""
    for number in range(3):
        keep(store, report_event(number, {"a": [(T + number, number)]}), T + number, uuid(number))
    keep(store, thinned_report(7, 60, {"a": [(0, 5, 4, 6, 12)]}), T + 9, uuid(7))
    store.commit()


def rows_of(folder: Path) -> tuple[int, ...]:
    return tuple(read_day(folder, table).num_rows for table in (MESSAGES, READINGS, THINNED))


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("point", range(13))
def test_a_crash_at_any_point_of_sealing_loses_and_doubles_nothing(
    tmp_path: Path, store: ReadingsStore, monkeypatch: pytest.MonkeyPatch, point: int
) -> None:
    three_messages(store)
    steps = []

    def dying(step: Callable[..., object]) -> Callable[..., object]:
        def wrapped(*arguments: object, **more: object) -> object:
            steps.append(step)
            if len(steps) > point:
                raise Killed
            return step(*arguments, **more)

        return wrapped

    with monkeypatch.context() as patched:
        patched.setattr(module.os, "fsync", dying(module.os.fsync))
        patched.setattr(Path, "replace", dying(Path.replace))
        patched.setattr(MessageJournal, "prune_day", dying(MessageJournal.prune_day))
        try:
            seal(store)
        except Killed:
            assert point < 12
    if day(tmp_path).exists():
        assert rows_of(day(tmp_path)) == (4, 3, 1)
    store._journal.close()
    again = ReadingsStore(tmp_path)
    again.open()
    keep(again, power(1), T + 20)
    again.commit()
    assert len(tail(tmp_path, HOUSE, 10)) == 5
    seal(again)
    again.close()
    assert rows_of(day(tmp_path)) == (5, 3, 1)
    assert names(day(tmp_path)) == ["messages.parquet", "readings.parquet", "thinned.parquet"]


def test_a_day_that_is_sealed_while_it_is_read_is_read_once(
    tmp_path: Path, store: ReadingsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    three_messages(store)
    read_files = module._read_files
    sealed = []

    def seal_then_read(*arguments: object) -> object:
        if not sealed:
            sealed.append(True)
            monkeypatch.setattr(module, "_read_files", read_files)
            seal(store)
        return read_files(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_read_files", seal_then_read)
    assert [row.message_id for row in tail(tmp_path, HOUSE, 10)] == [uuid(0), uuid(1), uuid(2), uuid(7)]
    assert sealed
    assert rows_of(day(tmp_path)) == (4, 3, 1)


def test_a_new_journal_says_nothing_about_what_an_older_one_had_sealed(tmp_path: Path, store: ReadingsStore) -> None:
    three_messages(store)
    seal(store)
    store.close()
    (tmp_path / JOURNAL_FILE).unlink()
    again = ReadingsStore(tmp_path)
    again.open()
    keep(again, power(1), T + 20)
    again.commit()
    assert rows_of(day(tmp_path)) == (5, 3, 1)
    seal(again)
    again.close()
    assert rows_of(day(tmp_path)) == (5, 3, 1)


def write_part(folder: Path, number: int, arrived_ms: int) -> None:
    """As earlier versions wrote them, without the columns that came later."""
    folder.mkdir(parents=True, exist_ok=True)
    old = pa.schema([field for field in SCHEMAS[MESSAGES] if field.name not in {"stream", "sequence"}])
    said = ["arrived_ms", "src", "dst", "type_name", "message_id", "payload"]
    row = [[arrived_ms], [SCADA], ["a"], ["report.event"], [uuid(number)], ["{}"]]
    pq.write_table(pa.table(dict(zip(said, row, strict=True)), schema=old), folder / f"messages-{number:06d}.parquet")
    readings = [["a"], [""], [number], [arrived_ms], [arrived_ms], [uuid(number)]]
    table = pa.table(dict(zip(SCHEMAS[READINGS].names, readings, strict=True)), schema=SCHEMAS[READINGS])
    pq.write_table(table, folder / f"readings-{number:06d}.parquet")


def test_parts_of_earlier_versions_are_read_and_sealed(tmp_path: Path, store: ReadingsStore) -> None:
    for number in (1, 2):
        write_part(day(tmp_path), number, T + number)
    write_part(day(tmp_path, "2018-01-09"), 3, T + DAY_MS)
    assert [row.message_id for row in tail(tmp_path, HOUSE, 10)] == [uuid(1), uuid(2), uuid(3)]
    keep(store, power(1), T + DAY_MS + 5)
    store.commit()
    seal(store, T + DAY_MS + 9)
    assert names(day(tmp_path)) == ["messages.parquet", "readings.parquet"]
    assert names(day(tmp_path, "2018-01-09")) == ["messages-000003.parquet", "readings-000003.parquet"]
    assert len(tail(tmp_path, HOUSE, 10)) == 4
    assert len(everything(tmp_path)) == 3
    write_part(day(tmp_path), 2, T + 2)  # the crash of an earlier version: sealed, and not yet deleted
    assert len(read_day(day(tmp_path), MESSAGES)) == 2
    seal(store)
    assert names(day(tmp_path, "2018-01-09")) == ["messages.parquet", "readings.parquet"]
    assert len(tail(tmp_path, HOUSE, 10)) == 4
    assert len(everything(tmp_path)) == 3


def test_a_part_that_vanishes_while_it_is_read_is_looked_for_again(
    tmp_path: Path, store: ReadingsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_part(day(tmp_path), 1, T)
    read_rows = module._read_rows
    opened = []

    def vanish_once(source: object, *rest: object) -> object:
        opened.append(source)
        if len(opened) == 1:
            raise FileNotFoundError
        return read_rows(source, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_read_rows", vanish_once)
    assert read_day(day(tmp_path), MESSAGES).num_rows == 1


def test_files_that_vanish_again_and_again_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_part(day(tmp_path), 1, T)

    def gone(*_: object) -> object:
        raise FileNotFoundError

    monkeypatch.setattr(module, "_read_rows", gone)
    with pytest.raises(StoreError, match="vanish"):
        read_day(day(tmp_path), MESSAGES)


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
    with pytest.raises(StoreBusyError, match="another process writes"):
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
    seal(store)
    group = pq.read_metadata(day(tmp_path) / "readings.parquet").row_group(0)
    columns = {group.column(index).path_in_schema: group.column(index) for index in range(group.num_columns)}
    assert {column.compression for column in columns.values()} == {"ZSTD"}
    for name in ("value", "taken_ms", "arrived_ms"):
        assert "DELTA_BINARY_PACKED" in columns[name].encodings
    assert sum(column.total_compressed_size for column in columns.values()) < 3 * 1000


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 3 * DAY_MS),
            st.sampled_from(["a", "b", "c"]),
            st.integers(-(2**63), 2**63 - 1),
            st.sampled_from(["wait", "commit", "seal"]),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_every_reading_comes_back_once_in_whatever_order_things_happen(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, str, int, str]]
) -> None:
    folder = tmp_path_factory.mktemp("ear")
    store = ReadingsStore(folder)
    store.open()
    for number, (later_ms, channel, value, then) in enumerate(steps):
        keep(store, report_event(number, {channel: [(T + number, value)]}), T + later_ms, uuid(number))
        if then != "wait":
            store.commit()
        if then == "seal":
            seal(store, T + later_ms)
    store.close()
    assert [(row.taken_ms - T, row.channel, row.value) for row in everything(folder)] == [
        (number, channel, float(value)) for number, (_, channel, value, _) in enumerate(steps)
    ]
    assert len(tail(folder, HOUSE, 1000)) == len(steps)


@pytest.mark.parametrize("sealed", [False, True])
def test_what_is_left_of_readings_is_read_as_such(tmp_path: Path, store: ReadingsStore, sealed: bool) -> None:
    keep(store, layout(TANK), T)
    keep(store, report_event(1, {"tank": [(T + 1000, 50_000), (T + 61_000, 50_000)]}), T + 5, uuid(1))
    for arrived_ms in (T + 6, T + 60_000):  # sent twice
        report = thinned_report(2, 60, {"tank": [(0, 50_500, 50_000, 51_000, 12), (2, 51_000, 50_000, 52_000, 6)], "x": []})
        keep(store, report, arrived_ms, uuid(2))
        store.commit()
    keep(
        store,
        thinned_report(3, 900, {"tank": [(0, 50_700, 50_000, 52_000, 18), (1, 53_000, 53_000, 53_000, 2)]}),
        T + 7,
        uuid(3),
    )
    store.commit()
    if sealed:
        seal(store)
    assert thinned(tmp_path, HOUSE, T, T + 900_000, ["tank"]) == [
        ThinnedRow(T, 60, "tank", 50.5, 50.0, 51.0, 12, "degC"),
        ThinnedRow(T, 900, "tank", 50.7, 50.0, 52.0, 18, "degC"),
        ThinnedRow(T + 120_000, 60, "tank", 51.0, 50.0, 52.0, 6, "degC"),
    ]
    assert len(thinned(tmp_path, HOUSE, T, T + 3_600_000)) == 4
    assert len(everything(tmp_path)) == 2  # a mean is no reading
    hour = T // 3_600_000 * 3_600_000
    assert stored_counts(tmp_path, HOUSE, T, T + 3_600_000) == [StoredCount("tank", hour, 2, 6 + 2)]  # each time once
    assert stored_counts(tmp_path, HOUSE, 0, T) == []


def test_times_that_were_not_sent_are_told_with_the_reason(tmp_path: Path, store: ReadingsStore) -> None:
    keep(store, thinned_report(1, 60, {}), T, uuid(1))
    gone = GwsGivenUp(
        message_id=uuid(2),
        src=SCADA,
        time_created_ms=T,
        first_sequence=1,
        last_sequence=5,
        from_unix_ms=T - 10_000,
        to_unix_ms=T - 5000,
        because="older than 28 days",
    )
    keep(store, gone, T + 1, uuid(2))
    store.commit()
    both = [Span(T - 10_000, T - 5000, "older than 28 days", 0), Span(T, T + 3_600_000, "thinned", 60)]
    assert unsent(tmp_path, HOUSE, T - 6000, T + 1) == both
    assert unsent(tmp_path, HOUSE, T - 6000, T) == both[:1]
    seal(store)
    assert unsent(tmp_path, HOUSE, T - 5000, T + 1) == both[1:]
