"""Starts found by going downhill, as the original's optimisers do: continuous times, and the methods of SciPy.

The original compares increments of energy at unlike times and rounds starts within its objective, so that its gradient is
nought. Here the objective is the sun that is not used, of power that is interpolated by time, with its exact gradient; jobs
that come hop from a start by chance, and then all that have not started go downhill together. Starts are rounded to slots in
the end.
"""

from collections.abc import Callable, Sequence
from math import ceil

import numpy as np

from gw_spaceheat.core.market.energy import Values
from gw_spaceheat.core.market.online import TICK_S
from gw_spaceheat.core.market.placing import Board
from gw_spaceheat.core.market.scheduler import Schedule
from gw_spaceheat.core.market.timetable import SLOT_S, Slots, Timetable
from gw_spaceheat.vocabulary.chance import uniform

HOPS = 8
STEPS = 15
"""Hops of a job that comes, and steps of all together at a tick, at most."""


def schedule_downhill(timetable: Timetable, seed: int, method: str) -> Schedule:
    """Decide as time goes on, each quarter of an hour.

    Args:
        timetable: The street.
        seed: For where jobs begin.
        method: SciPy's name of the method.

    Raises:
        ImportError: SciPy is not installed.
    """
    descent = _Descent(timetable, seed, method)
    jobs = timetable.jobs
    coming = sorted(range(len(jobs)), key=lambda number: jobs[number].job.registered_s)
    issues = {ceil(at_s / TICK_S) * TICK_S for at_s in timetable.street.issues_s}
    ticks = sorted(issues | {_due_s(jobs[number]) for number in coming})
    come = 0
    for at_s in ticks:
        new = []
        while come < len(coming) and _due_s(jobs[coming[come]]) <= at_s:
            new.append(coming[come])
            come += 1
        descent.decide(at_s, new)
    return descent.board.start


def _due_s(job: Slots) -> float:
    """When a job is decided upon: at the next tick, or at once where it must start before that [s]."""
    tick_s = ceil(job.job.registered_s / TICK_S) * TICK_S
    return tick_s if job.last * SLOT_S >= tick_s else job.job.registered_s


class _Descent:
    """Jobs that have not started, and where they are."""

    def __init__(self, timetable: Timetable, seed: int, method: str) -> None:
        self._timetable, self._seed, self._method = timetable, seed, method
        self._edges_s = np.arange(timetable.slots + 1, dtype=np.float64) * SLOT_S
        self.board = Board(timetable.jobs, timetable.slots)
        self._pending: list[int] = []

    def decide(self, at_s: float, new: Sequence[int]) -> None:
        """Jobs that came begin by chance and hop; then all that wait go downhill together."""
        sun_wh, from_slot = self._timetable.forecast_wh(at_s), ceil(at_s / SLOT_S)
        jobs = self._timetable.jobs
        self._pending = [
            number for number in self._pending if self.board.start[number] >= from_slot and jobs[number].last > from_slot
        ]  # of one that can only start now TNC makes no number
        for number in new:
            self._hop(number, sun_wh, from_slot)
        if len(self._pending) > 1:
            before = {number: self.board.lift(number) for number in self._pending}
            starts_s = np.array([before[number] * float(SLOT_S) for number in self._pending])
            better_s = self._downhill(self._pending, starts_s, sun_wh, from_slot)
            for number, start_s in zip(self._pending, better_s.tolist(), strict=True):
                self.board.put(number, self._slot(number, start_s, from_slot))

    def _hop(self, number: int, sun_wh: Values, from_slot: int) -> None:
        job = self._timetable.jobs[number]
        first = max(job.first, from_slot)
        if first >= job.last:
            self.board.put(number, job.last)
            return
        found: list[tuple[float, float]] = []
        for hop in range(HOPS):
            begin_s = (first + uniform(self._seed, 1 + hop, number) * (job.last - first)) * SLOT_S
            start_s = self._downhill([number], np.array([begin_s]), sun_wh, from_slot)
            unused_wh, _ = self._objective([number], sun_wh)(start_s)
            found.append((unused_wh, float(start_s[0])))
        self.board.put(number, self._slot(number, min(found)[1], from_slot))
        self._pending.append(number)

    def _downhill(self, numbers: Sequence[int], starts_s: Values, sun_wh: Values, from_slot: int) -> Values:
        from scipy.optimize import minimize  # noqa: PLC0415 - only these three methods need it

        jobs = [self._timetable.jobs[number] for number in numbers]
        bounds = [(max(job.first, from_slot) * float(SLOT_S), max(job.last, from_slot) * float(SLOT_S)) for job in jobs]
        objective = self._objective(numbers, sun_wh)
        hours = 3600.0

        def in_hours(at_h: Values) -> tuple[float, Values]:
            value, slope = objective(at_h * hours)
            return value, slope * hours

        before, _ = objective(starts_s)
        found = minimize(
            in_hours,
            starts_s / hours,
            jac=True,
            method=self._method,
            bounds=[(low / hours, high / hours) for low, high in bounds],
            options={"maxfun" if self._method == "TNC" else "maxiter": STEPS},
        )
        better_s = np.clip(found.x * hours, [low for low, _ in bounds], [high for _, high in bounds])
        return better_s if np.isfinite(found.fun) and found.fun < before else starts_s

    def _objective(self, numbers: Sequence[int], sun_wh: Values) -> Callable[[Values], tuple[float, Values]]:
        """Sun that is not used with some starts [Wh], and how that changes with each start [Wh/s]."""
        loads = [self._timetable.jobs[number].job.load for number in numbers]
        others_wh, edges_s = self.board.load_wh, self._edges_s

        def unused(starts_s: Values) -> tuple[float, Values]:
            load_wh = others_wh.copy()
            slopes: list[tuple[slice, Values]] = []
            for load, start_s in zip(loads, starts_s.tolist(), strict=True):
                first = int(start_s // SLOT_S)
                span = slice(first, first + ceil((load.times_s[-1] + start_s - first * SLOT_S) / SLOT_S))
                at_s = edges_s[span.start : span.stop + 1] - start_s
                load_wh[span] += load.within(at_s)
                steps = np.searchsorted(load.times_s, at_s, side="right") - 1
                power = np.append(np.diff(load.wh) / np.diff(load.times_s), 0.0)
                power_w = np.where((at_s >= 0.0) & (steps < len(power)), power[np.clip(steps, 0, len(power) - 1)], 0.0)
                slopes.append((span, -np.diff(power_w)))
            is_short = load_wh < sun_wh
            gradient = np.array([-float(slope[is_short[span]].sum()) for span, slope in slopes])
            return float((sun_wh - np.minimum(load_wh, sun_wh)).sum()), gradient

        return unused

    def _slot(self, number: int, start_s: float, from_slot: int) -> int:
        job = self._timetable.jobs[number]
        return min(max(round(start_s / SLOT_S), job.first, from_slot), job.last)
