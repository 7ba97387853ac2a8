"""A session whose outbox is looked after."""

from collections.abc import Collection, Sequence

import pytest

from gw_spaceheat.core.events import (
    Event,
    Gate,
    Level,
    LinkChanged,
    LinkConnected,
    Note,
    Received,
    Send,
    Started,
    Transmit,
    Urgency,
)
from gw_spaceheat.core.link.outbox import MemoryOutbox
from gw_spaceheat.core.link.session import Session, SessionSettings
from gw_spaceheat.core.link.states import State
from gw_spaceheat.core.link.upkept import Upkept
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.vocabulary.moment import Moment

NOW = Moment(1_000_000, 1_700_000_000_000)
SETTINGS = SessionSettings(link="uplink", alias="x.ta.scada", peer="a")
UP = LinkChanged("uplink", up=True, reason="")
WAY_UP = (
    Started(),
    LinkConnected("uplink"),
    Received("uplink", "x", "", ack_required=False, message=PowerWatts(watts=1), arrived_ms=0),
    UP,
)
DONE = Note(Level.INFO, "done")


def send(message_id: str, urgency: Urgency = Urgency.EVENT) -> Send:
    return Send("uplink", "a", PowerWatts(watts=1), urgency, message_id)


def come_up(upkept: Upkept) -> list[Event]:
    return [effect for event in WAY_UP for effect in upkept.handle(event, NOW)]


class Scripted:
    """Puts another message in the place of the oldest when its time has come."""

    def __init__(self, outbox: MemoryOutbox) -> None:
        self.outbox = outbox
        self.due: int | None = None
        self.passing: list[set[Urgency]] = []

    def wake(self, now: Moment, passing: Collection[Urgency]) -> Sequence[Event]:
        self.passing.append(set(passing))
        self.due = None
        self.outbox.replace([1], send("new"), now.wall_ms)
        return [DONE]

    def deadline(self) -> int | None:
        return self.due


@pytest.fixture
def outbox() -> MemoryOutbox:
    return MemoryOutbox()


@pytest.fixture
def upkeep(outbox: MemoryOutbox) -> Scripted:
    return Scripted(outbox)


@pytest.fixture
def upkept(outbox: MemoryOutbox, upkeep: Scripted) -> Upkept:
    return Upkept(Session(SETTINGS, outbox), upkeep)


def test_is_a_session_to_whoever_hosts_it(upkept: Upkept) -> None:
    assert (upkept.link, upkept.state, upkept.is_up, upkept.waiting) == ("uplink", State.NOT_STARTED, False, 0)
    upkept.handle(send("1"), NOW)
    assert UP in come_up(upkept)
    assert (upkept.state, upkept.is_up, upkept.waiting, dict(upkept.counts)) == (State.ACTIVE, True, 1, {})


def test_sends_at_once_what_was_put_there(upkept: Upkept, upkeep: Scripted) -> None:
    come_up(upkept)
    upkeep.due = NOW.mono_ms
    effects = upkept.wake(NOW)
    assert effects[0] == DONE
    assert [effect.message_id for effect in effects if isinstance(effect, Transmit)] == ["new"]


def test_says_what_is_on_its_way(upkept: Upkept, upkeep: Scripted) -> None:
    for events in ((), WAY_UP, (Gate("uplink", is_open=True),)):
        for event in events:
            upkept.handle(event, NOW)
        upkeep.due = NOW.mono_ms
        upkept.wake(NOW)
    assert upkeep.passing == [set(), {Urgency.EVENT}, {Urgency.EVENT, Urgency.HELD}]


@pytest.mark.parametrize(
    ("upkeep_ms", "session_is_due", "expected"),
    [(7, False, 7), (None, True, 5_000), (7, True, 7), (9_000, True, 5_000)],
)
def test_wakes_for_both(
    upkept: Upkept, upkeep: Scripted, upkeep_ms: int | None, session_is_due: bool, expected: int | None
) -> None:
    upkeep.due = None if upkeep_ms is None else NOW.mono_ms + upkeep_ms
    come_up(upkept)
    if session_is_due:
        upkept.handle(send("1"), NOW)
    assert upkept.deadline() == NOW.mono_ms + expected


def test_is_not_looked_after_before_its_time(upkept: Upkept, upkeep: Scripted) -> None:
    upkeep.due = NOW.mono_ms + 1
    upkept.wake(NOW)
    assert upkeep.passing == []
