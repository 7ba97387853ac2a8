"""Means, extremes and counts over steps of time, of what the Ear keeps; by DuckDB, over its files and its journal.

Each reading counts once, however often it was sent. A step of which nothing is kept has no value: nothing is invented.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gw_spaceheat.stores.coded import Wanted, codes_of
from gw_spaceheat.stores.faults import StoreError
from gw_spaceheat.stores.readings import READINGS, THINNED, HouseReader
from gw_spaceheat.vocabulary.moment import SECOND_MS
from gw_spaceheat.vocabulary.telemetry_name import Scale, scale_named

MOST_STEPS = 5_000_000
"""More steps, of all channels together, are refused, so that memory is bounded."""
_BIN_COLUMNS = ("channel", "telemetry", "from_ms", "bin_s", "mean", "min", "max", "count")


class Aggregate(StrEnum):
    """What is told of the readings of a step. A mean is that of the readings, not weighted by time."""

    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    FIRST = "first"
    LAST = "last"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Ask:
    """What is wanted of a house.

    Attributes:
        channels: Of which channels, at least one.
        from_ms: From here on, UTC [ms].
        to_ms: Until before this, UTC [ms].
        every_ms: Length of a step, at least 1 [ms]; steps begin at whole multiples of it since 1970 UTC.
        aggregate: What is told of each step.
    """

    channels: tuple[str, ...]
    from_ms: int
    to_ms: int
    every_ms: int
    aggregate: Aggregate = Aggregate.MEAN


class Step(NamedTuple):
    """A step of a channel.

    Attributes:
        from_ms: Its beginning, UTC [ms].
        channel: The channel.
        value: What was asked for, in the unit that stands beside it; None if nothing is kept of this step.
        unit: The unit, empty for a bare number.
        readings: How many there were, those included of which only a mean is kept.
        thinned: Whether any of it comes from means that stand for readings which had to wait too long.
    """

    from_ms: int
    channel: str
    value: float | None
    unit: str
    readings: int
    thinned: bool


_WHOLE = {
    Aggregate.MEAN: "avg(value)",
    Aggregate.MIN: "min(value)",
    Aggregate.MAX: "max(value)",
    Aggregate.FIRST: "arg_min(value, taken_ms)",
    Aggregate.LAST: "arg_max(value, taken_ms)",
    Aggregate.COUNT: "count(*)",
}
_BINS = {
    Aggregate.MEAN: "sum(mean * count) / sum(count)",
    Aggregate.MIN: "min(least)",
    Aggregate.MAX: "max(most)",
    Aggregate.FIRST: "arg_min(mean, from_ms)",
    Aggregate.LAST: "arg_max(mean, from_ms)",
    Aggregate.COUNT: "sum(count)",
}
_AS_IT_IS = "create temp view once as select channel, taken_ms, value from readings"
_ONCE = "create temp view once as select channel, taken_ms, min(value) as value from readings group by channel, taken_ms"
_WHOLE_STEPS = """
    select channel, (taken_ms // $every) * $every as step, {told}::double as told, count(*)::bigint as number,
           min(taken_ms) as first_ms, max(taken_ms) as last_ms
    from once where taken_ms < $end group by channel, step order by channel, step
"""
_ALONE = """
    create temp table alone as
    with bins as (
        select channel, from_ms, bin_s, max(mean) as mean, max("min") as least, max("max") as most, max("count") as count
        from thinned where "count" > 0 group by channel, from_ms, bin_s
    )
    select * from bins
    where not exists (
        select 1 from once
        where once.channel = bins.channel and taken_ms >= from_ms and taken_ms < from_ms + bin_s * 1000
    ) and not exists (
        select 1 from bins as finer
        where finer.channel = bins.channel and finer.bin_s < bins.bin_s
          and finer.from_ms >= bins.from_ms and finer.from_ms < bins.from_ms + bins.bin_s * 1000
    )
"""
_ALONE_STEPS = """
    select channel, (from_ms // $every) * $every as step, {told}::double as told, sum(count)::bigint as number,
           min(from_ms) as first_ms, max(from_ms) as last_ms
    from alone group by channel, step order by channel, step
"""


_NO_READINGS = pa.schema([("channel", pa.int32()), ("taken_ms", pa.int64()), ("value", pa.int64())]).empty_table()


class _Part(NamedTuple):
    """What whole readings, or bins, tell of a step, in counts of the wire."""

    told: float
    number: int
    first_ms: int
    last_ms: int


def steps(reader: HouseReader, ask: Ask) -> list[Step]:
    """The steps of each channel, in the order of the channels that were asked for and of time; those without readings too.

    Args:
        reader: What is kept of the house.
        ask: What is wanted.

    Raises:
        StoreError: Too many steps are wanted, or files vanish again and again.
    """
    first = ask.from_ms // ask.every_ms
    number = -(-ask.to_ms // ask.every_ms) - first
    if number * len(ask.channels) > MOST_STEPS:
        raise StoreError(f"{number * len(ask.channels)} steps are too many: take longer ones or a shorter time ({MOST_STEPS})")
    wanted = pc.field("channel").isin(list(ask.channels))
    begun = wanted & (pc.field("from_ms") >= ask.from_ms) & (pc.field("from_ms") < ask.to_ms)
    thinned = reader.read_all(THINNED, _BIN_COLUMNS, begun)
    reach_ms = (pc.max(thinned["bin_s"]).as_py() or 0) * SECOND_MS  # a bin may be known better by what follows the end
    found_readings = reader.read_coded(Wanted(ask.channels, ask.from_ms, ask.to_ms + reach_ms))
    names = reader.telemetry()
    for table in (thinned, *found_readings):
        names |= _named(table)
    readings = pa.concat_tables([_NO_READINGS, *(_numbered(table, ask) for table in found_readings)])
    thinned = _numbered(thinned, ask)
    whole, bins = _computed(readings, thinned, ask)
    begins = [(first + place) * ask.every_ms for place in range(number)]
    found: list[Step] = []
    if bins is None:
        for place, channel in enumerate(ask.channels):
            found += _of_whole(place, channel, begins, names.get(channel, ""), whole, ask)
        return found
    parts, thin = _parts(whole), _parts(bins)
    for place, channel in enumerate(ask.channels):
        found += _of_channel(place, channel, begins, names.get(channel, ""), parts, thin, ask.aggregate)
    return found


def _numbered(table: pa.Table, ask: Ask) -> pa.Table:
    """Each channel as its place among those that were asked for, and no telemetry: numbers are grouped sooner than texts."""
    codes, names = codes_of(table["channel"])
    places = np.array([ask.channels.index(str(name)) if name in ask.channels else -1 for name in names], np.int32)
    numbered = table.set_column(table.schema.get_field_index("channel"), "channel", pa.array(places[codes]))
    return numbered.drop_columns(["telemetry"])


def _computed(readings: pa.Table, thinned: pa.Table, ask: Ask) -> tuple[pa.Table, pa.Table | None]:
    """What whole readings tell of each step that has some, and what means that stand for readings do; None for no such."""
    with _database().cursor() as connection:
        connection.register("readings", readings)
        connection.execute(_AS_IT_IS if _all_once(readings, len(ask.channels)) else _ONCE)
        given = {"every": ask.every_ms, "end": ask.to_ms}
        whole = _told(connection, _WHOLE_STEPS.format(told=_WHOLE[ask.aggregate]), given)
        if not thinned.num_rows:
            return whole, None
        connection.register("thinned", thinned)
        connection.execute(_ALONE)
        return whole, _told(connection, _ALONE_STEPS.format(told=_BINS[ask.aggregate]), {"every": ask.every_ms})


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """One for all queries, each of which has a cursor of its own with its own tables; making it takes longer than a query."""
    return duckdb.connect(config={"threads": 2})


def _all_once(readings: pa.Table, channels: int) -> bool:
    """Whether each channel's times only rise, as in a month's file: then there is nothing to be found twice, which is slow."""
    places, taken_ms = readings["channel"].to_numpy(), readings["taken_ms"].to_numpy()
    return all(bool((np.diff(taken_ms[places == place]) > 0).all()) for place in range(channels))


def _told(connection: duckdb.DuckDBPyConnection, query: str, given: dict[str, int]) -> pa.Table:
    return connection.sql(query, params=given).to_arrow_table()


def _parts(told: pa.Table) -> dict[tuple[int, int], _Part]:
    columns = [column.to_pylist() for column in told.columns]
    return dict(zip(zip(*columns[:2], strict=True), map(_Part._make, zip(*columns[2:], strict=True)), strict=True))


def _of_whole(place: int, channel: str, begins: Sequence[int], telemetry: str, whole: pa.Table, ask: Ask) -> Iterator[Step]:
    """Where nothing is thinned, which is nearly always: the same as `_of_channel`, a channel at once."""
    scale = _scale(telemetry, ask.aggregate)
    nothing = 0.0 if ask.aggregate is Aggregate.COUNT else None
    rows = whole.filter(pc.field("channel") == place)
    places = (rows["step"].to_numpy() - begins[0]) // ask.every_ms if begins else np.zeros(0, np.int64)
    values, counts = np.zeros(len(begins)), np.zeros(len(begins), np.int64)
    values[places] = (rows["told"].to_numpy() - scale.offset) / scale.slope
    counts[places] = rows["number"].to_numpy()
    for begin, value, count in zip(begins, values.tolist(), counts.tolist(), strict=True):
        yield Step(begin, channel, value if count else nothing, scale.si_unit, count, False)  # noqa: FBT003 - by place is twice as fast


def _named(table: pa.Table) -> dict[str, str]:
    """Telemetry names by channel; a name is better than none."""
    channels, channel_names = codes_of(table["channel"])
    kinds, kind_names = codes_of(table["telemetry"])
    found: dict[str, str] = {}
    for pair in np.flatnonzero(np.bincount(channels * len(kind_names) + kinds)).tolist():
        channel, kind = channel_names[pair // len(kind_names)], kind_names[pair % len(kind_names)]
        if channel and kind:
            found[channel] = max(kind, found.get(channel, ""))
    return found


def _of_channel(
    place: int,
    channel: str,
    begins: Sequence[int],
    telemetry: str,
    whole: dict[tuple[int, int], _Part],
    bins: dict[tuple[int, int], _Part],
    told: Aggregate,
) -> Iterator[Step]:
    scale = _scale(telemetry, told)
    nothing = 0.0 if told is Aggregate.COUNT else None
    for begin in begins:
        key = (place, begin)
        mean = bins.get(key) if bins else None
        part = whole.get(key) if mean is None else _joined(whole.get(key), mean, told)
        if part is None:
            yield Step(begin, channel, nothing, scale.si_unit, 0, False)  # noqa: FBT003 - by place is twice as fast
        else:
            yield Step(begin, channel, scale.from_wire(part.told), scale.si_unit, part.number, mean is not None)


def _scale(telemetry: str, told: Aggregate) -> Scale:
    """What is told, by the wire's counts; scales are linear, so that a mean may be read by them."""
    return _NUMBER if told is Aggregate.COUNT else scale_named(telemetry)


_NUMBER = Scale("", 1.0, 0.0, 0)


def _joined(whole: _Part | None, bins: _Part | None, told: Aggregate) -> _Part | None:
    """Both together; they stand for different readings."""
    if whole is None or bins is None:
        return whole or bins
    number = whole.number + bins.number
    values = {
        Aggregate.MEAN: (whole.told * whole.number + bins.told * bins.number) / number,
        Aggregate.MIN: min(whole.told, bins.told),
        Aggregate.MAX: max(whole.told, bins.told),
        Aggregate.FIRST: whole.told if whole.first_ms <= bins.first_ms else bins.told,
        Aggregate.LAST: whole.told if whole.last_ms >= bins.last_ms else bins.told,
        Aggregate.COUNT: whole.told + bins.told,
    }
    return _Part(values[told], number, min(whole.first_ms, bins.first_ms), max(whole.last_ms, bins.last_ms))


def channels_of(reader: HouseReader) -> Sequence[str]:
    """Names of all channels of which a reading, or a mean, is kept, or that the layout names, in order."""
    found = set(reader.telemetry())
    for table in (READINGS, THINNED):
        found.update(pc.unique(reader.read_all(table, ["channel"])["channel"]).to_pylist())
    return sorted(found)


def write_steps(path: Path, found: Sequence[Step]) -> None:
    """Write steps as a Parquet file, which is there whole or not at all. Raises OSError."""
    columns = {
        "from_ms": pa.array([step.from_ms for step in found], pa.timestamp("ms", tz="UTC")),
        "channel": pa.array([step.channel for step in found], pa.string()),
        "value": pa.array([step.value for step in found], pa.float64()),
        "unit": pa.array([step.unit for step in found], pa.string()),
        "count": pa.array([step.readings for step in found], pa.int64()),
        "thinned": pa.array([step.thinned for step in found], pa.bool_()),
    }
    unfinished = path.with_name(f".{path.name}.new")
    pq.write_table(pa.table(columns), unfinished, compression="zstd")
    unfinished.replace(path)
