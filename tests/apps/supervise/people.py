"""Devices and viewers at a broker, and a server that runs in this process."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import msgspec

from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.apps.supervise.running import STOP_ORDER, new_server, supervision_runtime
from gw_spaceheat.core.events import Event, LinkChanged, PlainReceived
from gw_spaceheat.core.supervision.server import Server
from gw_spaceheat.links.broker import RunningBroker
from gw_spaceheat.links.mqtt import Mqtt, Taken
from gw_spaceheat.links.mqtt_settings import MqttSettings
from gw_spaceheat.runtime.clock import SystemClock
from tests.scenarios.scene import new_life

PATIENCE_S = 30.0


class Guest:
    """Somebody at the broker: hears, speaks, and comes back when the broker does."""

    def __init__(self, broker: RunningBroker, name: str, *topics: str) -> None:
        settings = MqttSettings.from_url(broker.url, client_id=name, subscriptions=topics, version=broker.version)
        settings = replace(settings, first_pause_s=0.02, longest_pause_s=0.1, wants_kept=True)
        self.heard: queue.Queue[PlainReceived] = queue.Queue()
        self.up = threading.Event()
        self.link = Mqtt(
            settings, name, self._post, plain=lambda topic, payload, kept: PlainReceived(name, topic, payload, kept)
        )

    def _post(self, event: Event) -> None:
        if isinstance(event, PlainReceived):
            self.heard.put(event)
        elif isinstance(event, LinkChanged):
            (self.up.set if event.up else self.up.clear)()

    def say(self, topic: str, what: object, qos: int = 1, *, retain: bool = False) -> bool:
        payload = what if isinstance(what, bytes) else msgspec.json.encode(what)
        return self.link.publish(topic, payload, qos, retain=retain) is Taken.YES

    def hear(self, fits: Callable[[PlainReceived], bool]) -> PlainReceived:
        until_s = time.monotonic() + PATIENCE_S
        seen = []
        while True:
            try:
                event = self.heard.get(timeout=max(until_s - time.monotonic(), 0.0))
            except queue.Empty:
                raise AssertionError(f"that was not heard; heard was {seen[-5:]}") from None
            if fits(event):
                return event
            seen.append(event)

    def hear_state(self, topic: str, fits: Callable[[dict[str, object]], bool]) -> dict[str, object]:
        found: dict[str, object] = {}

        def is_it(event: PlainReceived) -> bool:
            nonlocal found
            if event.topic != topic or not event.payload:
                return False
            found = msgspec.json.decode(event.payload)
            return fits(found)

        self.hear(is_it)
        return found


@contextmanager
def guest(broker: RunningBroker, name: str, *topics: str) -> Iterator[Guest]:
    """A guest who is there."""
    made = Guest(broker, name, *topics)
    made.link.open()
    try:
        assert made.up.wait(PATIENCE_S)
        yield made
    finally:
        made.link.close()


@contextmanager
def server(folder: Path, broker: RunningBroker, houses: Path | None = None, **more: object) -> Iterator[Server]:
    """A server that runs, with its folder and further settings; others may look at it, and touch nothing."""
    settings = Settings(data_folder=folder, uplink_url=broker.url, mqtt_version=int(broker.version.value[0]), **more)
    life, _ = new_life()
    made = new_server(settings)
    runtime = supervision_runtime(made, settings, broker.url, houses, SystemClock(), life)
    runtime.start()
    try:
        yield made
    finally:
        assert runtime.stop(STOP_ORDER, 10.0) == []


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Look until it holds; for what has no event to wait for."""
    until_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until_s, what
        time.sleep(0.02)
