"""Houses of a street that are heated when that suits it: they plan anew each hour, in turn, beside jobs as those stand.

At each full hour each house (`heating_house.py`) plans anew with the forecasts that have come, in turn, so that each knows what
those before it do. What it does until the next hour is done; all that is later can move until then. What others leave is what
is forecast, less base load, jobs where they stand, and what other houses plan (`market/left_for_heat.py`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from gw_spaceheat.core.heating_house import HOUR_S, HOUR_SLOTS, HeatDone, HeatingHouse, HeatOptions, heat_slots
from gw_spaceheat.core.market.energy import Values
from gw_spaceheat.core.market.left_for_heat import Left, known_slots, left_for_heat
from gw_spaceheat.core.market.online import Online, Rule, decisions
from gw_spaceheat.core.market.roofs import Roofs
from gw_spaceheat.core.market.settlement import Tariff
from gw_spaceheat.core.market.street import BaseLoad, Street, house_of
from gw_spaceheat.core.market.timetable import DAY_S, SLOT_S, Timetable, base_in_slots
from gw_spaceheat.core.planner.figures import Figures
from gw_spaceheat.core.planner.induction import STATES


def houses_of(
    street: Street,
    figures: Mapping[str, Figures],
    tariff: Tariff | None = None,
    *,
    sees_sun: bool = True,
    states: int = STATES,
) -> list[HeatingHouse]:
    """A street's heated houses, in its order; see `StreetHeat`."""
    options = HeatOptions(
        days=street.days,
        slots=heat_slots(street),
        outdoor_c=street.outdoor_c,
        tariff=tariff or Tariff(),
        sees_sun=sees_sun,
        states=states,
    )
    return [HeatingHouse(each, figures[each.model], options) for each in street.heated]


