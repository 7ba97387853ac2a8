"""What strangers put on a real broker while everything runs: counted, told once per kind and minute, and nobody is harmed."""

import json
from pathlib import Path

import pytest

from gw_spaceheat.apps.local import LocalRequest
from gw_spaceheat.core.events import DispatchAsked, Event, Received, SnapshotAsked
from gw_spaceheat.links.broker import RunningBroker
from gw_spaceheat.messages.codec import encode
from gw_spaceheat.messages.gridworks_ack import GridworksAck
from gw_spaceheat.messages.gridworks_event_startup import GridworksEventStartup
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.messages.send_snap import SendSnap
from gw_spaceheat.messages.snapshot_spaceheat import SnapshotSpaceheat
from gw_spaceheat.messages.synced_readings import SyncedReadings
from gw_spaceheat.runtime.clock import PacedClock
from gw_spaceheat.stores import query
from tests.scenarios.scene import (
    BY_HAND,
    GARAGE,
    START_MS,
    Lines,
    Listener,
    atn,
    ear,
    house,
    scada,
    settings_for,
    wait_until_it_has_heard,
)

TIMES = 5
"""Every bad message is said so often."""
OURS = "dw1-isone-nh-orange-1"
SCADAS = f"{OURS}-ta-scada"
SPEED = 60.0
"""So that the contract's hold time is soon over."""
START_ID = "5c0bd1a2-5d5f-4e64-9d3e-0c8f3b8c9a11"


def envelope(src: str, dst: str, type_name: str, payload: object) -> bytes:
    header = {"TypeName": "gridworks.header", "Src": src, "Dst": dst, "MessageType": type_name, "Version": "001"}
    return json.dumps({"TypeName": "gw", "Header": header, "Payload": payload}).encode()


def bad_messages(src: str, wire_src: str, dst: str) -> dict[str, tuple[str, bytes]]:
    """Topic and bytes by the kind under which they must be counted."""

    def topic(type_name: str) -> str:
        return f"gw/{wire_src}/to/{dst}/{type_name}"

    snap = {"TypeName": "send.snap", "FromGNodeAlias": src, "Version": "000"}
    return {
        "not-json": (topic("send-snap"), b'{"TypeName": "gw", '),
        "no-envelope": (topic("send-snap"), b'{"TypeName": "something"}'),
        "unknown-type": (topic("free-beer"), envelope(src, dst, "free.beer", {"TypeName": "free.beer"})),
        "header-mismatch": (topic("send-snap"), envelope("d1.somebody.else", dst, "send.snap", snap)),
        "wrong-fields": (topic("send-snap"), envelope(src, dst, "send.snap", snap | {"FromGNodeAlias": 7})),
        "too-large": (topic("send-snap"), b" " * 1_050_000),
        "bad-topic": (f"gw/{wire_src}/to/{dst}/Send_Snap/x", b"{}"),
    }


def notes_by_kind(log: Lines) -> dict[str, int]:
    return {kind: len(log.having(f"refused ({kind})")) for kind in bad_messages("", "", "")}


def wait_until_all_that_was_said_is_heard(listener: Listener, scada_alias: str, clock: PacedClock) -> None:
    """Until the AtomicTNode has acknowledged something that was said after all the rest, by the same one."""
    start = GridworksEventStartup(message_id=START_ID, time_created_ms=clock.now().wall_ms, src=scada_alias)
    listener.say(*encode(start, src=scada_alias, dst="a", message_id=START_ID, ack_required=True))

    def fits(event: Event) -> bool:
        message = event.message if isinstance(event, Received) else None
        return isinstance(message, GridworksAck) and message.ack_message_id == START_ID

    listener.wait(fits)


@pytest.fixture
def request_for_garage(broker: RunningBroker, local_broker: RunningBroker) -> LocalRequest:
    return LocalRequest(house=house(GARAGE), nodes=None, uplink_url=broker.url, local_url=local_broker.url)


def test_bad_messages_are_counted_and_told_and_good_ones_go_on(
    tmp_path: Path, broker: RunningBroker, request_for_garage: LocalRequest
) -> None:
    garage, settings, clock = request_for_garage.house, settings_for(broker, tmp_path), PacedClock(SPEED, START_MS)
    to_scada = bad_messages(garage.alias, OURS, "s")
    to_atn = bad_messages(garage.scada_alias, SCADAS, "a")
    with (
        Listener(broker) as listener,
        ear(tmp_path / "ear", broker.url, settings, clock) as listening,
        atn(garage, broker.url, settings, clock, BY_HAND) as cloud,
        scada(request_for_garage, settings, clock) as running,
    ):
        for each in (running, cloud, listening):
            each.log.wait_for("uplink: connected")
        cloud.log.wait_for("is in RemoteControl")

        def one_good_round(value: int) -> None:
            before = listener.mark()
            cloud.ask(SnapshotAsked())
            listener.heard(SnapshotSpaceheat, garage.scada_alias, since=before)
            marked = cloud.log.mark()
            cloud.ask(DispatchAsked("a.garage.rad.fan.relay", value))
            cloud.log.wait_for(f"a.garage.rad.fan.relay = {value}: Done", since=marked)

        one_good_round(1)
        for _ in range(TIMES):
            for topic, payload in (*to_scada.values(), *to_atn.values()):
                listener.say(topic, payload)
        one_good_round(0)

        for kind in to_scada:
            running.log.wait_for(f"refused ({kind})")
            cloud.log.wait_for(f"refused ({kind})")
            listening.log.wait_for(f"refused ({kind})")
        wait_until_all_that_was_said_is_heard(listener, garage.scada_alias, clock)
        one_good_round(1)
        assert notes_by_kind(running.log) == dict.fromkeys(to_scada, 1)
        assert notes_by_kind(cloud.log) == dict.fromkeys(to_atn, 1)
        assert notes_by_kind(listening.log) == dict.fromkeys(to_atn, 1)
        assert cloud.view().garbled == TIMES * len(to_atn)
        for each in (running, cloud, listening):
            assert (each.restarts(), each.dead()) == (0, [])
        wait_until_it_has_heard(listening, listener)
    kept = query.tail(tmp_path / "ear", GARAGE, 10_000)
    assert len([row for row in kept if row.type_name == "snapshot.spaceheat"]) >= 4
    assert len([row for row in kept if row.type_name == "gws.command"]) == 3
    assert query.houses(tmp_path / "ear") == [GARAGE]


