"""Slots over both clocks: never one skipped, doubled or misaligned."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gw_spaceheat.core.telemetry.slot_clock import SlotClock
from gw_spaceheat.vocabulary.moment import Moment

SLOT = 300_000
START = 1_700_000_100_000  # 0 s into a slot
GRACE = 1_000


def clock_at(mono_ms: int, step_ms: int = 0) -> Moment:
    return Moment(mono_ms, START + mono_ms + step_ms)


@pytest.mark.parametrize(
    ("story", "looks", "expected_slots"),
    [
        ("not over before its grace", [(0, 0), (300_000, 0), (300_999, 0)], []),
        ("over after its grace", [(0, 0), (301_000, 0)], [0]),
        ("looked at twice", [(0, 0), (301_000, 0), (301_000, 0), (302_000, 0)], [0]),
        ("a late pass gives every slot", [(0, 0), (1_000_000, 0)], [0, 1, 2]),
        ("began in the middle", [(200_000, 0), (301_000, 0)], [0]),
        ("small slew is no step", [(0, 0), (150_000, 400), (301_000, 400)], [0]),
        (
            "an hour forward ends the open slot only",
            [(0, 0), (100_000, 0), (110_000, 3_600_000), (320_000, 3_600_000)],
            [0, 12],
        ),
        ("forward within the slot changes nothing", [(0, 0), (10_000, 60_000), (241_000, 60_000)], [0]),
        (
            "an hour back waits for the wall",
            [(0, 0), (301_000, 0), (310_000, -3_600_000), (900_000, -3_600_000), (4_201_000, -3_600_000)],
            [0, 1],
        ),
        (
            "a week back starts anew",
            [(0, 0), (301_000, 0), (310_000, -7 * 86_400_000), (601_000, -7 * 86_400_000)],
            [0, 1, 1 - 2016],
        ),
    ],
)
def test_stories(story: str, looks: list[tuple[int, int]], expected_slots: list[int]) -> None:
    slots = SlotClock(SLOT, GRACE)
    given_slots = [start for mono, step in looks for start in slots.over(clock_at(mono, step))]
    assert [(start - START) / SLOT for start in given_slots] == expected_slots, story


def test_deadline_is_the_end_of_the_open_slot_on_the_monotonic_clock() -> None:
    slots = SlotClock(SLOT, GRACE)
    assert slots.deadline() is None
    slots.over(clock_at(70_000))
    assert slots.deadline() == 301_000


@given(
    st.lists(
        st.tuples(st.integers(1, 900_000), st.one_of(st.just(0), st.integers(-4_000_000, 4_000_000))), min_size=1, max_size=60
    )
)
def test_aligned_and_never_doubled_whatever_the_wall_does(looks: list[tuple[int, int]]) -> None:
    slots = SlotClock(SLOT, GRACE)
    mono, step, seen = 0, 0, []
    slots.over(clock_at(0))
    for pass_ms, step_by_ms in looks:
        mono += pass_ms
        step += step_by_ms
        seen += slots.over(clock_at(mono, step))
    assert all(start % SLOT == 0 for start in seen)
    assert len(seen) == len(set(seen))
    assert seen == sorted(seen)
