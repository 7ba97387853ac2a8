"""Store and buffer as one volume: when it is low and when it is full."""

from gw_spaceheat.core.heating.parameters import SharedParameters
from gw_spaceheat.core.heating.view import View
from gw_spaceheat.vocabulary.moment import HOUR_MS

SHORT_OF_MAXIMUM_K = 3.0
"""A source near its hottest supply runs at its smallest load and cycles by itself; so far below that it is let go [K]."""

RESTART_K = 4.0
"""A volume that is as hot as can be is heated again when its last part is so much colder: sources refuse before [K]."""


class HeatedVolume:
    """Measures the volume against the temperature that the house requires.

    Full is: the last that is heated is hot. By that alone a source would run for ever where it cannot make the supply that full
    asks for, or does not reach the sensor. So a volume is full too if it is as hot as the source can make it, if after an
    hour's run it is even from top to bottom and above the switch-on point, or if its top is far too hot.
    """

    __slots__ = ("_charge_most_c", "_even_k", "_hottest_full_c", "_melt_full_c", "_most_k", "_off_above_k", "_on_below_k")

    def __init__(self, parameters: SharedParameters) -> None:
        """Remember the numbers.

        A store that is charged to a fixed temperature is full as far below it as `off_above_k` is below the usual supply.
        """
        self._on_below_k = parameters.on_below_k
        self._off_above_k = parameters.off_above_k
        self._even_k = parameters.even_k
        self._most_k = parameters.most_k
        self._hottest_full_c = parameters.source_maximum_c - SHORT_OF_MAXIMUM_K
        below_supply_k = max(parameters.supply_offset_k - parameters.off_above_k, 0.5)
        self._melt_full_c = parameters.charge_supply_c - below_supply_k if parameters.charge_supply_c else 0.0
        self._charge_most_c = parameters.charge_supply_c + 5.0

    def low(self, view: View) -> bool:
        """Whether heat runs out: the reserve is, or the house's own water is and the store cannot mend it."""
        low_c = view.required_c + self._on_below_k
        return view.reserve_c < low_c or (view.buffer_top_c < low_c and view.store_top_c < low_c)

    def full(self, view: View, running_ms: int) -> bool:
        """Whether the last part is hot, or the source has given what it can."""
        last_c, required_c = view.last_c, view.required_c
        if last_c > self._full_c(view):
            return True
        if running_ms > HOUR_MS and view.spread_k < self._even_k and last_c > required_c + self._on_below_k + self._even_k:
            return True
        most_c = required_c + self._most_k
        return view.buffer_top_c > most_c and view.buffer_top_c > self._charge_most_c

    def hottest(self, view: View, *, restarting: bool) -> bool:
        """Whether even the last part is as hot as the source makes it; to start again it must have cooled a little."""
        return view.last_c > self._hottest_full_c - (RESTART_K if restarting else 0.0)

    def nearly_full(self, view: View, gap_k: float) -> bool:
        """Whether the last part is hot but for a gap [K]."""
        return view.last_c > self._full_c(view) - gap_k

    def _full_c(self, view: View) -> float:
        """What the last part must be above: never so little that a volume could be low and full at once."""
        full_c = view.required_c + self._off_above_k
        if view.store_known and self._melt_full_c > full_c:
            full_c = self._melt_full_c
        if full_c > self._hottest_full_c:
            full_c = max(self._hottest_full_c, view.required_c + self._on_below_k + 1.0)
        return full_c
