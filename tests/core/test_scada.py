"""The SCADA as a whole: what goes in, what comes out, who commands, and what it refuses."""

from collections.abc import Callable

import msgspec
import pytest

from gw_spaceheat.core.events import (
    Append,
    Authority,
    Command,
    ContractQuit,
    DeviceLost,
    Event,
    Gate,
    HumanSets,
    Keep,
    Latest,
    LeaseChanged,
    LinkChanged,
    LocalControlAsked,
    ModeChanged,
    Note,
    Outcome,
    Readings,
    Release,
    Send,
    StandingReleased,
    Started,
    StateChanged,
    Stopping,
    Stuck,
    TakesOver,
    Urgency,
    Verdict,
    Wish,
)
from gw_spaceheat.core.scada import ScadaOptions
from gw_spaceheat.messages.analog_dispatch import AnalogDispatch
from gw_spaceheat.messages.fsm_event import FsmEvent
from gw_spaceheat.messages.glitch import Glitch
from gw_spaceheat.messages.gridworks_event_shutdown import GridworksEventShutdown
from gw_spaceheat.messages.gridworks_event_startup import GridworksEventStartup
from gw_spaceheat.messages.gws_command_answer import GwsCommandAnswer
from gw_spaceheat.messages.gws_completeness import GwsCompleteness
from gw_spaceheat.messages.layout_lite import LayoutLite
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.messages.send_layout import SendLayout
from gw_spaceheat.messages.send_snap import SendSnap
from gw_spaceheat.messages.snapshot_spaceheat import SnapshotSpaceheat
from gw_spaceheat.messages.synced_readings import SyncedReadings
from tests.core.bench import (
    RELAY,
    SOURCE,
    SPARED,
    START,
    TRIGGER,
    Bench,
    analog,
    commands,
    dispatch,
    on_the_bus,
    sent,
)

OPEN = ScadaOptions(always_report=True)


def started(options: ScadaOptions | None = OPEN) -> Bench:
    """A SCADA without a contract."""
    bench = Bench(options)
    bench.tell(Started())
    return bench


def in_remote() -> Bench:
    """In RemoteControl, with minimum times for the source."""
    bench = Bench(spared=SPARED)
    bench.tell(Started())
    bench.remote()
    bench.leap(310)  # a source counts as just switched when the process starts
    return bench


def test_a_report_per_slot_with_every_reading_at_the_time_it_was_taken() -> None:
    bench = started()
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
    assert {
        (event.link, event.urgency) for event in told if isinstance(event, Send) and isinstance(event.message, ReportEvent)
    } == {("uplink", Urgency.HELD), ("local", Urgency.PLAIN)}
    assert [message.report for message in on_the_bus(told)] == reports


