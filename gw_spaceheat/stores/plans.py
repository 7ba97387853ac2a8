"""The plans by which a house was run, put together to what held when, by what the Ear heard of who planned."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gw_spaceheat.messages.gws_plan import GwsPlan
from gw_spaceheat.stores.lines import Numbers
from gw_spaceheat.stores.query import said
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS

OLDEST_MS = 6 * HOUR_MS
"""Who plans does so every hour: a plan that is older than this is nobody's any more."""


class HeldPlan(NamedTuple):
    """What was planned for each moment, by the plan that held then; after the last plan was made, what it expects.

    Attributes:
        times_ms: From when on each value holds, UTC [ms]; rising. NaN values where no plan holds.
        power_w: Electrical power [W].
        usd_per_kwh: Price of electricity with delivery that was planned with.
        stored_kwh: Heat in the stores at that time.
    """

    times_ms: Numbers
    power_w: Numbers
    usd_per_kwh: Numbers
    stored_kwh: Numbers


def held_plan(folder: Path, house: str, from_ms: int, to_ms: int) -> HeldPlan | None:
    """What was planned in a stretch of time; None if nobody planned.

    Args:
        folder: The Ear's folder.
        house: Alias of the house.
        from_ms: From here on, UTC [ms].
        to_ms: Before this, UTC [ms].

    Raises:
        StoreError: The folder cannot be read.
    """
    plans = [plan for plan in said(folder, house, GwsPlan, from_ms - 2 * DAY_MS, to_ms) if plan.made_ms < to_ms]
    plans.sort(key=lambda plan: plan.made_ms)
    ends_ms = [*(plan.made_ms for plan in plans[1:]), to_ms]
    rows: list[tuple[float, float, float, float]] = []
    for plan, until_ms in zip(plans, ends_ms, strict=True) if plans else ():
        rows += _steps(plan, max(plan.made_ms, from_ms), until_ms)
    return HeldPlan(*np.array(rows, dtype=float).T) if rows else None


def newest_plan(folder: Path, house: str, now_ms: int) -> GwsPlan | None:
    """The plan that holds now; None if nobody plans any more, or never did.

    Args:
        folder: The Ear's folder.
        house: Alias of the house.
        now_ms: Present time, UTC [ms].

    Raises:
        StoreError: The folder cannot be read.
    """
    plans = [plan for plan in said(folder, house, GwsPlan, now_ms - OLDEST_MS, now_ms + MINUTE_MS) if plan.made_ms <= now_ms]
    newest = max(plans, key=lambda plan: plan.made_ms, default=None)
    return newest if newest is not None and newest.edges_s[-1] * SECOND_MS > now_ms else None


def _steps(plan: GwsPlan, from_ms: int, until_ms: int) -> Sequence[tuple[float, float, float, float]]:
    """The steps of a plan within the time in which it holds, and, if it ends before that, an end."""
    rows: list[tuple[float, float, float, float]] = []
    for number, (start_s, end_s) in enumerate(pairwise(plan.edges_s)):
        start_ms, end_ms = max(start_s * SECOND_MS, from_ms), min(end_s * SECOND_MS, until_ms)
        if start_ms < end_ms:
            stored_kwh = plan.stored_wh_list[number] / 1000.0
            rows.append((start_ms, plan.power_w_list[number], plan.price_x1000_list[number] / 1e6, stored_kwh))
    end_ms = plan.edges_s[-1] * SECOND_MS
    if rows and end_ms < until_ms:
        rows.append((end_ms, np.nan, np.nan, np.nan))
    return rows
