"""What a street's batteries have done until now, slot by slot: for a manager who settles jobs as they end."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gw_spaceheat.core.market.energy import Values
from gw_spaceheat.core.market.storing import left_over, store
from gw_spaceheat.core.market.street import Battery
from gw_spaceheat.core.market.timetable import SLOT_S


class StoredSoFar:
    """Batteries by their rule (`storing.py`). What is over stays as it was reckoned, whatever is heard of it later.

    Attributes:
        given_wh: What each has given in each slot, nothing in those that are to come [Wh].
    """

    def __init__(self, batteries: Sequence[Battery], houses: Sequence[int], slots: int) -> None:
        """Nothing is over.

        Args:
            batteries: The batteries.
            houses: The house of each: its row among loads and roofs.
            slots: How many slots there are.
        """
        self._batteries, self._houses = tuple(batteries), np.array(houses, dtype=np.int64)
        self._over = 0
        self.given_wh = np.zeros((len(self._batteries), slots))

    def until(self, slot: int, load_wh: Values, roofs_wh: Values) -> bool:
        """Let the slots before one be over; the answer is whether any was not before.

        Args:
            slot: The first that is not over.
            load_wh: What each house takes in each slot: a row for a house [Wh].
            roofs_wh: What its roofs give [Wh].
        """
        slot = min(slot, self.given_wh.shape[1])
        if slot <= self._over or not self._batteries:
            return False
        span = slice(self._over, slot)
        spare_wh, wanted_wh = left_over(load_wh[:, span], roofs_wh[:, span])
        found = store(self._batteries, self._houses, spare_wh, wanted_wh, SLOT_S)
        self.given_wh[:, span] = found.discharged_wh
        self._batteries = tuple(
            replace(battery, stored_wh=wh) for battery, wh in zip(self._batteries, found.end_wh.tolist(), strict=True)
        )
        self._over = slot
        return True
