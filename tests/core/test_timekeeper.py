"""What the wall clock is believed, as stories: looks at both clocks, and the label that follows."""

import random
from collections.abc import Iterator
from itertools import pairwise

import pytest

from gw_spaceheat.core.events import ClockStepped, Note
from gw_spaceheat.core.timekeeper import EARLIEST_MS, Dating, Seen, Sync, Timekeeper
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS

BOOT = "boot-1"
TRUE_MS = 1_800_000_000_000
"""The true time at which the monotonic clock shows 0."""
YEARS_MS = 3652 * DAY_MS


def seen(second: float, off_ms: int = 0, sync: Sync = Sync.UNKNOWN) -> Seen:
    """The clocks so many seconds after the boot, the wall clock off by off_ms."""
    mono_ms = round(second * SECOND_MS)
    return Seen(mono_ms, TRUE_MS + mono_ms + off_ms, sync)


class Told:
    """A timekeeper and what it has told."""

    def __init__(self, first: Seen, remembered: Dating | None = None, newest_ms: int = 0) -> None:
        self.keeper = Timekeeper(BOOT, first, remembered, newest_ms)
        self.steps: list[tuple[int, int | None]] = []
        self.turns: list[bool] = []
        self.notes: list[str] = []

    def look(self, at: Seen) -> None:
        for event in self.keeper.look(at):
            if isinstance(event, Note):
                self.notes.append(event.text)
            elif isinstance(event, ClockStepped) and (event.by_ms or event.corrects_from_ms is not None):
                self.steps.append((event.by_ms, event.corrects_from_ms))
            elif isinstance(event, ClockStepped):
                self.turns.append(event.synchronised)

    @property
    def off_ms(self) -> int:
        """How far the label is from the true time [ms]."""
        return self.keeper.dating.apart_ms - TRUE_MS


@pytest.mark.parametrize("sync", [Sync.UNKNOWN, Sync.CONFIRMED])
def test_a_clock_that_is_right_is_the_label(sync: Sync) -> None:
    told = Told(seen(5, sync=sync))
    for second in range(6, 100):
        told.look(seen(second, sync=sync))
    assert (told.off_ms, told.steps, told.notes, told.keeper.dating.awaits) == (0, [], [], False)


@pytest.mark.parametrize("by_ms", [-YEARS_MS, -HOUR_MS, 3_000, HOUR_MS, YEARS_MS])
def test_a_step_that_a_time_service_confirms_is_followed_at_once(by_ms: int) -> None:
    told = Told(seen(0, sync=Sync.CONFIRMED))
    told.look(seen(10, by_ms, Sync.CONFIRMED))
    told.look(seen(11, by_ms, Sync.CONFIRMED))
    assert (told.off_ms, told.steps) == (by_ms, [(by_ms, None)])


@pytest.mark.parametrize("by_ms", [-YEARS_MS, -HOUR_MS, 3_000, HOUR_MS, YEARS_MS])
def test_a_step_that_nobody_confirms_is_followed_when_it_has_stood(by_ms: int) -> None:
    told = Told(seen(0, sync=Sync.CONFIRMED))
    for second in range(10, 610):
        told.look(seen(second, by_ms))
    assert (told.off_ms, told.steps, told.turns) == (0, [], [False])
    assert len(told.notes) == 1
    told.look(seen(610, by_ms))
    assert (told.off_ms, told.steps) == (by_ms, [(by_ms, None)])


def test_a_step_that_comes_and_goes_leaves_no_trace() -> None:
    told = Told(seen(0))
    for second in range(1, 3600):
        told.look(seen(second, HOUR_MS if second % 600 else 0))
    assert (told.off_ms, told.steps) == (0, [])


@pytest.mark.parametrize("by_ms", [-1_000, 1_000, 1_999])
def test_a_leap_second_is_caught_up_with_slowly_and_no_label_is_given_twice(by_ms: int) -> None:
    told = Told(seen(0, sync=Sync.CONFIRMED))
    labels = []
    for second in range(1, 500):
        told.look(seen(second, by_ms, Sync.CONFIRMED))
        labels.append(second * SECOND_MS + told.off_ms)
    assert (told.off_ms, told.steps, told.notes) == (by_ms, [], [])
    assert all(995 <= after - before <= 1005 for before, after in pairwise(labels))


