"""What `gws supervise` costs: a street of houses that speak each second, on one connection; and a broker that is killed.

The server is a process of its own, with a viewer who hears all that it tells. The devices speak from this process, each house
one report of its consumers and one of its supplier in each second, evenly spread.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from gw_spaceheat.apps.bench.usage import cpu_s, usage
from gw_spaceheat.apps.process import child_environment
from gw_spaceheat.apps.supervise.console import Console
from gw_spaceheat.core.events import Event, LinkChanged, PlainReceived
from gw_spaceheat.core.supervision.statistics import Statistics
from gw_spaceheat.links.broker import BrokerKind, RunningBroker, start_broker
from gw_spaceheat.links.mqtt import Mqtt
from gw_spaceheat.links.mqtt_settings import MqttSettings
from gw_spaceheat.messages.supervision import ROOT

ANSWER_WITHIN_S = 30.0
SETTLE_S = 5.0
MOST_AT_ONCE = 200
ROUND_S = 1.0
START_MS = 1_700_000_000_000


def measure(houses: int = 200, devices: int = 5, seconds: float = 30.0, kills: int = 3) -> dict[str, object]:
    """Let a street speak.

    Args:
        houses: How many.
        devices: In each, one of them a supplier.
        seconds: For how long it is measured [s].
        kills: How often the broker is killed afterwards.

    Raises:
        RuntimeError: The server does not answer, or not all came.
        BrokerError: mosquitto is not there.
    """
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        broker = stack.enter_context(start_broker(folder / "broker", BrokerKind.MOSQUITTO))
        process = _server(folder, broker)
        stack.callback(_end, process)
        street = _Street(broker, houses, devices)
        stack.callback(street.close)
        street.open()
        console = Console(_settings(broker, "", ()), "bench")
        stack.callback(console.close)
        console.open()
        for line in street.lines():
            answer = console.ask(line, ANSWER_WITHIN_S)
            if not answer.done:
                raise RuntimeError(f"{line}: {answer.text}")
        street.speak(SETTLE_S)
        before_s, from_s, taken_before = cpu_s(process.pid), time.monotonic(), _taken(console)
        told_before, said_before = street.told, street.said
        street.speak(seconds)
        used_s, lasted_s = cpu_s(process.pid) - before_s, time.monotonic() - from_s
        told = street.told - told_before
        said = street.said - said_before
        taken = _taken(console) - taken_before
        used = usage(process.pid)
        silent_s = []
        for _ in range(kills):
            broker.stop()
            broker = stack.enter_context(start_broker(folder / "broker", BrokerKind.MOSQUITTO, broker.port))
            silent_s.append(_silent_s(street, console))
        figures: dict[str, object] = {
            "houses": houses,
            "devices_per_house": devices,
            "seconds": lasted_s,
            "readings_said": said,
            "readings_taken": taken,
            "states_told": told,
            "cpu_percent_of_a_core": 100.0 * used_s / lasted_s,
            "rss_mb": used.rss_mb,
            "threads": used.threads,
            "us_per_reading": 1e6 * used_s / taken if taken else None,
            "us_per_statistic": _us_per_statistic(),
        }
        if silent_s:
            figures |= {"silent_s_median": statistics.median(silent_s), "silent_s_most": max(silent_s), "kills": kills}
        return figures


class _Street:
    """The devices, on one connection, and a viewer of all that the server tells, on another."""

    def __init__(self, broker: RunningBroker, houses: int, devices: int) -> None:
        self._houses, self._devices = houses, devices
        self._up = threading.Semaphore(0)
        self.told = 0
        self.said = 0
        self._round = 0
        self._device = Mqtt(_settings(broker, "bench-devices", ()), "devices", self._hear)
        self._viewer = Mqtt(
            _settings(broker, "bench-viewer", (f"{ROOT}/+/House/+/State",)),
            "viewer",
            self._hear,
            plain=lambda topic, payload, kept: PlainReceived("viewer", topic, payload, kept),
        )

    @property
    def up(self) -> bool:
        return self._device.up

    def open(self) -> None:
        for line in (self._device, self._viewer):
            line.open()
        for _ in range(2):
            if not self._up.acquire(timeout=ANSWER_WITHIN_S):
                raise RuntimeError("the broker does not let the devices in")

    def close(self) -> None:
        for line in (self._device, self._viewer):
            line.close()

    def lines(self) -> list[str]:
        """What makes the street at a console."""
        made = []
        left = self._houses
        while left > 0:
            made.append(f"newHouse {min(left, MOST_AT_ONCE)}")
            left -= MOST_AT_ONCE
        for house in range(1, self._houses + 1):
            made += [f"newConsumer {house} {self._devices - 1} lamp", f"newSupplier {house} panel"]
        return made

    def speak(self, seconds: float) -> None:
        """Each house each second, evenly spread, for some time [s]."""
        begun_s = time.monotonic()
        for number in range(round(seconds)):
            self._round += 1
            for house in range(1, self._houses + 1):
                self.report(house)
                ahead_s = begun_s + number * ROUND_S + ROUND_S * house / self._houses - time.monotonic()
                if ahead_s > 0.002:
                    time.sleep(ahead_s)

    def report(self, house: int) -> None:
        """What a house says in a second."""
        shown = 870 + (self._round * 7 + house) % 800
        consumers = {str(number): shown + number for number in range(1, self._devices)}
        supplier = {"1": {"pvvoltage": 30.5, "pvcurrent": shown / 200, "lvoltage": 12.1, "lcurrent": 2.5, "bremaining": 80.5}}
        root = f"{ROOT}/0/House/{house}"
        self._device.publish(f"{root}/Consumer", json.dumps(consumers).encode(), 0)
        self._device.publish(f"{root}/Supplier", json.dumps(supplier).encode(), 0)
        self.said += self._devices

    def _hear(self, event: Event) -> None:
        if isinstance(event, PlainReceived):
            self.told += 1
        elif isinstance(event, LinkChanged) and event.up:
            self._up.release()


def _settings(broker: RunningBroker, client_id: str, subscriptions: tuple[str, ...]) -> MqttSettings:
    made = MqttSettings.from_url(broker.url, client_id=client_id, subscriptions=subscriptions, version=broker.version)
    return replace(made, first_pause_s=0.02, longest_pause_s=0.1, most_queued=10_000)


def _server(folder: Path, broker: RunningBroker) -> "subprocess.Popen[bytes]":
    environment = {**child_environment(), "GWS_DATA_FOLDER": str(folder / "data"), "GWS_LOG_LEVEL": "WARNING"}
    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own words, no shell
            [sys.executable, "-m", "gw_spaceheat", "supervise", "run", "--url", broker.url],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            cwd=folder,
        )


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(10.0)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _taken(console: Console) -> int:
    answer = console.ask("debug", ANSWER_WITHIN_S)
    if not isinstance(answer.data, dict):
        raise RuntimeError(answer.text)
    return int(answer.data["taken"])


def _silent_s(street: _Street, console: Console) -> float:
    """From when the devices have the broker again until the server tells what they say: it has listened and leads again [s]."""
    until_s = time.monotonic() + ANSWER_WITHIN_S
    while not street.up and time.monotonic() < until_s:
        time.sleep(0.005)
    begun_s, before = time.monotonic(), street.told
    while street.told == before:
        if time.monotonic() > until_s:
            raise RuntimeError("the server is deaf after the broker came back")
        street.report(1)
        time.sleep(0.02)
    lasted_s = time.monotonic() - begun_s
    console.ask("debug", ANSWER_WITHIN_S)
    return lasted_s


def _us_per_statistic(count: int = 200_000) -> float:
    """Processor time of one value into a statistic [us]."""
    told = Statistics()
    begun_s = time.process_time()
    for number in range(count):
        told.add(number * 0.5, START_MS + number * 100)
    return 1e6 * (time.process_time() - begun_s) / count
