"""The Ear has every message kept and answers nobody."""

import pytest

from gw_spaceheat.core.ear import Ear, EarOptions, house_of
from gw_spaceheat.core.events import (
    Commit,
    Event,
    Garbled,
    LinkChanged,
    Note,
    Persist,
    Started,
    StatusAsked,
    Stopping,
)
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
