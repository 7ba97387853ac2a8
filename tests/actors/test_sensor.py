"""The sensor's actor: scans on time, one word when lost, one when back, and the device's failures stay its own."""

from collections.abc import Mapping
from itertools import pairwise

from gw_spaceheat.actors.identity import Identity
from gw_spaceheat.actors.sensor import SensorActor
from gw_spaceheat.core.events import (
    DeviceBack,
    DeviceLost,
    Event,
    LookedAt,
    MeterAnswered,
    Note,
    Readings,
    Scanned,
    Started,
    Stopping,
)
from gw_spaceheat.drivers.base import DeviceError, WrongDeviceError
from gw_spaceheat.house.model import CaptureRule, Channel, Node
from gw_spaceheat.vocabulary.moment import Moment
from gw_spaceheat.vocabulary.roles import Role
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

START = 1_700_000_100_000


class Scripted:
    """A device that gives one answer per scan: a value, or an error to raise."""

    def __init__(self, answers: list[float | str]) -> None:
        self.answers = answers
        self.opened = self.closed = self.scans = 0

    def open(self) -> None:
        self.opened += 1

    def close(self) -> None:
        self.closed += 1

    def read(self) -> Mapping[str, float | None]:
        self.scans += 1
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            raise DeviceError(answer)
        return {"probe": answer}


def actor(answers: list[float | str]) -> tuple[SensorActor, Scripted]:
    device = Scripted(answers)
    rule = CaptureRule(poll_s=5, period_s=60, delta=0.5)
    channel = Channel(
        name="probe", about="a.probe", captured_by="a.probe", telemetry=TelemetryName.WaterTempCTimes1000, capture=rule
    )
    return SensorActor(Node(alias="a.probe", role=Role.TankWaterTempSensor), [channel], device), device


def run(sensor: SensorActor, until_s: int, begin_s: float = 0) -> list[tuple[float, Event]]:
    now = Moment(round(begin_s * 1000), START + round(begin_s * 1000))
    told = [(now.mono_ms / 1000, event) for event in sensor.handle(Started(), now)]
    while (due_ms := sensor.deadline()) is not None and due_ms <= until_s * 1000:
        told += [(due_ms / 1000, event) for event in sensor.wake(Moment(due_ms, START + due_ms))]
    return told


def test_polls_are_aligned_and_only_what_matters_is_told() -> None:
    sensor, _ = actor([20.0, 20.1, 21.0, 21.0, 21.0])
    told = run(sensor, 20, begin_s=2.5)
    assert [(second, event.values) for second, event in told if isinstance(event, Readings)] == [
        (2.5, (20.0,)),
        (10.0, (21.0,)),
    ]
    assert [event.taken_ms for _, event in told if isinstance(event, Readings)] == [START + 2_500, START + 10_000]


def test_a_poll_that_comes_before_its_time_by_the_wall_clock_waits_and_is_made_once() -> None:
    """The wall clock was set back by 2 ms since the poll was planned."""
    sensor, _ = actor([20.0, 21.0, 22.0])
    sensor.handle(Started(), Moment(0, START))
    assert sensor.deadline() == 5_000
    assert sensor.wake(Moment(5_000, START + 4_998)) == ()
    assert sensor.deadline() == 5_002
    (read,) = sensor.wake(Moment(5_002, START + 5_000))
    assert isinstance(read, Readings)
    assert read.taken_ms == START + 5_000
    assert sensor.deadline() == 10_002


def test_lost_and_back_are_told_once_and_the_device_is_asked_ever_more_seldom() -> None:
    sensor, device = actor([20.0, "no answer", "no answer", "no answer", 22.0])
    told = run(sensor, 44)
    assert [(second, type(event)) for second, event in told] == [
        (0, Readings),
        (5, DeviceLost),
        (40, DeviceBack),
        (40, Readings),
    ]
    assert (device.opened, device.closed) == (4, 3)
    lost = told[1][1]
    assert isinstance(lost, DeviceLost)
    assert (lost.reason, lost.channels) == ("no answer", ("probe",))


def test_a_device_that_does_not_open_is_lost_and_not_fatal() -> None:
    sensor, device = actor([])

    def refuse() -> None:
        raise DeviceError("no such bus")

    device.open = refuse  # type: ignore[method-assign]
    told = sensor.handle(Started(), Moment(0, START))
    assert [type(event) for event in told] == [DeviceLost]


def test_woken_early_or_twice_does_no_harm() -> None:
    sensor, _ = actor([20.0, 20.0])
    sensor.handle(Started(), Moment(0, START))
    assert sensor.wake(Moment(10, START + 10)) == ()
    sensor.wake(Moment(5_000, START + 5_000))
    assert sensor.wake(Moment(5_000, START + 5_000)) == ()


def test_stopping_lets_the_device_go() -> None:
    sensor, device = actor([20.0])
    sensor.handle(Started(), Moment(0, START))
    sensor.handle(Stopping(), Moment(1, START + 1))
    assert (device.closed, sensor.deadline()) == (1, None)


