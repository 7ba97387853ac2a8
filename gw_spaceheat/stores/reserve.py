"""A file that is there only to be removed: a little room on a disk that is full."""

import contextlib
import os
from pathlib import Path

RESERVE_BYTES = 1024 * 1024
SPARE = 2
"""It is made when so many times its size is free, so that it does not itself take the last of the disk."""


class Reserve:
    """Room that is let go when the disk is full, and taken again when there is enough."""

    def __init__(self, path: Path, size: int = RESERVE_BYTES) -> None:
        """Remember where, and how much [bytes]."""
        self._path = path
        self._size = size

    @property
    def is_there(self) -> bool:
        """Whether the room is taken, block by block, and not only named."""
        try:
            state = self._path.stat()
        except OSError:
            return False
        return state.st_size >= self._size and state.st_blocks * 512 >= self._size

    def make(self) -> bool:
        """Take the room, if there is enough; whether it is there now."""
        if self.is_there:
            return True
        try:
            disk = os.statvfs(self._path.parent)
            if disk.f_bavail * disk.f_frsize < SPARE * self._size:
                return False
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            try:
                os.posix_fallocate(descriptor, 0, self._size)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError:
            self.let_go()
            return False
        return self.is_there

    def let_go(self) -> bool:
        """Give the room back; False if there was none to give."""
        was_there = self.is_there
        with contextlib.suppress(OSError):
            self._path.unlink()
            return was_there
        return False
