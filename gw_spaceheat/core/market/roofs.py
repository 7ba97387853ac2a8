"""What roofs are forecast to give, in slots, as far as it is known."""

from collections.abc import Sequence

import numpy as np

from gw_spaceheat.core.market.energy import Forecast, Values, stitched


class Roofs:
    """A street's roofs, each in its place; forecasts come in any order, also twice."""

    def __init__(self, names: Sequence[str], edges_s: Values, until_s: float) -> None:
        """Nothing is forecast yet.

        Args:
            names: Producers, in their order.
            edges_s: Edges of the slots [s].
            until_s: Sun that comes later does not count [s].
        """
        self.names = tuple(names)
        self._place = {name: place for place, name in enumerate(names)}
        self._edges_s = edges_s
        self._over = int(np.searchsorted(edges_s, until_s))
        self._forecasts: list[dict[float, Forecast]] = [{} for _ in names]
        self._wh = np.zeros((len(self.names), len(edges_s) - 1))
        self._stale: set[int] = set()
        self._sun_wh: Values | None = None

    def hear(self, name: str, forecast: Forecast) -> None:
        """A forecast of a roof; raises KeyError if there is no such roof."""
        place = self._place[name]
        self._forecasts[place][forecast.issued_s] = forecast
        self._stale.add(place)
        self._sun_wh = None

    @property
    def each_wh(self) -> Values:
        """What each roof gives in each slot: a row for a roof [Wh]."""
        for place in sorted(self._stale):
            row = stitched(self._forecasts[place].values()).within(self._edges_s)
            row[self._over :] = 0.0
            self._wh[place] = row
        self._stale.clear()
        return self._wh

    @property
    def sun_wh(self) -> Values:
        """What all of them give together in each slot [Wh]."""
        if self._sun_wh is None:
            self._sun_wh = np.maximum(self.each_wh.sum(axis=0), 0.0)
        return self._sun_wh
