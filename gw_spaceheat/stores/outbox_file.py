"""The file of an outbox: one SQLite database with its rows, and what can be asked of it.

SQLite in WAL mode, `synchronous=FULL`: a commit is one write at the end of the log beside the database and one sync. That log
is filled with zeros up to its usual length beforehand, so that a commit changes no file's length and the file system has
nothing of its own to write. Pages are small, because most messages are, and every page that a commit touches is written whole.
The lock is exclusive: then SQLite keeps the index of its log in memory, and no file is mapped that a full disk could take away.

Each row has a check sum of its own. SQLite has none for its pages, and a bit that fell over on a card would otherwise travel to
the peer as a temperature.
"""

import contextlib
import errno
import os
import secrets
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from gw_spaceheat.stores.faults import StoreDamagedError
from gw_spaceheat.stores.journal import sync_folder, write_at

FORMAT = 1
PAGE_BYTES = 512
CHECKPOINT_PAGES = 1000
"""When the log has so many pages they are written to the database, and the log begins anew at its start."""
LOG_BYTES = (CHECKPOINT_PAGES + 64) * (PAGE_BYTES + 24)
"""How long the log is made beforehand [bytes]."""
STEP_BYTES = 4096
MOST_PAGES = 2**32 - 2
CACHE_KIB = 512
MOST_ASIDE = 1000
"""So many messages that could not be read are kept; of more the oldest are dropped."""
STREAM_BYTES = 8
LOG_ENDING = "-wal"
ENDINGS = ("", LOG_ENDING, "-shm", "-journal")
"""What SQLite adds to a database's name for the files that belong to it."""

_SCHEMA = f"""
CREATE TABLE stream (name TEXT NOT NULL, last_sequence INTEGER NOT NULL);
CREATE TABLE message (
    sequence INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL UNIQUE,
    link TEXT NOT NULL,
    dst TEXT NOT NULL,
    src TEXT NOT NULL,
    urgency TEXT NOT NULL,
    type_name TEXT NOT NULL,
    tier INTEGER NOT NULL,
    about_ms INTEGER NOT NULL,
    put_ms INTEGER NOT NULL,
    size INTEGER NOT NULL,
    check_sum INTEGER NOT NULL,
    payload BLOB NOT NULL
);
CREATE INDEX message_by_time ON message (tier, about_ms, sequence, size);
CREATE INDEX message_not_held ON message (sequence) WHERE urgency <> 'held';
CREATE TABLE aside (
    sequence INTEGER, message_id TEXT, link TEXT, dst TEXT, src TEXT, urgency TEXT, type_name TEXT, tier INTEGER,
    about_ms INTEGER, put_ms INTEGER, size INTEGER, check_sum INTEGER, payload BLOB, reason TEXT
);
PRAGMA user_version = {FORMAT};
"""
_COLUMNS = "sequence, message_id, link, dst, src, urgency, type_name, tier, about_ms, put_ms, size, check_sum, payload"
_INSERT = f"INSERT INTO message ({_COLUMNS}) VALUES ({', '.join('?' * 13)})"  # noqa: S608 - constants
_SELECT = f"SELECT {_COLUMNS} FROM message"  # noqa: S608 - constants

_FAULTS = (sqlite3.Error, UnicodeDecodeError)
_OF_THE_DISK = frozenset(
    (
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_NOLFS,
        sqlite3.SQLITE_INTERRUPT,
    )
)
_OF_THE_FILE = frozenset((sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_CORRUPTFS))


class UnreadableError(OSError):
    """The disk does not give back what it has taken."""


