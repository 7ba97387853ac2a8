"""Domestic hot water: when the heat source is sent to its tank, and the weekly cycle against legionella."""

from enum import StrEnum

from gw_spaceheat.core.events import Event, Level, Note, StateChanged
from gw_spaceheat.core.heating.local_clock import LocalClock
from gw_spaceheat.core.heating.parameters import SharedParameters
from gw_spaceheat.core.heating.view import fill_gaps
from gw_spaceheat.core.table import Table
from gw_spaceheat.house.model import HotWater

MACHINE = "hot_water"
PATIENCE_FACTOR = 2
"""A charge that heating does not interrupt is interrupted anyway after so many time limits, for as long as one limit."""


class Charge(StrEnum):
    """What the hot-water tank does."""

    HotWaterIdle = "HotWaterIdle"
    HotWaterCharging = "HotWaterCharging"
    HotWaterPaused = "HotWaterPaused"


class Draw(StrEnum):
    """What makes it change."""

    Cold = "Cold"
    Hot = "Hot"
    TimeUp = "TimeUp"
    Rested = "Rested"
    Lost = "Lost"


HOT_WATER: Table[Charge, Draw] = Table(
    Charge.HotWaterIdle,
    {
        Charge.HotWaterIdle: {Draw.Cold: Charge.HotWaterCharging},
        Charge.HotWaterCharging: {
            Draw.Hot: Charge.HotWaterIdle,
            Draw.TimeUp: Charge.HotWaterPaused,
            Draw.Lost: Charge.HotWaterIdle,
        },
        Charge.HotWaterPaused: {Draw.Rested: Charge.HotWaterIdle, Draw.Lost: Charge.HotWaterIdle},
    },
)


class HotWaterControl:
    """Decides when the tank is charged.

    The charge has priority over heating up to a time limit; then heating has the source for as long. In the local hour of the
    weekly cycle the whole tank is brought to the legionella temperature and held there; a cycle that takes too long is given
    up and told.

    Attributes:
        state: What the tank does.
        target_c: To what it is heated [degC].
        missing: Whether none of its sensors works; it is not charged then.
    """

    def __init__(self, hot_water: HotWater, parameters: SharedParameters, clock: LocalClock) -> None:
        """The tank is not charged."""
        self._hot_water = hot_water
        self._clock = clock
        self._below_k = parameters.hot_water_below_k
        self._limit_ms = round(parameters.hot_water_limit_s * 1000)
        self._hold_ms = round(parameters.legionella_hold_s * 1000)
        self._cycle_limit_ms = round(parameters.legionella_limit_s * 1000)
        self.state = Charge.HotWaterIdle
        self._since_mono_ms = 0
        self._cycle_since_mono_ms: int | None = None
        self._hot_since_mono_ms: int | None = None
        self._last_cycle_day: int | None = None
        self.missing = False
        self.target_c = hot_water.setpoint_c

    @property
    def charging(self) -> bool:
        """Whether the tank wants the source now."""
        return self.state is Charge.HotWaterCharging

    def read(self, values: dict[str, float | None], heating_wants: bool, mono_ms: int, out: list[Event]) -> None:
        """Look at the tank; heating_wants says whether heating waits for the source meanwhile."""
        temperatures = fill_gaps([values.get(name) for name in self._hot_water.temperatures])
        if temperatures is None:
            self._lose(out, mono_ms)
            return
        if self.missing:
            self.missing = False
            out.append(Note(Level.INFO, "hot-water temperature is back: hot water is charged again"))
        self._run_cycle(min(temperatures), mono_ms, out)
        turn = self._turn(temperatures, heating_wants, mono_ms - self._since_mono_ms)
        if turn is not None:
            self._take(turn, mono_ms, out)

    def _turn(self, temperatures: list[float], heating_wants: bool, lasted_ms: int) -> Draw | None:
        top_c, middle_c = temperatures[0], temperatures[len(temperatures) // 2]
        disinfecting = self._cycle_since_mono_ms is not None
        if self.state is Charge.HotWaterIdle:
            return Draw.Cold if disinfecting or top_c < self.target_c - self._below_k else None
        if self.state is Charge.HotWaterPaused:
            return Draw.Rested if lasted_ms >= self._limit_ms else None
        if not disinfecting and top_c >= self.target_c and middle_c >= self.target_c - self._below_k / 2.0:
            return Draw.Hot
        patience_ms = self._limit_ms if heating_wants else PATIENCE_FACTOR * self._limit_ms
        return Draw.TimeUp if lasted_ms >= patience_ms else None

    def _run_cycle(self, coldest_c: float, mono_ms: int, out: list[Event]) -> None:
        clock, plan = self._clock, self._hot_water
        if self._cycle_since_mono_ms is None:
            if (
                clock.hour == plan.legionella_hour
                and clock.weekday == plan.legionella_weekday
                and clock.day != self._last_cycle_day
            ):
                self._last_cycle_day = clock.day
                self._cycle_since_mono_ms = mono_ms
                self._hot_since_mono_ms = None
                self.target_c = max(plan.legionella_c, plan.setpoint_c)
                out.append(Note(Level.INFO, f"hot water: weekly cycle to {self.target_c:g} degC begins"))
            return
        if coldest_c < plan.legionella_c:
            self._hot_since_mono_ms = None
        elif self._hot_since_mono_ms is None:
            self._hot_since_mono_ms = mono_ms
        if self._hot_since_mono_ms is not None and mono_ms - self._hot_since_mono_ms >= self._hold_ms:
            self._end_cycle(out, Note(Level.INFO, "hot water: weekly cycle is done"))
        elif mono_ms - self._cycle_since_mono_ms >= self._cycle_limit_ms:
            text = f"hot water: weekly cycle given up, the coldest sensor reached {coldest_c:.1f} of {plan.legionella_c:g} degC"
            self._end_cycle(out, Note(Level.WARNING, text + "; check the source's highest supply temperature"))

    def _end_cycle(self, out: list[Event], note: Note) -> None:
        self._cycle_since_mono_ms = self._hot_since_mono_ms = None
        self.target_c = self._hot_water.setpoint_c
        out.append(note)

    def _lose(self, out: list[Event], mono_ms: int) -> None:
        if not self.missing:
            self.missing = True
            out.append(Note(Level.WARNING, "no hot-water temperature: hot water is not charged; check its sensors"))
        if self.state is not Charge.HotWaterIdle:
            self._take(Draw.Lost, mono_ms, out)

    def _take(self, turn: Draw, mono_ms: int, out: list[Event]) -> None:
        following = HOT_WATER.after(self.state, turn)
        if following is None:
            return
        self.state = following
        self._since_mono_ms = mono_ms
        out.append(StateChanged(MACHINE, following.value))
