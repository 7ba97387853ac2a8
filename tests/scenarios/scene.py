"""What the stories of whole systems share: actors in this process or in their own, and somebody who hears everything.

Nothing here sleeps: what happens is gathered by the threads that see it, and a story waits until what it needs is there.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Generic, TypeVar

from gw_spaceheat.apps.archive import open_archive
from gw_spaceheat.apps.atn import NODE, AtnPlan, atn_runtime
from gw_spaceheat.apps.atn import STOP_ORDER as ATN_STOP_ORDER
from gw_spaceheat.apps.contracts import open_contract_side
from gw_spaceheat.apps.ear import STOP_ORDER as EAR_STOP_ORDER
from gw_spaceheat.apps.ear import ear_runtime
from gw_spaceheat.apps.houses import find_house
from gw_spaceheat.apps.local import LocalRequest, has_scada, local_runtime
from gw_spaceheat.apps.outboxes import open_outbox
from gw_spaceheat.apps.process import Life
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.apps.slots import open_slot_readings
from gw_spaceheat.core.atn_view import AtnView
from gw_spaceheat.core.contract.life import Side
from gw_spaceheat.core.events import Event, Garbled, LinkChanged, Received, StatusAsked
from gw_spaceheat.house.model import House
from gw_spaceheat.links.broker import RunningBroker
from gw_spaceheat.links.mqtt import Mqtt, Taken
from gw_spaceheat.links.mqtt_settings import MqttSettings, MqttVersion
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.codec import encode
from gw_spaceheat.messages.synced_readings import SyncedReadings
from gw_spaceheat.runtime.clock import Clock
from gw_spaceheat.runtime.threaded import ThreadedRuntime
from gw_spaceheat.stores.readings import ReadingsStore

ROOT = Path(__file__).parents[2]
HOUSES = ROOT / "input_data" / "houses.json"
OAK = "hw1.isone.me.millinocket.oak"
GARAGE = "dw1.isone.nh.orange.1"
START = datetime(2018, 1, 8, 5, tzinfo=UTC)
"""Midnight in Maine; a full hour, and so the beginning of a report's slot."""
START_MS = int(START.timestamp() * 1000)
PATIENCE_S = 40.0
BY_HAND = AtnPlan(standing_w=3000)
"""An AtomicTNode with a standing contract that commands nothing of its own accord."""
COMMANDS = AtnPlan(standing_w=3000, mirrors=True)
"""What an AtomicTNode does unless a test says otherwise: command what the house's own strategy would."""
"""How long a story waits for what should come at once: a busy machine is no failure."""

T = TypeVar("T")


class Gathered(Generic[T]):
    """What threads have seen so far; a story waits until enough of it is there."""

    def __init__(self) -> None:
        self._items: list[T] = []
        self._more = threading.Condition()

    def add(self, item: T) -> None:
        with self._more:
            self._items.append(item)
            self._more.notify_all()

    @property
    def all(self) -> list[T]:
        with self._more:
            return list(self._items)

    def mark(self) -> int:
        """A place in what was gathered, to wait for what comes after it."""
        with self._more:
            return len(self._items)

    def wait(self, fits: Callable[[T], bool], count: int = 1, since: int = 0) -> list[T]:
        """All that fit, as soon as there are so many."""

        def found() -> list[T]:
            return [item for item in self._items[since:] if fits(item)]

        with self._more:
            if not self._more.wait_for(lambda: len(found()) >= count, PATIENCE_S):
                last = "\n".join(str(item)[:300] for item in self._items[-40:])
                raise AssertionError(f"{len(found())} of {count} came; the last of all that was seen:\n{last}")
            return found()


class Lines(Gathered[str]):
    """Lines of a log or of a console."""

    def wait_for(self, text: str, count: int = 1, since: int = 0) -> list[str]:
        return self.wait(lambda line: text in line, count, since)

    def having(self, text: str) -> list[str]:
        return [line for line in self.all if text in line]


class _IntoLines(logging.Handler):
    def __init__(self, lines: Lines) -> None:
        super().__init__()
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.add(f"{record.levelname} {record.getMessage()}")


def new_life() -> tuple[Life, Lines]:
    """The observers of a runtime in this process, and what it logs."""
    lines = Lines()
    return Life(logger_into(lines)), lines


