"""One street under one scheduler, and all of them side by side."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace

from gw_spaceheat.apps.neighbourhood.algorithms import file_name
from gw_spaceheat.apps.neighbourhood.bound import Bounds, bounds_of
from gw_spaceheat.apps.neighbourhood.by_day import by_day
from gw_spaceheat.apps.neighbourhood.convert import open_street
from gw_spaceheat.apps.neighbourhood.heat import Decided
from gw_spaceheat.apps.neighbourhood.request import StreetRequest
from gw_spaceheat.apps.neighbourhood.runs import each_run
from gw_spaceheat.core.market.bills import bills, bills_of
from gw_spaceheat.core.market.measured import forecast_errors
from gw_spaceheat.core.market.quarters import quarters
from gw_spaceheat.core.market.street import Street
from gw_spaceheat.core.market.timetable import Timetable

LISTS = ("contracts", "warnings", "runs", "households", "heated", "forecast_errors", "roofs", "choose")
"""What is told of a run and is no figure."""


def run_street(request: StreetRequest, on_run: Callable[[int], object] = lambda _: None) -> dict[str, object]:
    """What came of it, in figures; see `run_and_keep`."""
    return run_and_keep(request, on_run)[0]


def run_and_keep(
    request: StreetRequest,
    on_run: Callable[[int], object] = lambda _: None,
    bound_by: Callable[[Street], Bounds] = bounds_of,
) -> tuple[dict[str, object], Decided]:
    """What came of it: see `Outcome`; of several runs the means, and each in `runs`. And what was decided in the first.

    Where the bound is wanted, `bound_kwh` has it, and `by_day` what was used on each day beside the bound of that day.

    Args:
        request: What is asked for.
        on_run: Called with how many runs are done.
        bound_by: Gives the bounds of a street.

    Raises:
        UnknownSchedulerError: There is no such scheduler.
        UnknownChoiceError: There is no such way of choosing roofs.
        StreetFileError: The street cannot be understood.
        HouseFileError: A model of a heated house is not there, or does not fit the form.
        CannotPlanError: No plan can be made for it.
        StreetExistsError: There is something where the results are to be written.
        OSError: A file cannot be read or written.
    """
    read = open_street(request.folder, request.days)
    runs = list(each_run(request, read.street, range(request.seed, request.seed + request.runs), on_run))
    figures, first = [run.figures for run in runs], runs[0].decided
    told: dict[str, object] = {"street": read.street.name, "algorithm": request.algorithm, "days": read.street.days}
    told |= {name: sum(run[name] for run in figures) / len(figures) for name in figures[0] if name != "seed"}
    for name in ("jobs", "jobs_ended", "early", "late"):
        told[name] = figures[0][name]
    if request.messages is not None or request.live_url is not None:
        told["choose"], told["roofs"] = request.choose, list(first.roofs)
    if request.bound:
        bounds = bound_by(first.street)
        told["bound_kwh"], told["by_day"] = bounds.kwh, by_day(first.street, runs, bounds)
    if request.runs > 1:
        told["runs"] = figures
    contracts = [{"job": name, "start_s": start_s} for name, start_s in sorted(first.starts_s.items())]
    households = [asdict(bill) for bill in bills(first.street, first.starts_s)]
    told |= {"warnings": list(read.warnings), "contracts": contracts, "households": households}
    if first.heated:
        told["heated"] = list(first.heated)
    told["forecast_errors"] = [asdict(error) for error in forecast_errors(read.street)]
    if request.results is not None:
        from gw_spaceheat.stores.street_results import Ran, write_results  # noqa: PLC0415 - only this needs PyArrow

        ran = [
            Ran(contracts=agreed, quarters=flows, bills=[asdict(bill) for bill in bills_of(flows)])
            for run in runs
            for flows, agreed in [quarters(run.decided.street, run.decided.starts_s)]
        ]
        write_results(told, read.street, ran, request.results)
    return told, first


def compare_street(
    request: StreetRequest, algorithms: Sequence[str], on_run: Callable[[int], object] = lambda _: None
) -> list[dict[str, object]]:
    """The same street under each scheduler, each with a folder of its name for its results; raises as `run_and_keep` does.

    Args:
        request: What is asked for; its scheduler does not count.
        algorithms: Names of the schedulers.
        on_run: Called with how many runs of all schedulers are done.
    """
    told: list[dict[str, object]] = []
    found: dict[bytes, Bounds] = {}

    def bound_by(street: Street) -> Bounds:
        """Found once for all schedulers, unless heat was made at other times under one: then its load is another."""
        load = Timetable(street).known_base_wh.tobytes()
        if load not in found:
            found[load] = bounds_of(street)
        return found[load]

    def count(done: int) -> None:
        on_run(len(told) * request.runs + done)

    for name in algorithms:
        one, _ = run_and_keep(
            replace(
                request,
                algorithm=name,
                results=None if request.results is None else request.results / file_name(name),
            ),
            count,
            bound_by,
        )
        told.append({field: value for field, value in one.items() if field not in LISTS})
    return told
