"""A journal of fixed size, written over and over: what is in it is durable after one sync, and only data are written for it.

The file is made full of zeros once, so that no later write changes its length: the file system has nothing of its own to
write, which on a busy disk is the better part of a commit. A record is

    magic, generation, number, length, CRC-32   (20 bytes, little-endian)
    payload

Generations rise whenever the journal begins anew at its start; what an older one has left behind the last record is thereby
known for what it is, as is a record that a power cut has left unfinished.
"""

import os
import struct
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

JOURNAL_BYTES = 512 * 1024
MAGIC = b"gwsj"
_HEADER = struct.Struct("<4sIIII")
_COVERED = struct.Struct("<III")


class Found(NamedTuple):
    """What a journal holds.

    Attributes:
        generation: That of its first record; 0 if there is none.
        payloads: Of the records of this generation, in order.
        torn: The last record was not finished: the process, or the power, ended within it.
    """

    generation: int
    payloads: tuple[bytes, ...]
    torn: bool


NOTHING_FOUND = Found(0, (), torn=False)


def read_journal(path: Path) -> Found:
    """The records of a journal; none if there is no such file. Raises OSError."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return NOTHING_FOUND
    payloads: list[bytes] = []
    first, at = 0, 0
    while at + _HEADER.size <= len(data):
        magic, generation, number, length, check = _HEADER.unpack_from(data, at)
        if magic != MAGIC or number != len(payloads) or (payloads and generation != first):
            break
        payload = data[at + _HEADER.size : at + _HEADER.size + length]
        if _check(generation, number, payload) != check:
            return Found(first or generation, tuple(payloads), torn=True)
        first = generation
        payloads.append(payload)
        at += _HEADER.size + length
    return Found(first, tuple(payloads), torn=False)


class Journal:
    """Writes records. One thread, one writer."""

    def __init__(self, path: Path, size: int = JOURNAL_BYTES) -> None:
        """Remember where, and how long it is [bytes]; nothing is opened."""
        self._path = path
        self._size = size
        self._descriptor: int | None = None
        self._generation = 0
        self._number = 0
        self._end = 0

    @property
    def used(self) -> float:
        """What part of it is used [0-1]."""
        return self._end / self._size

    def open(self) -> None:
        """Open the file; made full of zeros where it is not there or has another length. Raises OSError."""
        if not self._path.is_file() or self._path.stat().st_size != self._size:
            write_whole(self._path, bytes(self._size))
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)

    def begin(self, generation: int) -> None:
        """Begin anew at the start; what it held must be durable elsewhere by now."""
        self._generation, self._number, self._end = generation, 0, 0

    def has_room(self, length: int) -> bool:
        """Whether a payload of so many bytes fits behind the last."""
        return self._descriptor is not None and self._end + _HEADER.size + length <= self._size

    def write(self, payload: bytes, *, sync: bool = True) -> None:
        """Write a record; when this returns it is durable, or, without sync, survives the process but not yet a power cut.

        Raises:
            OSError: It may be there or not. The next record is written in its place.
        """
        descriptor = self._descriptor
        if descriptor is None:
            raise OSError(f"{self._path} is not open")
        check = _check(self._generation, self._number, payload)
        record = _HEADER.pack(MAGIC, self._generation, self._number, len(payload), check) + payload
        write_at(descriptor, record, self._end)
        if sync:
            os.fdatasync(descriptor)
        self._number += 1
        self._end += len(record)

    def sync(self) -> None:
        """Make durable what was written without. Raises OSError."""
        if self._descriptor is None:
            raise OSError(f"{self._path} is not open")
        os.fdatasync(self._descriptor)

    def close(self) -> None:
        """Close the file; `open` opens it again."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)


def write_at(descriptor: int, data: bytes, offset: int) -> None:
    """Write all of it, however many calls that takes. Raises OSError."""
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view = view[written:]
        offset += written


def write_whole(path: Path, data: bytes) -> None:
    """Put a file in the place of another, so that after a power cut one of the two is there whole. Raises OSError."""
    unfinished = path.with_name(f".{path.name}.new")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        write_at(descriptor, data, 0)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    unfinished.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check(generation: int, number: int, payload: bytes) -> int:
    return crc32(payload, crc32(_COVERED.pack(generation, number, len(payload))))
