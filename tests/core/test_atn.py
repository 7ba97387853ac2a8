"""The AtomicTNode knows its house from what the SCADA says, and carries a person's dispatches."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count

import pytest

from gw_spaceheat.core import atn as module
from gw_spaceheat.core.atn import AtnOptions, AtomicTNode
from gw_spaceheat.core.atn_view import Dispatch, StateNow
from gw_spaceheat.core.contract.atn_side import AtnSide
from gw_spaceheat.core.contract.scada_side import ScadaSide
from gw_spaceheat.core.events import (
    Append,
    Archive,
    ContractQuit,
    DispatchAsked,
    Event,
    Garbled,
    Keep,
    Latest,
    LinkChanged,
    LocalControlAsked,
    ModeWished,
    Note,
    Obey,
    Outcome,
    Persist,
    Received,
    Retell,
    Send,
    SnapshotAsked,
    Started,
    StatusAsked,
    Stopping,
    TakesOver,
    Urgency,
    Verdict,
    Wish,
)
from gw_spaceheat.core.mirror import Mirror
from gw_spaceheat.house.model import Actuator, CaptureRule, Channel, House, Node
from gw_spaceheat.messages.analog_dispatch import AnalogDispatch
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.fsm_event import FsmEvent
from gw_spaceheat.messages.glitch import Glitch
from gw_spaceheat.messages.gridworks_ack import GridworksAck
from gw_spaceheat.messages.gridworks_event_problem import GridworksEventProblem
from gw_spaceheat.messages.gridworks_event_startup import GridworksEventStartup
from gw_spaceheat.messages.gws_command import GwsCommand
from gw_spaceheat.messages.gws_command_answer import GwsCommandAnswer
from gw_spaceheat.messages.gws_contract import GwsContract
from gw_spaceheat.messages.gws_resend import GwsResend
from gw_spaceheat.messages.gws_sequence_range import GwsSequenceRange
from gw_spaceheat.messages.send_layout import SendLayout
from gw_spaceheat.messages.send_snap import SendSnap
from gw_spaceheat.messages.synced_readings import SyncedReadings
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import Moment
from gw_spaceheat.vocabulary.roles import ActorClass, Role
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.heard import HOUSE, MIDNIGHT_MS, SCADA, layout, power, received, report_event, snapshot, uuid
from tests.houses import bare_house

NOW = Moment(5_000, MIDNIGHT_MS)
UP = LinkChanged("uplink", up=True, reason="")
DOWN = LinkChanged("uplink", up=False, reason="gone")
NO_CONTRACT = StateNow("contract", "NoContract", MIDNIGHT_MS - 5_000)
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


class Pair:
    """An AtomicTNode and its house's side of the contract, which hear each other at once.

    Attributes:
        obeyed: What the house was told to do, in order.
        answers: What it does is answered at once.
    """

    def __init__(self, options: AtnOptions | None = None, mirror: Mirror | None = None) -> None:
        self.house = house()
        digits = count()
        side = AtnSide(self.house, IdSource(b"contract"), lambda: next(digits) % 10)
        options = options or AtnOptions(standing_w=3000)
        self.atn = AtomicTNode(self.house, side, IdSource(b"test"), options, mirror)
        self.scada = ScadaSide(self.house, IdSource(b"scada"), lambda: next(digits) % 10)
        self.mono_ms = 0
        self.obeyed: list[tuple[str, float, str]] = []
        self.answers = True
        self.up = False

    @property
    def now(self) -> Moment:
        return Moment(self.mono_ms, MIDNIGHT_MS - 600_000 + self.mono_ms)

    def start(self) -> list[Event]:
        self._house_says(self.scada.handle(Started(), self.now))
        return self.tell(Started()) + self.join()

    def join(self) -> list[Event]:
        self.up = True
        return self.tell(UP) + self._house_says(self.scada.handle(UP, self.now))

    def cut(self) -> list[Event]:
        self.up = False
        return self._house_says(self.scada.handle(DOWN, self.now)) + self.tell(DOWN)

    def tell(self, event: Event) -> list[Event]:
        """What the AtomicTNode puts out, and what it puts out to what the house then says."""
        return self._carry(self.atn.handle(event, self.now))

    def hear(self, message: Message) -> list[Event]:
        return self.tell(received(message, self.now.wall_ms))

    def house_hears(self, event: Event) -> list[Event]:
        return self._house_says(self.scada.handle(event, self.now))

    def leap(self, to_s: float) -> list[Event]:
        told: list[Event] = []
        while (due_ms := self._due_ms()) is not None and due_ms <= to_s * 1000:
            self.mono_ms = max(due_ms, self.mono_ms)
            told += self._carry(self.atn.wake(self.now))
            told += self._house_says(self.scada.wake(self.now))
        self.mono_ms = round(to_s * 1000)
        return told

    def rest(self, seconds: float) -> list[Event]:
        return self.leap(self.mono_ms / 1000 + seconds)

    def _due_ms(self) -> int | None:
        return min((due_ms for due_ms in (self.atn.deadline(), self.scada.deadline()) if due_ms is not None), default=None)

    def _carry(self, effects: Sequence[Event]) -> list[Event]:
        told = list(effects)
        for effect in effects:
            if isinstance(effect, Send) and self.up and isinstance(effect.message, GwsContract | GwsCommand):
                arrived = Received("uplink", HOUSE, "", ack_required=False, message=effect.message, arrived_ms=self.now.wall_ms)
                told += self._house_says(self.scada.handle(arrived, self.now))
        return told

    def _house_says(self, effects: Sequence[Event]) -> list[Event]:
        told: list[Event] = []
        for effect in effects:
            if isinstance(effect, Send) and self.up:
                told += self.hear(effect.message)
            elif isinstance(effect, Obey):
                self.obeyed.append((effect.node, effect.value, effect.trigger))
                if self.answers:
                    done = Outcome(effect.node, effect.value, Verdict.DONE, "", effect.trigger, effect.value)
                    told += self._house_says(self.scada.handle(done, self.now))
        return told


def in_remote(mirror: Mirror | None = None, options: AtnOptions | None = None) -> Pair:
    """Ten minutes later: RemoteControl since some of them."""
    pair = Pair(options, mirror)
    pair.start()
    pair.leap(600)
    assert pair.scada.remote
    assert pair.atn.view(pair.now).mode == "RemoteControl"
    return pair


def ordered(events: Sequence[Event]) -> list[GwsCommand]:
    return [event.message for event in events if isinstance(event, Send) and isinstance(event.message, GwsCommand)]


def asked_for(events: Sequence[Event], kind: type[Message]) -> int:
    return len([event for event in events if isinstance(event, Send) and isinstance(event.message, kind)])


def notes(events: Sequence[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Note)]


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


@pytest.mark.parametrize("event", [Stopping(), LinkChanged("local", up=False, reason="")])
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
    assert atn.view(NOW).states == (StateNow("auto.h", "Heating", taken), NO_CONTRACT)
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
    assert atn.view(NOW).states == (NO_CONTRACT, StateNow("m", "B", t - 5))
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
def test_a_relay_is_sent_an_event_within_a_command(spelling: str, value: float, name: str) -> None:
    pair = in_remote()
    pair.answers = False
    (command,) = ordered(pair.tell(DispatchAsked(spelling, value)))
    message = command.event
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
    assert (command.fencing_token, command.contract_id) == (pair.scada.token, pair.scada.pacts[-1].id)
    assert pair.obeyed == [(RELAY, value, message.trigger_id)]
    assert pair.atn.view(NOW).dispatches == (Dispatch(message.trigger_id, RELAY, value, MIDNIGHT_MS, "", ""),)


def test_an_output_is_sent_a_whole_number_within_a_command() -> None:
    pair = in_remote()
    (command,) = ordered(pair.tell(DispatchAsked(OUTPUT, 45.0)))
    message = command.dispatch
    assert isinstance(message, AnalogDispatch)
    message.check()
    assert (message.to_handle, message.about_name, message.value, message.unix_time_ms) == (
        "a.a-hp-setpoint",
        "a-hp-setpoint",
        45,
        MIDNIGHT_MS,
    )
    assert [(node, value) for node, value, _ in pair.obeyed] == [(OUTPUT, 45.0)]


def test_what_was_logged_and_kept_comes_before_the_command() -> None:
    told = in_remote().tell(DispatchAsked(RELAY, 1.0))
    kinds = [type(event) for event in told]
    sends = [place for place, event in enumerate(told) if isinstance(event, Send) and isinstance(event.message, GwsCommand)]
    assert kinds[: sends[0]] == [Append, Keep]


@pytest.mark.parametrize(
    ("asked", "value", "words"),
    [
        ("a.nothing", 1.0, "d1.test.house has no node a.nothing"),
        (TANK, 1.0, "a.tank.temp0 is a TankWaterTempSensor and cannot be commanded"),
        (RELAY, 0.5, "a relay: 0 or 1"),
        (OUTPUT, 45.5, "whole numbers"),
        (OUTPUT, float("nan"), "whole numbers"),
        (OUTPUT, float("inf"), "whole numbers"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_the_reason(asked: str, value: float, words: str) -> None:
    pair = in_remote()
    told = pair.tell(DispatchAsked(asked, value))
    (text,) = notes(told)
    assert (words in text, ordered(told)) == (True, [])
    (dispatch,) = pair.atn.view(NOW).dispatches
    assert dispatch.verdict == "Refused"
    assert words in dispatch.reason


def long_unheard(pair: Pair) -> None:
    """The wire is still up; the house says nothing."""
    pair.mono_ms += 91_000


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (lambda pair: pair.cut(), "no link to the house"),
        (lambda pair: pair.house_hears(LocalControlAsked("Jo", asked=True)), "LocalControl: Jo asked for local control"),
        (lambda pair: pair.tell(ModeWished(local=True)), "LocalControl: the AtomicTNode asked for local control"),
        (lambda pair: pair.house_hears(ContractQuit("no more")), "no contract is active"),
        (long_unheard, "the SCADA has not been heard lately"),
    ],
)
def test_who_may_not_command_does_not(happens: Callable[[Pair], object], words: str) -> None:
    pair = in_remote()
    pair.rest(20)
    happens(pair)
    told = pair.tell(DispatchAsked(RELAY, 1.0))
    assert (ordered(told), pair.obeyed) == ([], [])
    (dispatch,) = pair.atn.view(pair.now).dispatches
    assert (dispatch.verdict, dispatch.trigger) == ("Refused", "")
    assert words in dispatch.reason


def test_without_a_contract_nothing_is_commanded() -> None:
    (note,) = node().handle(DispatchAsked(RELAY, 1.0), NOW)
    assert isinstance(note, Note)
    assert "no contract is active" in note.text


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
    pair = in_remote()
    pair.answers = False
    (command,) = ordered(pair.tell(DispatchAsked(RELAY, 1.0)))
    trigger = command.asked().trigger_id
    due_ms = pair.atn.deadline()
    assert due_ms is not None
    assert due_ms <= pair.mono_ms + 30_000
    pair.mono_ms += 1_000
    (text,) = notes(pair.hear(answer(trigger, verdict, reason)))
    assert verdict in text
    assert notes(pair.hear(answer(trigger, "Refused", "again"))) == []
    assert pair.atn.view(NOW).dispatches == (Dispatch(trigger, RELAY, 1.0, MIDNIGHT_MS, verdict, reason),)
    assert "NoAnswer" not in str(notes(pair.rest(60)))


def test_what_the_house_does_is_answered() -> None:
    pair = in_remote()
    pair.tell(DispatchAsked(RELAY, 1.0))
    assert [(each.node, each.verdict) for each in pair.atn.view(NOW).dispatches] == [(RELAY, "Done")]


def test_a_dispatch_without_an_answer_is_given_up() -> None:
    pair = in_remote()
    pair.answers = False
    pair.rest(10)
    pair.tell(DispatchAsked(RELAY, 1.0))
    assert notes(pair.rest(29.9)) == []
    (text,) = notes(pair.rest(0.1))
    assert "NoAnswer" in text
    assert notes(pair.rest(60)) == []
    assert pair.atn.view(NOW).dispatches[0].verdict == "NoAnswer"


def test_the_answer_to_somebody_elses_dispatch_changes_nothing() -> None:
    atn = node()
    assert [type(event) for event in atn.handle(received(answer(uuid(77))), NOW)] == [Append]
    assert atn.view(NOW).dispatches == ()


# contracts


def test_the_view_tells_mode_and_contracts() -> None:
    pair = in_remote()
    view = pair.atn.view(pair.now)
    hour_ms = 3_600_000
    assert [(known.life, known.standing, known.start_ms, known.end_ms, known.scada_wh) for known in view.contracts] == [
        ("Ending", True, MIDNIGHT_MS - 600_000, MIDNIGHT_MS, 0),
        ("Active", True, MIDNIGHT_MS, MIDNIGHT_MS + hour_ms, 0),
    ]
    assert (view.mode, view.signed) == ("RemoteControl", False)
    assert {state.machine: state.state for state in view.states}["contract"] == "Active"
    pair.house_hears(LocalControlAsked("Jo", asked=True))
    view = pair.atn.view(pair.now)
    assert (view.mode, "Jo" in view.mode_cause) == ("LocalControl", True)


def test_without_being_told_to_it_offers_nothing() -> None:
    pair = Pair(AtnOptions())
    pair.start()
    pair.leap(7_200)
    assert pair.atn.view(pair.now).contracts == ()


def test_a_contract_for_every_slot_is_offered_before_it_begins() -> None:
    pair = Pair(AtnOptions(slots_w=2000))
    pair.start()
    pair.leap(419)
    assert pair.atn.view(pair.now).contracts == ()
    pair.leap(420)  # three minutes before the hour
    (first,) = pair.atn.view(pair.now).contracts
    assert (first.start_ms, first.end_ms, first.standing) == (MIDNIGHT_MS, MIDNIGHT_MS + 3_600_000, False)
    pair.leap(600 + 3 * 3600 - 200)
    starts_ms = [known.start_ms for known in pair.atn.view(pair.now).contracts]
    assert starts_ms == [MIDNIGHT_MS + hour * 3_600_000 for hour in range(3)]


# a mirror


class Strategy:
    """Local heating as the mirror hosts it: says what it is told to say."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.say: list[Event] = []

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        self.heard.append(event)
        if isinstance(event, Latest):
            said, self.say = self.say, []
            return said
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        return ()

    def deadline(self) -> int | None:
        return None


