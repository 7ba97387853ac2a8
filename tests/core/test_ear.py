"""The Ear has every message kept, answers nobody, and asks for what it has missed."""

import msgspec
import pytest

from gw_spaceheat.core.ear import Ear, EarOptions, house_of
from gw_spaceheat.core.events import (
    Commit,
    Event,
    Garbled,
    Keep,
    LinkChanged,
    Note,
    Persist,
    Received,
    Send,
    Started,
    StatusAsked,
    Stopping,
    Urgency,
)
from gw_spaceheat.core.numbers import HeardNumbers
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.codec import encode_bare
from gw_spaceheat.messages.gws_resend import GwsResend
from gw_spaceheat.messages.gws_resent import GwsResent
from gw_spaceheat.messages.gws_sequence_range import GwsSequenceRange
from gw_spaceheat.vocabulary.moment import Moment
from tests.heard import HOUSE, MIDNIGHT_MS, SCADA, power, received, uuid

NOW = Moment(1_000, MIDNIGHT_MS)


@pytest.mark.parametrize(
    ("src", "house"),
    [
        ("hw1.isone.me.oak.ta.scada", "hw1.isone.me.oak"),
        ("hw1.isone.me.oak.ta", "hw1.isone.me.oak"),
        ("hw1.isone.me.oak", "hw1.isone.me.oak"),
        ("weather", "weather"),
        ("", None),
        ("../../etc/passwd", None),
        ("hw1/isone", None),
        ("hw1..oak", None),
        (".ta.scada", None),
        ("Hw1.oak", None),
        ("hw1.oak\n", None),
        ("a" * 201, None),
    ],
)
def test_a_sender_belongs_to_the_house_of_its_atomic_t_node(src: str, house: str | None) -> None:
    assert house_of(src) == house


def test_every_message_is_kept_with_its_arrival() -> None:
    ear = Ear()
    message = power(500)
    assert ear.handle(received(message, MIDNIGHT_MS + 7, message_id=uuid(1), ack=True), NOW) == (
        Persist(HOUSE, MIDNIGHT_MS + 7, SCADA, "a", uuid(1), message),
    )
    assert ear.handle(received(message, src=HOUSE), NOW)[0] == Persist(HOUSE, MIDNIGHT_MS, HOUSE, "a", "", message)


def with_receipt(number: int, src: str = SCADA) -> Received:
    return msgspec.structs.replace(received(power(number), src=src), receipt=number)


def test_what_the_broker_keeps_for_us_is_committed_by_the_tenth_and_named() -> None:
    ear = Ear(EarOptions(commit_period_ms=1_000, commit_after=3))
    assert [effect for number in (1, 2) for effect in ear.handle(with_receipt(number), NOW) if isinstance(effect, Commit)] == []
    assert ear.handle(with_receipt(3), NOW)[-1] == Commit(3)
    assert ear.deadline() is None
    ear.handle(with_receipt(4), NOW)
    assert ear.wake(Moment(2_000, MIDNIGHT_MS)) == (Commit(4),)


def test_also_what_is_not_kept_the_broker_may_forget() -> None:
    ear = Ear()
    ear.handle(with_receipt(1, src="../x"), NOW)
    assert ear.wake(Moment(2_000, MIDNIGHT_MS)) == (Commit(1),)


def test_a_commit_follows_within_the_period_and_only_when_something_waits() -> None:
    ear = Ear(EarOptions(commit_period_ms=10_000))
    assert ear.deadline() is None
    ear.handle(received(power(1)), Moment(1_000, MIDNIGHT_MS))
    ear.handle(received(power(2)), Moment(8_000, MIDNIGHT_MS))
    assert ear.deadline() == 11_000
    assert ear.wake(Moment(10_999, MIDNIGHT_MS)) == ()
    assert ear.wake(Moment(11_000, MIDNIGHT_MS)) == (Commit(),)
    assert ear.deadline() is None
    assert ear.wake(Moment(11_000, MIDNIGHT_MS)) == ()


def test_stopping_commits_what_waits() -> None:
    ear = Ear()
    assert ear.handle(Stopping(), NOW) == ()
    ear.handle(received(power(1)), NOW)
    assert ear.handle(Stopping(), NOW) == (Commit(),)


def test_it_counts_by_house_and_type() -> None:
    ear = Ear()
    for src in (SCADA, SCADA, "other.house"):
        ear.handle(received(power(1), src=src), NOW)
    ear.handle(Garbled("uplink", "x/y", "topic", "no"), NOW)
    (view,) = ear.handle(StatusAsked(), NOW)
    assert view == ear.view()
    assert [(count.house, count.messages, count.by_type) for count in ear.view().houses] == [
        (HOUSE, 2, {"power.watts": 2}),
        ("other.house", 1, {"power.watts": 1}),
    ]
    assert (ear.view().garbled, ear.view().refused) == (1, 0)


