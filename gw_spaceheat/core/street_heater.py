"""The machine of a house that is heated when that suits its street: it hears what is left, and tells what it takes.

At each full hour it plans (`heating_house.py`) as soon as the manager has told it what the others leave. Who hears nothing for
a minute plans by what was left when it heard last; one that never heard anything plans by the grid's price alone. So messages
that are lost, doubled or late cost sun at most, and nobody gets cold of them. What it does in an hour is reckoned from the full
hour on, though it was decided up to a minute later.
"""

from collections.abc import Sequence

import numpy as np

from gw_spaceheat.core.events import Event, Received
from gw_spaceheat.core.heating_house import HOUR_SLOTS, HeatingHouse
from gw_spaceheat.core.market.energy import Values
from gw_spaceheat.core.market.left_for_heat import Left
from gw_spaceheat.core.market.said import say
from gw_spaceheat.core.market.timetable import SLOT_S
from gw_spaceheat.messages.gws_street_heating import GwsStreetHeating
from gw_spaceheat.messages.gws_street_left import GwsStreetLeft
from gw_spaceheat.vocabulary.moment import HOUR_MS, Moment

WAITS_MS = 60_000
"""So long after a full hour it waits for what the manager tells [ms]."""
SLOT_MS = SLOT_S * 1000


class Heater:
    """The machine.

    Attributes:
        house: What it plans and has done.
    """

    def __init__(self, name: str, manager: str, house: HeatingHouse, epoch_ms: int, hours: int) -> None:
        """Remember.

        Args:
            name: The machine.
            manager: Whom it tells.
            house: The house.
            epoch_ms: The street's first event, UTC [ms].
            hours: How many hours it is heated for.
        """
        self._name, self._manager, self._epoch_ms, self._hours = name, manager, epoch_ms, hours
        self._left = Left.nothing(len(house.planned_wh))
        self._heard_ms = 0
        self._next = 0
        self._wall_ahead_ms = 0
        self.house = house

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """The manager tells what is left; whatever it asks about, it is told what the house does now."""
        self._wall_ahead_ms = now.wall_ms - now.mono_ms
        if not isinstance(event, Received) or not isinstance(event.message, GwsStreetLeft):
            return ()
        told = event.message
        slot, into_ms = divmod(told.start_ms - self._epoch_ms, SLOT_MS)
        if told.house != self.house.name or into_ms or not 0 <= slot < len(self.house.planned_wh):
            return ()
        if told.start_ms > self._heard_ms:
            self._heard_ms = told.start_ms
            self._left = Left(*(self._laid(slot, wh) for wh in (told.own_wh, told.all_wh, told.import_wh)))
        if slot == self._next * HOUR_SLOTS and self._next < self._hours and self._begins_ms() <= now.wall_ms:
            self._do()
        return () if self._next == 0 else (self._telling(),)

    def wake(self, now: Moment) -> Sequence[Event]:
        """Nobody has told anything for a while."""
        self._wall_ahead_ms = now.wall_ms - now.mono_ms
        before = self._next
        while self._next < self._hours and self._begins_ms() + WAITS_MS <= now.wall_ms:
            self._do()
        return () if self._next == before else (self._telling(),)

    def deadline(self) -> int | None:
        """When it does not wait any longer; None when its days are over."""
        return self._begins_ms() + WAITS_MS - self._wall_ahead_ms if self._next < self._hours else None

    def _begins_ms(self) -> int:
        """When the next hour begins, UTC [ms]."""
        return self._epoch_ms + self._next * HOUR_MS

    def _do(self) -> None:
        slot = self._next * HOUR_SLOTS
        self.house.plan(slot, self._left)
        self.house.do(slot)
        self._next += 1

    def _telling(self) -> Event:
        """What it does in the hour that it has planned last, and after that."""
        hour = self._next - 1
        wh = np.trim_zeros(self.house.planned_wh[hour * HOUR_SLOTS :], "b")
        start_ms = self._epoch_ms + hour * HOUR_MS
        return say(self._name, self._manager, GwsStreetHeating(house=self.house.name, start_ms=start_ms, wh=tuple(wh.tolist())))

    def _laid(self, slot: int, wh: Sequence[float]) -> Values:
        """Amounts from a slot on; nothing is known of what comes after them."""
        found = np.zeros(len(self.house.planned_wh))
        found[slot : slot + len(wh)] = wh[: len(found) - slot]
        return found
