"""Drafts of streets that people at pages work on, each under a word that only its page has; in memory until they are saved."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from gw_spaceheat.core.market.draft import Draft, DraftError

MOST_DRAFTS = 200


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


class Drafts:
    """Used by every thread of the server."""

    def __init__(self) -> None:
        """There are none."""
        self._lock = threading.Lock()
        self._held: OrderedDict[str, Held] = OrderedDict()

    def begin(self, held: Held) -> str:
        """Hold a draft; the answer is its word. Of too many the one that rested longest goes, unsaved ones last."""
        word = secrets.token_urlsafe(16)
        with self._lock:
            if len(self._held) >= MOST_DRAFTS:
                resting = next((word for word, each in self._held.items() if not each.is_changed), next(iter(self._held)))
                del self._held[resting]
            self._held[word] = held
        return word

    def held(self, word: str) -> Held | None:
        """The draft of a word; None if there is none any more."""
        with self._lock:
            if word in self._held:
                self._held.move_to_end(word)
            return self._held.get(word)

    def change(self, word: str, step: Callable[[Held], Held]) -> Held:
        """Take a step, whole or not at all; nobody else takes one meanwhile.

        Raises:
            DraftError: There is no such draft any more, or the step cannot be.
        """
        with self._lock:
            held = self._held.get(word)
            if held is None:
                raise DraftError("This draft is not there any more; open the street again.")
            self._held.move_to_end(word)
            self._held[word] = changed = step(held)
            return changed

    def edit(self, word: str, step: Callable[[Draft], Draft]) -> Held:
        """Change the draft itself; raises as `change` does."""
        return self.change(word, lambda held: replace(held, draft=step(held.draft), is_changed=True))
