"""A contract log on disk: lines that were made durable elsewhere first, a torn end that is recognised, the last line's head."""

import os
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from gw_spaceheat.core.contract.log import NO_ENTRIES, LogHead, head_of
from gw_spaceheat.stores.journal import sync_folder, write_at

_BLOCK_BYTES = 64 * 1024


class Mark(NamedTuple):
    """Up to where a log is known to be whole and durable: bytes of the file, and the head of what they hold."""

    size: int
    head: LogHead


EMPTY = Mark(0, NO_ENTRIES)


class Mended(NamedTuple):
    """What a log is found to be.

    Attributes:
        mark: Up to where the file is good.
        missing: Lines that must be written behind that.
        torn: What stands there now and is no part of the log.
    """

    mark: Mark
    missing: tuple[str, ...]
    torn: bytes

    @property
    def head(self) -> LogHead:
        """The log's head, with what is missing."""
        return head_of(self.missing[-1]) if self.missing else self.mark.head


def lines_backward(path: Path) -> Iterator[bytes]:
    """The whole lines of a file from its last to its first, without their ends; what follows the last end is left out.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        at = file.seek(0, os.SEEK_END)
        rest = b""
        is_last = True
        while at:
            step = min(at, _BLOCK_BYTES)
            at -= step
            file.seek(at)
            parts = (file.read(step) + rest).split(b"\n")
            rest = parts[0]
            for line in reversed(parts[1:]):
                if not is_last:
                    yield line
                is_last = False
        if not is_last:
            yield rest


def mend(path: Path, mark: Mark | None, journaled: Sequence[str]) -> Mended:
    """Compare a log's file with what is known to be durable; changes nothing.

    Args:
        path: The log.
        mark: Up to where it was whole when all was last written down; None if that is not known.
        journaled: The lines that were made durable since, in order; some of them may be in the file.

    Raises:
        OSError: The file cannot be read.
    """
    if not path.exists():
        return Mended(EMPTY if mark is None else Mark(0, mark.head), tuple(journaled), b"")
    size = path.stat().st_size
    known = _last_good(path, size) if mark is None or mark.size > size else mark
    if mark is not None and mark.size > size:
        known = Mark(known.size, mark.head)  # somebody has cut it; what follows does not hide that
    with path.open("rb") as file:
        file.seek(known.size)
        tail = file.read()
    new = [line for line in journaled if head_of(line).length > known.head.length]
    head, at = known.head, 0
    for count, line in enumerate(new):
        if not tail.startswith(f"{line}\n".encode(), at):
            missing = tuple(new[count:])
            torn = tail[at:]
            is_beginning = "".join(f"{line}\n" for line in missing).encode().startswith(torn)
            return Mended(Mark(known.size + at, head), missing, b"" if is_beginning else torn)
        head = head_of(line)
        at += len(line.encode()) + 1
    following, head = _followers(tail[at:], head)
    return Mended(Mark(known.size + at + following, head), (), tail[at + following :])


def _last_good(path: Path, size: int) -> Mark:
    """Up to where the file holds whole lines, judged by the last of them alone."""
    with path.open("rb") as file:
        at, rest = size, b""
        while at and b"\n" not in rest:
            step = min(at, _BLOCK_BYTES)
            at -= step
            file.seek(at)
            rest = file.read(step) + rest
    end = at + rest.rfind(b"\n") + 1 if b"\n" in rest else 0
    for line in lines_backward(path):
        try:
            return Mark(end, head_of(line))
        except ValueError:
            end -= len(line) + 1
    return EMPTY


def _followers(data: bytes, head: LogHead) -> tuple[int, LogHead]:
    """How many bytes are whole lines that go on from a head, and the head after them."""
    good = 0
    for line in data.split(b"\n")[:-1]:
        try:
            following = head_of(line)
        except ValueError:
            break
        if following.length != head.length + 1 or not line.startswith(f'{{"prev":"{head.hash}"'.encode()):
            break
        if sha256(line[: line.rindex(b',"hash":"')]).hexdigest() != following.hash:
            break
        good += len(line) + 1
        head = following
    return good, head


def give_up_oldest(lines: list[str], most_bytes: int) -> int:
    """Forget the first of some lines, until the rest is not longer than this [bytes]; how many were forgotten."""
    size = sum(len(line) for line in lines)
    count = 0
    while size > most_bytes:
        size -= len(lines[count])
        count += 1
    del lines[:count]
    return count


class LogFile:
    """Writes a log. What is given to it is durable elsewhere until `sync` has returned."""

    def __init__(self, path: Path, mended: Mended) -> None:
        """Go on with what was found; nothing is opened or changed."""
        self._path = path
        self._size = mended.mark.size
        self._head = mended.mark.head
        self._waiting: list[str] = list(mended.missing)
        self._descriptor: int | None = None

    @property
    def head(self) -> LogHead:
        """The log's head, with what waits to be written."""
        return head_of(self._waiting[-1]) if self._waiting else self._head

    def open(self) -> None:
        """Open the file, and cut off what is no part of the log. Raises OSError."""
        is_new = not self._path.exists()
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if os.fstat(self._descriptor).st_size > self._size:
            os.ftruncate(self._descriptor, self._size)
        if is_new:
            sync_folder(self._path.parent)

    def give(self, lines: Iterable[str]) -> None:
        """More lines, to be written."""
        self._waiting += lines

    def give_up(self, most_bytes: int) -> int:
        """Forget the oldest of what waits, down to so much [bytes]; how many lines."""
        return give_up_oldest(self._waiting, most_bytes)

    def write(self) -> None:
        """Hand what waits to the operating system. Raises OSError; then it waits on."""
        if not self._waiting:
            return
        if self._descriptor is None:
            raise OSError(f"{self._path} is not open")
        data = "".join(f"{line}\n" for line in self._waiting).encode()
        write_at(self._descriptor, data, self._size)
        self._size += len(data)
        self._head = head_of(self._waiting[-1])
        self._waiting.clear()

    def sync(self) -> Mark:
        """Write what waits and make it durable; up to where it is now. Raises OSError."""
        self.write()
        if self._descriptor is not None:
            os.fdatasync(self._descriptor)
        return Mark(self._size, self._head)

    def close(self) -> None:
        """Close the file; `open` opens it again."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)
