"""The houses that the project ships: each is right, and is what it is said to be."""

from collections import Counter
from pathlib import Path

import pytest

from gw_spaceheat.core.heating.parameters import SharedParameters, problems
from gw_spaceheat.drivers.registry import devices
from gw_spaceheat.house.check import load_checked_houses
from gw_spaceheat.house.model import House
from gw_spaceheat.house.plant_model import PhaseChangeStoreModel, PlantModel, WaterTankModel
from gw_spaceheat.vocabulary.roles import ActorClass, Role
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

FILE = Path(__file__).parents[2] / "input_data" / "houses.json"
HOUSES, WARNINGS = load_checked_houses(FILE.read_text(encoding="utf-8"), FILE.name, devices())
DW1, W = HOUSES["dw1.isone.nh.orange.1"], HOUSES["w.isone.nh.orange.1"]
OAK, PINE, FIR = (HOUSES[f"hw1.isone.me.millinocket.{name}"] for name in ("oak", "pine", "fir"))


def twin(house: House) -> PlantModel:
    assert house.plant is not None
    return house.plant


def roles(house: House) -> Counter[Role]:
    return Counter(node.role for node in house.nodes.values())


def test_none_has_even_a_warning() -> None:
    assert WARNINGS == ()


@pytest.mark.parametrize("house", HOUSES.values(), ids=HOUSES.keys())
def test_common_to_all(house: House) -> None:
    assert problems(SharedParameters, house.heating.parameters) == []
    assert house.tariff.on_peak_usd_per_kwh == 0.24
    assert [(window.start_hour, window.end_hour) for window in house.tariff.on_peak] == [(7, 12), (16, 20)]
    for node in house.nodes.values():
        if node.actuator is None:
            continue
        switched = house.nodes[node.parent].role
        expected = {Role.BoostElement: 6.0, Role.HeatPump: 180.0}.get(switched)
        if expected is not None and node.role is Role.BooleanActuator:
            assert node.actuator.expected_response_s == expected
            assert node.actuator.smallest_step_w is not None
        if switched is Role.CirculatorPump:
            assert node.actuator.smallest_step_w is None
        assert house.state_channel(node.alias) is not None


@pytest.mark.parametrize(
    "house", [house for house in HOUSES.values() if house.plant is not None], ids=lambda house: house.alias
)
def test_every_simulated_channel_feels_something_and_every_actuator_moves_something(house: House) -> None:
    plant = twin(house)
    assert plant.sensors.keys() == house.channels.keys()
    assert plant.actuators.keys() == {alias for alias, node in house.nodes.items() if node.actuator is not None}


@pytest.mark.parametrize("house", [OAK, PINE, FIR], ids=["oak", "pine", "fir"])
def test_power_metering_counts_nothing_twice(house: House) -> None:
    metered = {channel.about for channel in house.channels.values() if channel.in_power_metering}
    sources = {
        node.alias for node in house.nodes.values() if node.role in (Role.HeatPump, Role.BoostElement, Role.ElectricBoiler)
    }
    assert metered == sources
    assert not house.channels["a-m"].in_power_metering


def test_the_simulated_garage() -> None:
    assert [f"a.tank.temp{index}" in DW1.nodes for index in range(5)] == [True] * 5
    assert {"a.tank.in.temp1", "a.tank.out.temp1", "a.tank.out.flowmeter1", "a.m"} <= DW1.nodes.keys()
    assert [element.power_w for element in twin(DW1).buffer.elements] == [4500.0, 4500.0]
    assert twin(DW1).source is None
    assert DW1.heating.zones[0].fan == "a.garage.rad.fan.relay"
    assert roles(DW1)[Role.BooleanActuator] == 4


def test_the_real_garage() -> None:
    assert W.plant is None
    board = W.components["relay-board"]
    assert (board.make_model, dict(board.address)) == ("NCD__PR8_14_SPST", {"bus": "i2c-1", "address": 0x20})
    assert sorted(node.output for node in W.nodes.values() if node.component == "relay-board") == [1, 2, 3]
    meter = W.components["meter"]
    assert dict(meter.address) == {"port": "/dev/ttyUSB0", "baud": 9600, "unit": 12}
    assert meter.serial == "35941_308"
    assert all(
        component.serial.startswith("28-") for component in W.components.values() if component.make_model == "Adafruit__642"
    )


