"""Simulated sensors in virtual time: one call of the plant passes over all scans that would capture nothing."""

from collections.abc import Sequence

from gw_spaceheat.actors.sensor import SensorActor
from gw_spaceheat.core.events import Event, Started, Stopping
from gw_spaceheat.plant.plant import Plant
from gw_spaceheat.plant.watch import WatchedDevice
from gw_spaceheat.vocabulary.moment import Moment

NEVER_MS = 1 << 62


class QuietSensors:
    """Hosts the sensors' actors of a simulated house as one; puts out exactly what they would, each on its own.

    Between two captures a power meter that is read every 10 s says nothing. Here the plant itself looks at those scans, by the
    same rule, and stops at the first that is worth capturing; what it saw there is the actors' scan. After that every actor
    scans next at the first of its polls after the time that the plant has reached, whatever the actor itself had planned.

    The plant never runs past the time at which a device is to be asked for its serial number: from there on all actors scan by
    themselves until that is done, which is once a day.

    Only for virtual time, where nobody is woken late.
    """

    def __init__(self, actors: Sequence[SensorActor], plant: Plant) -> None:
        """Take the actors, in the order in which equal times are to be kept, and the plant that simulates their devices."""
        self._actors = tuple(actors)
        self._plant = plant
        self._watch = plant.watch(
            [
                WatchedDevice(actor.capture.names, actor.capture.deltas, actor.poll_ms, period_ms=actor.capture.one_period_ms)
                for actor in actors
            ]
        )
        self._unwatched = list(range(len(self._actors)))
        self._due_mono_ms: list[int] | None = None  # of each actor; None while it follows from the time reached
        self._reached = Moment(0, 0)
        self._seen: list[int] = []
        self._deadline: int | None = None
        self._quiet_until_ms = plant.end_ms

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """To every actor."""
        if not isinstance(event, Started | Stopping):
            return ()
        told = [effect for actor in self._actors for effect in actor.handle(event, now)]
        self._due_mono_ms = [due_or_never(actor) for actor in self._actors]
        self._seen = []
        self._find_deadline()
        self._find_end_of_quiet(now)
        return told

    def wake(self, now: Moment) -> Sequence[Event]:
        """Those whose time it is; what the plant has seen for them just now need not be read again."""
        told: list[Event] = []
        if self._seen:
            for index in self._seen:
                told += self._take_shown(index, now)
            self._seen = []
            self._deadline = now.mono_ms + self._watch.next_ms - now.wall_ms
            return told
        due_mono_ms = self._due_mono_ms = self._due_mono_ms or self._next_polls_mono_ms()
        for index, actor in enumerate(self._actors):
            if due_mono_ms[index] <= now.mono_ms:
                told += actor.wake(now)
                due_mono_ms[index] = due_or_never(actor)
                self._unwatched.append(index)
        self._find_deadline()
        self._find_end_of_quiet(now)
        return told

    def deadline(self) -> int | None:
        """The earliest of all."""
        return self._deadline

    def skip(self, now: Moment, limit_mono_ms: int) -> int | None:
        """Run the plant on to the next scan that captures something, else to the last one before the limit."""
        plant = self._plant
        mono_ms, wall_ms = now
        if plant.now_ms >= wall_ms or (self._unwatched and not self._watch_all()):
            return self._deadline
        to_mono_ms = mono_ms - wall_ms
        reached_ms = plant.quiet_until(self._watch, min(limit_mono_ms - to_mono_ms, self._quiet_until_ms))
        self._reached = Moment(reached_ms + to_mono_ms, reached_ms)
        self._due_mono_ms = None
        self._seen = self._watch.captured
        self._deadline = (reached_ms if self._seen else self._watch.next_ms) + to_mono_ms
        return self._deadline

    def _take_shown(self, index: int, now: Moment) -> Sequence[Event]:
        """An actor's scan, already made by the plant, which knows what changed, and what was due if all of it is at once."""
        actor, watch = self._actors[index], self._watch
        told = actor.scanned(watch.values(index), now, watch.changed(index))
        capture = actor.capture
        if not capture.one_period_ms:
            watch.remember(index, capture.last, capture.first_due_wall_ms)
        return told

    def _watch_all(self) -> bool:
        """Tell the plant what the actors captured by themselves; False while a device is lost, for then nothing is skipped."""
        for index in self._unwatched:
            actor = self._actors[index]
            if not actor.healthy:
                return False
            self._watch.remember(index, actor.capture.last, actor.capture.first_due_wall_ms)
        self._unwatched.clear()
        return True

    def _next_polls_mono_ms(self) -> list[int]:
        mono_ms, wall_ms = self._reached
        return [mono_ms + actor.poll_ms - wall_ms % actor.poll_ms for actor in self._actors]

    def _find_end_of_quiet(self, now: Moment) -> None:
        """The plant may pass over scans up to here: the last moment before somebody is to be asked for his serial number."""
        asks_mono_ms = [actor.asks_mono_ms for actor in self._actors]
        ask_ms = [due_mono_ms - now.mono_ms + now.wall_ms for due_mono_ms in asks_mono_ms if due_mono_ms is not None]
        self._quiet_until_ms = min(self._plant.end_ms, *[due_ms - 1 for due_ms in ask_ms])

    def _find_deadline(self) -> None:
        earliest_ms = min(self._due_mono_ms or (), default=NEVER_MS)
        self._deadline = earliest_ms if earliest_ms < NEVER_MS else None


def due_or_never(actor: SensorActor) -> int:
    """The actor's deadline as a number [mono ms]."""
    due_ms = actor.deadline()
    return NEVER_MS if due_ms is None else due_ms
