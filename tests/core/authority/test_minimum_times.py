"""When an actuator that is to be spared may be switched."""

import pytest

from gw_spaceheat.core.authority.minimum_times import MinimumTimeGuard
from gw_spaceheat.house.model import MinimumTimes

ON, OFF = True, False


@pytest.mark.parametrize(
    ("story", "asked", "at_s", "from_s"),
    [
        # (switched to, at [s]); what is asked, when [s], from when it may be [s]
        ([], OFF, 0, 0),  # what it is already
        ([], ON, 0, 300),  # since when it has been off is not known: it counts as just switched
        ([], ON, 299, 300),
        ([], ON, 300, 300),
        ([], ON, 1000, 1000),
        ([(ON, 300)], ON, 301, 301),
        ([(ON, 300)], OFF, 301, 900),
        ([(ON, 300)], OFF, 900, 900),
        ([(ON, 300), (ON, 800)], OFF, 850, 900),  # said again it is not switched again
        ([(ON, 300), (OFF, 900)], OFF, 901, 901),
        ([(ON, 300), (OFF, 900)], ON, 901, 1200),
        ([(ON, 300), (OFF, 310)], ON, 311, 610),  # safety has cut it off: its switching counts
        ([(ON, 300), (OFF, 900), (ON, 1200), (OFF, 1800)], ON, 2100, 3900),  # twice within an hour
        ([(ON, 300), (OFF, 900), (ON, 1200), (OFF, 1800)], ON, 3899, 3900),
        ([(ON, 300), (OFF, 900), (ON, 1200), (OFF, 1800)], ON, 3900, 3900),
        ([(ON, 300), (OFF, 900), (ON, 1200), (OFF, 1800), (ON, 3900), (OFF, 4500)], ON, 4800, 4800),
        ([(ON, 300), (OFF, 310), (ON, 320), (OFF, 330), (ON, 340)], OFF, 341, 940),  # safety may do more than is allowed
        ([(ON, 300), (OFF, 310), (ON, 320), (OFF, 330), (ON, 340), (OFF, 350)], ON, 700, 3920),
    ],
)
def test_when_it_may_be_switched(story: list[tuple[bool, int]], asked: bool, at_s: int, from_s: int) -> None:
    guard = MinimumTimeGuard(MinimumTimes(on_s=600, off_s=300, starts_per_hour=2))
    guard.begin(0)
    for on, second in story:
        guard.set(on, second * 1000)
    assert guard.may_be_set(asked, at_s * 1000) == from_s * 1000
    assert guard.may_be_set(asked, from_s * 1000) == from_s * 1000


def test_the_process_may_begin_at_any_monotonic_time() -> None:
    guard = MinimumTimeGuard(MinimumTimes(on_s=600, off_s=300, starts_per_hour=2))
    guard.begin(7_000_000)
    assert guard.may_be_set(ON, 7_000_000) == 7_300_000
