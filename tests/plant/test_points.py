"""Places by name: every place that a house file may name is there, and others are refused with what there is."""

from dataclasses import replace

import pytest

from gw_spaceheat.house.model import House
from gw_spaceheat.house.plant_model import PlantModel
from gw_spaceheat.house.points import actuator_points, sensor_points
from gw_spaceheat.plant.assemble import assemble
from gw_spaceheat.plant.points import actuator_place, sensor_place
from tests.plant.houses import BUFFER, HOT_WATER, PLANT, SALT, START_MS, ZONE, make_drive, make_house

PLANTS = [
    pytest.param(PLANT, id="water"),
    pytest.param(replace(PLANT, store=SALT, hot_water=HOT_WATER), id="phase change"),
    pytest.param(PlantModel(room_c=15.0, buffer=BUFFER, zones=(replace(ZONE, fan_w=40.0),)), id="boost tank"),
]


def whole_of(house: House) -> list[int]:
    return assemble(house, make_drive(), seed=1, start_ms=START_MS, step_s=10.0).whole


@pytest.mark.parametrize("plant", PLANTS)
def test_every_point_that_a_house_file_may_name_has_a_place_of_its_own(plant: PlantModel) -> None:
    whole = whole_of(make_house(plant))
    actuators = {actuator_place(point, whole) for point in actuator_points(plant)}
    assert len(actuators) == len(actuator_points(plant))
    sensors = {sensor_place(point, whole) for point in sensor_points(plant)}
    assert len(sensors) == len(sensor_points(plant))


@pytest.mark.parametrize(
    ("point", "words"),
    [
        ("buffer.temperature.12", "12 there"),
        ("store.temperature.36", "36 there"),
        ("hot_water.temperature.0", "0 there"),
        ("zone.2.air", "2 there"),
        ("zone.-1.air", "2 there"),
        ("element.3.power_w", "3 there"),
        ("element.x.power_w", "3 there"),
        ("state.hot_water.charge", "needs a hot-water tank"),
        ("state.nothing", "no such actuator point"),
        ("buffer.temperature", "no such sensor point"),
        ("", "no such sensor point"),
    ],
)
def test_unknown_sensor_points_are_refused(point: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        sensor_place(point, whole_of(make_house()))


@pytest.mark.parametrize("point", ["store.valve", "store.pump", "zone.9.pump", "element.0.power_w", "outdoor.temperature"])
def test_unknown_actuator_points_are_refused(point: str) -> None:
    whole = whole_of(make_house(PlantModel(room_c=15.0, buffer=BUFFER, zones=(ZONE,))))
    with pytest.raises(ValueError, match=point.replace(".", r"\.")):
        actuator_place(point, whole)
