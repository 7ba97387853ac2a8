"""Messages as they come, durable before anything follows from them: the Ear's journal and the AtomicTNode's archive.

One SQLite file in WAL mode. A commit is one transaction and one sync, however many messages wait for it. Each message stands
there once: by house, sender and identifier, if it has an identifier. Numbers of rows rise and are never used twice, also after
older rows have been pruned, so that whoever has copied rows elsewhere can say up to which row.
"""

import fcntl
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple
from urllib.parse import quote
from uuid import uuid4
from zlib import compress, decompress

import msgspec

from gw_spaceheat.core.events import Keep, Persist
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.codec import decode_bare, encode_bare
from gw_spaceheat.stores.faults import StoreBusyError
from gw_spaceheat.stores.journal import sync_folder
from gw_spaceheat.vocabulary.moment import DAY_MS

LOCK_FILE = ".lock"
COMPRESSED_FROM = 1024
"""Payloads of so many bytes are compressed: a report of an hour to a fifth of itself [bytes]."""
BUSY_S = 5.0
"""How long the file is waited for if somebody else holds it, such as a tool that looks at it [s]."""
WAL_BYTES = 16 * 1024 * 1024
"""To this length SQLite's own log is cut when it begins anew [bytes]."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    day INTEGER NOT NULL,
    house TEXT NOT NULL,
    arrived_ms INTEGER NOT NULL,
    src TEXT NOT NULL,
    dst TEXT NOT NULL,
    stream TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    type_name TEXT NOT NULL,
    message_id TEXT NOT NULL,
    payload BLOB NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS by_identifier ON messages (house, src, message_id) WHERE message_id <> '';
CREATE INDEX IF NOT EXISTS by_day ON messages (day, house);
CREATE INDEX IF NOT EXISTS by_sequence ON messages (house, stream, sequence) WHERE sequence > 0;
CREATE TABLE IF NOT EXISTS states (name TEXT PRIMARY KEY, state BLOB NOT NULL) WITHOUT ROWID;
"""
_COLUMNS = "number, house, arrived_ms, src, dst, stream, sequence, type_name, message_id, payload"
_INSERT = "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
_NAME_STATE = "journal.name"
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_Values = tuple[int, str, int, str, str, str, int, str, str, bytes]


class JournalRow(NamedTuple):
    """A message as it was kept.

    Attributes:
        number: Of the row; rises in the order in which messages were kept.
        house: Alias of the house that it is about.
        arrived_ms: When it came, UTC [ms].
        src: Who sent it.
        dst: Short name of the receiver; empty if unknown.
        stream: Name of the outbox that numbered it; empty if none has.
        sequence: Its number within that stream, from 1; 0 if it has none.
        type_name: Its type.
        message_id: The envelope's identifier; empty if it has none.
        payload: The message, as JSON.
    """

    number: int
    house: str
    arrived_ms: int
    src: str
    dst: str
    stream: str
    sequence: int
    type_name: str
    message_id: str
    payload: bytes

    def message(self) -> Message:
        """The message, read; raises Refusal if it cannot be, which a later version may bring about."""
        return decode_bare(self.type_name, self.payload)


