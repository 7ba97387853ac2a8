"""What a kilowatt-hour costs: the delivery tariff by local time, and energy and delivery together, hour by hour."""

import math
from dataclasses import dataclass

from gw_spaceheat.house.model import Tariff
from gw_spaceheat.plant.prices import PriceSeries
from gw_spaceheat.vocabulary.moment import HOUR_MS
from gw_spaceheat.vocabulary.tariff import Calendar, TimeOfUse, hours

ON_PEAK, OFF_PEAK = "on-peak", "off-peak"


class Delivery:
    """A delivery tariff where it applies: its windows are local time, with daylight saving and holidays."""

    def __init__(self, tariff: Tariff, timezone: str) -> None:
        """Put the tariff into its zone (IANA name, such as America/New_York)."""
        on_holidays = False if tariff.holidays_off_peak else None
        self._table = TimeOfUse(
            timezone,
            {ON_PEAK: tariff.on_peak_usd_per_kwh, OFF_PEAK: tariff.off_peak_usd_per_kwh},
            OFF_PEAK,
            tuple(
                hours(ON_PEAK, window.start_hour, window.end_hour, frozenset(window.weekdays), on_holidays=on_holidays)
                for window in tariff.on_peak
            ),
            Calendar.UNITED_STATES,
        )
        self._limits = [
            (limit, hours("", limit.start_hour, limit.end_hour, frozenset(limit.weekdays))) for limit in tariff.power_limits
        ]

    def is_on_peak(self, wall_ms: int) -> bool:
        """Whether a moment, UTC [ms], lies in an on-peak window; none does on a federal holiday, if the tariff says so."""
        return self._table.band_at(wall_ms) == ON_PEAK

    def usd_per_kwh(self, wall_ms: int) -> float:
        """Delivery price at a moment, UTC [ms]."""
        return self._table.price_at(wall_ms)

    def limit_kw(self, wall_ms: int) -> float:
        """Power that the grid operator allows at a moment, UTC [ms], in kW; infinity where there is no limit."""
        local = self._table.local(wall_ms)
        limits = [limit.limit_kw for limit, window in self._limits if window.holds(local, holiday=False)]
        return min(limits, default=math.inf)


@dataclass(frozen=True, slots=True)
class CostHours:
    """What electricity costs in each hour of a run.

    Attributes:
        start_ms: Start of the first hour, UTC [ms].
        energy_usd_per_kwh: Energy price of each hour.
        delivery_usd_per_kwh: Delivery price of each hour.
        on_peak: Whether each hour is on-peak.
    """

    start_ms: int
    energy_usd_per_kwh: tuple[float, ...]
    delivery_usd_per_kwh: tuple[float, ...]
    on_peak: tuple[bool, ...]

    def total_usd_per_kwh(self, hour: int) -> float:
        """Energy and delivery in an hour of the run, from 0."""
        return self.energy_usd_per_kwh[hour] + self.delivery_usd_per_kwh[hour]

    def cost_usd(self, energy_wh: tuple[float, ...]) -> float:
        """Cost of the energy [Wh] taken in each hour.

        Raises:
            ValueError: There are more or fewer values than hours.
        """
        totals = (self.total_usd_per_kwh(hour) for hour in range(len(self.on_peak)))
        return sum(wh / 1000.0 * price for wh, price in zip(energy_wh, totals, strict=True))

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
    )
