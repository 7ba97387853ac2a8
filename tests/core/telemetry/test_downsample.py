"""Fewer points: extremes, gaps and ends stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gw_spaceheat.core.telemetry.downsample import Point, downsampled


def test_a_spike_and_a_gap_stay() -> None:
    points: list[Point] = [(at, 20.0) for at in range(10_000)]
    points[4321], points[7000] = (4321, 99.0), (7000, None)
    found = downsampled(points, 100)
    assert {(4321, 99.0), (7000, None), points[0], points[-1]} <= set(found)
    assert len(found) <= 100


@given(values=st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False), max_size=300), most=st.integers(4, 60))
def test_points_are_a_part_of_the_series_in_order(values: list[float | None], most: int) -> None:
    points: list[Point] = list(enumerate(values))
    found = downsampled(points, most)
    known = [value for value in values if value is not None]
    assert len(found) <= most
    assert [point for point in points if point in found] == found
    if known:
        assert {min(known), max(known)} <= {value for _, value in found}


def test_too_few_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        downsampled([], 3)
