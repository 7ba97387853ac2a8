"""The AtomicTNode knows its house from what the SCADA says, and carries a person's dispatches."""

from dataclasses import replace

import pytest

from gw_spaceheat.core.atn import AtnOptions, AtomicTNode, Dispatch, StateNow
from gw_spaceheat.core.contract.atn_side import AtnSide
from gw_spaceheat.core.events import (
    DispatchAsked,
    Event,
    Garbled,
    LinkChanged,
    Note,
    Received,
    Send,
    SnapshotAsked,
    Started,
    StatusAsked,
    Stopping,
    Urgency,
)
from gw_spaceheat.house.model import Actuator, CaptureRule, Channel, House, Node
from gw_spaceheat.messages.analog_dispatch import AnalogDispatch
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.fsm_event import FsmEvent
from gw_spaceheat.messages.glitch import Glitch
from gw_spaceheat.messages.gridworks_ack import GridworksAck
from gw_spaceheat.messages.gridworks_event_problem import GridworksEventProblem
from gw_spaceheat.messages.gridworks_event_startup import GridworksEventStartup
from gw_spaceheat.messages.gws_command_answer import GwsCommandAnswer
from gw_spaceheat.messages.send_layout import SendLayout
from gw_spaceheat.messages.send_snap import SendSnap
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import Moment
from gw_spaceheat.vocabulary.roles import ActorClass, Role
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.heard import HOUSE, MIDNIGHT_MS, SCADA, layout, power, received, report_event, snapshot, uuid
from tests.houses import bare_house

NOW = Moment(5_000, MIDNIGHT_MS)
UP = LinkChanged("uplink", up=True, reason="")
DOWN = LinkChanged("uplink", up=False, reason="gone")
RELAY, OUTPUT, TANK = "a.elt1.relay", "a.hp.setpoint", "a.tank.temp0"


def house() -> House:
    nodes = [
        Node(alias=RELAY, role=Role.BooleanActuator, actor=ActorClass.BooleanActuator, actuator=Actuator()),
        Node(
            alias=OUTPUT, role=Role.AnalogActuator, actor=ActorClass.AnalogActuator, actuator=Actuator(minimum=20, maximum=60)
        ),
        Node(alias=TANK, role=Role.TankWaterTempSensor, actor=ActorClass.SimpleSensor),
    ]
    tank = Channel(
        name="a-tank-temp0",
        about=TANK,
        captured_by=TANK,
        telemetry=TelemetryName.WaterTempCTimes1000,
        capture=CaptureRule(poll_s=60, period_s=300, delta=None),
    )
    return replace(bare_house(), nodes={node.alias: node for node in nodes}, channels={tank.name: tank})


def node(options: AtnOptions | None = None, link_up: bool = True) -> AtomicTNode:
    side = AtnSide(house(), IdSource(b"contract"), lambda: 5)
    atn = AtomicTNode(house(), side, IdSource(b"test"), options)
    if link_up:
        atn.handle(UP, Moment(0, MIDNIGHT_MS - 5_000))
    return atn


def later(seconds: float) -> Moment:
    return NOW.later(round(seconds * 1000))


def sent(effects: object) -> list[Message]:
    assert isinstance(effects, list | tuple)
    messages = []
    for effect in effects:
        assert isinstance(effect, Send)
        assert (effect.link, effect.dst, effect.urgency) == ("uplink", "s", Urgency.PLAIN)
        messages.append(effect.message)
    return messages


def channels(atn: AtomicTNode) -> dict[str, tuple[float, str, int]]:
    return {channel.name: (channel.value, channel.unit, channel.taken_ms) for channel in atn.view(NOW).channels}


# the link


def test_when_the_link_comes_up_it_asks_for_layout_and_snapshot() -> None:
    atn = node(link_up=False)
    assert sent(atn.handle(UP, NOW)) == [
        SendLayout(from_g_node_alias=HOUSE, message_created_ms=MIDNIGHT_MS),
        SendSnap(from_g_node_alias=HOUSE),
    ]
    assert atn.view(NOW).link_up
    assert atn.handle(DOWN, NOW) == []
    assert not atn.view(NOW).link_up
    assert len(sent(atn.handle(UP, NOW))) == 2


def test_without_a_period_it_asks_for_no_more_snapshots() -> None:
    assert node().deadline() is None