def mirrored() -> tuple[Pair, Strategy]:
    strategy = Strategy()
    return in_remote(Mirror(house(), strategy)), strategy


def test_a_mirror_begins_with_fresh_readings_and_orders_what_the_strategy_wishes() -> None:
    pair, strategy = mirrored()
    assert strategy.heard == [Started()]
    strategy.say = [Wish(RELAY, 1, "cold")]
    told = pair.hear(snapshot({"a-tank-temp0": (pair.now.wall_ms, 20_000)}))
    assert [type(event) for event in strategy.heard] == [Started, TakesOver, Latest]
    assert len(ordered(told)) == 1
    assert [(node, value) for node, value, _ in pair.obeyed] == [(RELAY, 1)]
    strategy.say = [Wish(RELAY, 0, "warm")]
    pair.hear(SyncedReadings(channel_name_list=["a-tank-temp0"], value_list=[60_000], scada_read_time_unix_ms=pair.now.wall_ms))
    assert [value for _, value, _ in pair.obeyed] == [1, 0]


def test_fresh_readings_that_were_lost_are_asked_for_again() -> None:
    pair, strategy = mirrored()
    told = pair.rest(300)
    assert 4 <= asked_for(told, SendSnap) <= 6
    pair.hear(snapshot({}))
    assert TakesOver in [type(event) for event in strategy.heard]
    assert asked_for(pair.rest(300), SendSnap) == 0


