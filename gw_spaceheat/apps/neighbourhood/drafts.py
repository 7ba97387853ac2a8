"""Drafts of streets that people at pages work on, each under a word that only its page has.

They are kept in memory, and on disk from their first change on, a file for each: so a server that is started again has them
still. A file that cannot be understood is as if it were not there.
"""

import contextlib
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from gw_spaceheat.core.market.draft import Draft, DraftError
from gw_spaceheat.stores.street_draft import draft_bytes, draft_from
from gw_spaceheat.stores.street_folder import StreetFileError

MOST_DRAFTS = 200
MOST_BYTES, LARGEST_BYTES = 500_000_000, 100_000_000
"""So much all files have at most, the one that was changed last besides; and one."""
ENDING, UNFINISHED = ".draft", ".part"
_WORD = re.compile(r"[A-Za-z0-9_-]{22}")
"""What `begin` gives, and nothing that leads out of the folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A street as it lies in its folder.

    Attributes:
        name: Name of the folder.
        stamp: What is another one once somebody has changed it.
    """

    name: str
    stamp: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A draft that somebody works on.

    Attributes:
        draft: The draft.
        kept: Where it came from, or was saved last; None for nowhere.
        warnings: What was odd about its files.
        is_changed: It is not saved as it is.
    """

    draft: Draft
    kept: Kept | None = None
    warnings: tuple[str, ...] = ()
    is_changed: bool = False


class _File(msgspec.Struct):
    draft: bytes
    kept: Kept | None
    warnings: tuple[str, ...]
    is_changed: bool


class Drafts:
    """Used by every thread of the server."""

    def __init__(self, folder: Path) -> None:
        """Remember where their files lie; the folder is made when it is needed."""
        self._folder = folder
        self._lock = threading.Lock()
        self._held: OrderedDict[str, Held] = OrderedDict()

    def begin(self, held: Held) -> str:
        """Hold a draft; the answer is its word. Of too many the one that rested longest goes, unsaved ones last."""
        word = secrets.token_urlsafe(16)
        with self._lock:
            self._hold(word, held)
        return word

    def held(self, word: str) -> Held | None:
        """The draft of a word; None if there is none any more."""
        with self._lock:
            return self._find(word)

    def change(self, word: str, step: Callable[[Held], Held]) -> Held:
        """Take a step and have it on disk, whole or not at all; nobody else takes one meanwhile.

        Raises:
            DraftError: There is no such draft any more, or the step cannot be.
            OSError: It cannot be written.
        """
        with self._lock:
            held = self._find(word)
            if held is None:
                raise DraftError("This draft is not there any more; open the street again.")
            changed = step(held)
            self._write(word, changed)
            self._held[word] = changed
            return changed

    def edit(self, word: str, step: Callable[[Draft], Draft]) -> Held:
        """Change the draft itself; raises as `change` does."""
        return self.change(word, lambda held: replace(held, draft=step(held.draft), is_changed=True))

    def _find(self, word: str) -> Held | None:
        """In memory, else on disk."""
        if word in self._held:
            self._held.move_to_end(word)
            return self._held[word]
        if _WORD.fullmatch(word) is None:
            return None
        held = _read(self._path(word))
        if held is not None:
            self._hold(word, held)
        return held

    def _hold(self, word: str, held: Held) -> None:
        if len(self._held) >= MOST_DRAFTS:
            resting = next((word for word, each in self._held.items() if not each.is_changed), next(iter(self._held)))
            del self._held[resting]
        self._held[word] = held

    def _path(self, word: str) -> Path:
        return self._folder / f"{word}{ENDING}"

    def _write(self, word: str, held: Held) -> None:
        data = msgspec.msgpack.encode(_File(draft_bytes(held.draft), held.kept, held.warnings, held.is_changed))
        if len(data) > LARGEST_BYTES:
            raise DraftError(f"The draft would have {len(data) / 1e6:.0f} MB; {LARGEST_BYTES / 1e6:.0f} are the most.")
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished = self._folder / f"{word}{UNFINISHED}"
        try:
            unfinished.write_bytes(data)
            unfinished.replace(self._path(word))
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise
        self._forget_oldest(word)

    def _forget_oldest(self, word: str) -> None:
        """Of too many files, or too large ones, those go that were changed longest ago; never the last one."""
        found = []
        for path in self._folder.glob(f"*{ENDING}"):
            with contextlib.suppress(OSError):  # it may be gone by now
                state = path.stat()
                found.append((state.st_mtime_ns, state.st_size, path))
        found.sort(reverse=True)
        total = 0
        for place, (_, size, path) in enumerate(found):
            total += size
            if (place >= MOST_DRAFTS or total > MOST_BYTES) and path != self._path(word):
                path.unlink(missing_ok=True)
                self._held.pop(path.name.removesuffix(ENDING), None)


def _read(path: Path) -> Held | None:
    try:
        if path.is_symlink() or path.stat().st_size > LARGEST_BYTES:
            return None
        said = msgspec.msgpack.decode(path.read_bytes(), type=_File)
        return Held(draft=draft_from(said.draft), kept=said.kept, warnings=said.warnings, is_changed=said.is_changed)
    except (OSError, msgspec.MsgspecError, StreetFileError):
        return None
