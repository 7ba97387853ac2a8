"""Zones: what heats them, what cools them, and what they count as cold."""

from dataclasses import replace

import pytest

from gw_spaceheat.house.plant_model import PlantModel, ZoneModel
from gw_spaceheat.plant import memory
from gw_spaceheat.plant.assemble import assemble, water_w_per_k
from gw_spaceheat.plant.dwelling import advance_zones
from gw_spaceheat.vocabulary.units import WATER_J_PER_KG_K
from tests.plant.houses import BUFFER, START_MS, ZONE, make_drive, make_house

ACTUATORS = {"pump": "zone.0.pump", "fan": "zone.0.fan"}


def zone(model: ZoneModel = ZONE, *, pump: float = 1.0, fan: float = 1.0) -> tuple[list[float], list[int]]:
    plant = PlantModel(
        room_c=18.0, buffer=BUFFER, zones=(model,), actuators=ACTUATORS if model.fan_w else {"pump": "zone.0.pump"}
    )
    assembled = assemble(make_house(plant), make_drive(), seed=1, start_ms=START_MS, step_s=10.0)
    record = assembled.whole[memory.ZONES_AT]
    assembled.numbers[record + memory.PUMP_COMMAND] = pump
    assembled.numbers[record + memory.FAN_COMMAND] = fan
    return assembled.numbers, assembled.whole


def test_steady_state_is_where_gain_and_loss_meet() -> None:
    numbers, whole = zone(replace(ZONE, mass_j_per_k=1e6))
    for _ in range(100 * 360):
        given_w = advance_zones(numbers, whole, 50.0, -10.0, 100.0, 10.0)
    air_c = numbers[whole[memory.ZONES_AT] + memory.AIR_C]
    assert given_w + ZONE.gains_w + ZONE.solar_m2 * 100.0 == pytest.approx(ZONE.outdoor_w_per_k * (air_c + 10.0), rel=1e-4)
    emitter_c = numbers[whole[memory.ZONES_AT] + memory.EMITTER_C]
    assert given_w == pytest.approx(ZONE.emitter_w_per_k * (emitter_c - air_c), rel=1e-4)


def test_water_gives_no_more_than_its_flow_carries() -> None:
    flow_w_per_k = ZONE.flow_kg_s * WATER_J_PER_KG_K
    assert water_w_per_k(replace(ZONE, water_w_per_k=1e6)) == pytest.approx(flow_w_per_k)
    assert water_w_per_k(replace(ZONE, water_w_per_k=1.0)) == pytest.approx(1.0, rel=1e-2)
    assert water_w_per_k(replace(ZONE, flow_kg_s=0.0)) == 0.0


@pytest.mark.parametrize(
    ("fan_w", "pump", "fan", "warms_emitter", "warms_air"),
    [
        (0.0, 1.0, 1.0, True, True),
        (0.0, 0.0, 1.0, False, False),
        (40.0, 1.0, 1.0, True, True),
        (40.0, 1.0, 0.0, True, False),
    ],
)
def test_circulator_and_fan(fan_w: float, pump: float, fan: float, warms_emitter: bool, warms_air: bool) -> None:
    numbers, whole = zone(replace(ZONE, fan_w=fan_w, gains_w=0.0), pump=pump, fan=fan)
    for _ in range(60):
        advance_zones(numbers, whole, 60.0, 20.0, 0.0, 10.0)
    record = whole[memory.ZONES_AT]
    assert (numbers[record + memory.EMITTER_C] > 20.1) == warms_emitter
    assert (numbers[record + memory.AIR_C] > 20.0) == warms_air


def test_the_sun_warms_air_and_mass_alike() -> None:
    numbers, whole = zone(replace(ZONE, gains_w=0.0), pump=0.0)
    advance_zones(numbers, whole, 20.0, 20.0, 400.0, 10.0)
    record = whole[memory.ZONES_AT]
    half_j = 0.5 * ZONE.solar_m2 * 400.0 * 10.0
    assert (numbers[record + memory.AIR_C] - 20.0) * ZONE.air_j_per_k == pytest.approx(half_j)
    assert (numbers[record + memory.MASS_C] - 20.0) * ZONE.mass_j_per_k == pytest.approx(half_j)


def test_cold_counts_below_half_a_kelvin_under_the_set_point() -> None:
    numbers, whole = zone(pump=0.0)
    record = whole[memory.ZONES_AT]
    for air_c in (20.0, 19.5, 19.0, 18.5):
        numbers[record + memory.AIR_C] = air_c
        advance_zones(numbers, whole, 20.0, 0.0, 0.0, 10.0)
    assert numbers[memory.SUM_KELVIN_S] == pytest.approx(10.0 * (0.5 + 1.0))
    assert numbers[memory.WORST_K] == pytest.approx(1.0)
