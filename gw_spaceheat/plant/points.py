"""The plant's places by name: what a simulated sensor can stand at, and what a simulated actuator can move.

Sensors (`i` counts from 0):

| point | what it is |
|---|---|
| `buffer.temperature.<i>` | layer of the buffer, 0 at the top [degC] |
| `store.temperature.<i>` | layer of the store, 0 at the hottest top, on through the tanks [degC]; or a cell's material |
| `hot_water.temperature.<i>` | layer of the hot-water tank, 0 at the top [degC] |
| `outdoor.temperature` | outdoor air [degC] |
| `supply.temperature`, `return.temperature` | water to the zones and back [degC]; at standstill it cools |
| `source.supply`, `source.return` | water from the heat source and back [degC]; likewise |
| `zone.<i>.air`, `zone.<i>.emitter` | a zone's air and emitter [degC] |
| `source.power_w`, `element.<i>.power_w`, `pumps.power_w`, `total.power_w` | electricity [W]; pumps include fans |
| `source.flow_kg_s`, `distribution.flow_kg_s` | flows [kg/s] |
| `store.flow_kg_s` | flow through the store, positive when charging [kg/s] |
| `state.<actuator point>` | what an actuator is set to |

Actuators, 0 or 1 unless a unit stands there:

| point | what it does |
|---|---|
| `source.enable` | lets the heat source run |
| `source.supply_c` | sets its supply temperature [degC]; 0 leaves it to its own weather curve |
| `element.<i>` | resistive element; counted through the buffer's, the store's and the hot-water tank's |
| `store.valve` | joins the store to the header; shut, the source feeds the buffer alone and the store rests |
| `store.pump` | moves water from the header to the buffer's top and from the buffer's bottom back |
| `distribution.pump` | pump common to all zones |
| `zone.<i>.pump`, `zone.<i>.fan` | a zone's circulator or valve, and its radiator fan |
| `hot_water.charge` | sends the source's water through the coil of the hot-water tank instead |

What no node of a house moves is as if wired: the store's valve open, the common pump, the zones' pumps and fans on, all else
off. With a demand file the distribution takes what the file says, whatever its pumps are told.
"""

from collections.abc import Sequence

from gw_spaceheat.plant import memory

_PLAIN_SENSORS = {
    "outdoor.temperature": memory.OUTDOOR_C,
    "supply.temperature": memory.SUPPLY_C,
    "return.temperature": memory.RETURN_C,
    "source.supply": memory.SOURCE_SUPPLY_C,
    "source.return": memory.SOURCE_RETURN_C,
    "source.power_w": memory.SOURCE_W,
    "pumps.power_w": memory.PUMPS_W,
    "total.power_w": memory.TOTAL_W,
    "source.flow_kg_s": memory.SOURCE_KG_S,
    "distribution.flow_kg_s": memory.DISTRIBUTION_NOW_KG_S,
    "store.flow_kg_s": memory.STORE_KG_S,
}
_PLAIN_ACTUATORS = {
    "source.enable": memory.COMMAND_SOURCE,
    "source.supply_c": memory.COMMAND_SUPPLY_C,
    "store.valve": memory.COMMAND_STORE_VALVE,
    "store.pump": memory.COMMAND_STORE_PUMP,
    "distribution.pump": memory.COMMAND_DISTRIBUTION_PUMP,
    "hot_water.charge": memory.COMMAND_HOT_WATER,
}
_NEEDS_STORE = frozenset({"store.valve", "store.pump", "store.flow_kg_s"})
_NEEDS_HOT_WATER = frozenset({"hot_water.charge"})


def sensor_place(point: str, whole: Sequence[int]) -> int:
    """Place in `numbers` of what a sensor here shows; ValueError, with what there is, if the house has no such point."""
    if point.startswith("state."):
        return actuator_place(point.removeprefix("state."), whole)
    if point in _PLAIN_SENSORS:
        _check_equipment(point, whole)
        return _PLAIN_SENSORS[point]
    match point.split("."):
        case ["buffer", "temperature", index]:
            return whole[memory.BUFFER_AT] + _index(point, index, whole[memory.BUFFER_NODES])
        case ["store", "temperature", index]:
            return whole[memory.STORE_AT] + _index(point, index, whole[memory.STORE_TANKS] * whole[memory.STORE_NODES])
        case ["hot_water", "temperature", index]:
            return whole[memory.HOT_WATER_AT] + _index(point, index, whole[memory.HOT_WATER_NODES])
        case ["zone", index, "air"]:
            return _zone(point, index, whole) + memory.AIR_C
        case ["zone", index, "emitter"]:
            return _zone(point, index, whole) + memory.EMITTER_C
        case ["element", index, "power_w"]:
            return _element(point, index, whole) + memory.ELEMENT_NOW_W
    raise ValueError(f"no such sensor point {point!r}; the plant's places are listed in plant/points.py")


def actuator_place(point: str, whole: Sequence[int]) -> int:
    """Place in `numbers` of an actuator's command; ValueError, with what there is, if the house has no such point."""
    if point in _PLAIN_ACTUATORS:
        _check_equipment(point, whole)
        return _PLAIN_ACTUATORS[point]
    match point.split("."):
        case ["element", index]:
            return _element(point, index, whole) + memory.ELEMENT_COMMAND
        case ["zone", index, "pump"]:
            return _zone(point, index, whole) + memory.PUMP_COMMAND
        case ["zone", index, "fan"]:
            return _zone(point, index, whole) + memory.FAN_COMMAND
    raise ValueError(f"no such actuator point {point!r}; the plant's places are listed in plant/points.py")


def _check_equipment(point: str, whole: Sequence[int]) -> None:
    if point in _NEEDS_STORE and whole[memory.STORE_KIND] == memory.NO_STORE:
        raise ValueError(f"{point!r} needs a store, and the plant has none")
    if point in _NEEDS_HOT_WATER and whole[memory.HOT_WATER_NODES] == 0:
        raise ValueError(f"{point!r} needs a hot-water tank, and the plant has none")


def _index(point: str, text: str, count: int) -> int:
    if not text.isdecimal() or int(text) >= count:
        raise ValueError(f"{point!r} counts beyond what the plant has: {count} there, counted from 0")
    return int(text)


def _zone(point: str, text: str, whole: Sequence[int]) -> int:
    return whole[memory.ZONES_AT] + _index(point, text, whole[memory.ZONES]) * memory.ZONE_SIZE


def _element(point: str, text: str, whole: Sequence[int]) -> int:
    return whole[memory.ELEMENTS_AT] + _index(point, text, whole[memory.ELEMENTS]) * memory.ELEMENT_SIZE
