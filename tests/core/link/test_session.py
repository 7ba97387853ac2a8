"""The session: every pair of state and input, what is sent when, and that nothing is lost over a bad wire."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.core.events import (
    ClockStepped,
    Event,
    FiguresAsked,
    Garbled,
    Gate,
    Level,
    LinkAsked,
    LinkChanged,
    LinkConnected,
    LinkFigures,
    Note,
    Received,
    Send,
    Started,
    Stopping,
    Transmit,
    TransmitFailed,
    Urgency,
)
from gw_spaceheat.core.link.link_events import MOST_WAITING
from gw_spaceheat.core.link.outbox import MemoryOutbox
from gw_spaceheat.core.link.session import STATES, TABLE, Session, SessionSettings
from gw_spaceheat.core.link.states import Input, State
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.codec import encode_bare
from gw_spaceheat.messages.gridworks_ack import GridworksAck
from gw_spaceheat.messages.gridworks_event_comm_mqtt_connect import GridworksEventCommMqttConnect
from gw_spaceheat.messages.gridworks_ping import GridworksPing
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.vocabulary.chance import uniform
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Moment
from gw_spaceheat.vocabulary.upload_order import UploadOrder

NOW = Moment(1_000_000, 1_700_000_000_000)
SETTINGS = SessionSettings(link="uplink", alias="x.ta.scada", peer="a")
UNWATCHED = SessionSettings(link="uplink", alias="x.ta.scada", peer="a", silence_ms=None)
ON_BUS = SessionSettings(link="uplink", alias="s")
TELLING = SessionSettings(link="uplink", alias="x.ta.scada", peer="a", tells_peer=True)
UP = LinkChanged("uplink", up=True, reason="")
DOWN = LinkChanged("uplink", up=False, reason="broken")
POWER = PowerWatts(watts=4500)


def event(message_id: str) -> Send:
    return Send("uplink", "a", POWER, Urgency.EVENT, message_id)


def held(message_id: str) -> Send:
    return Send("uplink", "a", POWER, Urgency.HELD, message_id)


def received(message: Message, src: str = "x", message_id: str = "") -> Received:
    return Received("uplink", src, message_id, ack_required=False, message=message, arrived_ms=0)


def ack(message_id: str) -> Received:
    return received(GridworksAck(ack_message_id=message_id))


def sent(effects: Sequence[Event]) -> list[str]:
    """Identifiers of what is transmitted, but for questions to the peer."""
    transmitted = [effect for effect in effects if isinstance(effect, Transmit)]
    return [transmit.message_id for transmit in transmitted if not isinstance(transmit.message, GridworksPing)]


def asked(effects: Sequence[Event]) -> list[str]:
    """Identifiers of the questions to the peer."""
    transmitted = [effect for effect in effects if isinstance(effect, Transmit)]
    return [transmit.message_id for transmit in transmitted if isinstance(transmit.message, GridworksPing)]


def notes(effects: Sequence[Event]) -> list[str]:
    return [effect.text for effect in effects if isinstance(effect, Note)]


def session_in(state: State, most_entries: int = 100, settings: SessionSettings = SETTINGS) -> Session:
    return led_to(state, Session(settings, MemoryOutbox(most_entries)))


def led_to(state: State, session: Session) -> Session:
    for given_ in WAYS[state]:
        session.handle(given_, NOW)
    assert session.state is state
    return session


def come_up(session: Session, at: Moment = NOW) -> list[Event]:
    """From connecting to active, and everything that followed; the peer is heard by its answer."""
    effects = [*session.handle(CONNECTED, at), *session.handle(UP, at)]
    (ping_id,) = asked(effects)
    return [*effects, *session.handle(ack(ping_id), at)]


CONNECTED = LinkConnected("uplink")
WAYS: dict[State, list[Event]] = {
    State.NOT_STARTED: [],
    State.CONNECTING: [Started()],
    State.AWAITING_SETUP_AND_PEER: [Started(), CONNECTED],
    State.AWAITING_SETUP: [Started(), CONNECTED, received(POWER)],
    State.AWAITING_PEER: [Started(), CONNECTED, UP],
    State.ACTIVE: [Started(), CONNECTED, received(POWER), UP],
    State.ENDED: [Started(), Stopping()],
}
INPUTS: dict[Input, Event] = {
    Input.STARTED: Started(),
    Input.STOPPING: Stopping(),
    Input.CONNECTED: CONNECTED,
    Input.SUBSCRIBED: UP,
    Input.LINK_DOWN: DOWN,
    Input.LINK_ASKED: LinkAsked("uplink"),
    Input.FIGURES_ASKED: FiguresAsked(),
    Input.SEND_EVENT: event("1"),
    Input.GATE: Gate("uplink", is_open=True),
    Input.SEND_HELD: held("6"),
    Input.SEND_PLAIN: Send("uplink", "a", POWER, Urgency.PLAIN, "2"),
    Input.SEND_NOW: Send("uplink", "a", POWER, Urgency.NOW, "3"),
    Input.ACKNOWLEDGED: ack("1"),
    Input.PING: received(GridworksPing(message_id="p")),
    Input.MESSAGE: received(POWER),
    Input.ECHO: received(POWER, src="x.ta.scada"),
    Input.GARBLED: Garbled("uplink", "gw/y", "not-json", "odd"),
    Input.TRANSMIT_FAILED: TransmitFailed("uplink", "1", "queue full", lasting=False),
}
INITIALS = {"N": State.NOT_STARTED, "C": State.CONNECTING, "B": State.AWAITING_SETUP_AND_PEER, "S": State.AWAITING_SETUP}
INITIALS |= {"P": State.AWAITING_PEER, "A": State.ACTIVE, "E": State.ENDED}
REFUSED = None
# where each input leads from each state; B: awaiting setup and peer (both); a point: refused, changes nothing
AFTER_AS_TEXT = """
    from                   N C B S P A E
    started                C C B S P A .
    stopping               E E E E E E .
    connected              . B . . . . .
    connected, no peer     . S . . . . .
    subscribed             . . P A . . .
    link down              . C C C C C E
    response timeout       . . . . P P .
    link asked             N C B S P A E
    figures asked          N C B S P A E
    gate                   N C B S P A E
    send event             N C B S P A E
    send held              N C B S P A E
    send plain             N C B S P A E
    send now               N C B S P A E
    acknowledged           . C S S A A E
    ping                   . . S S A A .
    message                . C S S A A .
    echo                   N C B S P A E
    garbled                N C B S P A E
    transmit failed        N C B S P A E
