"""What panels give at any moment, out of tables of their days: for those who ask one moment at a time."""

from collections import OrderedDict
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.plant.pv.production import Site, production_w
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS

PART_MS = 6 * HOUR_MS
MOST_TABLES = 8192


class ProductionTable:
    """Power of houses by the minute, along lines between; a quarter of a day is made when it is first asked for."""

    def __init__(self, site_of: Callable[[str], Site]) -> None:
        """Remember what tells a house's site."""
        self._site_of = site_of
        self._tables: OrderedDict[tuple[str, int], NDArray[np.float64]] = OrderedDict()

    def power_w(self, house: str, taken_us: int) -> int:
        """Power of a house's panels [W], whole, at a moment [us, UTC]."""
        part, into_us = divmod(taken_us, PART_MS * 1000)
        table = self._tables.get((house, part))
        if table is None:
            table = self._make(house, part)
        minute, within_us = divmod(into_us, MINUTE_MS * 1000)
        before, after = float(table[minute]), float(table[minute + 1])
        return round(before + (after - before) * within_us / (MINUTE_MS * 1000))

    def _make(self, house: str, part: int) -> NDArray[np.float64]:
        moments = part * PART_MS + np.arange(PART_MS // MINUTE_MS + 1, dtype=np.int64) * MINUTE_MS
        table = production_w(self._site_of(house), moments)
        self._tables[(house, part)] = table
        while len(self._tables) > MOST_TABLES:
            self._tables.popitem(last=False)
        return table
