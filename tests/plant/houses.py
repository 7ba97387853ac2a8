"""Small houses for tests of the plant: one hydronic house with everything, to be varied by dataclasses.replace."""

from dataclasses import replace

from gw_spaceheat.house.model import Heating, House, Tariff, WeatherCurve, Zone
from gw_spaceheat.house.plant_model import (
    ElementModel,
    HeatSourceModel,
    HotWaterModel,
    PhaseChangeStoreModel,
    PlantModel,
    SensorModel,
    WaterTankModel,
    ZoneModel,
)
from gw_spaceheat.plant.drive import Drive

START_MS = 1_515_369_600_000  # 2018-01-08T00:00Z

CURVE = WeatherCurve(base_c=32.0, slope=0.75, reference_c=15.0, minimum_c=35.0, maximum_c=60.0)
BUFFER = WaterTankModel(
    litres=454.0, loss_w_per_k=2.0, elements=tuple(ElementModel(power_w=4500.0, height=0.6) for _ in range(3))
)
STORE = WaterTankModel(litres=454.0, loss_w_per_k=2.0, tanks=3)
SALT = PhaseChangeStoreModel(
    mass_kg=600.0,
    melting_c=58.0,
    latent_j_per_kg=264e3,
    solid_j_per_kg_k=2500.0,
    liquid_j_per_kg_k=3000.0,
    exchanger_w_per_k=2500.0,
    water_litres=40.0,
)
HEAT_PUMP = HeatSourceModel(kind="heat_pump", maximum_w=10_000.0)
ZONE = ZoneModel(
    air_j_per_k=1.5e6,
    emitter_j_per_k=4e5,
    mass_j_per_k=1.2e7,
    outdoor_w_per_k=55.0,
    emitter_w_per_k=130.0,
    mass_w_per_k=250.0,
    water_w_per_k=250.0,
    flow_kg_s=0.12,
)
HOT_WATER = HotWaterModel(tank=WaterTankModel(litres=300.0, loss_w_per_k=1.6), coil_w_per_k=1500.0, litres_per_day=180.0)

ACTUATORS = {
    "a.hp": "source.enable",
    "a.hp.supply": "source.supply_c",
    "a.boost0": "element.0",
    "a.boost1": "element.1",
    "a.boost2": "element.2",
    "a.valve": "store.valve",
    "a.store.pump": "store.pump",
    "a.zone0": "zone.0.pump",
    "a.zone1": "zone.1.pump",
}
SENSORS = (
    {f"buffer{i}": SensorModel(point=f"buffer.temperature.{i}", lag_s=20.0, quantum=0.0625, noise=0.02) for i in (0, 4, 8, 11)}
    | {f"store{i}": SensorModel(point=f"store.temperature.{i}", lag_s=20.0, noise=0.02) for i in (0, 11)}
    | {
        "outdoor": SensorModel(point="outdoor.temperature", noise=0.05, offset=0.1),
        "supply": SensorModel(point="supply.temperature", lag_s=30.0),
        "return": SensorModel(point="return.temperature"),
        "hp-power": SensorModel(point="source.power_w", quantum=1.0),
        "total-power": SensorModel(point="total.power_w", quantum=1.0),
        "hp-flow": SensorModel(point="source.flow_kg_s"),
        "store-flow": SensorModel(point="store.flow_kg_s"),
        "zone0-air": SensorModel(point="zone.0.air", lag_s=60.0, noise=0.02),
        "valve-state": SensorModel(point="state.store.valve"),
    }
)
PLANT = PlantModel(
    room_c=18.0,
    buffer=BUFFER,
    source=HEAT_PUMP,
    store=STORE,
    zones=(ZONE, replace(ZONE, outdoor_w_per_k=40.0)),
    sensors=SENSORS,
    actuators=ACTUATORS,
)


def make_house(plant: PlantModel | None = PLANT) -> House:
    """A house with this plant, two zones wished at 20 degC, and nothing else."""
    return House(
        alias="hw1.test.house",
        display_name="Test",
        timezone="America/New_York",
        utc_offset_standard_h=-5.0,
        latitude_deg=45.0,
        longitude_deg=-69.0,
        scada_instance_id="",
        atn_instance_id="",
        nodes={},
        components={},
        channels={},
        thermal_edges=(),
        heating=Heating(
            strategy="hysteresis",
            parameters={},
            curve=CURVE,
            zones=tuple(
                Zone(name=f"zone{i}", temperature=f"zone{i}-air", setpoint_c=20.0, circulator=f"a.zone{i}") for i in (0, 1)
            ),
        ),
        tariff=Tariff(name="", on_peak_usd_per_kwh=0.2, off_peak_usd_per_kwh=0.1),
        plant=plant,
    )


def make_drive(
    hours: int = 72, outdoor_c: float = -10.0, *, demand_w: float | None = None, swing_k: float = 5.0, start_ms: int = START_MS
) -> Drive:
    """Weather that swings around outdoor_c by the day, with sun at noon; constant demand if it is given."""
    triangle = [abs((hour + 9) % 24 - 12) / 6.0 - 1.0 for hour in range(hours + 1)]
    return Drive(
        start_ms=start_ms,
        outdoor_c=tuple(outdoor_c - swing_k * share for share in triangle),
        solar_w_m2=tuple(max(-share, 0.0) * 500.0 for share in triangle),
        demand_w=None if demand_w is None else (demand_w,) * (hours + 1),
    )
