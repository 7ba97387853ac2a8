"""Local heating as one machine: joins a strategy with what all strategies share, and turns it all into wishes for actuators.

One pass, at every `Latest`: look (`view`), decide whether the source should run (the strategy, or the schedule while no tank
can be seen), find the heat's path (`hydraulics`), stage the boost, read thermostats and hot water, and put out what changed.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum

from gw_spaceheat.core.events import Event, FollowSchedule, Latest, Started, StateChanged, TakesOver
from gw_spaceheat.core.heating.boost import BoostStages
from gw_spaceheat.core.heating.compressor import Compressor
from gw_spaceheat.core.heating.hot_water import HotWaterControl
from gw_spaceheat.core.heating.hydraulics import MACHINE, Path, Pathfinder
from gw_spaceheat.core.heating.local_clock import LocalClock
from gw_spaceheat.core.heating.parameters import SharedParameters
from gw_spaceheat.core.heating.plumbing import Plumbing
from gw_spaceheat.core.heating.schedule import DutySchedule
from gw_spaceheat.core.heating.strategy import Strategy
from gw_spaceheat.core.heating.view import NOTHING, Senses, View
from gw_spaceheat.core.heating.zones import Zones
from gw_spaceheat.house.model import House
from gw_spaceheat.vocabulary.moment import MINUTE_MS, Moment

MODE_MACHINE = "local_control"


class Mode(StrEnum):
    """By what local heating goes."""

    Initializing = "Initializing"
    """The process has just started and not all sensors have come."""
    Normal = "Normal"
    """By the tanks."""
    ScadaBlind = "ScadaBlind"
    """By the heating schedule: no sensor of the tank that feeds the house works."""


class LocalHeating:
    """The machine of local heating for one house and one strategy."""

    def __init__(self, house: House, strategy: Strategy, parameters: SharedParameters, clock: LocalClock) -> None:
        """Prepare all parts; nothing is wished before `Started` or the first `Latest`."""
        heating = house.heating
        self._clock = clock
        self._strategy = strategy
        self._follow: Callable[[FollowSchedule], None] | None = getattr(strategy, "follow", None)
        self._next_change_ms: Callable[[int], int | None] | None = getattr(strategy, "next_change_ms", None)
        self._offset_k: Callable[[int], float | None] | None = getattr(strategy, "supply_offset_k", None)
        self._room_offset_k: Callable[[int], float] | None = getattr(strategy, "room_offset_k", None)
        self._rooms_may_wait: Callable[[int], float | None] | None = getattr(strategy, "rooms_may_wait", None)
        self._change_mono_ms: int | None = None
        self._senses = Senses(heating, parameters, clock)
        self._view = self._senses.view
        self._schedule = DutySchedule(parameters)
        self._compressor = Compressor(parameters)
        self._boost = BoostStages(len(heating.boost), parameters)
        self._zones = Zones(house, parameters, self._schedule)
        self._hot_water = HotWaterControl(heating.hot_water, parameters, clock) if heating.hot_water else None
        self._pathfinder = Pathfinder(heating, parameters)
        self._plumbing = Plumbing(house, parameters, self._compressor)
        self._mode = Mode.Initializing
        self._elements_only = not heating.heat_source
        self._boost_limit_c = heating.maximum_tank_c - parameters.boost_margin_k
        self._boost_top_k = parameters.boost_top_k
        self._boost_middle_k = parameters.boost_middle_k
        self._boost_off_k = parameters.boost_off_k
        self._silence_ms = round(parameters.silence_s * 1000)
        self._half_silence_ms = self._silence_ms // 2
        self._patience_ms = round(parameters.patience_s * 1000)
        self._begun_mono_ms: int | None = None
        self._heard_mono_ms = 0
        self._watch_mono_ms = 0
        self._deadline: int | None = None

    # the machine

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """`Latest` is looked at; `Started` gives every actuator its start value; `TakesOver` begins anew with what there is.

        `FollowSchedule` is for strategies that go by one.
        """
        if type(event) is Latest:
            self._heard_mono_ms = now.mono_ms
            return self._look(event.values, now)
        if type(event) is Started:
            return self._start(now)
        if type(event) is TakesOver:
            return self._take_over(event, now)
        if type(event) is FollowSchedule and self._follow is not None:
            self._follow(event)
            return self._change(now)
        return NOTHING

    def wake(self, now: Moment) -> Sequence[Event]:
        """Timers end, and silence is noticed."""
        mono_ms = now.mono_ms
        if self._deadline is None or mono_ms < self._deadline:
            return NOTHING
        if self._silent(mono_ms):
            return self._look({}, now)
        if self._change_mono_ms is not None and mono_ms >= self._change_mono_ms:
            return self._change(now)
        out: list[Event] = []
        self._run_timers(mono_ms, out)
        return out

    def deadline(self) -> int | None:
        """When it next wants to be woken [mono ms]."""
        return self._deadline

    def _start(self, now: Moment) -> list[Event]:
        out: list[Event] = []
        self._begin(now.mono_ms, out)
        for output in (*self._plumbing.outputs(), *self._zones.outputs()):
            output.start(out)
        self._find_deadline(now.mono_ms)
        return out

    def _take_over(self, event: TakesOver, now: Moment) -> list[Event]:
        out: list[Event] = []
        self._heard_mono_ms = now.mono_ms
        elements = self._plumbing.adopt(event.states, now.mono_ms)
        self._boost.adopt(elements, now.mono_ms)
        self._pathfinder.restart()
        self._zones.adopt(event.states, now.mono_ms)
        out.append(StateChanged(MACHINE, self._pathfinder.path.value))
        self._find_deadline(now.mono_ms)
        return out

    def _begin(self, mono_ms: int, out: list[Event]) -> None:
        self._begun_mono_ms = self._heard_mono_ms = mono_ms
        self._compressor.begin(mono_ms)
        out.append(StateChanged(MODE_MACHINE, self._mode.value))
        out.append(StateChanged(MACHINE, self._pathfinder.path.value))

    def _silent(self, mono_ms: int) -> bool:
        limit_ms = self._patience_ms if self._mode is Mode.Initializing else self._silence_ms
        return mono_ms - self._heard_mono_ms >= limit_ms

    # one pass

    def _look(self, values: dict[str, float | None], now: Moment) -> Sequence[Event]:
        mono_ms = now.mono_ms
        out: list[Event] = []
        self._clock.look(now.wall_ms)
        if self._mode is Mode.Initializing and not self._ready(values, mono_ms, out):
            return out
        notes = self._senses.read(values, now)
        if notes:
            out += notes
        view = self._view
        mode = Mode.Normal if view.buffer_known else Mode.ScadaBlind
        if mode is not self._mode:
            self._change_mode(mode, out)
        if self._rooms_may_wait is not None:
            limit_k = self._rooms_may_wait(now.wall_ms)
            view.rooms_wait = limit_k is None or self._zones.any_below(values, limit_k)
        wanted = self._source_wanted(view, now)
        if self._hot_water is not None:
            self._hot_water.read(values, wanted, mono_ms, out)
        self._steer(view, wanted, now, out)
        if self._room_offset_k is not None:
            self._zones.offset_k = self._room_offset_k(now.wall_ms)
        self._zones.read(values, view.outdoor_c, mono_ms, out)
        self._run_timers(mono_ms, out)
        return out

    def _steer(self, view: View, wanted: bool, now: Moment, out: list[Event]) -> None:
        """Find the heat's path and have it followed."""
        mono_ms = now.mono_ms
        if self._offset_k is not None:
            self._plumbing.supply_offset_k = self._offset_k(now.wall_ms) if view.buffer_known else None
        if self._hot_water is not None:
            wanted = wanted or self._hot_water.charging
        path = self._pathfinder.find(view, wanted, self._compressor, mono_ms, out)
        if self._plumbing.has_elements:
            self._stage_boost(view, path, mono_ms)
        self._plumbing.follow(self._pathfinder, self._boost.on, self._hot_water, view, mono_ms, out)

    def _change(self, now: Moment) -> Sequence[Event]:
        """The schedule says something else now: decide again by what was last seen."""
        out: list[Event] = []
        if self._next_change_ms is not None:
            change_ms = self._next_change_ms(now.wall_ms)
            self._change_mono_ms = None if change_ms is None else now.mono_ms + max(change_ms - now.wall_ms, 1)
        if self._mode is not Mode.Initializing:
            self._steer(self._view, self._source_wanted(self._view, now), now, out)
        self._run_timers(now.mono_ms, out)
        return out

    def _ready(self, values: dict[str, float | None], mono_ms: int, out: list[Event]) -> bool:
        """Whether all sensors have come, or have been waited for long enough."""
        if self._begun_mono_ms is None:
            self._begin(mono_ms, out)
        begun_mono_ms = self._begun_mono_ms
        if begun_mono_ms is None or (mono_ms - begun_mono_ms < self._patience_ms and not self._senses.complete(values)):
            self._find_deadline(mono_ms)
            return False
        self._zones.begin(out)
        return True

    def _change_mode(self, mode: Mode, out: list[Event]) -> None:
        self._mode = mode
        out.append(StateChanged(MODE_MACHINE, mode.value))

    def _source_wanted(self, view: View, now: Moment) -> bool:
        if view.buffer_known:
            return self._strategy.source_wanted(view, self._pathfinder.source_on_ms(now.mono_ms), now)
        schedule = self._schedule
        duty = schedule.element_duty(view.outdoor_c) if self._elements_only else schedule.source_duty(view.outdoor_c)
        return schedule.on(duty, now.mono_ms)

    def _stage_boost(self, view: View, path: Path, mono_ms: int) -> None:
        boost = self._boost
        if not view.buffer_known:
            boosting = path is Path.ElementsOn if self._elements_only else self._schedule.boosting(view.outdoor_c, mono_ms)
            boost.force(boost.count if boosting else 0, mono_ms)
        elif view.buffer_hottest_c > self._boost_limit_c:
            boost.force(0, mono_ms)
        elif self._elements_only:
            if path is Path.ElementsOn:
                boost.need(view.buffer_top_c + view.buffer_middle_c, mono_ms)
            else:
                boost.force(0, mono_ms)
        else:
            self._help_source(view, mono_ms)

    def _help_source(self, view: View, mono_ms: int) -> None:
        """Boost beside a source: when the supply is about to get too cold and the store cannot help."""
        top_k = view.buffer_top_c - view.required_c
        middle_k = view.buffer_middle_c - view.required_c
        if not view.rooms_wait:
            self._boost.release(mono_ms)
        elif top_k < self._boost_top_k or (middle_k < self._boost_middle_k and not self._pathfinder.store_gives):
            self._boost.need(view.buffer_top_c + view.buffer_middle_c, mono_ms)
        elif self._boost.on and top_k > self._boost_off_k and middle_k > self._boost_off_k:
            self._boost.release(mono_ms)

    def _run_timers(self, mono_ms: int, out: list[Event]) -> None:
        self._plumbing.wake(mono_ms, out)
        self._zones.wake(mono_ms, out)
        self._find_deadline(mono_ms)

    def _find_deadline(self, mono_ms: int) -> None:
        """The watch for silence is set anew when half of it is over, so that the deadline does not move with every pass."""
        if self._mode is Mode.ScadaBlind:
            due_ms = mono_ms + MINUTE_MS
        else:
            early_ms = 0 if self._mode is Mode.Initializing else self._half_silence_ms
            if self._watch_mono_ms - mono_ms <= early_ms:
                waiting_ms = self._patience_ms if self._mode is Mode.Initializing else self._silence_ms
                self._watch_mono_ms = max(self._heard_mono_ms + waiting_ms, mono_ms + MINUTE_MS)
            due_ms = self._watch_mono_ms
        for part_ms in (self._plumbing.due_mono_ms(), self._zones.due_mono_ms(), self._change_mono_ms):
            if part_ms is not None and part_ms < due_ms:
                due_ms = part_ms
        self._deadline = due_ms
