"""Runs of a net balance for somebody who looks: thinned lines, sums of periods, and every figure of the run."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.apps.netbalance.experiment import Experiment
from gw_spaceheat.core.netbalance.load import Load
from gw_spaceheat.core.netbalance.period import NettingPeriod
from gw_spaceheat.core.netbalance.simulation import Terms
from gw_spaceheat.core.netbalance.trace import Numbers, Trace, TraceError
from gw_spaceheat.vocabulary.tariff import by_hour

MOST_SAMPLES = 90_000
"""More than these, ten days and a half of ten-second samples, are not played while somebody waits."""
MOST_POINTS = 500
"""A line has so many stretches at most, each with its mean, its least and its greatest."""
MOST_LOADS = 4
JUST_UNDER = 0.0001


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be run.

    Attributes:
        trace: The recording.
        from_s: From here on, UTC [s]; None for its beginning.
        to_s: Until here, UTC [s]; None for its end.
        factor: The sun is taken to give so many times what it gave.
        loads_w: Power of each load [W].
        period_min: Netting period [min].
        prices: What a kWh costs in each hour of the local day.
        sell: What a kWh of surplus brings.
    """

    trace: Trace
    from_s: float | None
    to_s: float | None
    factor: float
    loads_w: tuple[float, ...]
    period_min: int
    prices: tuple[float, ...]
    sell: float


class Line(NamedTuple):
    """A thinned line: times [UTC s], and mean, least and most of each stretch; NaN where nothing is known."""

    times_s: Numbers
    mean: Numbers
    least: Numbers
    most: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A run.

    Attributes:
        told: Its figures, as the command line has them.
        names: Of the loads.
        lines: By name: production, base, balance, and each load's power [W, Wh].
        period_s: When each netting period begins, UTC [s].
        periods_wh: By name: production, base, each load, net, of each period [Wh].
        prices: What energy cost in each period.
    """

    told: Mapping[str, Any]
    names: tuple[str, ...]
    lines: Mapping[str, Line]
    period_s: Numbers
    periods_wh: Mapping[str, Numbers]
    prices: Numbers


def experiment_of(wanted: Wanted) -> Experiment:
    """What all runs have in common.

    Raises:
        TraceError, LoadError, NettingPeriodError, TariffError: Something of it cannot be.
    """
    trace = wanted.trace.between(wanted.from_s, wanted.to_s)
    if trace.count > MOST_SAMPLES:
        raise TraceError(f"{trace.count} samples are too many to wait for: choose a shorter range (at most {MOST_SAMPLES})")
    if not 1 <= len(wanted.loads_w) <= MOST_LOADS:
        raise TraceError(f"1 to {MOST_LOADS} loads can be run, not {len(wanted.loads_w)}")
    scaled = Trace(trace.wall_s, trace.production_w * wanted.factor, trace.base_w, trace.outage)
    loads = tuple(Load(f"load {number}", watts) for number, watts in enumerate(wanted.loads_w, start=1))
    worth = max(min(wanted.prices) - JUST_UNDER, 0.0)
    terms = Terms(by_hour("Europe/Madrid", wanted.prices), wanted.sell, worth)
    return Experiment(scaled, loads, terms, NettingPeriod(wanted.period_min))


def shown(experiment: Experiment, algorithm: str, given: Mapping[str, str]) -> Shown:
    """Run an algorithm, and give what there is to see of it.

    Raises:
        AlgorithmError: There is no such algorithm or setting, or a value that cannot be.
    """
    states = experiment.run(algorithm, given)
    grid, loads = experiment.grid, experiment.loads
    watts = np.array([load.nominal_w for load in loads])
    each_w = grid.load_power(states, watts)
    production_w, base_w = grid.at_steps(grid.trace.production_w), grid.at_steps(grid.trace.base_w)
    net_w = production_w - base_w - each_w.sum(axis=1)
    names = tuple(load.name for load in loads)
    powers = {"production": production_w, "base": base_w, **{name: each_w[:, at] for at, name in enumerate(names)}}
    periods = {name: grid.sums(power_w) for name, power_w in {**powers, "net": net_w}.items()}
    lines = {name: _line(grid.trace.wall_s[grid.sample], power_w) for name, power_w in powers.items()}
    lines["balance"] = _line(grid.trace.wall_s[grid.sample], _running(net_w * grid.step_s / 3600.0, grid.starts))
    return Shown(
        told=experiment.told_of(algorithm, given, states),
        names=names,
        lines=lines,
        period_s=grid.period_start_s,
        periods_wh=periods,
        prices=experiment.prices.of_periods,
    )


def trace_lines(trace: Trace) -> dict[str, Line]:
    """Production and base of a recording."""
    return {"production": _line(trace.wall_s, trace.production_w), "base": _line(trace.wall_s, trace.base_w)}


def periods_csv(run: Shown) -> str:
    """The sums of each period as a CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = list(run.periods_wh)
    writer.writerow(["period_start_utc", "price_per_kwh", *(f"{name.replace(' ', '_')}_wh" for name in names)])
    starts = np.array(run.period_s, dtype="datetime64[s]").astype(str).tolist()
    for at, start in enumerate(starts):
        values = (f"{run.periods_wh[name][at]:.3f}" for name in names)
        writer.writerow([f"{start}Z", f"{run.prices[at]:.6f}", *values])
    return text.getvalue()


def _running(energy_wh: Numbers, starts: NDArray[np.int64]) -> Numbers:
    """The balance of each period as it runs [Wh]."""
    total = np.cumsum(energy_wh)
    before = np.where(starts > 0, total[starts - 1], 0.0)
    return np.asarray(total - np.repeat(before, np.diff(starts, append=len(energy_wh))))


def _line(times_s: Numbers, values: Numbers) -> Line:
    """At most `MOST_POINTS` stretches of equally many samples."""
    if len(values) <= MOST_POINTS:
        return Line(times_s, values, values, values)
    starts = np.unique(np.linspace(0, len(values), MOST_POINTS + 1).astype(int)[:-1])
    known = ~np.isnan(values)
    counts = np.add.reduceat(known.astype(float), starts)
    sums = np.add.reduceat(np.where(known, values, 0.0), starts)
    mean = np.divide(sums, counts, out=np.full(len(starts), np.nan), where=counts > 0)
    least = np.minimum.reduceat(np.where(known, values, np.inf), starts)
    most = np.maximum.reduceat(np.where(known, values, -np.inf), starts)
    return Line(times_s[starts], mean, np.where(counts > 0, least, np.nan), np.where(counts > 0, most, np.nan))
