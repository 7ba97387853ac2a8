"""Time of use: the store is charged outside the on-peak hours of the delivery tariff, and heats the house within them."""

from dataclasses import dataclass
from math import inf

from gw_spaceheat.core.heating.parameters import SharedParameters, parameter
from gw_spaceheat.core.heating.view import View
from gw_spaceheat.core.heating.volume import HeatedVolume
from gw_spaceheat.house.delivery import Delivery
from gw_spaceheat.house.model import House
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, Moment
from gw_spaceheat.vocabulary.tariff import QUARTER_MS

HORIZON_MS = 2 * DAY_MS
"""On-peak is looked for so far ahead, anew each day."""
WORTH_STARTING = 2.0
"""A charge begins only if the time until on-peak is at least so many times the source's start-up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters(SharedParameters):
    """When to be full, and how far the store may be drawn on-peak."""

    charge_lead_h: float = parameter(
        4.0, 0.0, 12.0, "h", "so long before on-peak the store is charged until it is full, low or not"
    )
    top_up_h: float = parameter(
        1.0, 0.0, 12.0, "h", "a store that has been full for this on-peak is charged again so long before it"
    )
    charge_gap_k: float = parameter(3.0, 0.5, 20.0, "K", "for that the source starts when the bottom is this far below full")
    peak_lead_s: float = parameter(120.0, 0.0, 600.0, "s", "on-peak is taken to begin this much earlier, to be off in time")
    peak_on_below_k: float = parameter(
        2.0,
        -10.0,
        20.0,
        "K",
        "on-peak the source starts when the buffer's lower part and the mean of the store's top (twice) and upper are below",
    )
    peak_off_above_k: float = parameter(6.0, 0.5, 30.0, "K", "and stops when the reserve is above")


class Strategy:
    """Off-peak like hysteresis, and full when on-peak begins; on-peak off unless the house would get cold."""

    def __init__(self, parameters: Parameters, house: House) -> None:
        """Remember tariff and numbers."""
        self._volume = HeatedVolume(parameters)
        self._delivery = Delivery(house.tariff, house.timezone)
        self._lead_ms = round(parameters.peak_lead_s * 1000)
        self._charge_lead_ms = round(parameters.charge_lead_h * HOUR_MS)
        self._top_up_ms = round(parameters.top_up_h * HOUR_MS)
        self._latest_start_ms = round(WORTH_STARTING * parameters.start_up_s * 1000)
        self._charge_gap_k = parameters.charge_gap_k
        self._on_below_k = parameters.peak_on_below_k
        self._off_above_k = parameters.peak_off_above_k
        self._quarter = -1
        self._on_peak = False
        self._next_peak_ms = 0.0
        self._was_full_for_ms = 0.0

    def source_wanted(self, view: View, running_ms: int | None, now: Moment) -> bool:
        """Whether the source should run in this hour of the tariff."""
        at_ms = now.wall_ms + self._lead_ms
        if at_ms // QUARTER_MS != self._quarter:
            self._look(at_ms // QUARTER_MS)
        if self._on_peak:
            return self._wanted_on_peak(view, running_ms)
        if running_ms is not None:
            if not self._volume.full(view, running_ms):
                return True
            self._was_full_for_ms = self._next_peak_ms
            return False
        return self._volume.low(view) or self._wanted_for_peak(view, self._next_peak_ms - at_ms)

    def _wanted_for_peak(self, view: View, ahead_ms: float) -> bool:
        """Whether the store should be charged for the coming peak, although it is not low."""
        lead_ms = self._top_up_ms if self._was_full_for_ms == self._next_peak_ms else self._charge_lead_ms
        return self._latest_start_ms <= ahead_ms <= lead_ms and not self._volume.nearly_full(view, self._charge_gap_k)

    def _wanted_on_peak(self, view: View, running_ms: int | None) -> bool:
        if running_ms is not None:
            return view.reserve_c < view.required_c + self._off_above_k
        cold_c = view.required_c + self._on_below_k
        return view.buffer_low_c < cold_c and 2.0 * view.store_top_c + view.store_upper_c < 3.0 * cold_c

    def _look(self, quarter: int) -> None:
        went_on = quarter == self._quarter + 1
        self._quarter = quarter
        at_ms = quarter * QUARTER_MS
        self._on_peak = self._delivery.is_on_peak(at_ms)
        is_known = went_on and at_ms < self._next_peak_ms and at_ms % DAY_MS != 0
        if not self._on_peak and not is_known:
            next_ms = self._delivery.next_change_ms(at_ms, HORIZON_MS)
            self._next_peak_ms = inf if next_ms is None else next_ms
