"""Makes a house file out of what a scan found and what a person answers.

It knows houses of one kind: a tank that elements or a heat pump warm, pumps, probes on 1-wire, relay boards on I2C, perhaps one
meter. Whatever is beyond that is added to the file by hand; what is still missing is told by the check that follows.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gw_spaceheat.apps.houses import standard_offset_h
from gw_spaceheat.drivers.registry import all_about
from gw_spaceheat.views.devices_text import Looked
from gw_spaceheat.vocabulary.make_model import Bus, Kind

Ask = Callable[[str, str], str]
"""(question, answer if nothing is said) to what a person says."""

PLACES = ("tank", "pipe", "room", "outdoor", "none")
LOADS = ("element", "pump", "heatpump", "none")
_PROBES: Mapping[str, tuple[str, str, str, str]] = {
    "tank": ("a.tank", "BufferTank", "TankWaterTempSensor", "WaterTempCTimes1000"),
    "pipe": ("a.pipe", "HydronicPipe", "PipeTempSensor", "WaterTempCTimes1000"),
    "room": ("a.room", "HeatedSpace", "RoomTempSensor", "AirTempCTimes1000"),
    "outdoor": ("a.outdoors", "Outdoors", "OutdoorTempSensor", "AirTempCTimes1000"),
}
_LOADS: Mapping[str, tuple[str, str]] = {
    "element": ("a.elt", "BoostElement"),
    "pump": ("a.pump", "CirculatorPump"),
    "heatpump": ("a.hp", "HeatPump"),
}
SHARE_OF_NAMEPLATE = 0.8
"""A load that is switched on moves at least this share of its rated power."""


class House:
    """The house as it is put together: the JSON of its file."""

    def __init__(self) -> None:
        """The three nodes that every house has."""
        self.components: dict[str, Any] = {}
        self.channels: dict[str, Any] = {}
        self.nodes: dict[str, Any] = {
            "a": {"role": "AtomicTNode", "actor": "AtomicTNode", "display_name": "Cloud agent"},
            "a.s": {"role": "Scada", "actor": "Scada", "display_name": "SCADA"},
            "a.home": {"role": "HomeAlone", "actor": "HomeAlone", "display_name": "Local control"},
        }
        self.probes: dict[str, list[str]] = {place: [] for place in _PROBES}
        self.relays: dict[str, list[str]] = {load: [] for load in _LOADS}

    def add_probe(self, serial: str, place: str) -> None:
        """A probe on 1-wire that is at a place."""
        parent, parent_role, role, telemetry = _PROBES[place]
        number = len(self.probes[place])
        alias, component = f"{parent}.temp{number}", f"{place}-temp{number}"
        self.nodes.setdefault(parent, {"role": parent_role})
        self.components[component] = {"make_model": "Adafruit__642", "serial": serial}
        self.nodes[alias] = {"role": role, "actor": "SimpleSensor", "component": component}
        channel = alias.replace(".", "-")
        self.channels[channel] = {"telemetry": telemetry}
        self.probes[place].append(channel)

    def add_relay(self, component: str, output: int, load: str, nameplate_w: float) -> None:
        """An output of a board, and what it switches."""
        stem, role = _LOADS[load]
        parent = f"{stem}{len(self.relays[load]) + 1}"
        alias = f"{parent}.relay"
        self.nodes[parent] = {"role": role, "nameplate_w": nameplate_w}
        relay = {"role": "BooleanActuator", "actor": "BooleanActuator", "component": component, "output": output}
        self.nodes[alias] = relay | {"actuator": {"fail_states": {"driver_dead": None}}}
        self.channels[alias.replace(".", "-")] = {"telemetry": "RelayState"}
        self.relays[load].append(alias)

    def add_meter(self, component: Mapping[str, Any], load: str, register: str) -> None:
        """A meter of electric power, and the load that it meters: the parent of a relay."""
        parent = load.removesuffix(".relay")
        node = self.nodes[parent]
        self.components["meter"] = {**component, "capture": {"poll_s": 1, "period_s": 300}}
        self.nodes["a.m"] = {"role": "PowerMeter", "actor": "PowerMeter", "component": "meter"}
        delta = max(1.0, round(node["nameplate_w"] * 0.02))
        channel: dict[str, Any] = {"captured_by": "a.m", "telemetry": "PowerW", "in_power_metering": True}
        channel |= {"capture": {"delta": delta}} | ({"register": register} if register else {})
        self.channels[parent.replace(".", "-")] = channel
        self.nodes[load]["actuator"]["smallest_step_w"] = node["nameplate_w"] * SHARE_OF_NAMEPLATE

    def heating(self) -> dict[str, Any]:
        """How it is heated, with numbers that a person may correct afterwards."""
        heating: dict[str, Any] = {
            "strategy": "hysteresis",
            "parameters": {},
            "curve": {"base_c": 35, "slope": 0.75, "reference_c": 15, "minimum_c": 38, "maximum_c": 60},
            "buffer": self.probes["tank"],
            "pipes": self.probes["pipe"],
            "boost": self.relays["element"],
            "heat_source": next(iter(self.relays["heatpump"]), ""),
            "outdoor": next(iter(self.probes["outdoor"]), ""),
        }
        if self.probes["room"] and self.relays["pump"]:
            zone = {"name": "House", "temperature": self.probes["room"][0], "setpoint_c": 20}
            heating["zones"] = [zone | {"circulator": self.relays["pump"][0]}]
        return heating


def make_house(looked: Iterable[Looked], ask: Ask, new_id: Callable[[], str]) -> tuple[str, dict[str, Any]]:
    """The alias and the JSON of a new house.

    Args:
        looked: What the scan found.
        ask: Asks a person.
        new_id: Makes identifiers [uuid4].
    """
    alias = ask("alias of the house's AtomicTNode, such as hw1.isone.me.place.oak", "")
    head = {"display_name": ask("what it is called", "House")} | _place(ask)
    house = House()
    for bus in looked:
        for found in bus.found:
            if bus.bus == "onewire" and found.what:
                place = _one_of(ask, f"probe {found.where} is at: {', '.join(PLACES)}", PLACES, "tank")
                if place != "none":
                    house.add_probe(found.where, place)
            elif bus.bus.startswith("i2c-"):
                _ask_board(house, ask, bus.bus, found.where, found.what)
    _ask_meter(house, ask)
    price = _number(ask, "price of electricity [USD/kWh]", 0.20)
    return alias, {
        **head,
        "scada_instance_id": new_id(),
        "atn_instance_id": new_id(),
        "capture": {
            "RelayState": {"poll_s": 60, "period_s": 300, "delta": 0.5},
            "WaterTempCTimes1000": {"poll_s": 10, "period_s": 60, "delta": 0.5},
            "AirTempCTimes1000": {"poll_s": 60, "period_s": 60},
        },
        "components": house.components,
        "nodes": house.nodes,
        "channels": house.channels,
        "heating": house.heating(),
        "tariff": {"name": "flat", "on_peak_usd_per_kwh": price, "off_peak_usd_per_kwh": price},
    }


def _place(ask: Ask) -> dict[str, Any]:
    while True:
        name = ask("IANA time zone", "America/New_York")
        try:
            offset_h = standard_offset_h(ZoneInfo(name))
            break
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return {
        "timezone": name,
        "utc_offset_standard_h": offset_h,
        "latitude_deg": _number(ask, "latitude [degrees, north positive]", 45.0),
        "longitude_deg": _number(ask, "longitude [degrees, east positive]", -70.0),
    }


def _ask_board(house: House, ask: Ask, bus: str, where: str, guess: str) -> None:
    about = all_about()
    boards = [name for name, one in about.items() if one.device.bus is Bus.I2c and Kind.Relay in one.device.kinds]
    first_guess = guess.partition(", ")[0]
    if first_guess not in boards:
        return
    make_model = _one_of(ask, f"{bus} {where} is: {', '.join(boards)}, none", (*boards, "none"), first_guess)
    if make_model == "none":
        return
    component = f"relays-{where}"
    house.components[component] = {"make_model": make_model, "address": {"bus": bus, "address": where}}
    for output in range(1, about[make_model].device.outputs + 1):
        load = _one_of(ask, f"relay {output} of {where} switches: {', '.join(LOADS)}", LOADS, "none")
        if load != "none":
            house.add_relay(component, output, load, _number(ask, "its rated power [W]", 4500.0 if load == "element" else 50.0))


def _ask_meter(house: House, ask: Ask) -> None:
    loads = [*house.relays["heatpump"], *house.relays["element"]]
    if not loads:
        return
    about = all_about()
    real = {name: one for name, one in about.items() if one.device.bus is not Bus.Simulated}
    meters = [name for name, one in real.items() if Kind.PowerMeter in one.device.kinds]
    make_model = _one_of(ask, f"meter of {loads[0]}: {', '.join(meters)}, none", (*meters, "none"), "none")
    if make_model == "none":
        return
    address = {}
    for key, example in about[make_model].address.items():
        said = ask(f"{key} of the meter", str(example))
        address[key] = int(said) if isinstance(example, int) and said.isdecimal() else said
    component: dict[str, Any] = {"make_model": make_model, "address": address}
    serial = ask("its serial number, empty if it is not to be checked", "")
    house.add_meter(
        component | ({"serial": serial} if serial else {}), loads[0], ask("its register, empty for its default", "")
    )


def _one_of(ask: Ask, question: str, words: Iterable[str], default: str) -> str:
    known = tuple(words)
    while (said := ask(question, default)) not in known:
        continue
    return said


def _number(ask: Ask, question: str, default: float) -> float:
    while True:
        try:
            return float(ask(question, f"{default:g}"))
        except ValueError:
            continue