def test_with_a_period_it_asks_every_time_and_not_twice_for_a_late_wake() -> None:
    atn = node(AtnOptions(snapshot_period_s=3600))
    assert atn.deadline() == 3_600_000
    assert atn.wake(Moment(3_599_999, MIDNIGHT_MS)) == []
    assert sent(atn.wake(Moment(3_600_500, MIDNIGHT_MS))) == [SendSnap(from_g_node_alias=HOUSE)]
    assert atn.wake(Moment(3_600_500, MIDNIGHT_MS)) == []
    assert atn.deadline() == 7_200_500
    atn.handle(DOWN, NOW)
    assert atn.deadline() is None


@pytest.mark.parametrize("event", [Started(), Stopping(), LinkChanged("local", up=False, reason="")])
def test_what_does_not_concern_it_changes_nothing(event: Event) -> None:
    atn = node()
    before = atn.view(NOW)
    assert list(atn.handle(event, NOW)) == []
    assert atn.view(NOW) == before


# what the house says


def test_a_snapshot_tells_values_in_si_and_states() -> None:
    atn = node()
    taken = MIDNIGHT_MS - 1000
    assert atn.handle(received(snapshot({"a-tank-temp0": (taken, 51_250)}, {"auto.h": (taken, "Heating")})), NOW) == []
    assert channels(atn) == {"a-tank-temp0": (51.25, "degC", taken)}
    assert atn.view(NOW).states == (StateNow("auto.h", "Heating", taken),)
    assert atn.view(NOW).snapshots == 1
    assert atn.view(NOW).last_heard_ms == MIDNIGHT_MS


def test_the_newest_reading_of_a_report_counts_and_an_older_report_changes_nothing() -> None:
    atn = node()
    t = MIDNIGHT_MS
    new = report_event(
        1,
        {"a-tank-temp0": [(t - 10_000, 50_000), (t - 1_000, 52_000), (t - 5_000, 51_000)]},
        {"m": [(t - 9, "A"), (t - 5, "B")]},
    )
    old = report_event(2, {"a-tank-temp0": [(t - 300_000, 40_000)]}, {"m": [(t - 300_000, "Z")]})
    atn.handle(received(new), NOW)
    atn.handle(received(old), NOW)
    atn.handle(received(report_event(3, {"a-tank-temp0": []})), NOW)
    assert channels(atn) == {"a-tank-temp0": (52.0, "degC", t - 1_000)}
    assert atn.view(NOW).states == (StateNow("m", "B", t - 5),)
    assert atn.view(NOW).reports == 3


def test_a_report_sent_twice_is_acknowledged_twice_and_counted_once() -> None:
    atn = node()
    event = report_event(1, {"a-tank-temp0": [(MIDNIGHT_MS - 1, 50_000)]})
    for _ in range(2):
        effects = atn.handle(received(event, message_id=uuid(1), ack=True), NOW)
        assert sent(effects) == [GridworksAck(ack_message_id=uuid(1))]
    assert atn.view(NOW).reports == 1


def test_a_bare_report_is_taken_like_its_event() -> None:
    atn = node()
    atn.handle(received(report_event(1, {"a-tank-temp0": [(MIDNIGHT_MS - 1, 50_000)]}).report), NOW)
    assert channels(atn)["a-tank-temp0"][0] == 50.0


def test_a_reading_from_the_future_does_not_stand_for_ever() -> None:
    atn = node()
    atn.handle(received(snapshot({"a-tank-temp0": (MIDNIGHT_MS + 86_400_000, 99_000)})), NOW)
    atn.handle(received(snapshot({"a-tank-temp0": (MIDNIGHT_MS, 50_000)})), NOW)
    assert channels(atn)["a-tank-temp0"][0] == 50.0


def test_an_unknown_channel_stands_in_counts_until_the_layout_comes_and_is_asked_for_once_a_minute() -> None:
    atn = node()
    strange = snapshot({"odd": (MIDNIGHT_MS, 6_789), "odder": (MIDNIGHT_MS, 1)})
    assert sent(atn.handle(received(strange), later(30))) == []  # asked when the link came up
    assert sent(atn.handle(received(strange), later(61))) == [
        SendLayout(from_g_node_alias=HOUSE, message_created_ms=later(61).wall_ms)
    ]
    assert sent(atn.handle(received(strange), later(100))) == []
    assert channels(atn)["odd"] == (6789.0, "counts", MIDNIGHT_MS)
    atn.handle(received(layout({"odd": TelemetryName.WaterTempCTimes1000, "odder": TelemetryName.PowerW})), later(101))
    assert channels(atn)["odd"] == (6.789, "degC", MIDNIGHT_MS)
    assert sent(atn.handle(received(strange), later(500))) == []


