"""The street's manager, by what it says to whom."""

from collections.abc import Sequence
from typing import TypeVar

import pytest

from gw_spaceheat.core.events import Event, Received, Send, Stopping
from gw_spaceheat.core.market.heat_rounds import BEGINS_MS
from gw_spaceheat.core.market.manager import LISTENS_MS, Manager, ManagerOptions
from gw_spaceheat.core.market.online import TICK_S, Rule
from gw_spaceheat.core.market.said import request_of, told_of
from gw_spaceheat.core.market.street import Job
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.gws_street_accept import GwsStreetAccept
from gw_spaceheat.messages.gws_street_booking import GwsStreetBooking
from gw_spaceheat.messages.gws_street_decline import GwsStreetDecline
from gw_spaceheat.messages.gws_street_ended import GwsStreetEnded
from gw_spaceheat.messages.gws_street_heating import GwsStreetHeating
from gw_spaceheat.messages.gws_street_left import GwsStreetLeft
from gw_spaceheat.messages.gws_street_noted import GwsStreetNoted
from gw_spaceheat.messages.gws_street_offer import GwsStreetOffer
from gw_spaceheat.messages.gws_street_reward import GwsStreetReward
from gw_spaceheat.messages.gws_street_started import GwsStreetStarted
from gw_spaceheat.vocabulary.moment import Moment
from tests.core.market.streets import job, sun

T = 1_460_246_400_000
HOUR_MS = 3_600_000
Kind = TypeVar("Kind", bound=Message)


class Told:
    """A manager with a roof, and everything that it says."""

    def __init__(self, rule: Rule | None = None, powers_w: Sequence[float] = (0.0,) * 8 + (1000.0,) * 4 + (0.0,) * 12) -> None:
        self.manager = Manager(
            ManagerOptions(name="m", epoch_ms=T, slots=400, days=1, rule=rule or Rule(sweeps=6), producers=(("roof", "roof"),))
        )
        self.said: list[tuple[str, Message]] = []
        self.hear(told_of("roof", 1, sun(list(powers_w)), T), "roof", 0)
        self.wake(LISTENS_MS)

    def hear(self, message: Message, src: str, ms: int) -> None:
        received = Received("street", src, "", ack_required=False, message=message, arrived_ms=T + ms)
        self._keep(self.manager.handle(received, Moment(ms, T + ms)))

    def ask(self, of: Job, ms: int | None = None) -> None:
        at_ms = round(of.registered_s * 1000) if ms is None else ms
        self.hear(request_of(of, T), "house", at_ms)
        self.wake(at_ms + LISTENS_MS)

    def wake(self, ms: int) -> None:
        self._keep(self.manager.wake(Moment(ms, T + ms)))

    def last(self, kind: type[Kind]) -> Kind:
        return [message for _, message in self.said if isinstance(message, kind)][-1]

    def count(self, kind: type[Message]) -> int:
        return sum(isinstance(message, kind) for _, message in self.said)

    def _keep(self, effects: Sequence[Event]) -> None:
        self.said += [(effect.dst, effect.message) for effect in effects if isinstance(effect, Send)]


def start_h(offer: GwsStreetOffer) -> float:
    assert isinstance(offer.start_ms, int)
    return (offer.start_ms - T) / HOUR_MS


def test_a_job_is_offered_the_sun_and_the_roof_is_booked() -> None:
    told = Told()
    told.ask(job("dish", 1.0, 12.0, watts=800.0))
    offer = told.last(GwsStreetOffer)
    assert 8.0 <= start_h(offer) <= 11.0
    assert (offer.own_wh, offer.grid_wh) == (0.0, pytest.approx(0.0))
    assert (list(offer.producers), offer.neighbours_wh) == (["roof"], pytest.approx(800.0))
    booking = told.last(GwsStreetBooking)
    assert sum(booking.hourly_wh) == pytest.approx(800.0)
    assert told.said.index(("house", offer)) < told.said.index(("roof", booking))


