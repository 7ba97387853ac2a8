"""Reads back what the Ear keeps, while it may be writing: each message and each reading once, however often it was sent."""

from bisect import bisect_left
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.codec import decode_bare
from gw_spaceheat.messages.gws_completeness import GwsCompleteness
from gw_spaceheat.messages.gws_given_up import GwsGivenUp
from gw_spaceheat.messages.gws_thinned_report import GwsThinnedReport
from gw_spaceheat.messages.refusal import Refusal
from gw_spaceheat.stores.faults import StoreError
from gw_spaceheat.stores.readings import MESSAGES, READINGS, THINNED, HouseReader, day_name, kept_houses, reading_house
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, SECOND_MS
from gw_spaceheat.vocabulary.telemetry_name import scale_named

Said = TypeVar("Said", bound=Message)


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


@dataclass(frozen=True, slots=True)
class ThinnedRow:
    """What is left of the readings of a channel that were taken within a bin.

    Attributes:
        from_ms: Beginning of the bin, UTC [ms].
        bin_s: Its length [s].
        channel: The channel.
        mean: Mean of the readings, in the unit that stands beside it.
        least: The least of them.
        most: The greatest of them.
        count: How many there were.
        unit: The unit.
    """

    from_ms: int
    bin_s: int
    channel: str
    mean: float
    least: float
    most: float
    count: int
    unit: str


class StoredCount(NamedTuple):
    """How much is kept of a channel of what was taken within an hour.

    Attributes:
        channel: The channel.
        hour_ms: Beginning of the hour, UTC [ms].
        readings: How many readings are kept as they were captured, each once.
        thinned: How many more are kept as means, extremes and counts of bins that begin in the hour.
    """

    channel: str
    hour_ms: int
    readings: int
    thinned: int


class Span(NamedTuple):
    """A time of which the house has not sent what it captured, because it had to wait too long.

    Attributes:
        from_ms: Its beginning, UTC [ms].
        to_ms: Its end, UTC [ms].
        because: Why, for a person.
        bin_s: Length of the bins of whose readings means are kept [s]; 0 if nothing is: it was given up.
    """

    from_ms: int
    to_ms: int
    because: str
    bin_s: int


def houses(folder: Path) -> list[str]:
    """Aliases of the houses of which something is kept; raises StoreError."""
    return kept_houses(folder)


def tail(folder: Path, house: str, count: int) -> list[MessageRow]:
    """The last messages of a house, oldest first.

    Args:
        folder: The Ear's folder.
        house: Alias of the house.
        count: How many, at least 1.

    Raises:
        StoreError: Nothing is kept of that house.
    """
    with reading(folder, house) as reader:
        return reader.steadily(lambda: _tail(reader, count))


def _tail(reader: HouseReader, count: int) -> list[MessageRow]:
    rows: dict[tuple[str, ...], MessageRow] = {}
    for day in reversed(reader.days):
        table = reader.read(day, MESSAGES, MessageRow._fields).sort_by("arrived_ms")
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
    wanted = _within("taken_ms", from_ms, to_ms, channels)
    found = _everything(folder, house, READINGS, wanted)
    # of a report that was sent twice, one arrival counts; a name of the telemetry is better than none
    once = found.group_by(["channel", "taken_ms"]).aggregate([("telemetry", "max"), ("value", "min")])
    telemetry = dict(zip(*(column.to_pylist() for column in _names(once).columns), strict=True))
    ordered = once.sort_by([("taken_ms", "ascending"), ("channel", "ascending")])
    columns = [ordered[name].to_pylist() for name in ("taken_ms", "channel", "value_min")]
    return [_in_si(taken_ms, channel, number, telemetry[channel]) for taken_ms, channel, number in zip(*columns, strict=True)]


def thinned(folder: Path, house: str, from_ms: int, to_ms: int, channels: Collection[str] | None = None) -> list[ThinnedRow]:
    """What is left of readings that had to wait, by time and channel, in SI units; the bins that begin in a stretch of time.

    Where a bin was thinned twice, to a minute and then to a quarter of an hour, each stands for itself: see `bin_s`.

    Args:
        folder: The Ear's folder.
        house: Alias of the house.
        from_ms: Bins that begin here or later, UTC [ms].
        to_ms: Bins that begin before this, UTC [ms].
        channels: Only these; None for all.

    Raises:
        StoreError: Nothing is kept of that house.
    """
    found = _everything(folder, house, THINNED, _within("from_ms", from_ms, to_ms, channels))
    once = found.group_by(["channel", "from_ms", "bin_s"]).aggregate(
        [("telemetry", "max"), *((name, "max") for name in ("mean", "min", "max", "count"))]
    )
    telemetry = dict(zip(*(column.to_pylist() for column in _names(once).columns), strict=True))
    ordered = once.sort_by([("from_ms", "ascending"), ("channel", "ascending"), ("bin_s", "ascending")])
    names = ("from_ms", "bin_s", "channel", "mean_max", "min_max", "max_max", "count_max")
    rows = []
    for at_ms, bin_s, channel, mean, least, most, count in zip(*(ordered[name].to_pylist() for name in names), strict=True):
        kind = telemetry[channel]
        values = [_in_si(at_ms, channel, number, kind) for number in (mean, least, most)]
        unit = values[0].unit
        rows.append(ThinnedRow(at_ms, bin_s, channel, values[0].value, values[1].value, values[2].value, count, unit))
    return rows


