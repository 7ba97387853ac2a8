"""Ranges of numbers behave like a set, and say where its holes are."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gw_spaceheat.core import numbers as module
from gw_spaceheat.core.numbers import Numbers, accounted
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.gws_given_up import GwsGivenUp
from gw_spaceheat.messages.gws_thinned_report import GwsThinnedReport
from tests.heard import MIDNIGHT_MS, SCADA, power, thinned_report, uuid


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 6)), max_size=30))
def test_they_are_a_set(added: list[tuple[int, int]]) -> None:
    numbers, expected = Numbers(), set[int]()
    for first, length in added:
        new = set(range(first, first + length + 1))
        assert numbers.add(first, first + length) == bool(new - expected)
        expected |= new
        assert {number for number in range(60) if number in numbers} == expected
        assert numbers.last == max(expected)
        ranges = numbers.ranges
        assert all(before[1] + 1 < after[0] for before, after in pairwise(ranges))
        holes = {number for low, high in numbers.missing(2**53) for number in range(low, high + 1)}
        assert holes == set(range(1, max(expected))) - expected
        assert Numbers(ranges).ranges == ranges


def test_only_holes_that_begin_before_a_number() -> None:
    numbers = Numbers([(3, 4), (8, 9), (11, 11)])
    assert numbers.missing(100) == [(1, 2), (5, 7), (10, 10)]
    assert numbers.missing(10) == [(1, 2), (5, 7)]
    assert numbers.missing(5) == [(1, 2)]
    assert numbers.missing(1) == []
    assert Numbers().missing(100) == []
    assert Numbers().last == 0


def test_too_many_holes_are_closed_from_below(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_RANGES", 3)
    assert Numbers((number, number) for number in (1, 3, 5, 7, 9)).ranges == ((1, 5), (7, 7), (9, 9))


def thinned(*replaces: int) -> GwsThinnedReport:
    return thinned_report(1, 60, {}, replaces=replaces)


def given_up(first: int, last: int) -> GwsGivenUp:
    return GwsGivenUp(
        message_id=uuid(1),
        src=SCADA,
        time_created_ms=MIDNIGHT_MS,
        first_sequence=first,
        last_sequence=last,
        from_unix_ms=MIDNIGHT_MS,
        to_unix_ms=MIDNIGHT_MS,
        because="older than 28 days",
    )


@pytest.mark.parametrize(
    ("message", "ranges"),
    [
        (power(1), [(10, 10)]),
        (thinned(3, 4, 9), [(10, 10), (3, 3), (4, 4), (9, 9)]),
        (thinned(10, 11), [(10, 10)]),
        (given_up(2, 9), [(10, 10), (2, 9)]),
        (given_up(2, 99), [(10, 10), (2, 9)]),
        (given_up(10, 99), [(10, 10)]),
    ],
)
def test_what_a_message_accounts_for(message: Message, ranges: list[tuple[int, int]]) -> None:
    assert list(accounted(message, 10)) == ranges
