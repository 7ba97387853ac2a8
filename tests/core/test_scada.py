"""The SCADA as a whole: what goes in, what comes out, and what it refuses."""

from collections.abc import Sequence
from dataclasses import replace

from gw_spaceheat.core.events import (
    Command,
    DeviceLost,
    Event,
    LinkChanged,
    Note,
    Outcome,
    Readings,
    Received,
    Release,
    Send,
    Started,
    StateChanged,
    Stopping,
    Stuck,
    Urgency,
    Verdict,
    Wish,
)
from gw_spaceheat.core.scada import Scada
from gw_spaceheat.house.model import Actuator, CaptureRule, Channel, Heating, House, Node
from gw_spaceheat.messages.analog_dispatch import AnalogDispatch
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.fsm_event import FsmEvent
from gw_spaceheat.messages.glitch import Glitch
from gw_spaceheat.messages.gws_command_answer import GwsCommandAnswer
from gw_spaceheat.messages.layout_lite import LayoutLite
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.messages.send_layout import SendLayout
from gw_spaceheat.messages.send_snap import SendSnap
from gw_spaceheat.messages.snapshot_spaceheat import SnapshotSpaceheat
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import Moment
from gw_spaceheat.vocabulary.roles import ActorClass, Role
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.houses import bare_house

START = 1_700_000_100_000
TRIGGER = "11111111-1111-4111-8111-111111111111"


