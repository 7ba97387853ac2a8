"""A street as the original's users have it: a folder of text files.

    consumer_event.csv   registered;earliest;latest;job;profile.csv   (Unix seconds; no header)
    producer_event.csv   issued;producer;prediction.csv
    loads/*.csv          seconds from the start, cumulative Wh
    predictions/*.csv    Unix seconds, cumulative Wh; the first amount is that of the hour before
    actual/*.csv         the same, as roofs gave it in the end, if somebody measured; named by the producer's numbers
    meta.json            {"days": 5}, if it is there

What can be understood in spite of a fault is, with a warning that names file and line; the rest is an error that does.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gw_spaceheat.core.market.energy import Energy, Forecast
from gw_spaceheat.core.market.street import Job, Producer, Street

CONSUMERS, PRODUCERS, META = "consumer_event.csv", "producer_event.csv", "meta.json"
LOADS, PREDICTIONS, ACTUAL = "loads", "predictions", "actual"
DAY_S = 86_400
MOST_DAYS = 366 * 2
"""A time that is further than this from the middle one of a street's times is a slip, such as a digit too few [days]."""


class StreetFileError(ValueError):
    """Something that cannot be understood; the text names file and line, and says what is wanted."""


@dataclass(frozen=True, slots=True)
class ReadStreet:
    """A street, and what was odd about its files."""

    street: Street
    warnings: tuple[str, ...]


def read_street(folder: Path, days: int | None = None) -> ReadStreet:
    """Read a folder.

    Args:
        folder: The folder.
        days: How many days the sun counts for; None for what `meta.json` says, or as long as jobs may start.

    Raises:
        StreetFileError: A file is missing or cannot be understood.
        OSError: A file cannot be read.
    """
    if not (folder / CONSUMERS).exists():
        raise StreetFileError(f"{folder} has no {CONSUMERS}, so it is no street")
    warnings: list[str] = []
    job_rows = _rows(folder / CONSUMERS, 5)
    producer_rows = _rows(folder / PRODUCERS, 3) if (folder / PRODUCERS).exists() else []
    epoch_s = _first_s(job_rows, producer_rows)
    jobs = _jobs(folder, job_rows, epoch_s, warnings)
    producers = _producers(folder, producer_rows, epoch_s)
    if days is None:
        days = days_of(folder, jobs)
    street = Street(name=folder.name, days=days, jobs=jobs, producers=producers, epoch_s=round(epoch_s))
    return ReadStreet(street, tuple(warnings))


def _first_s(job_rows: list[tuple[int, list[str]]], producer_rows: list[tuple[int, list[str]]]) -> float:
    """The street's first event, Unix time [s]; raises StreetFileError where a time cannot belong to the same street."""
    jobs = [(CONSUMERS, line, _number(CONSUMERS, line, cell)) for line, cells in job_rows for cell in cells[:3]]
    issues = [(PRODUCERS, line, _number(PRODUCERS, line, cells[0])) for line, cells in producer_rows]
    if not jobs and not issues:
        return 0.0
    middle_s = float(np.median([at_s for _, _, at_s in (*jobs, *issues)]))
    for file, line, at_s in (*jobs, *issues):
        if abs(at_s - middle_s) > MOST_DAYS * DAY_S:
            days = abs(at_s - middle_s) / DAY_S
            raise StreetFileError(
                f"{file}, line {line}: {at_s:.0f} is {days:.0f} days away from the other times; Unix seconds are wanted"
            )
    return min([*(at_s for _, _, at_s in jobs[::3]), *(at_s for _, _, at_s in issues)])


def _jobs(folder: Path, rows: list[tuple[int, list[str]]], epoch_s: float, warnings: list[str]) -> tuple[Job, ...]:
    loads: dict[str, Energy] = {}
    jobs: list[Job] = []
    seen: dict[str, int] = {}
    for line, (registered, earliest, latest, name, profile) in rows:
        times = [_number(CONSUMERS, line, cell) - epoch_s for cell in (registered, earliest, latest)]
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            warnings.append(f"{CONSUMERS}, line {line}: {name} is there already; it is called {name}#{seen[name]}")
            name = f"{name}#{seen[name]}"  # noqa: PLW2901 - the name under which it goes on
        if profile not in loads:
            loads[profile] = read_energy(_inside(folder / LOADS, profile, CONSUMERS, line), first_s=0.0)
        try:
            jobs.append(Job(id=name, registered_s=times[0], earliest_s=times[1], latest_s=times[2], load=loads[profile]))
        except ValueError as error:
            raise StreetFileError(f"{CONSUMERS}, line {line}: {error}") from None
    return tuple(sorted(jobs, key=lambda job: job.registered_s))


