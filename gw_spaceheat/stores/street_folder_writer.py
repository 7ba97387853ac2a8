"""A street written as the original's users have it; `street_folder.py` reads it again."""

import json
from pathlib import Path

from gw_spaceheat.core.market.energy import Energy
from gw_spaceheat.core.market.street import Street
from gw_spaceheat.stores.street_folder import ACTUAL, CONSUMERS, LOADS, META, PREDICTIONS, PRODUCERS, file_stem


class StreetExistsError(FileExistsError):
    """There is something where the street is to be written; nothing was."""


class NoPlaceError(ValueError):
    """The original's form has no place for something of a street; nothing was written."""


def make_new(folder: Path) -> None:
    """Make a folder that is not there yet, for a street or for what came of one.

    Raises:
        StreetExistsError: It is there, or something else of that name.
        OSError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise StreetExistsError(f"{folder} is there already; name one that is not") from None


def write_street(street: Street, folder: Path) -> None:
    """Write a folder.

    A load that several jobs have is written once; what a roof gave in the end goes into `actual/`, which the original ignores.

    Raises:
        StreetExistsError: The folder is there.
        NoPlaceError: The original has no place for something that the street has.
        ValueError: Two producers would have the same files.
        OSError: It cannot be written.
    """
    for what, there in (("base load", street.base), ("batteries", street.batteries), ("houses that are heated", street.heated)):
        if there:
            raise NoPlaceError(f"the original's form has no place for {what}; our own form (--to own) has")
    stems: dict[str, str] = {}
    for producer in street.producers:
        other = stems.setdefault(file_stem(producer.id), producer.id)
        if other != producer.id:
            raise ValueError(f"{other} and {producer.id} would have the same files; name one of them otherwise")
    make_new(folder)
    for name in (LOADS, PREDICTIONS, ACTUAL):
        (folder / name).mkdir()
    _write(folder / CONSUMERS, _jobs(street, folder / LOADS))
    _write(folder / PRODUCERS, _producers(street, folder))
    meta = {"name": street.name, "days": street.days, "jobs": len(street.jobs), "producers": len(street.producers)}
    (folder / META).write_text(json.dumps(meta) + "\n", encoding="utf-8")


def _jobs(street: Street, loads: Path) -> list[str]:
    written: dict[tuple[bytes, bytes], str] = {}
    lines = []
    for job in street.jobs:
        key = (job.load.times_s.tobytes(), job.load.wh.tobytes())
        if key not in written:
            written[key] = f"load_{len(written) + 1}.csv"
            _write(loads / written[key], _amounts(job.load, 0))
        times = ";".join(_seconds(street.epoch_s + at_s) for at_s in (job.registered_s, job.earliest_s, job.latest_s))
        lines.append(f"{times};{job.id};{written[key]}")
    return lines


def _producers(street: Street, folder: Path) -> list[str]:
    lines = []
    for producer in street.producers:
        stem = file_stem(producer.id)
        for number, forecast in enumerate(producer.forecasts, 1):
            file = f"{stem}_{number}.csv"
            _write(folder / PREDICTIONS / file, _amounts(forecast.energy, street.epoch_s))
            lines.append((forecast.issued_s, f"{_seconds(street.epoch_s + forecast.issued_s)};{producer.id};{file}"))
        if producer.measured is not None:
            _write(folder / ACTUAL / f"{stem}.csv", _amounts(producer.measured, street.epoch_s))
    return [line for _, line in sorted(lines, key=lambda each: each[0])]


def _amounts(energy: Energy, epoch_s: int) -> list[str]:
    times, amounts = energy.times_s.tolist(), energy.wh.tolist()
    return [f"{_seconds(epoch_s + at_s)} {wh!r}" for at_s, wh in zip(times, amounts, strict=True)]


def _seconds(at_s: float) -> str:
    return f"{at_s:.0f}" if float(at_s).is_integer() else repr(float(at_s))


def _write(path: Path, lines: list[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
