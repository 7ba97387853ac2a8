"""Counting what goes wrong on a link, and telling of it without flooding the log."""

from collections import Counter
from collections.abc import Mapping, Sequence

from gw_spaceheat.core.events import Level, Note
from gw_spaceheat.vocabulary.moment import MINUTE_MS, Moment

MOST_KINDS = 64
"""More kinds than this are counted together, so that a stranger cannot make the tally grow."""
OTHER = "other"
MOST_CHARACTERS = 200
"""A note quotes at most this much of what a stranger wrote."""


class Tally:
    """Counts by kind; of each kind one note in a minute, which says how many there were since the last."""

    def __init__(self, link: str) -> None:
        """Remember the name of the link, with which every note begins."""
        self._link = link
        self._counts: Counter[str] = Counter()
        self._told: dict[str, tuple[int, int]] = {}

    @property
    def counts(self) -> Mapping[str, int]:
        """How many there were of each kind since the start; a copy."""
        return dict(self._counts)

    def count(self, kind: str) -> None:
        """One more of this kind, not worth a note."""
        self._counts[self._known(kind)] += 1

    def tell(self, kind: str, text: str, now: Moment, level: Level = Level.WARNING) -> Sequence[Note]:
        """One more of this kind; the answer is a note, or nothing if one was written less than a minute ago."""
        kind = self._known(kind)
        self._counts[kind] += 1
        told_mono_ms, told_count = self._told.get(kind, (now.mono_ms - MINUTE_MS, 0))
        if now.mono_ms - told_mono_ms < MINUTE_MS:
            return ()
        count = self._counts[kind]
        self._told[kind] = (now.mono_ms, count)
        unsaid = count - told_count - 1
        more = f" (and {unsaid} more of this kind since the last line)" if unsaid else ""
        return (Note(level, f"{self._link}: {kind}: {clipped(text)}{more}"),)

    def _known(self, kind: str) -> str:
        return kind if kind in self._counts or len(self._counts) < MOST_KINDS else OTHER


def clipped(text: str) -> str:
    """A stranger's text made fit for one line of a log: control characters escaped, the rest cut off."""
    shown = "".join(character if character.isprintable() else repr(character)[1:-1] for character in text[:MOST_CHARACTERS])
    return shown + "..." if len(text) > MOST_CHARACTERS else shown
