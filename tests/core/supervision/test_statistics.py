"""Statistics of a quantity, against numpy."""

import tracemalloc

import msgspec
import numpy as np
import pytest

from gw_spaceheat.core.supervision.statistics import WINDOWS, KeptStatistics, Statistics, Window

START_MS = 1_700_000_000_123


def in_window(at_ms: np.ndarray, now_ms: int, window: Window) -> np.ndarray:
    """Which values count: those of the bucket of now, and of as many before it as the window has."""
    bucket = at_ms // window.bucket_ms
    newest = now_ms // window.bucket_ms
    return (bucket > newest - window.buckets) & (bucket <= newest)


def test_a_million_values_are_as_numpy_has_them() -> None:
    chance = np.random.default_rng(3)
    values = chance.normal(5.0, 100.0, 1_000_000)
    at_ms = START_MS + np.cumsum(chance.integers(0, 200, values.size))  # 28 hours
    statistics = Statistics()
    checked = 0
    for number, (value, at) in enumerate(zip(values.tolist(), at_ms.tolist(), strict=True)):
        statistics.add(value, at)
        if number % 199_999 == 199_998:
            checked += 1
            means = statistics.means(at)
            so_far = slice(0, number + 1)
            for window in WINDOWS:
                expected = values[so_far][in_window(at_ms[so_far], at, window)].mean()
                assert means[window.name] == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert checked == 5
    assert statistics.count == values.size
    assert (statistics.last, statistics.least, statistics.most) == (values[-1], values.min(), values.max())
    assert statistics.mean == pytest.approx(values.mean(), rel=1e-11)


def test_memory_stays_as_it_is() -> None:
    statistics = Statistics()
    for number in range(10_000):
        statistics.add(float(number), START_MS + number * 400)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for number in range(10_000, 60_000):
        statistics.add(float(number), START_MS + number * 400)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 20_000


def test_nothing_was_heard() -> None:
    statistics = Statistics()
    assert (statistics.count, statistics.mean) == (0, None)
    assert statistics.means(START_MS) == {"1m": None, "15m": None, "24h": None}


def test_a_window_empties_itself() -> None:
    statistics = Statistics()
    statistics.add(7.0, START_MS)
    assert statistics.means(START_MS + 59_000) == {"1m": 7.0, "15m": 7.0, "24h": 7.0}
    assert statistics.means(START_MS + 61_000) == {"1m": None, "15m": 7.0, "24h": 7.0}
    assert statistics.means(START_MS + 90_000_000) == {"1m": None, "15m": None, "24h": None}
    assert statistics.mean == 7.0


@pytest.mark.parametrize("step_ms", [-5_000, -100_000_000, 100_000_000])
def test_a_step_of_the_clock_loses_no_value_for_ever(step_ms: int) -> None:
    statistics = Statistics()
    statistics.add(1.0, START_MS)
    statistics.add(3.0, START_MS + step_ms)
    assert (statistics.count, statistics.mean) == (2, 2.0)
    for number in range(100):
        statistics.add(5.0, START_MS + step_ms + 200_000 + number * 1_000)
    assert statistics.means(START_MS + step_ms + 299_000)["1m"] == 5.0


def test_what_is_kept_comes_back() -> None:
    statistics, again = Statistics(), Statistics()
    for number in range(5_000):
        statistics.add(number * 0.5, START_MS + number * 700)
    again.restore(msgspec.json.decode(msgspec.json.encode(statistics.kept()), type=KeptStatistics))
    now_ms = START_MS + 5_000 * 700
    assert again.means(now_ms) == statistics.means(now_ms)
    assert (again.count, again.mean, again.last, again.least, again.most) == (5_000, statistics.mean, 2499.5, 0.0, 2499.5)
