"""A device that hangs, dies or does not answer: it is named, the peer is told once, and everything else goes on.

Its driver comes from a package of its own, found by its entry point as a stranger's package would be.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from gw_spaceheat.apps import local
from gw_spaceheat.apps.houses import house_to_start
from gw_spaceheat.apps.local import LocalRequest
from gw_spaceheat.core.events import DispatchAsked, Event, Received
from gw_spaceheat.house.model import House
from gw_spaceheat.links.broker import RunningBroker
from gw_spaceheat.messages.glitch import Glitch
from gw_spaceheat.runtime.clock import PacedClock
from tests.scenarios.scene import BY_HAND, GARAGE, HOUSES, START_MS, Listener, Running, RunningAtn, atn, scada, settings_for

PROBE = "a.tank.temp0"
FAN = "a.garage.rad.fan.relay"
SPEED = 60.0
LATE_MS = 500
WARM = 104_000
"""The probe's 40 degC as its channel has it on the wire: in thousandths of a degree Fahrenheit."""

DRIVER = '''
"""A probe and a relay that misbehave as their test wants."""

import threading

from gw_spaceheat.drivers.about import About
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel

MAKE_MODEL = "Elsewhere__Troublesome"
ABOUT = About(
    device=MakeModel(frozenset({Kind.Relay, Kind.Temperature}), Bus.Simulated, outputs=1, inputs=64),
    title="", measures="", span="", source="", recovers="",
)
works = threading.Event()
works.set()
mood = {"raise": None}
written = []


def misbehave():
    if mood["raise"] == "device":
        raise DeviceError("the probe does not answer; look at its cable")
    if mood["raise"] == "bug":
        raise ZeroDivisionError("a bug")
    works.wait()


class Probe:
    def __init__(self, name):
        self.name = name

    def open(self):
        pass

    def close(self):
        pass

    def read(self):
        misbehave()
        return {self.name: 40.0}


class Relay(Probe):
    read = None

    def write(self, value):
        written.append(value)
        misbehave()

    def read_back(self):
        return written[-1]


def build(node, channels, component, site):
    return Relay(node.alias) if node.actuator is not None else Probe(channels[0].name)
'''


@dataclass
class Cast:
    """The house with one troublesome device, its AtomicTNode, and the ears on both brokers."""

    house: House
    driver: ModuleType
    scada: Running
    atn: RunningAtn
    uplink: Listener
    bus: Listener

    def glitches(self, node: str) -> list[str]:
        """What the peer was told about a node, in order."""
        return [message.summary for event in self.uplink.all if (message := glitch_about(event, node)) is not None]

    def wait_for_glitch(self, node: str, text: str) -> None:
        def fits(event: Event) -> bool:
            message = glitch_about(event, node)
            return message is not None and text in message.summary

        self.uplink.wait(fits)

    def others_go_on(self) -> None:
        """Another probe is captured and another relay obeys, from now on."""
        before, marked = self.bus.mark(), self.atn.log.mark()
        self.bus.wait(lambda event: isinstance(event, Received) and event.src == "a-tank-temp1", since=before)
        self.atn.ask(DispatchAsked("a.elt2.relay", 0.0))
        self.atn.log.wait_for("a.elt2.relay = 0: Done", since=marked)


def glitch_about(event: Event, node: str) -> Glitch | None:
    message = event.message if isinstance(event, Received) else None
    return message if isinstance(message, Glitch) and message.node == node.replace(".", "-") else None


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The driver's package, installed for this test."""
    package = tmp_path / "packages"
    about = package / "troublesome-1.0.dist-info"
    about.mkdir(parents=True)
    (package / "troublesome_device.py").write_text(DRIVER)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: troublesome\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[gw_spaceheat.drivers]\nElsewhere__Troublesome = troublesome_device\n")
    monkeypatch.syspath_prepend(str(package))
    monkeypatch.delitem(sys.modules, "troublesome_device", raising=False)
    import troublesome_device  # type: ignore[import-not-found]

    yield troublesome_device
    troublesome_device.works.set()
    del sys.modules["troublesome_device"]


@pytest.fixture
def cast(
    request: pytest.FixtureRequest,
    driver: ModuleType,
    tmp_path: Path,
    broker: RunningBroker,
    local_broker: RunningBroker,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Cast]:
    """The garage, whose device `request.param` is the troublesome one."""
    monkeypatch.setattr(local, "DEVICE_LATE_MS", LATE_MS)
    garage = json.loads(HOUSES.read_text(encoding="utf-8"))[GARAGE]
    garage["components"]["troublesome"] = {"make_model": "Elsewhere__Troublesome"}
    garage["nodes"][request.param]["component"] = "troublesome"
    garage["nodes"][request.param].pop("output", None)
    used = {node.get("component") for node in garage["nodes"].values()}
    garage["components"] = {name: each for name, each in garage["components"].items() if name in used}
    file = tmp_path / "garage.json"
    file.write_text(json.dumps({GARAGE: garage}))
    house, _ = house_to_start(file, GARAGE)
    settings, clock = settings_for(broker, tmp_path), PacedClock(SPEED, START_MS)
    wanted = LocalRequest(house=house, nodes=None, uplink_url=broker.url, local_url=local_broker.url)
    with (
        Listener(broker) as uplink,
        Listener(local_broker) as bus,
        atn(house, broker.url, settings, clock, BY_HAND) as cloud,
        scada(wanted, settings, clock) as running,
    ):
        cloud.log.wait_for("is in RemoteControl")
        running.log.wait_for("local: connected")
        yield Cast(house, driver, running, cloud, uplink, bus)
        driver.works.set()


