"""A price of the month's highest power: how far a plan may raise it.

What counts is the mean power of an hour. What the month has already had is free, and what is above has its price once. A plan
by itself knows nothing of such a price, because it binds all its hours together; but with a cap on every hour's power it is a
plan like any other, and the best cap is found by trying several. Each is judged by what its plan really costs and really draws.

A source with several levels keeps a cap by its level. One that is only on or off keeps it by running for a part of each hour;
so that it need not start in each, its time lies at the end of one hour and at the beginning of the next.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

import numpy as np

from gw_spaceheat.core.planner.figures import Figures, Level, SourceFigures
from gw_spaceheat.core.planner.horizon import FINE_MS, Horizon
from gw_spaceheat.core.planner.outlook import Outlook
from gw_spaceheat.vocabulary.moment import HOUR_MS

T = TypeVar("T")

CAPS = 5
"""So many caps are tried first, evenly spaced; then two between the best of them and its neighbours, again and again."""
CLOSER = 4
"""So often at most."""
CLOSE_USD = 0.05
"""Caps whose prices differ by no more are as good as one [USD]."""
LEAST_RAISE_KW = 0.05
"""A peak that is raised by no more is not worth a search [kW]."""
HAIR_KW = 1e-6
"""So much more than a resting source takes is allowed while it rests, for rounding [kW]."""


def highest_kw(horizon: Horizon, power_kw: Sequence[float], bought_kwh: float) -> float:
    """The highest hourly mean power of steps [kW].

    Args:
        horizon: The steps, none of which crosses an hour.
        power_kw: Mean power of each [kW].
        bought_kwh: What was bought before the first of them in the same hour [kWh].
    """
    by_hour = {horizon.edges_ms[0] // HOUR_MS: bought_kwh}
    for start_ms, length_h, power in zip(horizon.edges_ms, horizon.lengths_h, power_kw, strict=False):
        hour = start_ms // HOUR_MS
        by_hour[hour] = by_hour.get(hour, 0.0) + power * length_h
    return max(by_hour.values())


def cheapest_cap(plan_under: Callable[[float], tuple[float, T]], low_kw: float, high_kw: float, usd_per_kw: float) -> T:
    """The best of what comes of several caps.

    Args:
        plan_under: Makes a plan under a cap [kW], and says what it costs [USD].
        low_kw: The lowest cap that makes sense.
        high_kw: What is drawn without one.
        usd_per_kw: Price of a cap [USD/kW].
    """
    tried: dict[float, tuple[float, T]] = {}

    def cost_usd(cap_kw: float) -> float:
        if cap_kw not in tried:
            tried[cap_kw] = plan_under(cap_kw)
        return tried[cap_kw][0]

    for cap_kw in np.linspace(low_kw, high_kw, CAPS).tolist():
        cost_usd(cap_kw)
    for _ in range(CLOSER):
        around = sorted(tried)
        best = around.index(min(around, key=cost_usd))
        wide = [pair for pair in pairwise(around[max(best - 1, 0) : best + 2]) if (pair[1] - pair[0]) * usd_per_kw > CLOSE_USD]
        for below, above in wide:
            cost_usd(0.5 * (below + above))
    return min(tried.values(), key=lambda each: each[0])[1]


def capped(figures: Figures, outlook: Outlook, cap_kw: float, *, running: bool) -> tuple[Figures, Outlook]:
    """House and outlook in which no hour's mean power is above a cap, as far as the limits of an outlook go.

    Args:
        figures: The house.
        outlook: What is expected.
        cap_kw: The cap [kW].
        running: Whether the source runs at the beginning.
    """
    if figures.source.modulates:
        return _with_level(figures, cap_kw), _limited(outlook, cap_kw)
    return figures, _in_turns(figures.source, outlook, cap_kw, running=running)


def _with_level(figures: Figures, cap_kw: float) -> Figures:
    """A source that modulates can be run right at the cap, too; number and meaning of its other levels stay."""
    source = figures.source
    if cap_kw < source.minimum_kw:
        return figures
    higher = [level for level in source.levels if level.power_kw >= cap_kw]
    nearest = min(higher, key=lambda level: level.power_kw, default=source.levels[-1])
    at_cap_kw = max(cap_kw - source.pumps_kw, source.minimum_kw)
    levels = sorted((*source.levels, Level(power_kw=at_cap_kw, offset_k=nearest.offset_k)), key=lambda level: level.power_kw)
    return replace(figures, source=replace(source, levels=tuple(levels)))


def _limited(outlook: Outlook, cap_kw: float) -> Outlook:
    """The same cap in every step; in the hour at hand, what is left of it."""
    edges_ms = outlook.horizon.edges_ms
    hour = edges_ms[0] // HOUR_MS
    left_h = (HOUR_MS - edges_ms[0] % HOUR_MS) / HOUR_MS
    first_kw = max(cap_kw - outlook.hour_kwh, 0.0) / left_h
    caps = (first_kw if start_ms // HOUR_MS == hour else cap_kw for start_ms in edges_ms[:-1])
    return replace(outlook, limit_kw=tuple(min(cap, limit) for cap, limit in zip(caps, _limits(outlook), strict=True)))


def _in_turns(source: SourceFigures, outlook: Outlook, cap_kw: float, *, running: bool) -> Outlook:
    """In each hour there is only so much time in which the source may run; steps are parted where it begins or ends."""
    edges_ms = outlook.horizon.edges_ms
    windows: dict[int, tuple[int, int]] = {}
    joined = running
    for hour in range(edges_ms[0] // HOUR_MS, (edges_ms[-1] - 1) // HOUR_MS + 1):
        begin_ms, end_ms = max(hour * HOUR_MS, edges_ms[0]), min((hour + 1) * HOUR_MS, edges_ms[-1])
        had_kwh = outlook.hour_kwh if hour == edges_ms[0] // HOUR_MS else 0.0
        may_ms = min(_may_run_ms(source, cap_kw - had_kwh, starts=not joined), end_ms - begin_ms)
        windows[hour] = (begin_ms, begin_ms + may_ms) if joined else (end_ms - may_ms, end_ms)
        joined = not joined
    return _parted(outlook, windows, source.standby_kw + HAIR_KW)


def _may_run_ms(source: SourceFigures, left_kwh: float, *, starts: bool) -> int:
    """For how long it may run within an hour, in whole fine steps [ms]."""
    full_kw = source.levels[0].power_kw + source.pumps_kw
    starting_h = source.start_up_h if starts else 0.0
    left_kwh -= source.standby_kw + source.minimum_kw * starting_h
    hours = starting_h + left_kwh / full_kw if left_kwh > 0.0 else 0.0
    return min(int(hours * HOUR_MS / FINE_MS + HAIR_KW) * FINE_MS, HOUR_MS)


def _parted(outlook: Outlook, windows: dict[int, tuple[int, int]], rest_kw: float) -> Outlook:
    edges_ms = outlook.horizon.edges_ms
    cuts = {cut_ms for window in windows.values() for cut_ms in window}
    parted_ms = sorted({*edges_ms, *(cut_ms for cut_ms in cuts if edges_ms[0] < cut_ms < edges_ms[-1])})
    places = (np.searchsorted(edges_ms, parted_ms[:-1], side="right") - 1).tolist()
    limits = _limits(outlook)
    limit_kw = []
    for start_ms, place in zip(parted_ms, places, strict=False):
        begin_ms, end_ms = windows[start_ms // HOUR_MS]
        limit_kw.append(limits[place] if begin_ms <= start_ms < end_ms else min(limits[place], rest_kw))
    return replace(
        outlook,
        horizon=Horizon(tuple(parted_ms)),
        price_usd_per_kwh=tuple(outlook.price_usd_per_kwh[place] for place in places),
        outdoor_c=tuple(outlook.outdoor_c[place] for place in places),
        need_kw=tuple(outlook.need_kw[place] for place in places),
        limit_kw=tuple(limit_kw),
    )


def _limits(outlook: Outlook) -> tuple[float, ...]:
    return outlook.limit_kw or (float("inf"),) * outlook.horizon.steps
