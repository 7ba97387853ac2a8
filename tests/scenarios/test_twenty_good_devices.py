"""One device that does not answer for an hour beside twenty that do: their readings are all there and on time.

The twenty are real drivers on one shared I2C bus of fake chips; the other one hangs (threaded) or times out (virtual).
"""

import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence

import pytest

from gw_spaceheat.actors.sensor import SensorActor
from gw_spaceheat.core.events import DeviceBack, DeviceLost, Event, Readings, Stuck
from gw_spaceheat.core.machine import Machine
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses import i2c
from gw_spaceheat.drivers.registry import sensor_driver
from gw_spaceheat.house.model import CaptureRule, Channel, Component, Node
from gw_spaceheat.runtime.clock import PacedClock
from gw_spaceheat.runtime.host import Hosted
from gw_spaceheat.runtime.threaded import Observers, Options, ThreadedRuntime
from gw_spaceheat.runtime.virtual import VirtualRuntime
from gw_spaceheat.vocabulary.moment import HOUR_MS, SECOND_MS, Moment
from gw_spaceheat.vocabulary.roles import Role
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.drivers.fakes.i2c import FakeBus, Words

START_MS = 1_700_000_400_000 // HOUR_MS * HOUR_MS
GOOD = tuple(f"a.good{number}" for number in range(20))
BAD = "a.bad"


@pytest.fixture
def wires(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBus]:
    monkeypatch.setattr(i2c.time, "sleep", lambda _seconds: None)
    with FakeBus().in_place() as bus:
        for index in range(len(GOOD)):
            bus.chips[0x10 + index] = Words({0x05: 0x0100 + index, 0x06: 0x0054, 0x07: 0x0400})
        yield bus


def channel(alias: str, poll_s: float) -> Channel:
    name = alias.replace(".", "-")
    rule = CaptureRule(poll_s=poll_s, period_s=poll_s, delta=None)
    return Channel(name=name, about=alias, captured_by=alias, telemetry=TelemetryName.AirTempCTimes1000, capture=rule)


def good_actor(alias: str, poll_s: float) -> SensorActor:
    node = Node(alias=alias, role=Role.RoomTempSensor)
    address: dict[str, str | int] = {"bus": "i2c-1", "address": 0x10 + GOOD.index(alias)}
    component = Component(id=alias, make_model="Microchip__MCP9808", address=address)
    of = channel(alias, poll_s)
    return SensorActor(node, [of], sensor_driver(node, [of], component, None))


class Bad:
    """A device that answers, or does not."""

    def __init__(self) -> None:
        self.answers = threading.Event()
        self.answers.set()
        self.hangs = False
        self.hanging = threading.Event()

    def open(self) -> None: ...

    def close(self) -> None: ...

    def read(self) -> dict[str, float | None]:
        if not self.answers.is_set() and self.hangs:
            self.hanging.set()
            self.answers.wait()
        if not self.answers.is_set():
            raise DeviceError("no answer within 1.5 s; look at its cable")
        return {"a-bad": 1.0}


def bad_actor(driver: Bad, poll_s: float) -> SensorActor:
    return SensorActor(Node(alias=BAD, role=Role.RoomTempSensor), [channel(BAD, poll_s)], driver)


def taken(events: Sequence[Event]) -> dict[str, list[int]]:
    """When each device was read [ms after the start]."""
    found: dict[str, list[int]] = defaultdict(list)
    for event in events:
        if isinstance(event, Readings) and event.values[0] is not None:
            found[event.source].append(event.taken_ms - START_MS)
    return found


class Everything:
    """Keeps all that it is told."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def handle(self, event: Event, _now: Moment) -> Sequence[Event]:
        self.events.append(event)
        return ()

    def wake(self, _now: Moment) -> Sequence[Event]:
        return ()

    def deadline(self) -> int | None:
        return None


def test_in_virtual_time(wires: FakeBus) -> None:
    ear, bad = Everything(), Bad()
    bad.answers.clear()
    runtime = VirtualRuntime(START_MS, lambda source, _event: () if source == "ear" else ("ear",), lambda *_: None)
    runtime.add("ear", ear)
    for alias in GOOD:
        runtime.add(alias, good_actor(alias, 10.0))
    runtime.add(BAD, bad_actor(bad, 10.0))
    runtime.run(HOUR_MS)
    bad.answers.set()
    runtime.run(HOUR_MS + 300 * SECOND_MS)
    at = taken(ear.events)
    expected = list(range(0, HOUR_MS + 300 * SECOND_MS + 1, 10 * SECOND_MS))
    for alias in GOOD:
        assert at[alias] == expected
    told = [type(event) for event in ear.events if isinstance(event, DeviceLost | DeviceBack)]
    assert told == [DeviceLost, DeviceBack]
    assert at[BAD][0] > HOUR_MS
    assert at[BAD][0] <= HOUR_MS + 160 * SECOND_MS, "it is asked again within sixteen polls"


def test_with_threads(wires: FakeBus) -> None:
    """An hour takes six seconds here, a poll of ten minutes one."""
    poll_s, speed = 600.0, 600.0
    lock, events, full = threading.Lock(), list[Event](), threading.Event()
    bad = Bad()
    bad.hangs = True
    bad.answers.clear()

    def keep(_now: Moment, _source: str, event: Event) -> None:
        with lock:
            events.append(event)
            at = taken(events)
            if all(at[alias] and at[alias][-1] >= HOUR_MS for alias in GOOD):
                full.set()

    machines: dict[str, Machine] = {alias: good_actor(alias, poll_s) for alias in GOOD}
    machines[BAD] = bad_actor(bad, poll_s)
    stuck: list[Stuck] = []
    hosted = [Hosted(name, machine, late_after_ms=1_000) for name, machine in machines.items()]
    observers = Observers(on_effect=keep, on_stuck=stuck.append)
    clock = PacedClock(speed, START_MS)
    runtime = ThreadedRuntime(clock, lambda *_: (), hosted, observers, Options(look_every_s=0.05, hung_for_s=1e6))
    runtime.start()
    try:
        assert bad.hanging.wait(60), "the bad device was not read"
        assert full.wait(120), "the good ones were not read for an hour"
        with lock:
            at = taken(events)
        for alias in GOOD:
            slots = [time_ms // (600 * SECOND_MS) for time_ms in at[alias]]
            assert slots[:7] == list(range(7)), f"{alias} missed a poll"
        assert BAD not in at
        assert [(one.actor, one.back) for one in stuck] == [(BAD, False)]
    finally:
        bad.answers.set()
        runtime.stop(within_s=10)
