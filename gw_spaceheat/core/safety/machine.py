"""Safety as one machine: looks at every tank and pipe, and takes actuators out of all other hands while it must.

It puts out a `Wish` for each actuator that it overrides, and a `Release` when it gives it back. It knows nothing of strategies,
contracts or who commands, and it does not spare the compressor: a tank that boils or freezes is worse.
"""

from collections.abc import Sequence
from math import inf

from gw_spaceheat.core.events import Event, Latest, Level, Note, Release, Started, StateChanged, Wish
from gw_spaceheat.core.safety.guards import PIPES, SEVERITY, TOO_COLD, TOO_HOT, Danger, Guard, Sight
from gw_spaceheat.core.safety.limits import SafetyLimits
from gw_spaceheat.house.model import House
from gw_spaceheat.vocabulary.moment import Moment

MACHINE = "safety"
NOTHING: tuple[Event, ...] = ()

_NOTES = {
    Danger.Quiet: (Level.INFO, "safety: all is well again"),
    Danger.TankTooHot: (Level.ERROR, "safety: a tank is too hot, everything that heats is off; check relays and tank sensors"),
    Danger.TankUnseen: (
        Level.WARNING,
        "safety: no tank sensor works, elements are held off or limited; check the tank sensors",
    ),
    Danger.TankTooCold: (Level.ERROR, "safety: a tank is near freezing, heat is on; check why heating did not keep it warm"),
    Danger.TankStillCold: (
        Level.ERROR,
        "safety: the heat source does not warm the tank, elements are on; check the heat source",
    ),
    Danger.PipeTooCold: (Level.ERROR, "safety: a pipe is near freezing, all pumps run; check where the cold comes in"),
    Danger.PipeStillCold: (Level.ERROR, "safety: pumps do not warm the pipe, the heat source is on; check pumps and valves"),
    Danger.PipeUnseen: (
        Level.WARNING,
        "safety: no pipe sensor works, in frost the pumps run from time to time; check the pipe sensors",
    ),
}


