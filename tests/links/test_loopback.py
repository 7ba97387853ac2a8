"""The loopback: same sessions, virtual time, deterministic."""

from collections.abc import Iterable, Sequence

import pytest

from gw_spaceheat.core.events import Carried, Event, Garbled, LinkChanged, Note, Received, Send, Transmit, Urgency
from gw_spaceheat.core.link.acknowledge import acknowledgement
from gw_spaceheat.core.link.outbox import MemoryOutbox
from gw_spaceheat.core.link.session import Session, SessionSettings
from gw_spaceheat.core.link.states import State
from gw_spaceheat.links.loopback import Fate, Loopback, LoopbackEnd, matches_filter
from gw_spaceheat.messages.codec import decode
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.runtime.virtual import VirtualRuntime
from gw_spaceheat.vocabulary.moment import MINUTE_MS, SECOND_MS, Moment

START_MS = 1_700_000_000_000


class Node:
    """Writes down what it gets, and when; acknowledges what wants it."""

    def __init__(self, peer: str) -> None:
        self.peer = peer
        self.got: list[tuple[int, Event]] = []

    def handle(self, event: Event, now: Moment) -> list[Event]:
        self.got.append((now.mono_ms, event))
        if isinstance(event, Received) and event.ack_required and self.peer:
            return [acknowledgement(event, self.peer)]
        return []

    def wake(self, now: Moment) -> list[Event]:
        return []

    def deadline(self) -> int | None:
        return None

    def received(self) -> list[tuple[int, Received]]:
        return [(at_ms, event) for at_ms, event in self.got if isinstance(event, Received)]


class Street:
    """A SCADA, its AtomicTNode and an Ear on one loopback."""

    def __init__(self, *, strict: bool = False, latency_ms: int = 20, fate: Fate | None = None) -> None:
        self.tapped: list[tuple[str, bytes]] = []
        tap = lambda _, topic, payload: self.tapped.append((topic, payload))  # noqa: E731 - shorter than a method
        self.wire = wire = Loopback(tap, latency_ms=latency_ms, strict=strict, fate=fate)
        self.notes: list[str] = []
        self.runtime = VirtualRuntime(START_MS, self.route, lambda _now, _name, note: self.notes.append(note.text))
        self.nodes: dict[str, Node] = {}
        self.ends: dict[str, LoopbackEnd] = {}
        for name, link, alias, peer, topics in (
            ("scada", "uplink", "x.ta.scada", "a", "gw/x/to/s/#"),
            ("atn", "uplink", "x", "s", "gw/x-ta-scada/to/a/#"),
            ("ear", "world", "ear", "", "gw/#"),
        ):
            session = Session(SessionSettings(link=link, alias=alias, peer=peer), MemoryOutbox())
            self.nodes[name] = Node(peer)
            self.ends[name] = wire.end(f"{name}.{link}", session, [topics])
            self.runtime.add(name, self.nodes[name])
            self.runtime.add(f"{name}.{link}", self.ends[name])

    def route(self, source: str, event: Event) -> Iterable[str]:
        if isinstance(event, Carried):
            return (event.to,)
        if isinstance(event, Send):
            return (f"{source}.{event.link}",)
        return (source.partition(".")[0],) if not isinstance(event, Note) else ()

    def send(self, urgency: Urgency, message_id: str, watts: int = 4500) -> None:
        self.runtime.post("scada.uplink", Send("uplink", "a", PowerWatts(watts=watts), urgency, message_id))


@pytest.mark.parametrize("strict", [False, True])
def test_a_message_arrives_after_the_latency_at_whoever_wants_its_topic(strict: bool) -> None:
    street = Street(strict=strict)
    street.runtime.run(1_000)
    street.send(Urgency.NOW, "1")
    street.runtime.run(1_019)
    assert street.nodes["atn"].received() == []
    street.runtime.run(1_020)
    message = PowerWatts(watts=4500)
    at_atn = Received("uplink", "x.ta.scada", "1", ack_required=False, message=message, arrived_ms=START_MS + 1_020, dst="a")
    at_ear = Received("world", "x.ta.scada", "1", ack_required=False, message=message, arrived_ms=START_MS + 1_020, dst="a")
    assert street.nodes["atn"].received() == [(1_020, at_atn)]
    assert street.nodes["ear"].received() == [(1_020, at_ear)]
    assert street.nodes["scada"].received() == []


def test_the_tap_sees_what_a_broker_would() -> None:
    street = Street()
    street.runtime.run(1_000)
    assert {decode(*each).message.type_name() for each in street.tapped} == {"gridworks.ping", "gridworks.ack"}
    street.tapped.clear()
    street.send(Urgency.EVENT, "1")
    street.runtime.run(2_000)
    envelopes = [decode(topic, payload) for topic, payload in street.tapped]
    assert [(envelope.src, envelope.dst, envelope.message.type_name()) for envelope in envelopes] == [
        ("x.ta.scada", "a", "power.watts"),
        ("x", "s", "gridworks.ack"),
    ]
    assert envelopes[0].ack_required


