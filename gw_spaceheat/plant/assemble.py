"""From a house's plant model and a drive to the two flat rows that the kernel runs on."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

from gw_spaceheat.house.model import House
from gw_spaceheat.house.plant_model import PhaseChangeStoreModel, PlantModel, WaterTankModel, ZoneModel
from gw_spaceheat.plant import memory
from gw_spaceheat.plant.draws import DRAW_KG_S, draw_schedule
from gw_spaceheat.plant.drive import Drive
from gw_spaceheat.plant.faults import MEMORY_KINDS, SensorFault
from gw_spaceheat.plant.kernel import DEMAND_RETURN_K
from gw_spaceheat.plant.phase_change import enthalpy_j
from gw_spaceheat.plant.points import actuator_place, sensor_place
from gw_spaceheat.vocabulary.chance import stream_key
from gw_spaceheat.vocabulary.moment import HOUR_MS
from gw_spaceheat.vocabulary.units import WATER_J_PER_KG_K

WATER_KG_PER_LITRE = 0.985
"""Near 55 degC."""
TANK_SLENDERNESS = 3.0
"""Height of a tank over its diameter."""
TANK_W_PER_M_K = 1.2
"""Conduction up and down a tank: still water (0.65) and its wall [W/(m K)]."""
MATERIAL_W_PER_M_K = 0.5
"""Conduction of phase-change salt, mean of solid and liquid [W/(m K)]."""
MATERIAL_KG_PER_M3 = 1350.0
PIPE_CELLS = 8
START_ABOVE_REQUIRED_K = 5.0
START_ROOM_C = 20.0
START_HOT_WATER_ABOVE_K = 10.0
LONG_AGO_S = 1e9
STABLE_SHARE = 0.9
"""A step may replace at most this part of a layer's water (or of any other capacity)."""


@dataclass(frozen=True, slots=True)
class Assembled:
    """A house in memory, at its start.

    Attributes:
        numbers: Floats, see `memory.py`.
        whole: Integers, see `memory.py`.
        sensors: Channel name to number of its sensor.
        actuators: Node alias to the place of its command in numbers.
    """

    numbers: list[float]
    whole: list[int]
    sensors: dict[str, int]
    actuators: dict[str, int]


def assemble(
    house: House, drive: Drive, *, seed: int, start_ms: int, step_s: float, faults: Sequence[SensorFault] = ()
) -> Assembled:
    """Lay a house out in memory: all tanks at the required supply temperature + 5 K, rooms at 20 degC, everything off.

    Raises:
        ValueError: The house or the drive lacks something; names the house and what.
    """
    try:
        return _assemble(house, drive, seed=seed, start_ms=start_ms, step_s=step_s, faults=faults)
    except ValueError as error:
        raise ValueError(f"plant of house {house.alias}: {error}") from error


def _assemble(
    house: House, drive: Drive, *, seed: int, start_ms: int, step_s: float, faults: Sequence[SensorFault]
) -> Assembled:
    model = house.plant
    if model is None:
        raise ValueError("the house file has no plant for it, so it cannot be simulated")
    if drive.demand_w is None and not model.zones:
        raise ValueError("it has no zones; give its plant zones or run it with a demand file")
    end_ms = drive.start_ms + drive.hours * HOUR_MS
    if not drive.start_ms <= start_ms < end_ms:
        raise ValueError(f"the weather covers {drive.start_ms} to {end_ms} ms, not the start at {start_ms} ms")
    step_ms = round(step_s * 1000)
    if step_ms < 1:
        raise ValueError(f"the step must be at least 0.001 s, not {step_s} s")

    numbers = [0.0] * memory.NUMBERS_FIXED
    whole = [0] * memory.WHOLE_FIXED
    whole[memory.NOW_MS] = start_ms
    whole[memory.STEP_MS] = step_ms
    seed &= 0x7FFFFFFF
    step_s = step_ms / 1000.0

    hours = (start_ms - drive.start_ms) / HOUR_MS
    hour = int(hours)
    outdoor_c = drive.outdoor_c[hour] + (hours - hour) * (drive.outdoor_c[hour + 1] - drive.outdoor_c[hour])
    required_c = house.heating.curve.required_c(outdoor_c)
    water_c = required_c + START_ABOVE_REQUIRED_K

    _surroundings(numbers, house, model, outdoor_c, required_c)
    _source(numbers, whole, model)
    _tanks(numbers, whole, model, water_c)
    _hot_water(numbers, whole, house, model, seed, start_ms, end_ms)
    _pipe(numbers, whole, model, water_c)
    _elements(numbers, whole, model)
    _zones(numbers, whole, house, model)
    numbers[memory.STABLE_STEP_S] = stable_step_s(numbers, model)
    actuators = _actuators(numbers, whole, model)
    sensors = _sensors(numbers, whole, model, seed, step_s)
    _faults(numbers, whole, sensors, faults)
    _drive(numbers, whole, drive)
    return Assembled(numbers, whole, sensors, actuators)


