"""An AtomicTNode that commands what a local strategy would: the simplest there is, and the measure of all that plan.

It hosts the very machine of local heating, shows it what was heard of the house, and turns its wishes into orders. An order
that was refused or never answered is given again, as long as it is still wished for.
"""

from collections.abc import Sequence
from typing import NamedTuple

from gw_spaceheat.core.events import Event, FollowSchedule, Latest, Level, Note, Started, TakesOver, Wish
from gw_spaceheat.core.machine import Machine
from gw_spaceheat.core.telemetry.heard import Heard
from gw_spaceheat.core.telemetry.presence import patience_ms
from gw_spaceheat.house.model import House, steering_channels
from gw_spaceheat.vocabulary.moment import MINUTE_MS, Moment

AGAIN_MS = MINUTE_MS
"""What was not done is ordered again after this."""


class Order(NamedTuple):
    """What is to be ordered of an actuator."""

    node: str
    value: float


class Mirror:
    """Orders what heating wishes, while it may."""

    def __init__(self, house: House, heating: Machine) -> None:
        """Remember; nothing is ordered before `begin`."""
        self._heating = heating
        self._telemetry = {channel.name: channel.telemetry for channel in house.channels.values()}
        self._seen = [
            (name, house.channels[name].telemetry, patience_ms(house.channels, [name]))
            for name in sorted(steering_channels(house))
        ]
        states = {alias: house.state_channel(alias) for alias, node in house.nodes.items() if node.actuator is not None}
        self._state_channels = {alias: channel.name for alias, channel in states.items() if channel is not None}
        self._pairs: list[tuple[int, int] | None] = [None] * len(self._seen)
        self._values: dict[str, float | None] = {name: None for name, _, _ in self._seen}
        self._active = False
        self._wanted: dict[str, float] = {}
        self._again_mono_ms: dict[str, int] = {}

    @property
    def active(self) -> bool:
        """Whether it commands at present."""
        return self._active

    def start(self, now: Moment) -> None:
        """Once, before anything else."""
        self._heating.handle(Started(), now)

    def begin(self, heard: Heard, now: Moment) -> list[Order | Note]:
        """It may command from now on, and takes the house as it was last heard."""
        self._active = True
        self._wanted.clear()
        self._again_mono_ms.clear()
        states = {alias: self._value(name, heard) for alias, name in self._state_channels.items()}
        return [*self._orders(self._heating.handle(TakesOver(states), now)), *self.look(heard, now)]

    def follow(self, schedule: FollowSchedule, now: Moment) -> list[Order | Note]:
        """A schedule for strategies that go by one; while nothing may be commanded it is only remembered."""
        effects = self._heating.handle(schedule, now)
        return self._orders(effects) if self._active else []

    def end(self) -> None:
        """It may command no more."""
        self._active = False
        self._wanted.clear()
        self._again_mono_ms.clear()

    def look(self, heard: Heard, now: Moment) -> list[Order | Note]:
        """Something new was heard."""
        if not self._active:
            return []
        return self._orders(self._heating.handle(Latest(self._latest(heard, now)), now))

    def wake(self, now: Moment) -> list[Order | Note]:
        """Heating's own times have come, or something is to be ordered again."""
        if not self._active:
            return []
        orders = self._orders(self._heating.wake(now))
        for node in [node for node, due_ms in self._again_mono_ms.items() if due_ms <= now.mono_ms]:
            del self._again_mono_ms[node]
            orders.append(Order(node, self._wanted[node]))
        return orders

    def deadline(self) -> int | None:
        """When it next wants to be woken [mono ms]."""
        if not self._active:
            return None
        due = [*self._again_mono_ms.values()]
        heating_ms = self._heating.deadline()
        if heating_ms is not None:
            due.append(heating_ms)
        return min(due, default=None)

    def ended(self, node: str, value: float, *, done: bool, now: Moment) -> None:
        """An order has ended, one way or the other."""
        if not done and self._active and self._wanted.get(node) == value:
            self._again_mono_ms[node] = now.mono_ms + AGAIN_MS

    def _orders(self, effects: Sequence[Event]) -> list[Order | Note]:
        orders: list[Order | Note] = []
        for effect in effects:
            if isinstance(effect, Wish):
                self._wanted[effect.node] = effect.value
                self._again_mono_ms.pop(effect.node, None)
                orders.append(Order(effect.node, effect.value))
            elif isinstance(effect, Note) and effect.level is not Level.INFO:
                orders.append(effect)
        return orders

    def _latest(self, heard: Heard, now: Moment) -> dict[str, float | None]:
        """What heating goes by; None for what was not heard for too long. Of most channels nothing new was heard since."""
        values, pairs = self._values.copy(), self._pairs
        for place, (name, telemetry, patience) in enumerate(self._seen):
            known = heard.newest(name)
            if known is not None and now.wall_ms - known[1] > patience:
                known = None
            if known is not pairs[place]:
                pairs[place] = known
                values[name] = None if known is None else telemetry.from_wire(known[0])
        self._values = values
        return values

    def _value(self, name: str, heard: Heard) -> float | None:
        known = heard.newest(name)
        return None if known is None else self._telemetry[name].from_wire(known[0])