def test_an_event_is_acknowledged_and_then_forgotten() -> None:
    street = Street()
    street.runtime.run(1_000)
    street.send(Urgency.EVENT, "1")
    street.runtime.run(1_039)
    assert street.ends["scada"].session.waiting == 1
    street.runtime.run(1_040)
    assert street.ends["scada"].session.waiting == 0
    assert street.ends["scada"].deadline() == 1_040 + MINUTE_MS, "the end of the next silence, and nothing before it"


def test_both_ends_know_that_they_are_connected() -> None:
    street = Street()
    street.runtime.run(0)
    assert (0, LinkChanged("uplink", up=True, reason="")) in street.nodes["scada"].got
    assert street.notes == ["uplink: connected", "uplink: connected", "world: connected"]


@pytest.mark.parametrize("who", ["scada", "atn"])
def test_over_an_outage_events_wait_and_the_rest_is_lost(who: str) -> None:
    street = Street()
    street.runtime.run(0)
    street.runtime.post(f"{who}.uplink", LinkChanged("uplink", up=False, reason="cut"))
    street.send(Urgency.NOW, "1", watts=1)
    street.send(Urgency.EVENT, "2", watts=2)
    street.runtime.run(10 * MINUTE_MS)
    assert street.nodes["atn"].received() == []
    assert street.ends["scada"].session.waiting == 1
    street.runtime.post(f"{who}.uplink", LinkChanged("uplink", up=True, reason=""))
    street.runtime.run(20 * MINUTE_MS)
    assert {received.message for _, received in street.nodes["atn"].received()} == {PowerWatts(watts=2)}
    assert street.ends["scada"].session.waiting == 0


def test_what_is_on_its_way_when_the_receiver_is_cut_off_is_lost() -> None:
    street = Street()
    street.runtime.run(1_000)
    street.send(Urgency.NOW, "1")
    street.runtime.run(1_010)
    street.runtime.post("atn.uplink", LinkChanged("uplink", up=False, reason="cut"))
    street.runtime.run(2_000)
    assert street.nodes["atn"].received() == []
    assert len(street.nodes["ear"].received()) == 1


def test_order_is_kept_and_the_same_twice() -> None:
    def story() -> list[tuple[str, bytes]]:
        street = Street(latency_ms=7)
        for number in range(100):
            street.send(Urgency.EVENT, f"id-{number}", watts=number)
            street.runtime.run(3 * number)
        street.runtime.run(10_000)
        arrived = [received.message for _, received in street.nodes["atn"].received()]
        assert arrived == [PowerWatts(watts=number) for number in range(100)]
        return street.tapped

    assert story() == story()


def test_strict_refuses_what_the_decoder_refuses() -> None:
    street = Street(strict=True)
    street.runtime.run(1_000)
    street.nodes["ear"].got.clear()
    street.runtime.post("scada.uplink", Send("uplink", "a", PowerWatts(watts=1), Urgency.PLAIN, "1", src="NOT a name"))
    street.runtime.run(2_000)
    assert street.nodes["ear"].received() == []
    assert street.ends["ear"].session.counts["refused (bad-topic)"] == 1


def test_whoever_decides_the_fate_of_messages_loses_doubles_and_delays_them() -> None:
    fates = {1: (), 2: (50, 10), 3: (5,)}

    def fate(source: str, transmit: Transmit, now: Moment) -> Sequence[int]:
        if now.mono_ms < 1_000:
            return (20,)
        assert source == "scada.uplink"
        assert now.mono_ms == 1_000
        assert isinstance(transmit.message, PowerWatts)
        return fates[transmit.message.watts]

    street = Street(fate=fate)
    street.runtime.run(1_000)
    for watts in fates:
        street.send(Urgency.NOW, f"{watts}", watts)
    street.runtime.run(2_000)
    arrived = [(at_ms, received.message) for at_ms, received in street.nodes["atn"].received()]
    assert arrived == [(1_000 + after_ms, PowerWatts(watts=watts)) for after_ms, watts in ((5, 3), (10, 2), (50, 2))]


def test_an_end_in_a_new_process_has_a_new_session() -> None:
    street = Street()
    street.runtime.run(0)
    street.send(Urgency.EVENT, "1")
    street.runtime.run(10)
    session = Session(SessionSettings(link="uplink", alias="x", peer="s"), MemoryOutbox())
    street.runtime.replace("atn.uplink", street.wire.end_again("atn.uplink", session))
    street.runtime.run(MINUTE_MS)
    assert [received.message_id for _, received in street.nodes["atn"].received()] == ["1"], "it was still on its way"
    with pytest.raises(ValueError, match="no end of this loopback is called nobody"):
        street.wire.end_again("nobody", session)


