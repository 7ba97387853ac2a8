"""A whole simulated house: everything is coupled, and no heat is lost or made."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.house.plant_model import PlantModel
from gw_spaceheat.plant import memory
from gw_spaceheat.plant.plant import Plant
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS
from gw_spaceheat.vocabulary.units import WATER_J_PER_KG_K
from tests.plant.houses import (
    ACTUATORS,
    BUFFER,
    CURVE,
    HEAT_PUMP,
    HOT_WATER,
    PLANT,
    SALT,
    START_MS,
    STORE,
    ZONE,
    make_drive,
    make_house,
)

WITH_HOT_WATER = replace(PLANT, hot_water=HOT_WATER, actuators=ACTUATORS | {"a.charge": "hot_water.charge"})
MODELS = {
    "water": PLANT,
    "phase change and hot water": replace(WITH_HOT_WATER, store=SALT),
    "boiler": replace(
        WITH_HOT_WATER, source=replace(HEAT_PUMP, kind="electric_boiler", start_delay_s=30.0, maximum_supply_c=85.0)
    ),
    "nimble pump": replace(PLANT, source=replace(HEAT_PUMP, start_delay_s=60.0, minimum_on_s=60.0, minimum_off_s=60.0)),
    "no store": replace(
        PLANT,
        store=None,
        sensors={},
        actuators={node: point for node, point in ACTUATORS.items() if not point.startswith("store.")},
    ),
}
NODES = [*ACTUATORS, "a.charge"]
ORDERS = st.lists(
    st.tuples(st.sampled_from(NODES), st.sampled_from([0.0, 1.0]), st.integers(1, 90 * 60_000)), min_size=1, max_size=12
)


def build(
    model: PlantModel = PLANT, *, demand_w: float | None = None, outdoor_c: float = -8.0, compiled: bool = False
) -> Plant:
    drive = make_drive(outdoor_c=outdoor_c, demand_w=demand_w)
    return Plant.build(make_house(model), drive, seed=1, start_ms=START_MS, compiled=compiled)


def follow(plant: Plant, orders: list[tuple[str, float, int]]) -> None:
    for node, value, lasting_ms in orders:
        if node in plant.house.plant.actuators:  # type: ignore[union-attr]
            plant.set_actuator(node, value if node != "a.hp.supply" else 55.0 * value)
        plant.advance(plant.now_ms + lasting_ms)


def tank_layers(plant: Plant) -> list[list[float]]:
    """Layers of every water tank, top to bottom."""
    numbers, whole = plant.numbers, plant.whole
    spans = [(whole[memory.BUFFER_AT], whole[memory.BUFFER_NODES]), (whole[memory.HOT_WATER_AT], whole[memory.HOT_WATER_NODES])]
    if whole[memory.STORE_KIND] == memory.WATER_STORE:
        nodes = whole[memory.STORE_NODES]
        spans += [(whole[memory.STORE_AT] + tank * nodes, nodes) for tank in range(whole[memory.STORE_TANKS])]
    return [list(numbers[at : at + nodes]) for at, nodes in spans if nodes]


@pytest.mark.parametrize("demand_w", [None, 9000.0], ids=["zones", "demand"])
@pytest.mark.parametrize("name", MODELS)
@settings(max_examples=15, deadline=None)
@given(orders=ORDERS, outdoor_c=st.floats(-28.0, 12.0))
def test_energy_balances_and_hot_water_lies_on_cold(
    name: str, demand_w: float | None, orders: list[tuple[str, float, int]], outdoor_c: float
) -> None:
    plain = build(MODELS[name], demand_w=demand_w, outdoor_c=outdoor_c)
    fast = build(MODELS[name], demand_w=demand_w, outdoor_c=outdoor_c, compiled=True)
    for plant in (plain, fast):
        follow(plant, orders)
        plant.advance(plant.now_ms + HOUR_MS)
    assert abs(plain.totals().residual) < 1e-9
    for layers in tank_layers(plain):
        assert layers == sorted(layers, reverse=True)
    assert list(fast.numbers[: len(plain.numbers)]) == plain.numbers
    assert fast.totals() == plain.totals()


@pytest.mark.parametrize("name", [name for name in MODELS if "phase" not in name])
@settings(max_examples=15, deadline=None)
@given(orders=ORDERS, outdoor_c=st.floats(-28.0, 12.0))
def test_without_elements_no_layer_leaves_the_hull_of_what_flows_in(
    name: str, orders: list[tuple[str, float, int]], outdoor_c: float
) -> None:
    plant = build(MODELS[name], demand_w=7000.0, outdoor_c=outdoor_c)
    low = min(min(layers) for layers in tank_layers(plant))
    high = max(max(layers) for layers in tank_layers(plant))
    low = min(low, PLANT.room_c, HOT_WATER.cold_c)
    for node, value, lasting_ms in orders:
        if node in plant.house.plant.actuators and "boost" not in node:  # type: ignore[union-attr]
            plant.set_actuator(node, value if node != "a.hp.supply" else 55.0 * value)
        until_ms = plant.now_ms + min(lasting_ms, 30 * MINUTE_MS)
        while plant.now_ms < until_ms:
            plant.advance(min(plant.now_ms + 10_000, until_ms))
            flows_in = [plant.numbers[memory.RETURN_C], plant.numbers[memory.SOURCE_SUPPLY_C]]
            low, high = min(low, *flows_in), max(high, *flows_in)
        for layers in tank_layers(plant):
            assert low - 1e-9 <= layers[-1] <= layers[0] <= high + 1e-9


def test_relay_moves_meter_tank_and_rooms() -> None:
    moved, still = build(), build()
    for node in ("a.hp", "a.boost0", "a.zone0"):
        moved.set_actuator(node, 1.0)
        assert moved.actuator(node) == 1.0
    for plant in (moved, still):
        plant.advance(START_MS + 25 * MINUTE_MS)
    with_heat, without = (plant.read(["total-power", "hp-power", "buffer0", "zone0-air"]) for plant in (moved, still))
    assert with_heat["hp-power"] == HEAT_PUMP.maximum_w
    assert with_heat["total-power"] == HEAT_PUMP.maximum_w + 4500.0 + HEAT_PUMP.pump_w + ZONE.pump_w
    assert without["total-power"] == without["hp-power"] == HEAT_PUMP.standby_w
    assert with_heat["buffer0"] > without["buffer0"] + 5.0  # type: ignore[operator]
    assert with_heat["zone0-air"] > without["zone0-air"] + 0.5  # type: ignore[operator]
    assert moved.totals().compressor_starts == 1
    assert still.totals().compressor_starts == 0


def test_starting_takes_time_and_electricity_but_gives_no_heat() -> None:
    plant = build(demand_w=0.0)
    plant.set_actuator("a.hp", 1.0)
    plant.advance(START_MS + 700_000)
    assert plant.read(["hp-power", "hp-flow"]) == {"hp-power": 3000.0, "hp-flow": 0.0}
    plant.advance(START_MS + 740_000)
    assert plant.read(["hp-power"]) == {"hp-power": 10_000.0}
    assert plant.read(["hp-flow"])["hp-flow"] > 0.0  # type: ignore[operator]


def test_demand_file_takes_what_the_tank_can_give_and_counts_what_is_missing() -> None:
    plant = build(demand_w=20_000.0)
    plant.advance(START_MS + 24 * HOUR_MS)
    totals = plant.totals()
    assert totals.demanded_wh == pytest.approx(24 * 20_000.0)
    stored_wh = BUFFER.litres * WATER_J_PER_KG_K * 15.0 / 3600.0  # required + 5 K down to required - 10 K
    assert 0.8 * stored_wh < totals.delivered_wh < 1.3 * stored_wh
    assert 9.0 < totals.worst_k < 20.0
    assert totals.kelvin_seconds_below > 20 * 3600.0 * 9.0
    warm = build(demand_w=4000.0)
    warm.set_actuator("a.boost0", 1.0)
    warm.advance(START_MS + 24 * HOUR_MS)
    assert warm.totals().delivered_wh == warm.totals().demanded_wh == pytest.approx(24 * 4000.0)
    assert warm.totals().kelvin_seconds_below == 0.0
    assert warm.read(["supply"])["supply"] == pytest.approx(warm.read(["buffer0"])["buffer0"], abs=0.5)


def test_a_store_heats_the_house_while_the_source_rests() -> None:
    with_store, without = build(demand_w=5000.0), build(demand_w=5000.0)
    with_store.set_actuator("a.valve", 1.0)
    with_store.set_actuator("a.store.pump", 1.0)
    for plant in (with_store, without):
        plant.advance(START_MS + 3 * HOUR_MS)
    assert with_store.totals().delivered_wh == pytest.approx(15_000.0)
    assert without.totals().delivered_wh < 14_000.0
    assert with_store.read(["store-flow"])["store-flow"] == -PLANT.store_flow_kg_s


@pytest.mark.parametrize("store", [STORE, SALT], ids=["water", "phase change"])
def test_store_energy_is_what_was_put_in(store: object) -> None:
    plant = build(replace(PLANT, store=store), demand_w=0.0)
    before_wh = plant.store_energy_wh(30.0)
    litres = BUFFER.litres + (3 * STORE.litres if store is STORE else SALT.water_litres)
    water_c = CURVE.required_c(plant.numbers[memory.OUTDOOR_C]) + 5.0
    water_wh = litres * 0.985 * WATER_J_PER_KG_K * (water_c - 30.0) / 3600.0
    solid_wh = 0.0 if store is STORE else SALT.mass_kg * SALT.solid_j_per_kg_k * (water_c - 30.0) / 3600.0
    assert before_wh == pytest.approx(water_wh + solid_wh)
    plant.set_actuator("a.hp", 1.0)
    plant.set_actuator("a.valve", 1.0)
    plant.advance(START_MS + 6 * HOUR_MS)
    assert plant.store_energy_wh(30.0) - before_wh == pytest.approx(plant.totals().energy_stored_change_wh)
    assert plant.electricity_wh == pytest.approx(plant.totals().electricity_wh)


def test_what_no_node_moves_is_as_if_wired() -> None:
    plant = build(PlantModel(room_c=18.0, buffer=BUFFER, zones=(ZONE,)))
    plant.advance(START_MS + MINUTE_MS)
    assert plant.numbers[memory.DISTRIBUTION_NOW_KG_S] == ZONE.flow_kg_s
    assert plant.numbers[memory.PUMPS_W] == ZONE.pump_w


def test_a_common_pump_stops_all_zones() -> None:
    plant = build(PlantModel(room_c=18.0, buffer=BUFFER, zones=(ZONE, ZONE), actuators={"p": "distribution.pump"}))
    plant.advance(START_MS + MINUTE_MS)
    assert plant.numbers[memory.DISTRIBUTION_NOW_KG_S] == 0.0
    plant.set_actuator("p", 1.0)
    plant.advance(START_MS + 2 * MINUTE_MS)
    assert plant.numbers[memory.DISTRIBUTION_NOW_KG_S] == 2 * ZONE.flow_kg_s
    assert plant.numbers[memory.PUMPS_W] == 2 * ZONE.pump_w + PLANT.distribution_pump_w


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (None, "no plant"),
        (replace(PLANT, zones=(), actuators={}, sensors={}), "no zones"),
        (replace(PLANT, buffer=replace(BUFFER, tanks=2)), "one tank, not 2"),
        (replace(PLANT, source=replace(HEAT_PUMP, kind="stove")), "'stove'"),
        (replace(PLANT, source=replace(HEAT_PUMP, minimum_flow_kg_s=0.0)), "minimum_flow_kg_s"),
        (replace(PLANT, source=None), "no heat source"),
        (replace(PLANT, hot_water=replace(HOT_WATER, tank=replace(BUFFER, tanks=2))), "hot-water tank must be one"),
        (replace(PLANT, actuators={"x": "buffer.pump"}), r"node x: no such actuator point"),
        (replace(PLANT, store=None), "'store.valve' needs a store"),
    ],
)
def test_build_names_the_house_and_what_is_missing(model: PlantModel | None, words: str) -> None:
    with pytest.raises(ValueError, match=words) as told:
        Plant.build(make_house(model), make_drive(), seed=1, start_ms=START_MS)
    assert str(told.value).startswith("plant of house hw1.test.house: ")


def test_build_refuses_a_start_outside_the_weather_and_a_step_of_nothing() -> None:
    for start_ms in (START_MS - 1, START_MS + 72 * HOUR_MS):
        with pytest.raises(ValueError, match="weather covers"):
            Plant.build(make_house(), make_drive(72), seed=1, start_ms=start_ms)
    with pytest.raises(ValueError, match="step must be"):
        Plant.build(make_house(), make_drive(), seed=1, start_ms=START_MS, step_s=0.0)


def test_unknown_names_and_times_beyond_the_weather_are_refused() -> None:
    plant = build()
    with pytest.raises(ValueError, match=r"'a\.nobody' moves nothing"):
        plant.set_actuator("a.nobody", 1.0)
    with pytest.raises(ValueError, match="channel 'nobody' has no simulated sensor"):
        plant.read(["nobody"])
    assert plant.end_ms == START_MS + 72 * HOUR_MS
    with pytest.raises(ValueError, match="weather ends"):
        plant.advance(plant.end_ms + 1)
    assert plant.now_ms == START_MS
