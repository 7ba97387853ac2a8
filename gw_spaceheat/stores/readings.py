"""What the Ear keeps: every message and every reading, by house and day (schema in `docs/systems/ear.md`).

    FOLDER/journal.sqlite                                                    what came, until its day is sealed
    FOLDER/hw1.isone.me.millinocket.oak/2018-01-07/messages.parquet          a sealed day: sorted, one file each
    FOLDER/hw1.isone.me.millinocket.oak/2018-01-07/readings.parquet
    FOLDER/hw1.isone.me.millinocket.oak/2018-01-07/thinned.parquet
    FOLDER/hw1.isone.me.millinocket.oak/2017-12/readings.parquet             a month that took in its days (`compaction.py`)

The day is that of arrival, UTC, so that what comes late changes no old file. A message is in the journal first, and leaves it
when the sealed file of its day is synced. A sealed file says in its metadata up to which row of the journal it holds what came;
rows up to there are ignored if a crash came before they were pruned.

Earlier versions wrote parts, `messages-000001.parquet`, instead of a journal. They are read, and joined into the sealed file.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, NamedTuple, TypeVar

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gw_spaceheat.core.events import Keep, Persist
from gw_spaceheat.core.numbers import HeardNumbers
from gw_spaceheat.messages.gws_thinned_report import GwsThinnedReport
from gw_spaceheat.messages.layout_lite import LayoutLite
from gw_spaceheat.messages.refusal import Refusal
from gw_spaceheat.messages.report import Report
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.stores.coded import Wanted
from gw_spaceheat.stores.faults import StoreError
from gw_spaceheat.stores.journal import sync_folder
from gw_spaceheat.stores.message_journal import JournalRow, JournalRows, MessageJournal, reading_journal
from gw_spaceheat.stores.months import DayMark, days_taken, month_of
from gw_spaceheat.vocabulary.moment import DAY_MS, SECOND_MS

Found = TypeVar("Found")
MESSAGES = "messages"
READINGS = "readings"
THINNED = "thinned"
TABLES = (MESSAGES, READINGS, THINNED)
JOURNAL_FILE = "journal.sqlite"
SCHEMAS = {
    MESSAGES: pa.schema(
        [
            ("arrived_ms", pa.int64()),
            ("src", pa.string()),
            ("dst", pa.string()),
            ("type_name", pa.string()),
            ("message_id", pa.string()),
            ("payload", pa.string()),
            ("stream", pa.string()),
            ("sequence", pa.int64()),
        ]
    ),
    READINGS: pa.schema(
        [
            ("channel", pa.string()),
            ("telemetry", pa.string()),
            ("value", pa.int64()),
            ("taken_ms", pa.int64()),
            ("arrived_ms", pa.int64()),
            ("report_id", pa.string()),
        ]
    ),
    THINNED: pa.schema(
        [
            ("channel", pa.string()),
            ("telemetry", pa.string()),
            ("from_ms", pa.int64()),
            ("bin_s", pa.int64()),
            ("mean", pa.int64()),
            ("min", pa.int64()),
            ("max", pa.int64()),
            ("count", pa.int64()),
            ("arrived_ms", pa.int64()),
            ("report_id", pa.string()),
        ]
    ),
}
SORT_KEYS = {
    MESSAGES: [("arrived_ms", "ascending")],
    READINGS: [("channel", "ascending"), ("taken_ms", "ascending"), ("arrived_ms", "ascending")],
    THINNED: [("channel", "ascending"), ("from_ms", "ascending"), ("arrived_ms", "ascending")],
}
DICTIONARY = {
    MESSAGES: ["src", "dst", "type_name", "stream"],
    READINGS: ["channel", "telemetry", "report_id"],
    THINNED: ["channel", "telemetry", "report_id"],
}
DELTA = {
    table: {field.name: "DELTA_BINARY_PACKED" for field in schema if field.type == pa.int64() and field.name != "sequence"}
    for table, schema in SCHEMAS.items()
}
_LAST_PART = b"gws.last_part"
_LAST_ROW = b"gws.last_row"
_JOURNAL = b"gws.journal"
VERSION = {b"gws.schema": b"2"}
HOUSE_NAME = re.compile(r"[a-z][a-z0-9]*(\.[a-z0-9]+)*")
_DAY_NAME = re.compile(r"\d{4}-\d{2}(-\d{2})?")
_PART_NAME = re.compile(r"(messages|readings)-(\d{6,})\.parquet")
_READ_ATTEMPTS = 20
MOST_ROWS_WAITING = 20_000
"""Messages that are committed at the latest, asked for or not, so that memory is bounded."""
_TYPES = {
    READINGS: (ReportEvent.type_name(), Report.type_name(), GwsThinnedReport.type_name()),
    THINNED: (GwsThinnedReport.type_name(),),
}
"""In which messages the rows of a table are; None for all."""


def house_folder(folder: Path, house: str) -> Path:
    """The folder of a house; raises StoreError for a name that is no alias, so that no name leads out of the store."""
    if HOUSE_NAME.fullmatch(house) is None or len(house) > 200:
        raise StoreError(f"{house[:80]!r} is no alias of a house: dotted words of a-z and 0-9 are wanted")
    return folder / house


def day_folders(folder: Path, house: str) -> list[Path]:
    """The folders of days, and of whole months, of a house that there are, oldest first."""
    base = house_folder(folder, house)
    return sorted(path for path in base.iterdir() if _DAY_NAME.fullmatch(path.name)) if base.is_dir() else []


def day_name(day: int) -> str:
    """Name of the folder of a day that is given in days since 1970."""
    return datetime.fromtimestamp(day * DAY_MS / SECOND_MS, UTC).date().isoformat()


def kept_houses(folder: Path) -> list[str]:
    """Aliases of the houses of which something is kept, in the journal or in files; raises StoreError."""
    if not folder.is_dir():
        return []
    with journal_rows(folder) as journal:
        found = set() if journal is None else set(journal.houses())
    return sorted(found | {path.name for path in folder.iterdir() if path.is_dir() and HOUSE_NAME.fullmatch(path.name)})


@contextmanager
def reading_house(folder: Path, house: str) -> "Iterator[HouseReader]":
    """What is kept of a house, as it is at this moment; the Ear may go on writing. Raises StoreError."""
    house_folder(folder, house)
    with journal_rows(folder) as journal:
        yield HouseReader(folder, house, journal)


@contextmanager
def journal_rows(folder: Path) -> Iterator[JournalRows | None]:
    """What is in the journal of the Ear's folder; None if there is none. Raises StoreError."""
    try:
        with reading_journal(folder / JOURNAL_FILE) as journal:
            yield journal
    except OSError as error:
        raise StoreError(str(error)) from error


