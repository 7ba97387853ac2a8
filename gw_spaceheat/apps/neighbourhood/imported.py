"""Results of the original brought into a form of ours, with what really came of them."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from gw_spaceheat.core.market.energy import Forecast
from gw_spaceheat.core.market.settlement import settle
from gw_spaceheat.core.market.street import Job, Producer, Street
from gw_spaceheat.core.market.timetable import DAY_S
from gw_spaceheat.stores.street_pickle import Run, read_results

FORMAT = "gws.street.imported.1"


def import_results(path: Path, folder: Path) -> dict[str, object]:
    """Read a result of the original, and write a folder.

    Returns:
        What stands in `result.json`: of each run how many jobs it has, what the original calls local (`claimed_kwh`: all energy
        of all jobs that have a producer) and what of that the producer of each job could give (`deliverable_kwh`), and what
        came of its starts if the street shares (`local_kwh` and the rest of `Outcome`).

    Raises:
        ResultFileError: The file is no result, or does what a result need not do.
        StreetExistsError: The folder is there.
        OSError: A file cannot be read or written.
    """
    runs = read_results(path)
    told: dict[str, object] = {"format": FORMAT, "source": path.name, "runs": [_told(run) for run in runs]}
    from gw_spaceheat.stores.street_imported import write_imported  # noqa: PLC0415 - only this needs PyArrow

    write_imported(told, runs, folder)
    return told


def _told(run: Run) -> dict[str, object]:
    jobs: list[Job] = []
    producers: list[str | None] = []
    seen: dict[str, int] = {}
    for contract in run.contracts:
        seen[contract.job] = seen.get(contract.job, 0) + 1
        name = contract.job if seen[contract.job] == 1 else f"{contract.job}#{seen[contract.job]}"
        start_s = max(contract.start_s, 0.0)
        jobs.append(Job(id=name, registered_s=0.0, earliest_s=start_s, latest_s=start_s, load=contract.load))
        producers.append(contract.producer)
    days = max((float(energy.times_s[-1]) for energy in run.production.values()), default=0.0) // DAY_S + 1
    roofs = {name: Producer(id=name, forecasts=(Forecast(0.0, energy),)) for name, energy in run.production.items()}
    whole = _settled(jobs, list(roofs.values()), int(days))
    alone_kwh = 0.0
    for name, roof in roofs.items():
        own = [job for job, producer in zip(jobs, producers, strict=True) if producer == name]
        alone_kwh += float(str(_settled(own, [roof], int(days))["local_kwh"]))
    claimed_wh = sum(job.wh for job, producer in zip(jobs, producers, strict=True) if producer is not None)
    return whole | {
        "jobs_from_grid": sum(producer is None for producer in producers),
        "claimed_kwh": claimed_wh / 1000.0,
        "deliverable_kwh": alone_kwh,
    }


def _settled(jobs: Sequence[Job], roofs: Sequence[Producer], days: int) -> dict[str, object]:
    street = Street(name="imported", days=days, jobs=tuple(jobs), producers=tuple(roofs))
    return asdict(settle(street, {job.id: job.earliest_s for job in jobs}))
