"""What is held back from the peer while the uplink is not open to it: reports and problems, oldest first."""

from collections import deque

from gw_spaceheat.core.events import Level, Note, Send

MOST_HELD = 600
"""Two days of five-minute reports and some problems; beyond that the oldest are given up."""


class Held:
    """A gate for events: open while RemoteControl holds, or always where the house reports without a contract."""

    def __init__(self, *, always_open: bool = False, most: int = MOST_HELD) -> None:
        """Nothing is held. always_open: nothing ever will be."""
        self._always_open = always_open
        self._open = always_open
        self._waiting: deque[Send] = deque(maxlen=most)
        self._given_up = 0

    @property
    def is_open(self) -> bool:
        """Whether what is sent goes up at once."""
        return self._open

    def set_open(self, is_open: bool) -> list[Send | Note]:
        """Open or shut it; the answer is what goes up now, and a word on what does not any more."""
        self._open = is_open or self._always_open
        if not self._open or not (self._waiting or self._given_up):
            return []
        out: list[Send | Note] = list(self._waiting)
        if self._given_up:
            text = f"{self._given_up} reports or problems were given up while the uplink was not open; {len(out)} follow now"
            out.append(Note(Level.WARNING, text))
        self._waiting.clear()
        self._given_up = 0
        return out

    def take(self, send: Send) -> list[Send]:
        """An event that is to go up; the answer holds it if it may."""
        if self._open:
            return [send]
        self._given_up += len(self._waiting) == self._waiting.maxlen
        self._waiting.append(send)
        return []
