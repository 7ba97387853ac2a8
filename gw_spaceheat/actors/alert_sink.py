"""The actor that tells a person in one way: by mail, a web page's door, a topic. One that fails or hangs harms only itself."""

from collections.abc import Callable, Sequence

from gw_spaceheat.core.events import AlertTold, Event, Level, Note, Started
from gw_spaceheat.stores.json_file import JsonFile
from gw_spaceheat.vocabulary.moment import DAY_MS, MINUTE_MS, SECOND_MS, Moment

FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 5 * SECOND_MS, 10 * MINUTE_MS
MOST_WAITING = 500
"""Of more the oldest are given up, and that is told in the log."""
LONGEST_WAIT_MS = 2 * DAY_MS
"""What could not be told for so long is of no use any more [ms]."""


class CannotTellError(Exception):
    """It could not be told; says why, without secrets."""


class AlertSink:
    """Tells one after the other, in their order; what could not be told waits, on disk, and is tried again ever later."""

    def __init__(self, name: str, tell: Callable[[AlertTold], None], waiting: JsonFile) -> None:
        """Remember.

        Args:
            name: Of this way, for the log.
            tell: Tells one, in some seconds at most; raises CannotTellError.
            waiting: What waits.
        """
        self._name, self._tell, self._file = name, tell, waiting
        self._waiting: list[AlertTold] = []
        self._pause_ms = 0
        self._due_mono_ms: int | None = None

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Take one in."""
        if isinstance(event, Started):
            self._waiting = list(self._file.read(tuple[AlertTold, ...], ()))
            self._due_mono_ms = now.mono_ms if self._waiting else None
            return ()
        if not isinstance(event, AlertTold):
            return ()
        self._waiting.append(event)
        given_up = len(self._waiting) - MOST_WAITING
        del self._waiting[: max(given_up, 0)]
        if self._pause_ms == 0:
            self._due_mono_ms = now.mono_ms
        notes: list[Event] = (
            [] if given_up <= 0 else [Note(Level.WARNING, f"{self._name}: an alert is given up: too many wait")]
        )
        return [*notes, *self._keep()]

    def wake(self, now: Moment) -> Sequence[Event]:
        """Tell what waits, until it fails."""
        if self._due_mono_ms is None or now.mono_ms < self._due_mono_ms:
            return ()
        self._due_mono_ms = None
        told = 0
        failure = ""
        while self._waiting and not failure:
            alert = self._waiting[0]
            if now.wall_ms - alert.at_ms <= LONGEST_WAIT_MS:
                try:
                    self._tell(alert)
                except CannotTellError as error:
                    failure = str(error)
                    break
            self._waiting.pop(0)
            told += 1
        notes = self._failed(failure, now) if failure else self._went(told)
        return [*notes, *(self._keep() if told else ())]

    def deadline(self) -> int | None:
        """When it tries next [mono ms]."""
        return self._due_mono_ms

    def _failed(self, failure: str, now: Moment) -> list[Event]:
        first = self._pause_ms == 0
        self._pause_ms = min(max(2 * self._pause_ms, FIRST_PAUSE_MS), LONGEST_PAUSE_MS)
        self._due_mono_ms = now.mono_ms + self._pause_ms
        return [Note(Level.WARNING, f"{self._name}: {failure}; it is tried again")] if first else []

    def _went(self, told: int) -> list[Event]:
        failing, self._pause_ms = self._pause_ms > 0, 0
        return [Note(Level.INFO, f"{self._name}: told again")] if failing and told else []

    def _keep(self) -> list[Event]:
        try:
            self._file.write(self._waiting)
        except OSError as error:
            return [Note(Level.WARNING, f"{self._name}: what waits cannot be kept: {error}")]
        return []
