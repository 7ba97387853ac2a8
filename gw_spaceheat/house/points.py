"""The places in a simulated twin that a sensor can feel and an actuator can move, by name.

A point's name is the same in house files and in the plant: `buffer.temperature.3` is the fourth layer from the top of the
buffer, `store.temperature.0` the top of the first (hottest) tank of the store, counted on through the tanks (for a phase-change
store through its cells, hottest first), `zone.0.air` the air of the first zone.
"""

from gw_spaceheat.house.plant_model import ElementModel, PhaseChangeStoreModel, PlantModel, WaterTankModel

STATE_PREFIX = "state."
"""Before an actuator's point: its own state, as it would be read back."""


def elements(plant: PlantModel) -> tuple[ElementModel, ...]:
    """All resistive elements, in the order in which they are counted: the buffer's, the store's, the hot-water tank's."""
    stored = plant.store.elements if isinstance(plant.store, WaterTankModel) else ()
    drawn = plant.hot_water.tank.elements if plant.hot_water is not None else ()
    return (*plant.buffer.elements, *stored, *drawn)


def actuator_points(plant: PlantModel) -> frozenset[str]:
    """What can be moved in this plant: what is driven by 0 or 1, and `source.supply_c` [degC]."""
    points = {"distribution.pump", *(f"element.{index}" for index in range(len(elements(plant))))}
    if plant.source is not None:
        points |= {"source.enable", "source.supply_c"}
    if plant.store is not None:
        points |= {"store.valve", "store.pump"}
    if plant.hot_water is not None:
        points.add("hot_water.charge")
    for index, zone in enumerate(plant.zones):
        points.add(f"zone.{index}.pump")
        if zone.fan_w > 0:
            points.add(f"zone.{index}.fan")
    return frozenset(points)


def sensor_points(plant: PlantModel) -> frozenset[str]:
    """What can be felt in this plant: temperatures [degC], flows [kg/s], electrical powers [W], states of actuators."""
    points = {
        "outdoor.temperature",
        "supply.temperature",
        "return.temperature",
        "distribution.flow_kg_s",
        "pumps.power_w",
        "total.power_w",
    }
    points |= {f"buffer.temperature.{index}" for index in range(_layers(plant.buffer))}
    points |= {f"element.{index}.power_w" for index in range(len(elements(plant)))}
    if plant.source is not None:
        points |= {"source.supply", "source.return", "source.power_w", "source.flow_kg_s"}
    if plant.store is not None:
        points.add("store.flow_kg_s")
        points |= {f"store.temperature.{index}" for index in range(_layers(plant.store))}
    if plant.hot_water is not None:
        points |= {f"hot_water.temperature.{index}" for index in range(_layers(plant.hot_water.tank))}
    for index in range(len(plant.zones)):
        points |= {f"zone.{index}.air", f"zone.{index}.emitter"}
    return frozenset(points | {STATE_PREFIX + point for point in actuator_points(plant)})


def _layers(store: WaterTankModel | PhaseChangeStoreModel) -> int:
    return store.cells if isinstance(store, PhaseChangeStoreModel) else store.tanks * store.nodes
