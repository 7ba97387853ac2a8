"""The source's loop: who gets how much water, how warm, and that all heat arrives."""

import math
from dataclasses import replace

import pytest

from gw_spaceheat.house.plant_model import PlantModel
from gw_spaceheat.plant import memory
from gw_spaceheat.plant.header import coil_share
from gw_spaceheat.plant.plant import Plant
from gw_spaceheat.vocabulary.moment import HOUR_MS
from gw_spaceheat.vocabulary.units import WATER_J_PER_KG_K
from tests.plant.houses import ACTUATORS, HEAT_PUMP, HOT_WATER, PLANT, SALT, START_MS, make_drive, make_house

READY = replace(HEAT_PUMP, start_delay_s=0.0, defrost=False)


def running(plant: PlantModel, hours: float = 0.5, outdoor_c: float = -10.0, **commands: float) -> Plant:
    """A house with demand whose heat pump has been running with these commands (valve, store_pump, charge, supply)."""
    names = {"valve": "a.valve", "store_pump": "a.store.pump", "charge": "a.charge", "supply": "a.hp.supply"}
    made = Plant.build(
        make_house(plant), make_drive(outdoor_c=outdoor_c, demand_w=8000.0, swing_k=0.0), seed=1, start_ms=START_MS
    )
    made.set_actuator("a.hp", 1.0)
    for name, value in commands.items():
        made.set_actuator(names[name], value)
    made.advance(START_MS + round(hours * HOUR_MS))
    return made


def flows(plant: Plant) -> tuple[float, float]:
    return plant.numbers[memory.SOURCE_KG_S], plant.numbers[memory.STORE_KG_S]


@pytest.mark.parametrize("store", [PLANT.store, SALT], ids=["water", "phase change"])
def test_valve_and_store_pump_lead_the_water(store: object) -> None:
    model = replace(PLANT, source=READY, store=store)
    source_kg_s, store_kg_s = flows(running(model))
    assert source_kg_s > 0.0
    assert store_kg_s == 0.0
    source_kg_s, store_kg_s = flows(running(model, valve=1.0))
    assert store_kg_s == source_kg_s > 0.0
    source_kg_s, store_kg_s = flows(running(model, valve=1.0, store_pump=1.0))
    assert store_kg_s == pytest.approx(source_kg_s - PLANT.store_flow_kg_s)
    assert flows(running(replace(model, source=replace(READY, minimum_outdoor_c=0.0)), valve=1.0, store_pump=1.0)) == (
        0.0,
        -0.7,
    )


def test_the_source_gives_its_heat_to_the_water_it_circulates() -> None:
    plant = running(replace(PLANT, source=READY))
    numbers = plant.numbers
    heat_w = (
        numbers[memory.SOURCE_KG_S] * WATER_J_PER_KG_K * (numbers[memory.SOURCE_SUPPLY_C] - numbers[memory.SOURCE_RETURN_C])
    )
    before_j = numbers[memory.SUM_AMBIENT_J] + numbers[memory.SUM_SOURCE_J]
    plant.advance(plant.now_ms + 10_000)
    assert numbers[memory.SUM_AMBIENT_J] + numbers[memory.SUM_SOURCE_J] - before_j == pytest.approx(heat_w * 10.0, rel=0.01)


def test_supply_is_held_at_the_commanded_temperature_and_power_modulated() -> None:
    model = replace(PLANT, source=replace(READY, minimum_flow_kg_s=0.7))
    plant = running(model, hours=1.5, supply=58.0)
    numbers = plant.numbers
    assert numbers[memory.SOURCE_SUPPLY_C] == pytest.approx(61.0)
    assert numbers[memory.SOURCE_MINIMUM_W] < numbers[memory.SOURCE_W] < numbers[memory.SOURCE_MAXIMUM_W]


def test_a_full_tank_makes_it_cycle_below_its_hottest_supply() -> None:
    model = replace(PLANT, source=replace(READY, maximum_supply_c=60.0))
    made = Plant.build(make_house(model), make_drive(outdoor_c=10.0, demand_w=500.0, swing_k=0.0), seed=1, start_ms=START_MS)
    made.set_actuator("a.hp", 1.0)
    hottest = 0.0
    for minute in range(24 * 60):
        made.advance(START_MS + minute * 60_000)
        hottest = max(hottest, made.numbers[memory.SOURCE_SUPPLY_C])
    assert 59.0 < hottest < 63.5
    assert 2 <= made.totals().compressor_starts <= 40


def test_defrost_takes_heat_from_the_water_in_frosting_weather_only() -> None:
    def coldest_lift_k(outdoor_c: float, *, defrost: bool) -> float:
        model = replace(PLANT, source=replace(READY, defrost=defrost))
        plant = Plant.build(
            make_house(model), make_drive(outdoor_c=outdoor_c, demand_w=9000.0, swing_k=0.0), seed=1, start_ms=START_MS
        )
        plant.set_actuator("a.hp", 1.0)
        lifts = []
        while plant.now_ms < START_MS + 2 * HOUR_MS:
            plant.advance(plant.now_ms + 60_000)
            lifts.append(plant.numbers[memory.SOURCE_SUPPLY_C] - plant.numbers[memory.SOURCE_RETURN_C])
        return min(lifts[1:])

    assert coldest_lift_k(0.0, defrost=True) == pytest.approx(-4000.0 / (0.7 * WATER_J_PER_KG_K))
    assert coldest_lift_k(0.0, defrost=False) > 0.0
    assert coldest_lift_k(-12.0, defrost=True) > 0.0


def test_hot_water_is_charged_through_its_coil_and_the_buffer_waits() -> None:
    model = replace(PLANT, source=READY, hot_water=HOT_WATER, actuators=ACTUATORS | {"a.charge": "hot_water.charge"})
    resting, charging = running(model, hours=1.0), running(model, hours=1.0, charge=1.0)
    at, nodes = charging.whole[memory.HOT_WATER_AT], charging.whole[memory.HOT_WATER_NODES]
    assert min(charging.numbers[at : at + nodes]) > max(resting.numbers[at : at + nodes]) + 5.0
    buffer_at = charging.whole[memory.BUFFER_AT]
    assert charging.numbers[buffer_at] < resting.numbers[buffer_at]
    assert abs(charging.totals().residual) < 1e-12


@pytest.mark.parametrize("ratio", [0.05, 0.3, 1.0, 3.0])
def test_a_coil_in_sections_is_near_the_exponential(ratio: float) -> None:
    share = coil_share(ratio * 0.5 * WATER_J_PER_KG_K, 0.5)
    assert share == pytest.approx(math.exp(-ratio), abs=0.06)
    assert math.exp(-ratio) < share < 1.0