class JournalRows:
    """Reads a journal over an open connection; every call raises `sqlite3.Error` where it fails."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Remember the connection."""
        self._connection = connection

    def name(self) -> str:
        """Name of the file itself, drawn when it was made: numbers of rows are of this file only."""
        return self.states().get(_NAME_STATE, b"").decode()

    def houses(self) -> list[str]:
        """Houses of which there are messages."""
        return [str(house) for (house,) in self._connection.execute("SELECT DISTINCT house FROM messages ORDER BY house")]

    def days(self, house: str) -> list[int]:
        """Days on which messages of a house came, as days since 1970, rising."""
        found = self._connection.execute("SELECT DISTINCT day FROM messages WHERE house = ? ORDER BY day", (house,))
        return [int(day) for (day,) in found]

    def oldest(self) -> tuple[int, str] | None:
        """Day and house of a message of the oldest day that there is; None if there is no message."""
        found = self._connection.execute("SELECT day, house FROM messages ORDER BY day, house LIMIT 1").fetchone()
        return None if found is None else (int(found[0]), str(found[1]))

    def of_day(self, house: str, day: int, types: Sequence[str] = ()) -> list[JournalRow]:
        """Messages of a house that came on a day, as they were kept; only of some types, if any are named."""
        among = f" AND type_name IN ({', '.join('?' * len(types))})" if types else ""
        query = f"SELECT {_COLUMNS} FROM messages WHERE day = ? AND house = ?{among} ORDER BY number"  # noqa: S608 - no values
        return list(_rows(self._connection.execute(query, (day, house, *types))))

    def of_types(self, types: Sequence[str], since_ms: int, house: str | None = None) -> Iterator[JournalRow]:
        """Messages of some types that came since a time [UTC ms], one after another, as they were kept."""
        among = f"type_name IN ({', '.join('?' * len(types))})"
        whose = "" if house is None else " AND house = ?"
        query = f"SELECT {_COLUMNS} FROM messages WHERE {among} AND arrived_ms >= ?{whose} ORDER BY number"  # noqa: S608
        return _rows(self._connection.execute(query, (*types, since_ms, *(() if house is None else (house,)))))

    def identifiers(self, since_ms: int) -> list[str]:
        """Identifiers of all messages that came since a time [UTC ms]."""
        query = "SELECT message_id FROM messages WHERE arrived_ms >= ? AND message_id <> '' ORDER BY number"
        return [str(identifier) for (identifier,) in self._connection.execute(query, (since_ms,))]

    def numbered(self, house: str, stream: str, first: int, last: int, most: int) -> list[JournalRow]:
        """At most so many messages of a stream with numbers from the first to the last, by number."""
        query = (
            f"SELECT {_COLUMNS} FROM messages WHERE house = ? AND stream = ? AND sequence > 0 "  # noqa: S608 - no values
            "AND sequence BETWEEN ? AND ? ORDER BY sequence LIMIT ?"
        )
        return list(_rows(self._connection.execute(query, (house, stream, first, last, most))))

    def states(self) -> dict[str, bytes]:
        """Every state that was kept, as JSON, by name."""
        return dict(self._connection.execute("SELECT name, state FROM states"))

    def size(self) -> int:
        """How many messages there are."""
        return int(self._connection.execute("SELECT count(*) FROM messages").fetchone()[0])


@contextmanager
def reading_journal(path: Path) -> Iterator[JournalRows | None]:
    """Look into a journal, as it is at this moment, while its owner may be writing; None if there is none.

    Raises:
        OSError: It cannot be read.
    """
    if not path.is_file():
        yield None
        return
    try:
        connection = _look(path)
    except sqlite3.Error as error:
        raise OSError(f"{path} cannot be read: {error}") from error
    try:
        yield JournalRows(connection)
    except sqlite3.Error as error:
        raise OSError(f"{path} cannot be read: {error}") from error
    finally:
        connection.close()


def _look(path: Path) -> sqlite3.Connection:
    """A connection that sees one state of the file from now on.

    Who may only read the folder cannot open a file in WAL mode that nobody has open; it does not change then.
    """
    address = f"file:{quote(str(path))}?mode=ro"
    try:
        return _begun(sqlite3.connect(address, uri=True, timeout=BUSY_S, isolation_level=None))
    except sqlite3.OperationalError:
        if path.with_name(f"{path.name}-wal").exists():
            raise
        return _begun(sqlite3.connect(f"{address}&immutable=1", uri=True, isolation_level=None))


def _begun(connection: sqlite3.Connection) -> sqlite3.Connection:
    try:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM states").fetchone()  # only the first look fixes what is seen
    except sqlite3.Error:
        connection.close()
        raise
    return connection