@pytest.mark.parametrize("cast", [PROBE], indirect=True)
def test_a_probe_that_hangs(cast: Cast) -> None:
    cast.bus.wait_for_value("a-tank-temp0", WARM)
    cast.driver.works.clear()
    cast.scada.log.wait_for(f"{PROBE} is in trouble: in one call")
    cast.wait_for_glitch(PROBE, "a-tank-temp0: missing")
    cast.others_go_on()
    assert cast.glitches(PROBE) == [f"actor {PROBE} is stuck or died", "a-tank-temp0: missing"]

    cast.driver.works.set()
    cast.scada.log.wait_for(f"{PROBE} is back")
    cast.wait_for_glitch(PROBE, "a-tank-temp0: back")
    cast.wait_for_glitch(PROBE, f"actor {PROBE} runs again")
    cast.others_go_on()
    assert len(cast.glitches(PROBE)) == 4


@pytest.mark.parametrize("cast", [PROBE], indirect=True)
def test_a_probe_whose_driver_has_a_bug(cast: Cast) -> None:
    cast.bus.wait_for_value("a-tank-temp0", WARM)
    cast.driver.mood["raise"] = "bug"
    line = cast.scada.log.wait_for("ERROR")[0]
    assert f"{PROBE} failed at a wake: ZeroDivisionError: a bug; starts again in" in line
    cast.wait_for_glitch(PROBE, "a-tank-temp0: missing")
    cast.others_go_on()
    assert cast.glitches(PROBE) == [f"actor {PROBE} is stuck or died", "a-tank-temp0: missing"]

    cast.driver.mood["raise"] = None
    cast.wait_for_glitch(PROBE, f"actor {PROBE} runs again")
    cast.wait_for_glitch(PROBE, "a-tank-temp0: back")
    assert len(cast.glitches(PROBE)) == 4
    assert cast.scada.dead() == []


@pytest.mark.parametrize("cast", [PROBE], indirect=True)
def test_a_probe_that_does_not_answer(cast: Cast) -> None:
    cast.bus.wait_for_value("a-tank-temp0", WARM)
    cast.driver.mood["raise"] = "device"
    cast.scada.log.wait_for("look at its cable")
    cast.wait_for_glitch(PROBE, "a-tank-temp0: missing")
    cast.others_go_on()
    cast.driver.mood["raise"] = None
    cast.wait_for_glitch(PROBE, "a-tank-temp0: back")
    assert cast.glitches(PROBE) == ["a-tank-temp0: missing", "a-tank-temp0: back"]
    assert cast.scada.restarts() == 0


@pytest.mark.parametrize("cast", [FAN], indirect=True)
def test_a_relay_that_hangs_in_a_command(cast: Cast) -> None:
    """The dispatch gets an answer all the same, and the relay obeys again when it is back."""
    cast.atn.ask(DispatchAsked(FAN, 0.0))
    cast.atn.log.wait_for(f"{FAN} = 0: Done")
    cast.driver.works.clear()
    marked = cast.atn.log.mark()
    cast.atn.ask(DispatchAsked(FAN, 1.0))
    cast.scada.log.wait_for(f"{FAN} is in trouble: in one call")
    cast.atn.log.wait_for(f"{FAN} = 1: DeviceFailed: no answer", since=marked)
    cast.others_go_on()
    stuck = [summary for summary in cast.glitches(FAN) if "is stuck" in summary]
    assert stuck == [f"actor {FAN} is stuck or died"]

    cast.driver.works.set()
    cast.wait_for_glitch(FAN, f"actor {FAN} runs again")
    marked = cast.atn.log.mark()
    cast.atn.ask(DispatchAsked(FAN, 1.0))
    cast.atn.log.wait_for(f"{FAN} = 1: Done", since=marked)


@pytest.mark.parametrize("cast", [FAN], indirect=True)
def test_an_end_while_a_relay_hangs(cast: Cast) -> None:
    """The others stop in their stop states; the one that hangs is named and does not hold up the end."""
    cast.driver.works.clear()
    cast.atn.ask(DispatchAsked(FAN, 1.0))
    cast.scada.log.wait_for(f"{FAN} is in trouble")
    before = cast.bus.mark()
    hanging = cast.scada.runtime.stop(cast.scada.stop_order, 3.0)
    cast.scada.stopped = True
    assert hanging == [FAN]
    values = dict(cast.bus.captures())
    relays = [channel.name for alias in cast.house.nodes if (channel := cast.house.state_channel(alias)) is not None]
    assert {values[name] for name in relays if name != "a-garage-rad-fan-relay" and name.endswith("relay")} == {0}
    assert before <= cast.bus.mark()