class Meter(Scripted):
    """A device that can say who it is: one answer for each time it is asked."""

    def __init__(self, answers: list[float | str], names: list[str | DeviceError | None]) -> None:
        super().__init__(answers)
        self.names = names
        self.scanned_before: list[int] = []

    def identify(self) -> str | None:
        self.scanned_before.append(self.scans)
        name = self.names.pop(0)
        if isinstance(name, DeviceError):
            raise name
        return name


POLL_S, AGAIN_S = 100, 600
"""A whole number of them makes a day, and the time after which a device is asked again."""


def meter(names: list[str | DeviceError | None], answers: list[float | str] | None = None) -> tuple[SensorActor, Meter]:
    device = Meter(answers or [20.0] * 2000, names)
    rule = CaptureRule(poll_s=POLL_S, period_s=POLL_S, delta=None)
    channel = Channel(name="probe", about="a.m", captured_by="a.m", telemetry=TelemetryName.PowerW, capture=rule)
    identity = Identity("a.m", "meter", device.identify)
    return SensorActor(Node(alias="a.m", role=Role.PowerMeter), [channel], device, (), identity), device


def of_meter(told: list[tuple[float, Event]]) -> list[tuple[float, Event]]:
    return [(second, event) for second, event in told if isinstance(event, MeterAnswered | Note)]


def test_a_meter_is_asked_at_start_after_its_first_scan_and_then_once_a_day() -> None:
    sensor, device = meter(["one", "two", "three"])
    told = run(sensor, 2 * 86_400)
    assert of_meter(told) == [
        (0, MeterAnswered("meter", "one")),
        (86_400, MeterAnswered("meter", "two")),
        (2 * 86_400, MeterAnswered("meter", "three")),
    ]
    assert device.scanned_before == [1, 865, 1729]
    assert [type(event) for _, event in told[:2]] == [Readings, MeterAnswered]


def test_a_meter_that_was_away_is_asked_when_it_is_back() -> None:
    sensor, _ = meter(["one", "two"], [20.0, "no answer", 20.0, 20.0])
    told = run(sensor, 3 * POLL_S)
    assert [(second, type(event)) for second, event in told] == [
        (0, Readings),
        (0, MeterAnswered),
        (POLL_S, DeviceLost),
        (2 * POLL_S, DeviceBack),
        (2 * POLL_S, Readings),
        (2 * POLL_S, MeterAnswered),
        (3 * POLL_S, Readings),
    ]


def test_a_meter_that_does_not_open_is_asked_when_it_does() -> None:
    sensor, device = meter(["one"], ["no answer", 20.0])
    assert of_meter(run(sensor, POLL_S)) == [(POLL_S, MeterAnswered("meter", "one"))]
    assert device.names == []


def test_a_meter_that_does_not_say_it_is_read_on_told_once_and_asked_again() -> None:
    dumb = DeviceError("register 70 cannot be read")
    sensor, device = meter([dumb, dumb, "one", dumb])
    last_s = 86_400 + 2 * AGAIN_S
    told = run(sensor, last_s)
    assert [second for second, event in told if isinstance(event, Readings)] == list(range(0, last_s + 1, POLL_S))
    assert [(second, type(event)) for second, event in of_meter(told)] == [
        (0, Note),
        (2 * AGAIN_S, MeterAnswered),
        (last_s, Note),
    ]
    text = next(event.text for _, event in told if isinstance(event, Note))
    assert text == "a.m does not say the serial number of meter: register 70 cannot be read; it is asked again every 10 min"
    assert (device.opened, device.closed) == (1, 0)


def test_a_meter_that_cannot_say_it_is_told_once_and_asked_once_a_day() -> None:
    sensor, device = meter([None, ""])
    told = of_meter(run(sensor, 86_400))
    assert [(second, type(event)) for second, event in told] == [(0, Note)]
    assert "take the number out of the house file" in str(told)
    assert device.names == []


def test_another_device_is_refused_naming_both_and_its_number_is_told() -> None:
    sensor, device = meter(["one"], [20.0])

    def refuse() -> None:
        raise WrongDeviceError("the house file says serial number one, the device answers two", "two")

    device.open = refuse  # type: ignore[method-assign]
    told = sensor.handle(Started(), Moment(0, START))
    assert [type(event) for event in told] == [DeviceLost, MeterAnswered]
    assert isinstance(told[0], DeviceLost)
    assert "number one, the device answers two" in told[0].reason
    assert told[1] == MeterAnswered("meter", "two")
    assert device.scans == 0, "it is not read"


# while somebody looks


class Willing(Scripted):
    """The same, and it may be read at any time."""

    reads_at_will = True


class Counting(Scripted):
    """One that counts between its scans, and is looked at by another call."""

    def glance(self) -> Mapping[str, float | None]:
        return {"probe": 7.0}


def at(second: float) -> Moment:
    return Moment(round(second * 1000), START + round(second * 1000))


