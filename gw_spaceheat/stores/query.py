"""Reads back what the Ear keeps, while it may be writing: each message and each reading once, however often it was sent."""

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from gw_spaceheat.stores.faults import StoreError
from gw_spaceheat.stores.readings import HOUSE_NAME, MESSAGES, READINGS, day_folders, read_day
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

COUNTS = "counts"
"""Unit of a value whose telemetry name is not known: the wire's whole number as it came."""


class MessageRow(NamedTuple):
    """A message as it was kept: arrival [UTC ms], who to whom, its type and identifier, and its payload as JSON text."""

    arrived_ms: int
    src: str
    dst: str
    type_name: str
    message_id: str
    payload: str


class ReadingRow(NamedTuple):
    """A reading: when it was taken [UTC ms], of which channel, its value in the unit that stands beside it."""

    taken_ms: int
    channel: str
    value: float
    unit: str


def houses(folder: Path) -> list[str]:
    """Aliases of the houses of which something is kept."""
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and HOUSE_NAME.fullmatch(path.name))


def tail(folder: Path, house: str, count: int) -> list[MessageRow]:
    """The last messages of a house, oldest first.

    Args:
        folder: The Ear's folder.
        house: Alias of the house.
        count: How many, at least 1.

    Raises:
        StoreError: Nothing is kept of that house.
    """
    rows: dict[tuple[str, ...], MessageRow] = {}
    for day in reversed(_days(folder, house)):
        table = read_day(day, MESSAGES).sort_by("arrived_ms")
        for index in range(table.num_rows - 1, -1, -1):
            row = MessageRow(*(column[index].as_py() for column in table.columns))
            rows.setdefault(_identity(row), row)
            if len(rows) == count:
                return list(reversed(rows.values()))
    return list(reversed(rows.values()))


def export(folder: Path, house: str, from_ms: int, to_ms: int, channels: Collection[str] | None = None) -> list[ReadingRow]:
    """The readings of a house that were taken in a stretch of time, by time and channel, in SI units.

    All days are looked at, because a reading may arrive long after it was taken; the files' statistics make that quick.

    Args:
        folder: The Ear's folder.
        house: Alias of the house.
        from_ms: Taken from here on, UTC [ms].
        to_ms: Taken before this, UTC [ms].
        channels: Only these; None for all.

    Raises:
        StoreError: Nothing is kept of that house.
    """
    wanted = (pc.field("taken_ms") >= from_ms) & (pc.field("taken_ms") < to_ms)
    if channels is not None:
        wanted &= pc.field("channel").isin(list(channels))
    found = pa.concat_tables([read_day(day, READINGS, wanted=wanted) for day in _days(folder, house)])
    # of a report that was sent twice, one arrival counts; a name of the telemetry is better than none
    once = found.group_by(["channel", "taken_ms"]).aggregate([("telemetry", "max"), ("value", "min")])
    telemetry = dict(zip(*(column.to_pylist() for column in _names(once).columns), strict=True))
    ordered = once.sort_by([("taken_ms", "ascending"), ("channel", "ascending")])
    columns = [ordered[name].to_pylist() for name in ("taken_ms", "channel", "value_min")]
    return [_in_si(taken_ms, channel, number, telemetry[channel]) for taken_ms, channel, number in zip(*columns, strict=True)]


def _names(once: pa.Table) -> pa.Table:
    """Channel and the name of its telemetry, also for readings that came before the house's first layout."""
    return once.group_by("channel").aggregate([("telemetry_max", "max")]).select(["channel", "telemetry_max_max"])


def _in_si(taken_ms: int, channel: str, number: int, telemetry: str) -> ReadingRow:
    if telemetry not in TelemetryName.__members__:
        return ReadingRow(taken_ms, channel, float(number), COUNTS)
    name = TelemetryName(telemetry)
    return ReadingRow(taken_ms, channel, name.from_wire(number), name.scale.si_unit)


def _identity(row: MessageRow) -> tuple[str, ...]:
    """What makes a message the same one sent again; those without an identifier are each their own."""
    if row.message_id:
        return (row.src, row.message_id)
    return (row.src, row.type_name, str(row.arrived_ms), row.payload)


def _days(folder: Path, house: str) -> list[Path]:
    days = day_folders(folder, house)
    if not days:
        kept = ", ".join(houses(folder)) or "nothing"
        raise StoreError(f"nothing is kept of {house} in {folder}; there is: {kept}")
    return days