class Scripted:
    """A deciding part that says what it is told to say, and remembers what it heard."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.say: list[Event] = []

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        self.heard.append(event)
        said, self.say = self.say, []
        return said

    def wake(self, now: Moment) -> Sequence[Event]:
        return ()

    def deadline(self) -> int | None:
        return None


def house() -> House:
    minute = CaptureRule(poll_s=60, period_s=60, delta=None)

    def channel(name: str, about: str, by: str, telemetry: TelemetryName, metered: bool = False) -> Channel:
        return Channel(name=name, about=about, captured_by=by, telemetry=telemetry, capture=minute, in_power_metering=metered)

    nodes = [
        Node(alias="a", role=Role.AtomicTNode, actor=ActorClass.AtomicTNode),
        Node(alias="a.s", role=Role.Scada, actor=ActorClass.Scada),
        Node(alias="a.m", role=Role.PowerMeter, actor=ActorClass.PowerMeter),
        Node(alias="a.elt", role=Role.BoostElement, nameplate_w=4500),
        Node(alias="a.elt.relay", role=Role.BooleanActuator, actor=ActorClass.BooleanActuator, actuator=Actuator()),
        Node(alias="a.tank", role=Role.BufferTank),
        Node(alias="a.tank.temp0", role=Role.TankWaterTempSensor, actor=ActorClass.SimpleSensor),
    ]
    channels = [
        channel("a-elt-pwr", "a.elt", "a.m", TelemetryName.PowerW, metered=True),
        channel("a-elt-relay", "a.elt.relay", "a.elt.relay", TelemetryName.RelayState),
        channel("a-tank-temp0", "a.tank.temp0", "a.tank.temp0", TelemetryName.WaterTempCTimes1000),
    ]
    bare = bare_house()
    heating = Heating(strategy="x", parameters={}, curve=bare.heating.curve, buffer=("a-tank-temp0",), boost=("a.elt.relay",))
    return replace(
        bare,
        nodes={node.alias: node for node in nodes},
        channels={channel.name: channel for channel in channels},
        heating=heating,
    )


class Bench:
    """A SCADA on a bench, with scripted parts."""

    def __init__(self) -> None:
        self.heating, self.safety = Scripted(), Scripted()
        self.scada = Scada(house(), self.heating, self.safety, IdSource(b"bench"))
        self.mono_ms = 0

    @property
    def now(self) -> Moment:
        return Moment(self.mono_ms, START + self.mono_ms)

    def tell(self, event: Event) -> list[Event]:
        return list(self.scada.handle(event, self.now))

    def leap(self, to_s: float) -> list[Event]:
        """Let time pass, waking it whenever it wants."""
        told: list[Event] = []
        while (due_ms := self.scada.deadline()) is not None and due_ms <= to_s * 1000:
            self.mono_ms = max(due_ms, self.mono_ms)
            told += self.scada.wake(self.now)
        self.mono_ms = round(to_s * 1000)
        return told

    def receive(self, message: Message, src: str = "d1.test.house") -> list[Event]:
        return self.tell(Received("uplink", src, "", False, message, self.now.wall_ms))

    def read_tank(self, celsius: float | None) -> list[Event]:
        return self.tell(Readings("a.tank.temp0", self.now.wall_ms, ("a-tank-temp0",), (celsius,)))


def sent(events: Sequence[Event], kind: type) -> list:
    return [event.message for event in events if isinstance(event, Send) and isinstance(event.message, kind)]


def dispatch(name: str = "CloseRelay", to: str = "a-elt-relay", sent_ms: int = START) -> FsmEvent:
    return FsmEvent(
        from_handle="a",
        to_handle=f"a.{to}",
        event_type="change.relay.state",
        event_name=name,
        trigger_id=TRIGGER,
        send_time_unix_ms=sent_ms,
    )


def analog(name: str, value: int) -> AnalogDispatch:
    return AnalogDispatch(
        from_handle="a", to_handle=f"a.{name}", about_name=name, value=value, trigger_id=TRIGGER, unix_time_ms=START
    )


def test_a_report_per_slot_with_every_reading_at_the_time_it_was_taken() -> None:
    bench = Bench()
    bench.tell(Started())
    told = []
    for minute in range(12):
        told += bench.leap(minute * 60)
        told += bench.read_tank(50 + minute / 10)
    reports = [message.report for message in sent(told, ReportEvent)]
    assert [report.slot_start_unix_s - START // 1000 for report in reports] == [0, 300]
    first = reports[0].channel_reading_list[0]
    assert (first.channel_name, list(first.value_list)) == ("a-tank-temp0", [50000, 50100, 50200, 50300, 50400])
    assert [(taken - START) / 60_000 for taken in first.scada_read_time_unix_ms_list] == [0, 1, 2, 3, 4]
    assert len({report.id for report in reports}) == 2
    assert all(
        event.urgency is Urgency.EVENT for event in told if isinstance(event, Send) and isinstance(event.message, ReportEvent)
    )


def test_an_empty_slot_is_reported_too() -> None:
    bench = Bench()
    bench.tell(Started())
    reports = sent(bench.leap(1000), ReportEvent)
    assert [message.report.slot_start_unix_s - START // 1000 for message in reports] == [0, 300, 600]


def test_power_on_change_goes_at_once_and_never_into_the_outbox() -> None:
    bench = Bench()
    bench.tell(Started())
    told = []
    for watts in (0.0, 89.0, 4500.0, 4420.0, None, 0.0):
        told += bench.tell(Readings("a.m", bench.now.wall_ms, ("a-elt-pwr",), (watts,)))
    assert [message.watts for message in sent(told, PowerWatts)] == [0, 4500, 0]
    assert {event.urgency for event in told if isinstance(event, Send) and isinstance(event.message, PowerWatts)} == {
        Urgency.NOW
    }


def test_a_snapshot_on_request_then_for_five_minutes_and_no_longer() -> None:
    bench = Bench()
    bench.tell(Started())
    bench.read_tank(50.0)
    (snapshot,) = sent(bench.receive(SendSnap(from_g_node_alias="d1.test.house")), SnapshotSpaceheat)
    assert [(reading.channel_name, reading.value) for reading in snapshot.latest_reading_list] == [("a-tank-temp0", 50000)]
    later = []
    for minute in range(1, 15):
        later += bench.leap(minute * 60)
        later += bench.read_tank(50.0)
    assert len(sent(later, SnapshotSpaceheat)) == 10


def test_the_layout_at_start_and_on_request() -> None:
    bench = Bench()
    bench.tell(Started())
    (layout,) = sent(bench.tell(LinkChanged("uplink", True, "")), LayoutLite)
    assert {channel.name for channel in layout.data_channels} == {"a-elt-pwr", "a-elt-relay", "a-tank-temp0"}
    request = SendLayout(from_g_node_alias="d1.test.house", message_created_ms=START)
    assert len(sent(bench.receive(request), LayoutLite)) == 1


def test_a_sensor_that_goes_stale_is_told_once_and_once_when_it_is_back() -> None:
    bench = Bench()
    bench.tell(Started())
    bench.read_tank(50.0)
    gone = [glitch for glitch in sent(bench.leap(900), Glitch) if glitch.node == "a-tank-temp0"]
    back = [glitch for glitch in sent(bench.read_tank(50.0), Glitch) if glitch.node == "a-tank-temp0"]
    assert [glitch.type for glitch in gone + back] == ["Warning", "Info"]
    assert "a-tank-temp0: missing" in gone[0].summary


def test_what_its_actor_says_of_a_device_is_told_and_heating_thinks_again() -> None:
    bench = Bench()
    bench.tell(Started())
    bench.read_tank(50.0)
    bench.heating.heard.clear()
    told = bench.tell(DeviceLost("a.tank.temp0", "CRC says NO; check the wiring", ("a-tank-temp0",)))
    assert [glitch.details for glitch in sent(told, Glitch)] == ["CRC says NO; check the wiring"]
    assert len(bench.heating.heard) == 1
    assert bench.tell(DeviceLost("a.tank.temp0", "again", ("a-tank-temp0",))) == []


def test_wishes_become_commands_and_outcomes_reach_the_report() -> None:
    bench = Bench()
    bench.tell(Started())
    bench.heating.say = [Wish("a.elt.relay", 1, "cold"), StateChanged("heating", "BoostOn"), Note("info", "x")]
    told = bench.read_tank(20.0)
    (command,) = [event for event in told if isinstance(event, Command)]
    assert (command.node, command.value, command.reason) == ("a.elt.relay", 1, "cold")
    bench.tell(Outcome("a.elt.relay", 1, Verdict.DONE, "", command.trigger, 1.0))
    (message,) = sent(bench.leap(301), ReportEvent)
    assert [(s.machine_handle, list(s.state_list)) for s in message.report.state_list] == [
        ("auto.h", ["BoostOn"]),
        ("a-elt-relay", ["RelayClosed"]),
    ]
    assert [report.trigger_id for report in message.report.fsm_report_list] == [command.trigger]


def test_safety_comes_first() -> None:
    bench = Bench()
    bench.tell(Started())
    bench.heating.say = [Wish("a.elt.relay", 1, "cold")]
    bench.safety.say = [Wish("a.elt.relay", 0, "too hot")]
    told = bench.read_tank(99.0)
    assert [event.value for event in told if isinstance(event, Command)] == [0]
    bench.safety.say = [Release("a.elt.relay")]
    assert [event.value for event in bench.read_tank(80.0) if isinstance(event, Command)] == [1]


def test_a_dispatch_is_done_and_answered() -> None:
    bench = Bench()
    bench.tell(Started())
    told = bench.receive(dispatch())
    (command,) = [event for event in told if isinstance(event, Command)]
    assert (command.node, command.value, command.trigger) == ("a.elt.relay", 1, TRIGGER)
    (answer,) = sent(bench.tell(Outcome("a.elt.relay", 1, Verdict.DONE, "", TRIGGER, 1.0)), GwsCommandAnswer)
    assert (answer.verdict, answer.trigger_id, answer.read_back) == ("Done", TRIGGER, 1.0)


def test_every_refusal_is_an_answer_with_its_reason() -> None:
    for wrong, word in (
        (dispatch(to="a-nobody"), "no actuator"),
        (dispatch(name="Explode"), "not understood"),
        (dispatch(sent_ms=START - 3_600_000), "3600 s ago"),
        (dispatch(to="a-tank"), "no actuator"),
        (analog("a-elt-relay", 1), "is a relay"),
    ):
        bench = Bench()
        bench.tell(Started())
        told = bench.receive(wrong)
        (answer,) = sent(told, GwsCommandAnswer)
        assert answer.verdict == "Refused"
        assert word in answer.reason
        assert not [event for event in told if isinstance(event, Command)]


def test_a_dispatch_delivered_again_is_not_done_again() -> None:
    bench = Bench()
    bench.tell(Started())
    assert [event.value for event in bench.receive(dispatch()) if isinstance(event, Command)] == [1]
    bench.tell(Outcome("a.elt.relay", 1, Verdict.DONE, "", TRIGGER, 1.0))
    assert bench.receive(dispatch()) == []


def test_a_dispatch_that_nobody_answers_is_answered_as_failed() -> None:
    bench = Bench()
    bench.tell(Started())
    bench.receive(dispatch())
    (answer,) = sent(bench.leap(60), GwsCommandAnswer)
    assert (answer.verdict, answer.trigger_id, "no answer" in answer.reason) == ("DeviceFailed", TRIGGER, True)


def test_an_actuator_that_fails_all_day_is_told_once() -> None:
    bench = Bench()
    bench.tell(Started())
    bench.heating.say = [Wish("a.elt.relay", 1, "cold")]
    told = bench.read_tank(20.0)
    glitches = []
    for minute in range(1, 24 * 60):
        glitches += [glitch for glitch in sent(told, Glitch) if glitch.node == "a-elt-relay" and "obey" in glitch.summary]
        failed = [event for event in told if isinstance(event, Command)]
        told = bench.leap(minute * 60)
        for command in failed:
            told += bench.tell(Outcome("a.elt.relay", 1, Verdict.DEVICE_FAILED, "no answer", command.trigger, None))
    assert [glitch.type for glitch in glitches] == ["Warning"]


def test_readings_that_the_house_knows_nothing_of_are_ignored_and_told() -> None:
    bench = Bench()
    bench.tell(Started())
    for stranger in (Readings("a.nobody", START, ("a-tank-temp0",), (1.0,)), Readings("a.m", START, ("what",), (1.0,))):
        assert [type(event) for event in bench.tell(stranger)] == [Note]
    bench.leap(1000)


def test_readings_that_come_late_are_in_the_slot_in_which_they_were_taken() -> None:
    bench = Bench()
    bench.tell(Started())
    bench.mono_ms = 1_300_000
    for second in range(0, 1_300, 60):
        bench.tell(Readings("a.tank.temp0", START + second * 1000, ("a-tank-temp0",), (50.0,)))
    reports = [message.report for message in sent(bench.scada.wake(bench.now), ReportEvent)]
    assert [report.slot_start_unix_s - START // 1000 for report in reports] == [0, 300, 600, 900]
    for report in reports:
        (readings,) = report.channel_reading_list
        slots = {taken // 300_000 * 300 for taken in readings.scada_read_time_unix_ms_list}
        assert slots == {report.slot_start_unix_s}


def test_strangers_are_ignored() -> None:
    bench = Bench()
    bench.tell(Started())
    told = bench.receive(dispatch(), src="d1.other.house")
    assert [type(event) for event in told] == [Note]


def test_a_stuck_actor_is_told_and_its_channels_are_missing() -> None:
    bench = Bench()
    bench.tell(Started())
    bench.read_tank(50.0)
    told = bench.tell(Stuck("a.tank.temp0", "inside a call for 12 s", back=False))
    assert [glitch.type for glitch in sent(told, Glitch)] == ["Error", "Warning"]
    told = bench.tell(Stuck("a.tank.temp0", "", back=True))
    assert [glitch.type for glitch in sent(told, Glitch)] == ["Info"]


def test_it_reports_what_it_has_and_says_so_when_it_stops() -> None:
    bench = Bench()
    bench.tell(Started())
    bench.read_tank(50.0)
    told = bench.tell(Stopping())
    assert [event.message.type_name() for event in told if isinstance(event, Send)] == [
        "report.event",
        "gridworks.event.shutdown",
    ]
    (report,) = [message.report for message in sent(told, ReportEvent)]
    assert [readings.channel_name for readings in report.channel_reading_list] == ["a-tank-temp0"]
    assert (bench.tell(Stopping()), bench.scada.deadline()) == ([], None)
