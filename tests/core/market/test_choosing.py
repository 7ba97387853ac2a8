"""Whom the pool asks first."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.apps.neighbourhood.by_messages import run_by_messages
from gw_spaceheat.apps.neighbourhood.wire import WireFaults
from gw_spaceheat.core.market.choosing import (
    CHOICES,
    FIRST_RANK,
    Learning,
    ProRata,
    Ranking,
    UnknownChoiceError,
    by_weight,
    cheapest_first,
    choosing,
    lowest_first,
)
from gw_spaceheat.core.market.scheduler import rule_of
from gw_spaceheat.core.market.street import Producer, Street
from gw_spaceheat.core.market.synthetic import StreetKind, make_street
from tests.core.market.streets import job, street, sun

LEFT = np.array([[100.0, 0.0], [300.0, 50.0], [200.0, 50.0]])
WANTED = np.array([300.0, 60.0])


def test_a_wrong_name_tells_the_right_ones() -> None:
    with pytest.raises(UnknownChoiceError, match="no way of choosing best; known are cheapest, learning, pro_rata, ranking"):
        choosing("best", 3)


def test_the_lowest_place_gives_first() -> None:
    assert lowest_first(LEFT, WANTED, np.array([2.0, 3.0, 1.0])).tolist() == [[100.0, 0.0], [0.0, 10.0], [200.0, 50.0]]
    each_stretch = np.array([[2.0, 2.0], [3.0, 1.0], [1.0, 3.0]])
    assert lowest_first(LEFT, WANTED, each_stretch).tolist() == [[100.0, 0.0], [0.0, 50.0], [200.0, 10.0]]


def test_each_is_asked_by_its_weight_and_others_for_what_it_has_not() -> None:
    """Where all weigh the same, by what they have: 50, 150 and 100 of 300. Where one weighs all, others for the rest."""
    assert by_weight(LEFT, WANTED, np.full(3, 1 / 3))[:, 0].tolist() == pytest.approx([50.0, 150.0, 100.0])
    assert by_weight(LEFT, WANTED, np.array([0.2, 0.6, 0.2]))[:, 0].tolist() == pytest.approx([25.0, 225.0, 50.0])
    assert by_weight(LEFT, WANTED, np.array([1.0, 0.0, 0.0])).T.tolist() == [[100.0, 120.0, 80.0], [0.0, 30.0, 30.0]]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_all_that_is_wanted_is_given_and_nobody_gives_more_than_there_is(seed: int, in_order: bool) -> None:
    chance = np.random.default_rng(seed)
    roofs, stretches = int(chance.integers(1, 6)), int(chance.integers(1, 5))
    left = chance.uniform(0.0, 500.0, (roofs, stretches)) * chance.integers(0, 2, (roofs, stretches))
    wanted = left.sum(axis=0) * chance.uniform(0.0, 1.0, stretches)
    places = chance.uniform(0.0, 1.0, roofs) * chance.integers(0, 2, roofs)
    given_wh = (lowest_first if in_order else by_weight)(left, wanted, places)
    assert (given_wh >= -1e-9).all()
    assert (given_wh <= left + 1e-9).all()
    assert given_wh.sum(axis=0) == pytest.approx(wanted, abs=1e-6)


def test_a_roof_that_accepts_moves_up_and_one_that_declines_down() -> None:
    ranking = Ranking(3)
    ranking.answered(1, accepted=True)
    ranking.answered(2, accepted=False)
    ranking.settled(np.ones(3), np.zeros(3))
    places = ranking.places()
    assert places is not None
    assert places.tolist() == [FIRST_RANK, FIRST_RANK - 1, FIRST_RANK + 1]
    assert ProRata(3).places() is None


def test_a_roof_that_keeps_its_word_is_asked_more_often_and_one_that_does_not_less() -> None:
    learning = Learning(3)
    for _ in range(20):
        learning.settled(np.array([500.0, 500.0, 0.0]), np.array([500.0, 100.0, 0.0]))
    places = learning.places()
    assert places is not None
    assert places.sum() == pytest.approx(1.0)
    assert places[0] > 0.6 > places[1] > places[2] > 0.0


def test_of_one_roof_and_of_nothing_nothing_is_learned() -> None:
    for learning, offered in ((Learning(1), np.ones(1)), (Learning(2), np.zeros(2))):
        before = learning.places()
        learning.settled(offered, offered)
        after = learning.places()
        assert before is not None
        assert after is not None
        assert after.tolist() == before.tolist()


def boasting(days: int) -> Street:
    """Two roofs are said to give the same; an hour before noon of each day one of them says that it will give little."""
    honest = [0.0] * 10 + [1000.0] * 4 + [0.0] * 10
    little = [0.0] * 12 + [100.0] * 2 + [0.0] * 10
    jobs = [
        job(f"[{house}]:[1]:[{day}]", 24.0 * day + 12.0, 24.0 * day + 12.0, watts=300.0, registered_h=24.0 * day + 10.5)
        for day in range(days)
        for house in (7, 8)
    ]
    said, boasts = [], []
    for day in range(days):
        said.append(sun(honest, 24.0 * day, 24.0 * day))
        boasts += [sun(honest, 24.0 * day, 24.0 * day), sun(little[11:], 24.0 * day + 11.0, 24.0 * day + 11.0)]
    roofs = (Producer(id="boaster", forecasts=tuple(boasts)), Producer(id="keeper", forecasts=tuple(said)))
    return replace(street(jobs, []), days=days, producers=roofs)


def test_in_a_street_the_automaton_finds_out_who_keeps_his_word() -> None:
    """Of what both were to give half, the automaton soon takes most from the one that gives it."""
    of = boasting(8)
    given_wh = {name: run_by_messages(of, rule_of("lst"), choose=name).given_wh for name in CHOICES}
    assert given_wh["learning"]["keeper"] > given_wh["pro_rata"]["keeper"] > given_wh["ranking"]["keeper"]
    totals = {name: sum(each.values()) for name, each in given_wh.items()}
    assert totals["learning"] == pytest.approx(totals["pro_rata"]) == pytest.approx(totals["ranking"])


@pytest.mark.parametrize("name", sorted(CHOICES))
@pytest.mark.parametrize("faults", [None, WireFaults(lost=0.3, doubled=0.3, late_ms=60_000, seed=3)])
def test_whoever_is_chosen_starts_and_sums_are_the_same(name: str, faults: WireFaults | None) -> None:
    """Choosing tells whose sun it is, and neither when a job runs nor how much sun there is."""
    of = make_street(StreetKind(houses=6, roofs=4, days=2, seed=3))
    plain = run_by_messages(of, rule_of("lst"), faults=faults)
    chosen = run_by_messages(of, rule_of("lst"), faults=faults, choose=name)
    if faults is None:
        assert chosen.starts_s == plain.starts_s
        assert chosen.claimed_wh == pytest.approx(plain.claimed_wh)
    assert sum(chosen.given_wh.values()) == pytest.approx(chosen.claimed_wh, rel=0.02)
    for roof in of.producers:
        assert roof.measured is not None
        assert chosen.given_wh[roof.id] <= roof.measured.wh[-1] * 1.5
    again = run_by_messages(of, rule_of("lst"), faults=faults, choose=name)
    assert again.given_wh == chosen.given_wh


def test_the_first_in_the_ranking_gives_first() -> None:
    of = make_street(StreetKind(houses=6, roofs=4, days=3, seed=3))
    alike, ranked = (run_by_messages(of, rule_of("lst"), choose=name).given_wh for name in ("pro_rata", "ranking"))
    assert alike != ranked


def test_the_cheapest_give_first_and_equal_ones_by_what_they_have() -> None:
    left_wh = np.array([[100.0, 0.0], [300.0, 50.0], [500.0, 50.0]])
    given_wh = cheapest_first(left_wh, np.array([200.0, 60.0]), (0.1, 0.1, 0.2))
    assert given_wh.tolist() == [[50.0, 0.0], [150.0, 50.0], [0.0, 10.0]]
    assert cheapest_first(left_wh, np.array([900.0, 100.0]), (3.0, 2.0, 1.0)).tolist() == left_wh.tolist()


def test_whose_price_is_lower_gives_before_others_by_messages() -> None:
    of = street([job("[1]:[1]:[1]", 10.0, 10.0, watts=900.0)], [[800.0] * 24, [800.0] * 24])
    dear, cheap = "roof0", "roof1"
    found = run_by_messages(of, rule_of("lst"), choose="cheapest", prices_usd_per_kwh={dear: 0.2}).given_wh
    assert (found[dear], found[cheap]) == pytest.approx((100.0, 800.0)), "who says nothing wants the local price"
    alike = run_by_messages(of, rule_of("lst"), choose="cheapest").given_wh
    assert alike == pytest.approx(run_by_messages(of, rule_of("lst")).given_wh)
    with pytest.raises(UnknownChoiceError, match="no roof x; known are roof0, roof1"):
        run_by_messages(of, rule_of("lst"), choose="cheapest", prices_usd_per_kwh={"x": 0.2})
