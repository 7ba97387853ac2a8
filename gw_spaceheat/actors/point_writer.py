"""The actor that has points stored: on this disk at once, at their server as soon as it takes them."""

from collections.abc import Callable, Sequence
from typing import Protocol

from gw_spaceheat.core.events import Event, Level, Note, Started, Stopping
from gw_spaceheat.core.netbalance.live_events import BalancePoint
from gw_spaceheat.links.influx import LinesRefusedError
from gw_spaceheat.stores.point_buffer import PointBuffer
from gw_spaceheat.vocabulary.moment import MINUTE_MS, SECOND_MS, Moment

MOST_TOGETHER = 2_000
"""Lines of a request."""
FIRST_PAUSE_MS, LONGEST_PAUSE_MS = SECOND_MS, 5 * MINUTE_MS


class LineServer(Protocol):
    """Who takes lines."""

    def write(self, lines: Sequence[str]) -> None:
        """Take them all; raises ServerAwayError or LinesRefusedError."""
        ...


class PointWriter:
    """Makes lines of points, keeps them, and hands them on in their order."""

    def __init__(self, lines_of: Callable[[BalancePoint], list[str]], buffer: PointBuffer, server: LineServer) -> None:
        """Remember.

        Args:
            lines_of: A point as lines.
            buffer: Where they wait; it is opened and closed here.
            server: Who takes them.
        """
        self._lines_of, self._buffer, self._server = lines_of, buffer, server
        self._pause_ms = 0
        self._due_mono_ms: int | None = None
        self._is_failing = False

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Keep a point."""
        try:
            if isinstance(event, Started):
                self._buffer.open()
                self._due_mono_ms = now.mono_ms
            elif isinstance(event, Stopping):
                self._buffer.close()
                self._due_mono_ms = None
            elif isinstance(event, BalancePoint):
                given_up = self._buffer.add(self._lines_of(event))
                if self._pause_ms == 0:
                    self._due_mono_ms = now.mono_ms
                if given_up:
                    return (Note(Level.ERROR, f"too much waits for the server: {given_up} of the oldest lines are given up"),)
        except OSError as error:
            return self._failed(str(error))
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        """Hand on what waits, a request at a time."""
        if self._due_mono_ms is None or now.mono_ms < self._due_mono_ms:
            return ()
        self._due_mono_ms = None
        try:
            waiting = self._buffer.oldest(MOST_TOGETHER)
            if not waiting:
                return ()
            refused = self._write(waiting)
        except OSError as error:
            self._pause_ms = min(max(2 * self._pause_ms, FIRST_PAUSE_MS), LONGEST_PAUSE_MS)
            self._due_mono_ms = now.mono_ms + self._pause_ms
            return self._failed(str(error))
        self._pause_ms = 0
        self._due_mono_ms = now.mono_ms if len(waiting) == MOST_TOGETHER else None
        over = [Note(Level.INFO, "points can be stored again")] if self._is_failing else []
        self._is_failing = False
        return [*over, *refused]

    def deadline(self) -> int | None:
        """When it hands on next [mono ms]."""
        return self._due_mono_ms

    def _write(self, waiting: Sequence[tuple[int, str]]) -> list[Event]:
        """Lines that the server will never take are given up, one by one, so that the others get there."""
        lines = [line for _, line in waiting]
        refused: list[Event] = []
        try:
            self._server.write(lines)
        except LinesRefusedError as error:
            if len(lines) > 1:
                middle = len(waiting) // 2
                return [*self._write(waiting[:middle]), *self._write(waiting[middle:])]
            refused.append(Note(Level.ERROR, f"a line is given up: {error}"))
        self._buffer.forget(waiting[-1][0])
        return refused

    def _failed(self, text: str) -> Sequence[Event]:
        if self._is_failing:
            return ()
        self._is_failing = True
        return (Note(Level.WARNING, f"points wait on the disk: {text}"),)