@pytest.mark.parametrize(
    ("first_off_ms", "newest_ms", "begins_ms"),
    [
        pytest.param(-TRUE_MS, 0, EARLIEST_MS, id="1970, and nothing is known"),
        pytest.param(-TRUE_MS, TRUE_MS - HOUR_MS, TRUE_MS - HOUR_MS + 1, id="1970, after a life that ended an hour ago"),
        pytest.param(-3 * HOUR_MS, TRUE_MS - HOUR_MS, TRUE_MS - HOUR_MS + 1, id="saved hours before the end"),
        pytest.param(-10 * MINUTE_MS, TRUE_MS - HOUR_MS, TRUE_MS - 10 * MINUTE_MS, id="saved at the end, off for ten minutes"),
        pytest.param(YEARS_MS, TRUE_MS - HOUR_MS, TRUE_MS + YEARS_MS, id="ten years ahead"),
    ],
)
def test_before_the_clock_is_set_labels_are_provisional_and_then_corrected(
    first_off_ms: int, newest_ms: int, begins_ms: int
) -> None:
    told = Told(seen(0, first_off_ms, Sync.AWAITED), newest_ms=newest_ms)
    assert told.keeper.dating.awaits
    assert told.keeper.dating.undated_ms == begins_ms == TRUE_MS + told.off_ms
    for second in range(1, 7200):
        told.look(seen(second, first_off_ms, Sync.AWAITED))
    assert told.steps == []
    told.look(seen(7200, 0, Sync.CONFIRMED))
    assert told.steps == [(TRUE_MS - begins_ms, begins_ms)]
    assert (told.off_ms, told.keeper.dating.awaits) == (0, False)
    told.look(seen(7201, 0, Sync.CONFIRMED))
    assert len(told.steps) == 1


def test_a_person_may_set_a_clock_that_no_service_sets() -> None:
    told = Told(seen(0, -HOUR_MS, Sync.AWAITED))
    for second in range(1, 700):
        told.look(seen(second, 0 if second >= 30 else -HOUR_MS, Sync.AWAITED))
    assert told.steps == [(HOUR_MS, TRUE_MS - HOUR_MS)]


def test_a_clock_that_is_never_set_is_taken_as_it_is() -> None:
    told = Told(seen(0, -TRUE_MS, Sync.AWAITED), newest_ms=TRUE_MS)
    for minute in range(1, 24 * 60 + 1):
        told.look(seen(minute * 60, -TRUE_MS, Sync.AWAITED))
    assert [by_ms for by_ms, _from in told.steps] == [-TRUE_MS - 1]


def test_the_next_process_of_a_boot_goes_on_and_that_of_another_does_not() -> None:
    first = Told(seen(0, -HOUR_MS, Sync.AWAITED))
    again = Told(seen(60, -HOUR_MS, Sync.AWAITED), remembered=first.keeper.dating, newest_ms=TRUE_MS + DAY_MS)
    assert again.keeper.dating == first.keeper.dating
    again.look(seen(61, 0, Sync.CONFIRMED))
    assert again.steps == [(HOUR_MS, TRUE_MS - HOUR_MS)]
    third = Told(seen(120, HOUR_MS), remembered=again.keeper.dating)
    assert third.off_ms == 0  # stepped while no process ran: believed when it has stood
    other = Timekeeper("boot-2", seen(0), again.keeper.dating)
    assert other.dating == Dating("boot-2", TRUE_MS)


def hand(chance: random.Random) -> Iterator[int]:
    """A thousand steps of the wall clock, from a second to ten years either way; each stands for less than ten minutes."""
    for _ in range(1000):
        off_ms = chance.choice((-1, 1)) * round(10 ** chance.uniform(3, 11.5))
        for _ in range(chance.randrange(1, 9)):
            yield off_ms


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("sync", [Sync.UNKNOWN, Sync.AWAITED])
def test_a_thousand_steps_leave_the_label_where_it_is(seed: int, sync: Sync) -> None:
    told = Told(seen(0, sync=Sync.CONFIRMED))
    minute = 0
    for minute, off_ms in enumerate(hand(random.Random(seed)), 1):
        told.look(seen(minute * 60, off_ms, sync))
        assert abs(told.off_ms) < 10_000, (seed, minute)
    assert minute > 1000
    told.look(seen(minute * 60 + 60, 0, Sync.CONFIRMED))
    assert abs(told.off_ms) <= 2_000
