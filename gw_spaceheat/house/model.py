"""A house as plain frozen objects: what is there, what is measured, what can be switched, what its simulated twin is made of.

Everything house-specific is here and nothing of it in code. Names: a *node* is a named thing (`a.tank.temp0`), a *component* a
piece of hardware, a *channel* one measured quantity. A channel's name is, unless the file says otherwise, its node's alias with
dots as dashes, because the wire refuses dots.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

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
class Tariff:
    """Delivery price: on-peak within the windows, off-peak else [USD/kWh]; no on-peak on holidays if holidays_off_peak."""

    name: str
    on_peak_usd_per_kwh: float
    off_peak_usd_per_kwh: float
    on_peak: tuple[PeakWindow, ...] = ()
    holidays_off_peak: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """One heating system and its site, keyed by its AtomicTNode's alias.

    Attributes:
        alias: Alias of the AtomicTNode; the terminal asset is `alias.ta`, the SCADA `alias.ta.scada`.
        timezone: IANA name, for tariffs and people.
        utc_offset_standard_h: Offset of local standard time from UTC [h], for weather and demand files.
        plant: What its simulated twin is made of; None for a house that only exists for real.
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
    plant: "PlantModel | None" = None

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


# the simulated twin ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatSourceModel:
    """Heat pump or electric boiler, with a primary pump that keeps the wanted supply temperature by its flow.

    Attributes:
        kind: "heat_pump" or "electric_boiler" (COP 1).
        maximum_w: Electrical power at full load [W].
        minimum_fraction: Smallest part load before it cycles [0-1].
        cop_a, cop_b, cop_c: Share of Carnot, `a + b * outdoor_c + c * supply_c` [-, 1/K, 1/K].
        start_delay_s: From start until useful heat [s].
        minimum_on_s, minimum_off_s: Its own protection; it ignores orders that would break it [s].
        minimum_outdoor_c: It stops below [degC].
        maximum_supply_c: Hottest supply it can make [degC].
        supply_offset_k: Its own weather curve: supply wanted above the house's required temperature [K].
        minimum_flow_kg_s, maximum_flow_kg_s: Range of its primary pump [kg/s].
        pump_w: Electrical power of the primary pump while running [W].
        standby_w: Electrical power while off [W].
        defrost: Whether it defrosts, between -7 and +5 degC outdoors.
    """

    kind: str
    maximum_w: float
    minimum_fraction: float = 0.3
    cop_a: float = 0.682
    cop_b: float = 0.00331
    cop_c: float = -0.00393
    start_delay_s: float = 720.0
    minimum_on_s: float = 600.0
    minimum_off_s: float = 300.0
    minimum_outdoor_c: float = -30.0
    maximum_supply_c: float = 70.0
    supply_offset_k: float = 11.0
    minimum_flow_kg_s: float = 0.1
    maximum_flow_kg_s: float = 0.7
    pump_w: float = 60.0
    standby_w: float = 15.0
    defrost: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementModel:
    """A resistive element: rated power [W] and height in its tank (0 bottom, 1 top)."""

    power_w: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterTankModel:
    """A stratified tank, or several equal ones in series.

    Attributes:
        tanks: Number in series.
        litres: Volume of each [l].
        nodes: Layers of each.
        loss_w_per_k: Heat loss of each to the room [W/K].
        elements: Resistive elements (in the first tank).
    """

    litres: float
    loss_w_per_k: float
    tanks: int = 1
    nodes: int = 12
    elements: tuple[ElementModel, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseChangeStoreModel:
    """A store that melts, calculated by the enthalpy method in cells along the water's path.

    Attributes:
        mass_kg: Phase-change material [kg].
        melting_c: Melting temperature [degC].
        latent_j_per_kg: Latent heat [J/kg].
        solid_j_per_kg_k, liquid_j_per_kg_k: Specific heats [J/(kg K)].
        exchanger_w_per_k: Water to material, the whole store [W/K].
        water_litres: Water inside [l].
        cells: Cells along the path.
        subcooling_k: How far below melting it crystallises [K].
        loss_w_per_k: Heat loss to the room [W/K].
    """

    mass_kg: float
    melting_c: float
    latent_j_per_kg: float
    solid_j_per_kg_k: float
    liquid_j_per_kg_k: float
    exchanger_w_per_k: float
    water_litres: float
    cells: int = 20
    subcooling_k: float = 2.0
    loss_w_per_k: float = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HotWaterModel:
    """Domestic hot-water tank with a charging coil, a mixing valve and daily draws.

    Attributes:
        tank: The tank.
        coil_w_per_k: Charging coil [W/K].
        litres_per_day: Hot water drawn, as mixed [l/day].
        mixed_c: Temperature behind the mixing valve [degC].
        cold_c: Cold water [degC].
    """

    tank: WaterTankModel
    coil_w_per_k: float
    litres_per_day: float
    mixed_c: float = 42.0
    cold_c: float = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneModel:
    """A zone of three states: air, emitter, mass.

    Attributes:
        air_j_per_k, emitter_j_per_k, mass_j_per_k: Heat capacities [J/K].
        outdoor_w_per_k: Air to outdoors [W/K].
        emitter_w_per_k: Emitter to air [W/K].
        mass_w_per_k: Air to mass [W/K].
        water_w_per_k: Water to emitter [W/K].
        flow_kg_s: Water flow while its circulator runs [kg/s].
        pump_w: Electrical power of its circulator [W].
        solar_m2: Effective aperture [m2].
        gains_w: Internal gains [W].
        fan_w: Electrical power of a radiator fan [W]; with a fan the emitter gives heat only while it runs.
    """

    air_j_per_k: float
    emitter_j_per_k: float
    mass_j_per_k: float
    outdoor_w_per_k: float
    emitter_w_per_k: float
    mass_w_per_k: float
    water_w_per_k: float
    flow_kg_s: float
    pump_w: float = 30.0
    solar_m2: float = 2.0
    gains_w: float = 100.0
    fan_w: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorModel:
    """How a simulated channel comes from the plant.

    Attributes:
        point: Place in the plant, such as `buffer.temperature.3`, `source.power_w`, `zone.0.air` (see `plant/points.py`).
        lag_s: First-order lag [s].
        quantum: Step of the reading [the channel's SI unit]; 0 for none.
        noise: Standard deviation [the channel's SI unit].
        offset: Constant error [the channel's SI unit].
    """

    point: str
    lag_s: float = 0.0
    quantum: float = 0.0
    noise: float = 0.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantModel:
    """What the simulated twin is made of.

    Hydraulics: the heat source feeds a header; from the header water goes to the store (if its valve is open), and the store
    pump moves water from the header to the buffer; the store takes the difference. With the valve shut, or without a store, the
    source feeds the buffer alone. The distribution draws from the buffer's top and returns to its bottom.

    Attributes:
        room_c: Temperature around tanks and pipes [degC].
        source: Heat pump or boiler; None if there is none.
        store: Water or phase-change store; None if there is none.
        buffer: The tank that feeds the distribution.
        hot_water: Domestic hot water; None if there is none.
        store_flow_kg_s: Flow of the store pump [kg/s].
        store_pump_w: Its electrical power [W].
        distribution_flow_kg_s: Largest flow to the distribution when a demand file stands in for the zones [kg/s].
        distribution_pump_w: Electrical power of the pumps then, while there is demand [W].
        pipe_litres: Volume of the supply pipe to the zones [l].
        pipe_loss_w_per_k: Its heat loss [W/K].
        zones: The zones.
        sensors: By channel name.
        actuators: By node alias: place in the plant, such as `source.enable`, `element.0`, `store.pump`.
    """

    room_c: float
    buffer: WaterTankModel
    source: HeatSourceModel | None = None
    store: WaterTankModel | PhaseChangeStoreModel | None = None
    hot_water: HotWaterModel | None = None
    store_flow_kg_s: float = 0.7
    store_pump_w: float = 50.0
    distribution_flow_kg_s: float = 0.7
    distribution_pump_w: float = 80.0
    pipe_litres: float = 10.0
    pipe_loss_w_per_k: float = 1.5
    zones: tuple[ZoneModel, ...] = ()
    sensors: Mapping[str, SensorModel] = field(default_factory=dict)
    actuators: Mapping[str, str] = field(default_factory=dict)
