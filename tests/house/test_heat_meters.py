"""Flow, supply and return belong together by the house's thermal edges; the shipped houses' twins say the same."""

from pathlib import Path

import pytest

from gw_spaceheat.apps.houses import find_house
from gw_spaceheat.house.heat_meters import HeatMeter, electricity, rooms_meter, source_meter, source_power
from gw_spaceheat.house.model import House

FILE = Path(__file__).parents[2] / "input_data" / "houses.json"
HEATED = ["hw1.isone.me.millinocket.oak", "hw1.isone.me.millinocket.pine", "hw1.isone.me.millinocket.fir"]
GARAGES = ["dw1.isone.nh.orange.1", "w.isone.nh.orange.1"]


def by_points(house: House, *points: str) -> list[str]:
    assert house.plant is not None
    names = {sensor.point: name for name, sensor in house.plant.sensors.items()}
    return [names[point] for point in points]


@pytest.mark.parametrize("alias", HEATED)
def test_what_is_found_is_what_the_twin_feels_there(alias: str) -> None:
    house = find_house(FILE, alias)
    source, rooms = source_meter(house), rooms_meter(house)
    assert source is not None
    assert rooms is not None
    assert [*source.channels] == by_points(house, "source.flow_kg_s", "source.supply", "source.return")
    assert [*rooms.channels] == by_points(house, "distribution.flow_kg_s", "supply.temperature", "return.temperature")
    assert [source_power(house)] == by_points(house, "source.power_w")
    assert source_power(house) in electricity(house)
    assert "a-m" not in electricity(house)


def test_a_tank_with_elements_has_no_source_and_may_have_rooms() -> None:
    garage, bare = (find_house(FILE, alias) for alias in GARAGES)
    assert source_meter(garage) is source_meter(bare) is rooms_meter(bare) is None
    assert rooms_meter(garage) == HeatMeter(flow="a-tank-out-flowmeter1", supply="a-tank-out-temp1", back="a-tank-in-temp1")
    assert source_power(garage) == ""
    assert electricity(garage) == ("a-elt1", "a-elt2")