def _extend(row: list[float], values: Iterable[float]) -> int:
    start = len(row)
    row.extend(values)
    return start


def _extend_whole(row: list[int], values: Iterable[int]) -> int:
    start = len(row)
    row.extend(values)
    return start


def node_j_per_k(tank: WaterTankModel) -> float:
    """Heat capacity of one layer [J/K]."""
    return tank.litres * WATER_KG_PER_LITRE * WATER_J_PER_KG_K / tank.nodes


def conduction_w_per_k(tank: WaterTankModel) -> float:
    """Conduction between two layers of a tank that is three times as high as wide [W/K]."""
    diameter_m = math.cbrt(4.0 * tank.litres / 1000.0 / (TANK_SLENDERNESS * math.pi))
    area_m2 = math.pi * diameter_m**2 / 4.0
    return TANK_W_PER_M_K * area_m2 / (TANK_SLENDERNESS * diameter_m / tank.nodes)


def material_conduction_w_per_k(store: PhaseChangeStoreModel) -> float:
    """Conduction between two cells of a phase-change store, taken as a cube [W/K]."""
    side_m = math.cbrt(store.mass_kg / MATERIAL_KG_PER_M3)
    return MATERIAL_W_PER_M_K * side_m * store.cells


def _surroundings(numbers: list[float], house: House, model: PlantModel, outdoor_c: float, required_c: float) -> None:
    curve = house.heating.curve
    numbers[memory.ROOM_C] = model.room_c
    numbers[memory.CURVE_BASE_C] = curve.base_c
    numbers[memory.CURVE_SLOPE] = curve.slope
    numbers[memory.CURVE_REFERENCE_C] = curve.reference_c
    numbers[memory.CURVE_MINIMUM_C] = curve.minimum_c
    numbers[memory.CURVE_MAXIMUM_C] = curve.maximum_c
    numbers[memory.DISTRIBUTION_KG_S] = model.distribution_flow_kg_s
    numbers[memory.DISTRIBUTION_PUMP_W] = model.distribution_pump_w
    numbers[memory.OUTDOOR_C] = outdoor_c
    numbers[memory.SUPPLY_C] = required_c + START_ABOVE_REQUIRED_K
    numbers[memory.RETURN_C] = required_c - DEMAND_RETURN_K
    numbers[memory.SOURCE_SUPPLY_C] = model.room_c
    numbers[memory.SOURCE_RETURN_C] = model.room_c


