"""A small house with a few devices, for demonstrations: a heated room, a fridge, a lamp, panels in clear sunlight.

The room and the fridge's inside follow first-order heat balances, explicit in time, with a thermostat each; they live on the
clock that they are given, so that a run on a fast clock gives the same. The panels are those of `plant/pv`.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from gw_spaceheat.plant.pv.day import ClearDay, Place, clear_day
from gw_spaceheat.plant.pv.field import Field
from gw_spaceheat.vocabulary.chance import uniform
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS

PLACE = Place(48.85, 2.35, 35.0)
TURBIDITY = 3.0
OUTDOORS_C = 5.0
GRID_V = 230.0
PANEL_V, BATTERY_V = 30.0, 12.0
BATTERY_WH = 2400.0
LOAD_W = 30.0
PANELS = Field(peak_w=400.0)
LONGEST_STEP_MS = 60 * SECOND_MS
LAMP_HOURS = (17, 23)
"""Hours of the day, UTC, in which the lamp burns."""
RATED_W = {"heater": 1500.0, "fridge": 90.0, "lamp": 40.0}
OTHER_W = 60.0
"""Of a device that is no heater, fridge or lamp, while its switch is on [W]."""


@dataclass
class Body:
    """Something that is kept warm, or cold, by a thermostat.

    Attributes:
        now_c: Its temperature [degC].
        set_c: What is wanted; the thermostat switches half a band above and below [degC].
        band_k: The band [K].
        gain_k_per_h: How fast it is heated (above 0) or cooled (below 0) while it runs [K/h].
        loss_per_h: Which part of the difference to its surroundings it loses [1/h].
        runs: Whether it runs.
    """

    now_c: float
    set_c: float
    band_k: float
    gain_k_per_h: float
    loss_per_h: float
    runs: bool = False

    def step(self, hours: float, around_c: float, *, powered: bool) -> None:
        """Let time pass [h] in surroundings of a temperature [degC]."""
        beyond_k = (self.now_c - self.set_c) * (1.0 if self.gain_k_per_h > 0.0 else -1.0)
        if beyond_k < -self.band_k / 2.0:
            self.runs = True
        elif beyond_k > self.band_k / 2.0:
            self.runs = False
        gain_k = self.gain_k_per_h * hours if self.runs and powered else 0.0
        self.now_c += gain_k + (around_c - self.now_c) * self.loss_per_h * hours


@dataclass
class DemoHome:
    """The house.

    Attributes:
        seed: By which houses differ.
        names: What each device is, by its number; one that is no heater, fridge or lamp begins switched off.
        on: The state of switches that were switched, by the device's number.
        supplier_on: The switch of what the panels' battery feeds.
    """

    seed: int
    names: dict[int, str] = field(default_factory=dict)
    on: dict[int, bool] = field(default_factory=dict)
    supplier_on: bool = True
    _room: Body = field(init=False)
    _fridge: Body = field(init=False)
    _wall_ms: int | None = None
    _day: ClearDay | None = None
    _battery_percent: float = 60.0

    def __post_init__(self) -> None:
        """A house begins cold, so that there is something to be seen at once; each a little different."""
        self._room = Body(19.0 + 0.4 * uniform(self.seed, 1, 0), 20.0, 1.0, 6.0, 0.12)
        self._fridge = Body(6.1 + 0.4 * uniform(self.seed, 2, 0), 5.0, 2.0, -18.0, 0.3)

    def step(self, wall_ms: int) -> None:
        """Go on to a time, UTC [ms]; after a long pause only its last minute is lived through."""
        before_ms, self._wall_ms = self._wall_ms, wall_ms
        if before_ms is None:
            return
        hours = min(max(wall_ms - before_ms, 0), LONGEST_STEP_MS) / HOUR_MS
        self._room.step(hours, OUTDOORS_C, powered=self._powered("heater"))
        self._fridge.step(hours, 20.0, powered=self._powered("fridge"))
        charge_w = self.panel_w() - (LOAD_W if self.supplier_on else 0.0)
        self._battery_percent = min(max(self._battery_percent + charge_w * hours / BATTERY_WH * 100.0, 5.0), 100.0)

    def current_a(self, number: int) -> float:
        """What a device draws [A]."""
        name = self.names.get(number, "")
        if not self.is_on(number):
            return 0.0
        running = {"heater": self._room.runs, "fridge": self._fridge.runs, "lamp": self._is_evening()}
        return RATED_W.get(name, OTHER_W) * running.get(name, True) / GRID_V

    def is_on(self, number: int) -> bool:
        """The state of a device's switch."""
        return self.on.get(number, self.names.get(number, "") in RATED_W)

    def panel_w(self) -> float:
        """What the panels give now, in clear sunlight [W]."""
        if self._wall_ms is None:
            return 0.0
        if self._day is None or self._day.unix_ms[0] != self._wall_ms - self._wall_ms % DAY_MS:
            day = datetime.fromtimestamp(self._wall_ms // 1000, UTC).date()
            self._day = clear_day(PANELS, PLACE, day, TURBIDITY)
        return float(self._day.power_w[self._wall_ms % DAY_MS // MINUTE_MS])

    def supplier(self) -> dict[str, float]:
        """What the panels' regulator tells: voltages [V], currents [A], and what is left in the battery [%]."""
        panel_w = self.panel_w()
        load_w = LOAD_W if self.supplier_on else 0.0
        return {
            "pvvoltage": PANEL_V if panel_w > 0.0 else 0.0,
            "pvcurrent": panel_w / PANEL_V,
            "lvoltage": BATTERY_V,
            "lcurrent": load_w / BATTERY_V,
            "bvoltage": BATTERY_V,
            "bcurrent": (panel_w - load_w) / BATTERY_V,
            "bremaining": self._battery_percent,
        }

    def _powered(self, name: str) -> bool:
        return any(self.is_on(number) for number, known in self.names.items() if known == name)

    def _is_evening(self) -> bool:
        hour = (self._wall_ms or 0) % DAY_MS // HOUR_MS
        return LAMP_HOURS[0] <= hour < LAMP_HOURS[1]
