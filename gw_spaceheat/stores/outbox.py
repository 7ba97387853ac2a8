"""An outbox that survives: what must reach a peer, on disk until the peer has acknowledged it.

    FOLDER/outbox.db            the rows, and the name of the stream of their numbers; beside it SQLite's log, `outbox.db-wal`
    FOLDER/outbox.reserve       a little room, let go when the disk is full
    FOLDER/outbox.db.aside-1    a file that could not be relied on

What is put in is durable when `put` returns. What is forgotten is removed with the next message that is put in, or when enough
is to be removed: should the process die before, the peer gets a message twice, which it is prepared for anyway. While the
disk does not take anything, messages wait in memory and are sent all the same, but without number and stream, because
nothing remembers then which numbers were used. Nothing that goes wrong with disk or file is raised; it is told by `troubles`.
"""

import contextlib
import errno
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from gw_spaceheat.core.events import Send, Urgency
from gw_spaceheat.core.link.outbox import Entry, Filed, Tier, filed
from gw_spaceheat.messages.codec import Refusal, decode_bare, encode_bare
from gw_spaceheat.messages.gws_thinned_report import GwsThinnedReport
from gw_spaceheat.stores.faults import StoreBusyError, StoreDamagedError
from gw_spaceheat.stores.folder_lock import FolderLock
from gw_spaceheat.stores.journal import sync_folder
from gw_spaceheat.stores.outbox_file import ENDINGS, Contents, OutboxFile, Row, UnreadableError, salvaged
from gw_spaceheat.stores.reserve import RESERVE_BYTES, Reserve

DATABASE = "outbox.db"
UNFINISHED = "outbox.db.new"
RESERVE = "outbox.reserve"
ASIDE = ".aside-"
MOST_BYTES = 64 * 1000 * 1000
MOST_ENTRIES = 100_000
MOST_IN_MEMORY = 600
MOST_MEMORY_BYTES = 4 * 1024 * 1024
"""While the disk takes nothing, so much waits in memory; of more the oldest is given up."""
GONE_TOGETHER = 64
"""So many forgotten messages are removed at once, when no message is put in before."""
RECENT = 16
CARRIED_TOGETHER = 200
TIMES_UNREADABLE = 3
"""A file that cannot be read at so many rests is damaged: a place of the disk is lost."""
MOST_FILES_ASIDE = 3
"""So many damaged files are kept, the newest."""
ROOM_BYTES = 64 * 1024
"""On a full disk at least so much of the oldest is given up at once."""

T = TypeVar("T")


class _Waiting(NamedTuple):
    """A message that is not on disk yet, under the number that it will probably have."""

    entry: Entry
    contents: Contents


