"""What roofs gave in the end, beside what was forecast."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from gw_spaceheat.core.market.energy import HOUR_S, Forecast
from gw_spaceheat.core.market.street import Street

LEADS_H = (0, 6, 12, 24)
"""Hours ahead between which errors are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastError:
    """How far forecasts were off.

    Attributes:
        from_h, to_h: For hours so far ahead [h].
        hours: How many hours of how many roofs that were.
        measured_kwh: What the roofs gave in them.
        bias: What was forecast more than that, as a share of it.
        absolute: Sum of what was off in each hour, either way, as a share of it.
    """

    from_h: int
    to_h: int
    hours: int
    measured_kwh: float
    bias: float
    absolute: float


def as_measured(street: Street) -> Street | None:
    """The same street with what its roofs gave in place of forecasts; None where that is not known of every roof."""
    producers = [
        replace(producer, forecasts=(Forecast(float(producer.measured.times_s[0]), producer.measured),))
        for producer in street.producers
        if producer.measured is not None
    ]
    return replace(street, producers=tuple(producers)) if len(producers) == len(street.producers) else None


def forecast_errors(street: Street, leads_h: Sequence[int] = LEADS_H) -> list[ForecastError]:
    """Errors of forecasts by how far they look ahead; of hours that were measured whole and had sun or a forecast of it."""
    ahead: list[float] = []
    said: list[float] = []
    gave: list[float] = []
    for producer in street.producers:
        if producer.measured is None:
            continue
        first_s, last_s = float(producer.measured.times_s[0]), float(producer.measured.times_s[-1])
        for forecast in producer.forecasts:
            times_s = forecast.energy.times_s
            forecast_wh, measured_wh = np.diff(forecast.energy.wh), producer.measured.within(times_s)
            is_known = (times_s[:-1] >= first_s) & (times_s[1:] <= last_s) & ((forecast_wh > 0.0) | (measured_wh > 0.0))
            ahead += ((times_s[:-1] - forecast.issued_s) / HOUR_S)[is_known].tolist()
            said += forecast_wh[is_known].tolist()
            gave += measured_wh[is_known].tolist()
    lead_h, forecast_all, measured_all = np.array(ahead), np.array(said), np.array(gave)
    found = []
    for from_h, to_h in pairwise(leads_h):
        rows = (lead_h >= from_h) & (lead_h < to_h)
        measured_wh_sum = float(measured_all[rows].sum())
        if measured_wh_sum > 0.0:
            off = forecast_all[rows] - measured_all[rows]
            found.append(
                ForecastError(
                    from_h=from_h,
                    to_h=to_h,
                    hours=int(rows.sum()),
                    measured_kwh=measured_wh_sum / 1000.0,
                    bias=float(off.sum()) / measured_wh_sum,
                    absolute=float(np.abs(off).sum()) / measured_wh_sum,
                )
            )
    return found
