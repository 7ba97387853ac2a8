"""Scripted outages of the uplink, read from a CSV file: `start,end`, in the house's local standard time."""

import csv
from collections.abc import Iterator
from datetime import datetime
from io import StringIO

from gw_spaceheat.plant.series import Problem, SeriesFileError, Span
from gw_spaceheat.vocabulary.moment import HOUR_MS

COLUMNS = ("start", "end")
Outage = tuple[int, int]
"""When the uplink goes down and when it is up again, ms after the run's start."""


def read_outages(text: str, where: str, span: Span) -> tuple[Outage, ...]:
    """The outages of a run.

    Args:
        text: The file's text.
        where: Its name, for messages.
        span: The hours of the run.

    Raises:
        SeriesFileError: A time cannot be read, an outage ends before it begins, begins before the one above has ended, or
            lies outside the run; names line and column of each.
    """
    rows = csv.DictReader(StringIO(text))
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise SeriesFileError(where, [Problem(1, name, "is missing; the first line must be start,end") for name in missing])
    problems: list[Problem] = []
    outages: list[Outage] = []
    end_ms = span.hours * HOUR_MS
    for row in rows:
        line = rows.line_num
        times = [_ms(row[name], span, line, name, problems) for name in COLUMNS]
        start_ms, stop_ms = times
        if start_ms is None or stop_ms is None:
            continue
        problems += [Problem(line, *problem) for problem in _faults(start_ms, stop_ms, outages, end_ms)]
        outages.append((start_ms, stop_ms))
    if problems:
        raise SeriesFileError(where, problems)
    return tuple(outages)


def _ms(text: str | None, span: Span, line: int, column: str, problems: list[Problem]) -> int | None:
    text = (text or "").strip()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        problems.append(Problem(line, column, f"{text!r} is no time; write it like 2018-01-09T14:30"))
        return None
    if at.tzinfo is not None:
        problems.append(Problem(line, column, f"{text!r} has a time zone; write the house's local standard time without one"))
        return None
    return round((at - span.start_local).total_seconds() * 1000)


def _faults(start_ms: int, stop_ms: int, before: list[Outage], end_ms: int) -> Iterator[tuple[str, str]]:
    if stop_ms <= start_ms:
        yield "end", "is not after start"
    if before and start_ms < before[-1][1]:
        yield "start", "is before the end of the outage above"
    if start_ms < 0:
        yield "start", "lies outside the run"
    if stop_ms > end_ms:
        yield "end", "lies outside the run"
