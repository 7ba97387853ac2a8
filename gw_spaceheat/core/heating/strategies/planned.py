"""Planned: the source runs when a schedule says so, which somebody has made who knows prices and weather to come."""

from bisect import bisect_right
from dataclasses import dataclass

from gw_spaceheat.core.events import FollowSchedule
from gw_spaceheat.core.heating.parameters import SharedParameters, parameter
from gw_spaceheat.core.heating.view import View
from gw_spaceheat.core.heating.volume import HeatedVolume
from gw_spaceheat.house.model import House
from gw_spaceheat.vocabulary.moment import Moment

ROOM_MARGIN_K = 0.5
"""Rooms that are the store call so far above the coldest that they may be, because it takes a while until heat comes [K]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters(SharedParameters):
    """A schedule counts on the last of the store, so it is drawn further than by those who do not look ahead."""

    usable_k: float = parameter(2.0, 0.5, 20.0, "K", "the store can feed the buffer when its top is above")
    spent_k: float = parameter(1.0, 0.0, 20.0, "K", "the store is spent when its top is below; less than usable_k")
    boost_top_k: float = parameter(1.0, 0.0, 20.0, "K", "boost is needed when the buffer's top is below")
    boost_middle_k: float = parameter(
        0.0, -10.0, 20.0, "K", "boost is needed when the buffer's middle is below and the store cannot help"
    )
    rescue_store_k: float = parameter(
        2.0, 0.5, 20.0, "K", "whatever the schedule says, the source starts when the store's top is below"
    )
    rescue_buffer_k: float = parameter(1.0, -10.0, 20.0, "K", "and the buffer's middle is below")
    rescued_k: float = parameter(3.0, 1.0, 20.0, "K", "and runs until both the buffer's top and middle are above")


class Strategy:
    """Follows a schedule; runs whatever it says while the house would get cold; goes by hysteresis without one."""

    __slots__ = (
        "_buffer_k",
        "_cool_k",
        "_edges_ms",
        "_rescued_k",
        "_rescuing",
        "_runs",
        "_store_k",
        "_supply_offset_k",
        "_volume",
        "_warm_k",
    )

    def __init__(self, parameters: Parameters, house: House) -> None:
        """Remember the numbers; there is no schedule yet."""
        self._volume = HeatedVolume(parameters)
        self._store_k = parameters.rescue_store_k
        self._buffer_k = parameters.rescue_buffer_k
        self._rescued_k = parameters.rescued_k
        heating = house.heating
        comfort = heating.comfort if heating.zones and not heating.store else None
        self._warm_k = 0.0 if comfort is None else comfort.above_k - parameters.zone_above_k
        self._cool_k = 0.0 if comfort is None else min(parameters.zone_below_k + ROOM_MARGIN_K - comfort.below_k, 0.0)
        self._rescuing = False
        self._edges_ms: tuple[int, ...] = ()
        self._runs: tuple[bool, ...] = ()
        self._supply_offset_k: tuple[float, ...] = ()

    def follow(self, schedule: FollowSchedule) -> None:
        """Go by this schedule from now on."""
        self._edges_ms = schedule.edges_ms
        self._runs = schedule.runs
        self._supply_offset_k = schedule.supply_offset_k

    def supply_offset_k(self, wall_ms: int) -> float | None:
        """What the schedule asks of a source that can be set, above what the house requires [K]; None to ask as always."""
        step = bisect_right(self._edges_ms, wall_ms) - 1
        offsets_k = self._supply_offset_k
        return offsets_k[step] if 0 <= step < len(offsets_k) and self._runs[step] and not self._rescuing else None

    def next_change_ms(self, wall_ms: int) -> int | None:
        """When the schedule next says something else, UTC [ms]; None if it does not."""
        step = bisect_right(self._edges_ms, wall_ms) - 1
        runs = self._runs
        if not 0 <= step < len(runs):
            return self._edges_ms[0] if self._edges_ms and wall_ms < self._edges_ms[0] else None
        offsets_k = self._supply_offset_k or (0.0,) * len(runs)
        here = (runs[step], offsets_k[step])
        following = next((at for at in range(step + 1, len(runs)) if (runs[at], offsets_k[at]) != here), len(runs))
        return self._edges_ms[following]

    def room_offset_k(self, wall_ms: int) -> float:
        """How far above their set-points rooms are kept, where they are the store: warm while the source runs [K]."""
        scheduled = self._scheduled(wall_ms)
        return 0.0 if scheduled is None else self._warm_k if scheduled else self._cool_k

    def rooms_may_wait(self, wall_ms: int) -> float | None:
        """Rooms that are warmer than so far above their set-points can wait for a cold buffer [K]; None if none can."""
        return None if self._scheduled(wall_ms) is None or self._cool_k >= 0.0 else self._cool_k

    def source_wanted(self, view: View, running_ms: int | None, now: Moment) -> bool:
        """On while the schedule says so and the store takes it, and while the house would get cold."""
        scheduled = self._scheduled(now.wall_ms)
        if scheduled is None:
            if running_ms is None:
                return self._volume.low(view)
            return not self._volume.full(view, running_ms)
        if self._volume.hottest(view, restarting=running_ms is None):
            self._rescuing = False
            return False
        return self._rescue(view) or scheduled

    def _scheduled(self, wall_ms: int) -> bool | None:
        step = bisect_right(self._edges_ms, wall_ms) - 1
        return self._runs[step] if 0 <= step < len(self._runs) else None

    def _rescue(self, view: View) -> bool:
        required_c = view.required_c
        if self._rescuing:
            warm_c = required_c + self._rescued_k
            self._rescuing = view.buffer_middle_c < warm_c or view.buffer_top_c < warm_c
        else:
            spent = view.store_top_c < required_c + self._store_k
            self._rescuing = view.rooms_wait and spent and view.buffer_middle_c < required_c + self._buffer_k
        return self._rescuing
