"""When a snapshot is due: on request, and every 30 s for five minutes after a request; never else."""

from gw_spaceheat.vocabulary.moment import MINUTE_MS, SECOND_MS, Moment

REPEAT_MS = 30 * SECOND_MS
ATTENTION_MS = 5 * MINUTE_MS


class SnapshotSchedule:
    """Counts the five minutes of attention after each request."""

    def __init__(self) -> None:
        """Nobody has asked."""
        self._until_mono_ms = 0
        self._next_mono_ms: int | None = None

    def ask(self, now: Moment) -> None:
        """Somebody wants a snapshot now; the next ones follow every 30 s for five minutes."""
        self._until_mono_ms = now.mono_ms + ATTENTION_MS
        self._next_mono_ms = now.mono_ms + REPEAT_MS

    def due(self, now: Moment) -> bool:
        """Whether a repeated snapshot is due now; if so the next one is scheduled."""
        if self._next_mono_ms is None or now.mono_ms < self._next_mono_ms:
            return False
        following = max(self._next_mono_ms + REPEAT_MS, now.mono_ms + SECOND_MS)
        self._next_mono_ms = following if following <= self._until_mono_ms else None
        return True

    def deadline(self) -> int | None:
        """When the next one is due [mono ms]."""
        return self._next_mono_ms
