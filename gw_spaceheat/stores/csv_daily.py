"""One CSV file per house and local day: each reading in exactly one row of exactly one file, whatever ends the process.

Rows are made durable in a journal first, with one sync for all houses; whoever handed them over may forget them then. The
files get them at once, and are made durable together when the journal has grown; then it is emptied. What a process before
left in the journal is written when the folder is opened. A row is known by house and time: one that comes again is not written
again. Rows of a file are in the order of time, so what comes late makes the file be written anew, beside the old one, which it
then replaces as a whole.
"""

import os
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import msgspec

from gw_spaceheat.stores.folder_lock import FolderLock
from gw_spaceheat.stores.journal import sync_folder

JOURNAL = "rows.journal"
MOST_JOURNAL_BYTES = 512 * 1024
MOST_KNOWN_FILES = 16_384
_TAIL_BYTES = 512
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Layout(StrEnum):
    """How files are written."""

    NET = "net"
    """`timestamp` (ISO 8601, local), `meter_w`, `pv_w`, and `net_w`, which is meter less PV."""
    ORIGINAL = "original"
    """That of 2021: `timestamp` (Unix seconds), and the sum of meter and PV; lines end in CR LF."""


HEADERS = {
    Layout.NET: "timestamp,meter_w,pv_w,net_w",
    Layout.ORIGINAL: "timestamp,meter_power_value,PV_power_value,sum_of_powers",
}
LINE_ENDS = {Layout.NET: "\n", Layout.ORIGINAL: "\r\n"}


class CsvError(Exception):
    """A file that is not ours to write into; the text names it and says what to do."""


class Row(NamedTuple):
    """What is written: whose, when [us, UTC], what the meter said and what the panels gave [W]."""

    house: str
    taken_us: int
    meter_w: float
    pv_w: float


class Added(NamedTuple):
    """What became of rows: how many were written, and how many had been before."""

    written: int
    doubled: int


_JOURNAL_LINE = msgspec.json.Decoder(tuple[str, int, float, float])
_ENCODER = msgspec.json.Encoder()


