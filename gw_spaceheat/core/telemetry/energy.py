"""Energies of stretches of time from readings of powers, flows and temperatures: each reading holds until the next one.

A reading that is not followed by another holds no longer than its channel may be silent; what is not known then is not guessed:
every energy comes with the share of the time over which it is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gw_spaceheat.vocabulary.moment import HOUR_MS
from gw_spaceheat.vocabulary.units import W_PER_KW, WATER_J_PER_KG_K

Numbers = npt.NDArray[np.float64]


class Held(NamedTuple):
    """A channel's values over time.

    Attributes:
        times_ms: From when each holds, UTC [ms]; rising.
        until_ms: Until when each holds at most, UTC [ms].
        values: In the channel's SI unit.
    """

    times_ms: Numbers
    until_ms: Numbers
    values: Numbers


NOTHING = Held(np.empty(0), np.empty(0), np.empty(0))
"""A channel of which nothing is known."""


@dataclass(frozen=True, slots=True)
class Energies:
    """Energy of each stretch of time.

    Attributes:
        kwh: What is known of it [kWh]; the energy of the known part of each stretch.
        known: Share of each stretch over which it is known [0-1].
    """

    kwh: Numbers
    known: Numbers


def held(times_ms: Numbers, values: Numbers, patience_ms: float) -> Held:
    """Readings, each of which holds until the next, and no longer than `patience_ms`."""
    following = np.append(times_ms[1:], np.inf)
    return Held(times_ms, np.minimum(following, times_ms + patience_ms), values)


def joined(first: Held, second: Held) -> Held:
    """Two sets of values of one channel, such as whole readings and means of bins: what begins later takes over."""
    times = np.concatenate([first.times_ms, second.times_ms])
    order = np.argsort(times, kind="stable")
    until = np.concatenate([first.until_ms, second.until_ms])[order]
    values = np.concatenate([first.values, second.values])[order]
    times = times[order]
    return Held(times, np.minimum(until, np.append(times[1:], np.inf)), values)


class Meter:
    """Adds up over stretches of time that follow each other."""

    def __init__(self, edges_ms: Sequence[int], series: Sequence[Held]) -> None:
        """Lay all series over each other.

        Args:
            edges_ms: Where each stretch begins, and, last, where the last one ends, UTC [ms]; rising.
            series: Values of all channels that energies will be asked of.
        """
        self._edges = np.asarray(edges_ms, dtype=float)
        first, last = self._edges[0], self._edges[-1]
        every = np.concatenate([self._edges, *(part for each in series for part in (each.times_ms, each.until_ms))])
        moments = np.unique(every[(every >= first) & (every <= last)])
        self._starts, self._lengths_ms = moments[:-1], np.diff(moments)
        self._places = np.searchsorted(self._edges, self._starts, side="right") - 1
        self._spans_ms = np.diff(self._edges)

    def over_time(self, series: Held) -> Numbers:
        """A series as it is between all moments at which anything changes; NaN where it is not known."""
        if not len(series.times_ms):
            return np.full(len(self._starts), np.nan)
        place = np.searchsorted(series.times_ms, self._starts, side="right") - 1
        holds = (place >= 0) & (self._starts < series.until_ms[place])
        return np.where(holds, series.values[place], np.nan)

    def energies(self, power_w: Numbers) -> Energies:
        """What a power [W] between all those moments, NaN where it is not known, adds up to."""
        known = ~np.isnan(power_w)
        count = len(self._spans_ms)
        watt_ms = np.bincount(self._places, np.where(known, power_w, 0.0) * self._lengths_ms, count)
        seen_ms = np.bincount(self._places, known * self._lengths_ms, count)
        return Energies(watt_ms / HOUR_MS / W_PER_KW, seen_ms / self._spans_ms)

    def means(self, values: Numbers) -> Numbers:
        """Mean of each stretch over the time for which there is a value; NaN where there is none."""
        known = ~np.isnan(values)
        count = len(self._spans_ms)
        sums = np.bincount(self._places, np.where(known, values, 0.0) * self._lengths_ms, count)
        seen_ms = np.bincount(self._places, known * self._lengths_ms, count)
        return np.asarray(np.divide(sums, seen_ms, out=np.full(count, np.nan), where=seen_ms > 0))


def heat_w(flow_kg_s: Numbers, supply_c: Numbers, back_c: Numbers) -> Numbers:
    """Heat that a flow of water carries [W]: `m * c * (supply - back)`; none without a flow, whatever the temperatures."""
    return np.where(flow_kg_s == 0.0, 0.0, flow_kg_s * WATER_J_PER_KG_K * (supply_c - back_c))
