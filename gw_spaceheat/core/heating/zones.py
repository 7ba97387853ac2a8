"""Zones: a thermostat each, with circulator and radiator fan; and what they do when their thermometers are missing or wrong."""

from gw_spaceheat.core.events import Event, Level, Note
from gw_spaceheat.core.heating.outputs import Output
from gw_spaceheat.core.heating.parameters import SharedParameters
from gw_spaceheat.core.heating.room_watch import Doubt, RoomWatch
from gw_spaceheat.core.heating.view import View
from gw_spaceheat.core.heating.zone_share import ZoneShare
from gw_spaceheat.house.model import House, Zone

LEAST_DUTY = 0.01
"""A zone that needs heat for a smaller part of the time needs none [0-1]."""


class ZoneThermostat:
    """One zone's switch: on below the set-point, off above, and by the learnt share while its sensor is missing or wrong.

    The circulator runs on for a while after the zone is satisfied, to bring home what is still in the pipes. The fan does not.
    """

    __slots__ = (
        "calling",
        "channel",
        "circulator",
        "doubt",
        "duty",
        "fan",
        "missing",
        "name",
        "off_c",
        "on_c",
        "overrun_until_mono_ms",
        "share",
        "switched_mono_ms",
        "told",
        "watch",
    )

    def __init__(self, house: House, zone: Zone, parameters: SharedParameters) -> None:
        """The zone does not call."""
        self.name = zone.name
        self.channel = zone.temperature
        self.circulator = Output(house, zone.circulator)
        self.fan = Output(house, zone.fan)
        self.on_c = zone.setpoint_c - parameters.zone_below_k
        self.off_c = zone.setpoint_c + parameters.zone_above_k
        self.share = ZoneShare(zone.setpoint_c, parameters.zone_share)
        self.watch = RoomWatch(zone.setpoint_c)
        self.calling = False
        self.missing = False
        self.doubt = Doubt.NONE
        self.told = ""
        self.duty = 0.0
        self.switched_mono_ms = 0
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
    """All zones of a house and the pump they share."""

    def __init__(self, house: House, parameters: SharedParameters) -> None:
        """Where a demand file stands in for the zones, the common pump runs all the time."""
        heating = house.heating
        self._zones = [ZoneThermostat(house, zone, parameters) for zone in heating.zones]
        own = {zone.circulator for zone in heating.zones}
        self._pump = Output(house, "" if heating.distribution_pump in own else heating.distribution_pump)
        self._overrun_ms = round(parameters.circulator_overrun_s * 1000)
        self._unseen_supply_c = parameters.source_maximum_c
        self._due_mono_ms: int | None = None

    def outputs(self) -> list[Output]:
        """Circulators, fans and the common pump."""
        return [output for zone in self._zones for output in (zone.circulator, zone.fan)] + [self._pump]

    def due_mono_ms(self) -> int | None:
        """When the next circulator's overrun ends, or the next zone without a sensor is to be switched."""
        return self._due_mono_ms

    def draw(self) -> bool:
        """Whether the house takes heat now."""
        return not self._zones or any(zone.running for zone in self._zones)

    def begin(self, out: list[Event]) -> None:
        """No zone calls yet; say so of every output."""
        for zone in self._zones:
            zone.circulator.set(0.0, f"{zone.name} does not call", out)
            zone.fan.set(0.0, f"{zone.name} does not call", out)
        self._switch_pump(out)

    def look(self, values: dict[str, float | None], view: View, mono_ms: int, out: list[Event]) -> bool:
        """Learn what zones need and watch their thermometers; this is slow, and done every few minutes.

        Returns:
            Whether no zone gets warmer though all that can be seen are heated, and so the water is not as warm as it is said.
        """
        supply_c = self._supply_c(view)
        warm = view.buffer_known and supply_c >= view.required_c
        for zone in self._zones:
            zone.share.pass_time(zone.calling, view.outdoor_c, supply_c, mono_ms)
            zone.duty = zone.share.duty(view.outdoor_c, supply_c)
            zone.doubt = zone.watch.look(
                values.get(zone.channel),
                calling=zone.calling,
                duty=zone.duty,
                supply_warm=warm,
                outdoor_c=view.outdoor_c,
                mono_ms=mono_ms,
            )
        seen = [zone for zone in self._zones if values.get(zone.channel) is not None]
        all_deaf = bool(seen) and all(zone.doubt is Doubt.DEAF for zone in seen)
        if all_deaf and len(seen) > 1:  # with one zone alone either may be wrong, and neither is gone by
            for zone in seen:
                zone.watch.trust(zone.calling, mono_ms)
                zone.doubt = Doubt.NONE
        for zone in self._zones:
            if zone.doubt and not zone.missing:
                self._without_sensor(zone, values.get(zone.channel), mono_ms, out)
        return all_deaf

    def read(self, values: dict[str, float | None], view: View, mono_ms: int, out: list[Event]) -> None:
        """Every thermostat looks at its zone."""
        get = values.get
        for zone in self._zones:
            temperature_c = get(zone.channel)
            if temperature_c is None or zone.missing:
                if not zone.missing:
                    zone.duty = zone.share.duty(view.outdoor_c, self._supply_c(view))
                self._without_sensor(zone, temperature_c, mono_ms, out)
            elif zone.calling:
                if temperature_c >= zone.off_c:
                    zone.share.pass_time(True, view.outdoor_c, self._supply_c(view), mono_ms)
                    self._satisfy(zone, mono_ms, out)
            elif temperature_c <= zone.on_c:
                zone.share.pass_time(False, view.outdoor_c, self._supply_c(view), mono_ms)
                zone.share.end_cycle()
                self._call(zone, f"{zone.name} is at {temperature_c:.1f} degC", out)

    def wake(self, mono_ms: int, out: list[Event]) -> None:
        """Overruns end, and zones without a sensor are switched by the clock."""
        if self._due_mono_ms is None or mono_ms < self._due_mono_ms:
            return
        for zone in self._zones:
            if zone.missing:
                self._follow_duty(zone, mono_ms, out)
            if zone.overrun_until_mono_ms is not None and mono_ms >= zone.overrun_until_mono_ms:
                zone.overrun_until_mono_ms = None
                zone.circulator.set(0.0, f"{zone.name} is satisfied", out)
        self._switch_pump(out)
        self._find_due()

    def _supply_c(self, view: View) -> float:
        """The water that zones are heated with: what the tank shows, or the hottest that the source can make.

        The schedule by which a tank without probes is heated gives rather too much, and what zones do not take stays in it.
        """
        return view.buffer_top_c if view.buffer_known else max(view.required_c, self._unseen_supply_c)

    def _without_sensor(self, zone: ZoneThermostat, temperature_c: float | None, mono_ms: int, out: list[Event]) -> None:
        if temperature_c is not None and not zone.doubt:
            zone.missing = False
            zone.told = ""
            out.append(Note(Level.INFO, f"{zone.name} has its temperature back: its thermostat goes by it again"))
            if zone.calling and temperature_c >= zone.off_c:
                self._satisfy(zone, mono_ms, out)
            elif not zone.calling and temperature_c <= zone.on_c:
                self._call(zone, f"{zone.name} is cold", out)
            self._find_due()
            return
        if not zone.missing:
            zone.missing = True
            zone.switched_mono_ms = mono_ms
            zone.share.drop_cycle()
        why = "has no temperature" if temperature_c is None else f"shows {temperature_c:.1f} degC, and {zone.doubt.value}"
        kind = "missing" if temperature_c is None else zone.doubt.value
        if kind != zone.told:
            zone.told = kind
            text = f"{zone.name} {why}: it is heated for {zone.duty:.0%} of the time by the weather; check {zone.channel}"
            out.append(Note(Level.WARNING, text))
        self._follow_duty(zone, mono_ms, out)
        self._find_due()

    def _follow_duty(self, zone: ZoneThermostat, mono_ms: int, out: list[Event]) -> None:
        due_mono_ms = self._next_switch(zone)
        if due_mono_ms is None or mono_ms < due_mono_ms:
            return
        zone.switched_mono_ms = mono_ms
        if zone.calling:
            self._satisfy(zone, mono_ms, out)
        else:
            self._call(zone, f"{zone.name} by the clock", out)

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
        due_mono_ms: int | None = None
        for zone in self._zones:
            for each_ms in (zone.overrun_until_mono_ms, self._next_switch(zone)):
                if each_ms is not None and (due_mono_ms is None or each_ms < due_mono_ms):
                    due_mono_ms = each_ms
        self._due_mono_ms = due_mono_ms

    @staticmethod
    def _next_switch(zone: ZoneThermostat) -> int | None:
        """When a zone that goes by the clock is to be switched next; None if never, as far as the weather now says.

        It calls for as long as it usually did, and rests for so long that this makes up its duty.
        """
        if not zone.missing:
            return None
        call_ms, duty = zone.share.call_ms, zone.duty
        if zone.calling:
            return None if duty >= 1.0 else zone.switched_mono_ms + call_ms
        return None if duty <= LEAST_DUTY else zone.switched_mono_ms + round(call_ms * (1.0 / duty - 1.0))
