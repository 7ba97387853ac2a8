"""What is not answered is said again, ever more seldom."""

from gw_spaceheat.core.market.repeats import REPEAT_MS, Repeats
from gw_spaceheat.core.market.said import say
from gw_spaceheat.messages.gws_street_noted import GwsStreetNoted

FIRST, SECOND = (say("a", "b", GwsStreetNoted(subject="x", number=number)) for number in (1, 2))


def test_until_it_is_answered() -> None:
    repeats = Repeats()
    assert repeats.deadline() is None
    assert repeats.put("key", FIRST, 0) == FIRST
    assert repeats.deadline() == REPEAT_MS
    assert repeats.due(REPEAT_MS - 1) == []
    assert repeats.due(REPEAT_MS) == [FIRST]
    assert repeats.deadline() == 3 * REPEAT_MS
    repeats.drop("key")
    assert repeats.deadline() is None
    assert repeats.due(10**9) == []


def test_what_is_newer_takes_the_place_of_what_is_older() -> None:
    repeats = Repeats()
    repeats.put("key", FIRST, 0)
    repeats.put("key", SECOND, 10_000)
    assert repeats.due(REPEAT_MS) == []
    assert repeats.due(REPEAT_MS + 10_000) == [SECOND]


def test_it_gets_no_slower_than_it_may() -> None:
    repeats, gaps, before_ms = Repeats(), [], 0
    repeats.put("key", FIRST, 0)
    for _ in range(8):
        due_ms = repeats.deadline()
        assert due_ms is not None
        gaps.append((due_ms - before_ms) // REPEAT_MS)
        assert repeats.due(due_ms) == [FIRST]
        before_ms = due_ms
    assert gaps == [1, 2, 4, 8, 16, 16, 16, 16]