def looked_at(sensor: SensorActor, asks: dict[float, LookedAt], until_s: float) -> list[tuple[float, Event]]:
    """What is told from the start on, if somebody asks at these times [s]."""
    told = [(0.0, event) for event in sensor.handle(Started(), at(0))]
    left = dict(asks)
    while True:
        due_ms = sensor.deadline()
        assert due_ms is not None
        second = min([due_ms / 1000, *left])
        if second > until_s:
            return told
        ask = left.pop(second, None)
        effects = sensor.wake(at(second)) if ask is None else sensor.handle(ask, at(second))
        told += [(second, event) for event in effects]


def scans(told: list[tuple[float, Event]]) -> list[tuple[float, float, float | None, float]]:
    """When a scan was told [s], when it was taken, its value, and when the next is due."""
    return [
        (second, (event.taken_ms - START) / 1000, event.values[0], (event.due_ms - START) / 1000)
        for second, event in told
        if isinstance(event, Scanned)
    ]


def captured(told: list[tuple[float, Event]]) -> list[tuple[float, float | None]]:
    return [(second, event.values[0]) for second, event in told if isinstance(event, Readings)]


def device_of(kind: type[Scripted], answers: list[float | str]) -> SensorActor:
    sensor, _ = actor([])
    return SensorActor(sensor.node, [a_probe()], kind(answers))


def a_probe() -> Channel:
    rule = CaptureRule(poll_s=5, period_s=60, delta=0.5)
    return Channel(
        name="probe", about="a.probe", captured_by="a.probe", telemetry=TelemetryName.WaterTempCTimes1000, capture=rule
    )


def test_who_looks_is_told_every_scan_and_the_last_one_at_once() -> None:
    told = looked_at(device_of(Scripted, [20.0, 20.1, 20.2, 20.3, 20.4, 20.5]), {7: LookedAt(1000, 10_000)}, 25)
    assert scans(told) == [(7, 5, 20.1, 10), (10, 10, 20.2, 15), (15, 15, 20.3, 20)]
    assert captured(told) == [(0, 20.0)], "the same as if nobody looked"


def test_a_willing_device_is_read_as_often_as_he_wants_and_captures_no_more_for_that() -> None:
    answers: list[float | str] = [20.0, 21.0, 22.0, 20.1, 20.2, 20.3]
    told = looked_at(device_of(Willing, answers), {1: LookedAt(2000, 5000)}, 11)
    assert scans(told) == [(1, 1, 21.0, 3), (3, 3, 22.0, 5), (5, 5, 20.1, 10)]
    assert captured(told) == [(0, 20.0)]


def test_a_counting_device_is_glanced_at_and_its_scans_are_its_own() -> None:
    told = looked_at(device_of(Counting, [20.0, 21.0, 22.0]), {1: LookedAt(2000, 5000)}, 11)
    assert scans(told) == [(1, 1, 7.0, 3), (3, 3, 7.0, 5), (5, 5, 21.0, 10)]
    assert captured(told) == [(0, 20.0), (5, 21.0), (10, 22.0)]


def test_who_goes_on_looking_is_told_without_a_gap() -> None:
    asks = {0.5 + 3 * number: LookedAt(1000, 4000) for number in range(4)}
    told = looked_at(device_of(Willing, [20.0] * 30), asks, 13)
    times = [second for second, *_ in scans(told)]
    assert times[0] == 0.5
    assert times[-1] >= 12
    assert max(later - earlier for earlier, later in pairwise(times)) <= 2


def test_a_device_that_is_lost_is_shown_missing_at_once_and_to_whoever_comes_later() -> None:
    answers: list[float | str] = [20.0, "no answer", "no answer", 20.0, 20.0]
    told = looked_at(device_of(Scripted, answers), {1: LookedAt(1000, 5000), 8: LookedAt(1000, 60_000)}, 22)
    assert scans(told) == [(1, 0, 20.0, 5), (5, 5, None, 10), (8, 8, None, 10), (10, 10, None, 20), (20, 20, 20.0, 25)]
    assert [type(event) for second, event in told if second == 20] == [DeviceBack, Readings, Scanned]


def test_a_willing_device_that_fails_while_it_is_shown_has_failed() -> None:
    told = looked_at(device_of(Willing, [20.0, 20.0, "no answer", 20.0, 20.0, 20.0]), {1: LookedAt(1000, 30_000)}, 7)
    assert [(second, type(event)) for second, event in told if isinstance(event, DeviceLost | DeviceBack)] == [
        (2, DeviceLost),
        (5, DeviceBack),
    ]
    assert scans(told)[:3] == [(1, 1, 20.0, 2), (2, 2, None, 5), (5, 5, 20.0, 6)]


def test_what_cannot_be_is_not_shown() -> None:
    told = looked_at(device_of(Willing, [20.0, 500.0, 20.0]), {1: LookedAt(1000, 1500)}, 2)
    assert [value for _, _, value, _ in scans(told)] == [None, 20.0]


def test_a_device_that_was_let_go_shows_nothing() -> None:
    sensor = device_of(Willing, [20.0, 20.0])
    sensor.handle(Started(), at(0))
    sensor.handle(LookedAt(1000, 60_000), at(1))
    sensor.handle(Stopping(), at(1.5))
    assert sensor.handle(LookedAt(1000, 60_000), at(2)) == ()
    assert sensor.deadline() is None
