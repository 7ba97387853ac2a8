"""What the Ear keeps: every message and every reading, in Parquet files by house and day (schema in `docs/systems/ear.md`).

    FOLDER/hw1.isone.me.millinocket.oak/2018-01-08/messages-000001.parquet   parts: what one commit wrote
    FOLDER/hw1.isone.me.millinocket.oak/2018-01-08/readings-000001.parquet
    FOLDER/hw1.isone.me.millinocket.oak/2018-01-07/messages.parquet          a sealed day: sorted, one file each
    FOLDER/hw1.isone.me.millinocket.oak/2018-01-07/readings.parquet

The day is that of arrival, UTC, so that what comes late changes no old file. A file is written beside its place, synced and
renamed, so that whoever reads sees whole files only, and a power cut costs at most what was not yet committed. A sealed file
says in its metadata which parts it contains; these are ignored if a crash came before they were deleted.
"""

import fcntl
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gw_spaceheat.core.events import Persist
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.layout_lite import LayoutLite
from gw_spaceheat.messages.report import Report
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.stores.faults import StoreBusyError, StoreError

MESSAGES = "messages"
READINGS = "readings"
SCHEMAS = {
    MESSAGES: pa.schema(
        [
            ("arrived_ms", pa.int64()),
            ("src", pa.string()),
            ("dst", pa.string()),
            ("type_name", pa.string()),
            ("message_id", pa.string()),
            ("payload", pa.string()),
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
}
_SORT_KEYS = {
    MESSAGES: [("arrived_ms", "ascending")],
    READINGS: [("channel", "ascending"), ("taken_ms", "ascending"), ("arrived_ms", "ascending")],
}
_DICTIONARY = {MESSAGES: ["src", "dst", "type_name"], READINGS: ["channel", "telemetry", "report_id"]}
_DELTA = {
    MESSAGES: {"arrived_ms": "DELTA_BINARY_PACKED"},
    READINGS: dict.fromkeys(("value", "taken_ms", "arrived_ms"), "DELTA_BINARY_PACKED"),
}
_LAST_PART = b"gws.last_part"
_VERSION = {b"gws.schema": b"1"}
HOUSE_NAME = re.compile(r"[a-z][a-z0-9]*(\.[a-z0-9]+)*")
_DAY_NAME = re.compile(r"\d{4}-\d{2}-\d{2}")
_PART_NAME = re.compile(r"(messages|readings)-(\d{6,})\.parquet")
_READ_ATTEMPTS = 20
MOST_ROWS_WAITING = 100_000
"""Rows of a house that are written at the latest, commit or not, so that memory is bounded."""


def house_folder(folder: Path, house: str) -> Path:
    """The folder of a house; raises StoreError for a name that is no alias, so that no name leads out of the store."""
    if HOUSE_NAME.fullmatch(house) is None or len(house) > 200:
        raise StoreError(f"{house[:80]!r} is no alias of a house: dotted words of a-z and 0-9 are wanted")
    return folder / house


def day_folders(folder: Path, house: str) -> list[Path]:
    """The day folders of a house that there are, oldest first."""
    base = house_folder(folder, house)
    return sorted(path for path in base.iterdir() if _DAY_NAME.fullmatch(path.name)) if base.is_dir() else []


def read_day(day: Path, table: str, columns: Sequence[str] | None = None, wanted: pc.Expression | None = None) -> pa.Table:
    """A table of a day, each row that was written once, also while the writer is at work.

    Args:
        day: Folder of the day.
        table: MESSAGES or READINGS.
        columns: Only these; None for all.
        wanted: Only rows for which this holds; None for all.

    Raises:
        StoreError: Files vanish again and again.
    """
    for _ in range(_READ_ATTEMPTS):
        try:
            return _read_once(day, table, columns, wanted)
        except FileNotFoundError:  # a part was sealed away between finding and opening it
            continue
    raise StoreError(f"files vanish from {day} while they are read: let nothing but the Ear change it")


def _read_once(day: Path, table: str, columns: Sequence[str] | None, wanted: pc.Expression | None) -> pa.Table:
    """Parts are listed before the sealed file is opened: a part that is sealed meanwhile is then in it, and known to be."""
    parts = _parts(day, table)
    sealed = day / f"{table}.parquet"
    last, tables = 0, []
    if sealed.exists():
        with sealed.open("rb") as stream:  # opened once, so that metadata and rows are of the same file
            last = _last_part(stream)
            stream.seek(0)
            tables.append(_read_rows(stream, table, columns, wanted))
    tables += [_read_rows(path, table, columns, wanted) for number, path in parts if number > last]
    empty = SCHEMAS[table].empty_table()
    return pa.concat_tables([empty if columns is None else empty.select(list(columns)), *tables])


def _read_rows(source: Path | IO[bytes], table: str, columns: Sequence[str] | None, wanted: pc.Expression | None) -> pa.Table:
    names = None if columns is None else list(columns)
    return pq.read_table(source, schema=SCHEMAS[table], columns=names, filters=wanted)


def _parts(day: Path, table: str) -> list[tuple[int, Path]]:
    """Number and path of every part of a day's table, in order."""
    found = ((_PART_NAME.fullmatch(path.name), path) for path in day.iterdir())
    return sorted((int(match[2]), path) for match, path in found if match is not None and match[1] == table)


def _last_part(sealed: Path | IO[bytes]) -> int:
    """Number of the last part that a sealed file contains; 0 if there is no such file."""
    if isinstance(sealed, Path) and not sealed.exists():
        return 0
    metadata = pq.read_schema(sealed).metadata or {}
    return int(metadata.get(_LAST_PART, b"0"))


def _write(path: Path, table_name: str, table: pa.Table, last_part: int) -> None:
    """Write a file so that it is there whole or not at all."""
    unfinished = path.with_name(f".{path.name}.new")
    with unfinished.open("wb") as stream:
        pq.write_table(
            table.replace_schema_metadata({**_VERSION, _LAST_PART: str(last_part).encode()}),
            stream,
            compression="zstd",
            use_dictionary=_DICTIONARY[table_name],
            column_encoding=_DELTA[table_name],
            sorting_columns=pq.SortingColumn.from_ordering(table.schema, _SORT_KEYS[table_name]),
            write_page_index=True,
        )
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@dataclass(slots=True)
class _Waiting:
    """Rows of one day that are not yet on disk; their items in the order of SCHEMAS."""

    messages: list[tuple[int, str, str, str, str, str]] = field(default_factory=list)
    readings: list[tuple[str, str, int, int, int, str]] = field(default_factory=list)


class _HouseWriter:
    """Writes what one house sends."""

    def __init__(self, folder: Path, house: str) -> None:
        self._folder = house_folder(folder, house)
        self._telemetry: dict[str, str] = {}
        self._waiting: dict[str, _Waiting] = {}
        self._rows = 0
        self._day = ""
        for day in reversed(day_folders(folder, house)):
            layout = _latest_layout(day)
            if layout is not None:
                self._learn(layout)
                break

    def keep(self, event: Persist) -> None:
        message = event.message
        if isinstance(message, LayoutLite):
            self._learn(message)
        day = datetime.fromtimestamp(event.arrived_ms / 1000, UTC).date().isoformat()
        waiting = self._waiting.setdefault(day, _Waiting())
        payload = msgspec.json.encode(message).decode()
        waiting.messages.append((event.arrived_ms, event.src, event.dst, message.type_name(), event.message_id, payload))
        before = len(waiting.readings)
        report = _report_in(message)
        if report is not None:
            waiting.readings += self._readings(report, event.arrived_ms)
        self._rows += 1 + len(waiting.readings) - before
        if self._rows >= MOST_ROWS_WAITING:
            self.commit()

    def commit(self) -> None:
        """Write what waits, and seal the days before the newest."""
        for day, waiting in sorted(self._waiting.items()):
            folder = self._folder / day
            if not folder.is_dir():
                folder.mkdir(parents=True)
                _sync_folder(self._folder)
            _write_part(folder, MESSAGES, waiting.messages)
            waiting.messages.clear()  # at once: should the next file fail, this one is not written again
            _write_part(folder, READINGS, waiting.readings)
            waiting.readings.clear()
        newest = max(self._waiting, default="")
        self._waiting.clear()
        self._rows = 0
        if newest > self._day:
            self._day = newest
            for path in sorted(self._folder.iterdir()):
                if _DAY_NAME.fullmatch(path.name) and path.name < newest:
                    seal(path)

    def _learn(self, layout: LayoutLite) -> None:
        self._telemetry.update({channel.name: str(channel.telemetry_name) for channel in layout.data_channels})

    def _readings(self, report: Report, arrived_ms: int) -> list[tuple[str, str, int, int, int, str]]:
        return [
            (readings.channel_name, self._telemetry.get(readings.channel_name, ""), value, taken_ms, arrived_ms, report.id)
            for readings in report.channel_reading_list
            for value, taken_ms in zip(readings.value_list, readings.scada_read_time_unix_ms_list, strict=True)
        ]


def _report_in(message: Message) -> Report | None:
    if isinstance(message, ReportEvent):
        return message.report
    return message if isinstance(message, Report) else None


def _latest_layout(day: Path) -> LayoutLite | None:
    """The last layout among a day's messages."""
    layouts = read_day(day, MESSAGES, ["arrived_ms", "payload"], pc.field("type_name") == LayoutLite.type_name())
    if not layouts.num_rows:
        return None
    return msgspec.json.decode(layouts.sort_by("arrived_ms")["payload"][-1].as_py(), type=LayoutLite)


def _write_part(day: Path, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    if not rows:
        return
    schema = SCHEMAS[table]
    columns = [pa.array(column, type=kind.type) for column, kind in zip(zip(*rows, strict=True), schema, strict=True)]
    sorted_rows = pa.Table.from_arrays(columns, schema=schema).sort_by(_SORT_KEYS[table])
    number = 1 + max(_last_part(day / f"{table}.parquet"), *(number for number, _ in _parts(day, table)), 0)
    _write(day / f"{table}-{number:06d}.parquet", table, sorted_rows, last_part=0)


def seal(day: Path) -> None:
    """Join the parts of a day into one sorted file per table. It may be called again, and after a crash at any point."""
    for table in (MESSAGES, READINGS):
        parts = _parts(day, table)
        if not parts:
            continue
        sealed = day / f"{table}.parquet"
        if parts[-1][0] > _last_part(sealed):
            _write(sealed, table, read_day(day, table).sort_by(_SORT_KEYS[table]), last_part=parts[-1][0])
        for _, path in parts:
            path.unlink()
    for unfinished in day.glob(".*.new"):  # of a process that was killed
        unfinished.unlink()


class ReadingsStore:
    """Keeps what an Ear wants kept. One process writes a folder at a time; any number may read it. Not for several threads."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder; `open` makes it."""
        self._folder = folder
        self._houses: dict[str, _HouseWriter] = {}
        self._lock: IO[bytes] | None = None

    def open(self) -> None:
        """Make the folder and take its lock.

        Raises:
            StoreBusyError: Another process writes there.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = (self._folder / ".lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise StoreBusyError(f"another Ear writes to {self._folder}: stop it, or give this one another folder") from None
        self._lock = lock

    def keep(self, event: Persist) -> None:
        """Take a message; it is safe after the next `commit`.

        Raises:
            StoreError: The house's name is no alias.
        """
        writer = self._houses.get(event.house)
        if writer is None:
            writer = self._houses[event.house] = _HouseWriter(self._folder, event.house)
        writer.keep(event)

    def commit(self) -> None:
        """Put on disk what was taken so far; days that have ended are sealed."""
        for writer in self._houses.values():
            writer.commit()

    def close(self) -> None:
        """Commit and let the folder go. May be called twice."""
        self.commit()
        if self._lock is not None:
            self._lock.close()
            self._lock = None
