"""Slots: when one begins, and when the next one does."""

import pytest

from gw_spaceheat.vocabulary.moment import Moment
from gw_spaceheat.vocabulary.slots import early_ms, next_slot, slot_start

SECOND = 1_000


@pytest.mark.parametrize(
    ("wall_ms", "start_ms"), [(0, 0), (299_999, 0), (300_000, 300_000), (1_515_387_612_345, 1_515_387_600_000)]
)
def test_a_slot_begins_at_a_multiple_of_its_length(wall_ms: int, start_ms: int) -> None:
    assert slot_start(wall_ms, 300_000) == start_ms


@pytest.mark.parametrize(("wall_ms", "in_ms"), [(7_000, 1_000), (7_001, 999), (7_500, 500), (7_999, 1)])
def test_the_next_one_begins_by_the_monotonic_clock(wall_ms: int, in_ms: int) -> None:
    assert next_slot(Moment(50_000, wall_ms), SECOND) == 50_000 + in_ms


@pytest.mark.parametrize(
    ("wall_ms", "slot_ms", "early"),
    [
        (7_000, SECOND, 0),
        (7_500, SECOND, 0),
        (7_949, SECOND, 0),
        (7_950, SECOND, 50),
        (7_999, SECOND, 1),
        (599_899, 600 * SECOND, 0),
        (599_900, 600 * SECOND, 100),
        (9, 10, 0),
    ],
)
def test_who_is_woken_just_before_it_was_woken_for_it(wall_ms: int, slot_ms: int, early: int) -> None:
    assert early_ms(Moment(50_000, wall_ms), slot_ms) == early
