"""What is wanted of many readings is found by codes, and is the same as by names."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.stores.coded import COLUMNS, Wanted, codes_of

TEXT, NUMBER = pa.string(), pa.int64()
SCHEMA = pa.schema([("channel", TEXT), ("telemetry", TEXT), ("value", NUMBER), ("taken_ms", NUMBER), ("more", TEXT)])
ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["PowerW", None]), st.integers(0, 9), st.integers(0, 20)), max_size=40
)


def table(rows: list[tuple[str, str | None, int, int]]) -> pa.Table:
    named = [dict(zip(SCHEMA.names, (*row, "x"), strict=True)) for row in rows]
    return pa.Table.from_pylist(named, SCHEMA).sort_by([("channel", "ascending")])


def by_names(found: pa.Table, wanted: Wanted) -> list[dict[str, object]]:
    inside = (pc.field("taken_ms") >= wanted.from_ms) & (pc.field("taken_ms") < wanted.to_ms)
    chosen = found.filter(pc.field("channel").isin(pa.array(list(wanted.channels), TEXT)) & inside)
    rows: list[dict[str, object]] = chosen.select(list(COLUMNS)).to_pylist()
    return rows


@settings(max_examples=60, deadline=None)
@given(ROWS, st.sets(st.sampled_from("abcd")), st.integers(0, 20), st.integers(0, 20), st.integers(1, 7))
def test_the_same_rows_as_by_names(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str | None, int, int]],
    channels: set[str],
    from_ms: int,
    to_ms: int,
    together: int,
) -> None:
    """Of files of several parts, and of tables without codes."""
    found, wanted = table(rows), Wanted(channels, from_ms, to_ms)
    file = tmp_path_factory.mktemp("file") / "readings.parquet"
    pq.write_table(found, file, row_group_size=together)
    assert wanted.read(file).to_pylist() == wanted.of(found).to_pylist() == by_names(found, wanted)


def test_parts_of_a_file_that_cannot_have_any_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(channel, "PowerW", 1, hour) for channel in "abc" for hour in range(4)]
    pq.write_table(table(rows), tmp_path / "readings.parquet", row_group_size=2)
    read: list[list[int]] = []
    honest = pq.ParquetFile.read_row_groups

    def spied(self: pq.ParquetFile, parts: list[int], columns: list[str], **how: bool) -> pa.Table:
        read.append(parts)
        return honest(self, parts, columns, **how)

    monkeypatch.setattr(pq.ParquetFile, "read_row_groups", spied)
    assert Wanted(["b"], 2, 9).read(tmp_path / "readings.parquet").num_rows == 2
    assert Wanted(["d"], 0, 9).read(tmp_path / "readings.parquet").num_rows == 0
    assert read == [[3], []]


def test_codes_of_several_chunks_with_dictionaries_of_their_own() -> None:
    chunks = [pa.array(["a", "b"]).dictionary_encode(), pa.array(["c", None, "b"]).dictionary_encode()]
    for column in (pa.chunked_array(chunks), pa.chunked_array([["a", "b"], ["c", None, "b"]], pa.string())):
        codes, names = codes_of(column)
        assert [names[code] for code in codes] == ["a", "b", "c", None, "b"]
    assert codes_of(pa.chunked_array([], pa.string()))[1] == [None]
