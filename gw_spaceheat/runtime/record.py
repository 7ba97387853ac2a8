"""Record and replay: the (cause, effects) pairs of one machine, kept in a bounded file and fed again through a fresh machine.

A record is the audit log, the replay test and the debugger in one. Because a machine sees nothing but its causes, the fresh
one must put out the same effects; where it does not, the first difference is named. Through a *changed* machine the same
causes show what it would have done instead.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from gw_spaceheat.core.events import Event, Level, Note, Stopping
from gw_spaceheat.core.machine import Machine
from gw_spaceheat.messages.codec import decode_bare
from gw_spaceheat.runtime.record_lines import (
    FORMAT,
    Call,
    DecodeMessage,
    Header,
    Line,
    decode_event,
    decode_line,
    encode_event,
    encode_events,
    encode_line,
    same,
)
from gw_spaceheat.vocabulary.moment import SECOND_MS, Moment

DEFAULT_LIMIT_BYTES = 64 * 1024 * 1024
NO_EFFECTS = msgspec.Raw(b"[]")


class RecordError(ValueError):
    """A record that cannot be replayed; the text says where and why."""


class Recorder:
    """Writes the record of one machine, through a buffer, into a file of bounded size.

    When the file is full it becomes FILE.1, in place of the one before, and a new file is begun. A file that is there already
    is continued. For one thread; nothing is opened before the first line.
    """

    def __init__(self, path: Path, header: Header, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        """Remember where to write, what to say about the machine, and how long [bytes] one file may become."""
        self.path = path
        self._header = header
        self._limit_bytes = limit_bytes
        self._file: BinaryIO | None = None
        self._size = 0

    def begin(self) -> None:
        """A fresh machine begins; raises OSError."""
        self._write(encode_line(self._header))

    def call(self, now: Moment, cause: Event | None, effects: Sequence[Event], raised: str = "") -> None:
        """Add one call; raises OSError."""
        line = Call(
            at=(now.mono_ms, now.wall_ms),
            effects=msgspec.Raw(encode_events(effects)) if effects else NO_EFFECTS,
            cause=msgspec.UNSET if cause is None else msgspec.Raw(encode_event(cause)),
            raised=raised,
        )
        self._write(encode_line(line))

    def flush(self) -> None:
        """Hand what is buffered to the operating system; raises OSError."""
        if self._file is not None:
            self._file.flush()

    def close(self) -> None:
        """Flush and close; a later line opens the file again; raises OSError."""
        if self._file is not None:
            file, self._file = self._file, None
            file.close()

    def _write(self, text: bytes) -> None:
        file = self._file if self._file is not None else self._open()
        if self._size and self._size + len(text) > self._limit_bytes:
            file = self._begin_next_file()
        file.write(text)
        self._size += len(text)

    def _open(self) -> BinaryIO:
        self._file = file = self.path.open("ab")
        self._size = file.tell()
        if self._size and not _ends_with_newline(self.path):
            self._size += file.write(b"\n")  # the process before was killed within a line
        return file

    def _begin_next_file(self) -> BinaryIO:
        self.close()
        self.path.replace(previous_path(self.path))
        file = self._open()
        self._size += file.write(encode_line(msgspec.structs.replace(self._header, fresh=False)))
        return file


class Recording:
    """A machine and the recorder of all its calls; hosted in the machine's place, and seen from outside the same machine.

    A record that cannot be written (the disk is full) ends with a note; the machine goes on.
    """

    def __init__(self, machine: Machine, recorder: Recorder, flush_every_ms: int = SECOND_MS) -> None:
        """Remember; the record of this machine begins with its first call, and is flushed this often [ms, by its own clock]."""
        self._machine = machine
        self._recorder = recorder
        self._flush_every_ms = flush_every_ms
        self._begun = False
        self._broken = False
        self._due_ms = machine.deadline()
        self._flush_due_ms: int | None = None

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Let the machine handle it, and keep both."""
        return self._keep(event, now)

    def wake(self, now: Moment) -> Sequence[Event]:
        """Wake the machine if its time has come, and keep what it does; flush if that is due."""
        notes: Sequence[Event] = ()
        if self._flush_due_ms is not None and self._flush_due_ms <= now.mono_ms:
            self._flush_due_ms = None
            notes = self._try(self._recorder.flush)
        if self._due_ms is None or self._due_ms > now.mono_ms:
            return notes
        return [*notes, *self._keep(None, now)]

    def deadline(self) -> int | None:
        """The machine's deadline, or the time to flush."""
        if self._due_ms is None or self._flush_due_ms is None:
            return self._flush_due_ms if self._due_ms is None else self._due_ms
        return min(self._due_ms, self._flush_due_ms)

    def _keep(self, cause: Event | None, now: Moment) -> Sequence[Event]:
        try:
            effects = self._machine.wake(now) if cause is None else self._machine.handle(cause, now)
        except Exception as fault:
            text = _raised(fault)
            self._try(lambda: self._write(now, cause, (), text))
            raise
        self._due_ms = self._machine.deadline()
        notes = self._try(lambda: self._write(now, cause, effects))
        if type(cause) is Stopping:
            notes = [*notes, *self._try(self._recorder.close)]
            self._flush_due_ms = None
        return [*effects, *notes] if notes else effects

    def _write(self, now: Moment, cause: Event | None, effects: Sequence[Event], raised: str = "") -> None:
        if not self._begun:
            self._begun = True
            self._recorder.begin()
        self._recorder.call(now, cause, effects, raised)
        if self._flush_due_ms is None:
            self._flush_due_ms = now.mono_ms + self._flush_every_ms

    def _try(self, write: Callable[[], None]) -> Sequence[Event]:
        if self._broken:
            return ()
        try:
            write()
        except OSError as fault:
            self._broken = True
            self._flush_due_ms = None
            text = f"the record {self._recorder.path} ends here: {fault}; make room and restart to record again"
            return (Note(Level.WARNING, text),)
        return ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a fresh machine did something else.

    Attributes:
        path: The file.
        line: The line in it, from 1.
        moment: When it was.
        cause: What the machine was given; None for a wake.
        expected: What the record says, as JSON, or the exception.
        got: What the fresh machine did, in the same form.
    """

    path: Path
    line: int
    moment: Moment
    cause: Event | None
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What a replay showed.

    Attributes:
        causes: How many calls were replayed.
        machines: How many machines lived in the record.
        skipped: Calls at the beginning of a machine whose start has been overwritten, so that they cannot be replayed.
        torn: Places ("file:line") of lines that a killed process left unfinished.
        differences: How many calls gave other effects.
        first_difference: The first of them.
    """

    causes: int
    machines: int
    skipped: int
    torn: tuple[str, ...]
    differences: int
    first_difference: Difference | None

    @property
    def equal(self) -> bool:
        """Every call gave the same effects."""
        return self.differences == 0