class Safety:
    """The machine of safety for one house."""

    def __init__(self, house: House, limits: SafetyLimits) -> None:
        """Learn limits, sensors and actuators; nothing is overridden."""
        heating = house.heating
        self._limits = limits
        self._half_silence_ms = limits.silence_ms // 2
        self._tanks = (*heating.buffer, *heating.store)
        self._heated = (*self._tanks, *(heating.hot_water.temperatures if heating.hot_water else ()))
        self._tank_count = len(self._tanks)
        self._only_tanks = heating.hot_water is None
        self._pipes = heating.pipes
        self._outdoor = heating.outdoor
        self._source = heating.heat_source
        self._elements = heating.boost
        pumps = [*(zone.circulator for zone in heating.zones), heating.distribution_pump]
        self._pumps = tuple(dict.fromkeys(pump for pump in pumps if pump))
        self._maximum_tank_c = heating.maximum_tank_c
        self._minimum_tank_c = heating.minimum_tank_c
        self._minimum_pipe_c = heating.minimum_pipe_c
        self._cooled_c = heating.maximum_tank_c - limits.cooled_k
        self._warmed_tank_c = heating.minimum_tank_c + limits.warmed_tank_k
        self._warmed_pipe_c = heating.minimum_pipe_c + limits.warmed_pipe_k
        # what every sensor shows while nothing is the matter: hot water may be cold, its bottom is fed with cold water
        coldest_c = dict.fromkeys(self._tanks, heating.minimum_tank_c)
        coldest_c |= dict.fromkeys(heating.pipes, heating.minimum_pipe_c)
        hottest_c = dict.fromkeys(self._heated, heating.maximum_tank_c)
        self._calm = tuple(
            (name, coldest_c.get(name, -inf), hottest_c.get(name, inf)) for name in dict.fromkeys((*self._heated, *self._pipes))
        )
        self._too_hot = Guard(TOO_HOT)
        self._too_cold = Guard(TOO_COLD)
        self._cold_pipes = Guard(PIPES)
        self._overrides: dict[str, tuple[float, str]] = {}
        self._told = Danger.Quiet
        self._frost = True
        self._begun_mono_ms: int | None = None
        self._heard_mono_ms = 0
        self._watch_mono_ms = 0
        self._phase_due_mono_ms: int | None = None
        self._deadline: int | None = None

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """`Latest` is looked at; anything else but the start is not safety's affair."""
        if type(event) is Latest:
            self._heard_mono_ms = now.mono_ms
            return self._look(event.values, now.mono_ms)
        if type(event) is Started:
            self._begin(now.mono_ms)
            return [StateChanged(MACHINE, self._told.value)]
        return NOTHING

    def wake(self, now: Moment) -> Sequence[Event]:
        """Silence is noticed, and what runs by the clock goes on."""
        mono_ms = now.mono_ms
        if self._deadline is None or mono_ms < self._deadline:
            return NOTHING
        if mono_ms - self._heard_mono_ms >= self._limits.silence_ms:
            return self._look({}, mono_ms)
        return self._settle(mono_ms)

    def deadline(self) -> int | None:
        """When it next wants to be woken [mono ms]."""
        return self._deadline

    def _begin(self, mono_ms: int) -> None:
        self._begun_mono_ms = self._heard_mono_ms = mono_ms
        self._find_deadline(mono_ms)

    def _look(self, values: dict[str, float | None], mono_ms: int) -> Sequence[Event]:
        if self._begun_mono_ms is None:
            self._begin(mono_ms)
        if self._told is Danger.Quiet and self._all_calm(values):
            if self._watch_mono_ms - mono_ms < self._half_silence_ms:
                self._watch_mono_ms = self._deadline = mono_ms + self._limits.silence_ms
            return NOTHING
        heated = [values.get(name) for name in self._heated]
        changed = self._look_at_tanks(heated, mono_ms)
        if self._pipes:
            changed = self._look_at_pipes([values.get(name) for name in self._pipes], mono_ms) or changed
        outdoor_c = values.get(self._outdoor)
        self._frost = outdoor_c is None or outdoor_c < self._limits.stir_below_c
        if changed or (self._phase_due_mono_ms is not None and mono_ms >= self._phase_due_mono_ms):
            return self._settle(mono_ms)
        if self._watch_mono_ms <= mono_ms:
            self._find_deadline(mono_ms)
        return NOTHING

    def _all_calm(self, values: dict[str, float | None]) -> bool:
        """Whether every sensor shows that all is well, as nearly always: then no guard goes anywhere from Quiet."""
        for name, least, most in self._calm:
            value = values.get(name)
            if value is None or not least <= value <= most:
                return False
        return True

    def _look_at_tanks(self, heated: list[float | None], mono_ms: int) -> bool:
        """Whether a guard went elsewhere. Hot water may be too hot, not too cold: its bottom is fed with cold water."""
        known = [value for value in heated if value is not None]
        too_hot = self._too_hot
        if not known:
            changed = self._lose(too_hot, mono_ms)
        elif max(known) > self._maximum_tank_c:
            changed = too_hot.see(Sight.Hot, mono_ms)
        elif too_hot.state is Danger.TankUnseen:
            changed = too_hot.see(Sight.Back, mono_ms)
        else:
            changed = max(known) < self._cooled_c and too_hot.see(Sight.Fine, mono_ms)
        tanks = known if self._only_tanks else [value for value in heated[: self._tank_count] if value is not None]
        if not tanks:
            return self._lose(self._too_cold, mono_ms) or changed
        return self._look_for_cold_tanks(min(tanks), mono_ms) or changed

    def _look_for_cold_tanks(self, coldest_c: float, mono_ms: int) -> bool:
        guard = self._too_cold
        if guard.state is Danger.Quiet:
            return coldest_c < self._minimum_tank_c and guard.see(Sight.Cold, mono_ms)
        if coldest_c >= self._warmed_tank_c:
            return guard.see(Sight.Fine, mono_ms)
        return mono_ms - guard.since_mono_ms >= self._limits.heat_patience_ms and guard.see(Sight.StillCold, mono_ms)

    def _look_at_pipes(self, temperatures: list[float | None], mono_ms: int) -> bool:
        known = [value for value in temperatures if value is not None]
        guard = self._cold_pipes
        if not known:
            return self._lose(guard, mono_ms)
        coldest_c = min(known)
        if guard.state is Danger.PipeUnseen:
            return guard.see(Sight.Cold if coldest_c < self._minimum_pipe_c else Sight.Back, mono_ms)
        if guard.state is Danger.Quiet:
            return coldest_c < self._minimum_pipe_c and guard.see(Sight.Cold, mono_ms)
        lasted_ms = mono_ms - guard.since_mono_ms
        if coldest_c >= self._warmed_pipe_c:
            return lasted_ms >= self._limits.pump_minimum_ms and guard.see(Sight.Fine, mono_ms)
        return lasted_ms >= self._limits.pump_patience_ms and guard.see(Sight.StillCold, mono_ms)

    def _lose(self, guard: Guard, mono_ms: int) -> bool:
        """Sensors are missing; just after the start they are only late."""
        begun_mono_ms = self._begun_mono_ms
        if begun_mono_ms is None or mono_ms - begun_mono_ms < self._limits.patience_ms:
            return False
        return guard.see(Sight.Lost, mono_ms)

    def _settle(self, mono_ms: int) -> list[Event]:
        """Override what the guards ask for, give back the rest, and tell the state."""
        out: list[Event] = []
        wanted = self._wanted(mono_ms)
        for node in self._overrides:
            if node not in wanted:
                out.append(Release(node))
        for node, (value, reason) in wanted.items():
            held = self._overrides.get(node)
            if held is None or held[0] != value:
                out.append(Wish(node, value, reason))
        self._overrides = wanted
        states = {self._too_hot.state, self._too_cold.state, self._cold_pipes.state}
        worst = next(danger for danger in SEVERITY if danger in states)
        if worst is not self._told:
            self._told = worst
            level, text = _NOTES[worst]
            out.append(StateChanged(MACHINE, worst.value))
            out.append(Note(level, text))
        self._find_deadline(mono_ms)
        return out

    def _wanted(self, mono_ms: int) -> dict[str, tuple[float, str]]:
        """What must be overridden now; what is said later here weighs more."""
        wanted: dict[str, tuple[float, str]] = {}
        self._phase_due_mono_ms = None
        self._mind_pipes(wanted, mono_ms)
        self._mind_cold(wanted)
        self._mind_heat(wanted, mono_ms)
        return wanted

    def _mind_pipes(self, wanted: dict[str, tuple[float, str]], mono_ms: int) -> None:
        guard = self._cold_pipes
        run = guard.state in (Danger.PipeTooCold, Danger.PipeStillCold)
        if guard.state is Danger.PipeUnseen:
            into_ms = (mono_ms - guard.since_mono_ms) % self._limits.stir_period_ms
            run = self._frost and into_ms < self._limits.stir_ms
            self._wake_at(
                mono_ms - into_ms + (self._limits.stir_ms if into_ms < self._limits.stir_ms else self._limits.stir_period_ms)
            )
        if run:
            for pump in self._pumps:
                wanted[pump] = (1.0, guard.state.value)
        if guard.state is Danger.PipeStillCold and self._source:
            wanted[self._source] = (1.0, guard.state.value)

    def _mind_cold(self, wanted: dict[str, tuple[float, str]]) -> None:
        state = self._too_cold.state
        if state is Danger.Quiet:
            return
        if self._source:
            wanted[self._source] = (1.0, state.value)
        if not self._source or state is Danger.TankStillCold:
            for element in self._elements:
                wanted[element] = (1.0, state.value)

    def _mind_heat(self, wanted: dict[str, tuple[float, str]], mono_ms: int) -> None:
        guard = self._too_hot
        if guard.state is Danger.TankTooHot:
            for node in (self._source, *self._elements):
                if node:
                    wanted[node] = (0.0, guard.state.value)
        elif guard.state is Danger.TankUnseen and not self._may_heat_unseen(mono_ms):
            for element in self._elements:
                wanted[element] = (0.0, guard.state.value)

    def _may_heat_unseen(self, mono_ms: int) -> bool:
        """Whether elements may be on though no tank can be seen: only where nothing else heats, and not all the time."""
        if self._source:
            return False
        period_ms = self._limits.unseen_period_ms
        held_ms = round((1.0 - self._limits.unseen_boost_duty) * period_ms)
        into_ms = (mono_ms - self._too_hot.since_mono_ms) % period_ms
        self._wake_at(mono_ms - into_ms + (held_ms if into_ms < held_ms else period_ms))
        return into_ms >= held_ms

    def _wake_at(self, mono_ms: int) -> None:
        if self._phase_due_mono_ms is None or mono_ms < self._phase_due_mono_ms:
            self._phase_due_mono_ms = mono_ms

    def _find_deadline(self, mono_ms: int) -> None:
        """The watch for silence is set anew only when it has come, so that the deadline does not move with every pass."""
        if self._watch_mono_ms <= mono_ms:
            self._watch_mono_ms = max(
                self._heard_mono_ms + self._limits.silence_ms, mono_ms + self._limits.pump_minimum_ms // 3
            )
        phase_ms = self._phase_due_mono_ms
        self._deadline = self._watch_mono_ms if phase_ms is None else min(phase_ms, self._watch_mono_ms)
