"""What the check promises, the plant has: each shipped house can be laid out, and every point it may name is a place in it."""

import pytest

from gw_spaceheat.house.model import House
from gw_spaceheat.house.plant_model import PlantModel
from gw_spaceheat.house.points import actuator_points, sensor_points
from gw_spaceheat.plant.assemble import Assembled, assemble
from gw_spaceheat.plant.drive import Drive
from gw_spaceheat.plant.points import actuator_place, sensor_place
from tests.house.test_houses import HOUSES

COLD_DAY = Drive(0, (-20.0,) * 25, (0.0,) * 25, None)
SIMULATED = [house for house in HOUSES.values() if house.plant is not None]


def laid_out(house: House) -> tuple[PlantModel, Assembled]:
    assert house.plant is not None
    return house.plant, assemble(house, COLD_DAY, seed=0, start_ms=0, step_s=10.0)


@pytest.mark.parametrize("house", SIMULATED, ids=lambda house: house.alias)
def test_every_channel_and_actuator_has_its_place(house: House) -> None:
    _, assembled = laid_out(house)
    assert assembled.sensors.keys() == house.channels.keys()
    assert assembled.actuators.keys() == {alias for alias, node in house.nodes.items() if node.actuator is not None}


@pytest.mark.parametrize("house", SIMULATED, ids=lambda house: house.alias)
def test_every_point_that_may_be_named_is_there(house: House) -> None:
    plant, assembled = laid_out(house)
    for point in sensor_points(plant):
        assert 0 <= sensor_place(point, assembled.whole) < len(assembled.numbers)
    for point in actuator_points(plant):
        assert 0 <= actuator_place(point, assembled.whole) < len(assembled.numbers)
