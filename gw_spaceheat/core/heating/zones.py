"""Zones: a thermostat each, with circulator and radiator fan."""

from collections.abc import Mapping

from gw_spaceheat.core.events import Event, Level, Note
from gw_spaceheat.core.heating.outputs import Output
from gw_spaceheat.core.heating.parameters import SharedParameters
from gw_spaceheat.core.heating.schedule import DutySchedule
from gw_spaceheat.house.model import House, Zone


class ZoneThermostat:
    """One zone's switch: on below the set-point, off above, and by a duty while its sensor is missing.

    The circulator runs on for a while after the zone is satisfied, to bring home what is still in the pipes. The fan does not.
    """

    __slots__ = ("calling", "channel", "circulator", "fan", "missing", "name", "off_c", "on_c", "overrun_until_mono_ms")

    def __init__(self, house: House, zone: Zone, parameters: SharedParameters) -> None:
        """The zone does not call."""
        self.name = zone.name
        self.channel = zone.temperature
        self.circulator = Output(house, zone.circulator)
        self.fan = Output(house, zone.fan)
        self.on_c = zone.setpoint_c - parameters.zone_below_k
        self.off_c = zone.setpoint_c + parameters.zone_above_k
        self.calling = False
        self.missing = False
        self.overrun_until_mono_ms: int | None = None

    def call(self, reason: str, out: list[Event]) -> None:
        """Heat is wanted."""
        self.calling = True
        self.overrun_until_mono_ms = None
        self.circulator.set(1.0, reason, out)
        self.fan.set(1.0, reason, out)

    def satisfy(self, overrun_until_mono_ms: int, out: list[Event]) -> None:
        """Heat is no longer wanted; the circulator runs on until then."""
        self.calling = False
        self.overrun_until_mono_ms = overrun_until_mono_ms
        self.fan.set(0.0, f"{self.name} is satisfied", out)

    @property
    def running(self) -> bool:
        """Whether the circulator runs."""
        return self.calling or self.overrun_until_mono_ms is not None