def _producers(folder: Path, rows: list[tuple[int, list[str]]], epoch_s: float) -> tuple[Producer, ...]:
    forecasts: dict[str, list[Forecast]] = {}
    for line, (issued, name, file) in rows:
        energy = read_energy(_inside(folder / PREDICTIONS, file, PRODUCERS, line))
        shifted = Energy(energy.times_s - epoch_s, energy.wh)
        forecasts.setdefault(name, []).append(Forecast(_number(PRODUCERS, line, issued) - epoch_s, shifted))
    return tuple(
        Producer(
            id=name,
            forecasts=tuple(sorted(known, key=lambda each: each.issued_s)),
            measured=_measured(folder / ACTUAL / f"{file_stem(name)}.csv", epoch_s),
        )
        for name, known in forecasts.items()
    )


def _measured(path: Path, epoch_s: float) -> Energy | None:
    if not path.is_file():
        return None
    energy = read_energy(path)
    return Energy(energy.times_s - epoch_s, energy.wh)


def file_stem(producer: str) -> str:
    """What files of a producer are named by: its numbers, such as 57_220 of pv_producer[57]:[220]; else its name.

    Whatever could lead to another folder is left out.
    """
    numbers = re.findall(r"\[([^\[\]/]+)\]", producer)
    return re.sub(r"[^A-Za-z0-9_.-]", "_", "_".join(numbers) or producer).lstrip(".") or "producer"


def days_of(folder: Path, jobs: tuple[Job, ...]) -> int:
    """For how many days the sun counts: what `meta.json` says, or as long as jobs may start."""
    meta = folder / META
    if meta.exists():
        try:
            return int(json.loads(meta.read_text(encoding="utf-8"))["days"])
        except (ValueError, KeyError, TypeError):
            raise StreetFileError(f'{META} must say how many days there are, such as {{"days": 5}}') from None
    return max(int(max((job.latest_s for job in jobs), default=0.0) // DAY_S) + 1, 1)


def _rows(path: Path, width: int) -> list[tuple[int, list[str]]]:
    rows = []
    for line, text in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if not text.strip():
            continue
        cells = [cell.strip() for cell in text.split(";")]
        if len(cells) != width:
            raise StreetFileError(f"{path.name}, line {line}: {len(cells)} cells; {width} are wanted, with ; between them")
        rows.append((line, cells))
    return rows


def _inside(folder: Path, name: str, file: str, line: int) -> Path:
    """A file of a folder, which a name must not lead out of."""
    path = folder / name
    if Path(name).name != name or not path.is_file():
        raise StreetFileError(f"{file}, line {line}: {folder.name} has no file {name!r}")
    return path


def read_energy(path: Path, first_s: float = -np.inf) -> Energy:
    """Energy over time of a file; see `energy_from`."""
    return energy_from(path.read_text(encoding="utf-8-sig"), path.name, first_s)


def energy_from(words: str, name: str, first_s: float = -np.inf) -> Energy:
    """Energy over time, two numbers a line; raises StreetFileError, naming the line, where it is none.

    Args:
        words: What stands in the file.
        name: What the file is called.
        first_s: No time may come before this [s].
    """
    times, amounts = [], []
    for line, text in enumerate(words.splitlines(), 1):
        cells = text.split()
        if len(cells) < 2:
            continue
        times.append(_number(name, line, cells[0]))
        amounts.append(_number(name, line, cells[1]))
        if len(times) > 1 and times[-1] <= times[-2]:
            raise StreetFileError(f"{name}, line {line}: its time does not come after that of the line before")
        if len(times) > 1 and amounts[-1] < amounts[-2]:
            raise StreetFileError(f"{name}, line {line}: its amount is less than before; amounts are cumulative")
        if times[-1] < first_s:
            raise StreetFileError(f"{name}, line {line}: {times[-1]:g} s is before the start")
    if len(times) < 2:
        raise StreetFileError(f"{name} has {len(times)} lines; two are wanted at least")
    return Energy(np.array(times), np.array(amounts))


def _number(file: str, line: int, cell: str) -> float:
    try:
        number = float(cell)
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
        raise StreetFileError(f"{file}, line {line}: {cell!r} is no number")
    return number