def test_a_sender_without_an_alias_is_refused_and_told_once() -> None:
    ear = Ear()
    first = ear.handle(received(power(1), src="../x"), NOW)
    assert [type(event) for event in first] == [Note]
    assert ear.handle(received(power(1), src="../y"), NOW) == ()
    assert ear.view().refused == 2
    assert ear.deadline() is None


def test_one_house_too_many_is_refused() -> None:
    ear = Ear(EarOptions(most_houses=1))
    ear.handle(received(power(1)), NOW)
    assert [type(event) for event in ear.handle(received(power(1), src="second.house"), NOW)] == [Note]
    assert [type(event) for event in ear.handle(received(power(1)), NOW)] == [Persist]


@pytest.mark.parametrize("event", [Started(), LinkChanged("uplink", up=True, reason="")])
def test_what_does_not_concern_it_changes_nothing(event: Event) -> None:
    ear = Ear()
    assert ear.handle(event, NOW) == ()
    assert ear.deadline() is None


def numbered(sequence: int, message: Message | None = None) -> Received:
    return Received("uplink", SCADA, uuid(sequence), True, message or power(sequence), MIDNIGHT_MS, "a", "abc", sequence)


def resent(sequence: int, by: str = HOUSE, src: str = SCADA, stream: str = "abc", content: bytes | None = None) -> Received:
    message = GwsResent(
        src=src,
        stream=stream,
        sequence=sequence,
        message_id=uuid(sequence),
        arrived_unix_ms=MIDNIGHT_MS - 5,
        content_type="power.watts",
        content=msgspec.Raw(content or encode_bare(power(sequence))),
    )
    return Received("uplink", by, "", False, message, MIDNIGHT_MS, "ear")


def test_what_was_missed_is_asked_for_and_kept_as_if_it_had_been_heard() -> None:
    ear = Ear()
    ear.handle(LinkChanged("uplink", up=True, reason=""), NOW)
    ear.handle(numbered(1), NOW)
    ear.handle(numbered(4), NOW)
    due_ms = ear.deadline()
    assert due_ms is not None
    keep, commit = ear.wake(NOW.later(due_ms - NOW.mono_ms))
    assert commit == Commit()
    assert isinstance(keep, Keep)
    assert keep.state == HeardNumbers(HOUSE, "abc", ((1, 1), (4, 4)))
    later = NOW.later(30_000)
    assert ear.deadline() == later.mono_ms
    note, send = ear.wake(later)
    assert isinstance(note, Note)
    assert "2 messages" in note.text
    wanted = GwsResend(house=HOUSE, stream="abc", range_list=[GwsSequenceRange(first=2, last=3)])
    assert send == Send("uplink", HOUSE, wanted, Urgency.PLAIN, "")
    assert ear.handle(resent(2), later) == (Persist(HOUSE, MIDNIGHT_MS, SCADA, "", uuid(2), power(2), "abc", 2),)
    assert ear.handle(resent(2), later) == ()
    assert ear.handle(resent(1), later) == ()
    assert ear.view().fetched == 1
    assert ear.handle(Stopping(), later)[-1] == Commit()


def test_it_goes_on_with_what_was_known() -> None:
    ear = Ear(known=[HeardNumbers(HOUSE, "abc", ((1, 7),))])
    ear.handle(LinkChanged("uplink", up=True, reason=""), NOW)
    (send,) = ear.wake(NOW.later(2000))
    assert isinstance(send, Send)
    assert isinstance(send.message, GwsResend)
    assert send.message.range_list[0].first == 8
    assert ear.handle(resent(7), NOW) == ()
    assert [type(event) for event in ear.handle(resent(8), NOW)] == [Persist]


@pytest.mark.parametrize(
    "event",
    [
        resent(2, by="other.house"),
        resent(2, src="other.house.ta.scada"),
        resent(2, src="other.house", by="other.house.ta.scada"),
        resent(2, stream="no hexadecimal digits"),
        resent(2, content=b'{"TypeName":"power.watts"}'),
    ],
)
def test_who_gives_what_is_not_his_or_cannot_be_read_is_refused(event: Received) -> None:
    ear = Ear(known=[HeardNumbers(HOUSE, "abc", ((1, 1),)), HeardNumbers("other.house", "abc", ((1, 1),))])
    assert [type(effect) for effect in ear.handle(event, NOW)] == [Note]
    assert ear.view().refused == 1
    assert ear.view().houses == ()


def test_what_another_ear_asks_for_is_not_kept() -> None:
    ear = Ear()
    wanted = GwsResend(house=HOUSE, stream="abc", range_list=[GwsSequenceRange(first=2, last=3)])
    assert ear.handle(Received("uplink", "ear", "", False, wanted, MIDNIGHT_MS, "d1-test-house"), NOW) == ()
    assert ear.view().houses == ()