class HouseReader:
    """Reads the tables of a house, each row that was written once.

    What is in the journal is seen before any file is opened: a row that is sealed and pruned meanwhile is then in the file,
    which says so, and is not counted twice.
    """

    def __init__(self, folder: Path, house: str, journal: JournalRows | None) -> None:
        """Look which days there are."""
        self._base = house_folder(folder, house)
        self._house = house
        self._journal = journal
        self._in_journal = {} if journal is None else {day_name(day): day for day in journal.days(house)}
        self._name = "" if journal is None else journal.name()
        self._telemetry: dict[str, str] | None = None
        self._taken: dict[Path, tuple[int, dict[str, DayMark]]] = {}

    @property
    def days(self) -> list[str]:
        """The days on which something came, and the months whose days lie in one file, oldest first."""
        in_files = {path.name for path in day_folders(self._base.parent, self._house)}
        return sorted(in_files | self._in_journal.keys())

    def steadily(self, read: Callable[[], Found]) -> Found:
        """What a function reads of all days, while no file was sealed or taken into a month's in between.

        Raises:
            StoreError: Files change again and again.
        """
        for _ in range(_READ_ATTEMPTS):
            before = self._layout()
            try:
                found = read()
            except FileNotFoundError:
                continue
            if self._layout() == before:
                return found
        raise StoreError(f"files of {self._base} change while they are read: let nothing but the Ear change them")

    def _layout(self) -> set[tuple[str, str, int]]:
        """Which files there are; a file that was replaced is another."""
        found = set()
        for folder in day_folders(self._base.parent, self._house):
            with suppress(FileNotFoundError), os.scandir(folder) as entries:
                found |= {(folder.name, each.name, each.inode()) for each in entries if not each.name.startswith(".")}
        return found

    def read(self, day: str, table: str, columns: Sequence[str] | None = None, wanted: pc.Expression | None = None) -> pa.Table:
        """A table of a day.

        Args:
            day: Name of the day, one of `days`.
            table: MESSAGES, READINGS or THINNED.
            columns: Only these; None for all.
            wanted: Only rows for which this holds; None for all.

        Raises:
            StoreError: Files vanish again and again.
        """
        empty = SCHEMAS[table].empty_table()
        start = empty if columns is None else empty.select(list(columns))
        found = self._read(
            day,
            table,
            lambda source: _read_rows(source, table, columns, wanted),
            lambda fresh: _chosen(fresh, columns, wanted),
        )
        return pa.concat_tables([start, *found])

    def _read(self, day: str, table: str, read: "_Read", choose: Callable[[pa.Table], pa.Table]) -> list[pa.Table]:
        """Tables of a day: what is read of its files, and what is chosen of the rows that are in none yet."""
        rows = self._rows(day, table)
        for _ in range(_READ_ATTEMPTS):
            try:
                taken = self._taken_days(day, table).get(day)
                last_row, found = _read_files(self._base / day, table, self._name, read, taken)
            except FileNotFoundError:  # a part was sealed away between finding and opening it
                continue
            break
        else:
            raise StoreError(f"files vanish from {self._base / day} while they are read: let nothing but the Ear change it")
        fresh = [row for row in rows if row.number > last_row]
        if fresh:
            found.append(choose(_table(table, fresh, self._known_telemetry() if table != MESSAGES else {})))
        return found

    def read_coded(self, wanted: Wanted, from_day: str = "") -> list[pa.Table]:
        """Readings of all days, with the columns of `coded.py`: faster than `read_all` where many rows are told apart by name.

        Args:
            wanted: Which.
            from_day: Name of the first day that is read.

        Raises:
            StoreError: Files vanish again and again.
        """

        def read() -> list[pa.Table]:
            days = [day for day in self.days if day >= from_day[: len(day)]]  # a whole month is named like its days
            return [table for day in days for table in self._read(day, READINGS, wanted.read, wanted.of)]

        return self.steadily(read)

    def read_all(self, table: str, columns: Sequence[str] | None = None, wanted: pc.Expression | None = None) -> pa.Table:
        """A table of all days; see `read`. Raises StoreError."""
        empty = SCHEMAS[table].empty_table()
        start = empty if columns is None else empty.select(list(columns))
        return self.steadily(lambda: pa.concat_tables([start, *(self.read(day, table, columns, wanted) for day in self.days)]))

    def telemetry(self) -> dict[str, str]:
        """Telemetry names by channel, as the newest layout that is kept tells them. Raises StoreError."""
        return dict(self._known_telemetry())

    def _taken_days(self, day: str, table: str) -> dict[str, DayMark]:
        """The days that the file of this day's month holds; remembered, because each of its days asks."""
        path = self._base / month_of(day) / f"{table}.parquet"
        try:
            inode = path.stat().st_ino
        except (FileNotFoundError, NotADirectoryError):
            return {}
        known = self._taken.get(path)
        if known is None or known[0] != inode:
            known = self._taken[path] = (inode, days_taken(path))
        return known[1]

    def _rows(self, day: str, table: str) -> list[JournalRow]:
        if self._journal is None or day not in self._in_journal:
            return []
        return self._journal.of_day(self._house, self._in_journal[day], _TYPES.get(table, ()))

    def _known_telemetry(self) -> dict[str, str]:
        """Telemetry names by channel, by the layouts in the journal, else by the latest that was sealed."""
        if self._telemetry is None:
            known: dict[str, str] = {}
            if self._journal is not None:
                for day in self._in_journal.values():
                    _learn(known, self._journal.of_day(self._house, day, (LayoutLite.type_name(),)))
            self._telemetry = known or _sealed_telemetry(self._base)
        return self._telemetry