class SqliteOutbox:
    """Keeps messages in a folder of its own; fulfils `Outbox`. One thread at a time, one process.

    A number that `after` is asked for and that is higher than any in use is from before the numbers began anew; the answer
    is the oldest message.

    Attributes:
        folder: The folder.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES, most_entries: int = MOST_ENTRIES) -> None:
        """Remember; nothing is opened.

        Args:
            folder: Where it lies; made when it is not there.
            most_bytes: How long all messages may be together [bytes]; the last one put in is kept however long it is.
            most_entries: How many there may be (at least 1).
        """
        if most_entries < 1:
            raise ValueError(f"an outbox must hold at least one message, not {most_entries}")
        self.folder = folder
        self._most_bytes = most_bytes
        self._most_entries = most_entries
        self._lock = FolderLock(folder, "its outbox")
        self._reserve = Reserve(folder / RESERVE)
        self._file: OutboxFile | None = None
        self._waiting: dict[str, _Waiting] = {}
        self._recent: dict[str, Entry] = {}
        self._gone: set[int] = set()
        self._aside: dict[int, str] = {}
        self._last = 0
        self._count = 0
        self._bytes = 0
        self._together = 0
        self._given_up: list[Send] = []
        self._lost_waiting = 0
        self._trouble = ""
        self._is_full = False
        self._way_given = 0
        self._is_unreadable = False
        self._times_unreadable = 0
        self._told_types: set[str] = set()
        self._troubles: list[str] = []

    def open(self) -> None:
        """Take the folder's lock and open the file.

        A disk that fails is no reason to fail: it is told as a trouble, and tried again with each message and each rest.

        Raises:
            StoreBusyError: Another process keeps its outbox there.
        """
        try:
            self._lock.take()
            self._open_file()
        except OSError as error:
            self._fail(error)

    def close(self) -> None:
        """Remove what is forgotten, close the file and give back the lock; what waits in memory is lost."""
        if self._file is not None:
            if self._waiting or self._gone or self._aside:
                self._write(durable=bool(self._waiting))
            if self._file is not None:
                self._file.abandon()
                self._file = None
        self._lock.give_back()

    # as any outbox ----------------------------------------------------------------------------------------------------

    @property
    def stream(self) -> str:
        """Name of the stream of its numbers; empty while nothing can be written, because numbers would be used again."""
        return "" if self._file is None or self._trouble else self._file.stream

    @property
    def size_bytes(self) -> int:
        """How many bytes all kept messages have together [bytes]."""
        return max(self._bytes, 0)

    def put(self, send: Send, now_ms: int) -> Sequence[Send]:
        """Keep a message until it is forgotten; when this returns it is on disk, or a trouble is told.

        Args:
            send: The message.
            now_ms: The time, UTC [ms].

        Returns:
            What was given up to make room, oldest first; also what was on an earlier occasion that could not tell.
        """
        if self._add(send, now_ms):
            self._keep_within_limits(send.message_id)
            if not self._together:
                self._write()
        given_up, self._given_up = self._given_up, []
        return given_up

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """What is put in within is one commit, durable when the block is left. Nothing of it may be sent before."""
        self._together += 1
        try:
            yield
        finally:
            self._together -= 1
            if not self._together and (self._waiting or self._gone):
                self._write()

    def forget(self, message_id: str) -> bool:
        """Let go of a message; False if there is none with this identifier."""
        self._recent.pop(message_id, None)
        waiting = self._waiting.pop(message_id, None)
        if waiting is not None:
            self._count -= 1
            self._bytes -= waiting.contents.size
            return True
        place = self._read(lambda file: file.place(message_id), None)
        if place is None or self._is_gone(place[0]):
            return False
        self._let_go(*place)
        self._remove_some()
        return True

    def find(self, message_id: str) -> Entry | None:
        """The kept message with this identifier."""
        entry = self._recent.get(message_id)
        if entry is not None:
            return entry
        waiting = self._waiting.get(message_id)
        if waiting is not None:
            return waiting.entry
        row = self._read(lambda file: file.by_id(message_id), None)
        entry = None if row is None or self._is_gone(row.sequence) else self._entry(row)
        return entry if entry is None or entry.send.message_id == message_id else None

    def after(self, sequence: int, *, with_held: bool = True) -> Entry | None:
        """The oldest kept message with a higher number."""
        if sequence > self._last:
            sequence = 0
        for entry in self._stored_after(sequence, with_held=with_held):
            return entry
        for waiting in self._waiting.values():
            entry = waiting.entry
            if entry.sequence > sequence and (with_held or entry.send.urgency is not Urgency.HELD):
                return entry
        return None

    def filed_before(self, tier: Tier, about_ms: int, most: int) -> Sequence[Entry]:
        """At most so many of a tier that are about a time before this one, oldest first."""
        hidden = len(self._gone) + len(self._aside)
        nothing: list[Row] = []
        rows = self._read(lambda file: file.filed_before(int(tier), about_ms, most + hidden), nothing)
        found = [entry for row in rows if not self._is_gone(row.sequence) and (entry := self._entry(row)) is not None]
        for waiting in self._waiting.values():
            of = waiting.entry.filed
            if of.tier is tier and of.about_ms < about_ms:
                found.append(waiting.entry)
        return sorted(found, key=_by_time)[:most]

    def latest_about(self, before_ms: int) -> int | None:
        """The latest time before this one that a kept message is about; with what was forgotten and is not removed yet."""
        times_ms = [waiting.entry.filed.about_ms for waiting in self._waiting.values()]
        for tier in Tier:
            found = self._read(lambda file, tier=tier: file.latest_about(int(tier), before_ms), None)  # type: ignore[misc]
            if found is not None:
                times_ms.append(found[0])
        return max((time_ms for time_ms in times_ms if time_ms < before_ms), default=None)

    def next_about(self, beyond: tuple[int, int], before_ms: int) -> Entry | None:
        """The kept message that follows, by the time that it is about and then by its number."""
        following = [waiting.entry for waiting in self._waiting.values()]
        for tier in Tier:
            entry = self._stored_about(tier, beyond, before_ms)
            if entry is not None:
                following.append(entry)
        ahead = [entry for entry in following if entry.filed.about_ms < before_ms and _by_time(entry) > beyond]
        return min(ahead, key=_by_time, default=None)

    def _stored_about(self, tier: Tier, beyond: tuple[int, int], before_ms: int) -> Entry | None:
        """The first stored message of a tier beyond this time and number."""
        while True:
            after = beyond
            row = self._read(lambda file: file.next_about(int(tier), after, before_ms), None)  # noqa: B023 - called at once
            if row is None or (row.contents.about_ms, row.sequence) <= beyond:  # damaged: it would be walked for ever
                return None
            beyond = (row.contents.about_ms, row.sequence)
            entry = None if self._is_gone(row.sequence) else self._entry(row)
            if entry is not None:
                return entry

    def replace(self, sequences: Sequence[int], send: Send | None, now_ms: int) -> None:
        """Put a message in the place of these, in one commit; without a message they are only let go of."""
        wanted = set(sequences)
        for waiting in [each for each in self._waiting.values() if each.entry.sequence in wanted]:
            self.forget(waiting.entry.send.message_id)
            wanted.discard(waiting.entry.sequence)
        for sequence in sorted(wanted):
            place = self._read(lambda file, sequence=sequence: file.numbered(sequence), None)  # type: ignore[misc]
            if place is not None and not self._is_gone(sequence):
                self._let_go(*place)
        self._recent = {name: entry for name, entry in self._recent.items() if entry.sequence not in wanted}
        if send is None:
            self._remove_some()
        elif self._add(send, now_ms) and not self._together:
            self._write()

    def __len__(self) -> int:
        """How many messages are kept."""
        return max(self._count, 0)

    # for whoever hosts it ---------------------------------------------------------------------------------------------

    @property
    def wants_rest(self) -> bool:
        """Whether `rest` is to be called in a few seconds: the disk has failed, or has no reserve."""
        return bool(self._trouble) or not self._reserve.is_there

    def rest(self) -> None:
        """Try again what the disk did not take; take the reserve again when there is room."""
        if self._trouble:
            self._times_unreadable += self._is_unreadable
            if self._times_unreadable == TIMES_UNREADABLE:
                self._begin_anew(f"{self._trouble}, again and again")
            self._write()
        if not self._trouble and self._reserve.make() and self._is_full:
            self._is_full = False
            self._read(OutboxFile.let_grow, None)
            self._troubles.append(f"there is room on the disk of {self.folder} again")

    def troubles(self) -> list[str]:
        """What went wrong, or came right again, since this was last asked, for a person."""
        troubles, self._troubles = self._troubles, []
        return troubles

    # messages and rows ------------------------------------------------------------------------------------------------

    def _add(self, send: Send, now_ms: int) -> bool:
        """Let a message wait for the next commit; False if it is kept already."""
        message_id = send.message_id
        if message_id in self._waiting or message_id in self._recent:
            return False
        place = self._read(lambda file: file.place(message_id), None)
        if place is not None and not self._is_gone(place[0]):
            return False
        of = filed(send, now_ms)
        data = encode_bare(send.message)
        kind, urgency = send.message.type_name(), send.urgency.value
        row = Contents(
            message_id, send.link, send.dst, send.src, urgency, kind, int(of.tier), of.about_ms, now_ms, len(data), 0, data
        )
        self._last += 1
        self._waiting[message_id] = _Waiting(Entry(self._last, send, of), row.checked())
        self._count += 1
        self._bytes += len(data)
        return True

    def _entry(self, row: Row) -> Entry | None:
        """The message of a row; None if it cannot be read, and then it is set aside."""
        said = row.contents
        if not row.is_sound():
            self._set_aside(row, "damaged", "it is damaged")
            return None
        recent = self._recent.get(said.message_id)
        if recent is not None and recent.sequence == row.sequence:
            return recent
        try:
            message = decode_bare(said.type_name, said.payload)
            send = Send(said.link, said.dst, message, Urgency(said.urgency), said.message_id, said.src)
            return Entry(row.sequence, send, Filed(Tier(said.tier), said.about_ms))
        except (Refusal, ValueError) as error:
            self._set_aside(row, said.type_name, f"this software cannot read it: {error}")
            return None

    def _set_aside(self, row: Row, kind: str, reason: str) -> None:
        size = row.contents.size
        self._aside[row.sequence] = reason
        self._count -= 1
        self._bytes -= size if isinstance(size, int) else 0
        if kind not in self._told_types:
            self._told_types.add(kind)
            name = row.contents.type_name
            self._troubles.append(f"a waiting {name} is not sent but set aside in {self.folder / DATABASE}: {reason}")

    def _stored_after(self, sequence: int, *, with_held: bool = True) -> Iterator[Entry]:
        """Stored messages above this number, one after another."""
        finds_nothing = with_held and sequence == 0
        while True:
            above = sequence
            row = self._read(lambda file: _row_after(file, above, with_held=with_held), None)  # noqa: B023 - called at once
            if row is None:
                if not finds_nothing or self._file is None or self._trouble or self._count <= len(self._waiting):
                    return
                self._begin_anew(f"{self.folder / DATABASE} is damaged: it counts rows that are not there")
                sequence, finds_nothing = 0, False
                continue
            sequence = row.sequence
            entry = None if self._is_gone(sequence) else self._entry(row)
            if entry is not None:
                finds_nothing = False
                yield entry

    def _require_empty(self, file: OutboxFile) -> None:
        if file.has_more_than(len(self._gone) + len(self._aside)):
            raise StoreDamagedError(f"{file.path} is damaged: it has rows that it does not count")

    def _is_gone(self, sequence: int) -> bool:
        return sequence in self._gone or sequence in self._aside

    def _let_go(self, sequence: int, size: int) -> None:
        self._gone.add(sequence)
        self._count -= 1
        self._bytes -= size
        if self._count <= len(self._waiting):  # as it nearly always is when all is well
            self._read(self._require_empty, None)

    def _remove_some(self) -> None:
        if len(self._gone) + len(self._aside) >= GONE_TOGETHER and not self._trouble and not self._together:
            self._write(durable=False)

    # limits -----------------------------------------------------------------------------------------------------------

    def _keep_within_limits(self, newest: str) -> None:
        if self._count <= self._most_entries and self._bytes <= self._most_bytes:
            return
        for entry in self._stored_after(0):
            self._give_up(entry)
            if self._count <= self._most_entries and self._bytes <= self._most_bytes:
                return
        for message_id in [message_id for message_id in self._waiting if message_id != newest]:
            self._given_up.append(self._waiting[message_id].entry.send)
            self.forget(message_id)
            if self._count <= self._most_entries and self._bytes <= self._most_bytes:
                return

    def _give_up(self, entry: Entry) -> int:
        """Let go of a stored message that was not acknowledged; its size [bytes]."""
        place = self._read(lambda file: file.numbered(entry.sequence), None)
        if place is None:
            return 0
        self._given_up.append(entry.send)
        self._recent.pop(entry.send.message_id, None)
        self._let_go(*place)
        return place[1]

    def _keep_memory_within_limits(self) -> None:
        size = sum(waiting.contents.size for waiting in self._waiting.values())
        for message_id in list(self._waiting)[:-1]:
            if len(self._waiting) <= MOST_IN_MEMORY and size <= MOST_MEMORY_BYTES:
                return
            waiting = self._waiting[message_id]
            size -= waiting.contents.size
            self._given_up.append(waiting.entry.send)
            self._lost_waiting += 1
            self.forget(message_id)

    # the file ---------------------------------------------------------------------------------------------------------

    def _read(self, ask: Callable[[OutboxFile], T], nothing: T) -> T:
        """What the file answers; nothing if there is none, or none that answers."""
        for _ in range(2):
            if self._file is None:
                return nothing
            try:
                return ask(self._file)
            except StoreDamagedError as fault:
                self._begin_anew(str(fault))
            except OSError as error:
                self._fail(error)
                return nothing
        return nothing

    def _write(self, *, durable: bool = True) -> None:
        """Make durable what waits, and remove what is gone; what cannot be written goes on waiting."""
        try:
            if self._file is not None and not self._file.is_in_place():
                self._file.abandon()
                self._file = None
                self._troubles.append(f"{self.folder / DATABASE} was taken away while it was in use; what it held is lost")
            if self._file is None:
                self._lock.take()
                self._open_file()
            self._write_or_make_room(durable=durable)
        except StoreDamagedError as fault:
            self._begin_anew(str(fault))
            if self._file is not None and self._waiting:
                try:
                    self._commit(durable=durable)
                except (OSError, StoreDamagedError) as error:
                    self._fail(error)
        except (OSError, StoreBusyError) as error:
            self._fail(error)

    def _write_or_make_room(self, *, durable: bool) -> None:
        for make_room in (self._use_reserve, self._give_way, self._opened().let_grow):
            try:
                self._commit(durable=durable)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                make_room()
            else:
                return
        self._commit(durable=durable)

    def _commit(self, *, durable: bool) -> None:
        file = self._opened()
        rows = [Row(waiting.entry.sequence, waiting.contents) for waiting in self._waiting.values()]
        if self._trouble:  # numbers that nobody was told: without holes
            rows = [Row(file.last + 1 + place, row.contents) for place, row in enumerate(rows)]
        file.write(rows, self._gone, self._aside, durable=durable)
        for row, waiting in zip(rows[-RECENT:], list(self._waiting.values())[-RECENT:], strict=True):
            self._recent[waiting.entry.send.message_id] = waiting.entry._replace(sequence=row.sequence)
        for message_id in list(islice(self._recent, max(0, len(self._recent) - RECENT))):
            del self._recent[message_id]
        self._last = file.last if self._trouble else max(self._last, file.last)
        self._waiting.clear()
        self._gone.clear()
        self._aside.clear()
        self._way_given = 0
        if self._trouble:
            self._trouble = ""
            lost, self._lost_waiting = self._lost_waiting, 0
            told = f"; {lost} messages were given up meanwhile" if lost else "; nothing was lost"
            self._troubles.append(f"{self.folder} is written again{told}")

    def _opened(self) -> OutboxFile:
        if self._file is None:
            raise OSError(errno.EBADF, f"{self.folder / DATABASE} is not open")
        return self._file

    def _fail(self, error: Exception) -> None:
        """From now on messages wait in memory."""
        if not self._trouble:
            text = f"{self.folder} cannot be written: {error}; up to {MOST_IN_MEMORY} messages wait in memory"
            self._troubles.append(
                f"{text}, and are lost if the process ends; make room on the disk, or look at its permissions"
            )
        self._trouble = str(error) or type(error).__name__
        self._is_unreadable = isinstance(error, UnreadableError)
        self._keep_memory_within_limits()

    def _use_reserve(self) -> None:
        """On a full disk: half of the reserve for the database to grow into, half for its log."""
        let_go = self._reserve.let_go()
        if not self._is_full:
            self._is_full = True
            text = f"the disk of {self.folder} is full; when the reserve is used up, the oldest messages give way to new ones"
            self._troubles.append(f"{text}: make room")
        with contextlib.suppress(OSError):
            self._opened().checkpoint()  # first, for it may need the room
            if let_go:
                self._opened().take_room(RESERVE_BYTES // 2)
        self._opened().keep_length()

    def _give_way(self) -> None:
        """On a full disk without a reserve: give up the oldest, so that no file need grow."""
        wanted = max(ROOM_BYTES, 2 * sum(waiting.contents.size for waiting in self._waiting.values()))
        if not self._waiting or self._way_given >= wanted:  # else, if it does not help, each attempt would cost more
            return
        for entry in self._stored_after(0):
            self._way_given += self._give_up(entry)
            if self._way_given >= wanted:
                return

    def _open_file(self) -> None:
        """Open the file, or begin another when it is damaged. Raises OSError."""
        path, unfinished = self.folder / DATABASE, self.folder / UNFINISHED
        if unfinished.exists():
            if path.exists():
                _remove(unfinished)
            else:  # it was finished, and the one before was set aside already
                unfinished.rename(path)
        self._reserve.make()
        file = OutboxFile(path)
        try:
            file.open()
            totals = file.totals()
            if totals[0] == 0 and file.has_more_than(0):
                raise StoreDamagedError(f"{path} is damaged: it has rows that it does not count")
        except StoreDamagedError as fault:
            file.abandon()
            self._begin_anew(str(fault))
            return
        except OSError:
            file.abandon()
            raise
        self._take(file, totals)
        if not self._reserve.is_there:
            self._is_full = True
            with contextlib.suppress(OSError):
                file.keep_length()
            self._troubles.append(
                f"the disk of {self.folder} is nearly full; the oldest messages may have to give way: make room"
            )

    def _take(self, file: OutboxFile, totals: tuple[int, int]) -> None:
        """From now on this is the file; what waits is put behind what it holds."""
        self._file = file
        self._times_unreadable = 0
        self._gone.clear()
        self._aside.clear()
        self._recent.clear()
        self._count, self._bytes = totals
        self._last = file.last
        for message_id, waiting in self._waiting.items():
            self._last += 1
            self._waiting[message_id] = waiting._replace(entry=waiting.entry._replace(sequence=self._last))
            self._count += 1
            self._bytes += waiting.contents.size

    def _begin_anew(self, fault: str) -> None:
        """Set a damaged file aside and begin another, with what can be read of it. A disk that fails at that is a trouble."""
        if self._file is not None:
            self._file.abandon()
            self._file = None
        path, unfinished = self.folder / DATABASE, self.folder / UNFINISHED
        try:
            _remove(unfinished)
            carried, file = self._carried_over(path, unfinished)
            aside = self._free_name()
            for ending in ENDINGS:
                with contextlib.suppress(FileNotFoundError):
                    path.with_name(path.name + ending).rename(aside.with_name(aside.name + ending))
            unfinished.rename(path)
            sync_folder(self.folder)
            file = OutboxFile(path)
            file.open()
            totals = file.totals()
        except (OSError, StoreDamagedError) as error:
            self._troubles.append(fault)
            self._fail(error)
            return
        self._take(file, totals)
        self._troubles.append(f"{fault}; it is set aside as {aside}; {carried} messages could be read and are kept in another")

    def _carried_over(self, path: Path, to: Path) -> tuple[int, OutboxFile]:
        """Make a file of what can be read of another; how many rows that are. On a full disk it holds nothing."""
        gone = {*self._gone, *self._aside}
        rows = (row for row in salvaged(path) if row.sequence not in gone)
        file = OutboxFile(to)
        for source in (rows, iter(())):
            try:
                file.open()
                carried = 0
                while some := list(islice(source, CARRIED_TOGETHER)):
                    numbered = [Row(file.last + 1 + place, _elsewhere(row.contents)) for place, row in enumerate(some)]
                    file.write(numbered)
                    carried += len(some)
                file.close()
            except OSError as error:
                file.abandon()
                _remove(to)
                if error.errno != errno.ENOSPC or not self._reserve.let_go():
                    raise
                continue
            return carried, file
        raise OSError(errno.ENOSPC, f"{self.folder}: there is no room for a new outbox")

    def _free_name(self) -> Path:
        """The name for a file that is set aside; those that are too old go."""
        numbers = {int(path.suffix.removeprefix(ASIDE)) for path in self.folder.glob(f"{DATABASE}{ASIDE}*[0-9]")}
        for number in sorted(numbers)[: max(0, len(numbers) - MOST_FILES_ASIDE + 1)]:
            _remove(self.folder / f"{DATABASE}{ASIDE}{number}")
        return self.folder / f"{DATABASE}{ASIDE}{max(numbers, default=0) + 1}"


def _by_time(entry: Entry) -> tuple[int, int]:
    return entry.filed.about_ms, entry.sequence


def _row_after(file: OutboxFile, sequence: int, *, with_held: bool) -> Row | None:
    row = file.after(sequence, with_held=with_held)
    if row is not None and row.is_sound() and file.place(row.contents.message_id) != (row.sequence, row.contents.size):
        raise StoreDamagedError(f"{file.path} is damaged: it has a row that it does not find")  # nor could forget
    return row


def _elsewhere(said: Contents) -> Contents:
    """The same in another stream, in which numbers mean other messages."""
    if said.type_name != GwsThinnedReport.type_name():
        return said
    try:
        message = decode_bare(said.type_name, said.payload)
    except Refusal:
        return said
    assert isinstance(message, GwsThinnedReport)  # noqa: S101 - the name says it
    data = encode_bare(msgspec.structs.replace(message, replaces=()))
    return said._replace(payload=data, size=len(data)).checked()


def _remove(path: Path) -> None:
    for ending in ENDINGS:
        path.with_name(path.name + ending).unlink(missing_ok=True)
