"""Probes that go on showing one believable value: what nobody can be warmed by, and no plan be made with.

A probe of a tank is doubted when it has shown exactly the same for hours while another probe of that tank has seen water warm
and cool. One of a room is doubted when it shows small steps and has made none for hours; one that shows only whole or half
degrees may well stand still. What is doubted is missing, until it moves.
"""

from collections import deque
from collections.abc import Collection, Sequence
from math import inf
from typing import Final

from gw_spaceheat.house.model import House
from gw_spaceheat.vocabulary.moment import MINUTE_MS, Moment

LOOK_MS: Final = 30 * MINUTE_MS
TANK_LOOKS: Final = 12
ROOM_LOOKS: Final = 14
"""A probe is still when it has not moved between so many looks in a row: 6 h in a tank, 7 h in a room, where less moves."""
OTHER_MOVED_K: Final = 10.0
"""Another probe of the tank has seen temperatures so far apart meanwhile [K]."""
SMALL_STEP_K: Final = 0.15
"""A probe of a room that has made a step as small as this shows what changes in a room within hours [K]."""


class StuckProbes:
    """Watches the probes of a house's tanks and rooms."""

    def __init__(self, house: House) -> None:
        """Learn which channels there are; nothing has been shown."""
        heating = house.heating
        self._tanks = tuple(probes for probes in (heating.store, heating.buffer) if probes)
        self._rooms = tuple(zone.temperature for zone in heating.zones if zone.temperature)
        watched = {*heating.store, *heating.buffer, *self._rooms}
        self._shown: dict[str, float | None] = dict.fromkeys(watched)
        self._smallest_k: dict[str, float] = {}
        self._still: dict[str, int] = dict.fromkeys(watched, 0)
        self._heard: set[str] = set()
        self._moved: set[str] = set()
        self._span: dict[str, tuple[float, float]] = {}
        self._spans: dict[str, deque[tuple[float, float]]] = {
            name: deque(maxlen=TANK_LOOKS) for tank in self._tanks for name in tank
        }
        self._stuck: set[str] = set()
        self._look_mono_ms: int | None = None
        self.sources = frozenset(house.channels[name].captured_by for name in watched)

    def judge(self, names: Sequence[str], values: tuple[float | None, ...], now: Moment) -> tuple[float | None, ...]:
        """What was captured, with None in place of what is shown by a probe that is stuck."""
        self._look(now)
        shown = self._shown
        doubted = False
        for name, value in zip(names, values, strict=True):
            if name not in shown or value is None:
                continue
            self._heard.add(name)
            before = shown[name]
            if value != before:
                self._move(name, before, value)
            elif name in self._stuck:
                doubted = True
        if not doubted:
            return values
        return tuple(None if name in self._stuck else value for name, value in zip(names, values, strict=True))

    def reason(self, names: Collection[str]) -> str:
        """Why these channels are missing, if it is because they are stuck; else empty."""
        stuck = sorted(self._stuck.intersection(names))
        if not stuck:
            return ""
        what = ", ".join(f"{name} {self._shown[name]:g} degC" for name in stuck)
        return f"stuck: it has shown exactly the same for hours ({what}); is the probe in its place?"

    def _move(self, name: str, before: float | None, value: float) -> None:
        self._shown[name] = value
        self._moved.add(name)
        self._stuck.discard(name)
        if name in self._spans:
            low, high = self._span.get(name, (value, value))
            self._span[name] = (min(low, value), max(high, value))
        if before is not None:
            step_k = abs(value - before)
            self._smallest_k[name] = min(self._smallest_k.get(name, step_k), step_k)

    def _look(self, now: Moment) -> None:
        if self._look_mono_ms is None:
            self._look_mono_ms = now.mono_ms + LOOK_MS
        if now.mono_ms < self._look_mono_ms:
            return
        self._look_mono_ms = now.mono_ms + LOOK_MS
        for name, looks in self._still.items():
            self._still[name] = looks + 1 if name in self._heard and name not in self._moved else 0
        for name, span in self._span.items():
            self._spans[name].append(span)
        for tank in self._tanks:
            self._stuck.update(name for name in tank if self._still[name] >= TANK_LOOKS and self._another_moved(tank, name))
        for room in self._rooms:
            if self._still[room] >= ROOM_LOOKS and self._smallest_k.get(room, inf) <= SMALL_STEP_K:
                self._stuck.add(room)
        self._heard.clear()
        self._moved.clear()
        self._span.clear()

    def _another_moved(self, tank: Sequence[str], name: str) -> bool:
        """Whether another probe of the tank has seen much warmer and much colder water."""
        others = (self._spans[other] for other in tank if other != name)
        return any(spans and _wide(spans) for spans in others)


def _wide(spans: Collection[tuple[float, float]]) -> bool:
    """Whether what a probe showed in these times is far enough apart."""
    return max(high for _, high in spans) - min(low for low, _ in spans) >= OTHER_MOVED_K
