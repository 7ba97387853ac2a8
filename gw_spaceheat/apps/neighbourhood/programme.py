"""A street's jobs as a programme for HiGHS: which of its starts each job takes, so that as much sun as possible is used.

Columns: each job's starts, then the sun that is used in each slot; rows: slots, then jobs. Jobs whose times do not touch are
solved apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.apps.highs import solver
from gw_spaceheat.core.market.energy import Values
from gw_spaceheat.core.market.timetable import Slots

Indices = NDArray[np.int64]
STALE_WH = 1e-3


@dataclass(frozen=True, slots=True)
class Solved:
    """What HiGHS found.

    Attributes:
        used_wh: Sun that is used [Wh].
        bound_wh: No choice of starts uses more [Wh].
        choices: How much of each job is at each of its starts [0-1], job after job.
    """

    used_wh: float
    bound_wh: float
    choices: Values


def groups(jobs: Sequence[Slots]) -> list[list[int]]:
    """Numbers of jobs that can run at one time, or do so with one that can."""
    found: list[list[int]] = []
    until = -1
    for number in sorted(range(len(jobs)), key=lambda each: jobs[each].first):
        job = jobs[number]
        if job.first >= until:
            found.append([])
        found[-1].append(number)
        until = max(until, job.last + len(job.wh))
    return found


def solve(sun_wh: Values, jobs: Sequence[Slots], begun: Sequence[int] | None = None, most_s: float | None = None) -> Solved:
    """Solve for jobs that are a group.

    Args:
        sun_wh: What the sun gives them in each slot [Wh]; below nothing it is as good as nothing.
        jobs: The jobs.
        begun: A start of each job, from which to search for whole choices; None to let jobs be spread over their starts.
        most_s: For how long to search [s].

    Raises:
        ImportError: HiGHS is not installed.
        RuntimeError: It has found nothing.
    """
    import highspy  # noqa: PLC0415 - only who solves needs it

    sun_wh = np.maximum(sun_wh, 0.0)
    first = min(job.first for job in jobs)
    slots = max(job.last + len(job.wh) for job in jobs) - first
    index, value, lengths = _columns(jobs, first, slots)
    choices = len(lengths)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = choices + slots, slots + len(jobs)
    model.col_cost_ = np.concatenate([np.zeros(choices), -np.ones(slots)])
    model.col_lower_ = np.zeros(choices + slots)
    model.col_upper_ = np.concatenate([np.ones(choices), sun_wh[first : first + slots]])
    model.row_lower_ = np.concatenate([np.full(slots, -highspy.kHighsInf), np.ones(len(jobs))])
    model.row_upper_ = np.concatenate([np.zeros(slots), np.ones(len(jobs))])
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.concatenate([[0], np.cumsum(lengths + [1] * slots)])
    model.a_matrix_.index_ = np.concatenate([*index, np.arange(slots)])
    model.a_matrix_.value_ = np.concatenate([*value, np.ones(slots)])
    if begun is not None:
        model.integrality_ = [highspy.HighsVarType.kInteger] * choices + [highspy.HighsVarType.kContinuous] * slots
    solving = solver()
    if most_s is not None:
        solving.setOptionValue("time_limit", most_s)
    solving.passModel(model)
    if begun is not None:
        solving.setSolution(_solution(highspy.HighsSolution(), sun_wh, jobs, begun, first, slots))
    solving.run()
    if begun is not None and _is_stale(solving, choices):
        solving.clearSolver()
        solving.run()
    info = solving.getInfo()
    is_found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    if not is_found or (begun is None and solving.getModelStatus() != highspy.HighsModelStatus.kOptimal):
        raise RuntimeError(f"HiGHS found no optimum: {solving.getModelStatus()}")
    used_wh = -float(info.objective_function_value)
    bound_wh = used_wh if begun is None else -float(info.mip_dual_bound)
    return Solved(used_wh, bound_wh, np.array(solving.getSolution().col_value[:choices]))


def _is_stale(solving: Any, choices: int) -> bool:
    """Whether the choices are those that the search began with, beside the amount of better ones.

    HiGHS 1.16 does so where simplifying the programme solves it already.
    """
    used_wh = float(np.sum(solving.getSolution().col_value[choices:]))
    told_wh = -float(solving.getInfo().objective_function_value)
    return used_wh < told_wh - STALE_WH


def _columns(jobs: Sequence[Slots], first: int, slots: int) -> tuple[list[Indices], list[Values], list[int]]:
    index: list[Indices] = []
    value: list[Values] = []
    for number, job in enumerate(jobs):
        takes = np.flatnonzero(job.wh)
        for start in job.starts.tolist():
            index.append(np.append(start - first + takes, slots + number))
            value.append(np.append(-job.wh[takes], 1.0))
    return index, value, [len(each) for each in index]


def _solution(empty: Any, sun_wh: Values, jobs: Sequence[Slots], begun: Sequence[int], first: int, slots: int) -> Any:
    load_wh = np.zeros(slots)
    chosen: list[float] = []
    for job, start in zip(jobs, begun, strict=True):
        load_wh[start - first : start - first + len(job.wh)] += job.wh
        chosen += [float(each == start) for each in job.starts.tolist()]
    empty.col_value = [*chosen, *np.minimum(load_wh, sun_wh[first : first + slots]).tolist()]
    return empty
