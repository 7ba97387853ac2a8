"""The session: every pair of state and input, what is sent when, and that nothing is lost over a bad wire."""

from collections.abc import Sequence
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
from gw_spaceheat.core.link.outbox import MemoryOutbox
from gw_spaceheat.core.link.session import TABLE, Input, Session, SessionSettings, State
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.codec import encode_bare
from gw_spaceheat.messages.gridworks_ack import GridworksAck
from gw_spaceheat.messages.gridworks_ping import GridworksPing
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.vocabulary.chance import uniform
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS, SECOND_MS, Moment

NOW = Moment(1_000_000, 1_700_000_000_000)
SETTINGS = SessionSettings(link="uplink", alias="x.ta.scada", peer="a")
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
    return [effect.message_id for effect in effects if isinstance(effect, Transmit)]


def notes(effects: Sequence[Event]) -> list[str]:
    return [effect.text for effect in effects if isinstance(effect, Note)]


def session_in(state: State, most_entries: int = 100) -> Session:
    session = Session(SETTINGS, MemoryOutbox(most_entries))
    if state is State.UP:
        session.handle(UP, NOW)
    if state is State.ENDED:
        session.handle(Stopping(), NOW)
    assert session.state is state
    return session


INPUTS: dict[Input, Event] = {
    Input.STARTED: Started(),
    Input.STOPPING: Stopping(),
    Input.LINK_UP: UP,
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
REFUSED = None
AFTER: dict[tuple[State, Input], State | None] = {
    (State.DOWN, Input.STARTED): State.DOWN,
    (State.DOWN, Input.STOPPING): State.ENDED,
    (State.DOWN, Input.LINK_UP): State.UP,
    (State.DOWN, Input.LINK_DOWN): State.DOWN,
    (State.DOWN, Input.LINK_ASKED): State.DOWN,
    (State.DOWN, Input.FIGURES_ASKED): State.DOWN,
    (State.DOWN, Input.SEND_EVENT): State.DOWN,
    (State.DOWN, Input.GATE): State.DOWN,
    (State.DOWN, Input.SEND_HELD): State.DOWN,
    (State.DOWN, Input.SEND_PLAIN): State.DOWN,
    (State.DOWN, Input.SEND_NOW): State.DOWN,
    (State.DOWN, Input.ACKNOWLEDGED): State.DOWN,
    (State.DOWN, Input.PING): REFUSED,
    (State.DOWN, Input.MESSAGE): State.DOWN,
    (State.DOWN, Input.ECHO): State.DOWN,
    (State.DOWN, Input.GARBLED): State.DOWN,
    (State.DOWN, Input.TRANSMIT_FAILED): State.DOWN,
    (State.UP, Input.STARTED): State.UP,
    (State.UP, Input.STOPPING): State.ENDED,
    (State.UP, Input.LINK_UP): REFUSED,
    (State.UP, Input.LINK_DOWN): State.DOWN,
    (State.UP, Input.LINK_ASKED): State.UP,
    (State.UP, Input.FIGURES_ASKED): State.UP,
    (State.UP, Input.SEND_EVENT): State.UP,
    (State.UP, Input.GATE): State.UP,
    (State.UP, Input.SEND_HELD): State.UP,
    (State.UP, Input.SEND_PLAIN): State.UP,
    (State.UP, Input.SEND_NOW): State.UP,
    (State.UP, Input.ACKNOWLEDGED): State.UP,
    (State.UP, Input.PING): State.UP,
    (State.UP, Input.MESSAGE): State.UP,
    (State.UP, Input.ECHO): State.UP,
    (State.UP, Input.GARBLED): State.UP,
    (State.UP, Input.TRANSMIT_FAILED): State.UP,
    (State.ENDED, Input.STARTED): REFUSED,
    (State.ENDED, Input.STOPPING): REFUSED,
    (State.ENDED, Input.LINK_UP): REFUSED,
    (State.ENDED, Input.LINK_DOWN): State.ENDED,
    (State.ENDED, Input.LINK_ASKED): State.ENDED,
    (State.ENDED, Input.FIGURES_ASKED): State.ENDED,
    (State.ENDED, Input.SEND_EVENT): State.ENDED,
    (State.ENDED, Input.GATE): State.ENDED,
    (State.ENDED, Input.SEND_HELD): State.ENDED,
    (State.ENDED, Input.SEND_PLAIN): State.ENDED,
    (State.ENDED, Input.SEND_NOW): State.ENDED,
    (State.ENDED, Input.ACKNOWLEDGED): State.ENDED,
    (State.ENDED, Input.PING): REFUSED,
    (State.ENDED, Input.MESSAGE): REFUSED,
    (State.ENDED, Input.ECHO): State.ENDED,
    (State.ENDED, Input.GARBLED): State.ENDED,
    (State.ENDED, Input.TRANSMIT_FAILED): State.ENDED,
}


def test_every_pair_is_decided() -> None:
    assert set(AFTER) == {(state, given_) for state in State for given_ in Input}
    assert set(TABLE) == {pair for pair, after in AFTER.items() if after is not REFUSED}


@pytest.mark.parametrize(("state", "given_"), AFTER, ids=str)
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


def test_a_node_that_has_begun_again_is_told_that_the_link_is_up() -> None:
    assert session_in(State.UP).handle(LinkAsked("uplink"), NOW) == (LinkChanged("uplink", up=True, reason=""),)
    assert session_in(State.DOWN).handle(LinkAsked("uplink"), NOW) == ()


@pytest.mark.parametrize("state", State)
def test_its_figures_are_told_to_whoever_asks(state: State) -> None:
    session = session_in(state)
    session.handle(event("old"), NOW)
    session.handle(INPUTS[Input.ECHO], NOW)
    (figures,) = session.handle(FiguresAsked(), NOW)
    size = len(encode_bare(POWER))
    assert figures == LinkFigures("uplink", state is State.UP, 1, size, {"echo": 1})


def test_what_is_not_a_links_business_changes_nothing() -> None:
    session = session_in(State.UP)
    assert session.handle(ClockStepped(1), NOW) == ()
    assert session.counts == {}


def test_what_is_held_waits_for_the_gate_and_then_goes_like_all_that_is_old() -> None:
    session = session_in(State.UP)
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
    session = session_in(State.UP)
    session.handle(Gate("uplink", is_open=True), NOW)
    assert sent(session.handle(held("1"), NOW)) == ["1"]
    session.handle(Gate("uplink", is_open=False), NOW)
    later = NOW.later(HOUR_MS)
    assert sent(session.wake(later)) == []
    assert sent(session.handle(UP, later.later(1)) if session.state is State.DOWN else ()) == []
    assert sent(session.handle(Gate("uplink", is_open=True), later)) == ["1"]
    session.handle(ack("1"), later)
    assert (session.waiting, sent(session.wake(later.later(HOUR_MS)))) == (0, [])


def test_what_had_to_be_given_up_behind_a_shut_gate_is_told_when_it_opens() -> None:
    session = session_in(State.UP, most_entries=3)
    assert not any(notes(session.handle(held(str(number)), NOW)) for number in range(5))
    effects = session.handle(Gate("uplink", is_open=True), NOW)
    assert notes(effects) == ["uplink: 2 messages were given up while they could not be sent; 3 follow now"]
    assert sent(effects) == ["2", "3", "4"]


def test_a_stream_with_a_name_numbers_what_it_keeps_and_nothing_else() -> None:
    class Named(MemoryOutbox):
        stream = "c0ffee"

    session = Session(SETTINGS, Named())
    session.handle(UP, NOW)
    numbers = [
        (effect.stream, effect.sequence)
        for asked in (event("1"), INPUTS[Input.SEND_PLAIN], event("2"))
        for effect in session.handle(asked, NOW)
        if isinstance(effect, Transmit)
    ]
    assert numbers == [("c0ffee", 1), ("", 0), ("c0ffee", 2)]


def test_now_goes_out_once_with_qos_0_and_is_never_kept() -> None:
    session = session_in(State.UP)
    effects = session.handle(INPUTS[Input.SEND_NOW], NOW)
    assert effects == (Transmit("uplink", "x.ta.scada", "a", POWER, "3", ack_required=False, qos=0),)
    assert session.waiting == 0
    assert session.deadline() is None


def test_plain_goes_out_once_with_qos_1() -> None:
    session = session_in(State.UP)
    effects = session.handle(INPUTS[Input.SEND_PLAIN], NOW)
    assert effects == (Transmit("uplink", "x.ta.scada", "a", POWER, "2", ack_required=False, qos=1),)
    assert session.waiting == 0


def test_what_cannot_wait_is_dropped_while_down_and_told_when_back() -> None:
    session = session_in(State.DOWN)
    assert session.handle(INPUTS[Input.SEND_PLAIN], NOW) == ()
    assert session.handle(INPUTS[Input.SEND_NOW], NOW) == ()
    assert session.counts == {"dropped while down": 2}
    effects = session.handle(UP, NOW)
    assert effects[0] == UP
    assert notes(effects) == ["uplink: connected; 2 that could not wait were dropped meanwhile"]
    assert sent(effects) == []


def test_an_event_waits_for_its_acknowledgement() -> None:
    session = session_in(State.UP)
    effects = session.handle(event("1"), NOW)
    assert effects == [Transmit("uplink", "x.ta.scada", "a", POWER, "1", ack_required=True, qos=1)]
    assert session.waiting == 1
    assert session.handle(ack("1"), NOW.later(40)) == []
    assert session.waiting == 0
    assert session.deadline() is None


def test_an_event_names_its_own_sender() -> None:
    effects = session_in(State.UP).handle(Send("local", "s", POWER, Urgency.PLAIN, "1", src="a.m"), NOW)
    assert isinstance(effects[0], Transmit)
    assert effects[0].src == "a.m"


def test_the_same_event_is_sent_once() -> None:
    session = session_in(State.UP)
    session.handle(event("1"), NOW)
    assert session.handle(event("1"), NOW) == []
    assert session.waiting == 1


def test_an_event_without_identifier_is_refused() -> None:
    session = session_in(State.UP)
    effects = session.handle(event(""), NOW)
    assert sent(effects) == []
    assert "without an identifier" in notes(effects)[0]
    assert session.waiting == 0


def test_sent_again_after_5_10_20_seconds_and_at_most_every_5_minutes() -> None:
    session = session_in(State.UP)
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
    session = session_in(State.DOWN)
    for number in range(8):
        session.handle(event(str(number)), NOW)
    effects = session.handle(UP, NOW)
    assert effects[0] == UP
    assert notes(effects) == ["uplink: connected; 8 messages are waiting to be sent"]
    assert sent(effects) == ["0", "1", "2", "3", "4"]
    assert sent(session.handle(ack("2"), NOW)) == ["5"]
    assert sent(session.handle(ack("0"), NOW)) == ["6"]
    assert sent(session.handle(ack("0"), NOW)) == []
    assert sent(session.handle(ack("1"), NOW)) == ["7"]
    assert sent(session.handle(ack("3"), NOW)) == []
    assert session.waiting == 4


def test_new_events_do_not_wait_for_old_ones() -> None:
    session = session_in(State.DOWN)
    for number in range(8):
        session.handle(event(str(number)), NOW)
    session.handle(UP, NOW)
    assert sent(session.handle(event("new"), NOW)) == ["new"]
    assert [sent(session.handle(ack(str(number)), NOW)) for number in range(4)] == [["5"], ["6"], ["7"], []]


def test_after_a_reconnect_everything_unacknowledged_is_sent_at_once() -> None:
    session = session_in(State.UP)
    for number in range(3):
        session.handle(event(str(number)), NOW)
    session.handle(ack("1"), NOW)
    assert session.handle(DOWN, NOW)[0] == DOWN
    assert session.deadline() is None
    assert session.wake(NOW.later(MINUTE_MS)) == ()
    assert sent(session.handle(UP, NOW.later(MINUTE_MS))) == ["0", "2"]


def test_one_message_that_the_peer_never_takes_does_not_hold_up_the_others() -> None:
    session = session_in(State.DOWN)
    for number in range(20):
        session.handle(event(str(number)), NOW)
    poisonous = {str(number) for number in range(6)}
    at, pending, arrived = NOW, sent(session.handle(UP, NOW)), set[str]()
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
    session = session_in(State.DOWN)
    for number in range(50):
        session.handle(event(str(number)), NOW)
    at = NOW
    attempts = len(sent(session.handle(UP, at)))
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
    session = session_in(State.DOWN, most_entries=2)
    told = [notes(session.handle(event(str(number)), NOW)) for number in range(5)]
    assert [len(lines) for lines in told] == [0, 0, 1, 0, 0]
    assert "given up" in told[2][0]
    assert session.counts == {"outbox full": 3}
    assert sent(session.handle(UP, NOW)) == ["3", "4"]


def test_giving_up_what_is_on_its_way_frees_its_place() -> None:
    session = session_in(State.UP, most_entries=2)
    for number in range(4):
        session.handle(event(str(number)), NOW)
    assert sent(session.wake(NOW.later(5 * SECOND_MS))) == ["2", "3"]


def test_a_ping_is_answered_and_not_passed_on() -> None:
    effects = session_in(State.UP).handle(received(GridworksPing(message_id="p")), NOW)
    assert effects == [
        Transmit("uplink", "x.ta.scada", "a", GridworksAck(ack_message_id="p"), "", ack_required=False, qos=1),
    ]


def test_on_a_bus_the_answer_goes_to_whoever_asked() -> None:
    session = Session(SessionSettings(link="local", alias="s"), MemoryOutbox())
    session.handle(LinkChanged("local", up=True, reason=""), NOW)
    effects = session.handle(received(GridworksPing(message_id="p"), src="a.m"), NOW)
    assert isinstance(effects[0], Transmit)
    assert effects[0].dst == "a.m"


def test_messages_are_passed_on_and_acknowledgements_are_not() -> None:
    session = session_in(State.UP)
    assert list(session.handle(received(POWER), NOW)) == [received(POWER)]
    assert list(session.handle(ack("unknown"), NOW)) == []
    assert session.counts == {"acknowledged twice": 1}


def test_our_own_echo_is_dropped_also_of_others_we_spoke_for() -> None:
    session = session_in(State.UP)
    assert list(session.handle(received(POWER, src="x.ta.scada"), NOW)) == []
    assert list(session.handle(received(POWER, src="a.m"), NOW)) == [received(POWER, src="a.m")]
    session.handle(Send("uplink", "s", POWER, Urgency.PLAIN, "1", src="a.m"), NOW)
    assert list(session.handle(received(POWER, src="a.m"), NOW)) == []
    assert session.counts == {"echo": 2}


def test_garbled_is_counted_and_told_once_a_minute() -> None:
    session = session_in(State.UP)
    garbled = INPUTS[Input.GARBLED]
    assert notes(session.handle(garbled, NOW)) == ["uplink: refused (not-json): odd, on topic gw/y"]
    assert session.handle(garbled, NOW.later(1)) == [garbled]
    assert session.counts == {"refused (not-json)": 2}


def test_what_can_never_be_sent_is_given_up() -> None:
    session = session_in(State.UP)
    session.handle(event("1"), NOW)
    effects = session.handle(TransmitFailed("uplink", "1", "report: unequal lists", lasting=True), NOW)
    assert notes(effects) == ["uplink: cannot be sent: report: unequal lists; given up"]
    assert session.waiting == 0
    assert sent(session.wake(NOW.later(5 * SECOND_MS))) == []


def test_what_could_not_be_sent_now_is_tried_again() -> None:
    session = session_in(State.UP)
    session.handle(event("1"), NOW)
    session.handle(TransmitFailed("uplink", "1", "queue full", lasting=False), NOW)
    assert sent(session.wake(NOW.later(5 * SECOND_MS))) == ["1"]


def test_the_log_says_once_that_the_link_is_lost_and_once_that_it_is_back() -> None:
    session = session_in(State.DOWN)
    log = []
    for changed in (DOWN, DOWN, UP, DOWN, DOWN, LinkChanged("uplink", up=False, reason="refused"), UP):
        log += notes(session.handle(changed, NOW))
    assert log == [
        "uplink: not connected: broken; goes on trying",
        "uplink: connected",
        "uplink: not connected: broken; goes on trying",
        "uplink: not connected: refused; goes on trying",
        "uplink: connected",
    ]


def test_what_is_said_after_the_end_is_kept() -> None:
    session = session_in(State.ENDED)
    assert session.handle(event("1"), NOW) == []
    assert session.waiting == 1
    assert session.deadline() is None


def test_refusals_are_warnings_and_losses_are_errors() -> None:
    session = session_in(State.DOWN, most_entries=1)
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
    session = Session(SETTINGS, MemoryOutbox())
    chance = iter(range(1_000_000))
    arrived: list[str] = []
    at, put = NOW, 0

    def luck(share: float) -> bool:
        return uniform(seed, 0, next(chance)) < share

    def carry(effects: Sequence[Event], bad: float) -> None:
        for message_id in sent(effects):
            if luck(bad):
                continue
            arrived.append(message_id)
            for _ in range(2 if luck(bad) else 1):
                if not luck(bad):
                    carry(session.handle(ack(message_id), at), bad)

    end_of_trouble = NOW.mono_ms + 10 * MINUTE_MS
    while at.mono_ms < end_of_trouble + 30 * MINUTE_MS:
        bad = 0.3 if at.mono_ms < end_of_trouble else 0.0
        up = session.state is State.UP
        if put < count and luck(0.5):
            put += 1
            carry(session.handle(event(str(put)), at), bad)
        elif not up or (bad and luck(0.1)):
            carry(session.handle(DOWN if up else UP, at), bad)
        else:
            carry(session.wake(at), bad)
        at = at.later(int(SECOND_MS * (1 + 9 * uniform(seed, 1, next(chance)))))
    assert put == count
    assert session.waiting == 0
    assert set(arrived) == {str(number) for number in range(1, count + 1)}


def test_the_diagram_in_the_docs_is_the_table() -> None:
    page = (Path(__file__).parents[3] / "docs" / "systems" / "link.md").read_text(encoding="utf-8")
    drawn = {line.strip() for line in page.splitlines() if "-->" in line and "[*]" not in line}
    assert drawn == {
        f"{state} --> {after}: {given_}" for (state, given_), (after, _action) in TABLE.items() if after is not state
    }