def replay(path: Path, build: Callable[[Header], Machine], decode_message: DecodeMessage = decode_bare) -> ReplayResult:
    """Feed a record's causes through fresh machines and compare what they put out.

    Args:
        path: The record; FILE.1 is read before it if there is one.
        build: Makes the machine that a header describes, or another to be tried against the same causes.
        decode_message: Makes wire messages from their JSON.

    Returns:
        What was compared and what differed.

    Raises:
        RecordError: There is no record, it is damaged otherwise than by a killed process, it is of another version, or no
            machine begins in it.
    """
    machine: Machine | None = None
    causes = machines = skipped = differences = 0
    torn: list[str] = []
    first: Difference | None = None
    for place, line in _read(path, torn):
        if isinstance(line, Header):
            if line.fresh:
                machine = build(line)
                machine.deadline()
                machines += 1
            continue
        if machine is None:
            skipped += 1
            continue
        difference = _call_again(machine, place, line, decode_message)
        causes += 1
        if difference is not None:
            differences += 1
            first = first or difference
    if not machines and not skipped:
        raise RecordError(f"{path}: nothing is recorded in it")
    if not machines:
        raise RecordError(f"{path}: the start of the machine has been overwritten; record with a higher limit, or restart it")
    return ReplayResult(causes, machines, skipped, tuple(torn), differences, first)


def previous_path(path: Path) -> Path:
    """Where the full file before this one lies."""
    return path.with_name(path.name + ".1")


@dataclass(frozen=True, slots=True)
class _Place:
    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


def _call_again(machine: Machine, place: _Place, line: Call, decode_message: DecodeMessage) -> Difference | None:
    now = Moment(*line.at)
    cause: Event | None = None
    if not isinstance(line.cause, msgspec.UnsetType):
        try:
            cause = decode_event(bytes(line.cause), decode_message)
        except ValueError as fault:
            raise RecordError(f"{place}: the cause cannot be read: {fault}") from fault
    raised = ""
    effects: Sequence[Event] = ()
    try:
        effects = machine.wake(now) if cause is None else machine.handle(cause, now)
        machine.deadline()
    except Exception as fault:  # noqa: BLE001 (whatever it raises is its answer, to be compared)
        raised = _raised(fault)
    expected_text, got_text = bytes(line.effects), encode_events(effects)
    if raised == line.raised and same(expected_text, got_text):
        return None
    expected, got = line.raised or expected_text.decode(), raised or got_text.decode()
    return Difference(place.path, place.line, now, cause, expected, got)


def _raised(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"


def _read(path: Path, torn: list[str]) -> Iterator[tuple[_Place, Line]]:
    """Every readable line of the previous and the present file, in order; unfinished ones are added to torn."""
    files = [file for file in (previous_path(path), path) if file.is_file()]
    if path not in files:
        raise RecordError(f"{path}: there is no such record")
    for file in files:
        broken: _Place | None = None
        with file.open("rb") as lines:
            for number, text in enumerate(lines, start=1):
                place = _Place(file, number)
                try:
                    line = decode_line(text)
                except msgspec.DecodeError as fault:
                    if broken is not None:
                        raise RecordError(f"{broken}: this line is damaged, and {place} as well: {fault}") from fault
                    broken = place
                    continue
                if broken is not None:
                    if not isinstance(line, Header):
                        raise RecordError(f"{broken}: this line is damaged, and the record goes on after it")
                    torn.append(str(broken))
                    broken = None
                if isinstance(line, Header) and line.format != FORMAT:
                    raise RecordError(f"{place}: the record is of version {line.format}; this software reads version {FORMAT}")
                yield place, line
        if broken is not None:
            torn.append(str(broken))


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1) == b"\n"