@pytest.mark.parametrize(
    "happens",
    [
        lambda pair: pair.cut(),
        lambda pair: pair.house_hears(LocalControlAsked("Jo", asked=True)),
        lambda pair: pair.house_hears(ContractQuit("no more")),
    ],
)
def test_a_mirror_ends_with_remote_control(happens: Callable[[Pair], object]) -> None:
    pair, strategy = mirrored()
    pair.rest(20)
    pair.hear(snapshot({}))
    strategy.heard.clear()
    happens(pair)
    strategy.say = [Wish(RELAY, 1, "cold")]
    told = pair.hear(snapshot({"a-tank-temp0": (pair.now.wall_ms, 20_000)})) + pair.rest(120)
    assert (ordered(told), strategy.heard, pair.obeyed) == ([], [], [])


def test_a_mirror_begins_anew_after_an_outage_and_after_the_scada_has_started_again() -> None:
    for happens in (
        lambda pair: pair.cut() + pair.join(),
        lambda pair: pair.hear(GridworksEventStartup(message_id=uuid(4), time_created_ms=MIDNIGHT_MS, src=SCADA)),
    ):
        pair, strategy = mirrored()
        pair.hear(snapshot({}))
        strategy.heard.clear()
        assert asked_for(happens(pair), SendSnap) == 1
        pair.hear(snapshot({}))
        assert type(strategy.heard[0]) is TakesOver


