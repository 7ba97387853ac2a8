"""Simulated sensors in virtual time: passes over the scans that would capture nothing, in one call of the plant for all devices."""

from collections.abc import Sequence

from gw_spaceheat.actors.sensor import SensorActor
from gw_spaceheat.core.events import Event, Started, Stopping
from gw_spaceheat.plant.plant import Plant, WatchedDevice
from gw_spaceheat.vocabulary.moment import Moment

NEVER_MS = 1 << 62

class QuietSensors:
    """Hosts the sensors' actors of a simulated house as one; puts out exactly what they would, each on its own.

    Between two captures a power meter that is read every 10 s says nothing. Here the plant itself looks at those scans, by the
    same rule, and stops at the first that is worth capturing.
    """

    def __init__(self, actors: Sequence[SensorActor], plant: Plant) -> None:
        """Take the actors, in the order in which equal times are to be kept, and the plant that simulates their devices."""
        self._actors = tuple(actors)
        self._plant = plant
        self._watch = plant.watch(
            [WatchedDevice(actor.capture.names, actor.capture.deltas, actor.poll_ms) for actor in actors]
        )
        self._poll_ms = tuple(actor.poll_ms for actor in actors)
        self._due_mono_ms = [NEVER_MS] * len(self._actors)
        self._changed = list(range(len(self._actors)))

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """To every actor."""
        if not isinstance(event, Started | Stopping):
            return ()
        told = [effect for actor in self._actors for effect in actor.handle(event, now)]
        self._due_mono_ms[:] = map(due_or_never, self._actors)
        return told

    def wake(self, now: Moment) -> Sequence[Event]:
        """Those whose time it is."""
        told: list[Event] = []
        mono_ms = now.mono_ms
        due = self._due_mono_ms
        for index, actor in enumerate(self._actors):
            if due[index] <= mono_ms:
                told += actor.wake(now)
                due[index] = due_or_never(actor)
                self._changed.append(index)
        return told

    def deadline(self) -> int | None:
        """The earliest of all."""
        earliest_ms = min(self._due_mono_ms)
        return None if earliest_ms == NEVER_MS else earliest_ms

    def skip(self, now: Moment, limit_mono_ms: int) -> None:
        """Run the plant on to the next scan that captures something, at most to the limit."""
        plant, watch, actors, due = self._plant, self._watch, self._actors, self._due_mono_ms
        if plant.now_ms >= now.wall_ms:
            return
        for index in self._changed:
            actor = actors[index]
            if not actor.healthy:
                return
            watch.remember(index, actor.capture.last, actor.capture.due_wall_ms)
        self._changed.clear()
        to_mono_ms = now.mono_ms - now.wall_ms
        reached_ms = plant.quiet_until(watch, min(limit_mono_ms - to_mono_ms, plant.end_ms))
        captured = watch.captured()
        for index, poll_ms in enumerate(self._poll_ms):
            next_ms = reached_ms if index in captured else reached_ms - reached_ms % poll_ms + poll_ms
            due[index] = next_ms + to_mono_ms
            actors[index].postpone(next_ms + to_mono_ms)


def due_or_never(actor: SensorActor) -> int:
    """The actor's deadline as a number [mono ms]."""
    due_ms = actor.deadline()
    return NEVER_MS if due_ms is None else due_ms
