"""The local bus: what one process says, another hears, as if they were one."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from gw_spaceheat.actors.local_bus import ALL, LINK, ONLOOKERS, SCADA, LocalBus, subscriptions
from gw_spaceheat.apps.houses import find_house
from gw_spaceheat.core.events import (
    Authority,
    Command,
    DeviceBack,
    DeviceLost,
    Event,
    HumanSets,
    HumanTakes,
    LeaseChanged,
    LinkChanged,
    LookedAt,
    MeterAnswered,
    MinimumTime,
    Outcome,
    Readings,
    Received,
    Scanned,
    Send,
    Started,
    Verdict,
)
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.codec import decode, encode
from gw_spaceheat.messages.fsm_event import FsmEvent
from gw_spaceheat.messages.gws_actuator_command import GwsActuatorCommand
from gw_spaceheat.messages.gws_command_answer import GwsCommandAnswer
from gw_spaceheat.messages.gws_human_answer import GwsHumanAnswer
from gw_spaceheat.messages.gws_human_set import GwsHumanSet
from gw_spaceheat.messages.gws_human_take import GwsHumanTake
from gw_spaceheat.messages.gws_look import GwsLook
from gw_spaceheat.messages.gws_meter_serial import GwsMeterSerial
from gw_spaceheat.messages.gws_scan import GwsScan
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.messages.send_snap import SendSnap
from gw_spaceheat.messages.synced_readings import SyncedReadings
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import MINUTE_MS, SECOND_MS, Moment

PINE = find_house(Path(__file__).parents[2] / "input_data" / "houses.json", "hw1.isone.me.millinocket.pine")
RELAY, OUTPUT, METER = "a.hp.relay", "a.hp.lwt", "a.m"
NOW = Moment(1_000_000, 1_515_387_600_000)
UP = LinkChanged(LINK, up=True, reason="")
TRIGGER = "0384ef21-648b-4455-b917-58a1172d7fc1"


def bus(*here: str) -> LocalBus:
    return LocalBus(PINE, here, IdSource(here[0].encode()))


def over_the_wire(effects: Sequence[Event], now: Moment = NOW) -> list[Received]:
    """What everyone on the broker hears of these effects."""
    heard = []
    for effect in effects:
        assert isinstance(effect, Send)
        assert effect.link == LINK
        topic, payload = encode(effect.message, src=effect.src, dst=effect.dst, message_id=effect.message_id)
        said = decode(topic, payload)
        heard.append(Received(LINK, said.src, said.message_id, said.ack_required, said.message, now.wall_ms, said.dst))
    return heard


def told(speaker: LocalBus, event: Event, listener: LocalBus, now: Moment = NOW, heard_at: Moment = NOW) -> list[Event]:
    """What an event in one process becomes in another."""
    return [each for mail in over_the_wire(speaker.handle(event, now)) for each in listener.handle(mail, heard_at)]


def readings(*values: float | None, taken_ms: int = NOW.wall_ms) -> Readings:
    names = tuple(channel.name for channel in PINE.channels_of(METER))[: len(values)]
    return Readings(METER, taken_ms, names, values)


def command(node: str, value: float) -> Command:
    return Command(node, value, Authority.LOCAL, "the tank is cold", TRIGGER, NOW.mono_ms + 60 * SECOND_MS)


@pytest.mark.parametrize(
    "event",
    [
        readings(1250.0, 0.0),
        DeviceLost(METER, "no answer at address 1", tuple(channel.name for channel in PINE.channels_of(METER))),
        DeviceBack(METER, tuple(channel.name for channel in PINE.channels_of(METER))),
        Outcome(RELAY, 1.0, Verdict.DONE, "", TRIGGER, 1.0),
        Outcome(RELAY, 1.0, Verdict.DEVICE_FAILED, "it reads 0 afterwards", TRIGGER, None),
    ],
    ids=lambda event: type(event).__name__,
)
def test_what_a_device_says_reaches_a_scada_elsewhere_unchanged(event: Event) -> None:
    assert told(bus(METER, RELAY), event, bus("a.s")) == [event]


def test_channels_without_a_value_are_missing_there_too() -> None:
    event = readings(1250.0, None, 30.0)
    first, second, third = event.channels
    assert told(bus(METER), event, bus("a.s")) == [
        Readings(METER, NOW.wall_ms, (first, third), (1250.0, 30.0)),
        Readings(METER, NOW.wall_ms, (second,), (None,)),
    ]


@pytest.mark.parametrize(("node", "value"), [(RELAY, 1.0), (RELAY, 0.0), (OUTPUT, 45.5)])
def test_a_command_reaches_its_actuator_elsewhere(node: str, value: float) -> None:
    (heard,) = told(bus("a.s"), command(node, value), bus(node))
    assert isinstance(heard, Command)
    assert (heard.node, heard.value, heard.by, heard.trigger) == (node, value, Authority.LOCAL, TRIGGER)
    assert NOW.mono_ms < heard.valid_until_mono_ms <= NOW.mono_ms + 10 * SECOND_MS


def test_a_command_that_was_long_on_its_way_is_too_old_when_it_comes() -> None:
    later = NOW.later(11 * SECOND_MS)
    (heard,) = told(bus("a.s"), command(RELAY, 1.0), bus(RELAY), heard_at=later)
    assert isinstance(heard, Command)
    assert heard.valid_until_mono_ms < later.mono_ms


def test_processes_hear_nothing_that_is_not_for_them() -> None:
    for event in (command(RELAY, 1.0), command(OUTPUT, 40.0)):
        assert told(bus("a.s"), event, bus(METER)) == []
    for event in (Outcome(RELAY, 1.0, Verdict.DONE, "", TRIGGER, 1.0), DeviceLost(RELAY, "dead", ("a-hp-relay",))):
        assert told(bus(RELAY), event, bus(METER)) == []


def test_readings_reach_the_twins_of_processes_without_a_scada() -> None:
    state = Readings(RELAY, NOW.wall_ms, ("a-hp-relay",), (1.0,))
    assert told(bus(RELAY), state, bus(METER)) == [state]


def test_our_own_echo_is_not_heard() -> None:
    both = bus("a.s", METER)
    assert told(both, readings(1.0), both) == []


def test_a_scada_that_comes_asks_and_gets_the_latest_with_its_own_times() -> None:
    devices, scada = bus(METER), bus("a.s")
    devices.handle(readings(1.0, 2.0), NOW)
    later = NOW.later(MINUTE_MS)
    devices.handle(readings(7.0, taken_ms=later.wall_ms), later)
    (ask,) = over_the_wire(scada.handle(UP, later))
    assert (ask.src, ask.dst, ask.message) == (SCADA, ALL, SendSnap(from_g_node_alias=PINE.scada_alias))
    answers = [each for mail in over_the_wire(devices.handle(ask, later)) for each in scada.handle(mail, later)]
    first, second = readings(1.0, 2.0).channels
    assert sorted(answers, key=str) == [
        Readings(METER, NOW.wall_ms, (second,), (2.0,)),
        Readings(METER, later.wall_ms, (first,), (7.0,)),
    ]


def test_whoever_looks_is_told_what_is_known_and_many_at_once_only_once() -> None:
    whole = bus("a.s", METER)
    whole.handle(readings(1.0, 2.0), NOW)
    ask = Received(LINK, "human-1234", "", False, SendSnap(from_g_node_alias=PINE.scada_alias), NOW.wall_ms, SCADA)
    told_now = over_the_wire(whole.handle(ask, NOW))
    assert [type(mail.message) for mail in told_now] == [SendSnap, SyncedReadings]
    assert whole.handle(ask, NOW.later(1000)) == ()
    assert whole.handle(ask, NOW.later(2000)) != ()
    assert bus(METER).handle(ask, NOW) == (), "it is the SCADA that is asked"


def looks(src: str, scada: str = PINE.scada_alias) -> Received:
    return Received(LINK, src, "", False, GwsLook(to_g_node_alias=scada, every_s=2, for_s=10), NOW.wall_ms, SCADA)


def test_that_somebody_looks_reaches_all_who_have_devices() -> None:
    asked = LookedAt(2000, 10_000)
    here, *passed_on = bus("a.s", METER).handle(looks("human-1234"), NOW)
    assert here == asked
    (mail,) = over_the_wire(passed_on)
    assert (mail.src, mail.dst) == (SCADA, ALL)
    assert bus(RELAY).handle(mail, NOW) == (asked,)
    assert bus("a.s").handle(mail, NOW) == (), "our own echo"


@pytest.mark.parametrize(
    ("here", "mail"),
    [
        ("a.s", looks("somebody")),
        ("a.s", looks("human-1234", "hw1.another.ta.scada")),
        (METER, looks("human-1234")),
        (METER, looks("s", "hw1.another.ta.scada")),
    ],
    ids=["no person", "another house", "not by way of the SCADA", "another SCADA"],
)
def test_who_looks_in_a_way_that_makes_no_sense_is_shown_nothing(here: str, mail: Received) -> None:
    assert bus(here).handle(mail, NOW) == ()


def test_a_scan_is_told_to_onlookers_and_is_no_reading_for_anybody() -> None:
    first, second = readings(1.0, 2.0).channels
    scan = Scanned(METER, NOW.wall_ms, NOW.wall_ms + 2000, (first, second), (1234.0, None))
    (mail,) = over_the_wire(bus(METER).handle(scan, NOW))
    assert (mail.src, mail.dst) == ("a-m", ONLOOKERS)
    assert mail.message == GwsScan(
        channel_name_list=[first],
        value_list=[1234],
        missing_list=[second],
        scada_read_time_unix_ms=NOW.wall_ms,
        due_unix_ms=NOW.wall_ms + 2000,
    )
    assert bus("a.s").handle(mail, NOW) == ()


def test_what_a_meter_says_of_itself_reaches_a_scada_elsewhere_once_and_one_that_comes_later_too() -> None:
    devices, scada = bus(METER), bus("a.s")
    said = MeterAnswered("meter", "SIM-0003")
    assert told(devices, said, scada) == [said]
    later = NOW.later(MINUTE_MS)
    assert told(devices, UP, scada, later, later) == []
    assert told(devices, UP, bus("a.s"), later, later) == [MeterAnswered("meter", "SIM-0003", MINUTE_MS)]


def test_how_long_ago_a_meter_said_it_does_not_hang_on_a_clock_that_is_set() -> None:
    devices = bus(METER)
    devices.handle(MeterAnswered("meter", "SIM-0003"), NOW)
    later = Moment(NOW.mono_ms + MINUTE_MS, NOW.wall_ms + 5 * 86_400_000)
    assert told(devices, UP, bus("a.s"), later, later) == [MeterAnswered("meter", "SIM-0003", MINUTE_MS)]


def test_what_was_told_before_is_not_heard_twice() -> None:
    devices, scada = bus(METER), bus("a.s")
    assert told(devices, readings(1.0, 2.0), scada) == [readings(1.0, 2.0)]
    assert told(devices, UP, scada) == []
    assert told(devices, UP, bus("a.s")) == [readings(1.0, 2.0)]


def test_what_is_old_or_lost_is_not_told_anew() -> None:
    devices = bus(METER)
    devices.handle(readings(1.0, 2.0), NOW)
    assert devices.handle(UP, NOW.later(60 * MINUTE_MS)) == ()
    devices.handle(DeviceLost(METER, "dead", readings(1.0, 2.0).channels), NOW)
    assert devices.handle(UP, NOW) == ()


def words(message: Message, src: str) -> Received:
    return Received(LINK, src, "", ack_required=False, message=message, arrived_ms=NOW.wall_ms, dst=SCADA)


def bare_words(event_name: str, to_handle: str) -> FsmEvent:
    return FsmEvent(
        from_handle="local",
        to_handle=to_handle,
        event_type="change.relay.state",
        event_name=event_name,
        trigger_id=TRIGGER,
        send_time_unix_ms=NOW.wall_ms,
    )


def relay_words(event_name: str, to_handle: str) -> GwsActuatorCommand:
    return GwsActuatorCommand(fencing_token=3, time_to_live_s=10.0, event=bare_words(event_name, to_handle))


ANSWER = GwsCommandAnswer(
    from_g_node_alias=PINE.scada_alias, trigger_id=TRIGGER, node=RELAY, value=1.0, verdict="Done", reason="", answer_unix_ms=1
)

SERIAL = GwsMeterSerial(from_g_node_alias=PINE.scada_alias, component="meter", serial="SIM-0003", said_unix_ms=NOW.wall_ms)


@pytest.mark.parametrize(
    "mail",
    [
        words(SyncedReadings(channel_name_list=["a-hp"], value_list=[9], scada_read_time_unix_ms=NOW.wall_ms), "a-nowhere"),
        words(SyncedReadings(channel_name_list=["a-hp"], value_list=[9], scada_read_time_unix_ms=NOW.wall_ms), "a-hp-relay"),
        words(SyncedReadings(channel_name_list=["no-such"], value_list=[9], scada_read_time_unix_ms=NOW.wall_ms), "a-m"),
        words(ANSWER, "a-m"),
        words(SERIAL, "a-hp-relay"),
        words(SERIAL, "a-nowhere"),
        words(PowerWatts(watts=5), "a-m"),
        words(relay_words("MeltRelay", "local.a-elt1-relay"), SCADA),
        words(relay_words("CloseRelay", "burglar.a-elt1-relay"), SCADA),
        words(relay_words("CloseRelay", "local.a-nowhere"), SCADA),
        words(relay_words("CloseRelay", "nobody"), SCADA),
        words(bare_words("CloseRelay", "local.a-elt1-relay"), SCADA),
    ],
    ids=lambda mail: f"{mail.src}: {mail.message!s}"[:60],
)
def test_what_makes_no_sense_here_changes_nothing(mail: Received) -> None:
    assert bus("a.s", "a.elt1.relay").handle(mail, NOW) == ()


def test_an_unknown_verdict_is_a_failure() -> None:
    import msgspec

    (outcome,) = bus("a.s").handle(words(msgspec.structs.replace(ANSWER, verdict="Perhaps"), "a-hp-relay"), NOW)
    assert isinstance(outcome, Outcome)
    assert outcome.verdict is Verdict.DEVICE_FAILED


TAKE = GwsHumanTake(to_g_node_alias=PINE.scada_alias, who="anna", trigger_id=TRIGGER, for_s=60)
SET = GwsHumanSet(to_g_node_alias=PINE.scada_alias, who="anna", trigger_id=TRIGGER, node=RELAY, value=1.0)
TAKEN = LeaseChanged(Authority.HUMAN, 7, "taken by anna for 1 min", NOW.wall_ms, NOW.wall_ms + MINUTE_MS)


def test_a_person_takes_the_house_over_the_bus() -> None:
    house = bus("a.s", METER)
    assert house.handle(words(TAKE, "human-0a"), NOW) == (HumanTakes("anna", MINUTE_MS),)
    (heard,) = over_the_wire(house.handle(TAKEN, NOW))
    assert (heard.src, heard.dst) == (SCADA, "human-0a")
    assert isinstance(heard.message, GwsHumanAnswer)
    assert (heard.message.verdict, heard.message.lease_by, heard.message.fencing_token) == ("Done", "human", 7)


@pytest.mark.parametrize("here", [("a.s", RELAY), ("a.s",)], ids=["relay here", "relay elsewhere"])
def test_a_person_s_command_is_answered_to_him_alone(here: tuple[str, ...]) -> None:
    house = bus(*here)
    assert house.handle(words(SET, "human-0a"), NOW) == (HumanSets("anna", RELAY, 1.0, TRIGGER),)
    outcome = Outcome(RELAY, 1.0, Verdict.DONE, "", TRIGGER, 1.0)
    (heard,) = over_the_wire(house.handle(outcome, NOW))
    assert (heard.dst, type(heard.message)) == ("human-0a", GwsHumanAnswer)
    assert house.handle(outcome, NOW) == ()


def test_an_actuator_elsewhere_answers_a_person_s_command() -> None:
    house, relay = bus("a.s"), bus(RELAY)
    house.handle(words(SET, "human-0a"), NOW)
    outcome = Outcome(RELAY, 1.0, Verdict.DONE, "", TRIGGER, 1.0)
    first, *others = told(relay, outcome, house)
    assert first == outcome, "the SCADA hears it too"
    (heard,) = over_the_wire(others)
    assert (heard.dst, type(heard.message)) == ("human-0a", GwsHumanAnswer)


def test_a_minimum_time_is_an_answer_too() -> None:
    house = bus("a.s")
    house.handle(words(SET, "human-0a"), NOW)
    (heard,) = over_the_wire(house.handle(MinimumTime(RELAY, NOW.mono_ms + MINUTE_MS), NOW))
    assert isinstance(heard.message, GwsHumanAnswer)
    assert heard.message.verdict == "Accepted"


def test_nobody_speaks_for_an_actuator_elsewhere() -> None:
    """What the SCADA itself says of a command that was not for a person: it was refused, or never answered."""
    refused = Outcome(RELAY, 1.0, Verdict.REFUSED, "safety holds it", TRIGGER, None)
    assert bus("a.s").handle(refused, NOW) == ()


def test_a_process_without_the_scada_is_no_door() -> None:
    assert bus(RELAY).handle(words(SET, "human-0a"), NOW) == ()


def test_a_door_that_is_closed() -> None:
    (heard, *_) = LocalBus(PINE, ("a.s",), IdSource(b"x"), door_is_open=False).handle(words(SET, "human-0a"), NOW)
    assert isinstance(heard, Send)
    assert isinstance(heard.message, GwsHumanAnswer)
    assert heard.message.verdict == "Refused"


@pytest.mark.parametrize(
    ("here", "topics"),
    [
        (("a.s",), {"gw/s/to/all/#", "gw/+/to/s/#"}),
        ((METER,), {"gw/s/to/all/#"}),
        ((METER, RELAY), {"gw/s/to/all/#", "gw/s/to/a-hp-relay/#"}),
    ],
)
def test_a_process_subscribes_to_what_its_actors_need(here: tuple[str, ...], topics: set[str]) -> None:
    assert set(subscriptions(PINE, here)) == topics


def test_it_has_no_time_of_its_own() -> None:
    each = bus("a.s")
    assert each.deadline() is None
    assert each.wake(NOW) == ()
    assert each.handle(Started(), NOW) == ()
    assert each.handle(LinkChanged(LINK, up=False, reason="gone"), NOW) == ()
