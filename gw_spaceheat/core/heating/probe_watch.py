"""Probes of a tank that are there but wrong: found by what their neighbours show, every few minutes, and told once.

Warm water lies on cold: a probe that is colder than all below it, or hotter than all above it, for long is wrong. So is one that
shows the same for hours while its neighbours move, or while heat is moved and none of them moves.
"""

from collections.abc import Mapping, Sequence
from math import inf, nan

from gw_spaceheat.core.events import Event, Level, Note
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS

INVERTED_K = 5.0
"""A layer may be so much colder than one below it while heat moves, and by the probes' own errors [K]."""
INVERTED_MS = 30 * MINUTE_MS
"""How long it must be so [ms]."""
STILL_K = 0.05
"""A probe that moved by no more has not moved [K]: less than the smallest step of the usual probes."""
MOVED_K = 10.0
"""A neighbour that moved by so much took the layers beside it along [K]."""
STILL_MS = 6 * HOUR_MS
"""For so long beside neighbours that moved [ms]: the bottom of a tank may well lie still."""
ALL_STILL_MS = 2 * HOUR_MS
"""When heat was moved for so long and no probe moved, none of them works [ms]."""
LONE_K = 20.0
"""The top that is so much hotter than all the rest [K]"""
LONE_MS = 2 * HOUR_MS
"""for so long [ms] is wrong too: real water would have been drawn by then."""
ALIVE_K = 0.3
"""A probe that stood still is believed again when it moves by this [K]."""
REST_MS = 12 * HOUR_MS
"""One that contradicted its neighbours is believed again when it has not for so long [ms]."""


class Probe:
    """What is remembered of one probe.

    Attributes:
        name: Its channel.
        doubt: Why it is not believed; empty if it is.
        still_c: Where it has been since `still_mono_ms` [degC]; NaN while it shows nothing.
        neighbours_c: What all probes of the tank showed then.
        neighbours_moved: Whether one of them has moved far since.
        since_mono_ms: Since when it contradicts its neighbours, or, while doubted for that, since when no longer.
    """

    __slots__ = ("doubt", "name", "neighbours_c", "neighbours_moved", "since_mono_ms", "still_c", "still_mono_ms")

    def __init__(self, name: str) -> None:
        """It has shown nothing yet."""
        self.name = name
        self.forget()

    def forget(self) -> None:
        """What it was is no matter any more."""
        self.doubt = ""
        self.still_c = nan
        self.still_mono_ms = 0
        self.neighbours_c: Sequence[float | None] = ()
        self.neighbours_moved = False
        self.since_mono_ms: int | None = None

    def look_around(self, shown: Sequence[float | None]) -> None:
        """It stands still: see whether its neighbours do."""
        if not self.neighbours_moved:
            self.neighbours_moved = any(
                then is not None and now is not None and abs(now - then) >= MOVED_K
                for then, now in zip(self.neighbours_c, shown, strict=True)
            )


