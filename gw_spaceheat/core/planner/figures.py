"""What a plan needs to know of a house: its heat source, its stores, its boost, in the planner's units (kW, kWh, h)."""

from dataclasses import dataclass
from operator import mul

from gw_spaceheat.house.model import Comfort, Heating, House, WeatherCurve
from gw_spaceheat.house.plant_model import HeatSourceModel, PhaseChangeStoreModel, PlantModel, WaterTankModel
from gw_spaceheat.vocabulary.units import WATER_J_PER_KG_K

J_PER_KWH = 3.6e6
RETURN_DROP_K = 10.0
"""Water comes back from the house so much colder than required, until something better is known [K]."""
UNUSABLE_SHARE = 0.45
"""Of the heat between return and required temperature so much cannot be drawn at the required temperature any more.

Measured on the simulated house with three stratified tanks and a buffer: with 6 and 9 kW, 10.5 of 21 kWh of a full store
are left when elements have to help while 3 K of margin are kept; plans, which keep less, do best with a little less.
"""
UNMELTED_SHARE = 0.15
"""Of a phase-change store's latent heat so much comes out too slowly to count."""
FRONT_SHARE = 0.5
"""A store is charged by a front that moves through it, so on average the source sees half of its own lift beside the mean."""
BELOW_HOTTEST_K = 3.0
"""So far below the source's hottest supply a store takes no more."""
FROST_FROM_C, FROST_TO_C = -7.0, 5.0
"""Outdoor temperatures between which a source defrosts; colder air is too dry [degC]."""
FROST_SHARE, FROST_HEAT_KW = 1.0 / 15.0, 4.0
"""Four minutes of each hour, as the simulated heat pump does: real ones take 3 to 8 minutes each 40 to 90."""
MASS_SHARE = 0.5
"""Of a building's mass so much follows its rooms within the hours for which heat is stored in it."""
ROOM_MARGIN_K = 0.5
"""A plan stays so far above the coldest that rooms may be: a start takes its time, and zones differ [K]."""
SUPPLY_OFFSETS_K = (14.0, 18.0, 22.0, 26.0)
"""What can be asked of a source whose supply can be set, above what the house requires [K]. With 5, 8 and 11 among them plans
for the simulated house with a melting store were dearer: what a cool supply charges it does not give back hot enough."""
SET_MARGIN_K = 3.0
"""So far above what is asked of it a source modulates down, as the simulated one does."""
EMPTY_BELOW_C = 10.0
"""Heat is counted from so far below the lowest required temperature, so that a cold house is not below nothing [K]."""