def read_day(day: Path, table: str, columns: Sequence[str] | None = None, wanted: pc.Expression | None = None) -> pa.Table:
    """A table of a day, given its folder; see `HouseReader.read`."""
    with reading_house(day.parent.parent, day.parent.name) as reader:
        return reader.read(day.name, table, columns, wanted)


_Read = Callable[[Path | IO[bytes]], pa.Table]


def _read_files(day: Path, table: str, journal: str, read: _Read, taken: DayMark | None = None) -> tuple[int, list[pa.Table]]:
    """Up to which row of the journal the sealed file holds what came, and what is in it and in parts of earlier versions.

    A sealed file that was `taken` into the file of its month, with this mark, has nothing of its own.
    Parts are listed before the sealed file is opened: a part that is sealed meanwhile is then in it, and known to be.
    """
    sealed_away = taken.last_row if taken is not None and taken.journal == journal else 0
    if not day.is_dir():
        return sealed_away, []
    parts = parts_of(day, table)
    sealed = day / f"{table}.parquet"
    mark, tables = _NOTHING_SEALED, []
    if sealed.exists():
        with sealed.open("rb") as stream:  # opened once, so that metadata and rows are of the same file
            mark = _mark(stream, journal)
            stream.seek(0)
            if taken is None or day_mark(stream) != taken:
                stream.seek(0)
                tables.append(read(stream))
    tables += [read(path) for number, path in parts if number > mark.last_part]
    return max(mark.last_row, sealed_away), tables


