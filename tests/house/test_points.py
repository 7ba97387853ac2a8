"""What a plant is made of decides what can be felt and moved in it."""

import pytest

from gw_spaceheat.house.plant_model import ElementModel, HeatSourceModel, HotWaterModel, PlantModel, WaterTankModel
from gw_spaceheat.house.points import actuator_points, sensor_points
from tests.house.samples import built

TANK = WaterTankModel(litres=454, loss_w_per_k=2)
BARE = PlantModel(room_c=15, buffer=TANK)


@pytest.mark.parametrize(
    ("plant", "moved"),
    [
        (BARE, {"distribution.pump"}),
        (
            PlantModel(
                room_c=15,
                buffer=WaterTankModel(litres=454, loss_w_per_k=2, elements=(ElementModel(power_w=4500, height=0.5),)),
                source=HeatSourceModel(kind="heat_pump", maximum_w=10_000),
                store=WaterTankModel(litres=454, loss_w_per_k=2, tanks=3),
            ),
            {"distribution.pump", "element.0", "source.enable", "source.supply_c", "store.valve", "store.pump"},
        ),
    ],
)
def test_what_can_be_moved(plant: PlantModel, moved: set[str]) -> None:
    assert actuator_points(plant) == moved
    assert {f"state.{point}" for point in moved} <= sensor_points(plant)


def test_elements_are_counted_through_all_tanks() -> None:
    tank = WaterTankModel(litres=454, loss_w_per_k=2, elements=(ElementModel(power_w=4500, height=0.5),))
    water = HotWaterModel(tank=tank, coil_w_per_k=1500, litres_per_day=100)
    plant = PlantModel(room_c=15, buffer=tank, store=tank, hot_water=water)
    assert {"element.0", "element.1", "element.2", "hot_water.charge"} <= actuator_points(plant)
    assert "element.3" not in actuator_points(plant)
    assert {"element.2.power_w", "hot_water.temperature.11"} <= sensor_points(plant)


def test_layers_are_counted_through_the_tanks() -> None:
    plant = PlantModel(room_c=15, buffer=TANK, store=WaterTankModel(litres=454, loss_w_per_k=2, tanks=3))
    points = sensor_points(plant)
    assert "store.temperature.35" in points
    assert "store.temperature.36" not in points
    assert "buffer.temperature.11" in points
    assert "buffer.temperature.12" not in points


def test_a_zone_has_a_fan_only_if_it_takes_power() -> None:
    plant = built().plant
    assert plant is not None
    assert "zone.0.pump" in actuator_points(plant)
    assert "zone.0.fan" not in actuator_points(plant)
    fanned = built((("plant", "zones", "0", "fan_w"), 40)).plant
    assert fanned is not None
    assert "zone.0.fan" in actuator_points(fanned)
