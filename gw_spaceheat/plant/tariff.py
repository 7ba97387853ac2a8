"""What electricity costs: energy and delivery hour by hour, and the highest power of each month."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from gw_spaceheat.house.delivery import Delivery
from gw_spaceheat.plant.prices import PriceSeries
from gw_spaceheat.vocabulary.moment import HOUR_MS


class BilledMonth(NamedTuple):
    """Hours of a run that lie in one local month, and what the highest power in them costs.

    Attributes:
        first: The first hour, from 0.
        end: The hour before which it ends.
        usd_per_kw: The month's price for the highest hourly power, in part as the run holds of the month [USD/kW].
    """

    first: int
    end: int
    usd_per_kw: float


@dataclass(frozen=True, slots=True)
class CostHours:
    """What electricity costs in each hour of a run.

    Attributes:
        start_ms: Start of the first hour, UTC [ms].
        energy_usd_per_kwh: Energy price of each hour.
        delivery_usd_per_kwh: Delivery price of each hour.
        on_peak: Whether each hour is on-peak.
        months: In which months the hours lie; none where no power has a price.
    """

    start_ms: int
    energy_usd_per_kwh: tuple[float, ...]
    delivery_usd_per_kwh: tuple[float, ...]
    on_peak: tuple[bool, ...]
    months: tuple[BilledMonth, ...] = ()

    def total_usd_per_kwh(self, hour: int) -> float:
        """Energy and delivery in an hour of the run, from 0."""
        return self.energy_usd_per_kwh[hour] + self.delivery_usd_per_kwh[hour]

    def cost_usd(self, energy_wh: tuple[float, ...]) -> float:
        """Cost of the energy [Wh] taken in each hour, and of the highest power.

        Raises:
            ValueError: There are more or fewer values than hours.
        """
        totals = (self.total_usd_per_kwh(hour) for hour in range(len(self.on_peak)))
        return sum(wh / 1000.0 * price for wh, price in zip(energy_wh, totals, strict=True)) + self.peak_usd(energy_wh)

    def peak_usd(self, energy_wh: Sequence[float]) -> float:
        """What of the cost is for the highest hourly power of each month, by the energy [Wh] taken in each hour."""
        return sum(max(energy_wh[month.first : month.end]) / 1000.0 * month.usd_per_kw for month in self.months)

    def on_peak_share(self, energy_wh: tuple[float, ...]) -> float:
        """Part of the energy [Wh of each hour] that was taken on-peak [0-1]; 0 if none was taken at all."""
        total = sum(energy_wh)
        if total == 0.0:
            return 0.0
        return sum(wh for wh, peak in zip(energy_wh, self.on_peak, strict=True) if peak) / total


def cost_hours(prices: PriceSeries, delivery: Delivery) -> CostHours:
    """Energy and delivery prices of every hour of a span; a window is looked up at the hour's start."""
    span = prices.span
    starts = [span.start_ms + hour * HOUR_MS for hour in range(span.hours)]
    return CostHours(
        start_ms=span.start_ms,
        energy_usd_per_kwh=prices.usd_per_kwh[: span.hours],
        delivery_usd_per_kwh=tuple(delivery.usd_per_kwh(start) for start in starts),
        on_peak=tuple(delivery.is_on_peak(start) for start in starts),
        months=_billed_months(delivery, starts) if delivery.peak_usd_per_kw else (),
    )


def _billed_months(delivery: Delivery, starts: Sequence[int]) -> tuple[BilledMonth, ...]:
    months, first = [], 0
    for (year, month), hours in groupby(delivery.month_at(start) for start in starts):
        end = first + len(list(hours))
        share = (end - first) / (24 * monthrange(year, month)[1])
        months.append(BilledMonth(first, end, delivery.peak_usd_per_kw * min(share, 1.0)))
        first = end
    return tuple(months)
