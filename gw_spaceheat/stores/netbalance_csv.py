"""Recordings of production and consumption in CSV files: the layout of the 2022 manager, and our own.

That of 2022: `timestamp` (UTC, without zone) and `powerP` [W]; where consumption was recorded too, `powerC`, `powerL1` and
`powerL2` [W], of which the base is what the loads did not take. Ours: `time` (ISO 8601, UTC), `production_w`, and `base_w`.
"""

import csv
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from gw_spaceheat.core.netbalance.trace import Numbers, Trace, TraceError

MISSING = float("nan")
LEAST_OUTAGE_ROWS = 3
"""So many rows in a row of neither production nor consumption are a silent meter: a house always takes something."""


class RecordingError(TraceError):
    """A file is not a recording; the text names file, line and what is expected."""


def read_recording(path: Path, base_w: float | None = None) -> Trace:
    """Read a file.

    Args:
        path: The file.
        base_w: Constant base load in place of the file's [W]; needed where the file has no consumption.

    Raises:
        RecordingError: A column is missing, a value is no number, or times do not rise.
        FileNotFoundError: There is no such file.
    """
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        header = next(rows, [])
        places = {name: index for index, name in enumerate(header)}
        table = [row for row in rows if row]
    if not table:
        raise RecordingError(f"{path}: no rows")
    if "timestamp" in places and "powerP" in places:
        return _of_2022(path, places, table, base_w)
    if "time" in places and "production_w" in places:
        production, base = _column(path, places, table, "production_w"), _base(path, places, table, base_w)
        return Trace(_times(path, table, places["time"]), production, base, np.zeros(len(table), dtype=bool))
    raise RecordingError(
        f"{path}: columns timestamp and powerP, or time and production_w, are needed; it has {', '.join(header)}"
    )


def _of_2022(path: Path, places: dict[str, int], table: list[list[str]], base_w: float | None) -> Trace:
    wall_s = _times(path, table, places["timestamp"])
    production = _column(path, places, table, "powerP")
    outage = np.zeros(len(table), dtype=bool)
    if "powerC" in places:
        consumption = _column(path, places, table, "powerC")
        outage = _long_runs((production == 0.0) & (consumption == 0.0))
    if base_w is not None:
        return Trace(wall_s, production, np.full(len(table), base_w), outage)
    if "powerC" not in places:
        raise RecordingError(f"{path}: there is no powerC; give a base load")
    loads = sum(np.nan_to_num(_column(path, places, table, name)) for name in ("powerL1", "powerL2") if name in places)
    return Trace(wall_s, production, consumption - loads, outage)


def _base(path: Path, places: dict[str, int], table: list[list[str]], base_w: float | None) -> Numbers:
    if base_w is not None:
        return np.full(len(table), base_w)
    if "base_w" not in places:
        raise RecordingError(f"{path}: there is no base_w; give a base load")
    return _column(path, places, table, "base_w")


def _column(path: Path, places: dict[str, int], table: list[list[str]], name: str) -> Numbers:
    place = places[name]
    try:
        return np.array([float(row[place]) if row[place] else MISSING for row in table])
    except (ValueError, IndexError) as error:
        raise RecordingError(f"{path}: column {name}: {error}") from error


def _times(path: Path, table: list[list[str]], place: int) -> Numbers:
    try:
        moments = [datetime.fromisoformat(row[place]) for row in table]
    except ValueError as error:
        raise RecordingError(f"{path}: {error}") from error
    wall_s = np.array([(moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() for moment in moments])
    falls = np.flatnonzero(np.diff(wall_s) <= 0.0)
    if len(falls):
        raise RecordingError(f"{path}: line {int(falls[0]) + 3}: time does not rise")
    return wall_s


def _long_runs(flags: np.ndarray) -> np.ndarray:
    """Where a flag is set so many times in a row that it is no accident."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    kept = np.zeros(len(flags), dtype=bool)
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        kept[start:end] = end - start >= LEAST_OUTAGE_ROWS
    return kept