def _source(numbers: list[float], whole: list[int], model: PlantModel) -> None:
    numbers[memory.SOURCE_ELAPSED_S] = LONG_AGO_S
    source = model.source
    if source is None:
        return
    if source.kind not in ("heat_pump", "electric_boiler"):
        raise ValueError(f"its source is a {source.kind!r}; known are 'heat_pump' and 'electric_boiler'")
    if not 0.0 < source.minimum_flow_kg_s <= source.maximum_flow_kg_s:
        raise ValueError("its source needs 0 < minimum_flow_kg_s <= maximum_flow_kg_s")
    heat_pump = source.kind == "heat_pump"
    numbers[memory.SOURCE_MAXIMUM_W] = source.maximum_w
    numbers[memory.SOURCE_MINIMUM_W] = source.maximum_w * source.minimum_fraction
    if heat_pump:
        numbers[memory.COP_A] = source.cop_a
        numbers[memory.COP_B] = source.cop_b
        numbers[memory.COP_C] = source.cop_c
    numbers[memory.START_DELAY_S] = source.start_delay_s
    numbers[memory.MINIMUM_ON_S] = source.minimum_on_s
    numbers[memory.MINIMUM_OFF_S] = source.minimum_off_s
    numbers[memory.MINIMUM_OUTDOOR_C] = source.minimum_outdoor_c
    numbers[memory.MAXIMUM_SUPPLY_C] = source.maximum_supply_c
    numbers[memory.SUPPLY_OFFSET_K] = source.supply_offset_k
    numbers[memory.SOURCE_MINIMUM_KG_S] = source.minimum_flow_kg_s
    numbers[memory.SOURCE_MAXIMUM_KG_S] = source.maximum_flow_kg_s
    numbers[memory.SOURCE_PUMP_W] = source.pump_w
    numbers[memory.STANDBY_W] = source.standby_w
    numbers[memory.SOURCE_W] = source.standby_w
    whole[memory.DEFROSTS] = int(heat_pump and source.defrost)


def _tanks(numbers: list[float], whole: list[int], model: PlantModel, water_c: float) -> None:
    buffer = model.buffer
    if buffer.tanks != 1:
        raise ValueError(f"its buffer must be one tank, not {buffer.tanks}")
    numbers[memory.BUFFER_J_PER_K] = node_j_per_k(buffer)
    numbers[memory.BUFFER_LOSS_W_PER_K] = buffer.loss_w_per_k / buffer.nodes
    numbers[memory.BUFFER_CONDUCTION_W_PER_K] = conduction_w_per_k(buffer)
    whole[memory.BUFFER_NODES] = buffer.nodes
    whole[memory.BUFFER_AT] = _extend(numbers, [water_c] * buffer.nodes)

    store = model.store
    if store is None:
        return
    numbers[memory.STORE_PUMP_KG_S] = model.store_flow_kg_s
    numbers[memory.STORE_PUMP_W] = model.store_pump_w
    if isinstance(store, WaterTankModel):
        whole[memory.STORE_KIND] = memory.WATER_STORE
        whole[memory.STORE_TANKS] = store.tanks
        whole[memory.STORE_NODES] = store.nodes
        numbers[memory.STORE_J_PER_K] = node_j_per_k(store)
        numbers[memory.STORE_LOSS_W_PER_K] = store.loss_w_per_k / store.nodes
        numbers[memory.STORE_CONDUCTION_W_PER_K] = conduction_w_per_k(store)
        whole[memory.STORE_AT] = _extend(numbers, [water_c] * (store.nodes * store.tanks))
        return
    whole[memory.STORE_KIND] = memory.PHASE_CHANGE_STORE
    whole[memory.STORE_TANKS] = 1
    whole[memory.STORE_NODES] = store.cells
    cell_kg = store.mass_kg / store.cells
    numbers[memory.MELTING_C] = store.melting_c
    numbers[memory.LATENT_J] = cell_kg * store.latent_j_per_kg
    numbers[memory.SOLID_J_PER_K] = cell_kg * store.solid_j_per_kg_k
    numbers[memory.LIQUID_J_PER_K] = cell_kg * store.liquid_j_per_kg_k
    numbers[memory.EXCHANGER_W_PER_K] = store.exchanger_w_per_k / store.cells
    numbers[memory.SUBCOOLING_K] = store.subcooling_k
    numbers[memory.STORE_J_PER_K] = store.water_litres * WATER_KG_PER_LITRE * WATER_J_PER_KG_K / store.cells
    numbers[memory.STORE_LOSS_W_PER_K] = store.loss_w_per_k / store.cells
    numbers[memory.STORE_CONDUCTION_W_PER_K] = material_conduction_w_per_k(store)
    numbers[memory.STORE_OUTLET_C] = water_c
    held_j = enthalpy_j(
        water_c, store.melting_c, numbers[memory.LATENT_J], numbers[memory.SOLID_J_PER_K], numbers[memory.LIQUID_J_PER_K]
    )
    molten = 1.0 if held_j >= numbers[memory.LATENT_J] else 0.0
    whole[memory.STORE_AT] = _extend(numbers, [water_c] * (2 * store.cells) + [held_j] * store.cells + [molten] * store.cells)


