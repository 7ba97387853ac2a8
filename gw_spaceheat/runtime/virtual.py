"""Virtual time: one heap of (time, sequence) in one thread. Deterministic, and as fast as what it hosts.

Mail posted at a moment is handled at that moment, first in first out, before time goes on. Time goes on to the earliest deadline;
among equal deadlines the one armed first comes first. Nothing here depends on hashes, clocks or the machine.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from heapq import heappop, heappush
from typing import Protocol, runtime_checkable

from gw_spaceheat.core.events import Event, Note, Started, Stopping
from gw_spaceheat.core.machine import Machine
from gw_spaceheat.vocabulary.moment import Moment

Route = Callable[[str, Event], Iterable[str]]
"""(name of the source, event) to the names of those who get it as their mail."""


@runtime_checkable
class Skipping(Protocol):
    """A hosted thing that knows which of its own wakes would have no effect."""

    def skip(self, now: Moment, limit_mono_ms: int) -> None:
        """Pass over wakes, from `now` on, that put nothing out, but none after the limit.

        Nothing else happens before the limit. `deadline` tells afterwards where it stopped.
        """
        ...

    def deadline(self) -> int | None:
        """As of any machine."""
        ...


class VirtualRuntime:
    """Hosts machines and actors in virtual time."""

    def __init__(
        self, start_wall_ms: int, route: Route, on_note: Callable[[Moment, str, Note], None], *, skipping: bool = True
    ) -> None:
        """Begin at a wall time [ms]; notes go to on_note. With skipping False every wake is made, for proof that it changes nothing."""
        self._wall_offset_ms = start_wall_ms
        self.now = Moment(0, start_wall_ms)
        self._route = route
        self._on_note = on_note
        self._use_skipping = skipping
        self._names: list[str] = []
        self._machines: list[Machine] = []
        self._skipping: list[Skipping | None] = []
        self._index: dict[str, int] = {}
        self._armed: list[int | None] = []
        self._heap: list[tuple[int, int, int]] = []
        self._mail: deque[tuple[int, Event]] = deque()
        self._sequence = 0
        self.calls = 0

    def add(self, name: str, machine: Machine) -> None:
        """Host a machine under a name; it gets `Started` when `run` is first called."""
        if name in self._index:
            raise ValueError(f"two things are called {name}")
        self._index[name] = len(self._names)
        self._names.append(name)
        self._machines.append(machine)
        self._skipping.append(machine if self._use_skipping and isinstance(machine, Skipping) else None)
        self._armed.append(None)
        self._mail.append((self._index[name], Started()))

    def post(self, name: str, event: Event) -> None:
        """Mail from outside, handled at the present moment as soon as `run` goes on."""
        self._mail.append((self._index[name], event))

    def run(self, until_mono_ms: int) -> None:
        """Let time pass up to and including this moment."""
        heap, armed, machines = self._heap, self._armed, self._machines
        self._deliver()
        while heap and heap[0][0] <= until_mono_ms:
            due_ms, _, index = heappop(heap)
            if armed[index] != due_ms:
                continue
            armed[index] = None
            skipping = self._skipping[index]
            if skipping is not None:
                limit_ms = min(heap[0][0], until_mono_ms) if heap else until_mono_ms
                if limit_ms > due_ms:
                    skipping.skip(Moment(due_ms, due_ms + self._wall_offset_ms), limit_ms)
                    reached_ms = skipping.deadline()
                    if reached_ms is None or reached_ms > limit_ms:
                        self._arm(index)
                        continue
                    due_ms = reached_ms
            if due_ms > self.now.mono_ms:
                self.now = Moment(due_ms, due_ms + self._wall_offset_ms)
            self.calls += 1
            effects = machines[index].wake(self.now)
            if effects:
                self._dispatch(index, effects)
            self._arm(index)
            if self._mail:
                self._deliver()
        self.now = Moment(until_mono_ms, until_mono_ms + self._wall_offset_ms)

    def stop(self) -> None:
        """Tell everybody that it is over, in the order in which they were added, and deliver what they still say."""
        for index in range(len(self._names)):
            self._mail.append((index, Stopping()))
        self._deliver()

    def _deliver(self) -> None:
        mail, machines = self._mail, self._machines
        while mail:
            index, event = mail.popleft()
            self.calls += 1
            effects = machines[index].handle(event, self.now)
            if effects:
                self._dispatch(index, effects)
            self._arm(index)

    def _dispatch(self, source: int, effects: Sequence[Event]) -> None:
        name = self._names[source]
        for effect in effects:
            if type(effect) is Note:
                self._on_note(self.now, name, effect)
            for target in self._route(name, effect):
                self._mail.append((self._index[target], effect))

    def _arm(self, index: int) -> None:
        due_ms = self._machines[index].deadline()
        if due_ms is None:
            self._armed[index] = None
            return
        due_ms = max(due_ms, self.now.mono_ms)
        if self._armed[index] != due_ms:
            self._armed[index] = due_ms
            self._sequence += 1
            heappush(self._heap, (due_ms, self._sequence, index))
