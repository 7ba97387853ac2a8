"""Deciding as time goes on: a job is known from its registration, a forecast from its issue, and what runs is never moved."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import heapify, heappop
from math import ceil

from gw_spaceheat.core.market.ahead import Ahead
from gw_spaceheat.core.market.energy import Values
from gw_spaceheat.core.market.looks import BY_NUMPY, looks_for
from gw_spaceheat.core.market.placing import Board
from gw_spaceheat.core.market.timetable import SLOT_S, Slots, Timetable

TICK_S = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How a scheduler decides.

    Attributes:
        sweeps: How often, at most, jobs that have not started answer each other at an event; 0 for never.
        tick_s: Events are taken together until the next multiple of this [s]; None to take each by itself. A job that must
            start before that gets its start at once.
        looks_ahead: Reckon with jobs that nobody has registered yet (`ahead.py`).
        choose: Chooses a start without looking at the sun: (number of the job, the job, seed) to its slot; None to look.
    """

    sweeps: int = 0
    tick_s: float | None = None
    looks_ahead: bool = False
    choose: Callable[[int, Slots, int], int] | None = None

    @property
    def looks(self) -> bool:
        """Whether jobs look for the sun."""
        return self.choose is None or self.sweeps > 0


class Online:
    """Jobs as they are handed in, and where they stand.

    Attributes:
        jobs: In the order in which they were handed in; their places are their numbers.
        board: Where those stand that have a start.
    """

    def __init__(self, rule: Rule, slots: int, seed: int = 0, jobs: int = 0) -> None:
        """Nobody has handed in anything.

        Args:
            rule: How to decide.
            slots: How many slots there are.
            seed: For what is left to chance.
            jobs: How many jobs are expected; what is decided does not depend on it (`looks.py`).
        """
        self._rule, self._seed = rule, seed
        self.jobs: list[Slots] = []
        looks = looks_for(jobs) if rule.looks else BY_NUMPY
        self.board = Board(self.jobs, slots, looks=looks)
        self._ahead = Ahead(slots, looks) if rule.looks_ahead else None
        self._waiting: dict[int, None] = {}  # in order
        self._pending: list[int] = []

    def next_s(self, at_s: float) -> float:
        """When what happens at a time is decided upon [s]."""
        tick_s = self._rule.tick_s
        return at_s if tick_s is None else ceil(at_s / tick_s) * tick_s

    def hand_in(self, job: Slots) -> int:
        """A job gets its number; it has no start yet."""
        self.jobs.append(job)
        self._waiting[len(self.jobs) - 1] = None
        return len(self.jobs) - 1

    def is_urgent(self, number: int, at_s: float) -> bool:
        """Whether a job's last start comes before what happens at a time would be decided upon."""
        return self.jobs[number].last < ceil(self.next_s(at_s) / SLOT_S)

    def place(self, number: int, from_slot: int, sun_wh: Values) -> None:
        """A job that has none gets its start, from a slot on if it can; sun in each slot [Wh]."""
        del self._waiting[number]
        choose = self._rule.choose
        job = self.jobs[number]
        slot = self.board.best(sun_wh, number, from_slot) if choose is None else choose(number, job, self._seed)
        self.board.put(number, slot)
        self._pending.append(number)

    def decide(self, at_s: float, from_slot: int, sun_wh: Values) -> list[int]:
        """Jobs that wait get their starts; those that have not started answer each other.

        Args:
            at_s: Jobs that were registered later still wait [s].
            from_slot: Earlier starts are over.
            sun_wh: What the sun gives in each slot, as known at that time [Wh].

        Returns:
            Numbers of those that have another start than before, in their order.
        """
        if self._ahead is not None:
            sun_wh = self._ahead.sun_wh(at_s, self.jobs, sun_wh, self.board.load_wh)
        self._pending = [number for number in self._pending if self.board.start[number] >= from_slot]
        before = {number: self.board.start[number] for number in self._pending}
        changed = []
        for number in [number for number in self._waiting if self.jobs[number].job.registered_s <= at_s]:
            self.place(number, from_slot, sun_wh)
            changed.append(number)
        self._pending = [number for number in self._pending if self.board.start[number] >= from_slot]
        if self._rule.sweeps and self._pending:
            stopped = self.board.sweep(sun_wh, self._pending, from_slot, self._rule.sweeps)
            self._pending = self._pending[stopped:] + self._pending[:stopped]
        changed += [number for number, slot in before.items() if self.board.start[number] != slot]
        return sorted(changed)

    def again(self, number: int, from_slot: int, sun_wh: Values) -> None:
        """A job cannot start when it was to: it gets another start, from a slot on if it can."""
        self.drop(number)
        self._waiting[number] = None
        self.place(number, from_slot, sun_wh)
        if self.board.start[number] < from_slot:  # a rule that does not look at the sun does not look at the clock either
            self.board.lift(number)
            self.board.put(number, min(from_slot, self.jobs[number].last))

    def fix(self, number: int, slot: int) -> None:
        """A job has started with this slot and is not moved any more, whatever was decided."""
        self.drop(number)
        self.board.put(number, slot)

    def drop(self, number: int) -> None:
        """A job stands nowhere any more, and waits for nothing."""
        self._waiting.pop(number, None)
        if number in self._pending:
            self._pending.remove(number)
        if number in self.board.start:
            self.board.lift(number)


def as_time_goes_on(timetable: Timetable, rule: Rule, seed: int = 0) -> dict[int, int]:
    """When each job starts; see `decisions`."""
    starts: dict[int, int] = {}
    for starts in decisions(timetable, rule, seed):  # noqa: B007 - what stands after the last event
        pass
    return starts


def decisions(timetable: Timetable, rule: Rule, seed: int = 0, online: Online | None = None) -> Iterator[dict[int, int]]:
    """When each job that is known starts, after each event, by its number in the timetable.

    Jobs are handed in when they are registered. Those that are urgent get a start then; all others with the next decision.

    Args:
        timetable: The street's.
        rule: How to decide.
        seed: For what is left to chance.
        online: Where jobs are handed in, for whoever wants to see where they stand meanwhile; nobody has handed in any.
    """
    online = online or Online(rule, timetable.slots, seed, len(timetable.jobs))
    coming = sorted(range(len(timetable.jobs)), key=lambda number: timetable.jobs[number].job.registered_s)
    times = {online.next_s(at_s) for at_s in timetable.street.issues_s}
    times |= {online.next_s(slots.job.registered_s) for slots in timetable.jobs}
    events = [(at_s, 1, -1) for at_s in times]
    events += [(timetable.jobs[number].job.registered_s, 0, place) for place, number in enumerate(coming)]
    heapify(events)
    while events:
        at_s, is_decision, place = heappop(events)
        from_slot, sun_wh = ceil(at_s / SLOT_S), timetable.forecast_wh(at_s)
        if is_decision:
            online.decide(at_s, from_slot, sun_wh)
            yield {coming[number]: slot for number, slot in online.board.start.items()}
            continue
        number = online.hand_in(timetable.jobs[coming[place]])
        if online.is_urgent(number, at_s):
            online.place(number, from_slot, sun_wh)