def test_an_offer_is_said_again_until_it_is_accepted() -> None:
    told = Told()
    told.ask(job("dish", 1.0, 12.0))
    told.wake(40_000)
    assert told.count(GwsStreetOffer) == 2
    told.hear(GwsStreetAccept(subject="dish", number=1), "house", 41_000)
    told.hear(GwsStreetAccept(subject="roof", number=1), "roof", 41_000)
    told.wake(4_000_000)
    assert told.count(GwsStreetOffer) == 2
    assert told.manager.deadline() is None


def test_the_same_job_twice_is_one_job() -> None:
    told = Told()
    told.ask(job("dish", 1.0, 12.0))
    told.ask(job("dish", 1.0, 12.0), 5_000)
    assert told.count(GwsStreetOffer) == 1
    assert list(told.manager.contracts) == ["dish"]


def test_when_the_sun_is_gone_a_job_that_has_not_started_moves_and_one_that_runs_does_not() -> None:
    told = Told(powers_w=[0.0] * 8 + [3000.0] * 2 + [0.0] * 14)
    told.ask(job("runs", 7.0, 12.0, watts=800.0, hours=4.0))
    told.ask(job("waits", 7.0, 14.0, watts=800.0), 1_000)
    first = told.last(GwsStreetOffer)
    assert 8.0 <= start_h(first) <= 9.0
    told.hear(GwsStreetStarted(job="runs", start_ms=T + 7 * HOUR_MS), "house", 7 * HOUR_MS)
    later = sun([0.0] * 5 + [3000.0] * 2 + [0.0] * 10, issued_h=7.0, from_h=7.0)
    told.hear(told_of("roof", 2, later, T), "roof", 7 * HOUR_MS)
    told.wake(7 * HOUR_MS + LISTENS_MS)
    moved = told.last(GwsStreetOffer)
    assert (moved.job, moved.number) == ("waits", first.number + 1)
    assert 12.0 <= start_h(moved) <= 13.0
    assert told.manager.moved == 1
    assert told.manager.contracts["runs"].started_ms == T + 7 * HOUR_MS


def test_a_load_that_runs_stays_booked_to_its_last_sample() -> None:
    """1 kW of sun, a job of 1 kW that runs from 8 to 9: another that must begin then gets half of what both want."""
    told = Told()
    told.ask(job("first", 8.0, 8.0))
    told.hear(GwsStreetStarted(job="first", start_ms=T + 8 * HOUR_MS), "house", 8 * HOUR_MS)
    told.ask(job("second", 8.0 + 1 / 60, 8.5, registered_h=8.0 + 1 / 60))
    offer = told.last(GwsStreetOffer)
    assert offer.job == "second"
    assert (start_h(offer), offer.neighbours_wh) == (8.5, pytest.approx(250.0 + 500.0))
    assert list(told.last(GwsStreetBooking).hourly_wh) == pytest.approx([1000.0, 500.0]), "no more than there is"


def test_what_ended_is_settled_once_and_always_answered() -> None:
    told = Told()
    told.ask(job("dish", 8.0, 8.0, watts=1500.0))
    ended = GwsStreetEnded(job="dish", start_ms=T + 8 * HOUR_MS, end_ms=T + 9 * HOUR_MS, wh=1500.0)
    for _ in range(2):
        told.hear(ended, "house", 9 * HOUR_MS)
    reward = GwsStreetReward(job="dish", own_wh=0.0, neighbours_wh=1000.0, grid_wh=500.0, cost_usd=0.18 + 0.15)
    answers = [message for _, message in told.said if isinstance(message, GwsStreetReward)]
    assert len(answers) == 2
    for answer in answers:
        assert (answer.neighbours_wh, answer.grid_wh) == (pytest.approx(1000.0), pytest.approx(500.0))
        assert answer.cost_usd == pytest.approx(reward.cost_usd)