class Contents(NamedTuple):
    """What a row says, but for its number.

    Attributes:
        message_id: Identifier under which the message is acknowledged.
        link: Name of the link.
        dst: Short name of the receiver.
        src: Sender; empty for the link's own alias.
        urgency: Word of `Urgency`.
        type_name: Wire name of the message's type.
        tier: Number of its `Tier`.
        about_ms: Beginning of the time that it is about, UTC [ms].
        put_ms: When it was put in, UTC [ms].
        size: Length of the payload [bytes].
        check_sum: As `checked` gives it.
        payload: The message, as JSON.
    """

    message_id: str
    link: str
    dst: str
    src: str
    urgency: str
    type_name: str
    tier: int
    about_ms: int
    put_ms: int
    size: int
    check_sum: int
    payload: bytes

    def checked(self) -> "Contents":
        """The same with the check sum that belongs to it; ValueError if a field is not of its kind."""
        text = "\0".join((*self[:6], *(f"{number:d}" for number in self[6:9])))
        return self._replace(check_sum=crc32(self.payload, crc32(text.encode())))


class Row(NamedTuple):
    """A row: number and contents."""

    sequence: int
    contents: Contents

    def is_sound(self) -> bool:
        """Whether it says what was written."""
        try:
            return self.contents.checked() == self.contents and len(self.contents.payload) == self.contents.size
        except (TypeError, ValueError):
            return False


