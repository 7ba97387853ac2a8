"""What a house's simulated twin is made of, as plain frozen objects: the `plant` section of the house file."""

from collections.abc import Mapping
from dataclasses import dataclass, field


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
