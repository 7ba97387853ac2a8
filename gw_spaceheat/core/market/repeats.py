"""Messages that are said again until they are answered: wires lose some."""

from collections.abc import Hashable
from heapq import heappop, heappush

from gw_spaceheat.core.events import Send

REPEAT_MS = 30_000
SLOWER = 2
SLOWEST = 16
"""Each time it takes so many times as long until it is said again, up to so many times as long as at first."""


class Repeats:
    """What has not been answered yet, each under a key; what is put under a key takes the place of what was there."""

    def __init__(self, every_ms: int = REPEAT_MS) -> None:
        """Nothing is waited for; what is unanswered is said again after so long [ms]."""
        self._every_ms = every_ms
        self._open: dict[Hashable, tuple[int, int, Send]] = {}
        self._heap: list[tuple[int, int, Hashable]] = []
        self._count = 0

    def put(self, key: Hashable, send: Send, now_ms: int) -> Send:
        """Say it, and again until `drop`; the message, to be sent now."""
        self._arm(key, send, 1, now_ms)
        return send

    def drop(self, key: Hashable) -> bool:
        """It is answered; whether it was waited for."""
        return self._open.pop(key, None) is not None

    def due(self, now_ms: int) -> list[Send]:
        """What is to be said again now."""
        again = []
        while self._heap and self._heap[0][0] <= now_ms:
            due_ms, _, key = heappop(self._heap)
            waiting = self._open.get(key)
            if waiting is not None and waiting[0] == due_ms:
                _, times, send = waiting
                again.append(send)
                self._arm(key, send, min(times * SLOWER, SLOWEST), now_ms)
        return again

    def deadline(self) -> int | None:
        """When the next is due, on the monotonic clock [ms]; None for never."""
        while self._heap:
            due_ms, _, key = self._heap[0]
            waiting = self._open.get(key)
            if waiting is not None and waiting[0] == due_ms:
                return due_ms
            heappop(self._heap)
        return None

    def _arm(self, key: Hashable, send: Send, times: int, now_ms: int) -> None:
        due_ms = now_ms + self._every_ms * times
        self._count += 1
        self._open[key] = (due_ms, times, send)
        heappush(self._heap, (due_ms, self._count, key))
