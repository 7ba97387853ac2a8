"""Fewer points of a series, for a chart: the extremes stay, so that a spike is seen however far one looks from."""

from collections.abc import Sequence

Point = tuple[int, float | None]
"""A time [ms] and a value; None where nothing is known."""
_LEAST = 4
_KEPT_OF_BUCKET = 4


def downsampled(points: Sequence[Point], most: int) -> list[Point]:
    """At most so many of the points, in their order: the least and greatest of each part, its gap if it has one, both ends.

    Args:
        points: The series, by time.
        most: How many are wanted at most; at least 4.

    Raises:
        ValueError: Fewer than four are wanted.
    """
    if most < _LEAST:
        raise ValueError(f"{most} points are too few: at least {_LEAST} are wanted")
    if len(points) <= most:
        return list(points)
    buckets = max(1, (most - 2) // _KEPT_OF_BUCKET)
    kept = {0, len(points) - 1}
    for bucket in range(buckets):
        places = range(len(points) * bucket // buckets, len(points) * (bucket + 1) // buckets)
        kept.update(_telling(points, places, most))
    return [points[place] for place in sorted(kept)][:most]


def _telling(points: Sequence[Point], places: range, most: int) -> list[int]:
    """Where the extremes and the ends of the first gap are."""
    known = [(value, place) for place in places if (value := points[place][1]) is not None]
    gap = next((place for place in places if points[place][1] is None), None)
    found = [min(known)[1], max(known)[1]] if known else []
    room = _KEPT_OF_BUCKET if most >= _KEPT_OF_BUCKET + 2 else 2
    return [*found, *([] if gap is None else [gap])][:room]
