"""Virtual time: one thread, one heap of times. Deterministic, and as fast as what it hosts.

Mail posted at a moment is handled at that moment, first in first out, before time goes on. Time goes on to whatever is due
first: a deadline, or a message that was on its way (`Carried`); of equal times the one that was known first comes first.
Nothing here depends on hashes, clocks or the machine.

Times that somebody waits for stand in a heap, and who waits for each in a queue of its own: a heap of plain numbers is twice as
fast as one of (time, sequence, who). `run` and `_deliver` turn thousands of times for each simulated day and keep everything
in local names; what looks like a detour there is one that was measured.
"""

from collections import deque
from collections.abc import Callable, Sequence
from heapq import heappop, heappush

from gw_spaceheat.core.events import Carried, Command, Event, Note, Send, Started, Stopping
from gw_spaceheat.core.machine import Machine
from gw_spaceheat.runtime.host import Route, Skipping
from gw_spaceheat.vocabulary.moment import Moment

Skip = Callable[[Moment, int], int | None]

ADDRESSED = (Command, Send, Note)
"""Events that go to whom or over what they name, or to each reader of notes anew."""


class VirtualRuntime:
    """Hosts machines and actors in virtual time.

    Attributes:
        now: The present moment.
        calls: How many calls of `handle` and `wake` were made so far.
    """

    def __init__(
        self,
        start_wall_ms: int,
        route: Route,
        on_note: Callable[[Moment, str, Note], None],
        *,
        skipping: bool = True,
        fixed_routes: bool = False,
    ) -> None:
        """Remember; nothing is hosted yet.

        Args:
            start_wall_ms: The wall time at which it begins, UTC [ms].
            route: Who gets what.
            on_note: Gets the notes: when, whose, what.
            skipping: False to make every wake, for proof that skipping changes nothing.
            fixed_routes: The route goes by the source and the type of event only, but for events that name their receiver
                (`ADDRESSED`); it is then asked once for each pair instead of for each event.
        """
        self._wall_offset_ms = start_wall_ms
        self.now = Moment(0, start_wall_ms)
        self._route = route
        self._on_note = on_note
        self._use_skipping = skipping
        self._fixed_routes = fixed_routes
        self._slots: dict[str, _Slot] = {}
        self._times: list[int] = []
        self._queues: dict[int, list[_Waiting]] = {}
        self._mail: deque[tuple[_Slot, Event]] = deque()
        self.calls = 0

    def add(self, name: str, machine: Machine) -> None:
        """Host a machine under a name; it gets `Started` when `run` is first called."""
        if name in self._slots:
            raise ValueError(f"two things are called {name}")
        skipping = machine if self._use_skipping and isinstance(machine, Skipping) else None
        slot = _Slot(name, machine, None if skipping is None else skipping.skip)
        self._slots[name] = slot
        self._mail.append((slot, Started()))

    def replace(self, name: str, machine: Machine) -> None:
        """Host another machine in the place of one, as when a process was killed or has come back; it gets `Started`.

        Mail that waited for the old one is lost with it; messages on their way to it arrive at the new one.
        """
        slot, mail = self._slots[name], self._mail
        waiting = [entry for entry in mail if entry[0] is not slot]
        mail.clear()
        mail += waiting
        slot.host(machine, machine.skip if self._use_skipping and isinstance(machine, Skipping) else None)
        mail.append((slot, Started()))

    def post(self, name: str, event: Event) -> None:
        """Mail from outside, handled at the present moment as soon as `run` goes on."""
        self._mail.append((self._slots[name], event))

    def run(self, until_mono_ms: int) -> None:
        """Let time pass up to and including this moment."""
        times, queues, mail, offset_ms = self._times, self._queues, self._mail, self._wall_offset_ms
        new_tuple = tuple.__new__  # half the price of Moment(...), which comes to the same
        wakes = 0
        if mail:
            self._deliver()
        while times and times[0] <= until_mono_ms:
            now_ms = due_ms = heappop(times)
            now = self.now = new_tuple(Moment, (now_ms, now_ms + offset_ms))
            queue = queues.pop(due_ms)  # whoever wants to be woken at once makes a new one
            for slot, carried in queue:
                if carried is not None:
                    mail.append((slot, carried))
                    self._deliver()
                    continue
                if slot.armed != due_ms:
                    continue  # it has been armed for another time since
                if slot.skip is not None and queue[-1][0] is slot:
                    if not self._pass_over(slot, slot.skip, until_mono_ms):
                        continue
                    now = self.now
                    now_ms = now.mono_ms
                wakes += 1
                wake, deadline = slot.wake, slot.deadline  # by itself, Python calls slot.wake(now) as a method, more slowly
                effects = wake(now)
                if effects:
                    self._dispatch(slot, effects)
                next_ms = deadline()
                if next_ms is not None:
                    if next_ms < now_ms:  # noqa: PLR1730 - a call of max costs more than the rest of the line
                        next_ms = now_ms
                    others = queues.get(next_ms)
                    if others is None:
                        queues[next_ms] = [slot.entry]
                        heappush(times, next_ms)
                    else:
                        others.append(slot.entry)
                slot.armed = next_ms
                if mail:
                    self._deliver()
        self.calls += wakes
        self.now = Moment(until_mono_ms, until_mono_ms + offset_ms)

    def stop(self) -> None:
        """Tell everybody that it is over, in the order in which they were added, and deliver what each still says."""
        for slot in self._slots.values():
            self._mail.append((slot, Stopping()))
            self._deliver()

    def _pass_over(self, slot: "_Slot", skip: Skip, until_mono_ms: int) -> bool:
        """Let the last of those whose time it is skip; True if it is to be woken then, at what is now the present.

        At a time that it shares with others it comes last, as without skipping, because they had waited for that time before.
        """
        now_ms = self.now.mono_ms
        limit_ms = min(until_mono_ms, self._times[0]) if self._times else until_mono_ms
        if limit_ms <= now_ms:
            return True
        reached_ms = skip(self.now, limit_ms)
        if reached_ms == now_ms:
            return True
        if reached_ms is None or reached_ms >= limit_ms:
            self._arm(slot, reached_ms)
            return False
        self.now = Moment(reached_ms, reached_ms + self._wall_offset_ms)
        return True

    def _arm(self, slot: "_Slot", due_ms: int | None) -> None:
        slot.armed = due_ms
        if due_ms is not None:
            self._await(due_ms, slot.entry)

    def _await(self, due_ms: int, entry: "_Waiting") -> None:
        queue = self._queues.get(due_ms)
        if queue is None:
            self._queues[due_ms] = [entry]
            heappush(self._times, due_ms)
        else:
            queue.append(entry)

    def _deliver(self) -> None:
        """Have all mail handled, and what follows from it."""
        mail, now = self._mail, self.now
        calls = 0
        while mail:
            slot, event = mail.popleft()
            calls += 1
            effects = slot.handle(event, now)
            if effects:
                self._dispatch(slot, effects)
            due_ms = slot.deadline()
            if due_ms != slot.armed:
                if due_ms is not None and due_ms < now.mono_ms:
                    due_ms = now.mono_ms
                    if due_ms == slot.armed:
                        continue
                self._arm(slot, due_ms)
        self.calls += calls

    def _dispatch(self, source: "_Slot", effects: Sequence[Event]) -> None:
        known, mail = source.targets, self._mail
        for effect in effects:
            if type(effect) is Carried:
                self._await(max(effect.due_mono_ms, self.now.mono_ms), (self._slots[effect.to], effect))
                continue
            targets = known.get(type(effect))
            if targets is None:
                targets = self._find_targets(source, effect)
            for target in targets:
                mail.append((target, effect))

    def _find_targets(self, source: "_Slot", effect: Event) -> "tuple[_Slot, ...]":
        """Who gets what a source put out, as mail at once."""
        if isinstance(effect, Note):
            self._on_note(self.now, source.name, effect)
        targets = tuple([self._slots[name] for name in self._route(source.name, effect)])
        if self._fixed_routes and not isinstance(effect, ADDRESSED):
            source.targets[type(effect)] = targets
        return targets


class _Slot:
    """A hosted thing's methods, looked up once.

    Attributes:
        armed: The time for which it waits; None for never. Where else it still stands in a queue, that counts for nothing.
        entry: How it stands in a queue.
        targets: Who gets what it puts out, by type of event, as far as that is fixed and known.
    """

    __slots__ = ("armed", "deadline", "entry", "handle", "name", "skip", "targets", "wake")

    def __init__(self, name: str, machine: Machine, skip: Skip | None) -> None:
        """Look up the methods."""
        self.name = name
        self.entry: _Waiting = (self, None)
        self.targets: dict[type[Event], tuple[_Slot, ...]] = {}
        self.host(machine, skip)

    def host(self, machine: Machine, skip: Skip | None) -> None:
        """A machine, which waits for nothing yet."""
        self.handle = machine.handle
        self.wake = machine.wake
        self.deadline = machine.deadline
        self.skip = skip
        self.armed: int | None = None


_Waiting = tuple[_Slot, Carried | None]
"""Something hosted that wants to be woken; or a message on its way to it."""