def _read_rows(source: Path | IO[bytes], table: str, columns: Sequence[str] | None, wanted: pc.Expression | None) -> pa.Table:
    names = None if columns is None else list(columns)
    return pq.read_table(source, schema=SCHEMAS[table], columns=names, filters=wanted)


def _chosen(table: pa.Table, columns: Sequence[str] | None, wanted: pc.Expression | None) -> pa.Table:
    found = table if wanted is None else table.filter(wanted)
    return found if columns is None else found.select(list(columns))


def parts_of(day: Path, table: str) -> list[tuple[int, Path]]:
    """Number and path of every part of a day's table, in order."""
    found = ((_PART_NAME.fullmatch(path.name), path) for path in day.iterdir())
    return sorted((int(match[2]), path) for match, path in found if match is not None and match[1] == table)


class _Mark(NamedTuple):
    """Up to where a sealed file holds what came: the last part, and the last row of the journal."""

    last_part: int
    last_row: int


_NOTHING_SEALED = _Mark(0, 0)


def _mark(sealed: Path | IO[bytes], journal: str) -> _Mark:
    """The mark of a sealed file; rows of another journal say nothing about this one's."""
    if isinstance(sealed, Path) and not sealed.exists():
        return _NOTHING_SEALED
    metadata = pq.read_schema(sealed).metadata or {}
    same = metadata.get(_JOURNAL, b"").decode() == journal
    return _Mark(int(metadata.get(_LAST_PART, b"0")), int(metadata.get(_LAST_ROW, b"0")) if same else 0)


def day_mark(sealed: IO[bytes]) -> DayMark:
    """What tells this day's file from others."""
    about = pq.read_metadata(sealed)
    told = about.metadata or {}
    numbers = (int(told.get(_LAST_ROW, b"0")), int(told.get(_LAST_PART, b"0")))
    return DayMark(told.get(_JOURNAL, b"").decode(), *numbers, about.num_rows)


def write_sealed(path: Path, table_name: str, table: pa.Table) -> None:
    """Write a day's file as it is sealed, of rows that were in no journal; sorted, whole or not at all. Raises OSError."""
    _write(path, table_name, table.sort_by(SORT_KEYS[table_name]), _NOTHING_SEALED, "")


def _write(path: Path, table_name: str, table: pa.Table, mark: _Mark, journal: str) -> None:
    """Write a file so that it is there whole or not at all."""
    metadata = {
        **VERSION,
        _LAST_PART: str(mark.last_part).encode(),
        _LAST_ROW: str(mark.last_row).encode(),
        _JOURNAL: journal.encode(),
    }
    unfinished = path.with_name(f".{path.name}.new")
    with unfinished.open("wb") as stream:
        pq.write_table(
            table.replace_schema_metadata(metadata),
            stream,
            compression="zstd",
            use_dictionary=DICTIONARY[table_name],
            column_encoding=DELTA[table_name],
            sorting_columns=pq.SortingColumn.from_ordering(table.schema, SORT_KEYS[table_name]),
            write_page_index=True,
        )
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(path)
    sync_folder(path.parent)


# messages to rows ------------------------------------------------------------------------------------------------------


def _table(table: str, rows: Iterable[JournalRow], telemetry: dict[str, str]) -> pa.Table:
    """The rows of a table that messages hold."""
    make = {MESSAGES: _message_rows, READINGS: _reading_rows, THINNED: _thinned_rows}[table]
    schema = SCHEMAS[table]
    columns: list[list[object]] = [[] for _ in schema]
    for values in make(rows, telemetry):
        for column, value in zip(columns, values, strict=True):
            column.append(value)
    return pa.Table.from_arrays(
        [pa.array(column, type=kind.type) for column, kind in zip(columns, schema, strict=True)], schema=schema
    )