def test_power_is_kept_with_its_arrival() -> None:
    atn = node()
    atn.handle(received(power(4321)), NOW)
    assert (atn.view(NOW).power_w, atn.view(NOW).power_ms) == (4321, MIDNIGHT_MS)


def test_problems_are_told_and_the_last_are_kept() -> None:
    atn = node()
    glitch = Glitch(from_g_node_alias=SCADA, node="a-m", type="Warning", summary="lost", details="", created_ms=MIDNIGHT_MS)
    problem = GridworksEventProblem(
        message_id=uuid(1), time_created_ms=MIDNIGHT_MS, src=SCADA, problem_type="error", summary="broken", details=""
    )
    for message, words in ((glitch, "d1.test.house a-m: lost"), (problem, f"{SCADA}: broken")):
        (note,) = atn.handle(received(message), NOW)
        assert isinstance(note, Note)
        assert note.text == words
    assert [(each.node, each.kind, each.summary) for each in atn.view(NOW).problems] == [
        ("a-m", "Warning", "lost"),
        (SCADA, "error", "broken"),
    ]
    for _ in range(100):
        atn.handle(received(glitch), NOW)
    assert len(atn.view(NOW).problems) == 50


def test_a_scada_that_starts_again_is_asked_for_layout_and_snapshot_and_acknowledged_last() -> None:
    atn = node()
    startup = GridworksEventStartup(message_id=uuid(4), time_created_ms=MIDNIGHT_MS, src=SCADA)
    note, *rest = atn.handle(received(startup, message_id=uuid(4), ack=True), NOW)
    assert isinstance(note, Note)
    assert sent(rest) == [
        SendLayout(from_g_node_alias=HOUSE, message_created_ms=MIDNIGHT_MS),
        SendSnap(from_g_node_alias=HOUSE),
        GridworksAck(ack_message_id=uuid(4)),
    ]


def test_what_asks_for_an_acknowledgement_without_an_identifier_gets_none() -> None:
    assert node().handle(received(power(1), ack=True), NOW) == []


def test_a_message_it_has_no_use_for_is_still_acknowledged() -> None:
    assert sent(node().handle(received(SendSnap(from_g_node_alias=SCADA), message_id=uuid(6), ack=True), NOW)) == [
        GridworksAck(ack_message_id=uuid(6))
    ]


def test_strangers_and_other_links_are_not_believed() -> None:
    atn = node()
    message = snapshot({"a-tank-temp0": (MIDNIGHT_MS, 99_000)})
    (note,) = atn.handle(received(message, src="d1.test.other.ta.scada", message_id=uuid(1), ack=True), NOW)
    assert isinstance(note, Note)
    assert note.text.startswith("uplink: stranger: snapshot.spaceheat from d1.test.other.ta.scada; only d1.test.house.ta.scada")
    assert atn.handle(received(message, src="d1.test.other.ta.scada"), later(1)) == []  # once a minute
    assert atn.handle(Received("local", SCADA, "", ack_required=True, message=message, arrived_ms=MIDNIGHT_MS), NOW) == []
    assert atn.handle(Garbled("uplink", "t", "json", "x"), NOW) == []
    view = atn.view(NOW)
    assert (view.channels, view.strangers, view.garbled, view.last_heard_ms) == ((), 2, 1, None)


# what a person asks


def test_a_snapshot_is_asked_for_when_the_link_is_up() -> None:
    assert sent(node().handle(SnapshotAsked(), NOW)) == [SendSnap(from_g_node_alias=HOUSE)]
    (note,) = node(link_up=False).handle(SnapshotAsked(), NOW)
    assert isinstance(note, Note)


