"""Collects what one call of a machine puts out, in the order in which it must be carried out.

First the lines of the log and the state, which must be durable; then what others act on; then what is told.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from gw_spaceheat.core.contract.log import LOG, LogHead, entry
from gw_spaceheat.core.events import Append, Event, Keep, Level, Note, Send
from gw_spaceheat.vocabulary.moment import MINUTE_MS, Moment

MOST_CHARACTERS = 200
"""A note quotes at most this much of what a stranger wrote."""


class Desk:
    """Where a machine puts its effects.

    Attributes:
        head: How far the log goes.
    """

    def __init__(self, state_name: str, head: LogHead, key: str) -> None:
        """Remember the name of the state, the log's head and the name of the key with which heads are signed."""
        self.head = head
        self._state_name = state_name
        self._key = key
        self._lines: list[Event] = []
        self._acts: list[Event] = []
        self._sends: list[Event] = []
        self._notes: list[Event] = []
        self._changed = False
        self._complained: dict[str, tuple[int, int]] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing was put out since it was last cleared."""
        return not (self._lines or self._acts or self._sends or self._notes or self._changed)

    def log(self, kind: str, body: Mapping[str, Any] | msgspec.Struct, now: Moment) -> None:
        """One more entry of the log."""
        self.head, line = entry(self.head, now.wall_ms, kind, body, self._key)
        self._lines.append(Append(LOG, line))

    def append(self, head: LogHead, line: str) -> None:
        """One more entry of the log that was made elsewhere."""
        self.head = head
        self._lines.append(Append(LOG, line))

    def changed(self) -> None:
        """The state is another and must be kept."""
        self._changed = True

    def act(self, event: Event) -> None:
        """Something that others act on."""
        self._acts.append(event)

    def send(self, send: Send) -> None:
        """A message for the other side."""
        self._sends.append(send)

    def note(self, level: Level, text: str) -> None:
        """A line for a person."""
        self._notes.append(Note(level, f"contract: {text}"))

    def complain(self, kind: str, text: str, now: Moment) -> None:
        """Something that somebody should not have sent: noted and logged once per kind and minute, and counted."""
        told_mono_ms, unsaid = self._complained.get(kind, (now.mono_ms - MINUTE_MS, 0))
        if now.mono_ms - told_mono_ms < MINUTE_MS:
            self._complained[kind] = (told_mono_ms, unsaid + 1)
            return
        self._complained[kind] = (now.mono_ms, 0)
        more = f" (and {unsaid} more of this kind since the last line)" if unsaid else ""
        shown = _printable(text)
        self.note(Level.WARNING, f"{kind}: {shown}{more}")
        self.log("refused", {"ground": kind, "reason": shown, "unsaid": unsaid}, now)

    def clear(self, state: Callable[[], msgspec.Struct]) -> list[Event]:
        """All that was put out, in order; the state is asked for only if it changed."""
        kept: list[Event] = [Keep(self._state_name, state())] if self._changed else []
        effects = [*self._lines, *kept, *self._acts, *self._sends, *self._notes]
        self._lines, self._acts, self._sends, self._notes, self._changed = [], [], [], [], False
        return effects


def _printable(text: str) -> str:
    shown = "".join(character if character.isprintable() else repr(character)[1:-1] for character in text[:MOST_CHARACTERS])
    return shown + "..." if len(text) > MOST_CHARACTERS else shown
