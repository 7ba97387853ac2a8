from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gw_spaceheat.core.events import ClockStepped, Note
from gw_spaceheat.core.timekeeper import Dating, Sync
from gw_spaceheat.runtime.clock import Clock, PacedClock, SystemClock
from gw_spaceheat.vocabulary.moment import Moment

START_MS = 1_800_000_000_000
START_NS = START_MS * 1_000_000


class Hands:
    """Clock hands that a test turns."""

    def __init__(self, monotonic_ns: int = 0, wall_ns: int = 0) -> None:
        self.monotonic_ns = monotonic_ns
        self.wall_ns = wall_ns

    def system_clock(self, remember: Callable[[Dating], None] = lambda _dating: None) -> SystemClock:
        return SystemClock(
            remember=remember,
            sync=lambda: Sync.CONFIRMED,
            monotonic_ns=lambda: self.monotonic_ns,
            wall_ns=lambda: self.wall_ns,
        )

    def pass_s(self, seconds: float, stepped_s: float) -> None:
        self.monotonic_ns += round(seconds * 1e9)
        self.wall_ns += round((seconds + stepped_s) * 1e9)

    def paced_clock(self, speed: float, start_wall_ms: int = 0) -> PacedClock:
        return PacedClock(speed, start_wall_ms, lambda: self.monotonic_ns)


def test_system_clock_shows_both_clocks_in_milliseconds() -> None:
    hands = Hands(monotonic_ns=5_999_999, wall_ns=1_700_000_000_123_456_789)
    clock = hands.system_clock()
    assert clock.now() == Moment(5, 1_700_000_000_123)
    hands.monotonic_ns += 1
    hands.wall_ns -= 3_600_000_000_000
    assert clock.now() == Moment(6, 1_700_000_000_124)  # stepped, and nobody has looked yet


@pytest.mark.parametrize(
    ("speed", "passed_s", "mono_ms"), [(1, 1.5, 1_500), (60, 1.0, 60_000), (0.5, 3.0, 1_500), (1e6, 0.001, 1_000_000)]
)
def test_paced_clock_runs_faster_on_both_clocks(speed: float, passed_s: float, mono_ms: int) -> None:
    hands = Hands(monotonic_ns=77)
    clock = hands.paced_clock(speed, start_wall_ms=1_000_000)
    assert clock.now() == Moment(0, 1_000_000)
    hands.monotonic_ns += round(passed_s * 1e9)
    assert clock.now() == Moment(mono_ms, 1_000_000 + mono_ms)


@pytest.mark.parametrize(("speed", "wait_s"), [(1, 120.0), (60, 2.0), (0.5, 240.0)])
def test_waits_are_divided_by_the_speed(speed: float, wait_s: float) -> None:
    assert Hands().paced_clock(speed).wait_s(120_000) == pytest.approx(wait_s)


@pytest.mark.parametrize("speed", [0, -1, float("nan")])
def test_a_clock_cannot_stand_still(speed: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        PacedClock(speed, 0)


@given(
    st.lists(st.integers(0, 10**16), min_size=1, max_size=5),
    st.integers(-(10**9), 10**9),
    st.none() | st.floats(0.01, 1e6),
)
def test_when_no_wait_is_left_the_clock_shows_the_deadline(passed: list[int], ahead_ms: int, speed: float | None) -> None:
    hands = Hands()
    clock: Clock = hands.system_clock() if speed is None else hands.paced_clock(speed)
    for ns in passed:
        hands.monotonic_ns += ns
        deadline_ms = clock.now().mono_ms + ahead_ms
        assert (clock.wait_s(deadline_ms) <= 0) == (clock.now().mono_ms >= deadline_ms)


def test_what_follows_from_a_step_is_kept_before_it_is_told_and_shown() -> None:
    hands, kept = Hands(), []
    hands.wall_ns = START_NS
    clock = hands.system_clock(kept.append)
    assert list(clock.look()) == []
    hands.pass_s(60, stepped_s=3600)
    assert clock.now() == Moment(60_000, START_MS + 60_000)
    note, stepped = clock.look()
    assert isinstance(note, Note)
    assert stepped == ClockStepped(3_600_000)
    assert clock.now() == Moment(60_000, START_MS + 3_660_000)
    assert [dating.apart_ms - START_MS for dating in kept] == [0, 3_600_000]
    assert list(clock.look()) == []
    assert len(kept) == 2


def test_a_disk_that_cannot_keep_it_is_told_of() -> None:
    def full(_dating: Dating) -> None:
        raise OSError("No space left on device")

    hands = Hands(wall_ns=START_NS)
    (note,) = hands.system_clock(full).look()
    assert isinstance(note, Note)
    assert "No space left on device" in note.text
