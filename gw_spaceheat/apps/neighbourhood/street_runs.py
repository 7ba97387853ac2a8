"""Runs of streets that somebody at a page has asked for: one at a time, in a process of its own; the results are kept."""

import contextlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gw_spaceheat.apps.beside import Beside, CannotStartError, Work
from gw_spaceheat.apps.neighbourhood.algorithms import algorithm_names
from gw_spaceheat.apps.neighbourhood.kept_results import KeptResults
from gw_spaceheat.apps.neighbourhood.streets import Streets

MOST_RUNS = 50
MOST_SEED = 2**31 - 1 - MOST_RUNS
UNFINISHED = ".run-"


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedRun:
    """What is to run.

    Attributes:
        street: Name of the street.
        algorithms: Names of the schedulers.
        runs: How often, each with the next seed.
        seed: Seed of the first run.
    """

    street: str
    algorithms: tuple[str, ...]
    runs: int = 1
    seed: int = 1


class StreetRuns:
    """Used by every thread of a server."""

    def __init__(self, streets: Streets, results: KeptResults, houses: Path) -> None:
        """Remember whose streets, where results are kept, and what has the models of heated houses."""
        self._streets = streets
        self._results = results
        self._houses = houses
        self._beside: Beside[WantedRun] = Beside("run of a street")

    def work(self) -> Work[WantedRun] | None:
        """The last that was started; None if none was."""
        return self._beside.work()

    def start(self, wanted: WantedRun) -> Work[WantedRun]:
        """Start it.

        Raises:
            CannotStartError: It is wrong, or another one goes on.
            CannotKeepError: There is no such street, or there are too many results.
            OSError: It cannot be started.
        """
        unknown = [name for name in wanted.algorithms if name not in algorithm_names()]
        if unknown or not wanted.algorithms:
            raise CannotStartError(f"Choose some of: {', '.join(algorithm_names())}.")
        if not 1 <= wanted.runs <= MOST_RUNS:
            raise CannotStartError(f"Choose 1 to {MOST_RUNS} runs.")
        if not 0 <= wanted.seed <= MOST_SEED:
            raise CannotStartError(f"A seed is a number from 0 to {MOST_SEED}.")
        street = self._streets.path(wanted.street)
        self._results.shelf.free(wanted.street)
        folder = self._results.shelf.folder

        def words(identifier: str) -> Sequence[str]:
            folder.mkdir(parents=True, exist_ok=True)
            for stale in folder.glob(f"{UNFINISHED}*"):
                shutil.rmtree(stale, ignore_errors=True)
            chosen = ["--algorithms", ",".join(wanted.algorithms), "--runs", str(wanted.runs), "--seed", str(wanted.seed)]
            kept = ["--bound", "--results", str(folder / f"{UNFINISHED}{identifier}"), "--progress", "--json"]
            models = ["--houses", str(self._houses)]
            return ["neighbourhood", "compare", *chosen, *kept, *models, "--", str(street)]

        return self._beside.start(wanted, wanted.runs * len(wanted.algorithms), words, self._keep, self._tidy)

    def cancel(self) -> None:
        """End the one that goes on, if one does."""
        self._beside.cancel()

    def _keep(self, identifier: str, _output: bytes) -> str:
        """Give the results of each scheduler their place; gives what went wrong."""
        work = self._beside.work()
        street = work.asked.street if work is not None else "street"
        shelf = self._results.shelf
        try:
            for path in sorted(self._unfinished(identifier).iterdir()):
                with shelf.lock:
                    shelf.give_place(path, shelf.free(f"{street} {path.name}"))
        except (ValueError, OSError) as error:
            return f"its result cannot be kept: {error}"
        return ""

    def _tidy(self, identifier: str) -> None:
        with contextlib.suppress(OSError):
            shutil.rmtree(self._unfinished(identifier))

    def _unfinished(self, identifier: str) -> Path:
        return self._results.shelf.folder / f"{UNFINISHED}{identifier}"
