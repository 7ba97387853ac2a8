"""What a month's file of the Ear says of the days' files that it took in.

A day's file that is named there with the same mark is in the month's file, row by row, and does not count beside it. Thus a
month may be written, and its days removed, in any number of steps, and a crash at any of them leaves every row once.
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as pq

MONTH_NAME = re.compile(r"\d{4}-\d{2}")
DAYS_TAKEN = b"gws.days"
"""Key in the metadata of a month's file."""


class DayMark(NamedTuple):
    """What tells a day's file from another of the same day: its journal, its last row and part, and how many rows it has."""

    journal: str
    last_row: int
    last_part: int
    rows: int


def month_of(day: str) -> str:
    """Name of the month's folder of a day's."""
    return day[:7]


def days_taken(path: Path) -> dict[str, DayMark]:
    """The days that a month's file holds; none if it is not there."""
    try:
        with path.open("rb") as stream:
            metadata = pq.read_schema(stream).metadata or {}
    except FileNotFoundError:
        return {}
    return {day: DayMark(*mark) for day, mark in json.loads(metadata.get(DAYS_TAKEN, b"{}")).items()}


def told_days(taken: dict[str, DayMark]) -> dict[bytes, bytes]:
    """What `days_taken` reads, as metadata."""
    return {DAYS_TAKEN: json.dumps({day: list(mark) for day, mark in sorted(taken.items())}).encode()}
