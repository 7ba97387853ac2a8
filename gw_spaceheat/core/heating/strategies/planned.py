"""Planned: the source runs when a schedule says so, which somebody has made who knows prices and weather to come."""

from bisect import bisect_right
from dataclasses import dataclass

from gw_spaceheat.core.events import FollowSchedule
from gw_spaceheat.core.heating.local_clock import LocalTime
from gw_spaceheat.core.heating.parameters import SharedParameters, parameter
from gw_spaceheat.core.heating.view import View
from gw_spaceheat.core.heating.volume import HeatedVolume
from gw_spaceheat.house.model import House
from gw_spaceheat.vocabulary.moment import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters(SharedParameters):
    """A schedule counts on the last of the store, so it is drawn further than by those who do not look ahead."""

    usable_k: float = parameter(2.0, 0.5, 20.0, "K", "the store can feed the buffer when its top is above")
    spent_k: float = parameter(1.0, 0.0, 20.0, "K", "the store is spent when its top is below; less than usable_k")
    boost_top_k: float = parameter(1.0, 0.0, 20.0, "K", "boost is needed when the buffer's top is below")
    boost_middle_k: float = parameter(
        -2.0, -10.0, 20.0, "K", "boost is needed when the buffer's middle is below and the store cannot help"
    )
    rescue_store_k: float = parameter(
        2.0, 0.5, 20.0, "K", "whatever the schedule says, the source starts when the store's top is below"
    )
    rescue_buffer_k: float = parameter(1.0, -10.0, 20.0, "K", "and the buffer's middle is below")
    rescued_k: float = parameter(3.0, 1.0, 20.0, "K", "and runs until both the buffer's top and middle are above")


class Strategy:
    """Follows a schedule; runs whatever it says while the house would get cold; goes by hysteresis without one."""

    __slots__ = ("_buffer_k", "_edges_ms", "_rescued_k", "_rescuing", "_runs", "_store_k", "_volume")

    def __init__(self, parameters: Parameters, house: House, local_time: LocalTime) -> None:  # noqa: ARG002  # schedules are in UTC
        """Remember the numbers; there is no schedule yet."""
        self._volume = HeatedVolume(parameters)
        self._store_k = parameters.rescue_store_k
        self._buffer_k = parameters.rescue_buffer_k
        self._rescued_k = parameters.rescued_k
        self._rescuing = False
        self._edges_ms: tuple[int, ...] = ()
        self._runs: tuple[bool, ...] = ()

    def follow(self, schedule: FollowSchedule) -> None:
        """Go by this schedule from now on."""
        self._edges_ms = schedule.edges_ms
        self._runs = schedule.runs

    def next_change_ms(self, wall_ms: int) -> int | None:
        """When the schedule next says something else, UTC [ms]; None if it does not."""
        step = bisect_right(self._edges_ms, wall_ms) - 1
        runs = self._runs
        if not 0 <= step < len(runs):
            return self._edges_ms[0] if self._edges_ms and wall_ms < self._edges_ms[0] else None
        following = next((later for later in range(step + 1, len(runs)) if runs[later] != runs[step]), len(runs))
        return self._edges_ms[following]

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
            self._rescuing = spent and view.buffer_middle_c < required_c + self._buffer_k
        return self._rescuing
