"""A file of outages: what is read, and where it says that something is wrong."""

from datetime import datetime

import pytest

from gw_spaceheat.apps.outages import read_outages
from gw_spaceheat.plant.series import SeriesFileError, Span

DAY = Span(start_local=datetime(2018, 1, 9), hours=24, utc_offset_h=-5.0)
MINUTE_MS = 60_000


def test_outages_are_times_after_the_start() -> None:
    rows = (
        "start,end",
        "2018-01-09T01:00,2018-01-09T01:10",
        "2018-01-09 01:10:00,2018-01-09T03:00:00.500",
        "2018-01-09T23:00,2018-01-10",
    )
    assert read_outages("\n".join(rows), "o.csv", DAY) == (
        (60 * MINUTE_MS, 70 * MINUTE_MS),
        (70 * MINUTE_MS, 180 * MINUTE_MS + 500),
        (1380 * MINUTE_MS, 1440 * MINUTE_MS),
    )


def test_columns_may_stand_in_any_order_and_others_beside_them() -> None:
    assert read_outages("end,why,start\n2018-01-09T02:00,storm,2018-01-09T01:00\n", "o.csv", DAY) == (
        (60 * MINUTE_MS, 120 * MINUTE_MS),
    )


def test_none_is_none() -> None:
    assert read_outages("start,end\n", "o.csv", DAY) == ()


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", [(1, "start", "must be start,end"), (1, "end", "must be start,end")]),
        ("from,end\n", [(1, "start", "is missing")]),
        ("start,end\nnoon,2018-01-09T02:00\n", [(2, "start", "'noon' is no time; write it like 2018-01-09T14:30")]),
        ("start,end\n2018-01-09T01:00\n", [(2, "end", "'' is no time")]),
        ("start,end\n2018-01-09T01:00,\n", [(2, "end", "'' is no time")]),
        (
            "start,end\n2018-01-09T01:00Z,2018-01-09T02:00-05:00\n",
            [(2, "start", "has a time zone"), (2, "end", "has a time zone")],
        ),
        ("start,end\n2018-01-09T02:00,2018-01-09T02:00\n", [(2, "end", "is not after start")]),
        ("start,end\n2018-01-09T02:00,2018-01-09T01:00\n", [(2, "end", "is not after start")]),
        (
            "start,end\n2018-01-09T01:00,2018-01-09T03:00\n2018-01-09T02:00,2018-01-09T04:00\n",
            [(3, "start", "is before the end of the outage above")],
        ),
        ("start,end\n2018-01-08T23:59,2018-01-09T01:00\n", [(2, "start", "lies outside the run")]),
        ("start,end\n2018-01-09T23:59,2018-01-10T00:01\n", [(2, "end", "lies outside the run")]),
        (
            "start,end\n2018-01-08T23:00,2018-01-10T01:00\n",
            [(2, "start", "lies outside the run"), (2, "end", "lies outside the run")],
        ),
        ("start,end\n2018-01-09T01:00,x\n\ny,2018-01-09T02:00\n", [(2, "end", "'x'"), (4, "start", "'y'")]),
    ],
)
def test_every_problem_is_named_with_line_and_column(text: str, problems: list[tuple[int, str, str]]) -> None:
    with pytest.raises(SeriesFileError) as caught:
        read_outages(text, "o.csv", DAY)
    found = caught.value.problems
    assert [(problem.line, problem.column) for problem in found] == [(line, column) for line, column, _ in problems]
    for problem, (line, column, words) in zip(found, problems, strict=True):
        assert words in problem.text
        assert f"o.csv: line {line}, column {column}: " in str(caught.value)
