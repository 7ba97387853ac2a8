"""A street with batteries as a linear programme for HiGHS: jobs spread over their starts, and batteries that know everything.

Columns: each job's starts; then, slot by slot, the sun that is used at once, and what each kind of battery takes, gives and
holds. Rows: the sun of each slot, its load, the jobs, and what batteries hold. Batteries that are alike are one that is as
large as all of them, which can do neither more nor less.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gw_spaceheat.apps.highs import solver
from gw_spaceheat.apps.neighbourhood.programme import Indices
from gw_spaceheat.core.market.energy import Values
from gw_spaceheat.core.market.street import Battery
from gw_spaceheat.core.market.timetable import SLOT_S, Timetable

SLOT_H = SLOT_S / 3600.0


def most_local_with_batteries_wh(timetable: Timetable, counted: Values | None = None) -> float:
    """The most sun that base load and jobs can use, at once or out of batteries [Wh].

    What is in batteries at the beginning counts too, as it does in the settlement.

    Args:
        timetable: The street.
        counted: How much what is used in each slot counts [0-1]; None for all of it.

    Raises:
        ImportError: HiGHS is not installed.
        RuntimeError: It has found no optimum.
    """
    import highspy  # noqa: PLC0415 - only who solves needs it

    kinds = together(timetable.street.batteries)
    slots, jobs = timetable.slots, timetable.jobs
    starts = sum(len(job.starts) for job in jobs)
    sun_row, load_row, job_row, held_row = 0, slots, 2 * slots, 2 * slots + len(jobs)
    each, none = np.arange(slots), np.zeros(0, dtype=np.int64)
    entries: list[tuple[Indices, Indices, Values]] = []
    column = 0
    for number, job in enumerate(jobs):
        takes = np.flatnonzero(job.wh)
        for start in job.starts.tolist():
            rows = np.append(load_row + start + takes, job_row + number)
            entries.append((rows, np.full(len(rows), column), np.append(-job.wh[takes], 1.0)))
            column += 1
    used = starts + each
    entries += [(sun_row + each, used, np.ones(slots)), (load_row + each, used, np.ones(slots))]
    upper = [np.ones(starts), np.full(slots, highspy.kHighsInf)]
    counted = np.ones(slots) if counted is None else counted
    gain = [np.zeros(starts), counted]
    for place, kind in enumerate(kinds):
        takes, gives, holds = (starts + slots * (1 + 3 * place + what) + each for what in range(3))
        rows = held_row + place * slots + each
        entries += [
            (sun_row + each, takes, np.ones(slots)),
            (load_row + each, gives, np.ones(slots)),
            (rows, holds, np.ones(slots)),
            (rows[1:], holds[:-1], -np.ones(slots - 1)),
            (rows, takes, np.full(slots, -kind.efficiency)),
            (rows, gives, np.ones(slots)),
        ]
        most = (kind.charge_w * SLOT_H, kind.discharge_w * SLOT_H, kind.capacity_wh)
        upper += [np.full(slots, amount) for amount in most]
        gain += [np.zeros(slots), counted, np.zeros(slots)]
    held = [np.append(kind.stored_wh, np.zeros(slots - 1)) for kind in kinds]
    free = np.full(2 * slots, -highspy.kHighsInf)
    exact = np.concatenate([np.ones(len(jobs)), *held])
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = starts + slots * (1 + 3 * len(kinds)), held_row + slots * len(kinds)
    model.col_cost_ = -np.concatenate(gain)
    model.col_lower_, model.col_upper_ = np.zeros(model.num_col_), np.concatenate(upper)
    model.row_lower_ = np.concatenate([free, exact])
    model.row_upper_ = np.concatenate([timetable.known_sun_wh, timetable.known_base_wh, exact])
    rows, columns, values = (np.concatenate([entry[part] for entry in entries] or [none]) for part in range(3))
    order = np.argsort(columns, kind="stable")
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.searchsorted(columns[order], np.arange(model.num_col_ + 1))
    model.a_matrix_.index_, model.a_matrix_.value_ = rows[order], values[order]
    solving = solver()
    solving.passModel(model)
    solving.run()
    if solving.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(f"HiGHS found no optimum: {solving.getModelStatus()}")
    return -float(solving.getInfo().objective_function_value)


def together(batteries: Sequence[Battery]) -> list[Battery]:
    """Batteries that are alike as one."""
    counts = Counter(replace(battery, house="") for battery in batteries)
    return [
        replace(
            kind,
            capacity_wh=kind.capacity_wh * count,
            charge_w=kind.charge_w * count,
            discharge_w=kind.discharge_w * count,
            stored_wh=kind.stored_wh * count,
        )
        for kind, count in counts.items()
    ]
