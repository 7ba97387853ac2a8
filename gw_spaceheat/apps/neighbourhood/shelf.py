"""Folders of one place, by name: put there whole or not at all, laid in by hand, and removed."""

import contextlib
import os
import re
import shutil
import threading
import unicodedata
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

LONGEST_NAME = 60
REPLACED = ".replaced-"
"""Before the name of a folder whose place another one takes; if that fails midway, it gets its place back."""


class CannotKeepError(ValueError):
    """A folder cannot be found, made or kept; the text says why."""


class Shelf:
    """Used by every thread of a server.

    Attributes:
        lock: Held by whoever looks and then puts.
    """

    def __init__(self, folder: Path, what: str, most: int) -> None:
        """Remember; the folder is made when it is needed.

        Args:
            folder: Where they lie.
            what: What one of them is called, such as `street`.
            most: So many may be there.
        """
        self._folder = folder
        self._what = what
        self._most = most
        self.lock = threading.RLock()

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return self._folder

    def names(self) -> tuple[str, ...]:
        """Their names, those that were laid in by hand too."""
        with self.lock:
            self._restore()
            there = self._folder.iterdir() if self._folder.is_dir() else ()
            return tuple(sorted(path.name for path in there if path.is_dir() and _is_name(path.name)))

    def path(self, name: str) -> Path:
        """The folder of a name; raises CannotKeepError where there is none."""
        if name not in self.names():
            raise CannotKeepError(f"There is no {self._what} {name[:60]!r}.")
        return self._folder / name

    def free(self, name: str) -> str:
        """A name that none has: the one given, or with a number behind; raises CannotKeepError if there are too many."""
        stem = safe_name(name, self._what)
        names = {each.casefold() for each in self.names()}
        if len(names) >= self._most:
            raise CannotKeepError(f"There are {self._most} {self._what}s already; delete some.")
        numbered = (stem, *(f"{stem[: LONGEST_NAME - 6].rstrip()} ({number})" for number in range(2, self._most + 2)))
        return next(each for each in numbered if each.casefold() not in names)

    def put(self, name: str, write: Callable[[Path], object]) -> None:
        """Write a folder elsewhere, then give it its place; raises what `write` raises, and OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished = self._folder / f".{token_hex(8)}"
        try:
            write(unfinished)
            self.give_place(unfinished, name)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise

    def give_place(self, unfinished: Path, name: str) -> None:
        """Give a folder of the same disk its place, in that of whatever has it; raises OSError."""
        target, old = self._folder / name, self._folder / f"{REPLACED}{name}"
        _to_disk(unfinished)
        with self.lock:
            if target.exists():
                target.rename(old)
            unfinished.rename(target)
            shutil.rmtree(old, ignore_errors=True)

    def delete(self, name: str) -> None:
        """Remove a folder for good; what was laid in as a link is only unlinked.

        Raises:
            CannotKeepError: There is none.
            OSError: It cannot be removed.
        """
        with self.lock:
            path = self.path(name)
            if path.is_symlink():
                path.unlink()
                return
            gone = self._folder / f".{token_hex(8)}"
            path.rename(gone)
        shutil.rmtree(gone)

    def _restore(self) -> None:
        """A folder whose place was to be taken, and was not, gets it back."""
        for old in self._folder.glob(f"{REPLACED}*"):
            target = self._folder / old.name.removeprefix(REPLACED)
            with contextlib.suppress(OSError):
                if target.exists():
                    shutil.rmtree(old)
                else:
                    old.rename(target)


def safe_name(name: str, otherwise: str) -> str:
    """A name like the one that was given, which leads nowhere else and which any file system takes."""
    letters = re.sub(r"[^\w ._()+,&-]+", "-", unicodedata.normalize("NFC", name))
    return letters.strip(" .-")[:LONGEST_NAME].rstrip(" .-") or otherwise


def _is_name(name: str) -> bool:
    return not name.startswith(".") and name.isprintable() and len(name) <= 2 * LONGEST_NAME


def _to_disk(folder: Path) -> None:
    """Have the files of a folder on the disk before it gets its name."""
    for path in (*(path for path in folder.rglob("*") if path.is_file()), folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
