"""What one side of a contract keeps on disk: its state, and its log.

    FOLDER/contract.log     the log: lines of JSON, each with the hash of the line before
    FOLDER/state.json       the state, and up to where the log was durable, when all was last written down
    FOLDER/journal          states and lines since then; each commit is one record and one sync

A commit is durable when its record is in the journal. The log's lines go to its file at once as well, and the operating system
writes them when it likes; when the journal is nearly full all is written down and it begins anew. So a command from outside
waits for one sync and not for five, and an SD card is spared. What a power cut has left unfinished is found when the store is
opened: it was not acknowledged, it is set aside, and told.
"""

import re
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from gw_spaceheat.core.contract.log import LOG, NO_ENTRIES, LogHead, head_of
from gw_spaceheat.core.events import Append, Keep
from gw_spaceheat.stores.faults import StoreError
from gw_spaceheat.stores.folder_lock import FolderLock
from gw_spaceheat.stores.journal import JOURNAL_BYTES, Found, Journal, read_journal, write_whole
from gw_spaceheat.stores.log_file import EMPTY, LogFile, Mark, Mended, give_up_oldest, mend

FORMAT = 1
STATE_FILE = "state.json"
JOURNAL_FILE = "journal"
LOG_ENDING = ".log"
FULL = 0.75
"""All is written down when this part of the journal is used, as soon as nobody waits."""
MOST_WAITING_BYTES = 4 * 1024 * 1024
"""What cannot be written waits in memory, the log's lines up to this; of more the oldest are given up, which the log shows."""
_NAME = re.compile(r"[a-z]+(\.[a-z]+)*")

StateT = TypeVar("StateT", bound=msgspec.Struct)


class _Mark(msgspec.Struct, frozen=True):
    size: int
    length: int
    hash: str


class _Written(msgspec.Struct, frozen=True):
    """What stands in the state's file."""

    format: int
    generation: int
    states: dict[str, msgspec.Raw]
    logs: dict[str, _Mark]


class _Commit(msgspec.Struct, frozen=True):
    """What stands in a record of the journal."""

    lines: dict[str, list[str]]
    states: dict[str, msgspec.Raw]


_encoder = msgspec.json.Encoder()
_written_decoder = msgspec.json.Decoder(_Written)
_commit_decoder = msgspec.json.Decoder(_Commit)


class Kept(NamedTuple):
    """What a folder holds.

    Attributes:
        states: The newest state of each name, as JSON.
        logs: What each log is found to be.
        generation: That of the journal.
        troubles: What was found wrong, for a person.
        damaged: Files that cannot be relied on.
    """

    states: dict[str, bytes]
    logs: dict[str, Mended]
    generation: int
    troubles: tuple[str, ...]
    damaged: tuple[Path, ...]

    def state(self, name: str, kind: type[StateT]) -> StateT | None:
        """The newest state of a name; None if there is none.

        Raises:
            StoreError: It cannot be understood.
        """
        raw = self.states.get(name)
        if raw is None:
            return None
        try:
            return msgspec.json.decode(raw, type=kind)
        except msgspec.DecodeError as error:
            raise StoreError(f"the state {name} cannot be understood: {error}") from error

    def head(self, log: str = LOG) -> LogHead:
        """How far a log goes."""
        mended = self.logs.get(log)
        return NO_ENTRIES if mended is None else mended.head


def log_path(folder: Path, log: str = LOG) -> Path:
    """Where a log lies."""
    return folder / f"{log}{LOG_ENDING}"


def read_kept(folder: Path) -> Kept:
    """What a folder holds; nothing is changed, and it may be written meanwhile.

    Raises:
        OSError: It cannot be read.
    """
    while True:
        written, troubles, damaged = _read_written(folder / STATE_FILE)
        found = read_journal(folder / JOURNAL_FILE)
        if _read_written(folder / STATE_FILE)[0] == written:  # else all was written down in between
            return _joined(folder, written, found, troubles, damaged)


def _read_written(path: Path) -> tuple[_Written | None, list[str], list[Path]]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None, [], []
    body, _, check = data.removesuffix(b"\n").rpartition(b"\n")
    if sha256(body).hexdigest().encode() != check:
        return None, [f"{path} is damaged; what the journal and the log say is used instead"], [path]
    try:
        written = _written_decoder.decode(body)
    except msgspec.DecodeError as error:
        return None, [f"{path} cannot be understood ({error}); what the journal and the log say is used instead"], [path]
    if written.format != FORMAT:
        text = f"{path} is of version {written.format}, this software writes {FORMAT}; what the log says is used instead"
        return None, [text], [path]
    return written, [], []


