"""A daemon on a real broker whose local bus is the real one, and whose SCADA says what a script tells it to."""

import threading
import time
from collections.abc import Callable, Sequence

from gw_spaceheat.actors.local_bus import LINK, LocalBus, subscriptions
from gw_spaceheat.core.events import (
    Authority,
    Event,
    HumanReleases,
    HumanSets,
    HumanTakes,
    LeaseChanged,
    LinkChanged,
    Note,
    Outcome,
    Received,
    Send,
    Verdict,
)
from gw_spaceheat.house.model import House
from gw_spaceheat.links.broker import RunningBroker
from gw_spaceheat.links.mqtt import Mqtt
from gw_spaceheat.links.mqtt_settings import MqttSettings
from gw_spaceheat.messages.codec import encode
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import Moment

PATIENCE_S = 20.0
AT_MS = 1_515_387_600_000
"""Midnight in Maine."""
Script = Callable[[Event], Sequence[Event]]


def friendly(event: Event) -> Sequence[Event]:
    """A SCADA that does what persons ask."""
    if isinstance(event, HumanTakes):
        cause = f"taken by {event.who} for {event.for_ms / 60_000:g} min"
        return (LeaseChanged(Authority.HUMAN, 7, cause, AT_MS, AT_MS + event.for_ms),)
    if isinstance(event, HumanReleases):
        return (LeaseChanged(Authority.LOCAL, 8, f"given back by {event.who}", AT_MS),)
    if isinstance(event, HumanSets):
        return (Outcome(event.node, event.value, Verdict.DONE, "", event.trigger, event.value),)
    return ()


def silent(_event: Event) -> Sequence[Event]:
    """A SCADA that hangs."""
    return ()


class ScriptedDaemon:
    """Connected when it is entered. All runs in the connection's own thread."""

    def __init__(self, house: House, broker: RunningBroker, script: Script = friendly, *, door_is_open: bool = True) -> None:
        self.house = house
        self.broker = broker
        self.heard: list[Event] = []
        """What the SCADA was given."""
        self._script = script
        self._bus = LocalBus(house, ("a.s",), IdSource(b"scripted"), door_is_open=door_is_open)
        self._up = threading.Event()
        settings = MqttSettings.from_url(
            broker.url, client_id="scripted", subscriptions=subscriptions(house, ("a.s",)), version=broker.version
        )
        self._transport = Mqtt(settings, LINK, self._on)

    def __enter__(self) -> "ScriptedDaemon":
        self._transport.open()
        assert self._up.wait(PATIENCE_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.close()

    def say(self, event: Event) -> None:
        """Have the SCADA put this out; before anybody asks for anything."""
        self._carry_out(self._bus.handle(event, _now()))

    def _on(self, event: Event) -> None:
        if isinstance(event, LinkChanged) and event.up:
            self._up.set()
        elif isinstance(event, Received):
            self._carry_out(self._bus.handle(event, _now()))

    def _carry_out(self, effects: Sequence[Event]) -> None:
        for effect in effects:
            if isinstance(effect, Send):
                topic, payload = encode(effect.message, src=effect.src, dst=effect.dst, message_id=effect.message_id)
                self._transport.publish(topic, payload, 1)
            elif not isinstance(effect, Note):
                self.heard.append(effect)
                for said in self._script(effect):
                    self._carry_out(self._bus.handle(said, _now()))


def _now() -> Moment:
    return Moment(time.monotonic_ns() // 1_000_000, AT_MS)
