"""A file that cannot be trusted is refused, with line and column; a good one is read exactly."""

from datetime import datetime, timedelta

import pytest

from gw_spaceheat.plant.series import Column, Problem, SeriesFileError, Span, read_hours

COLUMN = Column("outdoor_c", "degC", -60.0, 60.0)
START = datetime(2018, 1, 1)
HEADER = "hour_start_local_standard,outdoor_c,other\n"


def text_of(*rows: str) -> str:
    return HEADER + "".join(f"{row}\n" for row in rows)


def good_rows(hours: int) -> list[str]:
    return [f"{(START + timedelta(hours=hour)).isoformat()},{hour}.5,x" for hour in range(hours)]


def span(hours: int = 3, first: int = 0) -> Span:
    return Span(START + timedelta(hours=first), hours, -5.0)


def problems_of(text: str, hours: int = 3, first: int = 0) -> list[Problem]:
    with pytest.raises(SeriesFileError) as caught:
        read_hours(text, "w.csv", span(hours, first), (COLUMN,))
    assert caught.value.where == "w.csv"
    return list(caught.value.problems)


def test_a_part_of_a_file_is_read_with_one_value_beyond_the_end() -> None:
    read = read_hours("# a comment\n" + text_of(*good_rows(10)), "w.csv", span(3, first=2), (COLUMN,))
    assert read == {"outdoor_c": (2.5, 3.5, 4.5, 5.5)}


def test_at_the_end_of_the_file_the_last_value_is_repeated() -> None:
    assert read_hours(text_of(*good_rows(3)), "w.csv", span(3), (COLUMN,))["outdoor_c"] == (0.5, 1.5, 2.5, 2.5)


@pytest.mark.parametrize(
    "text", [text_of(*good_rows(3)).replace("\n", "\r\n"), "\ufeff" + text_of(*good_rows(3)), text_of(*good_rows(3), "", "")]
)
def test_line_ends_byte_order_mark_and_empty_lines_do_no_harm(text: str) -> None:
    assert read_hours(text, "w.csv", span(3), (COLUMN,))["outdoor_c"][:3] == (0.5, 1.5, 2.5)


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("2018-01-01T02:00:00,,x", "outdoor_c", "'' is not a number [degC]"),
        ("2018-01-01T02:00:00,nan,x", "outdoor_c", "'nan' is not a number"),
        ("2018-01-01T02:00:00,inf,x", "outdoor_c", "'inf' is not a number"),
        ("2018-01-01T02:00:00,1_0,x", "outdoor_c", "'1_0' is not a number"),
        ("2018-01-01T02:00:00,-5;2,x", "outdoor_c", "'-5;2' is not a number"),
        ("2018-01-01T02:00:00,60.1,x", "outdoor_c", "60.1 cannot be true; -60 to 60 degC is allowed"),
        ("2018-01-01T02:00:00,-400,x", "outdoor_c", "-400 cannot be true"),
        ("2018-01-01T02:00:00,1.0", "hour_start_local_standard", "2 cells where the header has 3"),
        ("2018-01-01T02:00:00,1.0,x,y", "hour_start_local_standard", "4 cells where the header has 3"),
        ("yesterday,1.0,x", "hour_start_local_standard", "'yesterday' is not a time"),
        ("2018-01-01T02:30:00,1.0,x", "hour_start_local_standard", "not on the hour"),
        ("2018-01-01T02:00:00Z,1.0,x", "hour_start_local_standard", "has a zone"),
        ("2018-01-01T01:00:00,1.0,x", "hour_start_local_standard", "is the same hour as line 3"),
        ("2018-01-01T00:00:00,1.0,x", "hour_start_local_standard", "the hours must be in order"),
        ("2018-01-01T05:00:00,1.0,x", "hour_start_local_standard", "gap of 3 h: 2018-01-01T02:00:00 is missing"),
    ],
)
def test_a_bad_line_is_named(row: str, column: str, words: str) -> None:
    problems = problems_of(text_of(*good_rows(2), row))
    assert [(problem.line, problem.column) for problem in problems] == [(4, column)]
    assert words in problems[0].text


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("", 1, "hour_start_local_standard", "no header"),
        ("# only a comment\n", 1, "hour_start_local_standard", "no header"),
        ("# c\nhour,outdoor_c\n", 2, "hour_start_local_standard", "not there; found: hour, outdoor_c"),
        ("hour_start_local_standard,temperature\n", 1, "outdoor_c", "not there"),
        ("hour_start_local_standard,outdoor_c,outdoor_c\n", 1, "outdoor_c", "twice"),
        (HEADER, 1, "hour_start_local_standard", "no hours"),
    ],
)
def test_a_bad_header_is_named(text: str, line: int, column: str, words: str) -> None:
    (problem,) = problems_of(text)
    assert (problem.line, problem.column) == (line, column)
    assert words in problem.text


def test_a_file_that_is_too_short_or_begins_too_late_is_named() -> None:
    (short,) = problems_of(text_of(*good_rows(5)), hours=4, first=2)
    assert short.line == 6
    assert (
        "too short: the run needs 2018-01-01T02:00:00 to 2018-01-01T05:00:00, the file ends with 2018-01-01T04:00:00"
        in short.text
    )
    (late,) = problems_of(text_of(*good_rows(5)), hours=3, first=-1)
    assert "begins at 2018-01-01T00:00:00" in late.text


def test_all_problems_are_kept_and_twenty_are_shown() -> None:
    rows = [row.replace(".5,", ".5!,") for row in good_rows(25)]
    with pytest.raises(SeriesFileError) as caught:
        read_hours(text_of(*rows), "w.csv", span(25), (COLUMN,))
    lines = str(caught.value).splitlines()
    assert len(caught.value.problems) == 25
    assert len(lines) == 21
    assert lines[0] == "w.csv: line 2, column outdoor_c: '0.5!' is not a number [degC]"
    assert lines[-1] == "w.csv: and 5 more"


@pytest.mark.parametrize(
    ("offset_h", "utc"),
    [(-5.0, "2018-01-08T05:00:00+00:00"), (-3.5, "2018-01-08T03:30:00+00:00"), (1.0, "2018-01-07T23:00:00+00:00")],
)
def test_local_standard_time_becomes_utc(offset_h: float, utc: str) -> None:
    start = Span(datetime(2018, 1, 8), 24, offset_h)
    assert start.start_ms == datetime.fromisoformat(utc).timestamp() * 1000
    assert start.end_ms - start.start_ms == 24 * 3_600_000
    assert start.stamp(25) == datetime(2018, 1, 9, 1)


@pytest.mark.parametrize(
    ("start", "hours"), [(datetime(2018, 1, 1, 0, 30), 1), (datetime.fromisoformat("2018-01-01T00:00Z"), 1), (START, 0)]
)
def test_a_run_starts_on_the_hour_and_has_hours(start: datetime, hours: int) -> None:
    with pytest.raises(ValueError, match="a run"):
        Span(start, hours, -5.0)