class CannotPlanError(ValueError):
    """A house for which no plan can be made; the text says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One way to run the source.

    Attributes:
        power_kw: Electrical power [kW].
        offset_k: It makes at least the required supply temperature and so much more [K].
    """

    power_kw: float
    offset_k: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFigures:
    """The heat source as the planner sees it.

    Attributes:
        levels: Ways to run it; a source that is only on or off has one.
        minimum_kw: Its smallest load, and what it takes while it starts up [kW].
        cop_a, cop_b, cop_c: Share of Carnot, `a + b * outdoor_c + c * supply_c` [-, 1/K, 1/K]; all zero for a boiler.
        approach_k: Its supply is at least so much hotter than the store [K].
        lift_k_per_kw: And by so much for each kW of heat: its own lift at its largest flow, or what an exchanger needs [K/kW].
        maximum_supply_c: Hottest supply that it can make [degC].
        minimum_outdoor_c: It does not run below [degC].
        start_up_h: From start until useful heat [h].
        minimum_on_h, minimum_off_h: It runs and rests at least so long [h].
        pumps_kw: What its pumps take while it runs [kW].
        standby_kw: What it takes while it is off [kW].
        set_margin_k: A source whose supply can be set modulates down so far above what is asked of it [K]; None for one that
            goes by itself.
        frost_share: Part of its running time that goes into defrosting in frosting weather [0-1].
        frost_heat_kw: Heat that it takes out of the water meanwhile [kW].
    """

    levels: tuple[Level, ...]
    minimum_kw: float
    cop_a: float
    cop_b: float
    cop_c: float
    approach_k: float = 0.0
    lift_k_per_kw: float = 0.0
    maximum_supply_c: float = 70.0
    minimum_outdoor_c: float = -30.0
    start_up_h: float = 0.0
    minimum_on_h: float = 0.0
    minimum_off_h: float = 0.0
    pumps_kw: float = 0.0
    standby_kw: float = 0.0
    set_margin_k: float | None = None
    frost_share: float = 0.0
    frost_heat_kw: float = 0.0

    @property
    def start_kwh(self) -> float:
        """Electricity that goes into a start [kWh]."""
        return self.minimum_kw * self.start_up_h

    @property
    def modulates(self) -> bool:
        """Whether it has several powers, between which it can change; several supply temperatures are no such thing."""
        return len({level.power_kw for level in self.levels}) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFigures:
    """All that holds heat for the house, as one amount.

    Attributes:
        energy_kwh: Rising amounts of heat, from 0 (empty, at the reference temperature) to full [kWh].
        temperature_c: What the source must be hotter than at each of them [degC]: a line for water, with a step where
            something melts.
        loss_kw_per_k: Standing loss [kW/K].
        room_c: Temperature around it [degC].
        water_kwh_per_k: Heat capacity of its water [kWh/K].
        buffer_kwh_per_k: And of that of the buffer alone [kWh/K].
        stuck_kwh: Heat that it keeps to itself whatever the water: what of a melting store comes out too slowly [kWh].
        unusable_share: Of the heat between return and required temperature, what cannot be drawn [0-1].
    """

    energy_kwh: tuple[float, ...]
    temperature_c: tuple[float, ...]
    loss_kw_per_k: float
    room_c: float
    water_kwh_per_k: float
    buffer_kwh_per_k: float = 0.0
    stuck_kwh: float = 0.0
    unusable_share: float = UNUSABLE_SHARE

    @property
    def reference_c(self) -> float:
        """Temperature at which it is empty [degC]."""
        return self.temperature_c[0]

    @property
    def full_kwh(self) -> float:
        """The most that it takes [kWh]."""
        return self.energy_kwh[-1]

    @property
    def kwh_per_k(self) -> float:
        """Heat capacity between empty and full [kWh/K]."""
        return self.full_kwh / (self.temperature_c[-1] - self.temperature_c[0])

    def least_kwh(self, required_c: float, drop_k: float) -> float:
        """Below this much heat the house cannot be supplied as hot as required [kWh].

        Args:
            required_c: Required supply temperature [degC].
            drop_k: How much colder the water comes back [K].
        """
        cold_kwh = self.water_kwh_per_k * (required_c - drop_k - self.reference_c)
        return max(cold_kwh, 0.0) + self.stuck_kwh + self.unusable_share * self.water_kwh_per_k * drop_k


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingFigures:
    """The rooms as a store, in a house that has no other.

    Attributes:
        least_c: By zone: the coldest that it may be [degC].
        kwh_per_k: By zone: what its air, its emitters and the part of its mass that follows within hours hold [kWh/K].
    """

    least_c: tuple[float, ...]
    kwh_per_k: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a plan needs to know of a house.

    Attributes:
        curve: Supply temperature that it requires by outdoor temperature.
        source: Its heat source.
        store: Its stores.
        boost_kw: Its resistive elements, the last resort [kW].
        building: Its rooms, where they are the store; else None.
    """

    curve: WeatherCurve
    source: SourceFigures
    store: StoreFigures
    boost_kw: float = 0.0
    building: BuildingFigures | None = None


def can_be_planned(house: House) -> bool:
    """Whether a house has figures to plan with."""
    try:
        figures_of(house)
    except CannotPlanError:
        return False
    return True


def figures_of(house: House) -> Figures:
    """The figures of a house, from the model of its twin.

    Raises:
        CannotPlanError: It has none, or no heat source.
    """
    plant = house.plant
    if plant is None:
        raise CannotPlanError(f"{house.alias} has no plant in its house file, and a plan needs to know its source and stores")
    if plant.source is None:
        raise CannotPlanError(f"{house.alias} has no heat source in its plant, so there is nothing to plan")
    source = _source(plant.source, plant.store, settable=bool(house.heating.supply_setpoint))
    building = _building(plant, house.heating)
    return Figures(
        curve=house.heating.curve,
        source=source,
        store=_store(plant, house.heating.curve, source.maximum_supply_c)
        if building is None or house.heating.comfort is None
        else _rooms(plant, house.heating, house.heating.comfort, building),
        building=building,
        boost_kw=sum(element.power_w for element in plant.buffer.elements) / 1000.0,
    )


def _source(source: HeatSourceModel, store: WaterTankModel | PhaseChangeStoreModel | None, *, settable: bool) -> SourceFigures:
    boiler = source.kind == "electric_boiler"
    power_kw = source.maximum_w / 1000.0
    offsets_k = SUPPLY_OFFSETS_K if settable else (source.supply_offset_k,)
    lift_k_per_kw = FRONT_SHARE * 1000.0 / (source.maximum_flow_kg_s * WATER_J_PER_KG_K)
    if isinstance(store, PhaseChangeStoreModel):
        lift_k_per_kw += 1000.0 / store.exchanger_w_per_k
    return SourceFigures(
        levels=tuple(Level(power_kw=power_kw, offset_k=offset_k) for offset_k in offsets_k),
        minimum_kw=power_kw * source.minimum_fraction,
        cop_a=0.0 if boiler else source.cop_a,
        cop_b=0.0 if boiler else source.cop_b,
        cop_c=0.0 if boiler else source.cop_c,
        lift_k_per_kw=lift_k_per_kw,
        maximum_supply_c=source.maximum_supply_c,
        minimum_outdoor_c=source.minimum_outdoor_c,
        start_up_h=source.start_delay_s / 3600.0,
        minimum_on_h=source.minimum_on_s / 3600.0,
        minimum_off_h=source.minimum_off_s / 3600.0,
        pumps_kw=source.pump_w / 1000.0,
        standby_kw=source.standby_w / 1000.0,
        set_margin_k=SET_MARGIN_K if settable else None,
        frost_share=FROST_SHARE if source.defrost else 0.0,
        frost_heat_kw=FROST_HEAT_KW,
    )


def _building(plant: PlantModel, heating: Heating) -> BuildingFigures | None:
    """The rooms, if there is no store and they may be off their set-points."""
    zones, comfort = plant.zones, heating.comfort
    if plant.store is not None or comfort is None or not zones or len(zones) != len(heating.zones):
        return None
    held_j = [zone.air_j_per_k + zone.emitter_j_per_k + MASS_SHARE * zone.mass_j_per_k for zone in zones]
    return BuildingFigures(
        least_c=tuple(zone.setpoint_c - comfort.below_k for zone in heating.zones),
        kwh_per_k=tuple(each / J_PER_KWH for each in held_j),
    )


def _rooms(plant: PlantModel, heating: Heating, comfort: Comfort, building: BuildingFigures) -> StoreFigures:
    """The rooms as a store: empty at the coldest, full at the warmest that they may be.

    The need is that of rooms at their set-points, so warmer rooms lose so much more, and cooler ones less.
    """
    kwh_per_k = sum(building.kwh_per_k)
    setpoint_c = sum(map(mul, building.kwh_per_k, (zone.setpoint_c for zone in heating.zones))) / kwh_per_k
    return StoreFigures(
        energy_kwh=(0.0, kwh_per_k * (comfort.below_k + comfort.above_k)),
        temperature_c=(setpoint_c - comfort.below_k, setpoint_c + comfort.above_k),
        loss_kw_per_k=sum(zone.outdoor_w_per_k for zone in plant.zones) / 1000.0,
        room_c=setpoint_c,
        water_kwh_per_k=0.0,
        stuck_kwh=ROOM_MARGIN_K * kwh_per_k,
        unusable_share=0.0,
    )


def _store(plant: PlantModel, curve: WeatherCurve, maximum_supply_c: float) -> StoreFigures:
    reference_c = curve.minimum_c - EMPTY_BELOW_C
    hottest_c = maximum_supply_c - BELOW_HOTTEST_K
    litres = plant.buffer.litres * plant.buffer.tanks
    loss_w_per_k = plant.buffer.loss_w_per_k * plant.buffer.tanks
    store = plant.store
    if isinstance(store, WaterTankModel):
        litres += store.litres * store.tanks
        loss_w_per_k += store.loss_w_per_k * store.tanks
    elif store is not None:
        litres += store.water_litres
        loss_w_per_k += store.loss_w_per_k
    water = litres * WATER_J_PER_KG_K / J_PER_KWH
    melting = store if isinstance(store, PhaseChangeStoreModel) else None
    if melting is None:
        energy: tuple[float, ...] = (0.0, water * (hottest_c - reference_c))
        temperature: tuple[float, ...] = (reference_c, hottest_c)
    else:
        solid = water + melting.mass_kg * melting.solid_j_per_kg_k / J_PER_KWH
        liquid = water + melting.mass_kg * melting.liquid_j_per_kg_k / J_PER_KWH
        frozen_kwh = solid * (melting.melting_c - reference_c)
        molten_kwh = frozen_kwh + melting.mass_kg * melting.latent_j_per_kg / J_PER_KWH
        energy = (0.0, frozen_kwh, molten_kwh, molten_kwh + liquid * (hottest_c - melting.melting_c))
        temperature = (reference_c, melting.melting_c, melting.melting_c, hottest_c)
    return StoreFigures(
        energy_kwh=energy,
        temperature_c=temperature,
        loss_kw_per_k=loss_w_per_k / 1000.0,
        room_c=plant.room_c,
        water_kwh_per_k=water,
        buffer_kwh_per_k=plant.buffer.litres * plant.buffer.tanks * WATER_J_PER_KG_K / J_PER_KWH,
        stuck_kwh=0.0 if melting is None else UNMELTED_SHARE * melting.mass_kg * melting.latent_j_per_kg / J_PER_KWH,
    )
