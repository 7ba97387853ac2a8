"""Meters, a real broker, and the process that keeps readings: nothing lost, nothing doubled, whatever is ended."""

import json
import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pika
import pytest

from gw_spaceheat.apps.meter.running import MeterRun, run_meters
from gw_spaceheat.apps.meter.street import StreetRequest
from gw_spaceheat.apps.meter.transport import open_sink, open_source, told_in
from gw_spaceheat.apps.process import child_environment
from gw_spaceheat.apps.pv.running import run_pv
from gw_spaceheat.links import mqtt_meters
from gw_spaceheat.links.broker import start_broker
from gw_spaceheat.links.rabbitmq import Rabbit, find_rabbitmq
from gw_spaceheat.runtime.clock import PacedClock
from gw_spaceheat.stores.csv_daily import CsvDaily

LOG = logging.getLogger("test")
UTC = ZoneInfo("UTC")
START_MS = 1_782_000_000_000
PATIENCE_S = 90.0
POISON = (b"no json", b'{"house":"../x","datetime":1782043200,"pv":1}', b'{"house":"h","datetime":1782043200,"pv":1e309}')
needs_rabbitmq = pytest.mark.skipif(
    find_rabbitmq() is None, reason="RabbitMQ is not installed (Debian package rabbitmq-server)"
)


def steady(_house: str, _taken_us: int) -> float:
    return 100


def street(houses: int, seconds: int) -> MeterRun:
    return MeterRun(
        street=StreetRequest(houses=houses, interval_s=1.0), start_ms=START_MS, end_ms=START_MS + seconds * 1000, at_once=True
    )


class Reached:
    """An event that is set when so many rows are written."""

    def __init__(self, *counts: int) -> None:
        self.events = {count: threading.Event() for count in counts}

    def look(self, counts: dict[str, int]) -> None:
        for count, event in self.events.items():
            if counts["written"] >= count:
                event.set()

    def wait(self, count: int) -> None:
        assert self.events[count].wait(PATIENCE_S)


class Keeping:
    """The PV process in a thread."""

    def __init__(self, url: str, folder: Path, reached: Reached) -> None:
        self.counts: dict[str, int] = {}
        self.went_down = threading.Event()
        self._stop = threading.Event()
        source = open_source(url, folder, told_in(LOG, self._told))
        arguments = (source, CsvDaily(folder, UTC), steady, self._stop, LOG, reached.look)
        self._thread = threading.Thread(target=lambda: self.counts.update(run_pv(*arguments)))

    def _told(self, up: bool, _text: str) -> None:
        if not up:
            self.went_down.set()

    def __enter__(self) -> "Keeping":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()


@contextmanager
def metering(url: str, run: MeterRun) -> Iterator[dict[str, object]]:
    """The meters in a thread, until all has arrived; their figures are there then."""
    told: dict[str, object] = {}
    stop = threading.Event()
    sink = open_sink(url, told_in(LOG))

    def work() -> None:
        told.update(run_meters(run, sink, PacedClock(1.0, START_MS), stop, LOG))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield told
        thread.join(PATIENCE_S)
        assert not thread.is_alive(), "not all has arrived"
    finally:
        stop.set()
        thread.join(PATIENCE_S)


def rows(folder: Path) -> list[str]:
    """House and time of every row in all files."""
    return [
        f"{path.name.rsplit('_', 1)[0]} {line.split(',')[0]}"
        for path in folder.glob("*.csv")
        for line in path.read_text(encoding="utf-8").splitlines()[1:]
    ]


def assert_each_once(folder: Path, count: int) -> None:
    found = rows(folder)
    assert len(found) == count, "lost or doubled"
    assert len(set(found)) == count
    for path in folder.glob("*.csv"):
        times = [line.split(",")[0] for line in path.read_text(encoding="utf-8").splitlines()[1:]]
        assert times == sorted(times)


@contextmanager
def channel(rabbit: Rabbit) -> Iterator[Any]:
    connection = pika.BlockingConnection(pika.URLParameters(rabbit.url))
    try:
        yield connection.channel()
    finally:
        connection.close()