def _joined(folder: Path, written: _Written | None, found: Found, troubles: list[str], damaged: list[Path]) -> Kept:
    states: dict[str, bytes] = {}
    marks: dict[str, Mark] = {}
    generation = found.generation
    if written is not None and found.generation <= written.generation:
        generation = written.generation
        states = {name: bytes(raw) for name, raw in written.states.items()}
        marks = {name: Mark(mark.size, LogHead(mark.length, mark.hash)) for name, mark in written.logs.items()}
    lines: dict[str, list[str]] = {}
    if found.generation == generation:
        if found.torn:
            troubles = [*troubles, f"{folder}: the last commit was not finished; nothing that follows from it was done"]
        for payload in found.payloads:
            try:
                commit = _commit_decoder.decode(payload)
            except msgspec.DecodeError as error:
                troubles = [*troubles, f"{folder}: what was committed last cannot be understood: {error}"]
                break
            states |= {name: bytes(raw) for name, raw in commit.states.items()}
            for log, committed in commit.lines.items():
                lines.setdefault(log, []).extend(committed)
    names = {*marks, *lines, *(path.stem for path in folder.glob(f"*{LOG_ENDING}"))}
    logs = {name: mend(log_path(folder, name), marks.get(name), lines.get(name, ())) for name in sorted(names)}
    return Kept(states, logs, generation, tuple(troubles), tuple(damaged))


