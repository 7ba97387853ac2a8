"""Energy over time as it is handed in: cumulative amounts at some times, straight between them."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
HOUR_S = 3600.0


class Energy(NamedTuple):
    """A cumulative amount of energy.

    Attributes:
        times_s: Rising times [s].
        wh: Amount until then [Wh].
    """

    times_s: Values
    wh: Values

    def within(self, edges_s: Values) -> Values:
        """Energy between neighbouring times [Wh]; before the first known time and after the last there is none."""
        return np.diff(np.interp(edges_s, self.times_s, self.wh))


class Forecast(NamedTuple):
    """One forecast of a producer's energy.

    Attributes:
        issued_s: When it was made [s].
        energy: Cumulative within the forecast; its first amount is that of the hour before its first time.
    """

    issued_s: float
    energy: Energy


def stitched(forecasts: Iterable[Forecast], until_s: float = np.inf) -> Energy:
    """What is forecast when several forecasts follow each other: each takes the place of what was said for its times.

    A forecast goes on from the amount that was known for the hour before its first time, or for the latest time before that.

    Args:
        forecasts: In any order.
        until_s: Those that were made later are not known yet [s].
    """
    known: dict[float, float] = {}
    for forecast in sorted(forecasts, key=lambda each: each.issued_s):
        if forecast.issued_s > until_s:
            break
        times_s, wh = forecast.energy.times_s.tolist(), forecast.energy.wh.tolist()
        before_s = times_s[0] - HOUR_S
        base_wh = known.get(before_s)
        if base_wh is None:
            earlier = [time_s for time_s in known if time_s <= before_s]
            base_wh = known[max(earlier)] if earlier else 0.0
        known.update(zip(times_s, (base_wh + amount for amount in wh), strict=True))
    if not known:
        return Energy(np.zeros(1), np.zeros(1))
    times = sorted(known)
    return Energy(np.array(times), np.array([known[time_s] for time_s in times]))
