"""The published figures, reproduced case by case."""

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gw_spaceheat.core.netbalance.algorithm import make_algorithm, settings_of
from gw_spaceheat.core.netbalance.as_published import PublishedRun, run_as_published
from gw_spaceheat.core.netbalance.load import Load
from gw_spaceheat.core.netbalance.trace import Trace, TraceError
from gw_spaceheat.stores.netbalance_csv import read_recording

ENERGIES = (
    *("energyP", "energyC", "energyLB", "energyL1", "energyL2", "energyG", "energyGP", "energyGnP", "energyGD", "energyAB"),
    *("energyGR", "energyPC", "energyPL", "energyCM", "energyS", "energyL"),
)
COUNTS = ("commut1", "commut2")
ABSOLUTE_WH, RELATIVE = 0.01, 1e-6
PREDICTORS = {"disabled": "balance", "avarage_power": "average", "project_current_power": "projection"}
MODES = {"on2_if_on1": "first-first", "order": "order", "fastest": "fastest"}


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is not as published."""

    case: str
    algorithm: str
    name: str
    published: str
    ours: str


def reproduce(
    cases: Path, totals: Path, switches: Path, on_row: Callable[[int], object] = lambda _: None
) -> tuple[int, int, tuple[Difference, ...]]:
    """How many rows are equal, how many are not, and how the latter differ.

    Rows in which the original ended with an error are left out.

    Args:
        cases: JSON with cases and algorithms; recordings lie beside it.
        totals: CSV with a row per case and algorithm.
        switches: JSON with the samples at which loads were switched, by `case/algorithm`.
        on_row: Called with how many rows are done.

    Raises:
        TraceError: A file is not as expected.
    """
    said, known = json.loads(cases.read_text(encoding="utf-8")), json.loads(switches.read_text(encoding="utf-8"))
    with totals.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if not row.get("error")]
    recordings: dict[tuple[str, float | None], Trace] = {}
    equal, differences = 0, []
    for done, row in enumerate(rows, start=1):
        name, kind = row["case"], row["alg"]
        if name not in said["cases"] or kind not in said["algorithms"]:
            raise TraceError(f"{totals}: {name}/{kind} is not in {cases}")
        run = _run(cases.parent, said["cases"][name], said["algorithms"][kind], recordings)
        found = [*_different(row, run), *_switched_else(name, kind, run, known.get(f"{name}/{kind}"))]
        equal += not found
        differences += found
        on_row(done)
    return equal, len(rows) - equal, tuple(differences)


def _run(folder: Path, case: Mapping[str, Any], kind: Mapping[str, Any], recordings: dict[Any, Trace]) -> PublishedRun:
    base_w = None if case["base"] == "data" else float(case["base"])
    key = (case["file"], base_w)
    if key not in recordings:
        recordings[key] = read_recording(folder / case["file"], base_w)
    whole = recordings[key]
    chosen = whole.between(_seconds(case["start"]), _seconds(case["end"]))
    loads_w = (float(case["load1"]), float(case["load2"]))
    loads = tuple(Load(f"load {index + 1}", load_w) for index, load_w in enumerate(loads_w))
    name, given = _translated(kind)
    return run_as_published(whole, chosen, loads_w, make_algorithm(name, settings_of(name, given), loads))


def _seconds(text: str | None) -> float | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def _translated(kind: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Name and settings of an algorithm in our words."""
    if kind["type"] == "hysteresis":
        return "hysteresis", {
            "top_wh": f"{kind['th_top1']},{kind['th_top2']}",
            "bottom_wh": f"{kind['th_bottom1']},{kind['th_bottom2']}",
        }
    if kind["type"] == "min_on_time":
        return "minimum-on-time", {"time_limit_s": str(kind["time_limit"]), "mode": MODES[kind["mode"]]}
    if kind["type"] == "time_to_consume":
        return "time-to-consume", {
            "predictor": PREDICTORS[kind["predict"]],
            "end_at_wh": str(kind["end_at"]),
            "on_minimum_wh": str(kind["on_min"]),
            "time_factor": str(kind["time_factor"]),
        }
    return "none", {}


def _different(row: Mapping[str, str], run: PublishedRun) -> list[Difference]:
    found = []
    for name in (*ENERGIES, *COUNTS):
        published, ours = float(row[name]), run.totals[name]
        allowed = ABSOLUTE_WH + RELATIVE * abs(published) if name in ENERGIES else 0.0
        if not abs(published - ours) <= allowed:
            found.append(Difference(row["case"], row["alg"], name, row[name], f"{ours:.4f}"))
    return found


def _switched_else(case: str, kind: str, run: PublishedRun, known: Mapping[str, Any] | None) -> list[Difference]:
    if known is None:
        return []
    found = []
    for index, ours in enumerate(run.switches):
        published = [tuple(switch) for switch in known[f"on_offL{index + 1}"]]
        if published != list(ours):
            at = next((i for i, pair in enumerate(zip(published, ours, strict=False)) if pair[0] != pair[1]), len(ours))
            found.append(
                Difference(case, kind, f"switches of load {index + 1}", f"{published[at : at + 1]}", f"{ours[at : at + 1]}")
            )
    return found
