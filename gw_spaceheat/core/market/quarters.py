"""Who used whose sun in each quarter of an hour of a schedule, by house and by job: what bills are made of.

Energy that a house takes and sun that its roofs give within one quarter of an hour are netted, as a meter with that interval
does; so a little more is local than by the minute.

What a house's battery takes counts as taken by the house, and what it gives as given by it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.core.market.energy import Values, stitched
from gw_spaceheat.core.market.portfolio import Split, shares, split
from gw_spaceheat.core.market.settlement import minutes_stored
from gw_spaceheat.core.market.street import Job, Street, house_of
from gw_spaceheat.core.market.timetable import DAY_S

QUARTER_S = 900.0
QUARTER_MIN = 15


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Quarters:
    """Energies by house: a row for a house, a column for a quarter of an hour from the street's first event on [Wh].

    Attributes:
        houses: Their names, in their order.
        demand_wh: What its jobs and its base load take.
        charged_wh: What its battery takes.
        sun_wh: What its roofs give.
        discharged_wh: What its battery gives.
        own_demand_wh, own_charged_wh: Of demand and charge, what its own roofs and battery give.
        got_demand_wh, got_charged_wh: Of them, what neighbours' give.
        given_demand_wh, given_charged_wh: What its roofs and battery give to neighbours' demand, and to their batteries.
        alone_wh: What it would give less what it would take if nobody shared, and its battery worked for itself.
    """

    houses: tuple[str, ...]
    demand_wh: Values
    charged_wh: Values
    sun_wh: Values
    discharged_wh: Values
    own_demand_wh: Values
    own_charged_wh: Values
    got_demand_wh: Values
    got_charged_wh: Values
    given_demand_wh: Values
    given_charged_wh: Values
    alone_wh: Values

    @property
    def load_wh(self) -> Values:
        """What a house takes, its battery included."""
        return self.demand_wh + self.charged_wh

    @property
    def own_wh(self) -> Values:
        """Of that, what its own roofs and battery give."""
        return self.own_demand_wh + self.own_charged_wh

    @property
    def neighbours_wh(self) -> Values:
        """Of that, what others' give."""
        return self.got_demand_wh + self.got_charged_wh

    @property
    def grid_wh(self) -> Values:
        """Of that, what the grid gives."""
        return np.maximum(self.load_wh - self.own_wh - self.neighbours_wh, 0.0)

    @property
    def given_wh(self) -> Values:
        """What its roofs and its battery give to neighbours."""
        return self.given_demand_wh + self.given_charged_wh

    @property
    def sold_wh(self) -> Values:
        """What nobody in the street takes."""
        return np.maximum(self.sun_wh + self.discharged_wh - self.own_wh - self.given_wh, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """When a job runs, and whence its energy comes.

    Attributes:
        job: The job.
        start_s: When it starts [s].
        own_wh: From its own house's roofs and battery [Wh].
        neighbours_wh: From others' [Wh].
        grid_wh: From the grid [Wh].
        producers: The roofs that give any of it, and batteries, each as `battery` and its house.
    """

    job: Job
    start_s: float
    own_wh: float
    neighbours_wh: float
    grid_wh: float
    producers: tuple[str, ...]


def quarters(street: Street, starts_s: Mapping[str, float]) -> tuple[Quarters, list[Contract]]:
    """Energies of houses, and of jobs in the street's order.

    Args:
        street: The street.
        starts_s: When each job starts, by its identifier [s].
    """
    place = {name: number for number, name in enumerate(street.houses)}
    ran = [job for job in street.jobs if job.id in starts_s]
    last_s = max([starts_s[job.id] + job.lasts_s for job in ran] + [street.days * float(DAY_S)])
    edges_s = np.arange(int(np.ceil(last_s / QUARTER_S)) + 1, dtype=np.float64) * QUARTER_S
    over = int(street.days * DAY_S / QUARTER_S)
    demand_wh = np.zeros((len(place), len(edges_s) - 1))
    for base in street.base:
        demand_wh[place[base.house], :over] += base.load.within(edges_s[: over + 1])
    loads = [_load(job, starts_s[job.id], edges_s) for job in ran]
    for job, (first, wh) in zip(ran, loads, strict=True):
        demand_wh[place[house_of(job.id)], first : first + len(wh)] += wh
    roof_wh = np.zeros((len(street.producers), len(edges_s) - 1))
    for number, producer in enumerate(street.producers):
        roof_wh[number] = np.maximum(stitched(producer.forecasts).within(edges_s), 0.0)
    roof_wh[:, over:] = 0.0
    stored = _by_quarter(street, starts_s, len(edges_s) - 1, is_shared=True)
    givers = _Givers(
        names=(*(producer.id for producer in street.producers), *(f"battery {battery.house}" for battery in street.batteries)),
        houses=[place[house_of(producer.id)] for producer in street.producers]
        + [place[battery.house] for battery in street.batteries],
        wh=np.vstack([roof_wh, stored[1]]),
    )
    found = split(demand_wh, givers.wh, givers.houses)
    contracts = [
        _contract(job, starts_s[job.id], found, place[house_of(job.id)], first, wh, givers)
        for job, (first, wh) in zip(ran, loads, strict=True)
    ]
    return _netted(street, starts_s, found, roof_wh, stored, givers), contracts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Givers:
    """Roofs and then batteries: names, places of their houses, and what they give [Wh]."""

    names: tuple[str, ...]
    houses: list[int]
    wh: Values


def _netted(
    street: Street, starts_s: Mapping[str, float], found: Split, roof_wh: Values, stored: tuple[Values, Values], givers: _Givers
) -> Quarters:
    count = len(street.houses)
    roofs, owners = givers.houses[: len(roof_wh)], givers.houses[len(roof_wh) :]
    sun_wh, charged_wh = _by_house(roof_wh, roofs, count), _by_house(stored[0], owners, count)
    left_wh = _by_house(givers.wh - found.kept_wh - found.given_wh, givers.houses, count)
    charge = split(charged_wh, left_wh, range(count))
    alone_wh = sun_wh - found.load_wh
    if street.batteries:
        into_wh, out_wh = _by_quarter(street, starts_s, roof_wh.shape[1], is_shared=False)
        alone_wh += _by_house(out_wh - into_wh, owners, count)
    return Quarters(
        houses=tuple(street.houses),
        demand_wh=found.load_wh,
        charged_wh=charged_wh,
        sun_wh=sun_wh,
        discharged_wh=_by_house(stored[1], owners, count),
        own_demand_wh=found.own_wh,
        own_charged_wh=charge.own_wh,
        got_demand_wh=(found.load_wh - found.own_wh) * found.covered,
        got_charged_wh=(charged_wh - charge.own_wh) * charge.covered,
        given_demand_wh=_by_house(found.given_wh, givers.houses, count),
        given_charged_wh=charge.given_wh,
        alone_wh=alone_wh,
    )


def _load(job: Job, start_s: float, edges_s: Values) -> tuple[int, Values]:
    """The first quarter in which it runs, and what it takes from then on [Wh]."""
    first, end = int(start_s // QUARTER_S), int(np.ceil((start_s + job.lasts_s) / QUARTER_S))
    return first, job.load.within(edges_s[first : max(end, first + 1) + 1] - start_s)


def _contract(job: Job, start_s: float, found: Split, house: int, first: int, wh: Values, givers: _Givers) -> Contract:
    part = shares(found, house, first, wh, givers.houses)
    return Contract(
        job=job,
        start_s=start_s,
        own_wh=part.own_wh,
        neighbours_wh=max(part.neighbours_wh, 0.0),
        grid_wh=part.grid_wh,
        producers=tuple(name for name, given_wh in zip(givers.names, part.roofs_wh, strict=True) if given_wh > NOTICED_WH),
    )


NOTICED_WH = 0.005
"""Whoever gives a job less than that is not named."""


def _by_quarter(street: Street, starts_s: Mapping[str, float], count: int, *, is_shared: bool) -> tuple[Values, Values]:
    """What each battery takes and gives in so many quarters of an hour [Wh]."""
    if not street.batteries:
        return np.zeros((0, count)), np.zeros((0, count))
    found = minutes_stored(street, starts_s, is_shared=is_shared)
    edges = np.arange(count) * QUARTER_MIN
    return _summed(found.charged_wh, edges), _summed(found.discharged_wh, edges)


def _summed(minutes_wh: Values, edges: NDArray[np.int64]) -> Values:
    missing = max(int(edges[-1]) + 1 - minutes_wh.shape[1], 0)
    return np.add.reduceat(np.pad(minutes_wh, ((0, 0), (0, missing))), edges, axis=1)


def _by_house(rows_wh: Values, houses: Sequence[int], count: int) -> Values:
    """Rows of the same house added up: a row for a house."""
    found = np.zeros((count, rows_wh.shape[1]))
    np.add.at(found, np.array(houses, dtype=np.int64), rows_wh)
    return found
