"""What came of a schedule, by the minute: who used whose sun, what the grid gave, and what it costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

import numpy as np

from gw_spaceheat.core.market.energy import Values, stitched
from gw_spaceheat.core.market.storing import Stored, left_over, store
from gw_spaceheat.core.market.street import BaseLoad, Job, Street, house_of
from gw_spaceheat.core.market.timetable import DAY_S

MINUTE_S = 60
QUARTER = 15
"""Minutes of a quarter of an hour, over which peaks are taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """What energy costs.

    Attributes:
        purchase_usd_per_kwh: From the grid.
        local_usd_per_kwh: From a neighbour's roof.
        feed_in_usd_per_kwh: What the grid pays.
    """

    purchase_usd_per_kwh: float = 0.30
    local_usd_per_kwh: float = 0.18
    feed_in_usd_per_kwh: float = 0.08


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a schedule.

    Attributes:
        jobs: How many were handed in.
        jobs_ended: How many ran to their end.
        early, late: How many started outside of their windows.
        demand_kwh: Energy of all jobs and of base load.
        base_kwh: Energy of base load.
        charged_kwh, discharged_kwh: What batteries took and gave.
        battery_loss_kwh: What was lost in them.
        battery_end_kwh: What is left in them in the end.
        sun_kwh: Energy of all roofs.
        local_kwh: Sun that jobs and base load used, at once or out of batteries.
        claimed_kwh: What contracts say of it: for each job, and for base load, its share of each minute's sun.
        deliverable_kwh: What roofs could give of that.
        peak_import_kw, peak_export_kw: Largest means of a quarter of an hour.
        cost_usd: What the street pays for its energy, less what it gets for sun that nobody used.
        unshared_usd: The same if nobody shared.
    """

    jobs: int
    jobs_ended: int
    early: int
    late: int
    demand_kwh: float
    sun_kwh: float
    local_kwh: float
    claimed_kwh: float
    deliverable_kwh: float
    peak_import_kw: float
    peak_export_kw: float
    cost_usd: float
    unshared_usd: float
    base_kwh: float = 0.0
    charged_kwh: float = 0.0
    discharged_kwh: float = 0.0
    battery_loss_kwh: float = 0.0
    battery_end_kwh: float = 0.0


def settle(street: Street, starts_s: Mapping[str, float], tariff: Tariff | None = None) -> Outcome:
    """Run the jobs, and see.

    Each minute the sun of all roofs goes to the jobs that run and to base load, to each by what it takes, and comes from the
    roofs, from each by what it gives. So no more is claimed than there is. Then batteries take what is left, or give what is
    wanted (`storing.py`).

    Args:
        street: The street.
        starts_s: When each job starts, by its identifier [s].
        tariff: What energy costs.
    """
    tariff = tariff or Tariff()
    laid = _laid(street, starts_s)
    roofs, load, placed, minutes = laid.roofs, laid.load, laid.placed, len(laid.load)
    sun = roofs.sum(axis=0)
    direct, stored = np.minimum(load, sun), _stored(street, laid)
    charged, discharged = stored.charged_wh.sum(axis=0), stored.discharged_wh.sum(axis=0)
    local = direct + discharged
    covered = np.divide(local, load, out=np.zeros(minutes), where=load > 0.0)
    claimed_wh = float((covered * laid.base).sum()) + sum(
        float((covered[first : first + len(wh)] * wh).sum()) for first, wh in placed
    )
    given = np.divide(direct, sun, out=np.zeros(minutes), where=sun > 0.0)
    deliverable_wh = float(np.minimum(roofs * given, roofs).sum()) + float(discharged.sum())
    bought_kwh, spare_kwh = float((load - local).sum()) / 1000.0, float((sun - direct - charged).sum()) / 1000.0
    local_kwh = float(local.sum()) / 1000.0
    windows = [(job, starts_s[job.id]) for job in street.jobs if job.id in starts_s]
    peak_import_kw, peak_export_kw = peaks_kw(load + charged - sun - discharged)
    end_wh, begin_wh = float(stored.end_wh.sum()), sum(battery.stored_wh for battery in street.batteries)
    return Outcome(
        jobs=len(street.jobs),
        jobs_ended=len(placed),
        early=sum(start_s < job.earliest_s for job, start_s in windows),
        late=sum(start_s > job.latest_s for job, start_s in windows),
        demand_kwh=float(load.sum()) / 1000.0,
        sun_kwh=float(sun.sum()) / 1000.0,
        local_kwh=local_kwh,
        claimed_kwh=claimed_wh / 1000.0,
        deliverable_kwh=deliverable_wh / 1000.0,
        peak_import_kw=peak_import_kw,
        peak_export_kw=peak_export_kw,
        cost_usd=bought_kwh * tariff.purchase_usd_per_kwh - spare_kwh * tariff.feed_in_usd_per_kwh,
        unshared_usd=float(load.sum()) / 1000.0 * tariff.purchase_usd_per_kwh
        - float(sun.sum()) / 1000.0 * tariff.feed_in_usd_per_kwh,
        base_kwh=float(laid.base.sum()) / 1000.0,
        charged_kwh=float(charged.sum()) / 1000.0,
        discharged_kwh=float(discharged.sum()) / 1000.0,
        battery_loss_kwh=(float((charged - discharged).sum()) + begin_wh - end_wh) / 1000.0,
        battery_end_kwh=end_wh / 1000.0,
    )


def local_of(street: Street, starts_s: Mapping[str, float], loads: Sequence[BaseLoad]) -> float:
    """What of some loads the street's sun gave, at once or out of batteries: in each minute their share [Wh].

    Args:
        street: The street, which has these loads.
        starts_s: When each job starts, by its identifier [s].
        loads: The loads.
    """
    laid = _laid(street, starts_s)
    direct, out = np.minimum(laid.load, laid.roofs.sum(axis=0)), _stored(street, laid).discharged_wh.sum(axis=0)
    covered = np.divide(direct + out, laid.load, out=np.zeros(len(laid.load)), where=laid.load > 0.0)
    return sum(float((covered * _base_minutes(street, load, len(laid.load))).sum()) for load in loads)


def local_by_day(street: Street, starts_s: Mapping[str, float]) -> Values:
    """Sun that jobs and base load used on each of the street's days, at once or out of batteries [Wh].

    Days are counted from the street's first event on; there are as many as anything runs.

    Args:
        street: The street.
        starts_s: When each job starts, by its identifier [s].
    """
    laid = _laid(street, starts_s)
    local = np.minimum(laid.load, laid.roofs.sum(axis=0)) + _stored(street, laid).discharged_wh.sum(axis=0)
    day = DAY_S // MINUTE_S
    by_day: Values = np.pad(local, (0, -len(local) % day)).reshape(-1, day).sum(axis=1)
    return by_day


def net_minutes(street: Street, starts_s: Mapping[str, float]) -> Values:
    """What a street takes from the grid in each minute of a schedule; below nothing where it gives [Wh].

    Args:
        street: The street.
        starts_s: When each job starts, by its identifier [s].
    """
    laid = _laid(street, starts_s)
    stored = _stored(street, laid)
    net: Values = laid.load - laid.roofs.sum(axis=0) + stored.charged_wh.sum(axis=0) - stored.discharged_wh.sum(axis=0)
    return net


def peaks_kw(net_wh: Values) -> tuple[float, float]:
    """Largest means of a quarter of an hour, of what is taken from the grid and of what is given to it [kW]."""
    net_kw = _quarters(net_wh)
    return max(float(net_kw.max(initial=0.0)), 0.0), max(float(-net_kw.min(initial=0.0)), 0.0)


def minutes_stored(street: Street, starts_s: Mapping[str, float], *, is_shared: bool = True) -> Stored:
    """What each of a street's batteries does in each minute of a schedule.

    Args:
        street: The street.
        starts_s: When each job starts, by its identifier [s].
        is_shared: Whether they work for others than their own houses too, and sun goes to others.
    """
    return _stored(street, _laid(street, starts_s), is_shared=is_shared)


class Flows(NamedTuple):
    """What a street took and its roofs gave in each minute of a schedule, without batteries [Wh]."""

    load: Values
    sun: Values


def flows(street: Street, starts_s: Mapping[str, float]) -> Flows:
    """Energies of each minute from the street's first event on.

    Args:
        street: The street.
        starts_s: When each job starts, by its identifier [s].
    """
    laid = _laid(street, starts_s)
    return Flows(laid.load, laid.roofs.sum(axis=0))


class _Laid(NamedTuple):
    """Minutes of a schedule [Wh]: of each roof, of all that is taken, of base load, of each job from its first minute on.

    `ran` has the jobs themselves, in the same order.
    """

    roofs: Values
    load: Values
    base: Values
    placed: list[tuple[int, Values]]
    ran: list[Job]


def _stored(street: Street, laid: _Laid, *, is_shared: bool = True) -> Stored:
    """What batteries do; needs to know the houses of everything, which nobody else does."""
    minutes = len(laid.load)
    if not street.batteries:
        return Stored(np.zeros((0, minutes)), np.zeros((0, minutes)), np.zeros(0))
    place = {house: number for number, house in enumerate(street.houses)}
    load = np.zeros((len(place), minutes))
    for base in street.base:
        load[place[base.house]] += _base_minutes(street, base, minutes)
    for job, (first, wh) in zip(laid.ran, laid.placed, strict=True):
        load[place[house_of(job.id)], first : first + len(wh)] += wh
    roof_houses = [place[house_of(producer.id)] for producer in street.producers]
    sun = np.zeros_like(load)
    np.add.at(sun, roof_houses, laid.roofs)
    own = np.minimum(load, sun)
    spare, wanted = left_over(load, sun) if is_shared else (sun - own, load - own)
    places = np.array([place[battery.house] for battery in street.batteries])
    return store(street.batteries, places, spare, wanted, MINUTE_S, is_shared=is_shared)


def _base_minutes(street: Street, base: BaseLoad, minutes: int) -> Values:
    wh = base.load.within(np.arange(minutes + 1, dtype=np.float64) * MINUTE_S)
    wh[street.days * DAY_S // MINUTE_S :] = 0.0
    return wh


def _laid(street: Street, starts_s: Mapping[str, float]) -> _Laid:
    minutes = _minutes(street, starts_s)
    edges_s = np.arange(minutes + 1, dtype=np.float64) * MINUTE_S
    roofs = np.array([stitched(producer.forecasts).within(edges_s) for producer in street.producers]).reshape(-1, minutes)
    roofs = np.maximum(roofs, 0.0)
    roofs[:, street.days * DAY_S // MINUTE_S :] = 0.0
    base = sum((_base_minutes(street, each, minutes) for each in street.base), start=np.zeros(minutes))
    load = base.copy()
    placed: list[tuple[int, Values]] = []
    ran: list[Job] = []
    for job in street.jobs:
        if job.id in starts_s:
            first = int(starts_s[job.id] // MINUTE_S)
            into_s = starts_s[job.id] - first * MINUTE_S
            length = ceil((job.lasts_s + into_s) / MINUTE_S)
            wh = job.load.within(np.arange(length + 1, dtype=np.float64) * MINUTE_S - into_s)
            load[first : first + length] += wh
            placed.append((first, wh))
            ran.append(job)
    return _Laid(roofs, load, base, placed, ran)


def _minutes(street: Street, starts_s: Mapping[str, float]) -> int:
    last_s = max((starts_s[job.id] + job.lasts_s for job in street.jobs if job.id in starts_s), default=0.0)
    return max(ceil(last_s / MINUTE_S) + QUARTER, street.days * DAY_S // MINUTE_S)


def _quarters(wh: Values) -> Values:
    """Mean power of each quarter of an hour [kW]."""
    whole = len(wh) // QUARTER * QUARTER
    power: Values = wh[:whole].reshape(-1, QUARTER).sum(axis=1) * (60.0 / QUARTER) / 1000.0
    return power