def test_somebody_else_in_well_formed_words_is_not_believed(
    tmp_path: Path, broker: RunningBroker, request_for_garage: LocalRequest
) -> None:
    """A sender whose name only looks like ours in the topic, where dots are dashes."""
    garage, settings, clock = request_for_garage.house, settings_for(broker, tmp_path), PacedClock(SPEED, START_MS)
    with (
        Listener(broker) as listener,
        atn(garage, broker.url, settings, clock, BY_HAND) as cloud,
        scada(request_for_garage, settings, clock) as running,
    ):
        running.log.wait_for("uplink: connected")
        cloud.log.wait_for("has started")
        listener.heard(SnapshotSpaceheat)
        for _ in range(TIMES):
            listener.say(*encode(SendSnap(from_g_node_alias=GARAGE), src=OURS, dst="s", message_id=""))
            listener.say(*encode(PowerWatts(watts=99_999), src=SCADAS, dst="a", message_id=""))
        wait_until_all_that_was_said_is_heard(listener, garage.scada_alias, clock)
        view = cloud.view()
        assert view.strangers == TIMES
        assert view.power_w != 99_999
        assert len(running.log.wait_for("stranger")) == 1
        assert len(cloud.log.wait_for("stranger")) == 1


def test_nonsense_on_the_local_bus_harms_nobody(
    tmp_path: Path, broker: RunningBroker, local_broker: RunningBroker, request_for_garage: LocalRequest
) -> None:
    """Unknown nodes, channels of others, commands for what is not there, answers nobody asked for."""
    garage, settings, clock = request_for_garage.house, settings_for(broker, tmp_path), PacedClock(SPEED, START_MS)
    now_ms = clock.now().wall_ms

    def readings(src: str, **values: int) -> tuple[str, bytes]:
        names = [name.replace("_", "-") for name in values]
        message = SyncedReadings(channel_name_list=names, value_list=list(values.values()), scada_read_time_unix_ms=now_ms)
        return encode(message, src=src, dst="s", message_id="")

    trigger = "0384ef21-648b-4455-b917-58a1172d7fc1"
    relay_words = {
        "TypeName": "fsm.event", "FromHandle": "local", "ToHandle": "local.a-nowhere", "EventType": "change.relay.state",
        "EventName": "CloseRelay", "TriggerId": trigger, "SendTimeUnixMs": now_ms, "Version": "000",
    }  # fmt: skip
    analog_words = {
        "TypeName": "analog.dispatch", "FromGNodeAlias": GARAGE, "FromHandle": "local", "ToHandle": "local.a-nowhere",
        "AboutName": "a-nowhere", "Value": 5, "TriggerId": trigger, "UnixTimeMs": now_ms, "Version": "000",
    }  # fmt: skip
    answer_words = {
        "TypeName": "gws.command.answer", "FromGNodeAlias": garage.scada_alias, "TriggerId": trigger, "Node": "a.nowhere",
        "Value": 1.0, "Verdict": "Perhaps", "Reason": "", "AnswerUnixMs": now_ms, "Version": "000",
    }  # fmt: skip
    with (
        Listener(broker) as uplink,
        Listener(local_broker) as bus,
        atn(garage, broker.url, settings, clock, BY_HAND) as cloud,
        scada(request_for_garage, settings, clock) as running,
    ):
        running.log.wait_for("local: connected")
        uplink.heard(SnapshotSpaceheat)
        for _ in range(TIMES):
            bus.say(*readings("a-nowhere", a_tank_temp0=99_000))
            bus.say(*readings("a-tank-temp0", a_tank_temp0=99_000))  # acts in this very process
            bus.say(*readings("a-m", a_tank_temp0=99_000, a_unheard=1))
            for node in ("a-elt1-relay", "all", "s"):
                bus.say(f"gw/s/to/{node}/fsm-event", envelope("s", node, "fsm.event", relay_words))
                bus.say(f"gw/s/to/{node}/analog-dispatch", envelope("s", node, "analog.dispatch", analog_words))
            bus.say("gw/x/to/s/gws-command-answer", envelope("x", "s", "gws.command.answer", answer_words))
            for topic, payload in bad_messages("a-m", "a-m", "s").values():
                bus.say(topic, payload)
        for kind in bad_messages("", "", ""):
            running.log.wait_for(f"local: refused ({kind})")
        before = uplink.mark()
        cloud.ask(SnapshotAsked())
        (snapshot, *_) = uplink.heard(SnapshotSpaceheat, since=before)
        assert isinstance(snapshot.message, SnapshotSpaceheat)
        values = {reading.channel_name: reading.value for reading in snapshot.message.latest_reading_list}
        assert values.keys() <= set(garage.channels)
        assert values["a-tank-temp0"] != 99_000
        assert (running.restarts(), running.dead()) == (0, [])
