"""Who looks is told scans as often as he wants, for as long as he said; nobody else costs anything."""

import pytest

from gw_spaceheat.core.events import LookedAt
from gw_spaceheat.core.telemetry.looking import Looking
from gw_spaceheat.vocabulary.moment import Moment

WALL_MS = 1_700_000_000_000


def at(second: float) -> Moment:
    return Moment(round(second * 1000), WALL_MS + round(second * 1000))


def asked(every_s: float, for_s: float) -> LookedAt:
    return LookedAt(round(every_s * 1000), round(for_s * 1000))


@pytest.mark.parametrize(
    ("asks", "told"),
    [
        ({}, []),
        ({3: asked(1, 4)}, [3, 4, 5, 6]),
        ({3: asked(2, 6)}, [3, 5, 7]),
        ({3: asked(2, 4), 6: asked(2, 4)}, [3, 5, 7, 9]),  # goes on
        ({3: asked(2, 2), 8: asked(2, 2)}, [3, 8]),  # goes, and comes again
        ({3: asked(4, 12), 8: asked(1, 3)}, [3, 6, 9, 10, 11, 12, 13, 14]),
        ({3: asked(16, 17), 8: asked(1, 3)}, [3, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]),
        ({3: asked(1, 4), 5: asked(4, 6)}, [3, 4, 5, 6, 7, 8, 9, 10]),
    ],
    ids=[
        "nobody",
        "each scan",
        "each other scan",
        "goes on",
        "comes again",
        "an impatient one joins",
        "a very patient one was there",
        "a patient one joins",
    ],
)
def test_of_a_scan_each_second(asks: dict[int, LookedAt], told: list[int]) -> None:
    looking = Looking()
    found = []
    for second in range(20):
        if second in asks:
            looking.ask(asks[second], at(second))
        if looking.wants(at(second)):
            found.append(second)
    assert found == told


def test_only_who_begins_to_look_is_to_be_told_at_once() -> None:
    looking = Looking()
    times = (0, 2, 4.9, 7.8, 7.9, 10.9)
    assert [looking.ask(asked(1, 3), at(second)) for second in times] == [True, False, False, False, False, True]


def test_a_scan_that_comes_a_little_early_is_told() -> None:
    looking = Looking()
    looking.ask(asked(2, 60), at(0))
    assert [looking.wants(at(second)) for second in (0.1, 1.0, 1.9, 3.2, 4.0)] == [True, False, True, False, True]


def test_when_a_willing_device_is_read_next_and_when_the_next_scan_is_due() -> None:
    looking = Looking()
    assert looking.next_read(at(0)) is None
    looking.ask(asked(2, 5), at(10))
    assert [looking.next_read(at(second)) for second in (10, 12, 13)] == [12_000, 14_000, None]
    assert looking.due_ms(None, at(10)) == at(12).wall_ms
    assert looking.due_ms(70_000, at(10)) == at(70).wall_ms
    assert looking.due_ms(10_500, at(10)) == at(12).wall_ms
