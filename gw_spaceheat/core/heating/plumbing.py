"""The actuators of source, store, boost and hot water, switched in an order that harms nothing.

The store's valve is open before the source starts, and the source stops before it shuts. The store's pump stops at once: what
it moved beyond need would be warm water for the store's bottom.
"""

from collections.abc import Mapping

from gw_spaceheat.core.events import Event
from gw_spaceheat.core.heating.compressor import Compressor
from gw_spaceheat.core.heating.hot_water import HotWaterControl
from gw_spaceheat.core.heating.hydraulics import SOURCE_ON, VALVE_OPEN, Path, Pathfinder
from gw_spaceheat.core.heating.outputs import Output
from gw_spaceheat.core.heating.parameters import SharedParameters
from gw_spaceheat.core.heating.view import View
from gw_spaceheat.house.model import House

SETPOINT_STEP_K = 0.5
"""A supply set-point is written again when it should be this much different [K]."""


class Plumbing:
    """Turns path, boost stages and hot-water charge into wishes.

    Attributes:
        supply_offset_k: What a schedule asks of a source that can be set, above what the house requires [K]; None for what is
            always asked.
    """

    def __init__(self, house: House, parameters: SharedParameters, compressor: Compressor) -> None:
        """Find the actuators that the house has."""
        heating = house.heating
        self._compressor = compressor
        self._source = Output(house, heating.heat_source)
        self._setpoint = Output(house, heating.supply_setpoint)
        self._valve = Output(house, heating.store_valve)
        self._pump = Output(house, heating.store_pump)
        self._charge = Output(house, heating.hot_water.charge if heating.hot_water else "")
        self._elements = [Output(house, alias) for alias in heating.boost]
        self.has_elements = bool(self._elements)
        self._valve_lead_ms = round(parameters.valve_lead_s * 1000)
        self._usual_offset_k = parameters.supply_offset_k
        self.supply_offset_k: float | None = None
        self._charge_supply_c = parameters.charge_supply_c
        self._hot_water_lift_k = parameters.hot_water_lift_k
        self._source_due_mono_ms: int | None = None
        self._path = Path.Initializing
        self._followed: tuple[Path, bool, bool, bool, int, bool, bool] | None = None

    def outputs(self) -> list[Output]:
        """Everything that is switched here."""
        return [self._source, self._setpoint, self._valve, self._pump, self._charge, *self._elements]

    def adopt(self, states: Mapping[str, float | None], mono_ms: int) -> int:
        """Take all of it as it is; the answer is how many elements are on."""
        for output in self.outputs():
            output.adopt(states)
        self._compressor.adopt(bool(self._source.value), mono_ms)
        self._source_due_mono_ms = None
        self._path = Path.Initializing
        self._followed = None
        return sum(bool(element.value) for element in self._elements)

    def due_mono_ms(self) -> int | None:
        """When the source is to start."""
        return self._source_due_mono_ms

    def follow(
        self,
        pathfinder: Pathfinder,
        elements: int,
        hot_water: HotWaterControl | None,
        view: View,
        mono_ms: int,
        out: list[Event],
    ) -> None:
        """Wish what path, boost and hot water ask for."""
        path = pathfinder.path
        charging = hot_water is not None and hot_water.charging
        if self._setpoint.node:
            self._ask_supply(view.required_c, path, hot_water, out)
        missing = hot_water is not None and hot_water.missing
        asked = (path, pathfinder.drawing, pathfinder.store_gives, pathfinder.chilled, elements, charging, missing)
        if asked == self._followed:
            return
        self._followed = asked
        self._path = path
        self._switch_source(path, mono_ms, out)
        self._set_valve(out)
        self._switch_pump(pathfinder, out)
        if missing:
            self._charge.without_sensors("no hot-water temperature", out)
        else:
            self._charge.set(float(charging and (path in SOURCE_ON or not self._source.node)), "hot water is charged", out)
        for stage, element in enumerate(self._elements):
            on = stage < elements
            element.set(float(on), f"boost: {elements} of {len(self._elements)} elements are needed", out)

    def wake(self, mono_ms: int, out: list[Event]) -> None:
        """The valve has moved."""
        if self._source_due_mono_ms is not None and mono_ms >= self._source_due_mono_ms:
            self._source_due_mono_ms = None
            self._compressor.started(mono_ms)
            self._source.set(1.0, "heat is needed", out)

    def _switch_source(self, path: Path, mono_ms: int, out: list[Event]) -> None:
        on = path in SOURCE_ON
        if not on:
            self._source_due_mono_ms = None
            if self._compressor.running:
                self._compressor.stopped(mono_ms)
            self._source.set(0.0, "no heat is needed", out)
        if on and self._source.node and not self._compressor.running and self._source_due_mono_ms is None:
            self._source_due_mono_ms = mono_ms + (self._valve_lead_ms if self._valve.node else 0)

    def _switch_pump(self, pathfinder: Pathfinder, out: list[Event]) -> None:
        path = pathfinder.path
        if path is Path.HpOffStoreDischarge or (path is Path.HpOnStoreCharge and pathfinder.drawing):
            self._pump.set(1.0, "the buffer takes from the store", out)
        elif pathfinder.store_gives and not pathfinder.chilled:
            self._pump.set(0.0, "the buffer is full", out)
        else:
            self._pump.set(0.0, "the store has nothing to give", out)

    def _set_valve(self, out: list[Event]) -> None:
        """Open before the source or the pump runs, shut while the source feeds the buffer alone, else left as it is."""
        if self._path in VALVE_OPEN:
            self._valve.set(1.0, f"path is {self._path.value}", out)
        elif self._path in SOURCE_ON or self._valve.value is None:
            self._valve.set(0.0, f"path is {self._path.value}", out)

    def _ask_supply(self, required_c: float, path: Path, hot_water: HotWaterControl | None, out: list[Event]) -> None:
        offset_k = self.supply_offset_k
        supply_c = required_c + (self._usual_offset_k if offset_k is None else offset_k)
        if offset_k is None and path is Path.HpOnStoreCharge:
            supply_c = max(supply_c, self._charge_supply_c)
        if hot_water is not None and hot_water.charging:
            supply_c = max(supply_c, hot_water.target_c + self._hot_water_lift_k)
        supply_c = min(max(supply_c, self._setpoint.minimum), self._setpoint.maximum)
        asked_c = self._setpoint.value
        if asked_c is None or abs(supply_c - asked_c) >= SETPOINT_STEP_K:
            self._setpoint.set(supply_c, f"required is {required_c:.1f} degC", out)
