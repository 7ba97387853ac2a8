"""Virtual time: one heap of (time, sequence) in one thread. Deterministic, and as fast as what it hosts.

Mail posted at a moment is handled at that moment, first in first out, before time goes on. Time goes on to the earliest deadline;
among equal deadlines the one armed first comes first. Nothing here depends on hashes, clocks or the machine.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Protocol, runtime_checkable

from gw_spaceheat.core.events import Event, Note, Started, Stopping
from gw_spaceheat.core.machine import Machine
from gw_spaceheat.runtime.host import Route
from gw_spaceheat.vocabulary.moment import Moment

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
        self._index: dict[str, int] = {}
        self._slots: list[_Slot] = []
        self._heap: list[tuple[int, int, _Slot]] = []
        self._mail: deque[tuple[_Slot, Event]] = deque()
        self._sequence = 0
        self.calls = 0

    def add(self, name: str, machine: Machine) -> None:
        """Host a machine under a name; it gets `Started` when `run` is first called."""
        if name in self._index:
            raise ValueError(f"two things are called {name}")
        self._index[name] = len(self._slots)
        skipping = machine if self._use_skipping and isinstance(machine, Skipping) else None
        slot = _Slot(name, machine.handle, machine.wake, machine.deadline, None if skipping is None else skipping.skip)
        self._slots.append(slot)
        self._mail.append((slot, Started()))

    def post(self, name: str, event: Event) -> None:
        """Mail from outside, handled at the present moment as soon as `run` goes on."""
        self._mail.append((self._slots[self._index[name]], event))

    def run(self, until_mono_ms: int) -> None:
        """Let time pass up to and including this moment."""
        heap, mail = self._heap, self._mail
        offset_ms = self._wall_offset_ms
        if mail:
            self._deliver()
        while heap and heap[0][0] <= until_mono_ms:
            due_ms, _, slot = heappop(heap)
            if slot.armed != due_ms:
                continue
            slot.armed = None
            if slot.skip is not None:
                limit_ms = heap[0][0] if heap and heap[0][0] < until_mono_ms else until_mono_ms
                if limit_ms > due_ms:
                    slot.skip(Moment(due_ms, due_ms + offset_ms), limit_ms)
                    reached_ms = slot.deadline()
                    if reached_ms is None or reached_ms > limit_ms:
                        self._arm(slot)
                        continue
                    due_ms = reached_ms
            if due_ms > self.now.mono_ms:
                self.now = Moment(due_ms, due_ms + offset_ms)
            self.calls += 1
            effects = slot.wake(self.now)
            if effects:
                self._dispatch(slot.name, effects)
            self._arm(slot)
            if mail:
                self._deliver()
        self.now = Moment(until_mono_ms, until_mono_ms + offset_ms)

    def stop(self) -> None:
        """Tell everybody that it is over, in the order in which they were added, and deliver what each still says."""
        for slot in self._slots:
            self._mail.append((slot, Stopping()))
            self._deliver()

    def _deliver(self) -> None:
        mail, now = self._mail, self.now
        while mail:
            slot, event = mail.popleft()
            self.calls += 1
            effects = slot.handle(event, now)
            if effects:
                self._dispatch(slot.name, effects)
            self._arm(slot)

    def _dispatch(self, source: str, effects: Sequence[Event]) -> None:
        slots, index, mail, route = self._slots, self._index, self._mail, self._route
        for effect in effects:
            if type(effect) is Note:
                self._on_note(self.now, source, effect)
            for target in route(source, effect):
                mail.append((slots[index[target]], effect))

    def _arm(self, slot: "_Slot") -> None:
        due_ms = slot.deadline()
        if due_ms is None:
            slot.armed = None
        elif due_ms != slot.armed:
            now_ms = self.now.mono_ms
            if due_ms < now_ms:
                due_ms = now_ms
                if due_ms == slot.armed:
                    return
            slot.armed = due_ms
            self._sequence += 1
            heappush(self._heap, (due_ms, self._sequence, slot))


@dataclass(slots=True, eq=False)
class _Slot:
    """A hosted thing's methods, looked up once, and the time for which it is in the heap."""

    name: str
    handle: Callable[[Event, Moment], Sequence[Event]]
    wake: Callable[[Moment], Sequence[Event]]
    deadline: Callable[[], int | None]
    skip: Callable[[Moment, int], None] | None
    armed: int | None = None
