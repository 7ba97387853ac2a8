"""What is shown of a street's results: runs with mean and deviation, flows of the street or a house, peaks beside means."""

from collections.abc import Mapping, Sequence
from statistics import fmean, stdev
from typing import Any, NamedTuple

import numpy as np

from gw_spaceheat.core.market.energy import Values
from gw_spaceheat.stores.street_results import Results

QUARTER_H = 0.25
LATEST_UNIX_S = 32_503_680_000
"""The year 3000 begins [s]."""
INTERVALS_MIN = (15, 30, 60, 120, 180, 360, 720, 1440)


class Spread(NamedTuple):
    """A figure of several runs.

    Attributes:
        mean: Its mean.
        deviation: Standard deviation of a sample; None of a single run.
    """

    mean: float
    deviation: float | None


class Flow(NamedTuple):
    """Energies of the street, or of a house, in each quarter of an hour [Wh]; means of the runs, if there are several."""

    load_wh: Values
    own_wh: Values
    neighbours_wh: Values
    grid_wh: Values
    sun_wh: Values
    given_wh: Values
    sold_wh: Values

    @property
    def local_wh(self) -> Values:
        """What came from roofs of the street."""
        return self.own_wh + self.neighbours_wh


class Peak(NamedTuple):
    """The largest power of an interval beside the mean of all.

    Attributes:
        peak_kw: Mean power of the interval that has most [kW].
        mean_kw: Mean power of all intervals [kW].
        ratio: One by the other; None where nothing flows.
    """

    peak_kw: float
    mean_kw: float
    ratio: float | None


def run_figures(results: Results) -> list[Mapping[str, Any]]:
    """Figures of each run."""
    runs = results.told.get("runs")
    return list(runs) if isinstance(runs, list) and all(isinstance(run, dict) for run in runs) and runs else [results.told]


def days_of(results: Results) -> list[Mapping[str, Any]]:
    """Each day beside its bound, as `by_day` tells it; nothing where that was not told, or cannot be."""
    days = results.told.get("by_day")
    return list(days) if isinstance(days, list) and all(_is_day(day) for day in days) else []


def heated_of(results: Results) -> list[Mapping[str, Any]]:
    """What each heated house did in the first run, as `heated` tells it; nothing where that was not told, or cannot be."""
    told = results.told.get("heated")
    return list(told) if isinstance(told, list) and all(_is_heated(each) for each in told) else []


def _is_heated(each: object) -> bool:
    names = ("electricity_kwh", "boost_kwh", "need_kwh", "starts", "cold_k_h", "begin_kwh", "end_kwh")
    return isinstance(each, dict) and isinstance(each.get("house"), str) and all(is_number(each.get(name)) for name in names)


def _is_day(day: object) -> bool:
    names = ("begins_unix_s", "local_kwh", "bound_kwh", "gap_kwh")
    if not isinstance(day, dict) or not all(is_number(day.get(name)) for name in names):
        return False
    return 0.0 <= float(day["begins_unix_s"]) < LATEST_UNIX_S


def spread(figures: Sequence[Mapping[str, Any]], name: str) -> Spread | None:
    """A figure over runs; None where a run does not tell it."""
    values = [float(run[name]) for run in figures if is_number(run.get(name))]
    if not values or len(values) < len(figures):
        return None
    return Spread(fmean(values), stdev(values) if len(values) > 1 else None)


def is_number(value: object) -> bool:
    """Whether it is a figure."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def runs_of(results: Results) -> int:
    """How many runs are kept in all detail."""
    return results.flows["load_wh"].shape[0] if results.flows else max((row["run"] for row in results.contracts), default=1)


def flow_of(results: Results, run: int | None = None, house: str | None = None) -> Flow | None:
    """Flows; None where they were not kept, or there is no such run or house.

    Args:
        results: The results.
        run: Number of the run, from 1 on; None for the mean of all.
        house: The house; None for the sum of all.
    """
    if not results.flows or (run is not None and not 1 <= run <= runs_of(results)):
        return None
    if house is not None and house not in results.houses:
        return None

    def pick(wh: Values) -> Values:
        of_run = wh.mean(axis=0) if run is None else wh[run - 1]
        return np.asarray(of_run.sum(axis=0) if house is None else of_run[results.houses.index(house)])

    return Flow(**{name: pick(results.flows[name]) for name in Flow._fields})


def peak_to_average(wh: Values, interval_min: int) -> Peak:
    """Of the energies of quarters of an hour: all intervals count, those of nothing too, and one that is not over as it is.

    Args:
        wh: Energy of each quarter of an hour [Wh].
        interval_min: Length of an interval, a multiple of 15 [min].
    """
    width = interval_min // 15
    padded = np.pad(wh, (0, -len(wh) % width))
    kw = padded.reshape(-1, width).sum(axis=1) / (width * QUARTER_H) / 1000.0
    peak_kw, mean_kw = float(kw.max(initial=0.0)), float(kw.mean()) if len(kw) else 0.0
    return Peak(peak_kw, mean_kw, peak_kw / mean_kw if mean_kw > 0.0 else None)


def mean_peak(peaks: Sequence[Peak]) -> Peak:
    """Peak, mean and ratio of several runs, each as its mean."""
    ratios = [peak.ratio for peak in peaks if peak.ratio is not None]
    return Peak(fmean(peak.peak_kw for peak in peaks), fmean(peak.mean_kw for peak in peaks), fmean(ratios) if ratios else None)


def in_order(house: str) -> tuple[bool, str]:
    """By what houses are put in order: numbers as numbers, then names."""
    return (not house.isdecimal(), house.zfill(20) if house.isdecimal() else house)


def bills_of(results: Results, run: int | None = None) -> list[dict[str, Any]]:
    """What each house pays in a run, or in the mean of all."""
    rows = [row for row in results.households if run is None or row["run"] == run]
    houses = sorted({str(row["house"]) for row in rows}, key=in_order)
    found = []
    for house in houses:
        mine = [row for row in rows if row["house"] == house]
        names = [name for name, value in mine[0].items() if name != "run" and is_number(value)]
        found.append({"house": house, **{name: fmean(row[name] for row in mine) for name in names}})
    return found
