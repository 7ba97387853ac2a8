"""A street's runs, one for each seed: in this process, or several at a time in processes of their own.

Each run is decided by its seed alone, so it does not matter where it runs, nor when it ends: runs come back in their order.
"""

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import islice
from multiprocessing import get_context

from gw_spaceheat.apps.neighbourhood.algorithms import algorithm, file_name
from gw_spaceheat.apps.neighbourhood.by_messages import ByMessages, asked_prices, run_by_messages
from gw_spaceheat.apps.neighbourhood.heat import (
    Decide,
    Decided,
    Heat,
    Placed,
    WithHeat,
    decide_heated,
    figures_for,
    heat_beside,
    heat_first,
)
from gw_spaceheat.apps.neighbourhood.request import StreetRequest
from gw_spaceheat.apps.neighbourhood.wire import WireFaults
from gw_spaceheat.apps.settings import read_settings
from gw_spaceheat.core.heating_house import HeatingHouse
from gw_spaceheat.core.market.choosing import choosing
from gw_spaceheat.core.market.looks import looks_for
from gw_spaceheat.core.market.measured import as_measured
from gw_spaceheat.core.market.scheduler import rule_names, rule_of
from gw_spaceheat.core.market.settlement import settle
from gw_spaceheat.core.market.street import Street
from gw_spaceheat.core.market.timetable import Timetable
from gw_spaceheat.core.planner.figures import Figures
from gw_spaceheat.core.street_heat import houses_of

DecidedBy = Callable[[int], Decided]
"""What is decided for a street, by a seed."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run.

    Attributes:
        figures: What came of it: see `Outcome`; `seed`, `scheduling_cpu_s`, and what there was to count.
        decided: What was decided.
    """

    figures: dict[str, float]
    decided: Decided


def each_run(
    request: StreetRequest, street: Street, seeds: Sequence[int], on_run: Callable[[int], object] = lambda _: None
) -> Iterator[Run]:
    """The runs, in the order of their seeds.

    Args:
        request: What is asked for.
        street: The street.
        seeds: One for each run.
        on_run: Called with how many are done.

    Raises:
        UnknownSchedulerError: There is no such scheduler.
        UnknownChoiceError: There is no such way of choosing roofs.
        HouseFileError: A model of a heated house is not there, or does not fit the form.
        CannotPlanError: No plan can be made for it.
    """
    _check(request, street)
    processes = min(request.processes or os.cpu_count() or 1, len(seeds))
    decided_by = deciding(request, street)  # so that what is wrong with it is told here
    here = (run_once(decided_by, seed) for seed in seeds)
    found = _in_processes(request, street, seeds, processes) if processes > 1 else here
    for done, run in enumerate(found, 1):
        on_run(done)
        yield run


def _in_processes(request: StreetRequest, street: Street, seeds: Sequence[int], processes: int) -> Iterator[Run]:
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_begin, initargs=(request, street))
    coming = iter(seeds)
    at_work: deque[Future[Run]] = deque()
    try:
        with _deaf_to_interrupts():
            at_work += [pool.submit(_one, seed) for seed in islice(coming, AT_WORK * processes)]
        while at_work:
            run = at_work.popleft().result()
            yield replace(run, decided=_with_jobs(run.decided, street))
            at_work += [pool.submit(_one, seed) for seed in islice(coming, 1)]
    except BaseException:
        # A person has had enough, or one of them failed: what runs is not waited for. Nothing is cancelled, for a pool that
        # loses its processes would then stumble over what it has cancelled.
        for process in list((pool._processes or {}).values()):
            process.terminate()
        pool.shutdown()
        raise
    pool.shutdown()


AT_WORK = 2
"""For each process so many runs are handed out, so that none waits for the next."""


_begun: list[DecidedBy] = []


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Processes that are begun here do not hear Ctrl-C: the one that has the terminal decides, and ends them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _begin(request: StreetRequest, street: Street) -> None:
    _begun[:] = [deciding(request, street)]


def _one(seed: int) -> Run:
    """A run without the street's jobs and roofs, which need not travel back to where they came from."""
    run = run_once(_begun[0], seed)
    return replace(run, decided=replace(run.decided, street=replace(run.decided.street, jobs=(), producers=())))


def _with_jobs(decided: Decided, street: Street) -> Decided:
    return replace(decided, street=replace(decided.street, jobs=street.jobs, producers=street.producers))