class StreetHeat:
    """All houses of a street that are heated.

    Attributes:
        load_wh: What all of them have done and plan, in each slot [Wh].
    """

    def __init__(
        self,
        street: Street,
        figures: Mapping[str, Figures],
        tariff: Tariff | None = None,
        *,
        sees_sun: bool = True,
        states: int = STATES,
    ) -> None:
        """Nothing is planned.

        Args:
            street: The street.
            figures: Of each model that its heated houses name.
            tariff: What energy costs.
            sees_sun: Whether they know of the street's sun; else they plan by the grid's price alone.
            states: Number of amounts of heat in a plan.
        """
        self._street, self._slots = street, heat_slots(street)
        self._houses = houses_of(street, figures, tariff, sees_sun=sees_sun, states=states)
        self._roofs = Roofs(
            [producer.id for producer in street.producers],
            np.arange(self._slots + 1, dtype=np.float64) * SLOT_S,
            street.days * DAY_S,
        )
        self._unheard = sorted(
            ((forecast.issued_s, producer.id, forecast) for producer in street.producers for forecast in producer.forecasts),
            key=lambda each: each[0],
        )
        self._known_until = 0
        self._base_wh = base_in_slots(street, self._slots, expected=True)
        self._hours_done = 0
        self.load_wh = np.zeros(self._slots)

    def until(self, now_s: float, jobs_wh: Mapping[str, Values]) -> None:
        """Let each full hour that has begun by a time be planned, and done.

        Args:
            now_s: The time [s].
            jobs_wh: What the jobs of each house take in each slot, where they stand now [Wh].
        """
        last = min(int(now_s // HOUR_S), self._street.days * DAY_S // HOUR_S - 1)
        while self._hours_done <= last:
            self._plan_hour(self._hours_done, jobs_wh)
            self._hours_done += 1

    def finish(self, jobs_wh: Mapping[str, Values]) -> None:
        """Let the street's days pass."""
        self.until(self._street.days * DAY_S, jobs_wh)
        self.load_wh = sum((house.done_wh for house in self._houses), start=np.zeros(self._slots))

    @property
    def loads(self) -> tuple[BaseLoad, ...]:
        """What each house has done: a load that does not move any more."""
        return tuple(house.load for house in self._houses)

    @property
    def done(self) -> tuple[HeatDone, ...]:
        """What each house did, in figures."""
        return tuple(house.done for house in self._houses)

    def _plan_hour(self, hour: int, jobs_wh: Mapping[str, Values]) -> None:
        slot = hour * HOUR_SLOTS
        self._hear(slot * SLOT_S)
        turn = hour % max(len(self._houses), 1)
        for house in self._houses[turn:] + self._houses[:turn]:
            self.load_wh -= house.planned_wh
            house.plan(slot, self._left(house, jobs_wh))
            self.load_wh += house.planned_wh
        for house in self._houses:
            house.do(slot)

    def _hear(self, now_s: float) -> None:
        while self._unheard and self._unheard[0][0] <= now_s:
            _, name, forecast = self._unheard.pop(0)
            self._roofs.hear(name, forecast)
            self._known_until = max(self._known_until, known_slots(forecast, self._street.days))

    def _left(self, house: HeatingHouse, jobs_wh: Mapping[str, Values]) -> Left:
        own_sun_wh, own_wh, load_wh = np.zeros(self._slots), np.zeros(self._slots), self.load_wh.copy()
        for name, roof_wh in zip(self._roofs.names, self._roofs.each_wh, strict=True):
            if house_of(name) == house.name:
                own_sun_wh += roof_wh
        for loads in (self._base_wh, jobs_wh):
            for name, wh in loads.items():
                load_wh[: len(wh)] += wh[: self._slots]
                if name == house.name:
                    own_wh[: len(wh)] += wh[: self._slots]
        return left_for_heat(self._roofs.sun_wh, own_sun_wh, load_wh, own_wh, self._known_until)


class HeatedTimetable(Timetable):
    """A timetable in which houses are heated while time goes on: whoever asks what is left makes them plan until then.

    Attributes:
        online: Where jobs are handed in, and stand as soon as they have a start; None as long as there is no such place.
    """

    def __init__(self, street: Street, heat: StreetHeat) -> None:
        """Remember."""
        super().__init__(street)
        self._heat = heat
        self.online: Online | None = None

    def forecast_wh(self, now_s: float) -> Values:
        """What is forecast to be left beyond base load and what houses plan [Wh]; times must not fall."""
        self._heat.until(now_s, self.jobs_wh)
        return super().forecast_wh(now_s) - self._heat.load_wh[: self.slots]

    @property
    def jobs_wh(self) -> dict[str, Values]:
        """What the jobs of each house take in each slot, where they stand now [Wh]."""
        found: dict[str, Values] = {}
        if self.online is None:
            return found
        for number, slot in self.online.board.start.items():
            job = self.online.jobs[number]
            row = found.setdefault(house_of(job.job.id), np.zeros(self.slots))
            row[slot : slot + len(job.wh)] += job.wh
        return found


def schedule_heated(street: Street, heat: StreetHeat, rule: Rule, seed: int = 0) -> dict[str, float]:
    """Let jobs be placed and houses be heated, each knowing what the other plans; when each job starts [s].

    Args:
        street: The street.
        heat: Its heated houses; afterwards they know what they have done.
        rule: How jobs are placed.
        seed: For what is left to chance.
    """
    timetable = HeatedTimetable(street, heat)
    online = timetable.online = Online(rule, timetable.slots, seed, len(timetable.jobs))
    for _ in decisions(timetable, rule, seed, online):
        pass
    heat.finish(timetable.jobs_wh)
    return {online.jobs[number].job.id: online.jobs[number].start_s(slot) for number, slot in online.board.start.items()}


def with_heat(street: Street, loads: Iterable[BaseLoad]) -> Street:
    """The street, with what its heated houses have done as base load."""
    return replace(street, base=(*street.base, *loads))