def test_an_empty_slot_is_reported_too() -> None:
    bench = started()
    reports = sent(bench.leap(1000), ReportEvent)
    assert [message.report.slot_start_unix_s - START // 1000 for message in reports] == [0, 300, 600]


def test_power_on_change_goes_at_once_and_never_into_the_outbox() -> None:
    bench = started()
    told = []
    for watts in (0.0, 89.0, 4500.0, 4420.0, None, 0.0):
        told += bench.tell(Readings("a.m", bench.now.wall_ms, ("a-elt-pwr",), (watts,)))
    assert [message.watts for message in sent(told, PowerWatts)] == [0, 4500, 0]
    assert {event.urgency for event in told if isinstance(event, Send) and isinstance(event.message, PowerWatts)} == {
        Urgency.NOW
    }


def test_a_snapshot_on_request_then_for_five_minutes_and_no_longer() -> None:
    bench = started()
    bench.read_tank(50.0)
    (snapshot,) = sent(bench.receive(SendSnap(from_g_node_alias="d1.test.house")), SnapshotSpaceheat)
    assert [(reading.channel_name, reading.value) for reading in snapshot.latest_reading_list] == [("a-tank-temp0", 50000)]
    later = []
    for minute in range(1, 15):
        later += bench.leap(minute * 60)
        later += bench.read_tank(50.0)
    assert len(sent(later, SnapshotSpaceheat)) == 10


def test_the_layout_at_start_and_on_request() -> None:
    bench = started()
    (layout,) = sent(bench.tell(LinkChanged("uplink", True, "")), LayoutLite)
    assert {channel.name for channel in layout.data_channels} == {"a-elt-pwr", "a-elt-relay", "a-tank-temp0"}
    request = SendLayout(from_g_node_alias="d1.test.house", message_created_ms=START)
    assert len(sent(bench.receive(request), LayoutLite)) == 1


def test_a_sensor_that_goes_stale_is_told_once_and_once_when_it_is_back() -> None:
    bench = started()
    bench.read_tank(50.0)
    gone = [glitch for glitch in sent(bench.leap(900), Glitch) if glitch.node == "a-tank-temp0"]
    back = [glitch for glitch in sent(bench.read_tank(50.0), Glitch) if glitch.node == "a-tank-temp0"]
    assert [glitch.type for glitch in gone + back] == ["Warning", "Info"]
    assert "a-tank-temp0: missing" in gone[0].summary


def test_what_its_actor_says_of_a_device_is_told_and_heating_thinks_again() -> None:
    bench = started()
    bench.read_tank(50.0)
    bench.heating.heard.clear()
    told = bench.tell(DeviceLost("a.tank.temp0", "CRC says NO; check the wiring", ("a-tank-temp0",)))
    assert [glitch.details for glitch in sent(told, Glitch)] == ["CRC says NO; check the wiring"]
    assert len(bench.heating.heard) == 1
    assert bench.tell(DeviceLost("a.tank.temp0", "again", ("a-tank-temp0",))) == []


def test_wishes_become_commands_and_outcomes_reach_the_report() -> None:
    bench = started()
    bench.heating.say = [Wish("a.elt.relay", 1, "cold"), StateChanged("heating", "BoostOn"), Note("info", "x")]
    told = bench.read_tank(20.0)
    (command,) = [event for event in told if isinstance(event, Command)]
    assert (command.node, command.value, command.reason) == ("a.elt.relay", 1, "cold")
    bench.tell(Outcome("a.elt.relay", 1, Verdict.DONE, "", command.trigger, 1.0))
    (message,) = sent(bench.leap(301), ReportEvent)
    assert [(s.machine_handle, list(s.state_list)) for s in message.report.state_list] == [
        ("auto.h.contract", ["NoContract"]),
        ("auto.h", ["BoostOn"]),
        ("a-elt-relay", ["RelayClosed"]),
    ]
    assert [report.trigger_id for report in message.report.fsm_report_list] == [command.trigger]


def test_safety_comes_first() -> None:
    bench = started()
    bench.heating.say = [Wish("a.elt.relay", 1, "cold")]
    bench.safety.say = [Wish("a.elt.relay", 0, "too hot")]
    told = bench.read_tank(99.0)
    assert [event.value for event in told if isinstance(event, Command)] == [0]
    bench.safety.say = [Release("a.elt.relay")]
    assert [event.value for event in bench.read_tank(80.0) if isinstance(event, Command)] == [1]


def test_an_actuator_that_fails_all_day_is_told_once() -> None:
    bench = started()
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
    bench = started()
    for stranger in (Readings("a.nobody", START, ("a-tank-temp0",), (1.0,)), Readings("a.m", START, ("what",), (1.0,))):
        assert [type(event) for event in bench.tell(stranger)] == [Note]
    bench.leap(1000)


def test_readings_that_come_late_are_in_the_slot_in_which_they_were_taken() -> None:
    bench = started()
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
    bench = started()
    told = bench.receive(dispatch(), src="d1.other.house")
    assert [type(event) for event in told] == [Note]
    bench = in_remote()
    command = bench.command(dispatch())
    assert [type(event) for event in bench.receive(command, src="d1.other.house")] == [Note]
    assert commands(bench.receive(command)) == [(RELAY, 1, "remote")]


def test_a_stuck_actor_is_told_and_its_channels_are_missing() -> None:
    bench = started()
    bench.read_tank(50.0)
    told = bench.tell(Stuck("a.tank.temp0", "inside a call for 12 s", back=False))
    assert [glitch.type for glitch in sent(told, Glitch)] == ["Error", "Warning"]
    told = bench.tell(Stuck("a.tank.temp0", "", back=True))
    assert [glitch.type for glitch in sent(told, Glitch)] == ["Info"]


def test_it_reports_what_it_has_and_says_so_when_it_stops() -> None:
    bench = started()
    bench.read_tank(50.0)
    told = bench.tell(Stopping())
    assert [(event.link, event.message.type_name()) for event in told if isinstance(event, Send)] == [
        ("local", "report.event"),
        ("uplink", "report.event"),
        ("uplink", "gridworks.event.shutdown"),
    ]
    (report,) = [message.report for message in sent(told, ReportEvent)]
    assert [readings.channel_name for readings in report.channel_reading_list] == ["a-tank-temp0"]
    assert (bench.tell(Stopping()), bench.scada.deadline()) == ([], None)


# what goes up, and when


def slots(reports: list[ReportEvent]) -> list[int]:
    """When they begin, seconds after the start."""
    return [message.report.slot_start_unix_s - START // 1000 for message in reports]


def gate(events: list[Event]) -> list[bool]:
    """How the uplink's gate was set."""
    return [event.is_open for event in events if isinstance(event, Gate)]


def test_without_a_contract_reports_and_problems_are_held_and_the_gate_opens_when_remote_control_begins() -> None:
    bench = Bench(None)
    assert gate(bench.tell(Started())) == [False]
    told = bench.leap(1_250)
    assert slots(on_the_bus(told)) == slots(sent(told, ReportEvent)) == [0, 300, 600, 900]
    held = [event for event in told if isinstance(event, Send) and isinstance(event.message, ReportEvent | Glitch)]
    assert {event.urgency for event in held if event.link == "uplink"} == {Urgency.HELD}
    begins = bench.remote()
    assert gate(begins) == [True]
    (mode,) = [place for place, event in enumerate(begins) if isinstance(event, ModeChanged) and event.remote]
    assert isinstance(begins[mode + 1], Gate)


def test_the_gate_shuts_when_remote_control_ends_and_opens_again_with_it() -> None:
    bench = in_remote()
    assert gate(bench.rest(600)) == []
    assert gate(bench.tell(LocalControlAsked("Jo", asked=True))) == [False]
    assert len(sent(bench.rest(600), ReportEvent)) == 2
    bench.tell(LocalControlAsked("Jo", asked=False))
    assert gate(bench.rest(120)) == [True]


def test_who_always_reports_reports_at_once() -> None:
    bench = Bench(OPEN)
    assert gate(bench.tell(Started())) == [True]
    told = bench.leap(1_000)
    assert sent(told, ReportEvent) == on_the_bus(told)
    assert len(sent(told, ReportEvent)) == 3


def test_power_and_what_is_commanded_by_go_up_at_once_in_remote_control_only() -> None:
    power = Readings("a.m", START, ("a-elt-pwr",), (4500.0,))
    bench = started(None)
    assert sent(bench.tell(power) + bench.read_tank(50.0), PowerWatts) == []
    bench.remote()
    later = Readings("a.m", bench.now.wall_ms, ("a-elt-pwr",), (0.0,))
    told = bench.tell(later) + bench.read_tank(51.0)
    assert [message.watts for message in sent(told, PowerWatts)] == [0]
    (shown,) = sent(told, SyncedReadings)
    assert (list(shown.channel_name_list), list(shown.value_list)) == (["a-tank-temp0"], [51_000])
    assert {event.urgency for event in told if isinstance(event, Send)} == {Urgency.NOW}
    bench.tell(LocalControlAsked("Jo", asked=True))
    assert sent(bench.read_tank(52.0), SyncedReadings) == []


def test_power_that_changed_meanwhile_is_told_when_remote_control_begins() -> None:
    bench = in_remote()

    def meter(watts: float) -> list[Event]:
        return bench.tell(Readings("a.m", bench.now.wall_ms, ("a-elt-pwr",), (watts,)))

    assert [message.watts for message in sent(meter(4500.0), PowerWatts)] == [4500]
    bench.tell(LocalControlAsked("Jo", asked=True))
    assert sent(meter(0.0), PowerWatts) == []
    told = bench.tell(LocalControlAsked("Jo", asked=False)) + bench.rest(120)
    assert [message.watts for message in sent(told, PowerWatts)] == [0]


def test_a_start_is_told_whether_or_not_there_is_a_contract() -> None:
    assert len(sent(Bench().tell(Started()), GridworksEventStartup)) == 1


# commands of the AtomicTNode


def test_a_command_is_done_and_answered_with_its_number() -> None:
    bench = in_remote()
    asked = bench.command(dispatch())
    (command,) = [event for event in bench.receive(asked) if isinstance(event, Command)]
    assert (command.node, command.value, command.trigger, command.by) == (RELAY, 1, TRIGGER, Authority.REMOTE)
    assert command.token == asked.fencing_token
    (answer,) = sent(bench.done(command), GwsCommandAnswer)
    assert (answer.verdict, answer.trigger_id, answer.read_back, answer.sequence) == ("Done", TRIGGER, 1.0, asked.sequence)


def test_what_must_be_durable_comes_before_the_command_that_it_is_about() -> None:
    bench = in_remote()
    told = bench.receive(bench.command(dispatch()))
    (place,) = [place for place, event in enumerate(told) if isinstance(event, Command)]
    kinds = [type(event) for event in told]
    assert Keep in kinds[:place]
    lines = [event.line for event in told[:place] if isinstance(event, Append)]
    assert [line for line in lines if '"command"' in line and TRIGGER in line]
    assert [line for line in lines if '"given"' in line and TRIGGER in line]
    assert bench.kept is not None
    assert bench.kept.pacts[-1].last_sequence == 1
    assert [taken.trigger for taken in bench.kept.taken] == [TRIGGER]


def test_every_command_of_whomever_stands_in_the_log_first() -> None:
    bench = started()
    bench.heating.say = [Wish(RELAY, 1, "cold")]
    told = bench.read_tank(20.0)
    kinds = [type(event) for event in told if isinstance(event, Append | Command)]
    assert kinds == [Append, Command]


def without_contract(_bench: Bench) -> None: ...


def in_local_control(bench: Bench) -> None:
    bench.remote()
    bench.tell(LocalControlAsked("Jo", asked=True))


def under_a_person(bench: Bench) -> None:
    bench.remote()
    bench.take()


@pytest.mark.parametrize(
    ("before", "message", "word"),
    [
        (without_contract, dispatch(), "send it within a gws.command"),
        (without_contract, analog("a-elt-relay", 1), "send it within a gws.command"),
        (in_local_control, dispatch(), "send it within a gws.command"),
        (under_a_person, dispatch(), "send it within a gws.command"),
    ],
)
def test_a_bare_command_is_refused(before: Callable[[Bench], None], message: FsmEvent | AnalogDispatch, word: str) -> None:
    bench = started(None)
    before(bench)
    told = bench.receive(message)
    (answer,) = sent(told, GwsCommandAnswer)
    assert (answer.verdict, commands(told)) == ("Refused", [])
    assert word in answer.reason


@pytest.mark.parametrize(
    ("to", "name", "word"),
    [
        ("a-nobody", "CloseRelay", "no actuator"),
        ("a-elt-relay", "Explode", "not understood"),
        ("a-tank", "OpenRelay", "no actuator"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(to: str, name: str, word: str) -> None:
    told = in_remote().order(name, to)
    (answer,) = sent(told, GwsCommandAnswer)
    assert (answer.verdict, commands(told)) == ("Refused", [])
    assert word in answer.reason


def test_an_output_that_is_a_relay_is_refused() -> None:
    bench = in_remote()
    (answer,) = sent(bench.receive(bench.command(analog("a-elt-relay", 1))), GwsCommandAnswer)
    assert (answer.verdict, "is a relay" in answer.reason) == ("Refused", True)


def quits(bench: Bench) -> None:
    bench.tell(ContractQuit("no more"))


def is_asked_away_and_back(bench: Bench) -> None:
    bench.tell(LocalControlAsked("Jo", asked=True))
    bench.tell(LocalControlAsked("Jo", asked=False))
    bench.rest(130)


def is_taken(bench: Bench) -> None:
    bench.take()


def is_taken_and_released(bench: Bench) -> None:
    bench.take()
    bench.release()


def goes_local(bench: Bench) -> None:
    bench.tell(LocalControlAsked("Jo", asked=True))


def gets_old(bench: Bench) -> None:
    bench.cut()
    bench.rest(59)
    bench.rest(40)
    bench.join()
    bench.rest(130)


@pytest.mark.parametrize(
    ("happens", "word"),
    [
        (quits, "is not active here"),
        (is_asked_away_and_back, "it was given under token 2; now it is 4"),
        (is_taken, "a person at the house has taken command"),
        (is_taken_and_released, "the hold time runs"),
        (goes_local, "Jo asked for local control"),
        (gets_old, "token"),
    ],
)
def test_a_command_on_its_way_while_the_lease_ends_is_refused(happens: Callable[[Bench], None], word: str) -> None:
    bench = in_remote()
    command = bench.command(dispatch())
    happens(bench)
    told = bench.receive(command)
    (answer,) = sent(told, GwsCommandAnswer)
    assert (answer.verdict, commands(told)) == ("Refused", [])
    assert word in answer.reason


def test_a_command_that_was_long_on_its_way_is_refused() -> None:
    bench = in_remote()
    command = bench.command(dispatch())
    bench.rest(151)
    (answer,) = sent(bench.receive(command), GwsCommandAnswer)
    assert (answer.verdict, bench.scada.deadline() is None) == ("Refused", False)
    assert "old" in answer.reason or "ago" in answer.reason


def test_a_repeated_command_gets_the_same_answer_and_nothing_is_done() -> None:
    bench = in_remote()
    command = bench.command(dispatch())
    (given,) = [event for event in bench.receive(command) if isinstance(event, Command)]
    assert commands(bench.receive(command)) == []
    (answer,) = sent(bench.done(given), GwsCommandAnswer)
    told = bench.receive(command)
    assert (sent(told, GwsCommandAnswer), commands(told)) == ([answer], [])
    bench.tell(LocalControlAsked("Jo", asked=True))  # also when it could not be given any more
    told = bench.receive(command)
    assert (sent(told, GwsCommandAnswer), commands(told)) == ([answer], [])


def test_a_number_that_was_taken_cannot_be_taken_for_another_command() -> None:
    bench = in_remote()
    command = bench.command(dispatch())
    bench.receive(command)
    forged = msgspec.structs.replace(command, event=dispatch("OpenRelay", trigger=TRIGGER.replace("1", "2")))
    told = bench.receive(forged)
    (answer,) = sent(told, GwsCommandAnswer)
    assert (answer.verdict, commands(told)) == ("Refused", [])


def test_a_command_that_no_actuator_answers_is_answered_as_failed() -> None:
    bench = in_remote()
    asked = bench.command(dispatch())
    bench.receive(asked)
    (answer, *_) = sent(bench.rest(60), GwsCommandAnswer)
    assert (answer.verdict, answer.trigger_id, answer.sequence) == ("DeviceFailed", TRIGGER, asked.sequence)
    assert "no answer" in answer.reason


def test_a_command_before_its_minimum_time_waits_or_is_refused_if_it_cannot_wait_so_long() -> None:
    bench = in_remote()
    began_s = bench.mono_ms / 1000
    (start,) = [event for event in bench.order("CloseRelay", "a-hp-relay") if isinstance(event, Command)]
    bench.done(start)
    told = bench.order("OpenRelay", "a-hp-relay", TRIGGER.replace("1", "2"))
    (answer,) = sent(told, GwsCommandAnswer)
    assert (answer.verdict, commands(told)) == ("Refused", [])
    assert "a minimum time holds it back for 600 s more" in answer.reason
    bench.leap(began_s + 570)
    assert commands(bench.order("OpenRelay", "a-hp-relay", TRIGGER.replace("1", "3"))) == []
    assert commands(bench.leap(began_s + 599)) == []
    told = bench.leap(began_s + 600)
    assert commands(told) == [(SOURCE, 0, "remote")]
    (stop,) = [event for event in told if isinstance(event, Command)]
    (answer,) = sent(bench.done(stop), GwsCommandAnswer)
    assert (answer.verdict, answer.trigger_id) == ("Done", TRIGGER.replace("1", "3"))


def test_an_order_that_waited_for_a_minimum_time_is_answered_when_it_comes_to_nothing() -> None:
    def waiting() -> Bench:
        bench = in_remote()
        bench.obeys = True
        bench.order("CloseRelay", "a-hp-relay")
        bench.rest(570)
        assert sent(bench.order("OpenRelay", "a-hp-relay", TRIGGER.replace("1", "2")), GwsCommandAnswer) == []
        return bench

    for happens, word in (
        (lambda bench: bench.order("CloseRelay", "a-hp-relay", TRIGGER.replace("1", "3")), "another command overtook it"),
        (lambda bench: bench.order("OpenRelay", "a-hp-relay", TRIGGER.replace("1", "3")), "another command overtook it"),
        (lambda bench: bench.tell(LocalControlAsked("Jo", asked=True)), "local commands now"),
        (lambda bench: bench.take(), "human commands now"),
    ):
        told = happens(waiting())
        answers = [answer for answer in sent(told, GwsCommandAnswer) if answer.trigger_id == TRIGGER.replace("1", "2")]
        assert [answer.verdict for answer in answers] == ["Refused"]
        assert word in answers[0].reason


# who heats


def test_local_heating_is_neither_asked_nor_commands_while_another_has_the_lease() -> None:
    for takes in (Bench.remote, Bench.take):
        bench = started(None)
        takes(bench)
        bench.heating.heard.clear()
        woken = bench.heating.woken
        bench.heating.say = [Wish(RELAY, 1, "cold")]
        bench.heating.due = bench.mono_ms
        told = bench.read_tank(20.0) + bench.rest(60) + bench.read_tank(19.0)
        assert (bench.heating.heard, bench.heating.woken, commands(told)) == ([], woken, [])
        assert bench.safety.heard


def test_local_heating_takes_over_as_found_the_moment_the_lease_is_local_again() -> None:
    bench = in_remote()
    bench.obeys = True
    bench.order()
    bench.heating.heard.clear()
    bench.read_tank(20.0)
    told = bench.tell(LocalControlAsked("Jo", asked=True))
    assert commands(told) == []
    took, looked = bench.heating.heard
    assert took == TakesOver({RELAY: 1.0, SOURCE: None})
    assert isinstance(looked, Latest)
    assert looked.values["a-tank-temp0"] == 20.0
    bench.heating.say = [Wish(RELAY, 1, "cold too")]
    assert commands(bench.read_tank(20.0)) == []  # nothing twice
    bench.heating.say = [Wish(RELAY, 0, "warm")]
    assert commands(bench.read_tank(60.0)) == [(RELAY, 0, "local")]


def test_what_heating_wishes_as_it_takes_over_is_commanded_at_once() -> None:
    bench = in_remote()
    bench.heating.say = [Wish(RELAY, 1, "cold")]
    told = bench.tell(LocalControlAsked("Jo", asked=True))
    (lease,) = [place for place, event in enumerate(told) if isinstance(event, LeaseChanged)]
    (place,) = [place for place, event in enumerate(told) if isinstance(event, Command)]
    assert lease < place
    (command,) = [event for event in told if isinstance(event, Command)]
    changed = told[lease]
    assert isinstance(changed, LeaseChanged)
    assert (command.by, command.token) == (Authority.LOCAL, changed.token)


def test_minimum_times_hold_across_a_change_of_hands() -> None:
    bench = in_remote()
    bench.obeys = True
    began_s = bench.mono_ms / 1000
    bench.order("CloseRelay", "a-hp-relay")
    bench.rest(60)
    bench.tell(LocalControlAsked("Jo", asked=True))
    bench.heating.say = [Wish(SOURCE, 0, "warm")]
    assert commands(bench.read_tank(60.0)) == []
    assert commands(bench.leap(began_s + 599)) == []
    assert commands(bench.leap(began_s + 600)) == [(SOURCE, 0, "local")]
    bench.take()
    bench.tell(HumanSets("Jo", SOURCE, 1, TRIGGER.replace("1", "4")))
    assert commands(bench.leap(began_s + 899)) == []
    assert commands(bench.leap(began_s + 900)) == [(SOURCE, 1, "human")]


def test_when_the_contract_ends_the_house_heats_by_itself_at_once() -> None:
    for ends in (
        lambda bench: bench.tell(ContractQuit("no more")),
        lambda bench: bench.cut() + bench.rest(60),
        lambda bench: (bench.peer.handle(StandingReleased(), bench.now), bench.rest(7_200))[1],
    ):
        bench = in_remote()
        bench.rest(20)  # the standing contract is offered anew every five minutes at most
        bench.heating.heard.clear()
        told = ends(bench)
        assert [(event.by, event.token) for event in told if isinstance(event, LeaseChanged)] == [(Authority.LOCAL, 3)]
        assert isinstance(bench.heating.heard[0], TakesOver)


# safety


@pytest.mark.parametrize("who", ["local", "remote", "human"])
def test_safety_acts_whoever_has_the_lease(who: str) -> None:
    bench = started(None)
    if who == "remote":
        bench.remote()
    elif who == "human":
        bench.take()
    bench.safety.say = [Wish(RELAY, 1, "a pipe is at 2 degC")]
    assert commands(bench.read_tank(2.0)) == [(RELAY, 1, "safety")]
    bench.safety.say = [Release(RELAY)]
    assert [by for _, _, by in commands(bench.read_tank(20.0)) if by == "safety"] == []


def test_safety_that_acts_for_a_minute_leads_to_local_control() -> None:
    bench = in_remote()
    bench.safety.say = [Wish(RELAY, 1, "a pipe is at 2 degC"), Wish(SOURCE, 1, "a pipe is at 2 degC")]
    bench.read_tank(2.0)
    assert [event for event in bench.rest(59) if isinstance(event, ModeChanged)] == []
    (mode,) = [event for event in bench.rest(1) if isinstance(event, ModeChanged)]
    assert (mode.remote, "a pipe is at 2 degC" in mode.cause) == (False, True)
    bench.safety.say = [Release(RELAY)]
    bench.read_tank(10.0)
    assert [event for event in bench.rest(300) if isinstance(event, ModeChanged)] == []  # it holds the source still
    bench.safety.say = [Release(SOURCE)]
    bench.read_tank(20.0)
    assert [event.remote for event in bench.rest(120) if isinstance(event, ModeChanged)] == [True]


def test_a_command_against_safety_is_refused() -> None:
    bench = in_remote()
    bench.safety.say = [Wish(RELAY, 0, "too hot")]
    bench.read_tank(99.0)
    (answer,) = sent(bench.order(), GwsCommandAnswer)
    assert (answer.verdict, "too hot" in answer.reason) == ("Refused", True)


def test_what_safety_gives_back_after_a_change_of_hands_is_what_local_heating_wants() -> None:
    bench = in_remote()
    bench.obeys = True
    bench.order()  # on
    bench.safety.say = [Wish(RELAY, 0, "too hot")]
    bench.read_tank(95.0)
    bench.heating.heard.clear()
    bench.rest(60)
    took = bench.heating.heard[0]
    assert isinstance(took, TakesOver)
    believed = took.states[RELAY]
    bench.safety.say = [Release(RELAY)]
    given_back = commands(bench.read_tank(80.0))
    assert given_back == ([] if believed == 0 else [(RELAY, believed, "local")])


# a person


def hand(value: float, node: str = RELAY) -> HumanSets:
    return HumanSets("Jo", node, value, TRIGGER)


@pytest.mark.parametrize("remote", [False, True])
def test_a_person_who_has_not_taken_the_house_is_refused(remote: bool) -> None:
    bench = in_remote() if remote else started()
    told = bench.tell(hand(1))
    (refused,) = [event for event in told if isinstance(event, Outcome)]
    assert (refused.verdict, refused.trigger, commands(told)) == (Verdict.REFUSED, TRIGGER, [])
    assert "take the house first" in refused.reason


@pytest.mark.parametrize("remote", [False, True])
def test_a_person_who_has_taken_the_house_sets_what_he_likes(remote: bool) -> None:
    bench = in_remote() if remote else started()
    (lease,) = [event for event in bench.take() if isinstance(event, LeaseChanged)]
    assert lease.by is Authority.HUMAN
    (command,) = [event for event in bench.tell(hand(1)) if isinstance(event, Command)]
    assert (command.by, command.token, command.trigger, "Jo" in command.reason) == (Authority.HUMAN, lease.token, TRIGGER, True)
    bench.done(command)
    for wrong, verdict in ((hand(2), Verdict.OUT_OF_RANGE), (hand(1, "a.tank"), Verdict.REFUSED)):
        told = bench.tell(wrong)
        assert [event.verdict for event in told if isinstance(event, Outcome)] == [verdict]
        assert commands(told) == []


@pytest.mark.parametrize("by_himself", [False, True])
def test_when_he_gives_it_back_or_his_time_is_over_local_heating_takes_over(by_himself: bool) -> None:
    bench = in_remote()
    bench.obeys = True
    bench.take(1800)
    bench.tell(hand(1))
    bench.heating.heard.clear()
    if by_himself:
        told = bench.release()
    else:
        assert [event for event in bench.rest(1799.999) if isinstance(event, LeaseChanged)] == []
        told = bench.rest(0.001)
    assert [event.by for event in told if isinstance(event, LeaseChanged)] == [Authority.LOCAL]
    assert (commands(told), bench.heating.heard[0]) == ([], TakesOver({RELAY: 1.0, SOURCE: None}))
    later = bench.rest(120)
    assert [event.by for event in later if isinstance(event, LeaseChanged)] == [Authority.REMOTE]


# a restart


def restarted(bench: Bench, after_s: float = 10) -> Bench:
    """The next process, with what was kept."""
    return Bench(spared=SPARED, memory=bench.kept, mono_ms=5_000, wall_ms=bench.now.wall_ms + round(after_s * 1000))


def test_after_a_restart_in_remote_control_what_was_commanded_is_commanded_again() -> None:
    bench = in_remote()
    bench.obeys = True
    bench.order()
    again = restarted(bench)
    told = again.tell(Started())
    assert commands(told) == [(RELAY, 1, "remote")]
    assert again.heating.heard == [Started()]


def test_after_a_restart_what_another_lease_commanded_is_not_commanded() -> None:
    bench = in_remote()
    bench.obeys = True
    bench.order()
    is_asked_away_and_back(bench)
    again = restarted(bench)
    assert commands(again.tell(Started())) == []
    bench.take()
    again = restarted(bench)
    assert commands(again.tell(Started())) == []


def test_a_contract_that_was_over_before_the_restart_leaves_the_house_to_local_heating() -> None:
    bench = in_remote()
    bench.obeys = True
    bench.order()
    again = restarted(bench, 3 * 3600)
    again.heating.say = [Wish(RELAY, 0, "the process starts")]
    told = again.tell(Started())
    assert [event.by for event in told if isinstance(event, LeaseChanged)] == [Authority.LOCAL]
    assert again.heating.heard[0] == Started()
    assert commands(told) == [(RELAY, 0, "local")]


# the certificate of each hour


def certificates(events: list[Event]) -> list[Send]:
    return [event for event in events if isinstance(event, Send) and isinstance(event.message, GwsCompleteness)]


def of_tank(certificate: GwsCompleteness) -> tuple[int, int, list[tuple[float, float, str]]]:
    """Expected, captured, and when missing: minutes after the start."""
    (found,) = [each for each in certificate.channel_list if each.channel_name == "a-tank-temp0"]
    spans = [
        ((span.from_unix_ms - START) / 60_000, (span.to_unix_ms - START) / 60_000, span.because) for span in found.missing_list
    ]
    return found.expected, found.captured, spans


def test_each_hour_it_states_what_it_should_have_read_and_what_it_did() -> None:
    bench = started(None)
    told = [effect for _ in range(3) for effect in bench.read_tank(50.0) + bench.rest(60)]
    told += bench.tell(DeviceLost("a.tank.temp0", "no answer; look at the cable", ("a-tank-temp0",)))
    told += bench.rest(1_800)
    told += bench.read_tank(51.0)
    told += bench.tell(Stuck("a.tank.temp0", "inside a call for 12 s", back=False))
    told += bench.leap(45 * 60 + 301)  # it began at a quarter past
    (send,) = certificates(told)
    assert (send.link, send.urgency, send.message_id) == ("uplink", Urgency.HELD, send.message.message_id)
    assert (send.message.start_unix_s - START // 1000, send.message.duration_s) == (-900, 2700)
    assert of_tank(send.message) == (
        45,
        4,
        [(2, 33, "no answer; look at the cable"), (33, 45, "inside a call for 12 s")],
    )


def test_what_it_has_counted_is_kept_with_each_report_and_goes_on_after_a_restart() -> None:
    bench = started(None)
    bench.read_tank(50.0)
    bench.leap(301)
    assert bench.counted is not None
    bench.read_tank(51.0)
    last = bench.tell(Stopping())
    kinds = [type(event.message) if isinstance(event, Send) else type(event) for event in last]
    assert kinds == [ReportEvent, ReportEvent, Keep, GridworksEventShutdown]
    again = Bench(None, mono_ms=5_000, wall_ms=bench.now.wall_ms + 600_000, counted=bench.counted)
    again.tell(Started())
    again.read_tank(52.0)
    (send,) = certificates(again.rest(3_000))
    assert (send.message.duration_s, of_tank(send.message)[1]) == (2700, 3)
    assert [(span.from_unix_ms - START, span.to_unix_ms - START) for span in send.message.down_list] == [(301_000, 901_000)]
