"""Which values of a scan are worth keeping: at least one a period, and at once what has changed by more than its delta."""

from collections.abc import Sequence

from gw_spaceheat.house.model import Channel
from gw_spaceheat.vocabulary.moment import Moment
from gw_spaceheat.vocabulary.slots import slot_start

NEVER_CAPTURED = float("nan")


class Capture:
    """The capture rules of one device's channels, in the order in which its scans list them.

    Periods are aligned to the wall clock, so that all channels with the same period are captured in the same scan and restarts
    do not shift them. A value that goes missing, or comes back, is captured at once.

    Attributes:
        names: The channels.
        periods_ms: Of each channel: it is captured at least once in so long.
        deltas: Of each channel: a change by more than this is captured at once [its SI unit]; inf for never.
        last: Of each channel: what was captured last; NaN before the first time.
        one_period_ms: The period that all channels share [ms]; 0 if their periods differ.
        first_due_wall_ms: When the first of the periods is over, UTC [ms]; 0 before the first capture.
    """

    def __init__(self, channels: Sequence[Channel]) -> None:
        """Remember the rules; nothing has been captured yet, so the first scan is captured whole."""
        self.names = tuple(channel.name for channel in channels)
        self.periods_ms = tuple(round(channel.capture.period_s * 1000) for channel in channels)
        self.deltas = tuple(float("inf") if channel.capture.delta is None else channel.capture.delta for channel in channels)
        self.last: list[float | None] = [NEVER_CAPTURED] * len(self.names)
        self._due_wall_ms: list[int] = [0] * len(self.names)
        self.first_due_wall_ms = 0
        self._longest_ms = max(self.periods_ms, default=0)
        self.one_period_ms = self.periods_ms[0] if len(set(self.periods_ms)) == 1 else 0

    def select(
        self, values: Sequence[float | None], now: Moment, changed: Sequence[int] | None = None
    ) -> tuple[tuple[str, ...], tuple[float | None, ...]] | None:
        """Names and values to capture of one scan; None when nothing is worth keeping.

        A wall clock that was stepped back captures at the next scan and is aligned again from there.

        Args:
            values: The scan, in the order of the channels.
            now: The present moment.
            changed: Numbers of the channels that have changed by more than their delta, gone missing or come back, where the
                reader knows; None to find out.
        """
        wall_ms = now.wall_ms
        due_ms = self.first_due_wall_ms
        if wall_ms >= due_ms or due_ms - wall_ms > self._longest_ms:
            return self._take_all(values, wall_ms) if self.one_period_ms else self._select_due(values, wall_ms)
        if changed is None:
            changed = self._changed(values)
        return self._take(changed, values) if changed else None

    def _changed(self, values: Sequence[float | None]) -> list[int]:
        chosen = []
        last, deltas = self.last, self.deltas
        for index, value in enumerate(values):
            before = last[index]
            if value is None or before is None:
                if value is not before:
                    chosen.append(index)
            elif not abs(value - before) <= deltas[index]:
                chosen.append(index)
        return chosen

    def _take_all(self, values: Sequence[float | None], wall_ms: int) -> tuple[tuple[str, ...], tuple[float | None, ...]]:
        """All channels have the same period, and it is over."""
        self.first_due_wall_ms = slot_start(wall_ms, self.one_period_ms) + self.one_period_ms
        self.last[:] = values
        return self.names, tuple(values)

    def forget(self) -> None:
        """The device was lost: whatever it says next is captured."""
        self.last[:] = [NEVER_CAPTURED] * len(self.names)

    def _select_due(self, values: Sequence[float | None], wall_ms: int) -> tuple[tuple[str, ...], tuple[float | None, ...]]:
        chosen = []
        for index, value in enumerate(values):
            period_ms, due_ms, before = self.periods_ms[index], self._due_wall_ms[index], self.last[index]
            if wall_ms >= due_ms or due_ms - wall_ms > period_ms:
                self._due_wall_ms[index] = slot_start(wall_ms, period_ms) + period_ms
                chosen.append(index)
            elif value is None or before is None:
                if value is not before:
                    chosen.append(index)
            elif not abs(value - before) <= self.deltas[index]:
                chosen.append(index)
        self.first_due_wall_ms = min(self._due_wall_ms)
        return self._take(chosen, values)

    def _take(self, chosen: Sequence[int], values: Sequence[float | None]) -> tuple[tuple[str, ...], tuple[float | None, ...]]:
        names, last = self.names, self.last
        if len(chosen) == len(names):
            last[:] = values
            return names, tuple(values)
        for index in chosen:
            last[index] = values[index]
        return tuple([names[index] for index in chosen]), tuple([values[index] for index in chosen])