class ProbeWatch:
    """Watches the probes of one tank.

    Attributes:
        doubted: Channels that are not believed now.
    """

    def __init__(self, tank: str, names: Sequence[str]) -> None:
        """Begin to watch; names from top to bottom."""
        self._tank = tank
        self._names = tuple(names)
        self._probes = [Probe(name) for name in names]
        self._suspected = False
        self._moving_ms = 0
        self._looked_mono_ms = 0
        self.doubted: tuple[str, ...] = ()

    def look(self, values: Mapping[str, float | None], heat_moves: bool, mono_ms: int, out: list[Event]) -> None:
        """Look at all probes; heat_moves says whether heat came to or left this tank since the last look."""
        shown = list(map(values.get, self._names))
        passed_ms, self._looked_mono_ms = mono_ms - self._looked_mono_ms, mono_ms
        still = known = 0
        orderly = True
        coldest_above_c = inf
        for probe, value in zip(self._probes, shown, strict=True):
            if value is None:
                if probe.doubt:
                    self._believe(probe, out)
                probe.forget()
                continue
            known += 1
            if value < coldest_above_c:
                coldest_above_c = value
            elif value > coldest_above_c + INVERTED_K:
                orderly = False
            if -STILL_K <= value - probe.still_c <= STILL_K:
                still += 1
                probe.look_around(shown)
            elif not probe.doubt:
                probe.still_c, probe.still_mono_ms = value, mono_ms
                probe.neighbours_c, probe.neighbours_moved = shown, False
        if still < known or not known:
            self._moving_ms = 0
        elif heat_moves:
            self._moving_ms += passed_ms
        if still or self._suspected or not orderly or lone_top(shown):
            self._judge(shown, orderly, mono_ms, out)

    def _judge(self, shown: Sequence[float | None], orderly: bool, mono_ms: int, out: list[Event]) -> None:
        """Something looks wrong, or did at the last look."""
        accused = set() if orderly else contradicting_layers(shown)
        patience_ms = INVERTED_MS
        if lone_top(shown):
            accused.add(0)
            patience_ms = LONE_MS
        frozen = self._moving_ms >= ALL_STILL_MS
        for place, (probe, value) in enumerate(zip(self._probes, shown, strict=True)):
            if value is None:
                continue
            if probe.doubt:
                if self._is_over(probe, value, place in accused, mono_ms):
                    self._believe(probe, out)
                continue
            if place not in accused:
                probe.since_mono_ms = None
            elif probe.since_mono_ms is None:
                probe.since_mono_ms = mono_ms
            elif mono_ms - probe.since_mono_ms >= (patience_ms if place == 0 else INVERTED_MS):
                self._doubt(probe, CONTRADICTS, value, out)
            if frozen or (probe.neighbours_moved and mono_ms - probe.still_mono_ms >= STILL_MS):
                self._doubt(probe, STANDS_STILL, value, out)
        self._suspected = any(probe.doubt or probe.since_mono_ms is not None for probe in self._probes)
        self.doubted = tuple(probe.name for probe in self._probes if probe.doubt)

    def _is_over(self, probe: Probe, value: float, accused: bool, mono_ms: int) -> bool:
        if probe.doubt is STANDS_STILL:
            return abs(value - probe.still_c) > ALIVE_K
        if accused:
            probe.since_mono_ms = None
        elif probe.since_mono_ms is None:
            probe.since_mono_ms = mono_ms
        return probe.since_mono_ms is not None and mono_ms - probe.since_mono_ms >= REST_MS

    def _doubt(self, probe: Probe, doubt: str, value: float, out: list[Event]) -> None:
        if not probe.doubt:
            text = f"{probe.name} shows {value:.1f} degC, but {doubt}: the {self._tank} is heated without it; check the probe"
            out.append(Note(Level.WARNING, text))
        probe.doubt = doubt
        probe.since_mono_ms = None

    def _believe(self, probe: Probe, out: list[Event]) -> None:
        probe.forget()
        self.doubted = tuple(probe.name for probe in self._probes if probe.doubt)
        out.append(Note(Level.INFO, f"{probe.name} is believed again: the {self._tank} is heated by it too"))


CONTRADICTS = "its neighbours contradict it"
STANDS_STILL = "it has not moved for hours though heat was moved"


def contradicting_layers(shown: Sequence[float | None]) -> set[int]:
    """Indices of the fewest probes without which no layer is colder than one below it.

    Where two contradict each other and nobody else, the one that is farther from the rest is wrong.
    """
    layers = [(index, value) for index, value in enumerate(shown) if value is not None]
    wrong: set[int] = set()
    while inverted := _inverted(layers):
        middle_c = sorted(value for _, value in layers)[len(layers) // 2]
        worst = max(inverted, key=lambda layer: (inverted[layer], abs(layer[1] - middle_c)))
        wrong.add(worst[0])
        layers.remove(worst)
    return wrong


def _inverted(layers: Sequence[tuple[int, float]]) -> dict[tuple[int, float], int]:
    """How many other layers each contradicts."""
    counts: dict[tuple[int, float], int] = {}
    for place, upper in enumerate(layers):
        for lower in layers[place + 1 :]:
            if lower[1] > upper[1] + INVERTED_K:
                counts[upper] = counts.get(upper, 0) + 1
                counts[lower] = counts.get(lower, 0) + 1
    return counts


def lone_top(shown: Sequence[float | None]) -> bool:
    """Whether the top is far hotter than all of at least two others."""
    top_c = shown[0] if shown else None
    others = [value for value in shown[1:] if value is not None]
    return top_c is not None and len(others) > 1 and top_c > max(others) + LONE_K
