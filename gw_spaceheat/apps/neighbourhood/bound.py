"""How much of a street's sun could be used if everything were known: a linear programme by HiGHS.

Base load is where it is, each job is spread over its starts, and batteries know what will come; nobody can use more.

Of one day by itself the same is told: how much could be used on it, if nothing else mattered. What may run on either of two
days counts for both, so days add up to the whole or to more, and each is a bound that no schedule passes on its day.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np

from gw_spaceheat.apps.neighbourhood.programme import groups, solve
from gw_spaceheat.apps.neighbourhood.storing_programme import most_local_with_batteries_wh
from gw_spaceheat.core.market.street import Street
from gw_spaceheat.core.market.timetable import DAY_S, SLOT_S, Timetable


@dataclass(frozen=True, slots=True)
class Bounds:
    """What no schedule of a street passes.

    Attributes:
        kwh: Sun that can be used at most [kWh].
        by_day_kwh: The same on each day by itself, counted from the street's first event on [kWh].
    """

    kwh: float
    by_day_kwh: tuple[float, ...]


def bounds_of(street: Street) -> Bounds:
    """Both of them; raises as `most_local_kwh`. Where only one day has any sun, its bound is that of all days."""
    timetable = Timetable(street)
    kwh = most_local_kwh(timetable)
    suns = [float(timetable.known_sun_wh[_slots_of(number)].sum()) for number in range(_days(timetable))]
    if sum(sun_wh > 0.0 for sun_wh in suns) == 1 and not street.batteries:
        return Bounds(kwh, tuple(kwh if sun_wh > 0.0 else 0.0 for sun_wh in suns))
    return Bounds(kwh, most_local_by_day_kwh(timetable))


def most_local_kwh(timetable: Timetable) -> float:
    """The most sun that base load and jobs can use, in slots of the timetable [kWh].

    Raises:
        ImportError: HiGHS is not installed.
        RuntimeError: It has found no optimum.
    """
    if timetable.street.batteries:
        return most_local_with_batteries_wh(timetable) / 1000.0
    found = (solve(timetable.all_known_wh, [timetable.jobs[number] for number in group]) for group in groups(timetable.jobs))
    return (timetable.base_local_wh + sum(each.bound_wh for each in found)) / 1000.0


def most_local_by_day_kwh(timetable: Timetable) -> tuple[float, ...]:
    """The most sun that can be used on each day, counted from the street's first event on [kWh]; raises as `most_local_kwh`.

    A job that may start on either side of midnight is free to be on the better one, for each day anew; one that runs over it
    counts by what it takes on each side. Batteries may have been filled on the days before.
    """
    return tuple(_of_day_wh(timetable, number) / 1000.0 for number in range(_days(timetable)))


def _of_day_wh(timetable: Timetable, number: int) -> float:
    of_day = _slots_of(number)
    counted = np.zeros(timetable.slots)
    counted[of_day] = 1.0
    if timetable.street.batteries:
        return max(0.0, most_local_with_batteries_wh(timetable, counted))
    jobs = [job for job in timetable.jobs if job.first < of_day.stop and job.last + len(job.wh) > of_day.start]
    sun_wh = timetable.all_known_wh * counted
    base_wh = float((np.minimum(timetable.known_sun_wh, timetable.known_base_wh) * counted).sum())
    return base_wh + sum(solve(sun_wh, [jobs[place] for place in group]).bound_wh for group in groups(jobs))


def _days(timetable: Timetable) -> int:
    return ceil(timetable.slots * SLOT_S / DAY_S)


def _slots_of(number: int) -> slice:
    """Slots of a day."""
    day = DAY_S // SLOT_S
    return slice(number * day, (number + 1) * day)
