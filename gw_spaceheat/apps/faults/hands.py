"""Outputs, sensors and heating of a house, watched: what they do is shown to the rules, and what the story breaks is broken."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from gw_spaceheat.actors.actuator import ActuatorActor
from gw_spaceheat.actors.quiet_sensors import QuietSensors
from gw_spaceheat.apps.faults.mortal import Clock
from gw_spaceheat.core.events import (
    Command,
    Event,
    Readings,
    Started,
)
from gw_spaceheat.core.machine import Machine
from gw_spaceheat.drivers.base import ActuatorDriver, DeviceError
from gw_spaceheat.vocabulary.moment import Moment


class AskedHeating:
    """Local heating, and when it was last asked."""

    def __init__(self, heating: Machine) -> None:
        """It was not."""
        self._heating = heating
        self.asked_ms: int | None = None

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """It is asked."""
        self.asked_ms = now.mono_ms
        return self._heating.handle(event, now)

    def wake(self, now: Moment) -> Sequence[Event]:
        """It is asked."""
        self.asked_ms = now.mono_ms
        return self._heating.wake(now)

    def deadline(self) -> int | None:
        """As of any machine."""
        return self._heating.deadline()


@dataclass(slots=True)
class Output:
    """What is the matter with an output; it outlives its actor.

    Attributes:
        fails_until_ms: It does not answer.
        sticks_until_ms: It does not move.
        busy_until_ms: Its actor does nothing else.
    """

    fails_until_ms: int = 0
    sticks_until_ms: int = 0
    busy_until_ms: int = 0

    @property
    def mended_ms(self) -> int:
        """Since when, or from when on, nothing is the matter with it."""
        return max(self.fails_until_ms, self.sticks_until_ms, self.busy_until_ms)

    def mend(self, now_ms: int) -> None:
        """From now on nothing is the matter with it."""
        self.fails_until_ms = min(self.fails_until_ms, now_ms)
        self.sticks_until_ms = min(self.sticks_until_ms, now_ms)
        self.busy_until_ms = min(self.busy_until_ms, now_ms)


class WatchedDriver:
    """An output that can fail, and that shows the rules what is written."""

    def __init__(self, driver: ActuatorDriver, output: Output, now: Callable[[], int], wrote: Callable[[float], None]) -> None:
        """Remember."""
        self._driver = driver
        self._output = output
        self._now = now
        self._wrote = wrote

    def open(self) -> None:
        """Look for it."""
        self._answer()
        self._driver.open()

    def close(self) -> None:
        """Let it go."""
        self._driver.close()

    def write(self, value: float) -> None:
        """Set it, if it can be set."""
        self._answer()
        if self._now() >= self._output.sticks_until_ms:
            self._driver.write(value)
            self._wrote(value)

    def read_back(self) -> float | None:
        """What it is."""
        self._answer()
        return self._driver.read_back()

    def _answer(self) -> None:
        if self._now() < self._output.fails_until_ms:
            raise DeviceError("the bus does not answer")


class WatchedActuator:
    """An actuator's actor that can be busy: what comes meanwhile waits, and is handled late."""

    def __init__(self, actor: ActuatorActor, clock: Clock, output: Output) -> None:
        """Nothing waits."""
        self._actor = actor
        self._clock = clock
        self._output = output
        self._waiting: list[Event] = []
        self.command: Command | None = None

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Now, or when it has time."""
        if now.mono_ms < self._output.busy_until_ms and not isinstance(event, Started):
            self._waiting.append(event)
            return ()
        self.command = event if isinstance(event, Command) else None
        return self._actor.handle(event, self._clock.shown(now))

    def wake(self, now: Moment) -> Sequence[Event]:
        """What has waited, in its order."""
        if now.mono_ms < self._output.busy_until_ms:
            return ()
        waited, self._waiting = self._waiting, []
        effects: list[Event] = []
        for event in waited:
            effects += self.handle(event, now)
        due_ms = self._actor.deadline()
        if due_ms is not None and due_ms <= now.mono_ms:
            effects += self._actor.wake(self._clock.shown(now))
        return effects

    def deadline(self) -> int | None:
        """When it has time again."""
        due_ms = self._actor.deadline()
        if self._waiting:
            return self._output.busy_until_ms
        return None if due_ms is None else max(due_ms, self._output.busy_until_ms)


class StampedSensors:
    """The sensors' actors, whose readings carry the time that the node's clock shows."""

    def __init__(self, sensors: QuietSensors, clock: Clock) -> None:
        """Remember."""
        self._sensors = sensors
        self._clock = clock

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """As of any machine."""
        return self._stamped(self._sensors.handle(event, now))

    def wake(self, now: Moment) -> Sequence[Event]:
        """As of any machine."""
        return self._stamped(self._sensors.wake(now))

    def deadline(self) -> int | None:
        """As of any machine."""
        return self._sensors.deadline()

    def skip(self, now: Moment, limit_mono_ms: int) -> int | None:
        """As of any that skips."""
        return self._sensors.skip(now, limit_mono_ms)

    def _stamped(self, events: Sequence[Event]) -> Sequence[Event]:
        ahead_ms = self._clock.ahead_ms
        if not ahead_ms:
            return events
        return [
            msgspec.structs.replace(event, taken_ms=event.taken_ms + ahead_ms) if isinstance(event, Readings) else event
            for event in events
        ]