def run_once(decided_by: DecidedBy, seed: int) -> Run:
    """Let a street run once."""
    began_s = time.process_time()
    found = decided_by(seed)
    took_s = time.process_time() - began_s
    figures = {**asdict(settle(found.street, found.starts_s)), **found.counts, "scheduling_cpu_s": took_s, "seed": seed}
    measured = as_measured(found.street)
    if measured is not None:
        figures["measured_local_kwh"] = settle(measured, found.starts_s).local_kwh
    return Run(figures, found)


def deciding(request: StreetRequest, street: Street) -> DecidedBy:
    """How a street's jobs are placed, and its houses heated, by a seed; raises as `each_run` does."""
    decide = _way(request)
    file = file_name(request.algorithm)
    if file in rule_names() and rule_of(file).looks:
        looks_for(len(street.jobs))  # what is fetched here is not counted as deciding
    if not street.heated:
        timetable = Timetable(street)

        def plainly(seed: int) -> Decided:
            placed = decide(timetable, seed)
            return Decided(street=street, starts_s=placed.starts_s, counts=placed.counts, roofs=placed.roofs)

        return plainly
    figures = figures_for(street, request.houses or read_settings().houses_path())
    heat = _heat(request, street, figures, decide)
    if request.live_url is not None:  # what it is compared with takes no time of life

        def decide_soon(timetable: Timetable, seed: int) -> Placed:
            return _placed(_agreed(request, timetable.street, seed))

        return lambda seed: decide_heated(street, decide_soon, heat, seed)
    return lambda seed: decide_heated(street, decide, heat, seed)


def _heat(request: StreetRequest, street: Street, figures: Mapping[str, Figures], decide: Decide) -> Heat:
    """How jobs are placed and houses heated."""
    file = file_name(request.algorithm)
    if request.messages is None and request.live_url is None:
        return heat_beside(street, figures, rule_of(file)) if file in rule_names() else heat_first(street, figures, decide)

    def agree(sees_sun: bool, seed: int) -> WithHeat:
        if request.live_url is not None and sees_sun:
            found = _over_broker(request, street, seed)
        else:
            found = _agreed(request, street, seed, houses_of(street, figures, sees_sun=sees_sun))
        return WithHeat(_placed(found), found.heat, found.heat_loads)

    return agree


def _way(request: StreetRequest) -> Decide:
    if request.live_url is not None:
        return lambda timetable, seed: _placed(_over_broker(request, timetable.street, seed))
    if request.messages is not None:
        return lambda timetable, seed: _placed(_agreed(request, timetable.street, seed))
    schedule = algorithm(request.algorithm)

    def decide(timetable: Timetable, seed: int) -> Placed:
        chosen = schedule(timetable, seed)
        return Placed(
            {timetable.jobs[number].job.id: timetable.jobs[number].start_s(slot) for number, slot in chosen.items()}, {}
        )

    return decide


def _over_broker(request: StreetRequest, street: Street, seed: int) -> ByMessages:
    from gw_spaceheat.apps.neighbourhood.over_broker import run_over_broker  # noqa: PLC0415 - only this needs a broker

    return run_over_broker(street, request, seed)


def _agreed(request: StreetRequest, street: Street, seed: int, heated: Sequence[HeatingHouse] = ()) -> ByMessages:
    """A street by messages, with what its wire does drawn from the seed."""
    wire = request.messages or WireFaults()
    return run_by_messages(
        street,
        rule_of(request.algorithm),
        seed,
        replace(wire, seed=seed) if wire.lost or wire.doubled or wire.late_ms else None,
        choose=request.choose,
        prices_usd_per_kwh=request.prices_usd_per_kwh,
        heated=heated,
    )


def _placed(found: ByMessages) -> Placed:
    roofs = tuple({"producer": name, "given_kwh": wh / 1000.0} for name, wh in found.given_wh.items())
    return Placed(found.starts_s, {f"messages_{name}": float(count) for name, count in found.counts.items()}, roofs)


def _check(request: StreetRequest, street: Street) -> None:
    """Raise what is wrong with a request before anything begins."""
    if request.messages is None and request.live_url is None:
        algorithm(request.algorithm)
    else:
        rule_of(request.algorithm)
        choosing(request.choose, 0)
        asked_prices(street, request.choose, request.prices_usd_per_kwh)
