"""A house as plain frozen objects: what is there, what is measured, what can be switched, what its simulated twin is made of.

Everything house-specific is here and nothing of it in code. Names: a *node* is a named thing (`a.tank.temp0`), a *component* a
piece of hardware, a *channel* one measured quantity. A channel's name is, unless the file says otherwise, its node's alias with
dots as dashes, because the wire refuses dots.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gw_spaceheat.house.plant_model import PlantModel
from gw_spaceheat.vocabulary.roles import ActorClass, Role
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName


def wire_name(alias: str) -> str:
    """A node's alias as the wire writes it: dots become dashes."""
    return alias.replace(".", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRule:
    """When a reading is kept: at least every period, and at once when it has changed by more than delta.

    Attributes:
        poll_s: How often the device is read [s].
        period_s: A reading is captured at least this often [s]; a multiple of poll_s.
        delta: Change from the last captured value that is captured at once [the channel's SI unit]; None for never.
    """

    poll_s: float
    period_s: float
    delta: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One measured quantity of one node.

    Attributes:
        name: Unique in the house, as on the wire (lower-case words with dashes).
        about: Alias of the node it tells of.
        captured_by: Alias of the node whose actor reads it.
        telemetry: Quantity, unit and wire scale.
        capture: When a reading is kept.
        in_power_metering: Its watts are part of the house's power that goes to the AtomicTNode on change.
        register: Where the device keeps it (driver's own words, such as a register's name); empty if the device has only one.
    """

    name: str
    about: str
    captured_by: str
    telemetry: TelemetryName
    capture: CaptureRule
    in_power_metering: bool = False
    register: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailStates:
    """The value an actuator is given, or has by its wiring, when something fails; None where it keeps what it has.

    Attributes:
        sensor_missing: A sensor that its strategy needs is missing and the fallback gives it no order.
        driver_dead: Its own driver does not answer (what the wiring gives; nobody can command it).
        process_start: The daemon starts.
        process_stop: The daemon stops in order.
        process_killed: The daemon was killed (`gws relays safe` by systemd).
        pi_hung: The Pi hangs until the hardware watchdog resets it.
        power_back: Power returns.
    """

    sensor_missing: float | None = 0.0
    driver_dead: float | None = 0.0
    process_start: float | None = 0.0
    process_stop: float | None = 0.0
    process_killed: float | None = 0.0
    pi_hung: float | None = None
    power_back: float | None = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Actuator:
    """What can be commanded about a node.

    Attributes:
        minimum: Smallest value [SI unit of the output; 0 for a relay].
        maximum: Largest value [1 for a relay].
        expected_response_s: Time from command until the metered power or the read-back must have followed [s].
        smallest_step_w: Smallest change of metered power that switching must cause [W]; None if it is not metered.
        fail_states: What it does when something fails.
    """

    minimum: float = 0.0
    maximum: float = 1.0
    expected_response_s: float = 5.0
    smallest_step_w: float | None = None
    fail_states: FailStates = field(default_factory=FailStates)


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumTimes:
    """What an actuator's load must be spared, whoever commands (but for safety).

    Attributes:
        on_s: Once on it stays so for at least so long [s].
        off_s: Once off it stays so for at least so long [s].
        starts_per_hour: It starts at most so often in any hour.
    """

    on_s: float
    off_s: float
    starts_per_hour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A piece of hardware.

    Attributes:
        id: Unique in the house.
        make_model: Such as `NCD__PR8_14_SPST` or `GridWorks__SimTempSensors`; finds the driver.
        address: Where it is, in its bus's words: `{"bus": "i2c-1", "address": 32}`; a simulated device has none.
        serial: Serial number the device must answer with; empty if it has none.
        options: Anything else that the driver understands.
    """

    id: str
    make_model: str
    address: Mapping[str, str | int] = field(default_factory=dict)
    serial: str = ""
    options: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A named thing in a house.

    Attributes:
        alias: Dotted; its parent is the alias without the last word.
        role: What it is.
        actor: Who acts for it.
        display_name: For a person.
        component: Identifier of its component; empty if it has none.
        output: For an actuator: which of the component's outputs it is (relay number from 1, channel of an output board).
        actuator: What can be commanded; None for everything else.
        nameplate_w: Rated electrical power of what it is or switches [W].
    """

    alias: str
    role: Role
    actor: ActorClass = ActorClass.NoActor
    display_name: str = ""
    component: str = ""
    output: int = 0
    actuator: Actuator | None = None
    nameplate_w: float = 0.0

    @property
    def parent(self) -> str:
        """Alias of the parent; empty for the root."""
        return self.alias.rpartition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThermalEdge:
    """Heat can pass from one node to another; from and to are aliases."""

    from_node: str
    to_node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeatherCurve:
    """Supply temperature the house needs: `clip(base_c + slope * (reference_c - outdoor_c), minimum_c, maximum_c)` [degC]."""

    base_c: float
    slope: float
    reference_c: float
    minimum_c: float
    maximum_c: float

    def required_c(self, outdoor_c: float) -> float:
        """Required supply temperature [degC] at an outdoor temperature [degC]."""
        return min(max(self.base_c + self.slope * (self.reference_c - outdoor_c), self.minimum_c), self.maximum_c)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A heated zone as local control sees it.

    Attributes:
        name: For a person.
        temperature: Channel of its air temperature.
        setpoint_c: Wanted air temperature [degC].
        circulator: Alias of the relay of its circulator (or zone valve).
        fan: Alias of the relay of its radiator fan; empty if it has none.
    """

    name: str
    temperature: str
    setpoint_c: float
    circulator: str
    fan: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comfort:
    """How far rooms may be off their set-points, so that in a house without a store a plan can use the building as one.

    Attributes:
        below_k: So far below [K].
        above_k: So far above [K].
    """

    below_k: float
    above_k: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HotWater:
    """Domestic hot water as local control sees it.

    Attributes:
        temperatures: Channels from top to bottom.
        charge: Alias of the relay that sends the heat source to this tank.
        setpoint_c: Wanted temperature [degC].
        legionella_c: Temperature of the weekly cycle [degC].
        legionella_weekday: 0 is Monday, local time.
        legionella_hour: Local hour at which the weekly cycle begins.
    """

    temperatures: tuple[str, ...]
    charge: str
    setpoint_c: float
    legionella_c: float = 60.0
    legionella_weekday: int = 6
    legionella_hour: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Heating:
    """Which nodes and channels local control works with, and how.

    Attributes:
        strategy: Name of a strategy (`hysteresis`, `tou`).
        parameters: The strategy's numbers; what is left out has the strategy's default.
        curve: Required supply temperature by outdoor temperature.
        outdoor: Channel of the outdoor temperature; empty if there is none.
        buffer: Channels of the tank that feeds the distribution, top to bottom.
        store: Channels of the store, hottest (top) to coldest (bottom); empty if there is none.
        pipes: Channels of pipes that must not freeze.
        heat_source: Alias of the relay that lets the heat pump or boiler run; empty if there is none.
        supply_setpoint: Alias of the analogue output that sets its supply temperature [degC]; empty if it cannot be set.
        boost: Aliases of the relays of resistive elements, in the order in which they are switched on.
        store_valve: Alias of the relay that lets the heat source charge the store; empty if there is none.
        store_pump: Alias of the relay of the pump from store to buffer; empty if there is none.
        distribution_pump: Alias of the relay of a pump common to all zones; empty if each zone has its own.
        zones: The heated zones.
        hot_water: Domestic hot water; None if there is none.
        comfort: How far a plan may let rooms be off their set-points; None for not at all.
        maximum_tank_c: No tank may get hotter [degC] (safety).
        minimum_tank_c: No tank may get colder [degC] (safety).
        minimum_pipe_c: Below this the pumps run [degC] (safety).
    """

    strategy: str
    parameters: Mapping[str, float]
    curve: WeatherCurve
    outdoor: str = ""
    buffer: tuple[str, ...] = ()
    store: tuple[str, ...] = ()
    pipes: tuple[str, ...] = ()
    heat_source: str = ""
    supply_setpoint: str = ""
    boost: tuple[str, ...] = ()
    store_valve: str = ""
    store_pump: str = ""
    distribution_pump: str = ""
    zones: tuple[Zone, ...] = ()
    hot_water: HotWater | None = None
    comfort: Comfort | None = None
    maximum_tank_c: float = 90.0
    minimum_tank_c: float = 10.0
    minimum_pipe_c: float = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakWindow:
    """On-peak hours of a delivery tariff, local time: from start_hour up to but not including end_hour."""

    weekdays: tuple[int, ...]
    start_hour: int
    end_hour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerLimit:
    """Hours in which the grid operator allows no more than limit_kw, local time, on holidays too: as in `PeakWindow`."""

    weekdays: tuple[int, ...]
    start_hour: int
    end_hour: int
    limit_kw: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """Delivery price: on-peak within the windows, off-peak else [USD/kWh]; no on-peak on holidays if holidays_off_peak.

    Attributes:
        peak_usd_per_kw: Price of the highest power of each month [USD/kW]; 0 if it costs nothing.
        power_limits: When the grid operator limits the power; where several hold, the lowest counts.
    """

    name: str
    on_peak_usd_per_kwh: float
    off_peak_usd_per_kwh: float
    on_peak: tuple[PeakWindow, ...] = ()
    holidays_off_peak: bool = True
    peak_usd_per_kw: float = 0.0
    power_limits: tuple[PowerLimit, ...] = ()


class UnsignedCommands(StrEnum):
    """What becomes of a command that says nothing of the authority under which it is given."""

    refuse = "refuse"
    allow = "allow"
    """It is obeyed while the contract is in RemoteControl, as long as there are no keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """One heating system and its site, keyed by its AtomicTNode's alias.

    Attributes:
        alias: Alias of the AtomicTNode; the terminal asset is `alias.ta`, the SCADA `alias.ta.scada`.
        timezone: IANA name, for tariffs and people.
        utc_offset_standard_h: Offset of local standard time from UTC [h], for weather and demand files.
        plant: What its simulated twin is made of; None for a house that only exists for real.
        unsigned_commands: Whether bare commands of the common protocol are obeyed.
    """

    alias: str
    display_name: str
    timezone: str
    utc_offset_standard_h: float
    latitude_deg: float
    longitude_deg: float
    scada_instance_id: str
    atn_instance_id: str
    nodes: Mapping[str, Node]
    components: Mapping[str, Component]
    channels: Mapping[str, Channel]
    thermal_edges: tuple[ThermalEdge, ...]
    heating: Heating
    tariff: Tariff
    plant: PlantModel | None = None
    unsigned_commands: UnsignedCommands = UnsignedCommands.refuse

    @property
    def scada_alias(self) -> str:
        """The SCADA's name on the wire."""
        return f"{self.alias}.ta.scada"

    @property
    def terminal_asset_alias(self) -> str:
        """What reports are about."""
        return f"{self.alias}.ta"

    def channels_of(self, alias: str) -> tuple[Channel, ...]:
        """The channels that a node's actor captures, in the order of the file."""
        return tuple(channel for channel in self.channels.values() if channel.captured_by == alias)

    def state_channel(self, alias: str) -> Channel | None:
        """The channel in which an actuator reports its own state; None if it has none."""
        return next((channel for channel in self.channels_of(alias) if channel.about == alias), None)

    def dispatch_to_wire(self, alias: str, value: float) -> int:
        """The wire's integer that asks an actuator for a value in SI: in its state channel's scale, else in whole units."""
        channel = self.state_channel(alias)
        return round(value) if channel is None else channel.telemetry.to_wire(value)

    def dispatch_from_wire(self, alias: str, number: int) -> float:
        """The value in SI that an integer on the wire asks of an actuator."""
        channel = self.state_channel(alias)
        return float(number) if channel is None else channel.telemetry.from_wire(number)


def state_channels(house: House) -> dict[str, str]:
    """Channels in which actuators report their own state, and the alias of each one's actuator."""
    return {
        channel.name: channel.about
        for channel in house.channels.values()
        if house.nodes[channel.about].actuator is not None and channel.captured_by == channel.about
    }


def steering_channels(house: House) -> set[str]:
    """Channels whose readings make heating and safety think again: every temperature that they go by."""
    heating = house.heating
    channels = {heating.outdoor, *heating.buffer, *heating.store, *heating.pipes}
    channels.update(zone.temperature for zone in heating.zones)
    if heating.hot_water is not None:
        channels.update(heating.hot_water.temperatures)
    return channels - {""}