class Zones:
    """All zones of a house and the pump they share.

    Attributes:
        offset_k: So far above their set-points they are kept [K].
    """

    def __init__(self, house: House, parameters: SharedParameters, schedule: DutySchedule) -> None:
        """Where a demand file stands in for the zones, the common pump runs all the time."""
        heating = house.heating
        self._zones = [ZoneThermostat(house, zone, parameters) for zone in heating.zones]
        own = {zone.circulator for zone in heating.zones}
        self._pump = Output(house, "" if heating.distribution_pump in own else heating.distribution_pump)
        self._overrun_ms = round(parameters.circulator_overrun_s * 1000)
        self._schedule = schedule
        self.offset_k = 0.0
        self._due_mono_ms: int | None = None

    def outputs(self) -> list[Output]:
        """Circulators, fans and the common pump."""
        return [output for zone in self._zones for output in (zone.circulator, zone.fan)] + [self._pump]

    def due_mono_ms(self) -> int | None:
        """When the next circulator's overrun ends."""
        return self._due_mono_ms

    def adopt(self, states: Mapping[str, float | None], mono_ms: int) -> None:
        """Take circulators, fans and pump as they are: a zone whose circulator runs is calling, or runs on if its fan rests.

        The pump they share is looked at after the thermostats.
        """
        for output in self.outputs():
            output.adopt(states)
        for zone in self._zones:
            runs, fan_rests = bool(zone.circulator.value), bool(zone.fan.node) and not zone.fan.value
            zone.calling = runs and not fan_rests
            zone.overrun_until_mono_ms = mono_ms + self._overrun_ms if runs and fan_rests else None
        self._due_mono_ms = mono_ms

    def begin(self, out: list[Event]) -> None:
        """No zone calls yet, but for those that were taken over; say so of every output."""
        for zone in self._zones:
            if not zone.running:
                zone.circulator.set(0.0, f"{zone.name} does not call", out)
                zone.fan.set(0.0, f"{zone.name} does not call", out)
        if self._due_mono_ms is None:
            self._switch_pump(out)

    def any_below(self, values: Mapping[str, float | None], offset_k: float) -> bool:
        """Whether a zone would call if it were kept so far above its set-point [K], or cannot be seen."""
        seen = [(zone, values.get(zone.channel)) for zone in self._zones]
        return any(value is None or value <= zone.on_c + offset_k for zone, value in seen)

    def read(self, values: dict[str, float | None], outdoor_c: float, mono_ms: int, out: list[Event]) -> None:
        """Every thermostat looks at its zone; those that see nothing go by the weather."""
        blind, offset_k = None, self.offset_k
        for zone in self._zones:
            temperature_c = values.get(zone.channel)
            if temperature_c is None or zone.missing:
                blind = [*(blind or ()), zone]
            elif zone.calling:
                if temperature_c >= zone.off_c + offset_k:
                    self._satisfy(zone, mono_ms, out)
            elif temperature_c <= zone.on_c + offset_k:
                self._call(zone, f"{zone.name} is at {temperature_c:.1f} degC", out)
        if blind is not None:
            self._look_without_sensor([(zone, values.get(zone.channel)) for zone in blind], outdoor_c, mono_ms, out)

    def wake(self, mono_ms: int, out: list[Event]) -> None:
        """Overruns end."""
        if self._due_mono_ms is None or mono_ms < self._due_mono_ms:
            return
        for zone in self._zones:
            if zone.overrun_until_mono_ms is not None and mono_ms >= zone.overrun_until_mono_ms:
                zone.overrun_until_mono_ms = None
                zone.circulator.set(0.0, f"{zone.name} is satisfied", out)
        self._switch_pump(out)
        self._find_due()

    def _look_without_sensor(
        self, blind: list[tuple[ZoneThermostat, float | None]], outdoor_c: float, mono_ms: int, out: list[Event]
    ) -> None:
        for zone, temperature_c in blind:
            if temperature_c is not None:
                zone.missing = False
                out.append(Note(Level.INFO, f"{zone.name} has its temperature back: its thermostat goes by it again"))
            elif not zone.missing:
                zone.missing = True
                text = f"{zone.name} has no temperature: it is heated by outdoor temperature; check {zone.channel}"
                out.append(Note(Level.WARNING, text))
        by_duty = self._schedule.on(self._schedule.zone_duty(outdoor_c), mono_ms)
        for zone, temperature_c in blind:
            if temperature_c is None:
                wanted, reason = by_duty, f"{zone.name} without a temperature"
            else:
                wanted = temperature_c < zone.off_c if zone.calling else temperature_c <= zone.on_c
                reason = f"{zone.name} is at {temperature_c:.1f} degC"
            if wanted and not zone.calling:
                self._call(zone, reason, out)
            elif zone.calling and not wanted:
                self._satisfy(zone, mono_ms, out)

    def _call(self, zone: ZoneThermostat, reason: str, out: list[Event]) -> None:
        zone.call(reason, out)
        self._switch_pump(out)
        self._find_due()

    def _satisfy(self, zone: ZoneThermostat, mono_ms: int, out: list[Event]) -> None:
        zone.satisfy(mono_ms + self._overrun_ms, out)
        self._find_due()

    def _switch_pump(self, out: list[Event]) -> None:
        if not self._zones:
            self._pump.set(1.0, "the house draws as it needs", out)
        elif any(zone.running for zone in self._zones):
            self._pump.set(1.0, "a zone calls", out)
        else:
            self._pump.set(0.0, "no zone calls", out)

    def _find_due(self) -> None:
        ends = [zone.overrun_until_mono_ms for zone in self._zones if zone.overrun_until_mono_ms is not None]
        self._due_mono_ms = min(ends, default=None)
