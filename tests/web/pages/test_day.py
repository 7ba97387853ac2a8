"""Where in time the page of days goes."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gw_spaceheat.apps.houses import find_house
from gw_spaceheat.apps.settings import houses_file
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS
from gw_spaceheat.web.pages.day import LONGEST_MS, SHORTEST_MS, _first_span, _moved, _read_data, _within
from tests.web.site import OAK, make_site

NOON_MS = int(datetime(2018, 1, 8, 12, tzinfo=UTC).timestamp() * 1000)
DAY = (NOON_MS - DAY_MS, NOON_MS)


@pytest.mark.parametrize(
    ("how", "zoomed", "expected"),
    [
        ("day-back", None, (NOON_MS - 2 * DAY_MS, NOON_MS - DAY_MS)),
        ("day-forward", None, (NOON_MS, NOON_MS + DAY_MS)),
        ("day-length", None, (NOON_MS - HOUR_MS, NOON_MS)),
        ("day-figure", {"xaxis.autorange": True}, (NOON_MS - HOUR_MS, NOON_MS)),
        (
            "day-figure",
            {"xaxis.range[0]": "2018-01-08 05:00", "xaxis.range[1]": "2018-01-08 07:00"},
            (NOON_MS - 2 * HOUR_MS, NOON_MS),
        ),
        ("day-figure", {"xaxis.range": ["2018-01-08 05:00:00.5", "2018-01-08 07:00"]}, (NOON_MS - 2 * HOUR_MS + 500, NOON_MS)),
        ("day-figure", {"autosize": True}, None),
        ("day-figure", {"xaxis.range": ["x", "y"]}, None),
        ("day-figure", {"xaxis.range": 3}, None),
        ("day-figure", None, None),
    ],
)
def test_moving(tmp_path: Path, how: str, zoomed: Any, expected: tuple[int, int] | None) -> None:
    house = find_house(houses_file(), OAK)  # Maine: five hours behind
    assert _moved(make_site(tmp_path), house, DAY, how, zoomed, HOUR_MS) == expected


@pytest.mark.parametrize(
    ("begin_ms", "end_ms", "length_ms"),
    [(NOON_MS, NOON_MS, SHORTEST_MS), (NOON_MS + 5, NOON_MS, SHORTEST_MS), (0, NOON_MS, LONGEST_MS), (-1e18, 1e18, LONGEST_MS)],
)
def test_no_stretch_is_too_long_or_too_short(begin_ms: float, end_ms: float, length_ms: int) -> None:
    begin, end = _within(begin_ms, end_ms)
    assert end - begin == length_ms


@pytest.mark.parametrize(
    ("query", "length"),
    [({}, "day"), ({"length": "month"}, "month"), ({"length": "x", "to": "y"}, "day"), ({"to": "9" * 14}, "day")],
)
def test_what_the_address_says(tmp_path: Path, query: dict[str, str], length: str) -> None:
    span, found = _first_span(make_site(tmp_path), query)
    assert found == length
    assert span[1] - span[0] in {DAY_MS, 31 * DAY_MS}


@pytest.mark.parametrize("data", [None, [], [1, 2], [1, 2, 3], ["1", "2", "x"], [-1, 5, "x"], {"a": 1}, [1.5, 2, "x"]])
def test_nonsense_from_the_browser(data: Any) -> None:
    assert _read_data(data) is None