def test_what_was_not_done_is_ordered_again_after_a_minute() -> None:
    pair, strategy = mirrored()
    pair.answers = False
    strategy.say = [Wish(RELAY, 1, "cold")]
    (first,) = ordered(pair.hear(snapshot({"a-tank-temp0": (pair.now.wall_ms, 20_000)})))
    pair.hear(answer(first.asked().trigger_id, "Refused", "a minimum time"))
    assert ordered(pair.rest(59.9)) == []
    (second,) = ordered(pair.rest(0.1))
    assert second.asked().trigger_id != first.asked().trigger_id
    assert ordered(pair.rest(89)) == []  # given up after half a minute, again a minute later
    assert len(ordered(pair.rest(2))) == 1


# the view


def test_the_status_is_the_view() -> None:
    atn = node()
    atn.handle(received(power(1)), NOW)
    assert atn.handle(StatusAsked(), NOW) == [atn.view(NOW)]


def test_with_an_archive_a_message_is_durable_before_it_is_acknowledged() -> None:
    atn = node(AtnOptions(archives=True))
    report = report_event(1, {})
    came = Received("uplink", SCADA, uuid(1), True, report, MIDNIGHT_MS, "a", "abc", 7)
    kept = Archive(
        Persist(HOUSE, MIDNIGHT_MS, SCADA, "a", uuid(1), report, "abc", 7),
        Send("uplink", "s", GridworksAck(ack_message_id=uuid(1)), Urgency.PLAIN, ""),
    )
    assert atn.handle(came, NOW)[-1] == kept
    assert atn.handle(came, NOW) == [kept]  # again: it is in the archive or not, who knows
    assert atn.view(NOW).reports == 1
    assert [type(effect) for effect in atn.handle(received(power(1)), NOW)] == []


