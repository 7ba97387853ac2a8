"""Rounds of houses that are asked about heat."""

import numpy as np

from gw_spaceheat.core.market.heat_rounds import ANSWERS_WITHIN_MS, BEGINS_MS, HeatRounds
from gw_spaceheat.vocabulary.moment import HOUR_MS

SLOTS = 48


def rounds(*houses: str, hours: int = 3) -> HeatRounds:
    return HeatRounds(houses, SLOTS, hours)


def wh(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array(values)


def test_one_after_the_other_and_each_hour_another_begins() -> None:
    of, asked = rounds("a", "b", "c"), []
    for hour in range(3):
        at_ms = hour * HOUR_MS + BEGINS_MS
        assert of.next_ms() == at_ms
        for _ in range(3):
            house = of.due(at_ms)
            assert house is not None
            assert of.due(at_ms) is None, "it has not answered yet"
            asked.append(house)
            of.heard(house, hour, hour * 12, wh(1.0))
        assert of.hour == hour
    assert asked == [*"abc", *"bca", *"cab"]
    assert of.next_ms() is None


def test_who_does_not_answer_is_passed_over() -> None:
    of = rounds("a", "b")
    assert of.due(BEGINS_MS) == "a"
    assert of.next_ms() == BEGINS_MS + ANSWERS_WITHIN_MS
    assert of.due(BEGINS_MS + ANSWERS_WITHIN_MS - 1) is None
    assert of.due(BEGINS_MS + ANSWERS_WITHIN_MS) == "b"
    of.heard("a", 0, 0, wh(5.0))
    assert of.of("a").sum() == 5.0, "late, but it counts"
    assert of.due(HOUR_MS + BEGINS_MS) == "b", "a new round begins, whoever was waited for"


def test_what_is_told_takes_the_place_of_what_was_told_from_then_on() -> None:
    of = rounds("a", "b")
    assert of.heard("a", 0, 0, wh(*[2.0] * 24)) is not None
    more = of.heard("a", 1, 12, wh(3.0))
    assert more is not None
    assert more[:12].tolist() == [0.0] * 12
    assert of.of("a").tolist() == [2.0] * 12 + [3.0] + [0.0] * (SLOTS - 13)
    of.heard("b", 0, 0, wh(1.0))
    assert of.load_wh.tolist() == (of.of("a") + of.of("b")).tolist()
    again = of.heard("a", 1, 12, wh(3.0))
    assert again is not None
    assert not again.any()


def test_what_does_not_count() -> None:
    of = rounds("a")
    of.heard("a", 1, 12, wh(3.0))
    assert of.heard("a", 0, 0, wh(9.0)) is None, "older than what is known"
    assert of.heard("z", 0, 0, wh(9.0)) is None, "it is not heated"
    assert of.heard("a", 9, SLOTS, wh(9.0)) is None
    assert of.heard("a", 2, 24, wh(*[1.0] * 99)) is not None
    assert len(of.load_wh) == SLOTS


def test_without_such_houses_nobody_is_asked() -> None:
    of = rounds()
    assert of.next_ms() is None
    assert of.due(HOUR_MS) is None
