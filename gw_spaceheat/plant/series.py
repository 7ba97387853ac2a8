"""Hourly series from CSV text: strict, and before anything starts.

A file has a header line, a column `hour_start_local_standard` with the start of each hour in local *standard* time (no zone,
no daylight saving), and columns of numbers. Lines beginning with # are comments. A file that cannot be trusted is refused as a
whole, with all its problems, because a run on half a winter would look like a result.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

from gw_spaceheat.vocabulary.moment import HOUR_MS

TIME_COLUMN = "hour_start_local_standard"
PROBLEMS_SHOWN = 20
_HOUR = timedelta(hours=1)


class Column(NamedTuple):
    """A column that is needed.

    Attributes:
        name: As in the header.
        unit: For messages.
        minimum: Smallest value that can be true [unit].
        maximum: Largest value that can be true [unit].
    """

    name: str
    unit: str
    minimum: float
    maximum: float


class Problem(NamedTuple):
    """One thing wrong with a file: line from 1, name of the column, and what is wrong and what is wanted."""

    line: int
    column: str
    text: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.text}"


class SeriesFileError(ValueError):
    """A weather, demand or price file cannot be used for this run.

    Attributes:
        where: Name of the file.
        problems: All problems, in the order of the lines; the text shows the first 20.
    """

    def __init__(self, where: str, problems: Sequence[Problem]) -> None:
        self.where = where
        self.problems = tuple(problems)
        shown = [f"{where}: {problem}" for problem in self.problems[:PROBLEMS_SHOWN]]
        hidden = len(self.problems) - len(shown)
        if hidden:
            shown.append(f"{where}: and {hidden} more")
        super().__init__("\n".join(shown))


@dataclass(frozen=True, slots=True)
class Span:
    """The hours of a run in the file's own time.

    Attributes:
        start_local: First hour, local standard time without a zone, on the hour.
        hours: Number of hours, at least 1.
        utc_offset_h: Local standard time minus UTC [h].
    """

    start_local: datetime
    hours: int
    utc_offset_h: float

    def __post_init__(self) -> None:
        """Raise ValueError for a start with a zone or off the hour, or a run without hours."""
        start = self.start_local
        if start.tzinfo is not None or start.minute or start.second or start.microsecond:
            raise ValueError(
                f"a run starts on the hour in local standard time without a zone, such as 2018-01-08T00:00, not at {start}"
            )
        if self.hours < 1:
            raise ValueError(f"a run has at least 1 hour, not {self.hours}")

    @property
    def start_ms(self) -> int:
        """Start of the first hour, UTC [ms]."""
        zone = timezone(timedelta(hours=self.utc_offset_h))
        return round(self.start_local.replace(tzinfo=zone).astimezone(UTC).timestamp() * 1000)

    @property
    def end_ms(self) -> int:
        """End of the last hour, UTC [ms]."""
        return self.start_ms + self.hours * HOUR_MS

    def stamp(self, hour: int) -> datetime:
        """Local standard time at which an hour of the run, from 0, begins."""
        return self.start_local + hour * _HOUR


def read_hours(text: str, where: str, span: Span, columns: Sequence[Column]) -> dict[str, tuple[float, ...]]:
    """The hours of a run from the text of a CSV file, and one value beyond the end.

    Args:
        text: The file's text.
        where: Its name, for messages.
        span: Which hours.
        columns: The columns that are needed; others may stand beside them.

    Returns:
        By column name, `span.hours + 1` values; where the run ends with the file, the value beyond the end is the last one.

    Raises:
        SeriesFileError: The file has gaps, duplicate or disordered hours, lacks a column, holds something that is no number or
            cannot be true, or does not cover the run.
    """
    lines = _lines(text)
    header = next(lines, None)
    if header is None:
        raise SeriesFileError(where, [Problem(1, TIME_COLUMN, "the file has no header line")])
    header_line, names = header
    missing = _header_problems(header_line, names, columns)
    if missing:
        raise SeriesFileError(where, missing)
    time_place = names.index(TIME_COLUMN)
    places = [(column, names.index(column.name)) for column in columns]
    problems: list[Problem] = []
    stamps: list[datetime] = []
    stamp_lines: list[int] = []
    values: dict[str, list[float]] = {column.name: [] for column in columns}
    line = header_line
    for line, cells in lines:
        if len(cells) != len(names):
            problems.append(Problem(line, TIME_COLUMN, f"{len(cells)} cells where the header has {len(names)}"))
            continue
        stamp = _stamp(line, cells[time_place], problems)
        if stamp is not None:
            _check_order(line, stamp, stamps, stamp_lines, problems)
            stamps.append(stamp)
            stamp_lines.append(line)
        for column, place in places:
            values[column.name].append(_number(line, cells[place], column, problems))
    if not problems:
        _check_cover(line, span, stamps, problems)
    if problems:
        raise SeriesFileError(where, problems)
    first = (span.start_local - stamps[0]) // _HOUR
    return {name: _cut(series, first, span.hours) for name, series in values.items()}


def _cut(series: list[float], first: int, hours: int) -> tuple[float, ...]:
    """`hours + 1` values from `first`, the last one repeated at the file's end."""
    part = series[first : first + hours + 1]
    return tuple(part if len(part) == hours + 1 else [*part, part[-1]])


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Number (from 1) and cells of every line that is neither empty nor a comment."""
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            yield number, [cell.strip().strip('"') for cell in line.split(",")]


def _header_problems(line: int, names: list[str], columns: Sequence[Column]) -> list[Problem]:
    wanted = [TIME_COLUMN, *(column.name for column in columns)]
    found = ", ".join(names)
    problems = [
        Problem(line, name, f"this column is needed and not there; found: {found}") for name in wanted if name not in names
    ]
    problems += [Problem(line, name, "this column stands there twice") for name in wanted if names.count(name) > 1]
    return problems


def _stamp(line: int, cell: str, problems: list[Problem]) -> datetime | None:
    """The hour a line is about; None, and a problem, if it cannot be one."""
    try:
        stamp = datetime.fromisoformat(cell)
    except ValueError:
        problems.append(Problem(line, TIME_COLUMN, f"{cell!r} is not a time such as 2018-01-08T00:00:00"))
        return None
    if stamp.tzinfo is not None:
        problems.append(Problem(line, TIME_COLUMN, f"{cell!r} has a zone; local standard time without a zone is wanted"))
        return None
    if stamp.minute or stamp.second or stamp.microsecond:
        problems.append(Problem(line, TIME_COLUMN, f"{cell!r} is not on the hour"))
        return None
    return stamp


def _check_order(line: int, stamp: datetime, stamps: list[datetime], stamp_lines: list[int], problems: list[Problem]) -> None:
    """Each hour follows the one before."""
    if not stamps or stamp == stamps[-1] + _HOUR:
        return
    before = stamps[-1]
    if stamp == before:
        text = f"{stamp.isoformat()} is the same hour as line {stamp_lines[-1]}"
    elif stamp < before:
        text = f"{stamp.isoformat()} stands after {before.isoformat()} (line {stamp_lines[-1]}); the hours must be in order"
    else:
        gap = (stamp - before) // _HOUR - 1
        text = f"gap of {gap} h: {(before + _HOUR).isoformat()} is missing before {stamp.isoformat()}"
    problems.append(Problem(line, TIME_COLUMN, text))


def _number(line: int, cell: str, column: Column, problems: list[Problem]) -> float:
    """The number in a cell; NaN, and a problem, if there is none that can be true."""
    try:
        value = float(cell) if "_" not in cell else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        problems.append(Problem(line, column.name, f"{cell!r} is not a number [{column.unit}]"))
        return math.nan
    if not column.minimum <= value <= column.maximum:
        limits = f"{column.minimum:g} to {column.maximum:g} {column.unit}"
        problems.append(Problem(line, column.name, f"{cell} cannot be true; {limits} is allowed"))
    return value


def _check_cover(line: int, span: Span, stamps: list[datetime], problems: list[Problem]) -> None:
    """The file has every hour of the run."""
    if not stamps:
        problems.append(Problem(line, TIME_COLUMN, "the file has no hours"))
        return
    last_wanted = span.stamp(span.hours - 1)
    run = f"the run needs {span.start_local.isoformat()} to {last_wanted.isoformat()}"
    if stamps[0] > span.start_local:
        problems.append(Problem(line, TIME_COLUMN, f"{run}, the file begins at {stamps[0].isoformat()}"))
    if stamps[-1] < last_wanted:
        problems.append(Problem(line, TIME_COLUMN, f"too short: {run}, the file ends with {stamps[-1].isoformat()}"))
