"""One house over several processes, which find each other on the local broker, and die and come back one by one."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gw_spaceheat.cli._clock import clock_for
from gw_spaceheat.core.events import DispatchAsked, Event, Received, SnapshotAsked
from gw_spaceheat.links.broker import RunningBroker
from gw_spaceheat.messages.base import given
from gw_spaceheat.messages.glitch import Glitch
from gw_spaceheat.messages.gridworks_event_startup import GridworksEventStartup
from gw_spaceheat.messages.gws_command_answer import GwsCommandAnswer
from gw_spaceheat.messages.gws_contract import GwsContract
from gw_spaceheat.messages.gws_meter_serial import GwsMeterSerial
from gw_spaceheat.messages.snapshot_spaceheat import SnapshotSpaceheat
from gw_spaceheat.messages.synced_readings import SyncedReadings
from tests.scenarios.scene import GARAGE, START, Listener, Program, RunningAtn, atn, captured, house, settings_for, version_of

SPEED = 30.0
PROBES = ("a.tank.temp0", "a.tank.temp1")
RELAYS = ("a.elt1.relay", "a.elt2.relay", "a.tank.out.pump.relay", "a.garage.rad.fan.relay")
METER = ("a.m",)

StartPart = Callable[..., Program]


@pytest.fixture
def origin_s() -> float:
    return time.time()


@pytest.fixture
def part(tmp_path: Path, broker: RunningBroker, local_broker: RunningBroker, origin_s: float) -> StartPart:
    """Starts some actors of the garage in a process of their own, on the same clock as all others."""
    words = ["--house", GARAGE, "--broker", broker.url, "--local-broker", local_broker.url, "--speed", f"{SPEED:g}"]
    words += ["--start", START.strftime("%Y-%m-%dT%H:%M:%S"), "--origin", f"{origin_s:.6f}"]

    def start(*actors: str) -> Program:
        program = Program(tmp_path / actors[0], "try", "--actors", ",".join(actors), *words, **version_of(broker))
        program.log.wait_for("local: connected")
        return program

    return start


def glitches(listener: Listener, node: str) -> list[str]:
    """What the SCADA told of a node's devices, in order."""
    messages = [event.message for event in listener.all if isinstance(event, Received)]
    return [
        message.summary.rpartition(": ")[2]
        for message in messages
        if isinstance(message, Glitch) and message.node == node.replace(".", "-")
    ]


def wait_for_glitch(listener: Listener, node: str, state: str) -> None:
    def fits(event: Event) -> bool:
        message = event.message if isinstance(event, Received) else None
        return isinstance(message, Glitch) and message.node == node.replace(".", "-") and message.summary.endswith(state)

    listener.wait(fits)


def attests(event: Event) -> bool:
    """Whether the SCADA says that the serial number matches."""
    message = event.message if isinstance(event, Received) else None
    says = given(message.attestation_says) if isinstance(message, GwsContract) else None
    return says is not None and says.serial_number_matches


def wait_for_snapshot_with(cloud: RunningAtn, listener: Listener, *channels: str) -> None:
    """Until the SCADA itself has fresh values of these channels."""
    wanted = set(channels)
    while True:
        before = listener.mark()
        cloud.ask(SnapshotAsked())
        (snapshot, *_) = listener.heard(SnapshotSpaceheat, since=before)
        assert isinstance(snapshot.message, SnapshotSpaceheat)
        if wanted <= {reading.channel_name for reading in snapshot.message.latest_reading_list}:
            return


def dispatch(cloud: RunningAtn, node: str, value: float) -> None:
    before = cloud.log.mark()
    cloud.ask(DispatchAsked(node, value))
    cloud.log.wait_for(f"{node} = {value:g}: Done", since=before)


def test_parts_of_a_house_in_many_processes(
    part: StartPart, tmp_path: Path, broker: RunningBroker, local_broker: RunningBroker, origin_s: float
) -> None:
    garage = house(GARAGE)
    clock = clock_for(SPEED, START.replace(tzinfo=None), origin_s)
    with (
        Listener(broker) as uplink,
        Listener(local_broker) as bus,
        atn(garage, broker.url, settings_for(broker, tmp_path), clock) as cloud,
        part(*RELAYS) as relays,
        part(*METER) as meter,
    ):
        probes, scada = part(*PROBES), part("a.s")
        with scada, probes:
            scada.log.wait_for("uplink: connected")
            # readings of the others reach the SCADA, its commands reach the relay, and the outcome comes back
            wait_for_snapshot_with(cloud, uplink, "a-tank-temp0", "a-tank-temp1", "a-elt1")
            dispatch(cloud, "a.elt1.relay", 1)
            bus.wait_for_value("a-elt1-relay", 1)
            assert bus.heard(GwsCommandAnswer, "a-elt1-relay")
            # so has what the meter says of itself reached the SCADA, without which its metering would not be attested
            assert bus.heard(GwsMeterSerial, "a-m")
            uplink.wait(attests)
            # the meter's process has followed the relay in its own twin of the house
            bus.wait(lambda event: dict(captured(event)).get("a-elt1", 0) > 3_000)

            probes.kill()
            for node in PROBES:
                wait_for_glitch(uplink, node, "missing")
            assert [glitches(uplink, node) for node in PROBES] == [["missing"], ["missing"]]
            with part(*PROBES) as probes_again:
                for node in PROBES:
                    wait_for_glitch(uplink, node, "back")
                bus.heard(SyncedReadings, "a-tank-temp0", count=2, since=bus.mark())
                assert [glitches(uplink, node) for node in PROBES] == [["missing", "back"], ["missing", "back"]]

                scada.kill()
                before, asked_from = uplink.mark(), bus.mark()
                with part("a.s") as scada_again:
                    uplink.heard(GridworksEventStartup, since=before)
                    bus.heard(GwsMeterSerial, "a-m", since=asked_from)
                    wait_for_snapshot_with(cloud, uplink, "a-tank-temp0", "a-tank-temp1", "a-elt1-relay")
                    before = bus.mark()  # the AtomicTNode itself may switch it off again, as soon as a person has had it on
                    dispatch(cloud, "a.elt2.relay", 1)
                    bus.wait_for_value("a-elt2-relay", 1)
                    assert scada_again.stop() == 0
                assert probes_again.stop() == 0
        # a relay whose SCADA is silent for a lease, or whose own process ends, whichever comes first, is put into its
        # stop state, and says so
        assert relays.stop() == 0
        bus.wait_for_value("a-elt2-relay", 0, since=before)
        assert meter.stop() == 0
