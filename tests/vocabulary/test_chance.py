"""Chance without state: the same question, the same answer."""

import statistics

import pytest

from gw_spaceheat.vocabulary.chance import bell, bell_of, stream_key, uniform, uniform_of


@pytest.mark.parametrize(("seed", "stream", "counter"), [(0, 0, 0), (1, 2, 3), (2**31 - 1, 2**31 - 1, 2**29)])
def test_a_key_gives_the_same_numbers(seed: int, stream: int, counter: int) -> None:
    key = stream_key(seed, stream)
    assert uniform_of(key, counter) == uniform(seed, stream, counter)
    assert bell_of(key, counter) == bell(seed, stream, counter)


def test_numbers_are_spread_as_they_should() -> None:
    flat = [uniform(1, 2, counter) for counter in range(20_000)]
    assert 0.0 <= min(flat) < max(flat) < 1.0
    assert statistics.fmean(flat) == pytest.approx(0.5, abs=0.01)
    assert statistics.stdev(flat) == pytest.approx(12**-0.5, rel=0.02)
    normal = [bell(1, 3, counter) for counter in range(20_000)]
    assert statistics.fmean(normal) == pytest.approx(0.0, abs=0.03)
    assert statistics.stdev(normal) == pytest.approx(1.0, rel=0.02)
    assert max(map(abs, normal)) <= 3.47


def test_seeds_streams_and_counters_differ() -> None:
    numbers = {uniform(seed, stream, counter) for seed in range(10) for stream in range(10) for counter in range(10)}
    assert len(numbers) == 1000