class OutboxFile:
    """The database. One thread, one process.

    Every method raises StoreDamagedError when the file cannot be relied on, and OSError when the disk does not do what it
    should, with `errno.ENOSPC` when it is full.

    Attributes:
        path: Where it lies.
        stream: Name of its stream of numbers.
        last: The highest number that was ever used.
    """

    def __init__(self, path: Path) -> None:
        """Remember where."""
        self.path = path
        self.stream = ""
        self.last = 0
        self._recorded = 0
        self._inode = 0
        self._database: sqlite3.Connection | None = None

    def open(self) -> None:
        """Open it; made where it is not there, with a stream of its own."""
        with _told(self.path):
            # opened and closed by the thread that composes the process, used in between by that of the link
            self._database = sqlite3.connect(self.path, timeout=0, isolation_level=None, check_same_thread=False)
            try:
                self._set_up(self._database)
                self._prepare(self._database)
            except BaseException:
                self.abandon()
                raise

    def close(self) -> None:
        """Write everything to the database proper and close it."""
        database, self._database = self._database, None
        if database is not None:
            with _told(self.path):
                database.close()

    def abandon(self) -> None:
        """Close it, whatever comes of it."""
        with contextlib.suppress(OSError, StoreDamagedError):
            self.close()

    def is_in_place(self) -> bool:
        """Whether the file that is open is still the one of this name."""
        try:
            return self.path.stat().st_ino == self._inode
        except OSError:
            return False

    # asking

    def totals(self) -> tuple[int, int]:
        """How many rows there are, and how long all payloads are together [bytes]."""
        with _told(self.path):
            row = self._ready().execute("SELECT count(*), coalesce(sum(size), 0) FROM message INDEXED BY message_by_time")
            count, size = row.fetchone()
            return int(count), int(size)

    def after(self, sequence: int, *, with_held: bool = True) -> Row | None:
        """The row with the lowest number above this one."""
        table = "" if with_held else " INDEXED BY message_not_held"
        rest = "" if with_held else " AND urgency <> 'held'"
        row = self._one(f"{_SELECT}{table} WHERE sequence > ?{rest} ORDER BY sequence LIMIT 1", sequence)
        if row is None:
            if with_held and self._highest() > sequence:
                raise StoreDamagedError(f"{self.path} is damaged: it hides some of its rows")
        elif not (isinstance(row.sequence, int) and row.sequence > sequence):  # it would be walked for ever
            raise StoreDamagedError(f"{self.path} is damaged: its numbers are out of order")
        return row

    def by_id(self, message_id: str) -> Row | None:
        """The row with this identifier."""
        return self._one(f"{_SELECT} WHERE message_id = ?", message_id)

    def place(self, message_id: str) -> tuple[int, int] | None:
        """Number and size [bytes] of the row with this identifier."""
        return self._place("SELECT sequence, size FROM message WHERE message_id = ?", message_id)

    def numbered(self, sequence: int) -> tuple[int, int] | None:
        """Number and size [bytes] of the row with this number."""
        return self._place("SELECT sequence, size FROM message WHERE sequence = ?", sequence)

    def has_more_than(self, number: int) -> bool:
        """Whether there are more rows than so many, counted one by one."""
        with _told(self.path):
            asked = "SELECT count(*) FROM (SELECT 1 FROM message NOT INDEXED LIMIT ?)"
            (count,) = self._ready().execute(asked, (number + 1,)).fetchone()
            return bool(count > number)

    def filed_before(self, tier: int, about_ms: int, most: int) -> list[Row]:
        """At most so many of a tier about a time before this one, by that time and then by number."""
        asked = f"{_SELECT} INDEXED BY message_by_time WHERE tier = ? AND about_ms < ? ORDER BY about_ms, sequence LIMIT ?"
        with _told(self.path):
            return [_row(found) for found in self._ready().execute(asked, (tier, about_ms, most))]

    def latest_about(self, tier: int, before_ms: int) -> tuple[int, int] | None:
        """Time and number of the last row of a tier about a time before this one."""
        asked = "SELECT about_ms, sequence FROM message INDEXED BY message_by_time WHERE tier = ? AND about_ms < ?"
        with _told(self.path):
            database = self._ready()
            row = database.execute(f"{asked} ORDER BY about_ms DESC, sequence DESC LIMIT 1", (tier, before_ms)).fetchone()
        return None if row is None else (int(row[0]), int(row[1]))

    def next_about(self, tier: int, beyond: tuple[int, int], before_ms: int) -> Row | None:
        """The row of a tier that follows on this time and number, if it is about a time before this one."""
        rest = "WHERE tier = ? AND (about_ms, sequence) > (?, ?) AND about_ms < ? ORDER BY about_ms, sequence LIMIT 1"
        with _told(self.path):
            asked = f"{_SELECT} INDEXED BY message_by_time {rest}"
            found = self._ready().execute(asked, (tier, *beyond, before_ms)).fetchone()
        return None if found is None else _row(found)

    # writing

    def write(
        self, rows: Sequence[Row], gone: Collection[int] = (), aside: Mapping[int, str] | None = None, *, durable: bool = True
    ) -> None:
        """Change everything in one transaction, or nothing.

        Args:
            rows: To put in; their numbers rise and are above `last`.
            gone: Numbers of rows to take out.
            aside: Numbers of rows to take out and to set aside, with the reason.
            durable: It is on the disk when this returns; else whenever the next durable one is.
        """
        with _told(self.path):
            database = self._ready()
            if not durable:
                database.execute("PRAGMA synchronous = NORMAL")
            database.execute("BEGIN IMMEDIATE")
            try:
                last = self._change(database, rows, gone, aside or {})
                database.execute("COMMIT")
            except BaseException:
                if database.in_transaction:
                    with contextlib.suppress(sqlite3.Error):
                        database.execute("ROLLBACK")
                raise
            finally:
                if not durable:
                    database.execute("PRAGMA synchronous = FULL")
            self.last, self._recorded = last

    def checkpoint(self) -> None:
        """Write everything to the database proper, so that the log begins anew at its start and need not grow."""
        with _told(self.path):
            self._ready().execute("PRAGMA wal_checkpoint(RESTART)").fetchall()

    def take_room(self, size: int) -> None:
        """Make the database so much longer [bytes], for what is put in later. The log must be at its start."""
        self.let_grow()
        with _told(self.path):
            database = self._ready()
            database.execute("DELETE FROM aside WHERE reason = 'room'")  # if it was killed here once
            database.execute("INSERT INTO aside (payload, reason) VALUES (zeroblob(?), 'room')", (size,))
            self.checkpoint()
            database.execute("DELETE FROM aside WHERE reason = 'room'")

    def keep_length(self) -> None:
        """From now on what needs more pages than there are fails as on a full disk.

        On a disk that is really full the database must not grow: what the log cannot hand on to it, nobody can remove any more.
        """
        with _told(self.path):
            (pages,) = self._ready().execute("PRAGMA page_count").fetchone()
            self._ready().execute(f"PRAGMA max_page_count = {pages}").fetchall()

    def let_grow(self) -> None:
        """Let the database grow as it likes, as it may when it is opened."""
        with _told(self.path):
            self._ready().execute(f"PRAGMA max_page_count = {MOST_PAGES}").fetchall()

    # inside

    def _change(
        self, database: sqlite3.Connection, rows: Sequence[Row], gone: Collection[int], aside: Mapping[int, str]
    ) -> tuple[int, int]:
        if aside:
            database.executemany(
                f"INSERT INTO aside SELECT {_COLUMNS}, ? FROM message WHERE sequence = ?",  # noqa: S608 - constants
                [(reason, sequence) for sequence, reason in aside.items()],
            )
            database.execute("DELETE FROM aside WHERE rowid <= (SELECT max(rowid) FROM aside) - ?", (MOST_ASIDE,))
        if gone or aside:
            database.executemany("DELETE FROM message WHERE sequence = ?", [(sequence,) for sequence in (*gone, *aside)])
        database.executemany(_INSERT, [(row.sequence, *row.contents) for row in rows])
        last = max(self.last, rows[-1].sequence if rows else 0)
        # while the row with the highest number is there, it says it
        if self._recorded != last and (gone or aside) and self._highest() < last:
            database.execute("UPDATE stream SET last_sequence = ?", (last,))
            return last, last
        return last, self._recorded

    def _one(self, asked: str, key: int | str) -> Row | None:
        with _told(self.path):
            found = self._ready().execute(asked, (key,)).fetchone()
        return None if found is None else _row(found)

    def _highest(self) -> int:
        with _told(self.path):
            (highest,) = self._ready().execute("SELECT max(sequence) FROM message").fetchone()
            return int(highest or 0)

    def _place(self, asked: str, key: int | str) -> tuple[int, int] | None:
        with _told(self.path):
            found: tuple[Any, Any] | None = self._ready().execute(asked, (key,)).fetchone()
        if found is None:
            return None
        sequence, size = found
        return int(sequence), size if isinstance(size, int) else 0

    def _ready(self) -> sqlite3.Connection:
        if self._database is None:
            raise OSError(errno.EBADF, f"{self.path} is not open")
        return self._database

    def _set_up(self, database: sqlite3.Connection) -> None:
        database.text_factory = _lenient
        for setting in (
            f"page_size = {PAGE_BYTES}",
            "locking_mode = EXCLUSIVE",
            "synchronous = FULL",
            "secure_delete = OFF",
            "cell_size_check = ON",
            "trusted_schema = OFF",
            "temp_store = MEMORY",
            f"cache_size = -{CACHE_KIB}",
            f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
        ):
            database.execute(f"PRAGMA {setting}")

    def _prepare(self, database: sqlite3.Connection) -> None:
        (mode,) = database.execute("PRAGMA journal_mode = WAL").fetchone()
        if mode != "wal":
            raise OSError(errno.EROFS, f"{self.path} cannot be written")
        (version,) = database.execute("PRAGMA user_version").fetchone()
        (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if version == 0 and tables == 0:
            self._make(database)
        elif version != FORMAT:
            raise StoreDamagedError(f"{self.path} is of version {version}, this software writes {FORMAT}")
        named = database.execute("SELECT name, last_sequence FROM stream").fetchall()
        if len(named) != 1 or not all(isinstance(each, kind) for each, kind in zip(named[0], (str, int), strict=True)):
            raise StoreDamagedError(f"{self.path} is damaged: it does not say which stream it is")
        self.stream, self._recorded = named[0]
        self.last = max(self._recorded, self._highest())
        self._require_writable(database)
        self._inode = self.path.stat().st_ino
        self._fill_log()

    def _require_writable(self, database: sqlite3.Connection) -> None:
        try:
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
        except sqlite3.OperationalError:
            with self.path.open("r+b"):  # raises what hinders, if it is the disk
                pass
            raise StoreDamagedError(f"{self.path} is damaged: it says that it must not be written") from None

    def _make(self, database: sqlite3.Connection) -> None:
        name = secrets.token_hex(STREAM_BYTES)
        database.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} INSERT INTO stream VALUES ('{name}', 0); COMMIT;")  # noqa: S608 - ours
        self.path.chmod(0o600)
        sync_folder(self.path.parent)

    def _fill_log(self) -> None:
        """Give the log its length; zeros at its end are to SQLite what older pages there are."""
        path = self.path.with_name(self.path.name + LOG_ENDING)
        with contextlib.suppress(OSError):  # on a full disk it grows as it can
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                size = os.fstat(descriptor).st_size
                if size >= LOG_BYTES:
                    return
                for start in range(size, LOG_BYTES, STEP_BYTES):  # what is written at once may later be written back at once
                    write_at(descriptor, bytes(STEP_BYTES), start)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def salvaged(path: Path) -> Iterator[Row]:
    """Every sound row that can still be read of a damaged database, by number; nothing if it is none at all.

    It is walked from both ends and along its indexes, because a damaged page hides what lies behind it.
    """
    _mend_start(path)
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as database:
            database.text_factory = _lenient
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            numbers: set[int] = set()
            for index in ("NOT INDEXED", "INDEXED BY message_by_time", "INDEXED BY sqlite_autoindex_message_1"):
                for order in ("", "ORDER BY sequence DESC"):
                    numbers |= set(_numbers(database, f"SELECT sequence FROM message {index} {order}"))  # noqa: S608 - constants
            names: set[str] = set()
            for number in sorted(numbers):
                with contextlib.suppress(*_FAULTS):
                    found = database.execute(f"{_SELECT} WHERE sequence = ?", (number,)).fetchone()
                    if found is None or not _row(found).is_sound():
                        continue
                    row = _row(found)
                    if row.contents.message_id not in names:  # an older page may have come back
                        names.add(row.contents.message_id)
                        yield row
    except _FAULTS:
        return


