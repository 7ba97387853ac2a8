"""Lines that wait for a server, on disk: none is lost while it is away, and of too many the oldest are given up."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

SCHEMA = "CREATE TABLE IF NOT EXISTS lines (number INTEGER PRIMARY KEY AUTOINCREMENT, line TEXT NOT NULL)"
BYTES_OF_A_ROW = 24
"""What a row takes beside its text, about [bytes]."""
LOOK_EVERY = 1_000
"""Its size is looked at after so many lines."""


class PointBuffer:
    """A queue of lines in SQLite; for one thread."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        """Remember; nothing is opened.

        Args:
            path: The file.
            most_bytes: What waits takes no more than this, about [bytes].
        """
        self._path = path
        self._most_bytes = most_bytes
        self._connection: sqlite3.Connection | None = None
        self._since_look = LOOK_EVERY

    def open(self) -> None:
        """Open, and make what is not there; raises OSError."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            connection = sqlite3.connect(self._path, timeout=5.0, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(SCHEMA)
        except sqlite3.Error as error:
            raise OSError(f"{self._path}: {error}") from None
        self._connection = connection

    def close(self) -> None:
        """Let it go."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def add(self, lines: Sequence[str]) -> int:
        """Put lines at the end, durably; how many old ones had to be given up for them. Raises OSError."""
        with closing(self._open().cursor()) as cursor:
            try:
                cursor.execute("BEGIN IMMEDIATE")
                cursor.executemany("INSERT INTO lines (line) VALUES (?)", [(line,) for line in lines])
                given_up = self._give_up(cursor, len(lines))
                cursor.execute("COMMIT")
            except sqlite3.Error as error:
                if self._open().in_transaction:
                    cursor.execute("ROLLBACK")
                raise OSError(f"{self._path}: {error}") from None
        return given_up

    def oldest(self, most: int) -> list[tuple[int, str]]:
        """Numbers and texts of the oldest lines. Raises OSError."""
        try:
            found = self._open().execute("SELECT number, line FROM lines ORDER BY number LIMIT ?", (most,)).fetchall()
        except sqlite3.Error as error:
            raise OSError(f"{self._path}: {error}") from None
        return [(int(number), str(line)) for number, line in found]

    def forget(self, up_to: int) -> None:
        """Lines up to this number are where they were to go. Raises OSError."""
        try:
            self._open().execute("DELETE FROM lines WHERE number <= ?", (up_to,))
        except sqlite3.Error as error:
            raise OSError(f"{self._path}: {error}") from None

    def count(self) -> int:
        """How many wait. Raises OSError."""
        try:
            return int(self._open().execute("SELECT count(*) FROM lines").fetchone()[0])
        except sqlite3.Error as error:
            raise OSError(f"{self._path}: {error}") from None

    def _give_up(self, cursor: sqlite3.Cursor, added: int) -> int:
        """Of too many, the oldest tenth."""
        self._since_look += added
        if self._since_look < LOOK_EVERY:
            return 0
        self._since_look = 0
        texts, count = cursor.execute("SELECT total(length(line)), count(*) FROM lines").fetchone()
        size = texts + BYTES_OF_A_ROW * count
        if size <= self._most_bytes:
            return 0
        most = max(int(count * (1.0 - 0.9 * self._most_bytes / size)), 1)
        cursor.execute("DELETE FROM lines WHERE number IN (SELECT number FROM lines ORDER BY number LIMIT ?)", (most,))
        return most

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            raise OSError(f"{self._path} is not open")
        return self._connection
