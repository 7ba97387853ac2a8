"""Joins the Ear's files of days into files of months, sorted, and lets go of what is older than it need be kept.

The month's files are written first, each there whole or not at all, and name the days that they hold; then the days' files
are removed. Readers take a day that is named as held (`months.py`), so that a crash at any step leaves every row once.
Memory is bounded: messages go over day by day, readings channel by channel.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from gw_spaceheat.stores.journal import sync_folder
from gw_spaceheat.stores.months import MONTH_NAME, DayMark, days_taken, month_of, told_days
from gw_spaceheat.stores.readings import (
    DELTA,
    DICTIONARY,
    HOUSE_NAME,
    MESSAGES,
    READINGS,
    SCHEMAS,
    SORT_KEYS,
    TABLES,
    THINNED,
    VERSION,
    day_folders,
    day_mark,
    day_name,
    journal_rows,
    kept_houses,
    parts_of,
)
from gw_spaceheat.vocabulary.moment import DAY_MS

ROWS_TOGETHER = 300_000
"""Rows of a group, at most: a month of a channel that is read every ten seconds is one group, and is found without others."""


def compact_next(folder: Path, before_ms: int) -> bool:
    """Join the sealed days of one month of one house into the month's files; False if there was none to join.

    Only months that had ended two days before, and of which nothing is in the journal. It may be broken off anywhere.

    Args:
        folder: The Ear's folder, whose lock is held.
        before_ms: The time, UTC [ms].

    Raises:
        OSError: It could not be written; nothing is lost, and it may be tried again.
        StoreError: The journal cannot be read.
    """
    this = month_of(day_name((before_ms - 2 * DAY_MS) // DAY_MS))
    with journal_rows(folder) as rows:
        waiting = (
            set() if rows is None else {(each, month_of(day_name(day))) for each in rows.houses() for day in rows.days(each)}
        )
    for house in sorted(path for path in folder.iterdir() if path.is_dir() and HOUSE_NAME.fullmatch(path.name)):
        days = [day for day in day_folders(folder, house.name) if MONTH_NAME.fullmatch(day.name) is None]
        for month in sorted({month_of(day.name) for day in days}):
            whole = [day for day in days if month_of(day.name) == month]
            parts = any(parts_of(day, table) for day in whole for table in TABLES)
            if month < this and (house.name, month) not in waiting and not parts:
                join_days(house / month, whole)
                return True
    return False


def join_days(month: Path, days: Sequence[Path]) -> None:
    """Join the files of days into those of their month, and remove them.

    Args:
        month: The month's folder, which is made; what its files hold already stays.
        days: Folders of days of this month, to which nothing is added any more.

    Raises:
        OSError: It could not be written; what was there is there, and it may be tried again.
    """
    if not month.is_dir():
        month.mkdir()
        sync_folder(month.parent)
    for table in TABLES:
        _join_table(month / f"{table}.parquet", table, [day / f"{table}.parquet" for day in days])
    for day in days:
        for path in (*(day / f"{table}.parquet" for table in TABLES), *day.glob(".*.new")):
            path.unlink(missing_ok=True)
        with suppress(OSError):  # somebody's own file is in it: it stays
            day.rmdir()
    for unfinished in month.glob(".*.new"):
        unfinished.unlink()
    sync_folder(month.parent)


@dataclass(frozen=True, slots=True)
class KeptDays:
    """How long what was heard is kept [days]; None for ever.

    Attributes:
        messages: Messages.
        readings: Readings, and the means that stand for them.
    """

    messages: int | None = None
    readings: int | None = None


def drop_old(folder: Path, kept: KeptDays, now_ms: int) -> int:
    """Remove the files of all houses that are older than they are kept; how many there were.

    Args:
        folder: The Ear's folder, whose lock is held.
        kept: How long.
        now_ms: The time, UTC [ms].

    Raises:
        OSError: One could not be removed.
    """
    lengths = ((MESSAGES, kept.messages), (READINGS, kept.readings), (THINNED, kept.readings))
    return sum(
        drop_before(folder, house, table, day_name(now_ms // DAY_MS - days))
        for house in kept_houses(folder)
        for table, days in lengths
        if days is not None
    )


def drop_before(folder: Path, house: str, table: str, first: str) -> int:
    """Remove a table's files of whole days and months that ended before a day; how many there were.

    Args:
        folder: The Ear's folder, whose lock is held.
        house: Alias of the house.
        table: MESSAGES, READINGS or THINNED.
        first: Name of the first day that is kept; of a month only what ended before it is removed.

    Raises:
        StoreError: The house's name is no alias.
        OSError: It could not be removed.
    """
    removed = 0
    for unit in day_folders(folder, house):
        path = unit / f"{table}.parquet"
        if unit.name < first[: len(unit.name)] and path.exists():
            path.unlink()
            sync_folder(unit)
            removed += 1
    return removed


def _join_table(path: Path, table: str, days: Sequence[Path]) -> None:
    taken = days_taken(path)
    fresh: dict[str, tuple[Path, DayMark]] = {}
    for day in days:
        if day.exists():
            with day.open("rb") as stream:
                mark = day_mark(stream)
            if taken.get(day.parent.name) != mark:
                fresh[day.parent.name] = (day, mark)
    if not fresh:
        return
    sources = [*([path] if path.exists() else []), *(day for day, _ in fresh.values())]
    told = VERSION | told_days(taken | {name: mark for name, (_, mark) in fresh.items()})
    schema = SCHEMAS[table].with_metadata(told)
    unfinished = path.with_name(f".{path.name}.new")
    with unfinished.open("wb") as stream:
        with pq.ParquetWriter(
            stream,
            schema,
            compression="zstd",
            use_dictionary=DICTIONARY[table],
            column_encoding=DELTA[table],
            sorting_columns=pq.SortingColumn.from_ordering(schema, SORT_KEYS[table]),
            write_page_index=True,
        ) as writer:
            for rows in _sorted_rows(sources, table):
                writer.write_table(rows.cast(schema), row_group_size=ROWS_TOGETHER)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(path)
    sync_folder(path.parent)


def _sorted_rows(sources: Sequence[Path], table: str) -> Iterator[pa.Table]:
    """The rows of the files, a bounded part at a time, sorted as a whole."""
    if table == MESSAGES:
        for path in sources:  # the days are given in order, and a message is in the day of its arrival
            yield pq.read_table(path, schema=SCHEMAS[table]).sort_by(SORT_KEYS[table])
        return
    there = ds.dataset([str(path) for path in sources], schema=SCHEMAS[table], format="parquet")
    channels: set[str] = set()
    for path in sources:
        channels.update(pc.unique(pq.read_table(path, columns=["channel"])["channel"]).to_pylist())
    for channel in sorted(channels):
        yield there.to_table(filter=pc.field("channel") == channel).sort_by(SORT_KEYS[table])
