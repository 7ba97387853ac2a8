"""Which channels have a value that may be relied on, and which are missing, and since when that has been told."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from gw_spaceheat.house.model import Channel, House
from gw_spaceheat.vocabulary.moment import Moment

STALE_AFTER_PERIODS = 2.5
STALE_MARGIN_MS = 5_000
MOST_SCANS = 64
"""So many partial scans of a source are remembered one by one before they are folded into one time for each channel."""

_Taken = tuple[Collection[str], int]
"""Names of channels, and when they were read [ms]."""


class Change(NamedTuple):
    """Channels of one node that went missing, or came back."""

    node: str
    channels: tuple[str, ...]
    back: bool
    reason: str


class Presence:
    """Keeps the latest value of every channel, and turns silence into *missing*: told once when lost, once when back.

    A device whose actor says nothing for 2.5 capture periods is stale, whatever the reason: its actor may hang. A device whose
    actor says that it failed is missing at once.

    Attributes:
        latest: The latest value of every channel; None while it is missing.
        version: Of each source, a number that changes whenever anything of it does.
    """

    def __init__(self, house: House) -> None:
        """Learn the channels; all are missing, and nothing has been told, until their first reading or their first time-out."""
        self.latest: dict[str, float | None] = dict.fromkeys(house.channels)
        self._by_source: dict[str, list[str]] = {}
        for channel in house.channels.values():
            self._by_source.setdefault(channel.captured_by, []).append(channel.name)
        self.version = dict.fromkeys(self._by_source, 0)
        self._taken: dict[str, list[_Taken]] = {source: [] for source in self._by_source}
        self._names_of = {source: frozenset(names) for source, names in self._by_source.items()}
        self._patience_ms = {source: patience_ms(house.channels, names) for source, names in self._by_source.items()}
        self._heard_mono_ms: dict[str, int] = {}
        self._lost: dict[str, tuple[str, ...]] = {}
        self._blind: set[str] = set()
        self._look_mono_ms: int | None = None

    def start(self, now: Moment) -> None:
        """Begin to wait for every source."""
        self._heard_mono_ms = dict.fromkeys(self._by_source, now.mono_ms)
        self._look_mono_ms = self._next_look()

    def take(
        self, source: str, names: tuple[str, ...], values: tuple[float | None, ...], taken_ms: int, now: Moment
    ) -> list[Change]:
        """Put in what a source captured; gives the changes to tell."""
        self._heard_mono_ms[source] = now.mono_ms
        self.version[source] += 1
        latest, gaps = self.latest, False
        for name, value in zip(names, values):  # noqa: B905 - made in pairs
            latest[name] = value
            gaps = gaps or value is None
        taken = self._taken[source]
        if len(names) == len(self._by_source[source]):
            taken.clear()
        elif len(taken) >= MOST_SCANS:
            taken[:] = [({name}, name_taken_ms) for name, name_taken_ms in self.taken_ms(source).items()]
        taken.append((names, taken_ms))
        if gaps or self._blind or self._lost:
            return self._take_with_gaps(source, names, values)
        return []

    def channels_of(self, source: str) -> Sequence[str]:
        """Names of all channels that a source captures."""
        return self._by_source[source]

    def taken_ms(self, source: str) -> dict[str, int]:
        """When each channel of a source was last read, UTC [ms], whether it had a value then or not."""
        return {name: taken_ms for names, taken_ms in self._taken[source] for name in names}

    def correct(self, from_ms: int, by_ms: int) -> None:
        """What was labelled from from_ms on [ms] was labelled wrongly, by by_ms [ms]."""
        for source, taken in self._taken.items():
            taken[:] = [(names, at_ms + by_ms if at_ms >= from_ms else at_ms) for names, at_ms in taken]
            self.version[source] += 1

    def _take_with_gaps(self, source: str, names: tuple[str, ...], values: tuple[float | None, ...]) -> list[Change]:
        changes: list[Change] = []
        if source in self._lost:
            changes += self._return(source, names, values)
        return changes + self._blindness(source, names, values)

    def _return(self, source: str, names: tuple[str, ...], values: tuple[float | None, ...]) -> list[Change]:
        """A lost source speaks again: what it shows is back, the rest is missing until it shows that too."""
        there = {name for name, value in zip(names, values, strict=True) if value is not None}
        lost = self._lost.pop(source)
        self._blind.update(name for name in lost if name not in there)
        self._look_mono_ms = self._next_look()
        back = tuple(name for name in lost if name in there)
        return [Change(source, back, back=True, reason="")] if back else []

    def knows(self, source: str, names: tuple[str, ...]) -> bool:
        """Whether all these channels are captured by this source."""
        return self._names_of.get(source, frozenset()).issuperset(names)

    def _blindness(self, source: str, names: tuple[str, ...], values: tuple[float | None, ...]) -> list[Change]:
        gone = tuple(n for n, v in zip(names, values, strict=True) if v is None and n not in self._blind)
        back = tuple(n for n, v in zip(names, values, strict=True) if v is not None and n in self._blind)
        self._blind.update(gone)
        self._blind.difference_update(back)
        changes = []
        if gone:
            changes.append(Change(source, gone, back=False, reason="the device gives no believable value for them"))
        if back:
            changes.append(Change(source, back, back=True, reason=""))
        return changes

    def lose(self, source: str, reason: str) -> list[Change]:
        """The source itself, or its supervisor, says that it is lost."""
        if source in self._lost or source not in self._by_source:
            return []
        channels = tuple(self._by_source[source])
        self._lost[source] = channels
        self._blind.difference_update(channels)
        self.version[source] += 1
        for name in channels:
            self.latest[name] = None
        self._look_mono_ms = self._next_look()
        return [Change(source, channels, back=False, reason=reason)]

    def look(self, now: Moment) -> list[Change]:
        """Find the sources that have been silent for too long."""
        if self._look_mono_ms is None or now.mono_ms < self._look_mono_ms:
            return []
        changes: list[Change] = []
        for source, heard_mono_ms in self._heard_mono_ms.items():
            silent_ms = now.mono_ms - heard_mono_ms
            if source not in self._lost and silent_ms >= self._patience_ms[source]:
                changes += self.lose(
                    source, f"nothing heard for {silent_ms / 1000:.0f} s; is the device powered and its bus free?"
                )
        self._look_mono_ms = self._next_look()
        return changes

    def deadline(self) -> int | None:
        """When to look again [mono ms]."""
        return self._look_mono_ms

    def _next_look(self) -> int | None:
        waiting = [
            heard_mono_ms + self._patience_ms[source]
            for source, heard_mono_ms in self._heard_mono_ms.items()
            if source not in self._lost
        ]
        return min(waiting, default=None)


def patience_ms(channels: Mapping[str, Channel], names: list[str]) -> int:
    """How long a source with these channels may be silent [ms]."""
    shortest_s = min(max(channels[name].capture.period_s, channels[name].capture.poll_s) for name in names)
    return round(STALE_AFTER_PERIODS * shortest_s * 1000) + STALE_MARGIN_MS
