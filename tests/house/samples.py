"""A small house as JSON, right in every way, and a way to spoil it in one place."""

import copy
import json
from typing import Any

from gw_spaceheat.drivers.registry import devices
from gw_spaceheat.house.model import House
from gw_spaceheat.house.parse import load_house

ALIAS = "dw9.test.shed"
DRIVERS = dict(devices())
REMOVED = object()

SMALL: dict[str, Any] = {
    "display_name": "Shed",
    "timezone": "America/New_York",
    "utc_offset_standard_h": -5,
    "latitude_deg": 45.0,
    "longitude_deg": -70.0,
    "scada_instance_id": "0b7b5f0e-6d2c-4c0a-9a43-5f1e8d7c2b11",
    "atn_instance_id": "c7a1d9f4-3e58-4b6f-8d20-91b4a6e0f532",
    "capture": {"RelayState": {"poll_s": 300, "period_s": 300, "delta": 0.5}},
    "components": {
        "relays": {"make_model": "GridWorks__SimRelay"},
        "probes": {"make_model": "GridWorks__SimTempSensors", "capture": {"poll_s": 60, "period_s": 60}},
        "meter": {"make_model": "GridWorks__SimPowerMeter", "capture": {"poll_s": 10, "period_s": 300}},
    },
    "nodes": {
        "a": {"role": "AtomicTNode", "actor": "AtomicTNode"},
        "a.s": {"role": "Scada", "actor": "Scada"},
        "a.home": {"role": "HomeAlone", "actor": "HomeAlone"},
        "a.m": {"role": "PowerMeter", "actor": "PowerMeter", "component": "meter"},
        "a.temps": {"role": "MultiSensor", "actor": "MultiSensor", "component": "probes"},
        "a.tank": {"role": "BufferTank"},
        "a.tank.temp0": {"role": "TankWaterTempSensor"},
        "a.elt1": {"role": "BoostElement", "nameplate_w": 4500},
        "a.elt1.relay": {
            "role": "BooleanActuator",
            "actor": "BooleanActuator",
            "component": "relays",
            "output": 1,
            "actuator": {"expected_response_s": 6, "smallest_step_w": 3600},
        },
        "a.shed": {"role": "HeatedSpace"},
        "a.shed.temp": {"role": "RoomTempSensor"},
        "a.shed.pump": {"role": "CirculatorPump"},
        "a.shed.pump.relay": {
            "role": "BooleanActuator",
            "actor": "BooleanActuator",
            "component": "relays",
            "output": 2,
            "actuator": {},
        },
    },
    "channels": {
        "a-elt1": {
            "captured_by": "a.m",
            "telemetry": "PowerW",
            "capture": {"delta": 90},
            "in_power_metering": True,
            "register": "phase-a",
        },
        "a-tank-temp0": {"captured_by": "a.temps", "telemetry": "WaterTempCTimes1000"},
        "a-shed-temp": {"captured_by": "a.temps", "telemetry": "AirTempCTimes1000"},
        "a-elt1-relay": {"telemetry": "RelayState"},
        "a-shed-pump-relay": {"telemetry": "RelayState"},
    },
    "thermal_edges": [["a.elt1", "a.tank"], ["a.tank", "a.shed"]],
    "heating": {
        "strategy": "hysteresis",
        "parameters": {"on_below_k": 4},
        "curve": {"base_c": 32, "slope": 0.75, "reference_c": 15, "minimum_c": 35, "maximum_c": 60},
        "buffer": ["a-tank-temp0"],
        "boost": ["a.elt1.relay"],
        "zones": [{"name": "Shed", "temperature": "a-shed-temp", "setpoint_c": 18, "circulator": "a.shed.pump.relay"}],
    },
    "tariff": {
        "name": "on-peak",
        "on_peak_usd_per_kwh": 0.24,
        "off_peak_usd_per_kwh": 0.05,
        "on_peak": [{"weekdays": [0, 4], "start_hour": 7, "end_hour": 12}],
    },
    "plant": {
        "room_c": 15,
        "buffer": {"litres": 190, "loss_w_per_k": 1.3, "elements": [{"power_w": 4500, "height": 0.5}]},
        "zones": [
            {
                "air_j_per_k": 2e6,
                "emitter_j_per_k": 2e5,
                "mass_j_per_k": 1e7,
                "outdoor_w_per_k": 90,
                "emitter_w_per_k": 270,
                "mass_w_per_k": 500,
                "water_w_per_k": 700,
                "flow_kg_s": 0.1,
            }
        ],
        "sensors": {
            "a-elt1": {"point": "element.0.power_w", "quantum": 1},
            "a-tank-temp0": {"point": "buffer.temperature.0"},
            "a-shed-temp": {"point": "zone.0.air"},
        },
        "actuators": {"a.elt1.relay": "element.0", "a.shed.pump.relay": "zone.0.pump"},
    },
}


def spoiled(*changes: tuple[tuple[str, ...], Any]) -> dict[str, Any]:
    """The small house with each of these places changed to a value, or removed."""
    house = copy.deepcopy(SMALL)
    for path, value in changes:
        at: Any = house
        for key in path[:-1]:
            at = at[int(key)] if isinstance(at, list) else at.setdefault(key, {})
        last: Any = int(path[-1]) if isinstance(at, list) else path[-1]
        if value is REMOVED:
            del at[last]
        else:
            at[last] = value
    return house


def as_text(house: dict[str, Any]) -> str:
    """A house file with this one house."""
    return json.dumps({ALIAS: house})


def built(*changes: tuple[tuple[str, ...], Any]) -> House:
    """The small house, changed in some places, read."""
    return load_house(as_text(spoiled(*changes)), "test")
