"""Series of a year that is the same as every other, in steps of up to an hour, as BOPTEST writes them.

A file has a header line, a column `time` with the seconds since the beginning of the year in local standard time, evenly spaced
from 0, and columns of numbers. An hour's value is the mean of its steps.
"""

import csv
import math
from datetime import datetime, timedelta

from gw_spaceheat.plant.series import Column, Problem, SeriesFileError, Span

YEAR_COLUMN = "time"
HOUR_S = 3600


def is_year(text: str) -> bool:
    """Whether a file's header has the column of such a year."""
    return YEAR_COLUMN in _cells(text.split("\n", 1)[0])


def read_year(text: str, where: str, span: Span, column: Column) -> tuple[float, ...]:
    """The hours of a run, and one value beyond the end.

    Args:
        text: The file's text.
        where: Its name, for messages.
        span: Which hours; a leap day has the values of the day before.
        column: The column that is needed.

    Raises:
        SeriesFileError: A column is missing, times are not evenly spaced from 0, a number cannot be read or be true, or the
            file does not reach to the end of the run.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    names = _cells(lines[0])
    for name in (YEAR_COLUMN, column.name):
        if name not in names:
            raise _error(where, 1, name, f"this column is needed and not there; found: {', '.join(names)}")
    places = names.index(YEAR_COLUMN), names.index(column.name)
    values = [_value(where, number, line, places, column) for number, line in enumerate(lines[1:], start=2) if line.strip()]
    step_s = values[1][0] - values[0][0] if len(values) > 1 else 0.0
    if step_s <= 0.0 or HOUR_S % step_s:
        raise _error(where, 3, YEAR_COLUMN, "its steps must be equally long, and a whole number of them an hour")
    for place, (at_s, _) in enumerate(values):
        if at_s != place * step_s:
            raise _error(where, place + 2, YEAR_COLUMN, f"{at_s:g} where {place * step_s:g} s should stand")
    steps = round(HOUR_S / step_s)
    hours = [sum(value for _, value in values[at : at + steps]) / steps for at in range(0, len(values) - steps + 1, steps)]
    return tuple(_hour(hours, where, column, span.stamp(hour)) for hour in range(span.hours + 1))


def _hour(hours: list[float], where: str, column: Column, stamp: datetime) -> float:
    day = stamp - timedelta(days=1) if (stamp.month, stamp.day) == (2, 29) else stamp
    of_year = day.replace(year=2018)  # any year without a leap day
    place = (of_year - datetime(2018, 1, 1)) // timedelta(hours=1)  # noqa: DTZ001 - local standard time
    if place >= len(hours):
        raise _error(where, 1, column.name, f"too short: the run needs {stamp.isoformat()}, the file has {len(hours)} h")
    return hours[place]


def _value(where: str, number: int, line: str, places: tuple[int, int], column: Column) -> tuple[float, float]:
    """Time [s] and value of a line."""
    cells = _cells(line)
    try:
        at_s, value = (float(cells[place]) for place in places)
    except (ValueError, IndexError):
        raise _error(where, number, column.name, f"{line[:40]!r} has no time and number [{column.unit}]") from None
    if not (math.isfinite(at_s) and column.minimum <= value <= column.maximum):
        limits = f"{column.minimum:g} to {column.maximum:g} {column.unit}"
        raise _error(where, number, column.name, f"{line[:40]!r} cannot be true; {limits} is allowed")
    return at_s, value


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line.removeprefix("\ufeff")]), [])]


def _error(where: str, line: int, column: str, text: str) -> SeriesFileError:
    return SeriesFileError(where, [Problem(line, column, text)])