def stored_counts(folder: Path, house: str, from_ms: int, to_ms: int) -> list[StoredCount]:
    """How many readings of each channel are kept of each hour, by channel and hour; hours without any are left out.

    Args:
        folder: The Ear's folder.
        house: Alias of the house.
        from_ms: Taken from here on, UTC [ms].
        to_ms: Taken before this, UTC [ms].

    Raises:
        StoreError: Nothing is kept of that house.
    """
    with reading(folder, house) as reader:
        whole = reader.read_all(READINGS, ["channel", "taken_ms"], _within("taken_ms", from_ms, to_ms))
        means = reader.read_all(THINNED, ["channel", "from_ms", "bin_s", "count"], _within("from_ms", from_ms, to_ms))
    once = whole.group_by(["channel", "taken_ms"]).aggregate([])
    hours = pc.multiply(pc.divide(once["taken_ms"], HOUR_MS), HOUR_MS)
    sums = pa.table({"channel": once["channel"], "hour": hours}).group_by(["channel", "hour"]).aggregate([([], "count_all")])
    keys = zip(sums["channel"].to_pylist(), sums["hour"].to_pylist(), strict=True)
    readings = dict(zip(keys, sums["count_all"].to_pylist(), strict=True))
    thinned_too: dict[tuple[str, int], int] = {}
    for channel, at_ms, count in _alone(means, once.filter(pc.field("channel").isin(pc.unique(means["channel"])))):
        key = (channel, at_ms // HOUR_MS * HOUR_MS)
        thinned_too[key] = thinned_too.get(key, 0) + count
    both = sorted(readings.keys() | thinned_too.keys())
    return [StoredCount(key[0], key[1], readings.get(key, 0), thinned_too.get(key, 0)) for key in both]


def _alone(means: pa.Table, whole: pa.Table) -> Iterator[tuple[str, int, int]]:
    """Channel, beginning and count of every bin of whose time nothing better is kept: no whole reading, no shorter bin."""
    better: dict[str, set[int]] = {}
    for channel, taken_ms in zip(whole["channel"].to_pylist(), whole["taken_ms"].to_pylist(), strict=True):
        better.setdefault(channel, set()).add(taken_ms)
    bins = zip(*(means[name].to_pylist() for name in ("bin_s", "channel", "from_ms", "count")), strict=True)
    of_length: dict[int, set[tuple[str, int, int]]] = {}
    for bin_s, channel, at_ms, count in bins:
        of_length.setdefault(bin_s, set()).add((channel, at_ms, count))
    for bin_s, found in sorted(of_length.items()):
        ordered = {channel: sorted(times) for channel, times in better.items()}
        for channel, at_ms, count in sorted(found):
            times = ordered.get(channel, [])
            place = bisect_left(times, at_ms)
            if place == len(times) or times[place] >= at_ms + bin_s * SECOND_MS:
                better.setdefault(channel, set()).add(at_ms)
                yield channel, at_ms, count


def unsent(folder: Path, house: str, from_ms: int, to_ms: int) -> list[Span]:
    """Times of which the house says that it has thinned or given up what it captured, by their beginnings.

    Args:
        folder: The Ear's folder.
        house: Alias of the house.
        from_ms: Spans that end after this, UTC [ms].
        to_ms: Spans that begin before this, UTC [ms].

    Raises:
        StoreError: Nothing is kept of that house.
    """
    types = [GwsGivenUp.type_name(), GwsThinnedReport.type_name()]
    found = _everything(folder, house, MESSAGES, pc.field("type_name").isin(types), ["type_name", "payload"])
    spans = {_span(message) for message in _decoded(found)}
    return sorted(span for span in spans if span.to_ms > from_ms and span.from_ms < to_ms)


def certificates(folder: Path, house: str) -> list[GwsCompleteness]:
    """All certificates of completeness of a house, the newest of each hour, by hour; 24 a day.

    All, because one that comes after a night without the daemon says when that was, however long.

    Raises:
        StoreError: Nothing is kept of that house.
    """
    wanted = pc.field("type_name") == GwsCompleteness.type_name()
    newest: dict[int, GwsCompleteness] = {}
    for message in _decoded(_everything(folder, house, MESSAGES, wanted, ["type_name", "payload"])):
        if isinstance(message, GwsCompleteness):
            known = newest.get(message.start_unix_s)
            if known is None or known.time_created_ms < message.time_created_ms:
                newest[message.start_unix_s] = message
    return [newest[start_s] for start_s in sorted(newest)]


def said(folder: Path, house: str, kind: type[Said], from_ms: int, to_ms: int) -> list[Said]:
    """The messages of one type that came from a house, or whoever has this alias, by their arrival; none is no error.

    Args:
        folder: The Ear's folder.
        house: The alias.
        kind: The type.
        from_ms: Arrived from here on, UTC [ms].
        to_ms: Arrived before this, UTC [ms].

    Raises:
        StoreError: The folder cannot be read.
    """
    wanted = _within("arrived_ms", from_ms, to_ms) & (pc.field("type_name") == kind.type_name())
    days = (day_name(from_ms // DAY_MS), day_name(to_ms // DAY_MS))
    with reading_house(folder, house) as reader:
        found = reader.steadily(lambda: _of_days(reader, days, wanted))
    return [message for table in found for message in _decoded(table) if isinstance(message, kind)]


def _of_days(reader: HouseReader, days: tuple[str, str], wanted: pc.Expression) -> list[pa.Table]:
    """The messages of some days for which something holds, a table for each day; the large payloads only where any are."""
    first, last = days
    found = []
    for day in reader.days:
        if first[: len(day)] <= day <= last and reader.read(day, MESSAGES, ["type_name"], wanted).num_rows:
            table = reader.read(day, MESSAGES, ["arrived_ms", "type_name", "payload"], wanted)
            found.append(table.sort_by("arrived_ms"))
    return found


def _span(message: Message) -> Span:
    if isinstance(message, GwsThinnedReport):
        begins_ms = message.slot_start_unix_s * SECOND_MS
        return Span(begins_ms, begins_ms + message.slot_duration_s * SECOND_MS, "thinned", message.bin_s)
    assert isinstance(message, GwsGivenUp)  # noqa: S101 - there are two types
    return Span(message.from_unix_ms, message.to_unix_ms, message.because, 0)


def _decoded(table: pa.Table) -> Iterator[Message]:
    """The messages; one that this version refuses is left out."""
    for type_name, payload in zip(table["type_name"].to_pylist(), table["payload"].to_pylist(), strict=True):
        try:
            yield decode_bare(type_name, payload.encode())
        except Refusal:
            continue


def _within(time: str, from_ms: int, to_ms: int, channels: Collection[str] | None = None) -> pc.Expression:
    wanted = (pc.field(time) >= from_ms) & (pc.field(time) < to_ms)
    return wanted if channels is None else wanted & pc.field("channel").isin(list(channels))


def _everything(
    folder: Path, house: str, table: str, wanted: pc.Expression, columns: Collection[str] | None = None
) -> pa.Table:
    with reading(folder, house) as reader:
        return reader.read_all(table, None if columns is None else list(columns), wanted)


def _names(once: pa.Table) -> pa.Table:
    """Channel and the name of its telemetry, also for readings that came before the house's first layout."""
    return once.group_by("channel").aggregate([("telemetry_max", "max")]).select(["channel", "telemetry_max_max"])


def _in_si(taken_ms: int, channel: str, number: int, telemetry: str) -> ReadingRow:
    scale = scale_named(telemetry)
    return ReadingRow(taken_ms, channel, scale.from_wire(number), scale.si_unit)


def _identity(row: MessageRow) -> tuple[str, ...]:
    """What makes a message the same one sent again; those without an identifier are each their own."""
    if row.message_id:
        return (row.src, row.message_id)
    return (row.src, row.type_name, str(row.arrived_ms), row.payload)


@contextmanager
def reading(folder: Path, house: str) -> Iterator[HouseReader]:
    """What is kept of a house; raises StoreError if nothing is."""
    with reading_house(folder, house) as reader:
        if not reader.days:
            kept = ", ".join(houses(folder)) or "nothing"
            raise StoreError(f"nothing is kept of {house} in {folder}; there is: {kept}")
        yield reader
