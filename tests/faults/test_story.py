"""Stories: they follow from their seed alone, and end in time for both sides to agree."""

import pytest

from gw_spaceheat.apps.faults.story import AFTER_MS, CALM_MS, SHUT_MS, Draws, Lie, Trouble, story_of
from gw_spaceheat.plant.faults import FaultKind
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS

STORIES = [story_of(seed) for seed in range(400)]


@pytest.mark.parametrize("seed", [0, 1, 2, 1_999, 2**31 - 1])
def test_the_same_for_the_same_seed_and_another_for_another(seed: int) -> None:
    assert story_of(seed) == story_of(seed)
    assert story_of(seed) != story_of(seed + 1)


def test_the_bad_time_ends_before_a_full_hour_and_everything_after_it() -> None:
    for story in STORIES:
        full_hour_ms = story.begin_ms + story.calm_ms + CALM_MS
        assert full_hour_ms % HOUR_MS == 0
        assert story.begin_ms + story.end_ms == full_hour_ms + AFTER_MS
        assert story.end_ms - SHUT_MS > story.calm_ms
        assert [happening.at_ms for happening in story.happenings] == sorted(each.at_ms for each in story.happenings)
        assert all(happening.at_ms < story.calm_ms for happening in story.happenings)
        assert all(lie.start_ms < lie.end_ms <= story.calm_ms + MINUTE_MS for lie in story.lies)


def test_everything_happens_in_some_story() -> None:
    assert {happening.what for story in STORIES for happening in story.happenings} == set(Trouble)
    for choice in ("small", "slots", "signed", "kept_first", "keeps_outputs", "cold_room"):
        assert {getattr(story, choice) for story in STORIES} == {True, False}, choice


def test_some_stories_are_calm_and_some_are_not() -> None:
    counts = [len(story.happenings) for story in STORIES]
    assert min(counts) == 0
    assert max(counts) > 10
    assert {story.wire.loss for story in STORIES} >= {0.0, 0.6}


@pytest.mark.parametrize(("draw", "channels"), [(0.1, ["a", "b", "c"]), (0.4, ["b"]), (0.99, ["c"])])
def test_a_lie_is_of_one_sensor_or_of_all(draw: float, channels: list[str]) -> None:
    lie = Lie("tank", 10, 20, FaultKind.SPIKE, 45.0, draw)
    assert [fault.channel for fault in lie.of(["a", "b", "c"], 1_000)] == channels
    assert {(fault.start_ms, fault.end_ms, fault.size) for fault in lie.of(["a", "b", "c"], 1_000)} == {(1_010, 1_020, 45.0)}
    assert lie.of([], 0) == ()


def test_draws_are_spread() -> None:
    draws = Draws(7, 1)
    numbers = [draws.number() for _ in range(2_000)]
    assert 0.48 < sum(numbers) / len(numbers) < 0.52
    assert all(0 <= number < 1 for number in numbers)
    assert {draws.one_of("abc") for _ in range(50)} == set("abc")