def _message_rows(rows: Iterable[JournalRow], _telemetry: dict[str, str]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        payload = row.payload.decode()
        yield row.arrived_ms, row.src, row.dst, row.type_name, row.message_id, payload, row.stream, row.sequence


def _reading_rows(rows: Iterable[JournalRow], telemetry: dict[str, str]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        message = _read(row) if row.type_name in _TYPES[READINGS] else None
        report = message.report if isinstance(message, ReportEvent) else message
        if isinstance(report, Report):
            report_id, parts = report.id, report.channel_reading_list
        elif isinstance(report, GwsThinnedReport):
            report_id, parts = report.message_id, report.reading_list
        else:
            continue
        for readings in parts:
            name = readings.channel_name
            kind = telemetry.get(name, "")
            for value, taken_ms in zip(readings.value_list, readings.scada_read_time_unix_ms_list, strict=True):
                yield name, kind, value, taken_ms, row.arrived_ms, report_id


def _thinned_rows(rows: Iterable[JournalRow], telemetry: dict[str, str]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        report = _read(row) if row.type_name in _TYPES[THINNED] else None
        if not isinstance(report, GwsThinnedReport):
            continue
        for channel in report.channel_list:
            name = channel.channel_name
            kind = telemetry.get(name, "")
            lists = (channel.bin_list, channel.mean_list, channel.min_list, channel.max_list, channel.count_list)
            for place, mean, least, most, count in zip(*lists, strict=True):
                from_ms = (report.slot_start_unix_s + place * report.bin_s) * SECOND_MS
                yield (
                    name, kind, from_ms, report.bin_s, mean, least, most, count, row.arrived_ms, report.message_id
                )  # fmt: skip


def _read(row: JournalRow) -> object:
    """The message; None if this version refuses what an earlier one took: it stays as text among the messages."""
    try:
        return row.message()
    except Refusal:
        return None


def _learn(telemetry: dict[str, str], rows: Iterable[JournalRow]) -> None:
    for row in rows:
        layout = _read(row) if row.type_name == LayoutLite.type_name() else None
        if isinstance(layout, LayoutLite):
            telemetry.update({channel.name: str(channel.telemetry_name) for channel in layout.data_channels})


def _sealed_telemetry(base: Path, before: str = "9999") -> dict[str, str]:
    """Telemetry names by channel, by the latest layout in files of days before one."""
    wanted = pc.field("type_name") == LayoutLite.type_name()

    def read(source: Path | IO[bytes]) -> pa.Table:
        return _read_rows(source, MESSAGES, ["arrived_ms", "payload"], wanted)

    for day in reversed(day_folders(base.parent, base.name)):
        if day.name >= before:
            continue
        layouts = pa.concat_tables(_read_files(day, MESSAGES, "", read)[1] or [_NO_LAYOUT])
        if layouts.num_rows:
            layout = msgspec.json.decode(layouts.sort_by("arrived_ms")["payload"][-1].as_py(), type=LayoutLite)
            return {channel.name: str(channel.telemetry_name) for channel in layout.data_channels}
    return {}


_NO_LAYOUT = SCHEMAS[MESSAGES].empty_table().select(["arrived_ms", "payload"])


# writing ---------------------------------------------------------------------------------------------------------------


class ReadingsStore:
    """Keeps what an Ear wants kept. One process writes a folder at a time; any number may read it. Not for several threads."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder; `open` makes it."""
        self._folder = folder
        self._journal = MessageJournal(folder / JOURNAL_FILE)
        self._telemetry: dict[str, dict[str, str]] = {}
        self._with_parts: list[Path] | None = None

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self._folder

    def open(self) -> None:
        """Make the folder and take its lock.

        Raises:
            StoreBusyError: Another process writes there.
            OSError: The folder cannot be made.
        """
        self._journal.open()

    def keep(self, event: Persist) -> None:
        """Take a message; it is safe after the next `commit`.

        Raises:
            StoreError: The house's name is no alias.
            OSError: So much waits that it had to be committed, and it could not be.
        """
        house_folder(self._folder, event.house)
        self._journal.keep(event)
        if self._journal.waiting % MOST_ROWS_WAITING == 0:  # while the disk is full it is not tried with each message
            self._journal.commit()

    def keep_numbers(self, event: Keep) -> None:
        """Take the numbers that were heard of a stream; without any, those that were kept are forgotten."""
        if isinstance(event.state, HeardNumbers) and not event.state.ranges:
            self._journal.forget_state(event.name)
        else:
            self._journal.keep_state(event)

    def commit(self) -> None:
        """Make durable what was taken so far. Raises OSError; it then waits for the next commit."""
        self._journal.commit()

    def heard(self) -> list[HeardNumbers]:
        """The numbers that were heard of every stream, as they were committed; raises OSError."""
        try:
            with self._journal.rows() as rows:
                states = rows.states()
        except OSError:  # a damaged file is set aside now, and another can be begun
            with self._journal.rows() as rows:
                states = rows.states()
        return [
            msgspec.json.decode(raw, type=HeardNumbers) for name, raw in sorted(states.items()) if name.startswith("heard ")
        ]

    def seal_next(self, before_ms: int | None = None) -> bool:
        """Seal one day of one house; False if there was none to seal.

        Args:
            before_ms: Only days that had ended by this time, UTC [ms]; None for every day.

        Raises:
            OSError: It could not be written; nothing is lost, and it may be tried again.
        """
        ends = None if before_ms is None else before_ms // DAY_MS
        with self._journal.rows() as rows:
            journal, oldest = rows.name(), rows.oldest()
            if oldest is not None and (ends is None or oldest[0] < ends):
                day, house = oldest
                kept = rows.of_day(house, day)
            else:
                kept = []
        if kept:
            self._seal(self._folder / house / day_name(day), kept, journal)
            self._journal.prune_day(house, day, kept[-1].number)
            return True
        return self._seal_parts("9999" if ends is None else day_name(ends), journal)

    def troubles(self) -> list[str]:
        """What was found wrong since this was last asked, for a person."""
        return self._journal.troubles()

    def close(self) -> None:
        """Commit and let the folder go. May be called twice. Raises OSError if the commit fails; the folder is let go of."""
        try:
            self._journal.commit()
        finally:
            self._journal.close()

    def _seal(self, day: Path, rows: Sequence[JournalRow], journal: str) -> None:
        """Join what came with what is in files of this day already, into one sorted file per table."""
        house = day.parent.name
        telemetry = self._telemetry.get(house)
        if telemetry is None:
            telemetry = self._telemetry[house] = _sealed_telemetry(day.parent, day.name)
        _learn(telemetry, rows)
        _make_folder(day)
        for table in TABLES:
            _seal_table(day, table, rows, telemetry, journal)
        for unfinished in day.glob(".*.new"):  # of a process that was killed
            unfinished.unlink()

    def _seal_parts(self, before: str, journal: str) -> bool:
        """Parts of an earlier version, in a day of which nothing is in the journal."""
        if self._with_parts is None:
            houses = [path for path in self._folder.iterdir() if path.is_dir() and HOUSE_NAME.fullmatch(path.name)]
            newest = [day for house in houses for day in day_folders(self._folder, house.name)[-2:]]
            self._with_parts = [day for day in newest if any(parts_of(day, table) for table in TABLES)]
        for day in self._with_parts:
            if day.name < before:
                self._with_parts.remove(day)
                self._seal(day, (), journal)
                return True
        return False


def _seal_table(day: Path, table: str, rows: Sequence[JournalRow], telemetry: dict[str, str], journal: str) -> None:
    """One table of a day. It may be called again, and after a crash at any point."""
    parts = parts_of(day, table)
    sealed = day / f"{table}.parquet"
    mark = _mark(sealed, journal)
    last_part = max([mark.last_part, *(number for number, _ in parts)])
    fresh = [row for row in rows if row.number > mark.last_row]
    made = _table(table, fresh, telemetry)
    if made.num_rows or last_part > mark.last_part:
        _, there = _read_files(day, table, journal, lambda source: _read_rows(source, table, None, None))
        whole = pa.concat_tables([*there, made]).sort_by(SORT_KEYS[table])
        _write(sealed, table, whole, _Mark(last_part, rows[-1].number if rows else mark.last_row), journal)
    for _, path in parts:
        path.unlink()


def _make_folder(folder: Path) -> None:
    """Make a day's folder, and its name, durable."""
    missing = [path for path in (folder.parent, folder) if not path.is_dir()]
    for path in missing:
        path.mkdir()
        sync_folder(path.parent)
