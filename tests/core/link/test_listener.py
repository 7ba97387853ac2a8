"""The session of one who listens."""

from gw_spaceheat.core.events import (
    Event,
    FiguresAsked,
    Garbled,
    Level,
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
from gw_spaceheat.core.link.listener import Listener
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.gridworks_ack import GridworksAck
from gw_spaceheat.messages.gridworks_ping import GridworksPing
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.vocabulary.moment import MINUTE_MS, Moment

NOW = Moment(0, 1_515_387_600_000)
GARBLED = Garbled("uplink", "gw/x", "not-json", "odd")


def received(message: Message) -> Received:
    return Received("uplink", "d1.test", "1", ack_required=True, message=message, arrived_ms=NOW.wall_ms)


def test_everything_is_passed_on_and_nothing_is_answered() -> None:
    listener = Listener("uplink")
    for message in (PowerWatts(watts=1), GridworksPing(message_id="p"), GridworksAck(ack_message_id="p")):
        assert listener.handle(received(message), NOW) == (received(message),)


def test_what_cannot_be_read_is_passed_on_and_told_once_a_minute() -> None:
    listener = Listener("uplink")
    passed, note = listener.handle(GARBLED, NOW)
    assert passed == GARBLED
    assert note == Note(Level.WARNING, "uplink: refused (not-json): odd, on topic gw/x")
    assert listener.handle(GARBLED, NOW.later(1)) == (GARBLED,)
    assert len(listener.handle(GARBLED, NOW.later(MINUTE_MS))) == 2


def test_comings_and_goings_are_passed_on_and_told() -> None:
    listener = Listener("uplink")
    assert not listener.is_up
    up, down = LinkChanged("uplink", up=True, reason=""), LinkChanged("uplink", up=False, reason="no route")
    assert listener.handle(up, NOW) == (up, Note(Level.INFO, "uplink: connected"))
    assert listener.is_up
    assert listener.handle(down, NOW) == (down, Note(Level.WARNING, "uplink: not connected: no route"))
    assert not listener.is_up
    listener.handle(up, NOW)
    assert listener.handle(Stopping(), NOW) == ()
    assert not listener.is_up


def test_it_says_nothing_and_asks_for_no_time() -> None:
    listener = Listener("uplink")
    events: list[Event] = [Started(), Send("uplink", "a", PowerWatts(watts=1), Urgency.EVENT, "1")]
    assert [listener.handle(event, NOW) for event in events] == [(), ()]
    assert listener.wake(NOW) == ()
    assert listener.deadline() is None


def test_its_figures() -> None:
    listener = Listener("uplink")
    listener.handle(GARBLED, NOW)
    assert listener.handle(FiguresAsked(), NOW) == (LinkFigures("uplink", False, 0, 0, {"refused (not-json)": 1}),)


def test_what_it_says_itself_goes_out_once_while_the_link_is_up() -> None:
    listener = Listener("uplink", "ear")
    said = Send("uplink", "d1.test", PowerWatts(watts=1), Urgency.PLAIN, "1")
    assert listener.handle(said, NOW) == ()
    listener.handle(LinkChanged("uplink", up=True, reason=""), NOW)
    sent = Transmit("uplink", "ear", "d1.test", PowerWatts(watts=1), "1", ack_required=False, qos=1)
    assert listener.handle(said, NOW) == (sent,)
    (note,) = listener.handle(TransmitFailed("uplink", "1", "broken", lasting=False), NOW)
    assert note == Note(Level.WARNING, "uplink: not sent: broken")
    own = Received("uplink", "ear", "", ack_required=False, message=PowerWatts(watts=1), arrived_ms=NOW.wall_ms)
    assert listener.handle(own, NOW) == ()
    listener.handle(LinkChanged("uplink", up=False, reason="no route"), NOW)
    assert listener.handle(said, NOW) == ()