class MessageJournal:
    """Writes a journal. One thread at a time, one process: the folder is locked as long as it is open.

    A disk that is full or broken is no reason to fail: `commit` raises, what waits stays, and the next commit tries again,
    with a fresh connection. A file that is damaged is set aside, and another begun.
    """

    def __init__(self, path: Path) -> None:
        """Remember where; nothing is opened."""
        self.path = path
        self._lock: IO[bytes] | None = None
        self._connection: sqlite3.Connection | None = None
        self._waiting: list[tuple[int, str, int, str, str, str, int, str, str, bytes]] = []
        self._numbered: list[tuple[int, int, str, int, str, str, str, int, str, str, bytes]] = []
        self._states: dict[str, bytes | None] = {}
        self._last_number = 0
        self._troubles: list[str] = []

    @property
    def waiting(self) -> int:
        """How many messages wait for the next commit."""
        return len(self._waiting) + len(self._numbered)

    def open(self) -> None:
        """Make the folder and take its lock. The file itself is opened when it is first needed.

        Raises:
            StoreBusyError: Another process writes there.
            OSError: The folder cannot be made.
        """
        folder = self.path.parent
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK_FILE).open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise StoreBusyError(f"another process writes to {folder}: stop it, or give this one another folder") from None
        self._lock = lock

    def keep(self, event: Persist) -> None:
        """Take a message; it is safe after the next `commit`."""
        message = event.message
        self._waiting.append(
            (
                event.arrived_ms // DAY_MS,
                event.house,
                event.arrived_ms,
                event.src,
                event.dst,
                event.stream,
                event.sequence,
                message.type_name(),
                event.message_id,
                _packed(encode_bare(message)),
            )
        )

    def keep_state(self, event: Keep) -> None:
        """Take a state in the place of an older one of the same name; it is safe after the next `commit`."""
        self._states[event.name] = msgspec.json.encode(event.state)

    def forget_state(self, name: str) -> None:
        """Let go of a state, with the next `commit`."""
        self._states[name] = None

    def commit(self) -> None:
        """Make durable what was taken, all of it or nothing; without news nothing is done.

        Raises:
            OSError: It could not be; what was taken still waits.
        """
        if not (self._waiting or self._numbered or self._states):
            return
        with self._writing() as connection:
            for values in self._waiting:  # numbered once: a commit that is tried again cannot double them
                self._last_number += 1
                self._numbered.append((self._last_number, *values))
            self._waiting.clear()
            connection.executemany(_INSERT, self._numbered)
            for name, state in self._states.items():
                if state is None:
                    connection.execute("DELETE FROM states WHERE name = ?", (name,))
                else:
                    connection.execute("INSERT OR REPLACE INTO states VALUES (?, ?)", (name, state))
        self._numbered.clear()
        self._states.clear()

    def discard(self) -> None:
        """Let go of what waits: whoever sent it will send it again."""
        self._waiting.clear()
        self._numbered.clear()
        self._states.clear()

    @contextmanager
    def rows(self) -> Iterator[JournalRows]:
        """What is committed, for reading in the writer's own thread; raises OSError."""
        try:
            yield JournalRows(self._opened())
        except sqlite3.Error as error:
            self._let_go(error)
            raise OSError(f"{self.path}: {error}") from error

    def prune_day(self, house: str, day: int, up_to_number: int) -> None:
        """Let go of what came from a house on a day, up to a row; raises OSError."""
        with self._writing() as connection:
            connection.execute("DELETE FROM messages WHERE day = ? AND house = ? AND number <= ?", (day, house, up_to_number))

    def prune_before(self, day: int, most: int) -> bool:
        """Let go of at most so many messages that came before a day; True if there may be more. Raises OSError."""
        with self._writing() as connection:
            gone = connection.execute(
                "DELETE FROM messages WHERE number IN (SELECT number FROM messages WHERE day < ? LIMIT ?)", (day, most)
            )
            return gone.rowcount >= most

    def troubles(self) -> list[str]:
        """What was found wrong since this was last asked, for a person."""
        told, self._troubles = self._troubles, []
        return told

    def close(self) -> None:
        """Let the file and the folder go, without a commit. May be called twice."""
        self._disconnect()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: durable at the end, or not begun at all."""
        try:
            connection = self._opened()
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._let_go(error)
            raise OSError(f"{self.path}: {error}") from error

    def _opened(self) -> sqlite3.Connection:
        if self._connection is not None:
            return self._connection
        if self._lock is None:
            raise OSError(f"{self.path} is not open")
        is_new = not self.path.exists()
        connection = sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute(f"PRAGMA journal_size_limit={WAL_BYTES}")
            connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
            connection.execute("INSERT OR IGNORE INTO states VALUES (?, ?)", (_NAME_STATE, uuid4().hex.encode()))
            found = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'messages'").fetchone()
            if is_new:
                sync_folder(self.path.parent)
        except (sqlite3.Error, OSError):
            connection.close()
            raise
        self._last_number = max(self._last_number, 0 if found is None else int(found[0]))
        self._connection = connection
        return connection

    def _let_go(self, error: sqlite3.Error) -> None:
        """After a failure nothing is known of the connection: the next use makes another."""
        self._disconnect()
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGED:
            return
        aside = next(
            path
            for number in range(1, 1000)
            if not (path := self.path.with_name(f"{self.path.name}.damaged-{number}")).exists()
        )
        for ending in ("", "-wal", "-shm"):
            file = self.path.with_name(f"{self.path.name}{ending}")
            if file.exists():
                file.rename(aside.with_name(f"{aside.name}{ending}"))
        self._troubles.append(f"{self.path} is damaged ({error}); it lies as {aside.name} beside a new one")

    def _disconnect(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            try:
                connection.close()  # which undoes a transaction that is not finished
            except sqlite3.Error as error:
                self._troubles.append(f"{self.path} could not be closed: {error}")


def _packed(payload: bytes) -> bytes:
    """Compressed where it pays. JSON text begins with a brace, and what zlib makes never does."""
    return compress(payload, 1) if len(payload) >= COMPRESSED_FROM else payload


def _unpacked(payload: bytes) -> bytes:
    return payload if payload.startswith(b"{") else decompress(payload)


def _rows(found: Iterable[_Values]) -> Iterator[JournalRow]:
    for number, house, arrived_ms, src, dst, stream, sequence, type_name, message_id, payload in found:
        yield JournalRow(number, house, arrived_ms, src, dst, stream, sequence, type_name, message_id, _unpacked(payload))
