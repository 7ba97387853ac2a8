"""One or two settings swept over their values, on all cores."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from multiprocessing import get_context
from typing import Any

from gw_spaceheat.apps.netbalance.experiment import Experiment
from gw_spaceheat.core.netbalance.algorithm import AlgorithmError

FEW_SAMPLES = 4_000_000
"""Sample runs below which a second process costs more than it brings, for hysteresis; for others a fifteenth of it."""
SLOWER = 15


@dataclass(frozen=True, slots=True)
class Axis:
    """A setting and its values, as texts."""

    setting: str
    values: tuple[str, ...]


def axis(text: str) -> Axis:
    """An axis from `name=start:end:step` (the end included) or `name=value,value`.

    Raises:
        AlgorithmError: It is written in no such way.
    """
    setting, _, said = text.partition("=")
    try:
        if ":" not in said:
            return Axis(setting, tuple(f"{float(part):g}" for part in said.split(",")))
        start, end, step = (float(part) for part in said.split(":"))
        count = round((end - start) / step) + 1
        if count < 1 or count > 100_000:
            raise ValueError(f"{count} values")
    except (ValueError, ZeroDivisionError) as error:
        raise AlgorithmError(f"{text}: write setting=start:end:step or setting=value,value") from error
    return Axis(setting, tuple(f"{start + index * step:.12g}" for index in range(count)))


def points(axes: Sequence[Axis], given: Mapping[str, str]) -> list[dict[str, str]]:
    """The settings of each point."""
    names = [each.setting for each in axes]
    return [{**given, **dict(zip(names, values, strict=True))} for values in product(*(each.values for each in axes))]


def sweep(
    experiment: Experiment,
    name: str,
    at: Sequence[Mapping[str, str]],
    workers: int | None = None,
    on_point: Callable[[int], object] = lambda _: None,
) -> list[dict[str, Any]]:
    """What comes out at each point, in their order.

    Args:
        experiment: What all have in common.
        name: The algorithm.
        at: Settings of each point.
        workers: Processes; None for one per core, but one where there is little to do.
        on_point: Called with how many points are done.
    """
    work = len(at) * experiment.trace.count * (1 if name == "hysteresis" else SLOWER)
    count = workers or (1 if work < FEW_SAMPLES else os.cpu_count() or 1)
    rows = []
    for row in _rows(experiment, name, at, count):
        rows.append(row)
        on_point(len(rows))
    return rows


def _rows(experiment: Experiment, name: str, at: Sequence[Mapping[str, str]], count: int) -> Iterator[dict[str, Any]]:
    if count == 1:
        yield from (experiment.told(name, settings) for settings in at)
        return
    _ = experiment.frontier  # worked out once, and copied
    jobs = [(name, settings) for settings in at]
    with ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_begin, initargs=(experiment,)) as pool:
        yield from pool.map(_told, jobs, chunksize=max(1, len(jobs) // (4 * count)))


_experiments: list[Experiment] = []


def _begin(experiment: Experiment) -> None:
    _experiments[:] = [experiment]


def _told(job: tuple[str, Mapping[str, str]]) -> dict[str, Any]:
    return _experiments[0].told(*job)