def logger_into(lines: Lines) -> logging.Logger:
    """A log whose lines are gathered."""
    logger = logging.Logger("scene")
    logger.addHandler(_IntoLines(lines))
    return logger


def settings_for(broker: RunningBroker, folder: Path) -> Settings:
    return Settings(data_folder=folder, mqtt_version=5 if broker.version is MqttVersion.V5 else 3)


def house(alias: str = OAK) -> House:
    return find_house(HOUSES, alias)


class Running:
    """A started runtime in this process."""

    def __init__(self, runtime: ThreadedRuntime, stop_order: Sequence[Sequence[str]], lines: Lines) -> None:
        self.runtime = runtime
        self.log = lines
        self.stop_order = stop_order
        self.stopped = False
        runtime.start()

    def stop(self) -> None:
        if not self.stopped:
            self.stopped = True
            assert self.runtime.stop(self.stop_order, PATIENCE_S) == []

    def restarts(self) -> int:
        return sum(each.restarts for each in self.runtime.report())

    def dead(self) -> list[str]:
        return [each.name for each in self.runtime.report() if not each.alive]


@contextmanager
def scada(request: LocalRequest, settings: Settings, clock: Clock) -> Iterator[Running]:
    """A SCADA, or other actors of a house, in this process; it keeps its contracts and what its peer has not taken."""
    life, lines = new_life()
    with ExitStack() as opened:
        side = outbox = slots = None
        if has_scada(request.house, request.nodes):
            side = opened.enter_context(closing(open_contract_side(request.house, Side.SCADA, settings)))
            outbox = opened.enter_context(closing(open_outbox(request.house, settings)))
            slots = opened.enter_context(closing(open_slot_readings(request.house, settings, side)))
        runtime, order = local_runtime(request, settings, clock, life, side, outbox=outbox, slots=slots)
        running = Running(runtime, order, lines)
        opened.callback(running.stop)
        yield running


class RunningAtn(Running):
    """An AtomicTNode in this process, whose views are gathered."""

    def __init__(self, runtime: ThreadedRuntime, lines: Lines, views: Gathered[AtnView]) -> None:
        self._views = views
        super().__init__(runtime, ATN_STOP_ORDER, lines)

    def view(self) -> AtnView:
        """What it knows now."""
        before = self._views.mark()
        self.runtime.post(NODE, StatusAsked())
        return self._views.wait(lambda _view: True, since=before)[0]

    def ask(self, event: Event) -> None:
        self.runtime.post(NODE, event)


@contextmanager
def atn(of: House, url: str, settings: Settings, clock: Clock, plan: AtnPlan = COMMANDS) -> Iterator[RunningAtn]:
    """An AtomicTNode in this process, under a standing contract; it keeps its side of it."""
    life, lines = new_life()
    views: Gathered[AtnView] = Gathered()
    with (
        closing(open_contract_side(of, Side.ATOMIC_T_NODE, settings)) as side,
        closing(open_archive(of.alias, settings)) as archive,
    ):
        running = RunningAtn(atn_runtime(of, url, settings, clock, life, views.add, archive, side, plan), lines, views)  # type: ignore[arg-type]
        try:
            yield running
        finally:
            running.stop()


@contextmanager
def ear(folder: Path, url: str, settings: Settings, clock: Clock) -> Iterator[Running]:
    """An Ear in this process; when it is stopped, all that it heard is on disk."""
    life, lines = new_life()
    store = ReadingsStore(folder)
    store.open()
    running = Running(ear_runtime(store, url, settings, clock, life), EAR_STOP_ORDER, lines)
    try:
        yield running
    finally:
        running.stop()
        store.close()


