"""A mailbox that tests wait on, and a host that drives links in the test's own thread."""

import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeVar

from gw_spaceheat.core.events import Event, LinkChanged, Note
from gw_spaceheat.core.machine import Machine
from gw_spaceheat.links.mqtt_settings import MqttSettings, MqttVersion
from gw_spaceheat.vocabulary.moment import Moment

PATIENCE_S = 20.0
E = TypeVar("E", bound=Event)


def fast(url: str, client_id: str, *subscriptions: str, version: MqttVersion = MqttVersion.V5) -> MqttSettings:
    """Settings that try again soon."""
    from dataclasses import replace

    settings = MqttSettings.from_url(url, client_id=client_id, subscriptions=subscriptions, version=version)
    return replace(settings, first_pause_s=0.02, longest_pause_s=0.2)


class Mailbox:
    """Takes what a transport posts; gives it back in order."""

    def __init__(self) -> None:
        self._mail: SimpleQueue[Event] = SimpleQueue()
        self.seen: list[Event] = []

    def post(self, event: Event) -> None:
        self._mail.put(event)

    def expect(self, kind: type[E], fits: Callable[[E], bool] = lambda _event: True) -> E:
        """The next event of this kind that fits; everything before it is put into `seen`."""
        until_s = time.monotonic() + PATIENCE_S
        while True:
            try:
                event = self._mail.get(timeout=max(until_s - time.monotonic(), 0.0))
            except Empty:
                raise AssertionError(f"no such {kind.__name__} came; seen were {self.seen}") from None
            self.seen.append(event)
            if isinstance(event, kind) and fits(event):
                return event

    def expect_link(self, *, up: bool) -> LinkChanged:
        return self.expect(LinkChanged, lambda event: event.up is up)


class Host:
    """Runs hosted things in the test's thread: each gets its mail and its wakes, and what it puts out goes to `handlers`."""

    def __init__(self) -> None:
        self._mail: SimpleQueue[tuple[str, Event]] = SimpleQueue()
        self._machines: dict[str, Machine] = {}
        self._handlers: dict[str, Callable[[Event], None]] = {}
        self.notes: list[str] = []

    def add(self, name: str, machine: Machine, handler: Callable[[Event], None]) -> None:
        self._machines[name] = machine
        self._handlers[name] = handler

    def post(self, name: str, event: Event) -> None:
        self._mail.put((name, event))

    def run_until(self, done: Callable[[], bool]) -> None:
        until_s = time.monotonic() + PATIENCE_S
        while not done():
            assert time.monotonic() < until_s, f"not done; the log says {self.notes}"
            deadlines = [due for machine in self._machines.values() if (due := machine.deadline()) is not None]
            wait_s = min([due / 1000 - time.monotonic() for due in deadlines] + [until_s - time.monotonic()])
            try:
                name, event = self._mail.get(timeout=max(wait_s, 0.0))
                self._out(name, self._machines[name].handle(event, now()))
            except Empty:
                for name, machine in self._machines.items():
                    self._out(name, machine.wake(now()))

    def _out(self, name: str, effects: object) -> None:
        assert isinstance(effects, list | tuple)
        for effect in effects:
            if isinstance(effect, Note):
                self.notes.append(effect.text)
            self._handlers[name](effect)


def now() -> Moment:
    return Moment(time.monotonic_ns() // 1_000_000, time.time_ns() // 1_000_000)
