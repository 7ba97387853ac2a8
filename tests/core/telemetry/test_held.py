"""What is held back while the uplink is not open, and how it goes up."""

from gw_spaceheat.core.events import Level, Note, Send, Urgency
from gw_spaceheat.core.telemetry.held import MOST_HELD, Held
from gw_spaceheat.messages.power_watts import PowerWatts


def event(number: int) -> Send:
    return Send("uplink", "a", PowerWatts(watts=number), Urgency.EVENT, f"id {number}")


def test_shut_it_holds_back_and_opened_it_lets_go_oldest_first_and_once() -> None:
    held = Held()
    assert not held.is_open
    assert [held.take(event(number)) for number in range(3)] == [[], [], []]
    assert held.set_open(False) == []
    assert held.set_open(True) == [event(0), event(1), event(2)]
    assert held.set_open(True) == []
    assert held.take(event(3)) == [event(3)]
    assert held.set_open(False) == []
    assert not held.is_open
    assert held.take(event(4)) == []
    assert held.set_open(True) == [event(4)]


def test_always_open_it_is_never_shut() -> None:
    held = Held(always_open=True)
    assert held.set_open(False) == []
    assert (held.is_open, held.take(event(1))) == (True, [event(1)])


def test_above_so_many_the_oldest_are_given_up_and_that_is_told_once() -> None:
    held = Held(most=3)
    for number in range(5):
        held.take(event(number))
    *sends, note = held.set_open(True)
    assert sends == [event(2), event(3), event(4)]
    assert note == Note(Level.WARNING, "2 reports or problems were given up while the uplink was not open; 3 follow now")
    held.set_open(False)
    held.take(event(9))
    assert held.set_open(True) == [event(9)]


def test_two_days_of_reports_are_held() -> None:
    assert MOST_HELD >= 2 * 24 * 12