class Listener(Gathered[Event]):
    """Hears everything on a broker, and can say anything."""

    def __init__(self, broker: RunningBroker, name: str = "listener") -> None:
        super().__init__()
        settings = MqttSettings.from_url(broker.url, client_id=name, subscriptions=("gw/#",), version=broker.version)
        self.transport = Mqtt(settings, name, self.add)

    def __enter__(self) -> "Listener":
        self.transport.open()
        self.wait(lambda event: isinstance(event, LinkChanged) and event.up)
        return self

    def __exit__(self, *_: object) -> None:
        self.transport.close()

    def say(self, topic: str, payload: bytes) -> None:
        assert self.transport.publish(topic, payload, 1) is Taken.YES

    def heard(self, kind: type[Message], src: str = "", count: int = 1, since: int = 0) -> list[Received]:
        """Messages of a kind, from anyone or from one."""

        def fits(event: Event) -> bool:
            return isinstance(event, Received) and isinstance(event.message, kind) and src in {"", event.src}

        return [event for event in self.wait(fits, count, since) if isinstance(event, Received)]

    def garbled(self, count: int, since: int = 0) -> list[Event]:
        return self.wait(lambda event: isinstance(event, Garbled), count, since)

    def captures(self, since: int = 0) -> list[tuple[str, int]]:
        """Channel and wire integer of all that was captured so far, in order."""
        return [pair for event in self.all[since:] for pair in captured(event)]

    def values(self, channel: str) -> list[int]:
        """What was captured of a channel so far, as the wire has it."""
        return [number for name, number in self.captures() if name == channel]

    def wait_for_value(self, channel: str, value: int, since: int = 0) -> None:
        """Until a channel has been captured with this value."""
        self.wait(lambda event: (channel, value) in captured(event), since=since)

    def wait_for_any(self, channels: Sequence[str], value: int) -> str:
        """Until one of the channels has been captured with this value; the answer is which."""
        self.wait(lambda event: any((name, value) in captured(event) for name in channels))
        return next(name for name, number in self.captures() if name in channels and number == value)


def captured(event: Event) -> tuple[tuple[str, int], ...]:
    """Channel and wire integer of what an event on the local bus says was captured; nothing for any other event."""
    message = event.message if isinstance(event, Received) else None
    if not isinstance(message, SyncedReadings):
        return ()
    return tuple(zip(message.channel_name_list, message.value_list, strict=True))


def wait_until_it_has_heard(listening: "Running | Program", listener: Listener) -> None:
    """Until an Ear has dealt with all that was said so far: it tells of an impossible message that is said after it.

    It tells so once a minute of its own time only.
    """
    before = listening.log.mark()
    impossible = SyncedReadings(channel_name_list=["a"], value_list=[1, 2], scada_read_time_unix_ms=START_MS)
    listener.say(*encode(impossible, src="listener", dst="nobody", message_id=""))
    listening.log.wait_for("refused (impossible)", since=before)


class Program:
    """A `gws` command in a process of its own, whose output is gathered line by line."""

    def __init__(self, folder: Path, *words: str, pass_fds: Sequence[int] = (), code: str = "", **environment: str) -> None:
        env = {key: value for key, value in os.environ.items() if not key.startswith("GWS_")}
        env |= {"PYTHONPATH": str(ROOT), "GWS_DATA_FOLDER": str(folder / "data"), "PYTHONUNBUFFERED": "1", **environment}
        folder.mkdir(parents=True, exist_ok=True)
        self.log = Lines()
        self.process = subprocess.Popen(
            [sys.executable, *(["-c", code] if code else ["-m", "gw_spaceheat"]), *words],
            cwd=folder,  # where no .env lies
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            pass_fds=pass_fds,
        )
        self._readers = [self._reader(self.process.stdout), self._reader(self.process.stderr)]

    def _reader(self, stream: IO[str] | None) -> threading.Thread:
        assert stream is not None

        def read() -> None:
            with stream:
                for line in stream:
                    self.log.add(line.rstrip("\n"))

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        return thread

    def type(self, line: str) -> None:
        """Type a line at its console."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def close_input(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def ended(self, within_s: float = PATIENCE_S) -> int:
        """Its exit code, when it has ended and all its lines are here."""
        code = self.process.wait(within_s)
        for reader in self._readers:
            reader.join(PATIENCE_S)
        return code

    def press_ctrl_c(self) -> None:
        """As at a terminal: the signal goes to it and to the processes that it has started there."""
        os.killpg(self.process.pid, signal.SIGINT)

    def stop(self) -> int:
        self.send(signal.SIGTERM)
        return self.ended()

    def kill(self) -> None:
        """As a power cut does it."""
        self.send(signal.SIGKILL)
        self.ended()

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()
        if self.process.stdin is not None and not self.process.stdin.closed:
            self.close_input()


def version_of(broker: RunningBroker) -> dict[str, str]:
    """What a process must know about a broker beside its URL."""
    return {"GWS_MQTT_VERSION": "5" if broker.version is MqttVersion.V5 else "3"}
