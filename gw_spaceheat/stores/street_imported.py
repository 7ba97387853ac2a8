"""Results of the original, as we keep them: `result.json`, `contracts.parquet` with a row for each job, `series.parquet`."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gw_spaceheat.core.market.energy import Energy
from gw_spaceheat.core.market.street import house_of
from gw_spaceheat.stores.street_folder_writer import make_new
from gw_spaceheat.stores.street_pickle import Run

RESULT, CONTRACTS, SERIES = "result.json", "contracts.parquet", "series.parquet"


def write_imported(told: Mapping[str, object], runs: Sequence[Run], folder: Path) -> None:
    """Write a folder: all figures, contracts of all runs, and amounts over time of loads and producers.

    Raises:
        StreetExistsError: The folder is there.
        OSError: It cannot be written.
    """
    make_new(folder)
    contracts = [(number, each) for number, run in enumerate(runs, 1) for each in run.contracts]
    columns = {
        "run": pa.array([number for number, _ in contracts], pa.int32()),
        "contract": pa.array([each.id for _, each in contracts], pa.string()),
        "job": pa.array([each.job for _, each in contracts], pa.string()),
        "house": pa.array([house_of(each.job) for _, each in contracts], pa.string()),
        "producer": pa.array([each.producer for _, each in contracts], pa.string()),
        "agreed_s": pa.array([each.agreed_s for _, each in contracts], pa.float64()),
        "start_s": pa.array([each.start_s for _, each in contracts], pa.float64()),
        "end_s": pa.array([each.start_s + float(each.load.times_s[-1]) for _, each in contracts], pa.float64()),
        "wh": pa.array([float(each.load.wh[-1] - each.load.wh[0]) for _, each in contracts], pa.float64()),
    }
    pq.write_table(pa.table(columns), folder / CONTRACTS, compression="zstd")
    pq.write_table(_series(runs), folder / SERIES, compression="zstd")
    (folder / RESULT).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def _series(runs: Sequence[Run]) -> pa.Table:
    named: list[tuple[int, str, str, Energy]] = []
    for number, run in enumerate(runs, 1):
        named += [(number, "load", each.id, each.load) for each in run.contracts]
        named += [(number, "production", name, energy) for name, energy in run.production.items()]
    lengths = [len(energy.wh) for *_, energy in named]
    return pa.table(
        {
            "run": pa.array(np.repeat(np.array([each[0] for each in named], dtype=np.int32), lengths)),
            "kind": pa.array(
                [each[1] for each, length in zip(named, lengths, strict=True) for _ in range(length)], pa.string()
            ),
            "name": pa.array(
                [each[2] for each, length in zip(named, lengths, strict=True) for _ in range(length)], pa.string()
            ),
            "at_s": pa.array(np.concatenate([energy.times_s for *_, energy in named] or [np.zeros(0)])),
            "wh": pa.array(np.concatenate([energy.wh for *_, energy in named] or [np.zeros(0)])),
        }
    )
