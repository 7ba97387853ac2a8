"""Store and buffer as one volume: when it is low and when it is full."""

from gw_spaceheat.core.heating.parameters import SharedParameters
from gw_spaceheat.core.heating.view import View
from gw_spaceheat.vocabulary.moment import HOUR_MS


class HeatedVolume:
    """Measures the volume against the temperature that the house requires.

    Full is: the last that is heated is hot. Two cases would keep a source running for ever without that: it cannot make the
    supply that full asks for, or the weather changed what is asked. So a volume that after an hour's run is even from top to
    bottom and above the switch-on point is full too: the source has given what it can.
    """

    __slots__ = ("_even_k", "_melt_full_c", "_off_above_k", "_on_below_k")

    def __init__(self, parameters: SharedParameters) -> None:
        """Remember the numbers; a store charged to a fixed temperature is full as far below it as `off_above_k` is below the supply."""
        self._on_below_k = parameters.on_below_k
        self._off_above_k = parameters.off_above_k
        self._even_k = parameters.even_k
        below_supply_k = max(parameters.supply_offset_k - parameters.off_above_k, 0.5)
        self._melt_full_c = parameters.charge_supply_c - below_supply_k if parameters.charge_supply_c else 0.0

    def low(self, view: View) -> bool:
        """Whether heat runs out: the reserve is, or the house's own water is and the store cannot mend it."""
        low_c = view.required_c + self._on_below_k
        return view.reserve_c < low_c or (view.buffer_top_c < low_c and view.store_top_c < low_c)

    def full(self, view: View, running_ms: int) -> bool:
        """Whether the last part is hot."""
        if view.last_c > self._full_c(view):
            return True
        return (
            running_ms > HOUR_MS
            and view.spread_k < self._even_k
            and view.last_c > view.required_c + self._on_below_k + self._even_k
        )

    def nearly_full(self, view: View, gap_k: float) -> bool:
        """Whether the last part is hot but for a gap [K]."""
        return view.last_c > self._full_c(view) - gap_k

    def _full_c(self, view: View) -> float:
        full_c = view.required_c + self._off_above_k
        return max(full_c, self._melt_full_c) if view.store_known else full_c