"""
AFTER: dict[tuple[State, Input], State | None] = {
    (INITIALS[before], Input(line[4:27].strip())): INITIALS.get(after, REFUSED)
    for line in AFTER_AS_TEXT.splitlines()[2:]
    for before, after in zip("NCBSPAE", line[27:].split(), strict=True)
}


def test_every_pair_is_decided() -> None:
    assert set(AFTER) == {(state, given_) for state in State for given_ in Input}
    assert set(TABLE) == {pair for pair, after in AFTER.items() if after is not REFUSED}


FROM_OUTSIDE = {pair: after for pair, after in AFTER.items() if pair[1] in INPUTS}


@pytest.mark.parametrize(("state", "given_"), FROM_OUTSIDE, ids=str)
def test_every_pair(state: State, given_: Input) -> None:
    session = session_in(state)
    session.handle(event("old"), NOW)
    waiting, counts, deadline = session.waiting, session.counts, session.deadline()
    effects = session.handle(INPUTS[given_], NOW)
    after = AFTER[state, given_]
    if after is REFUSED:
        assert session.state is state
        assert (session.waiting, session.deadline()) == (waiting, deadline)
        assert session.counts == {**counts, "out of order": 1}
        assert notes(effects) == [f"uplink: out of order: {given_} while {state}; ignored"]
        assert len(effects) == 1
    else:
        assert session.state is after
        assert "out of order" not in session.counts


@pytest.mark.parametrize("state", State, ids=str)
def test_its_figures_are_told_to_whoever_asks(state: State) -> None:
    session = session_in(state)
    session.handle(event("old"), NOW)
    session.handle(INPUTS[Input.ECHO], NOW)
    (figures,) = session.handle(FiguresAsked(), NOW)
    up = state in {State.AWAITING_PEER, State.ACTIVE}
    assert figures == LinkFigures("uplink", up, 1, len(encode_bare(POWER)), {"echo": 1})


@pytest.mark.parametrize("state", State, ids=str)
def test_only_a_peer_that_was_asked_can_fail_to_answer(state: State) -> None:
    session = session_in(state)
    for after_ms in range(0, 5 * MINUTE_MS, SECOND_MS):
        session.wake(NOW.later(after_ms))
    assert session.state is (AFTER[state, Input.RESPONSE_TIMEOUT] or state)
    assert ("no answer" in session.counts) is (AFTER[state, Input.RESPONSE_TIMEOUT] is not REFUSED)
    assert "out of order" not in session.counts


@pytest.mark.parametrize("state", State, ids=str)
def test_without_a_peer_set_up_is_active_and_a_connection_with_one_cannot_be(state: State) -> None:
    session = Session(ON_BUS, MemoryOutbox())
    follows = {State.NOT_STARTED: [], State.CONNECTING: [Started()], State.AWAITING_SETUP: [Started(), CONNECTED]}
    follows |= {State.ACTIVE: [Started(), CONNECTED, UP], State.ENDED: [Stopping()]}
    if state not in follows:
        return
    for given_ in follows[state]:
        session.handle(given_, NOW)
    assert session.state is state
    session.handle(CONNECTED, NOW)
    assert session.state is (AFTER[state, Input.CONNECTED_TO_MANY] or state)


# setting up, and the peer ---------------------------------------------------------------------------------------------------

PING = received(GridworksPing(message_id="theirs"))


def telling() -> Session:
    session = Session(TELLING, MemoryOutbox(), IdSource(b"test"))
    session.handle(Started(), NOW)
    return session


def told(effects: Sequence[Event]) -> list[str]:
    """Kinds of the events about the link that are transmitted."""
    names = [effect.message.type_name() for effect in effects if isinstance(effect, Transmit)]
    return [name.removeprefix("gridworks.event.comm.") for name in names if name.startswith("gridworks.event.comm.")]


def test_once_set_up_the_peer_is_asked_and_its_answer_makes_the_link_active() -> None:
    session = session_in(State.CONNECTING)
    assert session.handle(CONNECTED, NOW) == ()
    effects = session.handle(UP, NOW)
    assert (session.state, session.is_up, effects[0]) == (State.AWAITING_PEER, True, UP)
    (ping,) = [effect for effect in effects if isinstance(effect, Transmit)]
    question = GridworksPing(message_id=ping.message_id)
    assert ping == Transmit("uplink", "x.ta.scada", "a", question, ping.message_id, ack_required=True, qos=1)
    assert notes(session.handle(ack(ping.message_id), NOW)) == ["uplink: the peer (a) is heard"]
    assert (session.state, session.counts) == (State.ACTIVE, {})


def test_a_peer_that_is_heard_before_the_subscriptions_are_granted_makes_the_link_active_with_them() -> None:
    session = session_in(State.AWAITING_SETUP_AND_PEER)
    assert session.handle(received(POWER), NOW) == (received(POWER),)
    assert (session.state, session.is_up) == (State.AWAITING_SETUP, False)
    effects = session.handle(UP, NOW)
    assert session.state is State.ACTIVE
    assert notes(effects) == ["uplink: connected", "uplink: the peer (a) is heard"]
    assert len(asked(effects)) == 1, "the peer may wait for a message of ours"


def test_a_question_that_comes_before_the_subscriptions_are_granted_is_answered_with_them() -> None:
    session = session_in(State.AWAITING_SETUP_AND_PEER)
    assert session.handle(PING, NOW) == ()
    answers = [effect.message for effect in session.handle(UP, NOW) if isinstance(effect, Transmit)]
    assert GridworksAck(ack_message_id="theirs") in answers
    session.handle(DOWN, NOW)
    assert GridworksAck(ack_message_id="theirs") not in [
        effect.message for effect in come_up(session) if isinstance(effect, Transmit)
    ]


def test_a_new_connection_knows_nothing_of_a_peer() -> None:
    session = session_in(State.ACTIVE)
    session.handle(DOWN, NOW)
    session.handle(CONNECTED, NOW)
    session.handle(UP, NOW)
    assert session.state is State.AWAITING_PEER


def test_what_is_new_is_sent_at_once_to_a_peer_not_yet_heard_and_what_is_old_waits_for_it() -> None:
    session = session_in(State.CONNECTING)
    session.handle(event("old"), NOW)
    session.handle(CONNECTED, NOW)
    assert sent(session.handle(UP, NOW)) == []
    assert sent(session.handle(event("new"), NOW)) == ["new"]
    assert sent(session.handle(INPUTS[Input.SEND_NOW], NOW)) == ["3"]
    session.handle(Gate("uplink", is_open=True), NOW)
    assert sent(session.handle(held("held"), NOW)) == ["held"]
    assert sent(session.wake(NOW.later(MINUTE_MS))) == []
    assert sent(session.handle(received(POWER), NOW.later(MINUTE_MS))) == ["old", "new", "held"]


def test_what_was_sent_a_moment_before_the_peer_was_heard_is_not_sent_twice() -> None:
    session = session_in(State.AWAITING_PEER)
    session.handle(event("1"), NOW)
    assert sent(session.handle(received(POWER), NOW.later(40))) == []
    assert sent(session.wake(NOW.later(5 * SECOND_MS))) == ["1"]


def test_after_a_silent_minute_the_peer_is_asked_and_an_answer_is_enough() -> None:
    session = session_in(State.CONNECTING)
    come_up(session)
    at = NOW
    for _ in range(3):
        assert session.deadline() == at.mono_ms + MINUTE_MS
        assert session.wake(at.later(MINUTE_MS - 1)) == []
        at = at.later(MINUTE_MS)
        (ping_id,) = asked(session.wake(at))
        assert session.wake(at) == [], "it is asked once, however often we are woken"
        assert session.deadline() == at.mono_ms + 5 * SECOND_MS
        at = at.later(4_999)
        session.handle(ack(ping_id), at)
    assert (session.state, session.counts) == (State.ACTIVE, {})


def test_while_anything_is_heard_nobody_is_asked_and_nothing_falls_due() -> None:
    session = session_in(State.CONNECTING)
    come_up(session)
    at = NOW
    for given_ in [received(POWER), PING, ack("unknown")] * 5:
        at = at.later(59 * SECOND_MS)
        deadline = session.deadline()
        assert deadline is not None
        assert deadline > at.mono_ms
        assert asked(session.handle(given_, at)) == []
    assert session.state is State.ACTIVE


def test_a_peer_that_does_not_answer_is_awaited_and_asked_every_minute_and_told_of_once() -> None:
    session = session_in(State.CONNECTING)
    come_up(session)
    at, log, questions = NOW, [], 0
    while at.mono_ms < NOW.mono_ms + HOUR_MS:
        deadline = session.deadline()
        assert deadline is not None
        at = at.later(deadline - at.mono_ms)
        effects = session.wake(at)
        log += notes(effects)
        questions += len(asked(effects))
        if at.mono_ms == NOW.mono_ms + MINUTE_MS + 5 * SECOND_MS:
            assert session.state is State.AWAITING_PEER
    assert log == [
        "uplink: the peer (a) does not answer; look whether it runs; what must arrive waits, and it is asked every minute"
    ]
    assert questions == 60
    at = at.later(10 * SECOND_MS)
    session.wake(at)
    assert sent(session.handle(event("1"), at)) == ["1"], "new events are tried all the same"
    effects = session.handle(received(POWER), at)
    assert (session.state, notes(effects)) == (State.ACTIVE, []), "it speaks; whether it hears us is to be seen"
    (ping_id,) = asked(effects)
    assert notes(session.handle(ack(ping_id), at)) == ["uplink: the peer (a) answers again"]


def test_a_peer_that_speaks_and_never_answers_is_told_of_once() -> None:
    session = telling()
    come_up(session)
    at, log = NOW, []
    for second in range(3 * 60 * 60):
        at = NOW.later(second * SECOND_MS)
        log += notes(session.wake(at))
        if second % 20 == 19:
            log += notes(session.handle(PING, at))
        if second % 300 == 299:
            log += notes(session.handle(event(f"{second}"), at))
    assert log == [
        "uplink: the peer (a) does not answer; look whether it runs; what must arrive waits, and it is asked every minute"
    ]
    assert session.waiting == 36 + MOST_WAITING


def test_a_slow_peer_that_is_heard_meanwhile_has_a_minute_to_answer() -> None:
    session = session_in(State.CONNECTING)
    come_up(session)
    at = NOW.later(MINUTE_MS)
    (ping_id,) = asked(session.wake(at))
    session.handle(received(POWER), at.later(SECOND_MS))
    session.wake(at.later(5 * SECOND_MS))
    assert (session.state, session.deadline()) == (State.ACTIVE, at.mono_ms + MINUTE_MS)
    session.handle(ack(ping_id), at.later(50 * SECOND_MS))
    assert session.deadline() == at.mono_ms + 110 * SECOND_MS


def test_a_peer_that_speaks_and_does_not_hear_us_is_found_by_the_first_event() -> None:
    session = session_in(State.CONNECTING)
    come_up(session)
    at = NOW.later(MINUTE_MS)
    session.handle(received(POWER), at)
    session.handle(event("1"), at)
    again = session.wake(at.later(5 * SECOND_MS))
    assert (len(asked(again)), sent(again)) == (1, ["1"])
    found_ms = None
    for second in range(6, 100):
        session.handle(received(POWER), at.later(second * SECOND_MS))
        effects = session.wake(at.later(second * SECOND_MS))
        if "uplink: the peer (a) does not answer" in "".join(notes(effects)):
            found_ms = second * SECOND_MS
            break
    assert found_ms == 65 * SECOND_MS
    assert session.waiting == 1


def test_one_message_that_is_never_acknowledged_does_not_make_a_peer_silent_that_answers() -> None:
    session = session_in(State.CONNECTING)
    come_up(session)
    session.handle(event("1"), NOW)
    at, questions = NOW, 0
    while at.mono_ms < NOW.mono_ms + HOUR_MS:
        deadline = session.deadline()
        assert deadline is not None
        at = at.later(max(deadline - at.mono_ms, 0))
        ping_ids = asked(session.wake(at))
        questions += len(ping_ids)
        for ping_id in ping_ids:
            session.handle(ack(ping_id), at.later(20))
    assert (session.state, session.waiting) == (State.ACTIVE, 1)
    assert questions <= 61


def test_when_the_peer_is_heard_again_everything_unacknowledged_is_sent_at_once() -> None:
    session = session_in(State.CONNECTING)
    come_up(session)
    at = NOW.later(MINUTE_MS)
    for number in range(3):
        session.handle(event(str(number)), at)
    session.wake(at)
    session.wake(at.later(5 * SECOND_MS))
    assert session.state is State.AWAITING_PEER
    assert session.wake(at.later(6 * SECOND_MS)) == []
    assert sent(session.handle(PING, at.later(7 * SECOND_MS)))[:4] == ["", "0", "1", "2"]


def test_where_nothing_can_be_silently_broken_the_peer_is_asked_once_and_nothing_falls_due() -> None:
    session = session_in(State.CONNECTING, settings=UNWATCHED)
    come_up(session)
    assert (session.state, session.deadline(), session.counts) == (State.ACTIVE, None, {})
    assert session.wake(NOW.later(HOUR_MS)) == []


def test_on_a_bus_nobody_is_asked_and_nothing_is_told() -> None:
    session = Session(ON_BUS, MemoryOutbox())
    effects = [effect for given_ in (Started(), CONNECTED, UP) for effect in session.handle(given_, NOW)]
    assert effects == [UP, Note(Level.INFO, "uplink: connected")]
    assert (session.state, session.deadline()) == (State.ACTIVE, None)


# what the peer is told of the link --------------------------------------------------------------------------------------------


def test_the_peer_is_told_of_connection_subscriptions_and_itself() -> None:
    session = telling()
    assert told(session.handle(CONNECTED, NOW)) == []
    effects = session.handle(UP, NOW.later(30))
    assert told(effects) == ["mqtt.connect", "mqtt.fully.subscribed"]
    events = [effect for effect in effects if isinstance(effect, Transmit) and effect.message_id in sent(effects)]
    assert events[0].message == GridworksEventCommMqttConnect(
        message_id=events[0].message_id, time_created_ms=NOW.wall_ms, src="x.ta.scada", peer_name="a"
    )
    assert all(each.ack_required and each.qos == 1 for each in events)
    assert told(session.handle(received(POWER), NOW.later(60))) == ["peer.active"]
    assert told(session.handle(received(POWER), NOW.later(70))) == []


def test_the_peer_is_told_of_a_broken_connection_when_there_is_one_again() -> None:
    session = telling()
    come_up(session)
    waiting = session.waiting
    assert told(session.handle(DOWN, NOW)) == []
    assert session.waiting == waiting + 1
    assert "mqtt.disconnect" in told(come_up(session))


def test_the_peer_is_told_that_it_did_not_answer() -> None:
    session = telling()
    come_up(session)
    at = NOW.later(MINUTE_MS)
    session.wake(at)
    assert told(session.wake(at.later(5 * SECOND_MS))) == ["response.timeout"]
    session.wake(at.later(65 * SECOND_MS))
    assert told(session.wake(at.later(70 * SECOND_MS))) == [], "it was awaited already"


def test_attempts_that_come_to_nothing_are_not_told() -> None:
    session = telling()
    for number in range(100):
        reason = LinkChanged("uplink", up=False, reason=f"refused {number}")
        session.handle(CONNECTED, NOW)
        session.handle(reason, NOW)
        session.handle(reason, NOW)
    assert session.waiting == 0


def test_a_link_that_comes_and_goes_never_fills_the_outbox() -> None:
    session = telling()
    session.handle(event("report"), NOW)
    for _ in range(1_000):
        session.handle(CONNECTED, NOW)
        session.handle(UP, NOW)
        session.handle(DOWN, NOW)
    assert session.waiting == 1 + MOST_WAITING
    assert session.counts["link event left out"] == 3 * 1_000 - MOST_WAITING
    effects: list[Event] = [*come_up(session)]
    for _ in range(5 * MOST_WAITING):
        effects = [again for message_id in sent(effects) for again in session.handle(ack(message_id), NOW)]
    assert session.waiting == 0
    assert told(session.handle(DOWN, NOW)) == []
    assert session.waiting == 1, "and is told again when there is room"


def test_who_tells_the_peer_needs_one_and_identifiers() -> None:
    for settings_, new_id in ((TELLING, None), (replace(TELLING, peer=""), IdSource(b"x"))):
        with pytest.raises(ValueError, match="needs a peer, and identifiers"):
            Session(settings_, MemoryOutbox(), new_id)


# what is sent when ---------------------------------------------------------------------------------------------------------


def test_a_node_that_has_begun_again_is_told_that_the_link_is_up() -> None:
    assert session_in(State.ACTIVE).handle(LinkAsked("uplink"), NOW) == (LinkChanged("uplink", up=True, reason=""),)
    assert session_in(State.CONNECTING).handle(LinkAsked("uplink"), NOW) == ()


def test_what_is_not_a_links_business_changes_nothing() -> None:
    session = session_in(State.ACTIVE)
    assert session.handle(ClockStepped(1), NOW) == ()
    assert session.counts == {}


def test_what_is_held_waits_for_the_gate_and_then_goes_like_all_that_is_old() -> None:
    session = session_in(State.ACTIVE)
    assert sent(session.handle(held("1"), NOW)) == []
    assert sent(session.handle(event("2"), NOW)) == ["2"]
    assert session.waiting == 2
    assert sent(session.handle(Gate("uplink", is_open=True), NOW)) == ["1"]
    assert session.handle(Gate("uplink", is_open=True), NOW) == ()
    assert sent(session.handle(held("3"), NOW)) == ["3"]
    for message_id in "123":
        session.handle(ack(message_id), NOW)
    assert session.waiting == 0
    session.handle(Gate("uplink", is_open=False), NOW)
    assert sent(session.handle(held("4"), NOW)) == []


def test_what_is_held_is_not_sent_again_once_the_gate_is_shut() -> None:
    session = session_in(State.ACTIVE, settings=UNWATCHED)
    session.handle(Gate("uplink", is_open=True), NOW)
    assert sent(session.handle(held("1"), NOW)) == ["1"]
    session.handle(Gate("uplink", is_open=False), NOW)
    later = NOW.later(HOUR_MS)
    assert sent(session.wake(later)) == []
    assert sent(session.handle(Gate("uplink", is_open=True), later)) == ["1"]
    session.handle(ack("1"), later)
    assert (session.waiting, sent(session.wake(later.later(HOUR_MS)))) == (0, [])


def test_what_had_to_be_given_up_behind_a_shut_gate_is_told_when_it_opens() -> None:
    session = session_in(State.ACTIVE, most_entries=3)
    assert not any(notes(session.handle(held(str(number)), NOW)) for number in range(5))
    effects = session.handle(Gate("uplink", is_open=True), NOW)
    assert notes(effects) == ["uplink: 2 messages were given up while they could not be sent; 3 follow now"]
    assert sent(effects) == ["2", "3", "4"]


def test_a_stream_with_a_name_numbers_what_it_keeps_and_nothing_else() -> None:
    class Named(MemoryOutbox):
        stream = "c0ffee"

    session = led_to(State.ACTIVE, Session(SETTINGS, Named()))
    numbers = [
        (effect.stream, effect.sequence)
        for given_ in (event("1"), INPUTS[Input.SEND_PLAIN], event("2"))
        for effect in session.handle(given_, NOW)
        if isinstance(effect, Transmit)
    ]
    assert numbers == [("c0ffee", 1), ("", 0), ("c0ffee", 2)]


@pytest.mark.parametrize(
    ("order", "expected"),
    [(UploadOrder.OLDEST_FIRST, "abcdefg"), (UploadOrder.NEWEST_DAY_FIRST, "gfedcba")],
    ids=str,
)
def test_what_waited_goes_up_in_the_order_that_is_set_and_gives_way(order: UploadOrder, expected: str) -> None:
    session = led_to(State.CONNECTING, Session(replace(SETTINGS, order=order), MemoryOutbox()))
    for day, name in enumerate("abcdefg"):
        assert session.handle(held(name), Moment(NOW.mono_ms, NOW.wall_ms + day * DAY_MS)) == []
    session.handle(Gate("uplink", is_open=True), NOW)
    effects = come_up(session)
    order_of_sending = sent(effects)
    assert order_of_sending == list(expected[:5])
    live = session.handle(event("live"), NOW)
    assert [effect.gives_way for effect in live if isinstance(effect, Transmit)] == [False]
    for name in expected:
        effects = session.handle(ack(name), NOW)
        order_of_sending += sent(effects)
        assert all(effect.gives_way for effect in effects if isinstance(effect, Transmit))
    assert order_of_sending == list(expected)


def test_now_goes_out_once_with_qos_0_and_is_never_kept() -> None:
    session = session_in(State.ACTIVE, settings=UNWATCHED)
    effects = session.handle(INPUTS[Input.SEND_NOW], NOW)
    assert effects == (Transmit("uplink", "x.ta.scada", "a", POWER, "3", ack_required=False, qos=0),)
    assert session.waiting == 0
    assert session.deadline() is None


def test_plain_goes_out_once_with_qos_1() -> None:
    session = session_in(State.ACTIVE)
    effects = session.handle(INPUTS[Input.SEND_PLAIN], NOW)
    assert effects == (Transmit("uplink", "x.ta.scada", "a", POWER, "2", ack_required=False, qos=1),)
    assert session.waiting == 0


def test_what_cannot_wait_is_dropped_while_down_and_told_when_back() -> None:
    session = session_in(State.CONNECTING)
    assert session.handle(INPUTS[Input.SEND_PLAIN], NOW) == ()
    assert session.handle(INPUTS[Input.SEND_NOW], NOW) == ()
    assert session.counts == {"dropped while down": 2}
    effects = come_up(session)
    assert effects[0] == UP
    assert notes(effects)[0] == "uplink: connected; 2 that could not wait were dropped meanwhile"
    assert sent(effects) == []


def test_an_event_waits_for_its_acknowledgement() -> None:
    session = session_in(State.ACTIVE, settings=UNWATCHED)
    effects = session.handle(event("1"), NOW)
    assert effects == [Transmit("uplink", "x.ta.scada", "a", POWER, "1", ack_required=True, qos=1)]
    assert session.waiting == 1
    assert session.handle(ack("1"), NOW.later(40)) == []
    assert session.waiting == 0
    assert session.deadline() is None


def test_an_event_names_its_own_sender() -> None:
    effects = session_in(State.ACTIVE).handle(Send("local", "s", POWER, Urgency.PLAIN, "1", src="a.m"), NOW)
    assert isinstance(effects[0], Transmit)
    assert effects[0].src == "a.m"


def test_the_same_event_is_sent_once() -> None:
    session = session_in(State.ACTIVE)
    session.handle(event("1"), NOW)
    assert session.handle(event("1"), NOW) == []
    assert session.waiting == 1


def test_an_event_without_identifier_is_refused() -> None:
    session = session_in(State.ACTIVE)
    effects = session.handle(event(""), NOW)
    assert sent(effects) == []
    assert "without an identifier" in notes(effects)[0]
    assert session.waiting == 0


def test_sent_again_after_5_10_20_seconds_and_at_most_every_5_minutes() -> None:
    session = session_in(State.ACTIVE, settings=UNWATCHED)
    session.handle(event("1"), NOW)
    at = NOW
    waits = []
    for _ in range(9):
        deadline = session.deadline()
        assert deadline is not None
        assert session.wake(Moment(deadline - 1, at.wall_ms)) == []
        waits.append(deadline - at.mono_ms)
        at = Moment(deadline, at.wall_ms)
        assert sent(session.wake(at)) == ["1"]
        assert session.wake(at) == []
    assert waits == [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000]


def test_the_outbox_is_sent_oldest_first_five_at_a_time_then_one_per_acknowledgement() -> None:
    session = session_in(State.CONNECTING)
    for number in range(8):
        session.handle(event(str(number)), NOW)
    effects = come_up(session)
    assert effects[0] == UP
    assert notes(effects)[0] == "uplink: connected; 8 messages are waiting to be sent"
    assert sent(effects) == ["0", "1", "2", "3", "4"]
    assert sent(session.handle(ack("2"), NOW)) == ["5"]
    assert sent(session.handle(ack("0"), NOW)) == ["6"]
    assert sent(session.handle(ack("0"), NOW)) == []
    assert sent(session.handle(ack("1"), NOW)) == ["7"]
    assert sent(session.handle(ack("3"), NOW)) == []
    assert session.waiting == 4


def test_new_events_do_not_wait_for_old_ones() -> None:
    session = session_in(State.CONNECTING)
    for number in range(8):
        session.handle(event(str(number)), NOW)
    come_up(session)
    assert sent(session.handle(event("new"), NOW)) == ["new"]
    assert [sent(session.handle(ack(str(number)), NOW)) for number in range(4)] == [["5"], ["6"], ["7"], []]


def test_after_a_reconnect_everything_unacknowledged_is_sent_at_once() -> None:
    session = session_in(State.ACTIVE)
    for number in range(3):
        session.handle(event(str(number)), NOW)
    session.handle(ack("1"), NOW)
    assert session.handle(DOWN, NOW)[0] == DOWN
    assert session.deadline() is None
    assert session.wake(NOW.later(MINUTE_MS)) == ()
    assert sent(come_up(session, NOW.later(MINUTE_MS))) == ["0", "2"]


def test_one_message_that_the_peer_never_takes_does_not_hold_up_the_others() -> None:
    session = session_in(State.CONNECTING)
    for number in range(20):
        session.handle(event(str(number)), NOW)
    poisonous = {str(number) for number in range(6)}
    at, pending, arrived = NOW, sent(come_up(session)), set[str]()
    while at.mono_ms < NOW.mono_ms + 60 * SECOND_MS and len(arrived) < 14:
        for message_id in pending:
            if message_id not in poisonous:
                arrived.add(message_id)
        pending = [
            again for message_id in pending if message_id in arrived for again in sent(session.handle(ack(message_id), at))
        ]
        if not pending:
            at = at.later(SECOND_MS)
            pending = sent(session.wake(at))
    assert len(arrived) == 14
    assert session.waiting == 6


def test_a_silent_peer_is_tried_ever_more_gently_and_at_once_when_it_is_heard() -> None:
    session = session_in(State.CONNECTING)
    for number in range(50):
        session.handle(event(str(number)), NOW)
    at = NOW
    attempts = len(sent(come_up(session, at)))
    per_hour = []
    for _ in range(2):
        attempts = 0
        until = at.later(60 * MINUTE_MS)
        while (deadline := session.deadline()) is not None and deadline <= until.mono_ms:
            at = at.later(max(deadline - at.mono_ms, 0))
            attempts += len(sent(session.wake(at)))
        at = until
        per_hour.append(attempts)
    assert per_hour[1] <= 5 * 12
    heard = session.handle(received(POWER), at)
    assert sent(heard) == ["0", "1", "2", "3", "4"]


def test_a_full_outbox_gives_up_the_oldest_and_says_so_once_a_minute() -> None:
    session = session_in(State.CONNECTING, most_entries=2)
    told = [notes(session.handle(event(str(number)), NOW)) for number in range(5)]
    assert [len(lines) for lines in told] == [0, 0, 1, 0, 0]
    assert "given up" in told[2][0]
    assert session.counts == {"outbox full": 3}
    assert sent(come_up(session)) == ["3", "4"]


def test_giving_up_what_is_on_its_way_frees_its_place() -> None:
    session = session_in(State.ACTIVE, most_entries=2)
    for number in range(4):
        session.handle(event(str(number)), NOW)
    assert sent(session.wake(NOW.later(5 * SECOND_MS))) == ["2", "3"]


def test_a_ping_is_answered_and_not_passed_on() -> None:
    effects = session_in(State.ACTIVE).handle(received(GridworksPing(message_id="p")), NOW)
    assert effects == [
        Transmit("uplink", "x.ta.scada", "a", GridworksAck(ack_message_id="p"), "", ack_required=False, qos=1),
    ]


def test_on_a_bus_the_answer_goes_to_whoever_asked() -> None:
    session = led_to(State.ACTIVE, Session(ON_BUS, MemoryOutbox()))
    effects = session.handle(received(GridworksPing(message_id="p"), src="a.m"), NOW)
    assert isinstance(effects[0], Transmit)
    assert effects[0].dst == "a.m"


def test_messages_are_passed_on_and_acknowledgements_are_not() -> None:
    session = session_in(State.ACTIVE)
    assert list(session.handle(received(POWER), NOW)) == [received(POWER)]
    assert list(session.handle(ack("unknown"), NOW)) == []
    assert session.counts == {"acknowledged twice": 1}


def test_our_own_echo_is_dropped_also_of_others_we_spoke_for() -> None:
    session = session_in(State.ACTIVE)
    assert list(session.handle(received(POWER, src="x.ta.scada"), NOW)) == []
    assert list(session.handle(received(POWER, src="a.m"), NOW)) == [received(POWER, src="a.m")]
    session.handle(Send("uplink", "s", POWER, Urgency.PLAIN, "1", src="a.m"), NOW)
    assert list(session.handle(received(POWER, src="a.m"), NOW)) == []
    assert session.counts == {"echo": 2}


def test_garbled_is_counted_and_told_once_a_minute() -> None:
    session = session_in(State.ACTIVE)
    garbled = INPUTS[Input.GARBLED]
    assert notes(session.handle(garbled, NOW)) == ["uplink: refused (not-json): odd, on topic gw/y"]
    assert session.handle(garbled, NOW.later(1)) == [garbled]
    assert session.counts == {"refused (not-json)": 2}


def test_what_can_never_be_sent_is_given_up() -> None:
    session = session_in(State.ACTIVE)
    session.handle(event("1"), NOW)
    effects = session.handle(TransmitFailed("uplink", "1", "report: unequal lists", lasting=True), NOW)
    assert notes(effects) == ["uplink: cannot be sent: report: unequal lists; given up"]
    assert session.waiting == 0
    assert sent(session.wake(NOW.later(5 * SECOND_MS))) == []


def test_what_could_not_be_sent_now_is_tried_again() -> None:
    session = session_in(State.ACTIVE)
    session.handle(event("1"), NOW)
    session.handle(TransmitFailed("uplink", "1", "queue full", lasting=False), NOW)
    assert sent(session.wake(NOW.later(5 * SECOND_MS))) == ["1"]


def test_the_log_says_once_that_the_link_is_lost_and_once_that_it_is_back() -> None:
    session = session_in(State.CONNECTING)
    log = []
    for changed in (DOWN, DOWN, UP, DOWN, CONNECTED, DOWN, LinkChanged("uplink", up=False, reason="refused"), UP):
        log += notes(come_up(session) if changed is UP else session.handle(changed, NOW))
    assert log == [
        "uplink: not connected: broken; goes on trying",
        "uplink: connected",
        "uplink: the peer (a) is heard",
        "uplink: not connected: broken; goes on trying",
        "uplink: not connected: refused; goes on trying",
        "uplink: connected",
        "uplink: the peer (a) is heard",
    ]


def test_what_is_said_after_the_end_is_kept() -> None:
    session = session_in(State.ENDED)
    assert session.handle(event("1"), NOW) == []
    assert session.waiting == 1
    assert session.deadline() is None


def test_refusals_are_warnings_and_losses_are_errors() -> None:
    session = session_in(State.CONNECTING, most_entries=1)
    session.handle(event("1"), NOW)
    (lost,) = session.handle(event("2"), NOW)
    passed_on, refused = session.handle(INPUTS[Input.GARBLED], NOW)
    assert passed_on == INPUTS[Input.GARBLED]
    assert isinstance(lost, Note)
    assert isinstance(refused, Note)
    assert (lost.level, refused.level) == (Level.ERROR, Level.WARNING)


@given(seed=st.integers(0, 2**31 - 1), count=st.integers(1, 40))
@settings(max_examples=50, deadline=None)
def test_nothing_is_lost_over_a_wire_that_loses_doubles_and_breaks(seed: int, count: int) -> None:
    """Random losses of messages and acknowledgements, and broken connections, for ten minutes; then a good wire."""
    session = telling()
    chance = iter(range(1_000_000))
    arrived: set[str] = set()
    at, put = NOW, 0

    def luck(share: float) -> bool:
        return uniform(seed, 0, next(chance)) < share

    def carry(effects: Sequence[Event], bad: float) -> None:
        for message_id in [effect.message_id for effect in effects if isinstance(effect, Transmit)]:
            if luck(bad):
                continue
            arrived.add(message_id)
            for _ in range(2 if luck(bad) else 1):
                if not luck(bad):
                    carry(session.handle(ack(message_id), at), bad)

    end_of_trouble = NOW.mono_ms + 10 * MINUTE_MS
    while at.mono_ms < end_of_trouble + 30 * MINUTE_MS:
        bad = 0.3 if at.mono_ms < end_of_trouble else 0.0
        if put < count and luck(0.5):
            put += 1
            carry(session.handle(event(str(put)), at), bad)
        elif session.state is State.CONNECTING:
            carry([*session.handle(CONNECTED, at), *session.handle(UP, at)], bad)
        elif bad and luck(0.1):
            carry(session.handle(DOWN, at), bad)
        else:
            carry(session.wake(at), bad)
        at = at.later(int(SECOND_MS * (1 + 9 * uniform(seed, 1, next(chance)))))
    assert put == count
    assert (session.state, session.waiting) == (State.ACTIVE, 0)
    assert arrived >= {str(number) for number in range(1, count + 1)}


def test_the_diagram_in_the_docs_is_the_table() -> None:
    page = (Path(__file__).parents[3] / "docs" / "systems" / "link.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{STATES.mermaid()}\n```" in page


def test_what_is_drawn_is_what_leads_on() -> None:
    ways = {pair: after for pair, (after, _action) in TABLE.items() if after is not pair[0]}
    assert ways == {(state, given_): after for state, row in STATES.rows.items() for given_, after in row.items()}


def test_what_passes_is_what_a_peer_who_answers_may_have() -> None:
    session = led_to(State.AWAITING_PEER, Session(SETTINGS, MemoryOutbox()))
    assert set(session.passing) == set()
    session.handle(received(POWER), NOW)
    assert set(session.passing) == {Urgency.EVENT}
    session.handle(Gate("uplink", is_open=True), NOW)
    assert set(session.passing) == {Urgency.EVENT, Urgency.HELD}
    session.handle(DOWN, NOW)
    assert set(session.passing) == set()


def test_an_event_about_the_link_that_was_let_go_of_makes_room_for_another() -> None:
    outbox = MemoryOutbox()
    session = Session(replace(SETTINGS, tells_peer=True), outbox, IdSource(b"x"))
    session.handle(Started(), NOW)
    for _ in range(MOST_WAITING):
        for given_ in (CONNECTED, UP, DOWN):
            session.handle(given_, NOW)
    assert len(outbox) == MOST_WAITING
    outbox.replace(range(1, MOST_WAITING + 1), None, NOW.wall_ms)
    session.handle(CONNECTED, NOW)
    session.handle(UP, NOW)
    assert len(outbox) == 0
    session.look_what_is_gone()
    session.handle(DOWN, NOW)
    assert len(outbox) == 1