class ContractStore:
    """Keeps state and log of one side in a folder of its own. One thread, one process.

    Attributes:
        folder: The folder.
    """

    def __init__(self, folder: Path, journal_bytes: int = JOURNAL_BYTES) -> None:
        """Remember where, and how long [bytes] the journal is to be."""
        self.folder = folder
        self._journal = Journal(folder / JOURNAL_FILE, journal_bytes)
        self._lock = FolderLock(folder, "its contracts")
        self._generation = 0
        self._states: dict[str, bytes] = {}
        self._logs: dict[str, LogFile] = {}
        self._waiting_lines: dict[str, list[str]] = {}
        self._waiting_states: dict[str, bytes] = {}
        self._is_loaded = False
        self._is_ready = False
        self._troubles: list[str] = []
        self._told_of_log = False

    def open(self) -> None:
        """Take the folder's lock and read what is kept.

        A folder that cannot be read or written is no reason to fail: it is told as a trouble, and tried again with each commit.

        Raises:
            StoreBusyError: Another process keeps its state there.
        """
        try:
            self._load()
        except OSError as error:
            self._troubles.append(f"what was kept in {self.folder} cannot be read: {error}")

    def state(self, name: str, kind: type[StateT]) -> StateT | None:
        """The newest state of a name, also one that waits to be written; None if there is none.

        One that cannot be understood is set aside, which is told as a trouble.
        """
        raw = self._waiting_states.get(name, self._states.get(name))
        if raw is None:
            return None
        try:
            return msgspec.json.decode(raw, type=kind)
        except msgspec.DecodeError as error:
            text = f"the state {name} in {self.folder} cannot be understood ({error}); it begins anew"
            self._troubles.append(text + self._put_aside(f"{name}.json", raw))
            self._states.pop(name, None)
            return None

    def head(self, log: str = LOG) -> LogHead:
        """How far a log goes, with what waits to be written."""
        file = self._logs.get(log)
        waiting = self._waiting_lines.get(log)
        if waiting:
            return head_of(waiting[-1])
        return NO_ENTRIES if file is None else file.head

    def commit(self, effects: Sequence[Append | Keep]) -> None:
        """Make these durable, and whatever could not be made durable before.

        Raises:
            OSError: They are not; they wait, and are tried again with the next commit, which may be empty.
            StoreBusyError: Another process has taken the folder.
        """
        for effect in effects:
            if isinstance(effect, Append):
                self._waiting_lines.setdefault(_checked(effect.log), []).append(effect.line)
            else:
                self._waiting_states[_checked(effect.name)] = _encoder.encode(effect.state)
        try:
            if not self._is_ready:
                self._make_ready()
            if self._waiting_lines or self._waiting_states:
                self._commit()
        except OSError:
            self._is_ready = False
            self._close_files()
            self._give_up_oldest()
            raise

    @property
    def wants_rest(self) -> bool:
        """The journal is nearly full: `rest` is to be called when nobody waits."""
        return self._is_ready and self._journal.used >= FULL

    def rest(self) -> None:
        """Write all down, so that the journal begins anew. Raises OSError; then it is tried again with the next commit."""
        try:
            self._write_down()
        except OSError:
            self._is_ready = False
            self._close_files()
            raise

    def troubles(self) -> list[str]:
        """What was found wrong since this was last asked, for a person."""
        troubles, self._troubles = self._troubles, []
        return troubles

    def close(self) -> None:
        """Close the files and give back the lock; what waits is lost."""
        self._close_files()
        self._is_ready = False
        self._lock.give_back()

    # reading

    def _load(self) -> None:
        self._lock.take()
        kept = read_kept(self.folder)
        self._generation = kept.generation
        self._states = dict(kept.states)
        self._troubles += kept.troubles
        for path in kept.damaged:
            self._troubles.append(f"{path} is damaged{self._move_aside(path)}")
        for name, mended in kept.logs.items():
            path = log_path(self.folder, name)
            if mended.torn:
                text = f"{path} ended with {len(mended.torn)} bytes that are no entry, as after a power cut"
                self._troubles.append(text + self._put_aside(path.name, mended.torn))
            self._logs[name] = LogFile(path, mended)
        self._is_loaded = True

    # writing

    def _make_ready(self) -> None:
        """Open everything for writing, and write all down, whatever the files hold now."""
        if not self._is_loaded:
            self._load()
            self._let_unknown_be()
        self._journal.open()
        for file in self._logs.values():
            file.open()
        self._write_down()
        self._is_ready = True

    def _let_unknown_be(self) -> None:
        """The machine began without what has only now been read: a log that it does not go on from is another log."""
        for name, lines in self._waiting_lines.items():
            file = self._logs.get(name)
            if file is not None and not lines[0].startswith(f'{{"prev":"{file.head.hash}"'):
                path = log_path(self.folder, name)
                self._troubles.append(f"{path} could not be read at the start; a new log begins{self._move_aside(path)}")
                del self._logs[name]

    def _commit(self) -> None:
        states = {name: msgspec.Raw(raw) for name, raw in self._waiting_states.items()}
        payload = _encoder.encode(_Commit(self._waiting_lines, states))
        if not self._journal.has_room(len(payload)):
            self._write_down()
        if not self._journal.has_room(len(payload)):  # never: it is longer than the whole journal
            self._take_in()
            self._write_down()
            return
        self._journal.write(payload)
        self._take_in()
        try:
            for file in self._logs.values():
                file.write()
            self._told_of_log = False
        except OSError as error:  # the lines are in the journal, for the time being; when that is full the commit fails
            if not self._told_of_log:
                self._told_of_log = True
                self._troubles.append(f"the log in {self.folder} cannot be written: {error}; make room on the disk")

    def _take_in(self) -> None:
        """What was waiting is durable, or will be when the log and the state are written."""
        for name, lines in self._waiting_lines.items():
            self._log(name).give(lines)
        self._states |= self._waiting_states
        self._waiting_lines.clear()
        self._waiting_states.clear()

    def _log(self, name: str) -> LogFile:
        file = self._logs.get(name)
        if file is None:
            file = self._logs[name] = LogFile(log_path(self.folder, name), Mended(EMPTY, (), b""))
            file.open()
        return file

    def _write_down(self) -> None:
        """Log and state as they were committed to their files, durable; then the journal begins anew."""
        marks = {name: file.sync() for name, file in self._logs.items()}
        logs = {name: _Mark(mark.size, mark.head.length, mark.head.hash) for name, mark in marks.items()}
        states = {name: msgspec.Raw(raw) for name, raw in self._states.items()}
        body = _encoder.encode(_Written(FORMAT, self._generation + 1, states, logs))
        write_whole(self.folder / STATE_FILE, body + b"\n" + sha256(body).hexdigest().encode() + b"\n")
        self._generation += 1
        self._journal.begin(self._generation)

    def _give_up_oldest(self) -> None:
        count = sum(give_up_oldest(lines, MOST_WAITING_BYTES) for lines in self._waiting_lines.values())
        count += sum(file.give_up(MOST_WAITING_BYTES) for file in self._logs.values())
        if count:
            self._troubles.append(f"{count} entries of the contract log are lost: they could not be written for too long")

    def _close_files(self) -> None:
        self._journal.close()
        for file in self._logs.values():
            file.close()

    # setting aside

    def _put_aside(self, name: str, data: bytes) -> str:
        """Keep what cannot be used in a file of its own; where, as the end of a sentence."""
        try:
            path = self._free_name(name)
            write_whole(path, data)
        except OSError as error:
            return f"; it could not be set aside: {error}"
        return f"; it is set aside in {path}"

    def _move_aside(self, path: Path) -> str:
        try:
            aside = self._free_name(path.name)
            path.rename(aside)
        except OSError as error:
            return f"; it could not be set aside: {error}"
        return f"; it is set aside as {aside}"

    def _free_name(self, name: str) -> Path:
        number = 1
        while (path := self.folder / f"{name}.aside-{number}").exists():
            number += 1
        return path


def _checked(name: str) -> str:
    """A name that leads nowhere else; names are ours, so another is our mistake."""
    if _NAME.fullmatch(name) is None:
        raise ValueError(f"{name!r} is no name of a state or log")
    return name