def test_what_comes_again_is_acknowledged_and_changes_nothing() -> None:
    atn = node()
    problem = GridworksEventProblem(
        message_id=uuid(1), time_created_ms=MIDNIGHT_MS, src=SCADA, problem_type="warning", summary="odd", details=""
    )
    note, *first = atn.handle(received(problem, message_id=uuid(1), ack=True), NOW)
    assert isinstance(note, Note)
    again = atn.handle(received(problem, message_id=uuid(1), ack=True), NOW)
    assert sent(again) == sent(first) == [GridworksAck(ack_message_id=uuid(1))]
    assert len(atn.view(NOW).problems) == 1


def test_what_was_taken_before_the_process_began_changes_nothing() -> None:
    atn = node()
    atn.recall([uuid(5)])
    atn.recall_report(report_event(6, {}).report)
    atn.recall_report(report_event(6, {}).report)
    for number in (5, 6):
        effects = atn.handle(received(report_event(number, {}), message_id=uuid(number), ack=True), NOW)
        assert sent(effects) == [GridworksAck(ack_message_id=uuid(number))]
    assert atn.view(NOW).reports == 0


def test_identifiers_are_forgotten_when_there_are_very_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_IDS", 2)
    atn = node()
    for number in (1, 2, 3, 3, 2, 1):
        atn.handle(received(report_event(number, {}), message_id=uuid(number), ack=True), NOW)
    assert atn.view(NOW).reports == 4


def test_whoever_has_missed_something_of_the_house_is_told_again() -> None:
    ranges = [GwsSequenceRange(first=2, last=3), GwsSequenceRange(first=8, last=8)]
    asked = received(GwsResend(house=HOUSE, stream="abc", range_list=ranges), src="ear")
    assert node(AtnOptions(archives=True)).handle(asked, NOW) == [Retell("uplink", "ear", "abc", ((2, 3), (8, 8)))]
    assert node().handle(asked, NOW) == []
    other = received(GwsResend(house="other.house", stream="abc", range_list=ranges), src="ear")
    assert node(AtnOptions(archives=True)).handle(other, NOW) == []
