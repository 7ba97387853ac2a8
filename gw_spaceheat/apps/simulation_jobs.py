"""Simulations that somebody at a page has asked for: one at a time, in a process of its own, kept as files."""

import contextlib
import json
import logging
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from gw_spaceheat.apps.beside import Beside, CannotStartError, Work
from gw_spaceheat.apps.compare import comparable_names

MOST_DAYS = 62
MOST_KEPT = 30
_IDENTIFIER = re.compile(r"[0-9a-f]{16}")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be simulated.

    Attributes:
        house: Alias of the house.
        start: First day.
        days: How many.
        names: What to compare: strategies, and ways to plan.
        weather: Name of a file in the folder of series; empty for SYNTHETIC.
        prices: The same.
        demand: The same, of the heat that the house needs; empty to simulate its rooms.
    """

    house: str
    start: date
    days: int
    names: tuple[str, ...]
    weather: str = ""
    prices: str = ""
    demand: str = ""


class SimulationJobs:
    """Starts, watches and keeps; used by every thread of the server."""

    def __init__(self, folder: Path, houses: Path, series: Path) -> None:
        """Remember.

        Args:
            folder: Where results are kept.
            houses: House file or folder.
            series: Folder of weather and price files that may be chosen.
        """
        self._folder = folder
        self._houses = houses
        self._series = series
        self._beside: Beside[Wanted] = Beside("simulation")

    @property
    def series(self) -> Path:
        """Folder of the series that may be chosen."""
        return self._series

    def files(self) -> tuple[str, ...]:
        """Names of the weather and price files that may be chosen."""
        return tuple(sorted(path.name for path in self._series.glob("*.csv"))) if self._series.is_dir() else ()

    def job(self) -> Work[Wanted] | None:
        """The last one that was started, its steps are hours; None if none was."""
        return self._beside.work()

    def start(self, wanted: Wanted) -> Work[Wanted]:
        """Start it; raises CannotStartError if it is wrong, or another one runs."""
        self._check(wanted)
        return self._beside.start(wanted, wanted.days * 24 * len(wanted.names), lambda _: self._words(wanted), self._keep)

    def cancel(self) -> None:
        """End the one that runs, if one does."""
        self._beside.cancel()

    def results(self) -> list[tuple[str, dict[str, Any]]]:
        """Identifiers and results of those that are kept, newest first."""
        found = []
        for path in self._kept():
            result = self.result(path.stem)
            if result is not None:
                found.append((path.stem, result))
        return found

    def result(self, identifier: str) -> dict[str, Any] | None:
        """A result that is kept; None if there is none of that name, or it cannot be read."""
        if _IDENTIFIER.fullmatch(identifier) is None:
            return None
        try:
            told = json.loads((self._folder / f"{identifier}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return told if isinstance(told, dict) and isinstance(told.get("compare"), dict) else None

    def _check(self, wanted: Wanted) -> None:
        if not 1 <= wanted.days <= MOST_DAYS:
            raise CannotStartError(f"Choose 1 to {MOST_DAYS} days.")
        unknown = set(wanted.names) - set(comparable_names())
        if not wanted.names or unknown:
            raise CannotStartError(f"Choose some of: {', '.join(comparable_names())}.")
        for name in (wanted.weather, wanted.prices, wanted.demand):
            if name and name not in self.files():
                raise CannotStartError(f"There is no file {name[:80]!r} among the series.")

    def _words(self, wanted: Wanted) -> list[str]:
        words = ["simulate", wanted.house, "--start", wanted.start.isoformat(), "--days", str(wanted.days)]
        words += ["--compare", ",".join(wanted.names), "--file", str(self._houses), "--json", "--progress"]
        if wanted.weather:
            words += ["--weather", str(self._series / wanted.weather)]
        if wanted.prices:
            words += ["--prices", str(self._series / wanted.prices)]
        if wanted.demand:
            words += ["--demand", str(self._series / wanted.demand)]
        return words

    def _keep(self, identifier: str, output: bytes) -> str:
        """Write the result, and let the oldest go; gives what went wrong."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            new = self._folder / f"{identifier}.new"
            new.write_bytes(output)
            new.replace(self._folder / f"{identifier}.json")
        except OSError as error:
            _log.warning("a simulation's result cannot be kept: %s", error)
            return f"its result cannot be kept: {error}"
        for path in self._kept()[MOST_KEPT:]:
            with contextlib.suppress(OSError):
                path.unlink()
        return ""

    def _kept(self) -> list[Path]:
        paths = self._folder.glob("*.json") if self._folder.is_dir() else ()
        return sorted(paths, key=lambda path: path.stat().st_mtime_ns, reverse=True)
