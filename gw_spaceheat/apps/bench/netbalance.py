"""How long net-balance simulations take: hysteresis, a sweep over two days, the frontier of a day; on SYNTHETIC days."""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from gw_spaceheat.apps.netbalance.experiment import JUST_UNDER, SELL, VALLEY, Experiment, every_day_alike, read_traces
from gw_spaceheat.apps.netbalance.sweep import axis, points, sweep
from gw_spaceheat.core.netbalance.foresight import frontier
from gw_spaceheat.core.netbalance.load import Load
from gw_spaceheat.core.netbalance.simulation import Terms
from gw_spaceheat.core.netbalance.synthetic import synthetic_trace
from gw_spaceheat.core.netbalance.trace import Trace

LOADS_W = (700.0, 1000.0)
SWEEP = "top_wh.1=50:150:5"
DAY_S = 86_400.0


def measure(files: tuple[Path, ...] = (), rounds: int = 5) -> dict[str, float | int]:
    """Measure.

    Args:
        files: Recordings in place of the SYNTHETIC days; of each the first days are taken.
        rounds: How often each case is timed.

    Returns:
        Medians. `hysteresis_samples_per_s`: of one core, states only; `sweep_21_points_s`: two days, with all figures and
        the bound;
        `frontier_day_ms`; `ours_samples_per_s`: through the manager.
    """
    whole = read_traces(files, None) if files else synthetic_trace(2)
    start_s = float(whole.wall_s[0])
    two_days, one_day = whole.between(start_s, start_s + 2.0 * DAY_S - 1.0), whole.between(start_s, start_s + DAY_S - 1.0)
    experiment, at = _experiment(two_days), points([axis(SWEEP)], {})
    tops = np.arange(50.0, 151.0, 5.0).tolist()
    stretches = experiment.stretches

    def states() -> None:
        for top in tops:
            stretches.hysteresis((top, 200.0), (-10.0, 0.0))

    def whole_sweep() -> None:
        sweep(_experiment(two_days), "hysteresis", at, workers=1)

    day = _experiment(one_day)
    figures = day.periods
    ours_s = _seconds(lambda: day.run("ours", {}), 1)
    return {
        "hysteresis_samples_per_s": round(len(tops) * two_days.count / _seconds(states, rounds)),
        "sweep_21_points_s": round(_seconds(whole_sweep, rounds), 4),
        "frontier_day_ms": round(1000.0 * _seconds(lambda: frontier(figures, LOADS_W), rounds), 2),
        "ours_samples_per_s": round(one_day.count / ours_s),
        "samples": two_days.count,
        "rounds": rounds,
    }


def _experiment(trace: Trace) -> Experiment:
    loads = tuple(Load(f"load {index + 1}", watts) for index, watts in enumerate(LOADS_W))
    return Experiment(trace, loads, Terms(every_day_alike(), SELL, VALLEY - JUST_UNDER))


def _seconds(case: Callable[[], object], rounds: int) -> float:
    took = []
    for _ in range(rounds):
        begun = time.perf_counter()
        case()
        took.append(time.perf_counter() - begun)
    return median(took)