def _hot_water(
    numbers: list[float], whole: list[int], house: House, model: PlantModel, seed: int, start_ms: int, end_ms: int
) -> None:
    hot_water = model.hot_water
    if hot_water is None:
        return
    tank = hot_water.tank
    if tank.tanks != 1:
        raise ValueError(f"its hot-water tank must be one tank, not {tank.tanks}")
    numbers[memory.HOT_WATER_J_PER_K] = node_j_per_k(tank)
    numbers[memory.HOT_WATER_LOSS_W_PER_K] = tank.loss_w_per_k / tank.nodes
    numbers[memory.HOT_WATER_CONDUCTION_W_PER_K] = conduction_w_per_k(tank)
    numbers[memory.COIL_W_PER_K] = hot_water.coil_w_per_k
    numbers[memory.DRAW_KG_S] = DRAW_KG_S
    numbers[memory.MIXED_C] = hot_water.mixed_c
    numbers[memory.COLD_C] = hot_water.cold_c
    whole[memory.HOT_WATER_NODES] = tank.nodes
    whole[memory.HOT_WATER_AT] = _extend(numbers, [hot_water.mixed_c + START_HOT_WATER_ABOVE_K] * tank.nodes)
    offset_ms = round(house.utc_offset_standard_h * HOUR_MS)
    draws = draw_schedule(seed, hot_water.litres_per_day, start_ms, end_ms, offset_ms)
    whole[memory.DRAWS] = len(draws)
    whole[memory.DRAWS_AT] = _extend_whole(whole, (time_ms for draw in draws for time_ms in draw))


def _pipe(numbers: list[float], whole: list[int], model: PlantModel, water_c: float) -> None:
    cells = PIPE_CELLS if model.pipe_litres > 0.0 else 0
    whole[memory.PIPE_CELLS] = cells
    whole[memory.PIPE_AT] = _extend(numbers, [water_c] * cells)
    if cells:
        numbers[memory.PIPE_J_PER_K] = model.pipe_litres * WATER_KG_PER_LITRE * WATER_J_PER_KG_K / cells
        numbers[memory.PIPE_LOSS_W_PER_K] = model.pipe_loss_w_per_k / cells


def _elements(numbers: list[float], whole: list[int], model: PlantModel) -> None:
    records: list[float] = []
    places: list[int] = []
    tanks = [(model.buffer, memory.BUFFER_AT, memory.BUFFER_J_PER_K)]
    if isinstance(model.store, WaterTankModel):
        tanks.append((model.store, memory.STORE_AT, memory.STORE_J_PER_K))
    if model.hot_water is not None:
        tanks.append((model.hot_water.tank, memory.HOT_WATER_AT, memory.HOT_WATER_J_PER_K))
    for tank, at, capacity in tanks:
        for element in tank.elements:
            layer = min(max(int((1.0 - element.height) * tank.nodes), 0), tank.nodes - 1)
            records += [element.power_w, 0.0, 0.0]
            places += [whole[at] + layer, capacity]
    whole[memory.ELEMENTS] = len(places) // memory.ELEMENT_NODE_SIZE
    whole[memory.ELEMENTS_AT] = _extend(numbers, records)
    whole[memory.ELEMENT_NODES_AT] = _extend_whole(whole, places)


def water_w_per_k(zone: ZoneModel) -> float:
    """Heat from water to emitter for every kelvin between inlet and emitter [W/K]: effectiveness times flow capacity."""
    flow_w_per_k = zone.flow_kg_s * WATER_J_PER_KG_K
    if flow_w_per_k <= 0.0:
        return 0.0
    return flow_w_per_k * (1.0 - math.exp(-zone.water_w_per_k / flow_w_per_k))


