"""Simulated devices speak and obey."""

import msgspec

from gw_spaceheat.actors.demo_devices import DemoDevices
from gw_spaceheat.core.events import DemoHouse, DemoHouses, PlainReceived, Started, Stopping
from gw_spaceheat.links.mqtt import Taken
from gw_spaceheat.messages.supervision import consumer_report, supplier_report
from gw_spaceheat.vocabulary.moment import Moment

START = Moment(10_000, 1_700_000_000_000)
HOUSES = DemoHouses((DemoHouse(0, 1, ((1, "heater"), (4, "relay")), (1,)),))


class Line:
    """A transport that remembers."""

    def __init__(self) -> None:
        self.said: list[tuple[str, bytes]] = []
        self.is_open = False

    def open(self) -> None:
        self.is_open = True

    def close(self) -> None:
        self.is_open = False

    def publish(self, topic: str, payload: bytes, _qos: int) -> Taken:
        self.said.append((topic, payload))
        return Taken.YES


def devices() -> tuple[DemoDevices, Line]:
    line = Line()
    made = DemoDevices(line)  # type: ignore[arg-type]
    made.handle(Started(), START)
    return made, line


def test_nothing_is_opened_without_houses() -> None:
    made, line = devices()
    made.handle(DemoHouses(()), START)
    assert (line.is_open, made.deadline(), made.wake(START), line.said) == (False, None, (), [])


def test_they_say_what_real_devices_would() -> None:
    made, line = devices()
    made.handle(HOUSES, START)
    for number in range(3):
        made.wake(START.later(number * 1_000))
    assert line.is_open
    assert [topic for topic, _ in line.said[-2:]] == ["Neighborhood/0/House/1/Consumer", "Neighborhood/0/House/1/Supplier"]
    report = consumer_report(line.said[-2][1])
    assert set(report.readings) == {1, 4}
    assert report.readings[1] > 870
    assert report.device_ms == START.wall_ms + 2_000
    assert supplier_report(line.said[-1][1]).readings[1].bvoltage == 12.0
    made.handle(DemoHouses(()), START)
    assert made.deadline() is None
    made.handle(Stopping(), START)
    assert not line.is_open


def test_they_obey_and_say_so() -> None:
    made, line = devices()
    made.handle(HOUSES, START)
    relay, panel = "Neighborhood/0/House/1/Consumer/4", "Neighborhood/0/House/1/Supplier/1"
    for topic, payload, kept in (
        (f"{relay}/set", b"1", False),
        (f"{panel}/booleanLoad", b"0", False),
        (f"{relay}/set", b"0", True),
        (f"{relay}/set", b"off", False),
        ("Neighborhood/0/House/9/Consumer/4/set", b"0", False),
    ):
        made.handle(PlainReceived("demo", topic, payload, kept), START)
    assert line.said == [(f"{relay}/state", b"1"), (f"{panel}/state", b"0")]
    made.wake(START)
    assert msgspec.json.decode(line.said[-1][1])["1"]["lcurrent"] == 0.0
    assert consumer_report(line.said[-2][1]).readings[4] > 870