@pytest.mark.parametrize(("value", "name"), [(1.0, "CloseRelay"), (0.0, "OpenRelay")])
@pytest.mark.parametrize("spelling", [RELAY, "a-elt1-relay"])
def test_a_relay_is_sent_an_event(spelling: str, value: float, name: str) -> None:
    atn = node()
    (message,) = sent(atn.handle(DispatchAsked(spelling, value), NOW))
    assert isinstance(message, FsmEvent)
    message.check()
    assert message == FsmEvent(
        from_handle="a",
        to_handle="a.a-elt1-relay",
        event_type="change.relay.state",
        event_name=name,
        trigger_id=message.trigger_id,
        send_time_unix_ms=MIDNIGHT_MS,
    )
    assert atn.view(NOW).dispatches == (Dispatch(message.trigger_id, RELAY, value, MIDNIGHT_MS, "", ""),)


def test_an_output_is_sent_a_whole_number() -> None:
    (message,) = sent(node().handle(DispatchAsked(OUTPUT, 45.0), NOW))
    assert isinstance(message, AnalogDispatch)
    message.check()
    assert (message.to_handle, message.about_name, message.value, message.unix_time_ms) == (
        "a.a-hp-setpoint",
        "a-hp-setpoint",
        45,
        MIDNIGHT_MS,
    )


@pytest.mark.parametrize(
    ("asked", "value", "link_up", "words"),
    [
        ("a.nothing", 1.0, True, "d1.test.house has no node a.nothing"),
        (TANK, 1.0, True, "a.tank.temp0 is a TankWaterTempSensor and cannot be commanded"),
        (RELAY, 0.5, True, "a relay: 0 or 1"),
        (OUTPUT, 45.5, True, "whole numbers"),
        (OUTPUT, float("nan"), True, "whole numbers"),
        (OUTPUT, float("inf"), True, "whole numbers"),
        (RELAY, 1.0, False, "no link"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_the_reason(asked: str, value: float, link_up: bool, words: str) -> None:
    atn = node(link_up=link_up)
    (note,) = atn.handle(DispatchAsked(asked, value), NOW)
    assert isinstance(note, Note)
    assert words in note.text
    (dispatch,) = atn.view(NOW).dispatches
    assert dispatch.verdict == "Refused"
    assert words in dispatch.reason
    assert atn.deadline() is None


def answer(trigger: str, verdict: str = "Done", reason: str = "") -> GwsCommandAnswer:
    return GwsCommandAnswer(
        from_g_node_alias=SCADA,
        trigger_id=trigger,
        node=RELAY,
        value=1.0,
        verdict=verdict,
        reason=reason,
        answer_unix_ms=MIDNIGHT_MS,
    )


@pytest.mark.parametrize(
    ("verdict", "reason"), [("Done", ""), ("Refused", "the contract is not active"), ("DeviceFailed", "no answer")]
)
def test_the_answer_ends_a_dispatch_once(verdict: str, reason: str) -> None:
    atn = node()
    (message,) = sent(atn.handle(DispatchAsked(RELAY, 1.0), NOW))
    assert isinstance(message, FsmEvent)
    assert atn.deadline() == NOW.mono_ms + 30_000
    (note,) = atn.handle(received(answer(message.trigger_id, verdict, reason)), later(1))
    assert isinstance(note, Note)
    assert verdict in note.text
    assert atn.handle(received(answer(message.trigger_id, "Refused", "again")), later(2)) == []
    assert atn.view(NOW).dispatches == (Dispatch(message.trigger_id, RELAY, 1.0, MIDNIGHT_MS, verdict, reason),)
    assert atn.deadline() is None


def test_a_dispatch_without_an_answer_is_given_up() -> None:
    atn = node()
    atn.handle(DispatchAsked(RELAY, 1.0), NOW)
    assert atn.wake(later(29.9)) == []
    (note,) = atn.wake(later(30))
    assert isinstance(note, Note)
    assert atn.wake(later(30)) == []
    assert atn.view(NOW).dispatches[0].verdict == "NoAnswer"


def test_the_answer_to_somebody_elses_dispatch_changes_nothing() -> None:
    atn = node()
    assert atn.handle(received(answer(uuid(77))), NOW) == []
    assert atn.view(NOW).dispatches == ()


def test_the_status_is_the_view() -> None:
    atn = node()
    atn.handle(received(power(1)), NOW)
    assert atn.handle(StatusAsked(), NOW) == [atn.view(NOW)]
