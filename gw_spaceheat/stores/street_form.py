"""A street in our own form: one folder with `street.json` for what is said, and `amounts.parquet` for energy over time.

`street.json`: `format`, `name`, `days`, `epoch_s` (Unix time of its first event), `jobs` (`id`, `registered_s`, `earliest_s`,
`latest_s` from then on, `load`: a series), `producers` (`id`, `forecasts`: `issued_s` and a series, `measured`: a series or
null). `amounts.parquet`: `series`, `at_s` from the street's first event or a job's start on, cumulative `wh`.

The second format has `base` too (`house`, `load`: a series, `expected`: a series or null), and `batteries` (`house`,
`capacity_wh`, `charge_w`, `discharge_w`, `efficiency`, `stored_wh`), `heated` (`house`, `model`: a house of a house file,
`need`: a series of heat, `levels`, `stored_share`) and `outdoor_c` (of each hour). A street without any of that is written in
the first, which older versions read.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gw_spaceheat.core.market.energy import Energy, Forecast
from gw_spaceheat.core.market.street import BaseLoad, Battery, HeatedHouse, Job, Producer, Street
from gw_spaceheat.stores.street_folder import StreetFileError
from gw_spaceheat.stores.street_folder_writer import make_new

STREET, AMOUNTS = "street.json", "amounts.parquet"
FORMAT, FORMAT_2 = "gws.street.1", "gws.street.2"


class _Job(msgspec.Struct):
    id: str
    registered_s: float
    earliest_s: float
    latest_s: float
    load: int


class _Forecast(msgspec.Struct):
    issued_s: float
    series: int


class _Producer(msgspec.Struct):
    id: str
    forecasts: list[_Forecast]
    measured: int | None = None


class _Base(msgspec.Struct):
    house: str
    load: int
    expected: int | None = None


class _Battery(msgspec.Struct):
    house: str
    capacity_wh: float
    charge_w: float
    discharge_w: float
    efficiency: float
    stored_wh: float = 0.0


class _Heated(msgspec.Struct):
    house: str
    model: str
    need: int
    levels: int = 1
    stored_share: float = 0.7


class _Street(msgspec.Struct, omit_defaults=True):
    format: str
    name: str
    days: int
    epoch_s: int
    jobs: list[_Job]
    producers: list[_Producer]
    base: list[_Base] = []
    batteries: list[_Battery] = []
    heated: list[_Heated] = []
    outdoor_c: list[float] = []


def is_form(folder: Path) -> bool:
    """Whether a folder has a street in this form."""
    return (folder / STREET).is_file()


def write_form(street: Street, folder: Path) -> None:
    """Write a folder; a series that several jobs have is written once.

    Raises:
        StreetExistsError: The folder is there.
        OSError: It cannot be written.
    """
    make_new(folder)
    kept: dict[tuple[bytes, bytes], int] = {}
    series: list[Energy] = []

    def number(energy: Energy) -> int:
        key = (energy.times_s.tobytes(), energy.wh.tobytes())
        if key not in kept:
            kept[key] = len(series)
            series.append(energy)
        return kept[key]

    said = _Street(
        format=FORMAT_2 if street.base or street.batteries or street.heated else FORMAT,
        name=street.name,
        days=street.days,
        epoch_s=street.epoch_s,
        jobs=[_Job(job.id, job.registered_s, job.earliest_s, job.latest_s, number(job.load)) for job in street.jobs],
        producers=[
            _Producer(
                producer.id,
                [_Forecast(forecast.issued_s, number(forecast.energy)) for forecast in producer.forecasts],
                None if producer.measured is None else number(producer.measured),
            )
            for producer in street.producers
        ],
        base=[
            _Base(base.house, number(base.load), None if base.expected is None else number(base.expected))
            for base in street.base
        ],
        batteries=[_Battery(**asdict(battery)) for battery in street.batteries],
        heated=[_Heated(each.house, each.model, number(each.need), each.levels, each.stored_share) for each in street.heated],
        outdoor_c=list(street.outdoor_c),
    )
    (folder / STREET).write_bytes(msgspec.json.format(msgspec.json.encode(said)) + b"\n")
    pq.write_table(_table(series), folder / AMOUNTS, compression="zstd")


def read_form(folder: Path) -> Street:
    """Read a folder.

    Raises:
        StreetFileError: It cannot be understood; the text says where.
        OSError: It cannot be read.
    """
    try:
        said = msgspec.json.decode((folder / STREET).read_bytes(), type=_Street)
    except msgspec.MsgspecError as error:
        raise StreetFileError(f"{STREET}: {error}") from None
    if said.format not in {FORMAT, FORMAT_2}:
        raise StreetFileError(f"{STREET}: its format is {said.format!r}; {FORMAT} or {FORMAT_2} is wanted")
    if said.days < 1:
        raise StreetFileError(f"{STREET}: {said.days} days; at least one is wanted")
    series = _series(folder / AMOUNTS)

    def energy(number: int, of: str) -> Energy:
        if number not in series:
            raise StreetFileError(f"{STREET}: {of} has series {number}, which {AMOUNTS} has not")
        return series[number]

    jobs: list[Job] = []
    for job in said.jobs:
        load = energy(job.load, f"job {job.id}")
        try:
            made = Job(id=job.id, registered_s=job.registered_s, earliest_s=job.earliest_s, latest_s=job.latest_s, load=load)
        except ValueError as error:
            raise StreetFileError(f"{STREET}: {error}") from None
        jobs.append(made)
    if len({job.id for job in jobs}) < len(jobs):
        raise StreetFileError(f"{STREET}: two jobs have the same id")
    producers = [
        Producer(
            id=roof.id,
            forecasts=tuple(Forecast(each.issued_s, energy(each.series, f"producer {roof.id}")) for each in roof.forecasts),
            measured=None if roof.measured is None else energy(roof.measured, f"producer {roof.id}"),
        )
        for roof in said.producers
    ]
    base = [
        BaseLoad(
            house=each.house,
            load=energy(each.load, f"base load of house {each.house}"),
            expected=None if each.expected is None else energy(each.expected, f"expected base load of house {each.house}"),
        )
        for each in said.base
    ]
    try:
        return Street(
            name=said.name,
            days=said.days,
            jobs=tuple(sorted(jobs, key=lambda job: job.registered_s)),
            producers=tuple(producers),
            epoch_s=said.epoch_s,
            base=tuple(base),
            batteries=tuple(Battery(**msgspec.structs.asdict(each)) for each in said.batteries),
            heated=tuple(
                HeatedHouse(
                    house=each.house,
                    model=each.model,
                    need=energy(each.need, f"heat of house {each.house}"),
                    levels=each.levels,
                    stored_share=each.stored_share,
                )
                for each in said.heated
            ),
            outdoor_c=tuple(said.outdoor_c),
        )
    except ValueError as error:
        raise StreetFileError(f"{STREET}: {error}") from None


def _table(series: list[Energy]) -> Any:
    numbers = np.concatenate([np.full(len(energy.wh), number) for number, energy in enumerate(series)] or [np.zeros(0)])
    return pa.table(
        {
            "series": pa.array(numbers.astype(np.int32)),
            "at_s": pa.array(np.concatenate([energy.times_s for energy in series] or [np.zeros(0)])),
            "wh": pa.array(np.concatenate([energy.wh for energy in series] or [np.zeros(0)])),
        }
    )


def _series(path: Path) -> dict[int, Energy]:
    if not path.is_file():
        raise StreetFileError(f"{path.parent} has no {AMOUNTS}")
    try:
        table = pq.read_table(path, columns=["series", "at_s", "wh"])
        numbers, at_s, wh = (np.asarray(table[name].to_numpy()) for name in ("series", "at_s", "wh"))
    except (pa.ArrowException, KeyError) as error:
        raise StreetFileError(f"{AMOUNTS}: {error}") from None
    if not (np.isfinite(at_s).all() and np.isfinite(wh).all()):
        raise StreetFileError(f"{AMOUNTS}: an amount or time is missing or no number")
    found: dict[int, Energy] = {}
    order = np.argsort(numbers, kind="stable")
    edges = np.flatnonzero(np.diff(numbers[order], prepend=-1, append=np.iinfo(np.int32).max))
    for begin, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        rows = order[begin:end]
        energy = Energy(at_s[rows].astype(np.float64), wh[rows].astype(np.float64))
        number = int(numbers[rows[0]])
        if len(rows) < 2 or not (np.diff(energy.times_s) > 0.0).all():
            raise StreetFileError(f"{AMOUNTS}: series {number} must have two times at least, rising")
        found[number] = energy
    return found
