"""The readings of a house as lines of a chart: of each channel at most so many points, with extremes, and gaps as gaps."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gw_spaceheat.stores.coded import Wanted, codes_of
from gw_spaceheat.stores.query import thinned
from gw_spaceheat.stores.readings import day_name, reading_house
from gw_spaceheat.vocabulary.moment import DAY_MS, SECOND_MS
from gw_spaceheat.vocabulary.telemetry_name import scale_named

Numbers = npt.NDArray[np.float64]
VALUES_PER_POINT = 4
"""The mean, the two edges of its band, and room for gaps."""


@dataclass(frozen=True, slots=True)
class Line:
    """One channel over a stretch of time.

    Attributes:
        channel: Its name.
        unit: SI unit of the values.
        times_ms: When, UTC [ms]; rising. A time in the middle of a gap has NaN for all values.
        mean: The reading itself, or the mean of those in a bin.
        least: The least of them; equal to mean where there is one.
        most: The greatest of them.
        is_band: At least one point stands for several readings.
        thinned: How many points come from readings that the house had thinned.
    """

    channel: str
    unit: str
    times_ms: Numbers
    mean: Numbers
    least: Numbers
    most: Numbers
    is_band: bool
    thinned: int


def lines(
    folder: Path, house: str, from_ms: int, to_ms: int, channels: Mapping[str, int], most_values: int = 2000
) -> list[Line]:
    """The lines of those channels of which something is kept, in the order in which they were asked for.

    Args:
        folder: The Ear's folder.
        house: Alias of the house.
        from_ms: Taken from here on, UTC [ms].
        to_ms: Taken before this, UTC [ms]; later than from_ms.
        channels: Which, and how long each may be silent before that is a gap [ms].
        most_values: At most so many values of each channel; a point has up to four.

    Raises:
        StoreError: The folder cannot be read.
    """
    bins = max(most_values // VALUES_PER_POINT, 1)
    found = _read(folder, house, from_ms, to_ms, list(channels))
    left = _thinned(folder, house, from_ms, to_ms, list(channels))
    made = []
    for name, patience_ms in channels.items():
        times, values, telemetry = found.get(name, (_NONE, _NONE, ""))
        line = _line(name, telemetry, times, values, left.get(name), (from_ms, to_ms, bins, patience_ms))
        if line is not None:
            made.append(line)
    return made


class Series(NamedTuple):
    """All that is kept of a channel over a stretch of time, as it was captured.

    Attributes:
        times_ms: When, UTC [ms]; rising.
        values: What, in SI units.
        unit: The unit.
    """

    times_ms: Numbers
    values: Numbers
    unit: str


def series(folder: Path, house: str, from_ms: int, to_ms: int, channels: Collection[str]) -> dict[str, Series]:
    """The whole readings of channels by name, each reading once; a channel of which nothing is kept is left out.

    Args:
        folder: The Ear's folder.
        house: Alias of the house.
        from_ms: Taken from here on, UTC [ms].
        to_ms: Taken before this, UTC [ms].
        channels: Which.

    Raises:
        StoreError: The folder cannot be read.
    """
    made = {}
    for name, (times_ms, numbers, telemetry) in _read(folder, house, from_ms, to_ms, list(channels)).items():
        unit, values = _si(telemetry, numbers)
        made[name] = Series(times_ms, values, unit)
    return made


_NONE = np.empty(0)


def _read(folder: Path, house: str, from_ms: int, to_ms: int, channels: list[str]) -> dict[str, tuple[Numbers, Numbers, str]]:
    """Times, wire numbers and telemetry name of each channel: sorted, each reading once."""
    first_day = day_name(from_ms // DAY_MS - 1)  # nothing arrives much before it was taken
    parts: dict[str, list[tuple[Numbers, Numbers]]] = {name: [] for name in channels}
    telemetry: dict[str, str] = {}
    with reading_house(folder, house) as reader:
        for table in reader.read_coded(Wanted(channels, from_ms, to_ms), first_day):
            _take(table, parts, telemetry)
    return {name: (*_sorted_once(found), telemetry.get(name, "")) for name, found in parts.items() if found}


def _take(table: pa.Table, parts: dict[str, list[tuple[Numbers, Numbers]]], telemetry: dict[str, str]) -> None:
    """Put readings to those of their channels."""
    codes, names = codes_of(table["channel"])
    order = np.argsort(codes, kind="stable")
    times = table["taken_ms"].to_numpy()[order].astype(float)
    values = table["value"].to_numpy()[order].astype(float)
    bounds = np.searchsorted(codes[order], np.arange(len(names) + 1))
    for name, begin, end in zip(names, bounds[:-1], bounds[1:], strict=True):
        if name is None or begin == end:
            continue
        parts[name].append((times[begin:end], values[begin:end]))
        named = table["telemetry"][int(order[begin])].as_py()  # a name is better than none
        telemetry[name] = max(telemetry.get(name, ""), named or "")


def _sorted_once(found: list[tuple[Numbers, Numbers]]) -> tuple[Numbers, Numbers]:
    """Times and values by time, each time once."""
    times, first = np.unique(np.concatenate([part[0] for part in found]), return_index=True)
    return times, np.concatenate([part[1] for part in found])[first]


def _thinned(folder: Path, house: str, from_ms: int, to_ms: int, channels: list[str]) -> dict[str, tuple[str, list[Numbers]]]:
    """Unit, and times, means, least and most, of what the house has thinned."""
    rows: dict[str, list[tuple[float, ...]]] = {}
    units: dict[str, str] = {}
    for row in thinned(folder, house, from_ms, to_ms, channels):
        middle_ms = row.from_ms + row.bin_s * SECOND_MS / 2
        rows.setdefault(row.channel, []).append((middle_ms, row.mean, row.least, row.most))
        units[row.channel] = row.unit
    return {name: (units[name], list(np.array(found).T)) for name, found in rows.items()}


def _line(
    name: str,
    telemetry: str,
    times: Numbers,
    numbers: Numbers,
    left: tuple[str, list[Numbers]] | None,
    over: tuple[int, int, int, int],
) -> Line | None:
    from_ms, to_ms, bins, patience_ms = over
    unit, values = _si(telemetry, numbers)
    parts = [times, values, values, values]
    count = 0
    if left is not None:
        is_alone = ~_near(left[1][0], times, patience_ms)
        count = int(is_alone.sum())
        parts = [np.concatenate([mine, theirs[is_alone]]) for mine, theirs in zip(parts, left[1], strict=True)]
        order = np.argsort(parts[0], kind="stable")
        parts = [part[order] for part in parts]
        unit = unit if len(times) else left[0]
    if not len(parts[0]):
        return None
    is_band = count > 0
    gaps = np.flatnonzero(np.diff(parts[0]) > patience_ms)
    breaks = (parts[0][gaps] + parts[0][gaps + 1]) / 2
    if len(parts[0]) > bins:
        parts, is_band = _binned(parts, from_ms, to_ms, bins), True
    parts = _with_gaps(parts, breaks)
    return Line(name, unit, parts[0], parts[1], parts[2], parts[3], is_band, count)


def _si(telemetry: str, numbers: Numbers) -> tuple[str, Numbers]:
    scale = scale_named(telemetry)
    return scale.si_unit, (numbers - scale.offset) / scale.slope


def _near(these: Numbers, those: Numbers, within_ms: float) -> npt.NDArray[np.bool_]:
    """Which of these times have one of those close by; those are sorted."""
    if not len(those):
        return np.zeros(len(these), dtype=bool)
    place = np.clip(np.searchsorted(those, these), 1, len(those)) - 1
    after = np.minimum(place + 1, len(those) - 1)
    nearest = np.minimum(np.abs(those[place] - these), np.abs(those[after] - these))
    return np.asarray(nearest <= within_ms)


def _binned(parts: list[Numbers], from_ms: int, to_ms: int, bins: int) -> list[Numbers]:
    """Mean, least and most of each bin that has readings, at the mean of their times."""
    times, mean, least, most = parts
    places = np.minimum((times - from_ms) * bins // (to_ms - from_ms), bins - 1)
    starts = np.flatnonzero(np.diff(places, prepend=-1.0))
    counts = np.diff(np.append(starts, len(times)))
    return [
        np.add.reduceat(times, starts) / counts,
        np.add.reduceat(mean, starts) / counts,
        np.minimum.reduceat(least, starts),
        np.maximum.reduceat(most, starts),
    ]


def _with_gaps(parts: list[Numbers], breaks: Numbers) -> list[Numbers]:
    """A point without a value in each gap; of those between the same two points one is enough."""
    places = np.searchsorted(parts[0], breaks)
    is_inside = (places > 0) & (places < len(parts[0]))
    places, first = np.unique(places[is_inside], return_index=True)
    times = np.insert(parts[0], places, breaks[is_inside][first])
    return [times, *(np.insert(part, places, np.nan) for part in parts[1:])]