def test_oak() -> None:
    source, store = twin(OAK).source, twin(OAK).store
    assert source is not None
    assert (source.kind, source.maximum_w, source.minimum_fraction, source.minimum_outdoor_c) == (
        "heat_pump",
        10_000.0,
        0.3,
        -30.0,
    )
    assert isinstance(store, WaterTankModel)
    assert store.tanks * store.litres == pytest.approx(1363, abs=1)
    assert twin(OAK).buffer.litres == pytest.approx(454, abs=1)
    assert [element.power_w for element in twin(OAK).buffer.elements] == [4500.0] * 3
    assert len(OAK.heating.zones) == len(twin(OAK).zones) == 4
    assert len(OAK.channels) >= 30
    assert 190 <= sum(zone.outdoor_w_per_k for zone in twin(OAK).zones) <= 230
    assert (OAK.heating.strategy, dict(OAK.heating.parameters)) == ("hysteresis", {"on_below_k": 4.0, "off_above_k": 9.0})
    assert [OAK.heating.curve.required_c(outdoor_c) for outdoor_c in (15.0, 7.0, -10.0, -30.0)] == [35.0, 38.0, 50.75, 60.0]


def test_oak_is_scanned_as_fast_as_it_must_be() -> None:
    rules = {channel.name: channel.capture for channel in OAK.channels.values()}
    probes = OAK.channels_of("a.temps")
    assert len(probes) == 22
    captures = {(rules[probe.name].poll_s, rules[probe.name].period_s, rules[probe.name].delta) for probe in probes}
    assert captures == {(60.0, 300.0, 0.5)}
    powers = [channel for channel in OAK.channels.values() if channel.telemetry is TelemetryName.PowerW]
    assert {(rules[power.name].poll_s, rules[power.name].period_s) for power in powers} == {(10.0, 300.0)}
    for channel in powers:
        if channel.in_power_metering:
            assert rules[channel.name].delta == pytest.approx(0.02 * OAK.nodes[channel.about].nameplate_w)
    states = [channel for channel in OAK.channels.values() if channel.telemetry is TelemetryName.RelayState]
    assert {(rules[state.name].poll_s, rules[state.name].period_s) for state in states} == {(900.0, 3600.0)}


def test_oaks_emitters_hold_the_set_point_on_the_coldest_day() -> None:
    supply_c = OAK.heating.curve.required_c(-30.0)
    for zone, setting in zip(twin(OAK).zones, OAK.heating.zones, strict=True):
        lost_w = zone.outdoor_w_per_k * (setting.setpoint_c + 30.0)
        water_c = supply_c - lost_w / (zone.flow_kg_s * 4186.0)
        conductance_w_per_k = 1.0 / (1.0 / zone.water_w_per_k + 1.0 / zone.emitter_w_per_k)
        assert conductance_w_per_k * (water_c - setting.setpoint_c) > lost_w


def test_pine() -> None:
    store, water = twin(PINE).store, twin(PINE).hot_water
    assert isinstance(store, PhaseChangeStoreModel)
    assert store.melting_c == 58.0
    assert PINE.nodes["a.hp.lwt"].actor is ActorClass.AnalogActuator
    assert twin(PINE).actuators["a.hp.lwt"] == "source.supply_c"
    assert PINE.heating.supply_setpoint == "a.hp.lwt"
    assert water is not None
    assert water.tank.litres == 300.0
    assert PINE.heating.hot_water is not None
    assert (PINE.heating.hot_water.legionella_c, PINE.heating.hot_water.charge) == (60.0, "a.dhw.valve.relay")
    assert PINE.heating.parameters["charge_supply_c"] > store.melting_c


def test_fir() -> None:
    source = twin(FIR).source
    assert source is not None
    assert (source.kind, source.maximum_w) == ("electric_boiler", 12_000.0)
    assert isinstance(twin(FIR).store, WaterTankModel)
    assert roles(FIR)[Role.HeatPump] == 0
    assert len(FIR.heating.zones) == 3
    lost_w = sum(zone.outdoor_w_per_k for zone in twin(FIR).zones) * 50.0
    assert lost_w < source.maximum_w