def _mend_start(path: Path) -> None:
    """What must stand at the start of every file of ours; one wrong bit there, and SQLite does not look at the rest."""
    start = b"SQLite format 3\0" + PAGE_BYTES.to_bytes(2, "big") + bytes((2, 2, 0, 64, 32, 32))
    with contextlib.suppress(OSError), path.open("r+b") as file:
        if file.read(len(start)) != start and file.seek(0, os.SEEK_END) >= PAGE_BYTES:
            file.seek(0)
            file.write(start)


def _numbers(database: sqlite3.Connection, asked: str) -> Iterator[int]:
    try:
        # a damaged tree may lead in circles; no outbox has so many rows
        for (number,) in islice(database.execute(asked), 1_000_000):
            if isinstance(number, int):
                yield number
    except _FAULTS:
        return


def _row(found: Sequence[Any]) -> Row:
    return Row(found[0], Contents(*found[1:]))


def _lenient(data: bytes) -> str:
    return data.decode(errors="replace")


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """What SQLite says, as one of the two kinds of trouble that there are."""
    try:
        yield
    except UnicodeDecodeError as error:  # SQLite's own words, with something of the file in them
        raise StoreDamagedError(f"{path} is damaged: {error}") from error
    except sqlite3.Error as error:
        raise _translated(error, path) from error


def _translated(error: sqlite3.Error, path: Path) -> Exception:
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(error, sqlite3.ProgrammingError) and code is None:
        return OSError(errno.EBADF, f"{path}: {error}")
    if code is None or code in _OF_THE_FILE:
        return StoreDamagedError(f"{path} is damaged: {error}")
    if code & 0xFF == sqlite3.SQLITE_FULL:
        return OSError(errno.ENOSPC, f"{path}: {error}")
    if code == sqlite3.SQLITE_IOERR_READ:
        return UnreadableError(errno.EIO, f"{path}: {error}")
    if code & 0xFF in _OF_THE_DISK:
        return OSError(errno.EIO, f"{path}: {error}")
    return StoreDamagedError(f"{path} is damaged: {error}")
