"""A simulated device's actor that passes over the scans which would capture nothing, in one call of the plant."""

from collections.abc import Sequence

from gw_spaceheat.actors.sensor import SensorActor
from gw_spaceheat.core.events import Event
from gw_spaceheat.plant.plant import Plant, WatchedDevice
from gw_spaceheat.vocabulary.moment import Moment
from gw_spaceheat.vocabulary.slots import slot_start


class QuietSensorActor:
    """A sensor's actor for virtual time; it puts out exactly what the actor that it wraps would.

    Between two captures a power meter that is read every 10 s says nothing. Here the plant itself looks at those scans, by the
    same rule, and stops at the first that is worth capturing.
    """

    def __init__(self, actor: SensorActor, plant: Plant) -> None:
        """Wrap an actor whose device is simulated by this plant."""
        self._actor = actor
        self._plant = plant
        capture = actor.capture
        self._watch = plant.watch([WatchedDevice(capture.names, capture.deltas, actor.poll_ms)])

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """As the actor."""
        return self._actor.handle(event, now)

    def wake(self, now: Moment) -> Sequence[Event]:
        """As the actor."""
        return self._actor.wake(now)

    def deadline(self) -> int | None:
        """As the actor."""
        return self._actor.deadline()

    def skip(self, now: Moment, limit_mono_ms: int) -> None:
        """Run the plant on to the next scan that captures something, at most to the limit."""
        actor, plant = self._actor, self._plant
        if plant.now_ms >= now.wall_ms or not actor.healthy:
            return
        capture = actor.capture
        self._watch.remember(0, capture.last, capture.due_wall_ms)
        to_mono_ms = now.mono_ms - now.wall_ms
        limit_ms = min(limit_mono_ms - to_mono_ms, plant.end_ms)
        reached_ms = plant.quiet_until(self._watch, limit_ms)
        if not self._watch.captured():
            reached_ms = slot_start(limit_ms, actor.poll_ms) + actor.poll_ms
        actor.postpone(reached_ms + to_mono_ms)
