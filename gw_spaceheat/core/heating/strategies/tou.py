"""Time of use: the store is charged outside the on-peak hours of the delivery tariff, and heats the house within them."""

from dataclasses import dataclass

from gw_spaceheat.core.heating.local_clock import QUARTER_MS, LocalTime, PeakHours
from gw_spaceheat.core.heating.parameters import SharedParameters, parameter
from gw_spaceheat.core.heating.view import View
from gw_spaceheat.core.heating.volume import HeatedVolume
from gw_spaceheat.house.model import House
from gw_spaceheat.vocabulary.moment import HOUR_MS, Moment

HORIZON_H = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters(SharedParameters):
    """When to be full, and how far the store may be drawn on-peak."""

    charge_lead_h: float = parameter(
        4.0, 0.0, 12.0, "h", "so long before on-peak the store is charged until it is full, even if it is not low"
    )
    charge_gap_k: float = parameter(
        3.0, 0.5, 20.0, "K", "in that time the source starts when the bottom is this far below full"
    )
    peak_lead_s: float = parameter(120.0, 0.0, 600.0, "s", "on-peak is taken to begin this much earlier, to be off in time")
    peak_on_below_k: float = parameter(
        2.0,
        -10.0,
        20.0,
        "K",
        "on-peak the source starts only when the mean of the store's top and upper part (else the buffer's middle) is below",
    )
    peak_off_above_k: float = parameter(6.0, 0.5, 30.0, "K", "and stops when the reserve is above")


class Strategy:
    """Off-peak like hysteresis, and full when on-peak begins; on-peak off unless the house would get cold."""

    __slots__ = (
        "_charge_gap_k",
        "_charge_lead_ms",
        "_full_k",
        "_hours",
        "_lead_ms",
        "_local_time",
        "_next_peak_ms",
        "_off_above_k",
        "_on_below_k",
        "_on_peak",
        "_quarter",
        "_volume",
    )

    def __init__(self, parameters: Parameters, house: House, local_time: LocalTime) -> None:
        """Remember tariff and numbers."""
        self._volume = HeatedVolume(parameters)
        self._hours = PeakHours(house.tariff)
        self._local_time = local_time
        self._lead_ms = round(parameters.peak_lead_s * 1000)
        self._charge_lead_ms = round(parameters.charge_lead_h * HOUR_MS)
        self._charge_gap_k = parameters.charge_gap_k
        self._full_k = parameters.off_above_k
        self._on_below_k = parameters.peak_on_below_k
        self._off_above_k = parameters.peak_off_above_k
        self._quarter = -1
        self._on_peak = False
        self._next_peak_ms = 0.0

    def source_wanted(self, view: View, running_ms: int | None, now: Moment) -> bool:
        """Whether the source should run in this hour of the tariff."""
        at_ms = now.wall_ms + self._lead_ms
        if at_ms // QUARTER_MS != self._quarter:
            self._look(at_ms // QUARTER_MS)
        if self._on_peak:
            return self._wanted_on_peak(view, running_ms)
        if running_ms is not None:
            return not self._volume.full(view, running_ms)
        if self._volume.low(view):
            return True
        ahead = self._next_peak_ms - at_ms <= self._charge_lead_ms
        return ahead and not self._volume.nearly_full(view, self._charge_gap_k)

    def _wanted_on_peak(self, view: View, running_ms: int | None) -> bool:
        if running_ms is not None:
            return view.reserve_c < view.required_c + self._off_above_k
        left_c = 0.5 * (view.store_top_c + view.store_upper_c) if view.store_known else view.buffer_middle_c
        return left_c < view.required_c + self._on_below_k

    def _look(self, quarter: int) -> None:
        self._quarter = quarter
        local = self._local_time(quarter * QUARTER_MS)
        self._on_peak = self._hours.on_peak(local)
        if not self._on_peak:
            self._next_peak_ms = quarter * QUARTER_MS + self._hours.hours_until_peak(local, HORIZON_H) * HOUR_MS
