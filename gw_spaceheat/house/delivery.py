"""A house's delivery tariff in its zone: what delivery costs, and how much power is allowed, at any moment."""

import math

from gw_spaceheat.house.model import Tariff
from gw_spaceheat.vocabulary.tariff import Calendar, TimeOfUse, hours

ON_PEAK, OFF_PEAK = "on-peak", "off-peak"


class Delivery:
    """A delivery tariff where it applies: its windows are local time, with daylight saving and holidays.

    Attributes:
        peak_usd_per_kw: Price of the highest hourly power of each local month.
    """

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
        self.peak_usd_per_kw = tariff.peak_usd_per_kw
        self._limits = [
            (limit, hours("", limit.start_hour, limit.end_hour, frozenset(limit.weekdays))) for limit in tariff.power_limits
        ]

    def is_on_peak(self, wall_ms: int) -> bool:
        """Whether a moment, UTC [ms], lies in an on-peak window; none does on a federal holiday, if the tariff says so."""
        return self._table.band_at(wall_ms) == ON_PEAK

    def next_change_ms(self, wall_ms: int, horizon_ms: int) -> int | None:
        """When on-peak next begins or ends after a moment, UTC [ms]; None if it does not within a horizon [ms]."""
        return self._table.next_change_ms(wall_ms, horizon_ms)

    def usd_per_kwh(self, wall_ms: int) -> float:
        """Delivery price at a moment, UTC [ms]."""
        return self._table.price_at(wall_ms)

    def month_at(self, wall_ms: int) -> tuple[int, int]:
        """Local year and month of a moment, UTC [ms]."""
        local = self._table.local(wall_ms)
        return local.year, local.month

    def limit_kw(self, wall_ms: int) -> float:
        """Power that the grid operator allows at a moment, UTC [ms], in kW; infinity where there is no limit."""
        local = self._table.local(wall_ms)
        limits = [limit.limit_kw for limit, window in self._limits if window.holds(local, holiday=False)]
        return min(limits, default=math.inf)