def _zones(numbers: list[float], whole: list[int], house: House, model: PlantModel) -> None:
    whole[memory.ZONES] = len(model.zones)
    whole[memory.ZONES_AT] = len(numbers)
    wishes = house.heating.zones
    for index, zone in enumerate(model.zones):
        record = [0.0] * memory.ZONE_SIZE
        for place in (memory.AIR_C, memory.EMITTER_C, memory.MASS_C):
            record[place] = START_ROOM_C
        record[memory.SETPOINT_C] = wishes[index].setpoint_c if index < len(wishes) else START_ROOM_C
        record[memory.AIR_J_PER_K] = zone.air_j_per_k
        record[memory.EMITTER_J_PER_K] = zone.emitter_j_per_k
        record[memory.MASS_J_PER_K] = zone.mass_j_per_k
        record[memory.OUTDOOR_W_PER_K] = zone.outdoor_w_per_k
        record[memory.EMITTER_W_PER_K] = zone.emitter_w_per_k
        record[memory.MASS_W_PER_K] = zone.mass_w_per_k
        record[memory.WATER_W_PER_K] = water_w_per_k(zone)
        record[memory.ZONE_KG_S] = zone.flow_kg_s
        record[memory.ZONE_PUMP_W] = zone.pump_w
        record[memory.SOLAR_M2] = zone.solar_m2
        record[memory.GAINS_W] = zone.gains_w
        record[memory.FAN_W] = zone.fan_w
        numbers.extend(record)


def stable_step_s(numbers: Sequence[float], model: PlantModel) -> float:
    """Longest step [s] in which nothing overshoots: no layer is replaced more than once, no capacity passes its neighbours."""
    source_kg_s = model.source.maximum_flow_kg_s if model.source else 0.0
    store_kg_s = model.store_flow_kg_s if model.store else 0.0
    zones_kg_s = sum(zone.flow_kg_s for zone in model.zones)
    supply_kg_s = max(source_kg_s, store_kg_s)
    distribution_kg_s = max(model.distribution_flow_kg_s, zones_kg_s)

    def layer_s(
        capacity: int, loss: int, conduction: int, nodes: int, top_kg_s: float, bottom_kg_s: float, more_w_per_k: float = 0.0
    ) -> float:
        flow_kg_s = top_kg_s + bottom_kg_s if nodes == 1 else max(top_kg_s, bottom_kg_s)
        exchanged_w_per_k = flow_kg_s * WATER_J_PER_KG_K + numbers[loss] + 2.0 * numbers[conduction] + more_w_per_k
        return numbers[capacity] / exchanged_w_per_k if exchanged_w_per_k > 0.0 else math.inf

    limits_s = [
        layer_s(
            memory.BUFFER_J_PER_K,
            memory.BUFFER_LOSS_W_PER_K,
            memory.BUFFER_CONDUCTION_W_PER_K,
            model.buffer.nodes,
            supply_kg_s,
            distribution_kg_s,
        )
    ]
    store_names = (memory.STORE_LOSS_W_PER_K, memory.STORE_CONDUCTION_W_PER_K)
    if isinstance(model.store, WaterTankModel):
        limits_s.append(layer_s(memory.STORE_J_PER_K, *store_names, model.store.nodes, source_kg_s, store_kg_s))
    elif model.store is not None:
        capacity = (
            memory.SOLID_J_PER_K if numbers[memory.SOLID_J_PER_K] < numbers[memory.LIQUID_J_PER_K] else memory.LIQUID_J_PER_K
        )
        limits_s.append(layer_s(capacity, *store_names, 2, 0.0, 0.0, numbers[memory.EXCHANGER_W_PER_K]))
    if model.hot_water is not None:
        limits_s.append(
            layer_s(
                memory.HOT_WATER_J_PER_K,
                memory.HOT_WATER_LOSS_W_PER_K,
                memory.HOT_WATER_CONDUCTION_W_PER_K,
                model.hot_water.tank.nodes,
                0.0,
                DRAW_KG_S,
                source_kg_s * WATER_J_PER_KG_K,
            )
        )
    for zone in model.zones:
        limits_s.append(zone.air_j_per_k / (zone.outdoor_w_per_k + zone.emitter_w_per_k + zone.mass_w_per_k))
        limits_s.append(zone.emitter_j_per_k / (water_w_per_k(zone) + zone.emitter_w_per_k))
        limits_s.append(zone.mass_j_per_k / zone.mass_w_per_k)
    return STABLE_SHARE * min(limits_s)