@needs_rabbitmq
def test_rabbitmq_absent_at_start_then_poison_between_readings(tmp_path: Path) -> None:
    rabbit = Rabbit(tmp_path / "rabbit")
    folder = tmp_path / "inner" / "csv"
    reached = Reached(1, 3000)
    try:
        with Keeping(rabbit.url, folder, reached) as keeping:
            assert keeping.went_down.wait(PATIENCE_S), "it says that there is no broker"
            with metering(rabbit.url, street(10, 300)) as told:
                rabbit.start()
                reached.wait(1)
                with channel(rabbit) as to:
                    for payload in POISON:
                        to.basic_publish("", "pv_simulator_queue", payload)
            assert (told["kept"], told["waiting"]) == (3000, 0)
            reached.wait(3000)
            with channel(rabbit) as to:
                dead = [
                    (properties.headers["x-kind"], body)
                    for _, properties, body in (
                        next(to.consume("pv_simulator_queue_dead_letters", inactivity_timeout=PATIENCE_S)) for _ in POISON
                    )
                ]
        assert dead == [("json", POISON[0]), ("house", POISON[1]), ("schema", POISON[2])]
        assert keeping.counts["refused"] == 3
        assert_each_once(folder, 3000)
        assert [path.name for path in (tmp_path / "inner").iterdir()] == ["csv"]
        with channel(rabbit) as to:
            again = to.queue_declare("pv_simulator_queue", passive=True)
            assert (again.method.message_count, again.method.consumer_count) == (0, 0), "all is acknowledged, nobody is left"
    finally:
        rabbit.end()


@needs_rabbitmq
@pytest.mark.slow
def test_rabbitmq_stopped_and_killed_in_mid_run(tmp_path: Path) -> None:
    rabbit = Rabbit(tmp_path / "rabbit")
    steps = [3000 * number for number in range(1, 9)]
    reached = Reached(*steps, 30_000)
    try:
        rabbit.start()
        with Keeping(rabbit.url, tmp_path / "csv", reached) as keeping:
            with metering(rabbit.url, street(50, 600)) as told:
                for number, step in enumerate(steps):
                    reached.wait(step)
                    keeping.went_down.clear()
                    if number % 4 == 0:
                        rabbit.stop()
                    else:
                        rabbit.kill()
                    assert keeping.went_down.wait(PATIENCE_S)
                    rabbit.start()
            assert (told["kept"], told["waiting"]) == (30_000, 0)
            reached.wait(30_000)
        assert_each_once(tmp_path / "csv", 30_000)
    finally:
        rabbit.end()


def gws(*words: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "gw_spaceheat", *words]
    return subprocess.Popen(command, env=child_environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


@needs_rabbitmq
@pytest.mark.slow
def test_processes_killed_in_mid_run(tmp_path: Path) -> None:
    """Both sides, by turns, without a word; whoever is started again goes on."""
    folder, memory = tmp_path / "csv", tmp_path / "meter.json"
    with Rabbit(tmp_path / "rabbit") as rabbit:
        keep = ("pv", "run", "--broker", rabbit.url, "--folder", str(folder), "--utc-days", "--json")
        send = ("meter", "run", "--broker", rabbit.url, "--memory", str(memory), "--houses", "40", "--interval", "1")
        send = (*send, "--start", "2026-06-21", "--days", "0.006", "--speed", "40", "--zone", "UTC", "--json")
        keeper, meters = gws(*keep), gws(*send)
        killed = 0
        try:
            pause = threading.Event()
            while killed < 8 and meters.poll() is None:
                before = sum(path.stat().st_size for path in folder.glob("*.csv")) if folder.exists() else 0
                for _ in range(3000):  # until something has come through since
                    if folder.exists() and sum(path.stat().st_size for path in folder.glob("*.csv")) > before:
                        break
                    pause.wait(0.01)
                if killed % 3 == 2:
                    meters.kill()
                    meters.wait()
                    meters = gws(*send)
                else:
                    keeper.kill()
                    keeper.wait()
                    keeper = gws(*keep)
                killed += 1
            out, _ = meters.communicate(timeout=PATIENCE_S)
            assert json.loads(out)["waiting"] == 0
            with channel(rabbit) as to:
                for _ in range(3000):
                    if to.queue_declare("pv_simulator_queue", passive=True).method.message_count == 0:
                        break
                    pause.wait(0.01)
            keeper.send_signal(signal.SIGTERM)
            told = json.loads(keeper.communicate(timeout=PATIENCE_S)[0])
        finally:
            for process in (keeper, meters):
                process.kill()
                process.wait()
        assert killed == 8
        assert told["refused"] == 0
        assert_each_once(folder, 40 * 519)


def test_an_mqtt_broker_killed_in_mid_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt_meters, "LONGEST_WAIT_S", 0.5)
    reached = Reached(1000, 4000)
    broker = start_broker(tmp_path / "broker")
    try:
        with Keeping(broker.url, tmp_path / "csv", reached) as keeping:
            with metering(broker.url, street(20, 200)) as told:
                reached.wait(1000)
                broker.stop()
                assert keeping.went_down.wait(PATIENCE_S)
                broker = start_broker(tmp_path / "broker", port=broker.port)
            assert (told["kept"], told["waiting"]) == (4000, 0)
            reached.wait(4000)
        assert_each_once(tmp_path / "csv", 4000)
    finally:
        broker.stop()
