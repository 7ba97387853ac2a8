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
    same rule, and stops at the first that is worth capturing; what it saw there is the actors' scan. When every actor is woken
    next stands here; its own time may then be long past, and it scans whenever it is woken.
    """

    def __init__(self, actors: Sequence[SensorActor], plant: Plant) -> None:
        """Take the actors, in the order in which equal times are to be kept, and the plant that simulates their devices."""
        self._actors = tuple(actors)
        self._plant = plant
        self._watch = plant.watch([WatchedDevice(actor.capture.names, actor.capture.deltas, actor.poll_ms) for actor in actors])
        self._poll_ms = tuple(actor.poll_ms for actor in actors)
        self._due_mono_ms = [NEVER_MS] * len(self._actors)
        self._earliest_mono_ms: int | None = None
        self._unwatched = list(range(len(self._actors)))
        self._seen_mono_ms = -1
        self._seen: list[int] = []

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """To every actor."""
        if not isinstance(event, Started | Stopping):
            return ()
        told = [effect for actor in self._actors for effect in actor.handle(event, now)]
        self._due_mono_ms[:] = map(due_or_never, self._actors)
        self._find_earliest()
        return told

    def wake(self, now: Moment) -> Sequence[Event]:
        """Those whose time it is; what the plant has seen for them just now need not be read again."""
        told: list[Event] = []
        if now.mono_ms == self._seen_mono_ms:
            for index in self._seen:
                told += self._actors[index].scanned(self._watch.values(index), now)
                self._rewatch(index)
        else:
            for index, actor in enumerate(self._actors):
                if self._due_mono_ms[index] <= now.mono_ms:
                    told += actor.wake(now)
                    self._rewatch(index)
        self._find_earliest()
        return told

    def deadline(self) -> int | None:
        """The earliest of all."""
        return self._earliest_mono_ms

    def skip(self, now: Moment, limit_mono_ms: int) -> int | None:
        """Run the plant on to the next scan that captures something, at most to the limit."""
        plant = self._plant
        if plant.now_ms >= now.wall_ms or not self._watch_all():
            return self._earliest_mono_ms
        to_mono_ms = now.mono_ms - now.wall_ms
        reached_ms = plant.quiet_until(self._watch, min(limit_mono_ms - to_mono_ms, plant.end_ms))
        self._seen_mono_ms = reached_ms + to_mono_ms
        self._seen = self._watch.captured()
        self._due_mono_ms[:] = [reached_ms - reached_ms % poll_ms + poll_ms + to_mono_ms for poll_ms in self._poll_ms]
        for index in self._seen:
            self._due_mono_ms[index] = self._seen_mono_ms
        self._find_earliest()
        return self._earliest_mono_ms

    def _rewatch(self, index: int) -> None:
        """An actor has scanned: take over when it scans next; the plant must learn what it captured."""
        self._due_mono_ms[index] = due_or_never(self._actors[index])
        self._unwatched.append(index)

    def _watch_all(self) -> bool:
        """Tell the plant what has been captured since it ran last; False while a device is lost, which is nobody's quiet time."""
        for index in self._unwatched:
            actor = self._actors[index]
            if not actor.healthy:
                return False
            self._watch.remember(index, actor.capture.last, actor.capture.first_due_wall_ms)
        self._unwatched.clear()
        return True

    def _find_earliest(self) -> None:
        earliest_ms = min(self._due_mono_ms, default=NEVER_MS)
        self._earliest_mono_ms = None if earliest_ms == NEVER_MS else earliest_ms


def due_or_never(actor: SensorActor) -> int:
    """The actor's deadline as a number [mono ms]."""
    due_ms = actor.deadline()
    return NEVER_MS if due_ms is None else due_ms