class CsvDaily:
    """The files of a folder. Opened and used by one thread; a second process is refused."""

    def __init__(self, folder: Path, zone: tzinfo, layout: Layout = Layout.NET) -> None:
        """Remember.

        Args:
            folder: Where the files are; made when it is not there.
            zone: Where midnight is.
            layout: How files are written.
        """
        self._folder = folder
        self._zone = zone
        self._layout = layout
        self._lock = FolderLock(folder, "its CSV files")
        self._journal: int | None = None
        self._journal_bytes = 0
        self._newest_us: OrderedDict[Path, int] = OrderedDict()
        self._unsynced: set[Path] = set()
        self._has_new_names = False

    def open(self) -> Added:
        """Take the folder, and write what a process before has left in the journal.

        Raises:
            StoreBusyError: Another process has it.
            CsvError: A file has other columns.
            OSError: It cannot be written.
        """
        self._lock.take()
        self._newest_us.clear()
        path = self._folder / JOURNAL
        left = _read_journal(path)
        self._journal = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self._journal_bytes = os.fstat(self._journal).st_size
        added = self._write(left)
        self._settle()
        return added

    def add(self, rows: Sequence[Row]) -> Added:
        """Keep rows; when this returns they are durable.

        Raises:
            CsvError: A file has other columns; the rows that are not in it stay in the journal.
            OSError: They cannot be kept. What was kept is found again by `close` and `open`.
        """
        if self._journal is None:
            raise ValueError("the folder is not open")
        if not rows:
            return Added(0, 0)
        lines = b"".join(_ENCODER.encode(row) + b"\n" for row in rows)
        _append(self._journal, lines, self._journal_bytes)
        self._journal_bytes += len(lines)
        os.fdatasync(self._journal)
        added = self._write(rows)
        if self._journal_bytes > MOST_JOURNAL_BYTES:
            self._settle()
        return added

    def close(self) -> None:
        """Make all files durable, empty the journal, and give the folder back. Raises OSError, and then nothing is lost."""
        try:
            if self._journal is not None:
                self._settle()
        finally:
            if self._journal is not None:
                descriptor, self._journal = self._journal, None
                os.close(descriptor)
            self._lock.give_back()

    def path_of(self, row: Row) -> Path:
        """The file that a row belongs in."""
        return self._folder / f"{row.house}_{self._local(row.taken_us):%Y%m%d}.csv"

    def _settle(self) -> None:
        """All files are durable, and the journal is empty."""
        for path in sorted(self._unsynced):
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        self._unsynced.clear()
        if self._has_new_names:
            sync_folder(self._folder)
            self._has_new_names = False
        if self._journal is not None and self._journal_bytes:
            os.ftruncate(self._journal, 0)
            os.fdatasync(self._journal)
            self._journal_bytes = 0

    def _write(self, rows: Iterable[Row]) -> Added:
        by_file: dict[Path, dict[int, Row]] = {}
        count = 0
        for row in rows:
            count += 1
            by_file.setdefault(self.path_of(row), {}).setdefault(row.taken_us, row)
        written = 0
        try:
            for path, of_file in by_file.items():
                written += self._write_file(path, [of_file[key] for key in sorted(of_file)])
        except BaseException:
            self._newest_us.clear()  # a file may have been left torn: it is looked at again
            raise
        return Added(written, count - written)

    def _write_file(self, path: Path, rows: list[Row]) -> int:
        """Write rows, in the order of time, none twice within them; how many the file had not."""
        newest_us = self._newest_us.pop(path, None)
        if newest_us is None:
            newest_us = self._look_at(path)
        end = LINE_ENDS[self._layout]
        fresh = [row for row in rows if row.taken_us > newest_us]
        late = [row for row in rows if row.taken_us <= newest_us]
        written = self._insert(path, late) if late else 0
        if fresh:
            text = "".join(self._line(row) + end for row in fresh)
            if newest_us < 0 and not path.exists():
                text = HEADERS[self._layout] + end + text
                self._has_new_names = True
            with path.open("ab", buffering=0) as file:
                _append(file.fileno(), text.encode(), None)
            self._unsynced.add(path)
            newest_us = fresh[-1].taken_us
        self._newest_us[path] = newest_us
        while len(self._newest_us) > MOST_KNOWN_FILES:
            self._newest_us.popitem(last=False)
        return written + len(fresh)

    def _insert(self, path: Path, late: list[Row]) -> int:
        """Put late rows at their place, by writing the file anew; how many it had not."""
        end = LINE_ENDS[self._layout]
        header, *lines = path.read_bytes().decode("utf-8", "replace").removesuffix(end).split(end)
        known = {self._taken_us(line, path): line for line in lines}
        new = [row for row in late if row.taken_us not in known]
        if not new:
            return 0
        known.update({row.taken_us: self._line(row) for row in new})
        text = end.join([header, *(known[key] for key in sorted(known)), ""])
        unfinished = path.with_suffix(".new")
        with unfinished.open("wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        self._has_new_names = True
        return len(new)

    def _look_at(self, path: Path) -> int:
        """Time of a file's last row [us]; -1 if it has none. A line that was not finished is cut off."""
        end = LINE_ENDS[self._layout].encode()
        header = HEADERS[self._layout].encode() + end
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            return -1
        with path.open("r+b") as file:
            begin = file.read(len(header))
            if begin != header:
                if not header.startswith(begin):
                    raise CsvError(f"{path} does not begin with {HEADERS[self._layout]}: move it away, or choose its layout")
                path.unlink()  # a power cut within its first line
                return -1
            file.seek(max(size - _TAIL_BYTES, 0))
            tail = file.read()
            whole = tail[: tail.rfind(end) + len(end)]
            if len(whole) < len(tail):
                file.truncate(size - (len(tail) - len(whole)))
            last = whole.removesuffix(end).rsplit(end, 1)[-1].decode("utf-8", "replace")
        return -1 if last == HEADERS[self._layout] else self._taken_us(last, path)

    def _line(self, row: Row) -> str:
        if self._layout is Layout.ORIGINAL:
            total = row.meter_w + row.pv_w
            return f"{row.taken_us / 1e6!r},{_figure(row.meter_w)},{_figure(row.pv_w)},{_figure(total)}"
        at = self._local(row.taken_us).isoformat()
        return f"{at},{_figure(row.meter_w)},{_figure(row.pv_w)},{_figure(row.meter_w - row.pv_w)}"

    def _local(self, taken_us: int) -> datetime:
        return (_EPOCH + timedelta(microseconds=taken_us)).astimezone(self._zone)

    def _taken_us(self, line: str, path: Path) -> int:
        first = line.split(",", 1)[0]
        try:
            if self._layout is Layout.ORIGINAL:
                return round(float(first) * 1e6)
            return (datetime.fromisoformat(first) - _EPOCH) // _MICROSECOND
        except (ValueError, TypeError, OverflowError) as error:
            raise CsvError(f"{path}: {first[:40]!r} is no time of ours: mend that line, or move the file away") from error


def _figure(value: float) -> str:
    """A figure as short as it is exact."""
    return str(int(value)) if value == int(value) else repr(round(value, 3))


def _append(descriptor: int, data: bytes, at: int | None) -> None:
    """Write all of it, at a place or at the end. Raises OSError."""
    view = memoryview(data)
    while view:
        count = os.write(descriptor, view) if at is None else os.pwrite(descriptor, view, at)
        view = view[count:]
        at = None if at is None else at + count


def _read_journal(path: Path) -> list[Row]:
    """The rows of a journal; what was not finished was never said to be durable, and is left out."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    rows = []
    for line in data.split(b"\n")[:-1]:
        try:
            rows.append(Row(*_JOURNAL_LINE.decode(line)))
        except (msgspec.DecodeError, UnicodeDecodeError):
            break
    return rows
