"""A house's jobs: every pair of state and happening, and what is said."""

from itertools import product

import pytest

from gw_spaceheat.core.events import Received, Send
from gw_spaceheat.core.market.consumer import FOLLOWS, GRACE_MS, Consumer, Happening, JobState
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.gws_street_accept import GwsStreetAccept
from gw_spaceheat.messages.gws_street_decline import GwsStreetDecline
from gw_spaceheat.messages.gws_street_ended import GwsStreetEnded
from gw_spaceheat.messages.gws_street_noted import GwsStreetNoted
from gw_spaceheat.messages.gws_street_offer import GwsStreetOffer
from gw_spaceheat.messages.gws_street_request import GwsStreetRequest
from gw_spaceheat.messages.gws_street_reward import GwsStreetReward
from gw_spaceheat.messages.gws_street_started import GwsStreetStarted
from gw_spaceheat.vocabulary.moment import HOUR_MS, Moment

T = 1_460_246_400_000
EARLIEST, LATEST, LASTS = T + HOUR_MS, T + 5 * HOUR_MS, HOUR_MS
REQUEST = GwsStreetRequest(
    job="dish", registered_ms=T, earliest_ms=EARLIEST, latest_ms=LATEST, after_s=(0.0, LASTS / 1000), wh=(0.0, 900.0)
)
START = T + 2 * HOUR_MS


def at(ms: int) -> Moment:
    return Moment(ms - T, ms)


def heard(message: Message, ms: int) -> Received:
    return Received("street", "manager", "", ack_required=False, message=message, arrived_ms=ms)


def said(effects: object) -> list[Message]:
    assert all(isinstance(effect, Send) and effect.dst == "manager" for effect in effects)  # type: ignore[attr-defined]
    return [effect.message for effect in effects]  # type: ignore[attr-defined]


def asked() -> Consumer:
    consumer = Consumer("house", "manager")
    assert said(consumer.handle(heard(REQUEST, T), at(T))) == [REQUEST]
    return consumer


def in_state(state: JobState) -> Consumer:
    consumer = asked()
    if state is JobState.Requested:
        return consumer
    consumer.handle(heard(GwsStreetOffer(job="dish", number=1, start_ms=START), T), at(T))
    if state is JobState.Assigned:
        return consumer
    consumer.wake(at(START + GRACE_MS))
    if state is JobState.Running:
        return consumer
    consumer.wake(at(START + LASTS))
    if state is JobState.Ended:
        return consumer
    consumer.handle(heard(REWARD, START + LASTS), at(START + LASTS))
    return consumer


REWARD = GwsStreetReward(job="dish", own_wh=900.0, neighbours_wh=0.0, grid_wh=0.0, cost_usd=0.0)


TOLD: dict[Happening, Message] = {
    Happening.Offered: GwsStreetOffer(job="dish", number=2, start_ms=LATEST),
    Happening.Cancelled: GwsStreetOffer(job="dish", number=2),
    Happening.Rewarded: REWARD,
}
"""What is heard; starts and ends are due by themselves."""


@pytest.mark.parametrize(("state", "happening"), list(product(JobState, TOLD)))
def test_what_is_not_in_the_table_changes_nothing(state: JobState, happening: Happening) -> None:
    consumer = in_state(state)
    assert consumer.jobs["dish"].state is state
    before_ms = consumer.jobs["dish"].start_ms
    effects = consumer.handle(heard(TOLD[happening], T), at(T))
    follows = FOLLOWS.get((state, happening))
    assert consumer.jobs["dish"].state is (follows or state)
    if follows is None:
        assert consumer.jobs["dish"].start_ms == before_ms
        assert all(isinstance(message, GwsStreetDecline) for message in said(effects))


@pytest.mark.parametrize("state", [JobState.Requested, JobState.Assigned])
def test_a_job_starts_and_ends_once(state: JobState) -> None:
    consumer = in_state(state)
    start_ms = LATEST if state is JobState.Requested else START
    assert consumer.deadline() is not None
    effects = said(consumer.wake(at(start_ms + GRACE_MS)))
    assert effects.count(GwsStreetStarted(job="dish", start_ms=start_ms)) == 1
    effects = said(consumer.wake(at(start_ms + LASTS)))
    ended = GwsStreetEnded(job="dish", start_ms=start_ms, end_ms=start_ms + LASTS, wh=900.0)
    assert effects.count(ended) == 1
    consumer.handle(heard(REWARD, start_ms + LASTS), at(start_ms + LASTS))
    assert consumer.jobs["dish"].reward == REWARD
    assert consumer.deadline() is None
    assert said(consumer.wake(at(start_ms + 100 * HOUR_MS))) == []


def test_a_newer_offer_moves_it_and_an_older_does_not() -> None:
    consumer = in_state(JobState.Assigned)
    newer, older = GwsStreetOffer(job="dish", number=3, start_ms=LATEST), GwsStreetOffer(job="dish", number=2, start_ms=START)
    assert said(consumer.handle(heard(newer, T), at(T))) == [GwsStreetAccept(subject="dish", number=3)]
    assert said(consumer.handle(heard(older, T), at(T))) == []
    assert said(consumer.handle(heard(newer, T), at(T))) == [GwsStreetAccept(subject="dish", number=3)]
    assert consumer.jobs["dish"].start_ms == LATEST


def test_without_a_start_it_runs_at_its_latest() -> None:
    consumer = in_state(JobState.Assigned)
    consumer.handle(heard(GwsStreetOffer(job="dish", number=2), T), at(T))
    assert GwsStreetStarted(job="dish", start_ms=LATEST) in said(consumer.wake(at(LATEST + GRACE_MS)))


@pytest.mark.parametrize(
    ("start_ms", "now_ms", "reason"),
    [
        (EARLIEST - 1, T, "not within its window"),
        (LATEST + 1, T, "not within its window"),
        (START, START + GRACE_MS + 1, "has gone by"),
    ],
)
def test_a_start_that_cannot_be_is_declined(start_ms: int, now_ms: int, reason: str) -> None:
    consumer = asked()
    offer = GwsStreetOffer(job="dish", number=1, start_ms=start_ms)
    (answer,) = said(consumer.handle(heard(offer, now_ms), at(now_ms)))
    assert isinstance(answer, GwsStreetDecline)
    assert reason in answer.reason
    assert consumer.jobs["dish"].state is JobState.Requested


def test_one_that_runs_says_since_when() -> None:
    consumer = in_state(JobState.Running)
    (answer,) = said(consumer.handle(heard(GwsStreetOffer(job="dish", number=2, start_ms=LATEST), START), at(START)))
    assert answer == GwsStreetDecline(subject="dish", number=2, reason="it has started", started_ms=START)


def test_what_is_not_answered_is_said_again() -> None:
    consumer = asked()
    assert said(consumer.wake(at(T + 30_000))) == [REQUEST]
    assert said(consumer.handle(heard(REQUEST, T), at(T))) == [], "handed in twice"
    consumer.handle(heard(GwsStreetNoted(subject="dish", number=0), T), at(T))
    assert said(consumer.wake(at(T + 30_000 * 3))) == []