def swallowing(since_ms: int, until_ms: int, who: str = "") -> Fate:
    """A wire that loses everything for a time, or what one end says."""

    def fate(source: str, _transmit: Transmit, now: Moment) -> Sequence[int]:
        is_lost = since_ms <= now.mono_ms < until_ms and source.startswith(who)
        return () if is_lost else (20,)

    return fate


def states(street: Street) -> tuple[State, State]:
    found = [end.session for name, end in street.ends.items() if name != "ear"]
    return tuple(session.state for session in found if isinstance(session, Session))  # type: ignore[return-value]


def test_a_wire_that_has_died_silently_is_found_on_both_sides_and_that_it_is_back_too() -> None:
    street = Street(fate=swallowing(10 * SECOND_MS, 10 * MINUTE_MS))
    street.runtime.run(9 * SECOND_MS)
    assert states(street) == (State.ACTIVE, State.ACTIVE)
    street.runtime.run(10 * SECOND_MS)
    street.send(Urgency.EVENT, "1")
    street.runtime.run(10 * SECOND_MS + MINUTE_MS + 5 * SECOND_MS)
    assert states(street) == (State.AWAITING_PEER, State.AWAITING_PEER)
    street.runtime.run(11 * MINUTE_MS)
    assert states(street) == (State.ACTIVE, State.ACTIVE)
    assert [event.message_id for _, event in street.nodes["atn"].received()] == ["1"]
    assert street.ends["scada"].session.waiting == 0
    told = [note for note in street.notes if "does not answer" in note]
    assert len(told) == 2, "each side tells it once"


def test_a_side_that_is_not_heard_finds_out_when_it_has_something_to_say() -> None:
    street = Street(fate=swallowing(10 * SECOND_MS, 10 * MINUTE_MS, who="scada"))
    street.runtime.run(MINUTE_MS + 16 * SECOND_MS)
    assert states(street)[1] is State.AWAITING_PEER, "which hears no answers"
    street.send(Urgency.EVENT, "1")
    assert "no answer" not in street.ends["scada"].session.counts
    street.runtime.run(MINUTE_MS + 16 * SECOND_MS + 5 * SECOND_MS + MINUTE_MS)
    assert street.ends["scada"].session.counts["no answer"] == 1
    street.runtime.run(15 * MINUTE_MS)
    assert states(street) == (State.ACTIVE, State.ACTIVE)
    assert street.ends["scada"].session.waiting == 0


def test_while_messages_flow_the_silent_minute_costs_no_wake() -> None:
    street = Street()
    street.runtime.run(1_000)
    street.tapped.clear()
    calls = street.runtime.calls
    for number in range(60):
        street.runtime.run((number + 1) * 50 * SECOND_MS)
        street.send(Urgency.EVENT, f"{number}")
    street.runtime.run(60 * 50 * SECOND_MS + 1_000)
    assert len(street.tapped) == 2 * 60
    # each event: to its end, to the other and the Ear, on to their nodes, the answer to its end, back to two ends, and to none
    assert street.runtime.calls - calls == 60 * 8


def test_two_ends_of_one_name_are_a_mistake() -> None:
    wire = Loopback()
    session = Session(SessionSettings(link="uplink", alias="x"), MemoryOutbox())
    wire.end("one", session, [])
    with pytest.raises(ValueError, match="two ends of a loopback are called one"):
        wire.end("one", session, [])


@pytest.mark.parametrize(
    ("wanted", "topic", "matches"),
    [
        ("gw/+/to/s/#", "gw/x/to/s/power-watts", True),
        ("gw/+/to/s/#", "gw/x/to/s", True),
        ("gw/+/to/s/#", "gw/x/to/a/power-watts", False),
        ("gw/+/to/s", "gw/x/to/s/power-watts", False),
        ("gw/x/to/s/power-watts", "gw/x/to/s/power-watts", True),
        ("gw/x/to/s/power-watts", "gw/x/to/s", False),
        ("#", "gw/x", True),
        ("+", "gw/x", False),
    ],
)
def test_topic_filters_match_as_in_mqtt(wanted: str, topic: str, matches: bool) -> None:
    assert matches_filter(wanted, topic) is matches


def test_garbled_content_is_told_by_the_session() -> None:
    street = Street()
    street.runtime.run(0)
    street.runtime.post("atn.uplink", Carried("atn.uplink", 5, Garbled("uplink", "t", "not-json", "odd")))
    street.runtime.run(10)
    assert street.ends["atn"].session.counts == {"refused (not-json)": 1}