def _actuators(numbers: list[float], whole: list[int], model: PlantModel) -> dict[str, int]:
    places = {}
    for node, point in model.actuators.items():
        if point in ("source.enable", "source.supply_c") and model.source is None:
            raise ValueError(f"node {node} moves {point!r}, but there is no heat source")
        try:
            places[node] = actuator_place(point, whole)
        except ValueError as error:
            raise ValueError(f"node {node}: {error}") from error
    moved = set(places.values())
    wired = [memory.COMMAND_STORE_VALVE, memory.COMMAND_DISTRIBUTION_PUMP]
    for zone in range(whole[memory.ZONES]):
        record = whole[memory.ZONES_AT] + zone * memory.ZONE_SIZE
        wired += [record + memory.PUMP_COMMAND, record + memory.FAN_COMMAND]
    for place in wired:
        if place not in moved:
            numbers[place] = 1.0
    whole[memory.HAS_DISTRIBUTION_PUMP] = int(memory.COMMAND_DISTRIBUTION_PUMP in moved)
    return places


def _sensors(numbers: list[float], whole: list[int], model: PlantModel, seed: int, step_s: float) -> dict[str, int]:
    records: list[float] = []
    places: list[int] = []
    lagging: list[int] = []
    for number, (channel, sensor) in enumerate(model.sensors.items()):
        try:
            point = sensor_place(sensor.point, whole)
        except ValueError as error:
            raise ValueError(f"channel {channel}: {error}") from error
        records += [numbers[point], sensor.lag_s, step_s / (sensor.lag_s + step_s), sensor.quantum, sensor.noise, sensor.offset]
        # the stream hangs on the name, so that one more channel does not change the others' noise
        places += [point, stream_key(seed, crc32(channel.encode()) & 0x7FFFFFFF), 0, 0]
        if sensor.lag_s > 0.0:
            lagging.append(number)
    whole[memory.SENSORS] = len(model.sensors)
    whole[memory.SENSORS_AT] = _extend(numbers, records)
    whole[memory.SENSOR_PLACES_AT] = _extend_whole(whole, places)
    whole[memory.LAGGING] = len(lagging)
    whole[memory.LAGGING_AT] = _extend_whole(whole, lagging)
    return {channel: number for number, channel in enumerate(model.sensors)}


def _faults(numbers: list[float], whole: list[int], sensors: dict[str, int], faults: Sequence[SensorFault]) -> None:
    for fault in faults:
        if fault.channel not in sensors:
            raise ValueError(f"a fault is written for channel {fault.channel!r}, which has no simulated sensor")
    ordered = sorted(faults, key=lambda fault: sensors[fault.channel])
    for index, fault in enumerate(ordered):
        place = whole[memory.SENSOR_PLACES_AT] + sensors[fault.channel] * memory.SENSOR_PLACE_SIZE
        if whole[place + memory.SENSOR_FAULT_COUNT] == 0:
            whole[place + memory.SENSOR_FAULT_FIRST] = index
        whole[place + memory.SENSOR_FAULT_COUNT] += 1
    whole[memory.FAULTS] = len(ordered)
    whole[memory.FAULTS_AT] = _extend(numbers, (value for fault in ordered for value in (fault.size, math.nan)))
    whole[memory.FAULT_TIMES_AT] = _extend_whole(
        whole,
        (
            value
            for fault in ordered
            for value in (MEMORY_KINDS[fault.kind], fault.start_ms, fault.end_ms, sensors[fault.channel])
        ),
    )


def _drive(numbers: list[float], whole: list[int], drive: Drive) -> None:
    whole[memory.DRIVE_START_MS] = drive.start_ms
    whole[memory.DRIVE_HOURS] = drive.hours
    whole[memory.OUTDOOR_AT] = _extend(numbers, drive.outdoor_c)
    whole[memory.SOLAR_AT] = _extend(numbers, drive.solar_w_m2)
    if drive.demand_w is not None:
        whole[memory.HAS_DEMAND] = 1
        whole[memory.DEMAND_AT] = _extend(numbers, drive.demand_w)
