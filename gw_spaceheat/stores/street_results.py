"""What came of a street, as a folder: `result.json` has all figures, and each job, quarter of an hour and bill is a row.

    contracts.parquet    when each job ran in each run, and whence its energy came
    flows.parquet        what each house took and gave in each quarter of an hour of each run
    households.parquet   what each house pays, in each run

`contracts.parquet` may have no runs and no origins, and the last two files may be missing: so it was written once.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gw_spaceheat.core.market.energy import Values
from gw_spaceheat.core.market.quarters import Contract, Quarters
from gw_spaceheat.core.market.street import Street, house_of
from gw_spaceheat.stores.street_folder import StreetFileError
from gw_spaceheat.stores.street_folder_writer import make_new

RESULT, CONTRACTS, FLOWS, HOUSEHOLDS = "result.json", "contracts.parquet", "flows.parquet", "households.parquet"
FILES = (RESULT, CONTRACTS, FLOWS, HOUSEHOLDS)
QUARTER_S = 900
LEFT_OUT = ("contracts", "scheduling_cpu_s")
"""What has a file of its own, and what a machine's speed makes of a run: the same run gives the same bytes anywhere."""
LARGEST_JSON_BYTES = 50_000_000
MOST_ROWS = 20_000_000
FLOW_NAMES = ("load_wh", "own_wh", "neighbours_wh", "grid_wh", "sun_wh", "given_wh", "sold_wh")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One run of a street.

    Attributes:
        contracts: A contract for each job that ran.
        quarters: What houses took and gave.
        bills: What each house pays, as names and figures.
    """

    contracts: Sequence[Contract]
    quarters: Quarters
    bills: Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Results:
    """What is kept of a street.

    Attributes:
        told: All figures.
        contracts: A row for each job and run, by run and start.
        houses: Names of the houses of `flows`.
        flows: For each of `FLOW_NAMES` energies by run, house and quarter of an hour [Wh]; nothing where they were not kept.
        first_s: Unix time at which the first quarter begins [s].
        households: A row for each house and run.
    """

    told: Mapping[str, Any]
    contracts: Sequence[Mapping[str, Any]]
    houses: tuple[str, ...]
    flows: Mapping[str, Values]
    first_s: float
    households: Sequence[Mapping[str, Any]]


def write_results(told: Mapping[str, object], street: Street, runs: Sequence[Ran], folder: Path) -> None:
    """Write a folder.

    Args:
        told: All figures.
        street: The street.
        runs: What came of each run.
        folder: Where to.

    Raises:
        StreetExistsError: The folder is there.
        OSError: It cannot be written.
    """
    make_new(folder)
    pq.write_table(_contracts(street, runs), folder / CONTRACTS, compression="zstd")
    pq.write_table(_flows(street, runs), folder / FLOWS, compression="zstd")
    bills = [{"run": number, **bill} for number, run in enumerate(runs, 1) for bill in run.bills]
    pq.write_table(pa.Table.from_pylist(bills), folder / HOUSEHOLDS, compression="zstd")
    figures = {name: _untimed(value) for name, value in told.items() if name not in LEFT_OUT}
    (folder / RESULT).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _untimed(value: object) -> object:
    """Of a list of runs, each without how long it took."""
    if not isinstance(value, list):
        return value
    return [{name: one[name] for name in one if name not in LEFT_OUT} if isinstance(one, dict) else one for one in value]


def read_told(folder: Path) -> dict[str, Any]:
    """The figures alone.

    Raises:
        StreetFileError: They cannot be understood.
        OSError: They cannot be read.
    """
    path = folder / RESULT
    if path.stat().st_size > LARGEST_JSON_BYTES:
        raise StreetFileError(f"{RESULT} has {path.stat().st_size} bytes; {LARGEST_JSON_BYTES} are the most")
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise StreetFileError(f"{RESULT}: {error}") from None
    if not isinstance(told, dict):
        raise StreetFileError(f"{RESULT} has no figures by name")
    return told


def read_results(folder: Path) -> Results:
    """Read a folder; raises as `read_told` does."""
    told = read_told(folder)
    rows = _rows(folder / CONTRACTS, ("job", "house", "start_unix_s", "wh"))
    contracts = [{"run": 1, **row} for row in sorted(rows, key=lambda row: (row.get("run", 1), row["start_unix_s"]))]
    houses, flows, first_s = _read_flows(folder / FLOWS)
    return Results(
        told=told,
        contracts=contracts,
        houses=houses,
        flows=flows,
        first_s=first_s,
        households=_rows(folder / HOUSEHOLDS, ("run", "house", "cost_usd")),
    )


def _contracts(street: Street, runs: Sequence[Ran]) -> Any:
    rows = [(number, each) for number, run in enumerate(runs, 1) for each in run.contracts]
    return pa.table(
        {
            "run": pa.array([number for number, _ in rows], pa.int32()),
            "job": [each.job.id for _, each in rows],
            "house": [house_of(each.job.id) for _, each in rows],
            "registered_unix_s": [street.epoch_s + each.job.registered_s for _, each in rows],
            "earliest_unix_s": [street.epoch_s + each.job.earliest_s for _, each in rows],
            "latest_unix_s": [street.epoch_s + each.job.latest_s for _, each in rows],
            "start_unix_s": [street.epoch_s + each.start_s for _, each in rows],
            "end_unix_s": [street.epoch_s + each.start_s + each.job.lasts_s for _, each in rows],
            "wh": [each.job.wh for _, each in rows],
            "own_wh": [each.own_wh for _, each in rows],
            "neighbours_wh": [each.neighbours_wh for _, each in rows],
            "grid_wh": [each.grid_wh for _, each in rows],
            "producers": [", ".join(each.producers) for _, each in rows],
        }
    )


def _flows(street: Street, runs: Sequence[Ran]) -> Any:
    """All runs as long as the longest."""
    count = max((run.quarters.load_wh.shape[1] for run in runs), default=0)
    houses = runs[0].quarters.houses if runs else ()
    at_s = street.epoch_s + np.arange(count, dtype=np.int64) * QUARTER_S
    columns = {
        "run": pa.array(np.repeat(np.arange(1, len(runs) + 1, dtype=np.int32), len(houses) * count)),
        "house": pa.array(np.tile(np.repeat(np.array(houses, dtype=object), count), len(runs)), pa.string()),
        "at_unix_s": pa.array(np.tile(at_s, len(runs) * len(houses))),
    }
    for name in FLOW_NAMES:
        parts = [_as_long(getattr(run.quarters, name), count).ravel() for run in runs]
        columns[name] = pa.array(np.concatenate(parts) if parts else np.zeros(0))
    return pa.table(columns)


def _as_long(wh: Values, count: int) -> Values:
    return np.pad(wh, ((0, 0), (0, count - wh.shape[1])))


def _read_flows(path: Path) -> tuple[tuple[str, ...], dict[str, Values], float]:
    if not path.is_file():
        return (), {}, 0.0
    table = _table(path)
    try:
        runs, at_s = (np.asarray(table[name].to_numpy()) for name in ("run", "at_unix_s"))
        names = table["house"].to_pylist()
        columns = {name: np.asarray(table[name].to_numpy(), dtype=np.float64) for name in FLOW_NAMES}
    except (KeyError, pa.ArrowException, ValueError) as error:
        raise StreetFileError(f"{FLOWS}: {error}") from None
    if not len(names):
        return (), {}, 0.0
    houses = tuple(dict.fromkeys(names))
    shape = (len(np.unique(runs)), len(houses), len(np.unique(at_s)))
    if len(names) != shape[0] * shape[1] * shape[2] or not all(np.isfinite(wh).all() for wh in columns.values()):
        raise StreetFileError(f"{FLOWS}: it must have a row with numbers for each run, house and quarter of an hour")
    order = np.lexsort((at_s, np.unique(np.array(names, dtype=str), return_inverse=True)[1], runs))
    return tuple(sorted(houses)), {name: wh[order].reshape(shape) for name, wh in columns.items()}, float(at_s.min())


def _rows(path: Path, wanted: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of a file that has these columns without a gap; none where it is missing."""
    if not path.is_file():
        return []
    table = _table(path)
    for name in wanted:
        if table.num_rows and (name not in table.column_names or table[name].null_count):
            raise StreetFileError(f"{path.name}: each row must have {name}")
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def _table(path: Path) -> Any:
    try:
        rows = pq.read_metadata(path).num_rows
        if rows > MOST_ROWS:
            raise StreetFileError(f"{path.name} has {rows} rows; {MOST_ROWS} are the most")
        return pq.read_table(path)
    except pa.ArrowException as error:
        raise StreetFileError(f"{path.name}: {error}") from None
