"""A street's days in slots of equal length, for those who decide when jobs start."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.core.market.energy import Values
from gw_spaceheat.core.market.roofs import Roofs
from gw_spaceheat.core.market.street import Job, Street

SLOT_S = 300
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Slots:
    """A job in slots.

    Attributes:
        job: The job.
        wh: Energy that it takes in each slot from its start on [Wh].
        starts: Numbers of the slots with which it may start; one, where no slot begins within its window.
        exact_s: When it starts, where no slot begins within its window [s]; None for with its slot.
    """

    job: Job
    wh: Values
    starts: NDArray[np.int64]
    exact_s: float | None

    @property
    def first(self) -> int:
        """Number of the first of them."""
        return int(self.starts[0])

    @property
    def last(self) -> int:
        """Number of the last of them."""
        return int(self.starts[-1])

    def start_s(self, slot: int) -> float:
        """When it starts, in seconds [s]."""
        return float(slot * SLOT_S) if self.exact_s is None else self.exact_s


class Timetable:
    """The slots of a street, and what is forecast for each of them at any time.

    Jobs can have what the sun gives beyond base load; where base load is more, that is below nothing.
    """

    def __init__(self, street: Street) -> None:
        """Lay out jobs and forecasts."""
        self.street = street
        last_s = max((job.latest_s + job.lasts_s for job in street.jobs), default=0.0)
        self.slots = max(ceil(last_s / SLOT_S) + 1, street.days * DAY_S // SLOT_S)
        self.jobs = tuple(in_slots(job) for job in street.jobs)
        self._issues_s = street.issues_s
        self._forecasts: dict[float, Values] = {}

    def forecast_wh(self, now_s: float) -> Values:
        """What all roofs together are forecast to give in each slot beyond expected base load, as known at a time [Wh]."""
        place = bisect_right(self._issues_s, now_s)
        if not place:
            return -self._expected_wh
        issued_s = self._issues_s[place - 1]
        if issued_s not in self._forecasts:
            self._forecasts[issued_s] = self._sun_wh(issued_s) - self._expected_wh
        return self._forecasts[issued_s]

    @cached_property
    def all_known_wh(self) -> Values:
        """The same after everything was said, and beyond base load as it was."""
        return self.known_sun_wh - self.known_base_wh

    @cached_property
    def known_sun_wh(self) -> Values:
        """What all roofs together give in each slot, after everything was said [Wh]."""
        return self._sun_wh(np.inf)

    @cached_property
    def known_base_wh(self) -> Values:
        """What base load takes in each slot [Wh]."""
        return self._base_wh(expected=False)

    @property
    def base_local_wh(self) -> float:
        """Sun that base load alone uses after everything was said [Wh]."""
        return float(np.minimum(self.known_sun_wh, self.known_base_wh).sum())

    @cached_property
    def _expected_wh(self) -> Values:
        return self._base_wh(expected=True)

    def _base_wh(self, *, expected: bool) -> Values:
        by_house = base_in_slots(self.street, self.slots, expected=expected).values()
        return sum(by_house, start=np.zeros(self.slots))

    def _sun_wh(self, until_s: float) -> Values:
        roofs = roofs_in_slots([producer.id for producer in self.street.producers], self.slots, self.street.days)
        for producer in self.street.producers:
            for forecast in producer.forecasts:
                if forecast.issued_s <= until_s:
                    roofs.hear(producer.id, forecast)
        return roofs.sun_wh


def roofs_in_slots(names: Sequence[str], slots: int, days: int) -> Roofs:
    """Roofs of which nothing is forecast yet, for so many slots and for so many days of sun."""
    return Roofs(names, np.arange(slots + 1, dtype=np.float64) * SLOT_S, days * DAY_S)


def base_in_slots(street: Street, slots: int, *, expected: bool) -> dict[str, Values]:
    """Base load of each house that has any, in each of so many slots [Wh].

    Args:
        street: The street.
        slots: How many slots.
        expected: What is expected of it, in place of what it is.
    """
    edges_s = np.arange(slots + 1, dtype=np.float64) * SLOT_S
    found: dict[str, Values] = {}
    for base in street.base:
        energy = base.load if base.expected is None or not expected else base.expected
        wh = energy.within(edges_s)
        wh[street.days * DAY_S // SLOT_S :] = 0.0
        found[base.house] = found.get(base.house, 0.0) + wh
    return found


def in_slots(job: Job) -> Slots:
    """A job in slots."""
    first, last = ceil(job.earliest_s / SLOT_S), int(job.latest_s // SLOT_S)
    if first <= last:
        return Slots(job, _load_wh(job, 0.0), np.arange(first, last + 1), None)
    slot = int(job.earliest_s // SLOT_S)
    return Slots(job, _load_wh(job, job.earliest_s - slot * SLOT_S), np.array([slot]), job.earliest_s)


def _load_wh(job: Job, into_s: float) -> Values:
    """Energy by slot, where it starts so far into the first one."""
    slots = max(ceil((job.lasts_s + into_s) / SLOT_S), 1)
    return job.load.within(np.arange(slots + 1, dtype=np.float64) * SLOT_S - into_s)