def test_one_that_missed_its_start_gets_another_and_one_that_runs_is_taken_as_it_is() -> None:
    told = Told()
    told.ask(job("dish", 1.0, 12.0))
    first = told.last(GwsStreetOffer)
    late_ms = round(10.6 * HOUR_MS)
    told.hear(GwsStreetDecline(subject="dish", number=first.number, reason="that has gone by"), "house", late_ms)
    assert start_h(told.last(GwsStreetOffer)) > 10.6
    told.hear(GwsStreetDecline(subject="dish", number=2, reason="it has started", started_ms=T + late_ms), "house", late_ms + 1)
    assert told.manager.contracts["dish"].started_ms == T + late_ms
    assert told.count(GwsStreetOffer) == 2


def test_a_forecast_is_noted_and_a_roof_that_nobody_knows_is_not() -> None:
    told = Told()
    assert told.said[0] == ("roof", GwsStreetNoted(subject="roof", number=1))
    told.hear(told_of("other", 1, sun([1.0]), T), "other", 1_000)
    assert len(told.said) == 1


def test_a_job_that_lasts_too_long_gets_no_start() -> None:
    told = Told()
    told.ask(job("endless", 1.0, 30.0, hours=24.0))
    offer = told.last(GwsStreetOffer)
    assert not isinstance(offer.start_ms, int)
    assert told.manager.refused == 1


def test_when_it_stops_whoever_waits_is_told() -> None:
    told = Told(Rule(sweeps=6, tick_s=TICK_S))
    told.ask(job("dish", 1.0, 12.0))
    effects = told.manager.handle(Stopping(), Moment(1, T + 1))
    (cancelled,) = [effect.message for effect in effects if isinstance(effect, Send)]
    assert isinstance(cancelled, GwsStreetOffer)
    assert (cancelled.number, isinstance(cancelled.start_ms, int)) == (2, False)


def test_a_house_that_is_heated_is_asked_at_each_full_hour_and_what_it_takes_is_load() -> None:
    """The roof gives 1 kW from eight to twelve; the house takes it until ten, and a job goes where it leaves sun."""
    of = Told()
    of.manager = Manager(
        ManagerOptions(
            name="m",
            epoch_ms=T,
            slots=900,
            days=1,
            rule=Rule(sweeps=6),
            producers=(("roof", "roof"),),
            heated=(("1", "heating 1"), ("2", "heating 2")),
        )
    )
    of.said.clear()
    of.hear(told_of("roof", 1, sun([0.0] * 8 + [1000.0] * 4 + [0.0] * 12), T), "roof", 20)
    assert of.manager.deadline() == BEGINS_MS
    of.wake(BEGINS_MS)
    left = of.last(GwsStreetLeft)
    assert (left.house, left.start_ms) == ("1", T)
    assert left.all_wh[96:144] == pytest.approx([1000.0 / 12.0] * 48)
    assert sum(left.all_wh) == pytest.approx(8000.0), "and on the next day as on this one"
    assert left.own_wh == (0.0,) * len(left.own_wh)
    heating = GwsStreetHeating(house="1", start_ms=T, wh=(0.0,) * 96 + (1000.0 / 12.0,) * 24)
    of.hear(heating, "heating 1", 90)
    left = of.last(GwsStreetLeft)
    assert left.house == "2", "the next one knows of that"
    assert sum(left.all_wh[:288]) == pytest.approx(2000.0)
    of.ask(job("dish", 7.0, 10.0, hours=2.0, registered_h=0.5))
    assert of.last(GwsStreetOffer).start_ms == T + 10 * HOUR_MS
    for bad in (GwsStreetHeating(house="1", start_ms=T + 1, wh=()), GwsStreetHeating(house="9", start_ms=T, wh=(1.0,))):
        of.hear(bad, "heating 1", HOUR_MS // 2 + 500)
    of.wake(HOUR_MS + BEGINS_MS)
    left = of.last(GwsStreetLeft)
    assert (left.house, left.start_ms, len(left.all_wh)) == ("2", T + HOUR_MS, 576)
    assert sum(left.all_wh[: 288 - 12]) == pytest.approx(0.0, abs=1e-6), "two kWh for the other house, and two for the job"
