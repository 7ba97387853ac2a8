"""One folder, one process: a lock that ends with the process, however that ends."""

import fcntl
import os
from pathlib import Path

from gw_spaceheat.stores.faults import StoreBusyError


class FolderLock:
    """The lock of a folder; the folder is made when it is not there."""

    def __init__(self, folder: Path, what: str) -> None:
        """Remember which, and what is kept there ("its contracts")."""
        self._folder = folder
        self._what = what
        self._descriptor: int | None = None

    def take(self) -> None:
        """Take it; to take it again changes nothing.

        Raises:
            StoreBusyError: Another process has it.
            OSError: The folder cannot be made or opened.
        """
        if self._descriptor is not None:
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise StoreBusyError(f"another process keeps {self._what} in {self._folder}: stop it first") from None
        except OSError:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def give_back(self) -> None:
        """Give it back, if it was taken."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)
