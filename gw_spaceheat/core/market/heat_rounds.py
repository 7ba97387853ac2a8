"""Whom a street's manager asks about heat, and what houses have told of it.

At each full hour it asks each house that is heated, one after the other, so that each knows what those before it do; each hour
another one begins. Who does not answer in time is passed over: what he told before holds as long as he tells nothing else.
"""

from collections.abc import Sequence

import numpy as np

from gw_spaceheat.core.market.energy import Values
from gw_spaceheat.vocabulary.moment import HOUR_MS

BEGINS_MS = 30
"""So long after the full hour a round begins [ms]: what was forecast for it has arrived by that time."""
ANSWERS_WITHIN_MS = 5_000
"""So long a house is waited for before the next is asked [ms]."""


class HeatRounds:
    """The rounds of a street's days.

    Attributes:
        load_wh: What all houses take to be heated in each slot, as they told it last [Wh].
    """

    def __init__(self, houses: Sequence[str], slots: int, hours: int) -> None:
        """Nobody has told anything.

        Args:
            houses: Those that are heated.
            slots: How many slots there are.
            hours: How many hours they are heated for.
        """
        self._houses, self._hours = tuple(houses), hours if houses else 0
        self._hour = -1
        self._to_ask: list[str] = []
        self._asked: str | None = None
        self._asked_until_ms = 0
        self._told_of = dict.fromkeys(houses, -1)
        self._wh = {house: np.zeros(slots) for house in houses}
        self.load_wh = np.zeros(slots)

    @property
    def hour(self) -> int:
        """The hour that is asked about, from the street's first event on; below 0 before the first round."""
        return self._hour

    def next_ms(self) -> int | None:
        """When somebody is to be asked, from the street's first event on [ms]; None for never."""
        times = [(self._hour + 1) * HOUR_MS + BEGINS_MS] if self._hour + 1 < self._hours else []
        if self._to_ask:
            times.append(0 if self._asked is None else self._asked_until_ms)
        return min(times, default=None)

    def due(self, at_ms: int) -> str | None:
        """The house that is to be asked now; None for nobody.

        Args:
            at_ms: The time, from the street's first event on [ms].
        """
        hour = min((at_ms - BEGINS_MS) // HOUR_MS, self._hours - 1)
        if hour > self._hour:
            turn = hour % len(self._houses)
            self._hour, self._asked = hour, None
            self._to_ask = [*self._houses[turn:], *self._houses[:turn]]
        if self._asked is not None and at_ms >= self._asked_until_ms:
            self._asked = None
        if self._asked is not None or not self._to_ask:
            return None
        self._asked, self._asked_until_ms = self._to_ask.pop(0), at_ms + ANSWERS_WITHIN_MS
        return self._asked

    def of(self, house: str) -> Values:
        """What a house takes to be heated in each slot [Wh]."""
        return self._wh[house]

    def heard(self, house: str, hour: int, from_slot: int, wh: Values) -> Values | None:
        """A house has told what it does.

        Args:
            house: The house.
            hour: Of which hour it tells.
            from_slot: The slot with which that begins.
            wh: What it takes in each slot from then on; nothing after the last [Wh].

        Returns:
            How much more that is in each slot than it told before [Wh]; None where it has told of a later hour already, or is
            not heated.
        """
        known = self._wh.get(house)
        if known is None or hour < self._told_of[house] or not 0 <= from_slot < len(known):
            return None
        self._told_of[house] = hour
        if house == self._asked and hour >= self._hour:
            self._asked = None
        told = known.copy()
        told[from_slot:] = 0.0
        wh = wh[: len(known) - from_slot]
        told[from_slot : from_slot + len(wh)] = wh
        self._wh[house] = told
        self.load_wh = self.load_wh - known + told
        return told - known
