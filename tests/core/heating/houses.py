"""Houses for tests of local heating: the four kinds of plumbing, and ways to say what they show."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from gw_spaceheat.core.events import Event, Latest, Wish
from gw_spaceheat.house.model import (
    Actuator,
    FailStates,
    Heating,
    HotWater,
    House,
    Node,
    PeakWindow,
    Tariff,
    WeatherCurve,
    Zone,
)
from gw_spaceheat.vocabulary.moment import Moment
from gw_spaceheat.vocabulary.roles import ActorClass, Role
from tests.houses import bare_house

CURVE = WeatherCurve(base_c=32.0, slope=0.75, reference_c=15.0, minimum_c=35.0, maximum_c=60.0)
PEAKS = (
    PeakWindow(weekdays=(0, 1, 2, 3, 4), start_hour=7, end_hour=12),
    PeakWindow(weekdays=(0, 1, 2, 3, 4), start_hour=16, end_hour=20),
)
OUTDOOR_C = -1.0
REQUIRED_C = 44.0
"""What the curve asks at OUTDOOR_C."""
NEW_YORK = "America/New_York"


def wall(text: str) -> int:
    """UTC as Unix time [ms]."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


WEDNESDAY_NOON = wall("2018-01-10T17:00")
"""12:00 local, just after the morning's on-peak hours."""


def at(seconds: float, start_ms: int = WEDNESDAY_NOON) -> Moment:
    """So long after the start; the monotonic clock begins at an odd number."""
    return Moment(7_000_000 + round(seconds * 1000), start_ms + round(seconds * 1000))


def _actuator(alias: str, maximum: float = 1.0, start: float | None = 0.0) -> Node:
    actor = ActorClass.BooleanActuator if maximum == 1.0 else ActorClass.AnalogActuator
    states = FailStates(process_start=start)
    return Node(alias=alias, role=Role.BooleanActuator, actor=actor, actuator=Actuator(maximum=maximum, fail_states=states))


def _house(heating: Heating, *aliases: str) -> House:
    nodes = {alias: _actuator(alias) for alias in aliases}
    if heating.supply_setpoint:
        nodes[heating.supply_setpoint] = _actuator(heating.supply_setpoint, maximum=70.0, start=None)
    tariff = Tariff(name="peaks", on_peak_usd_per_kwh=0.24, off_peak_usd_per_kwh=0.05, on_peak=PEAKS)
    return replace(bare_house(), heating=heating, nodes=nodes, tariff=tariff, timezone=NEW_YORK)


def store_house(strategy: str = "hysteresis", **parameters: float) -> House:
    """Heat pump, store, buffer, two elements, and a demand file in place of zones."""
    heating = Heating(
        strategy=strategy,
        parameters=parameters,
        curve=CURVE,
        outdoor="out",
        buffer=("b1", "b2", "b3", "b4"),
        store=("s1", "s2", "s3", "s4"),
        pipes=("p1", "p2"),
        heat_source="hp",
        boost=("e1", "e2"),
        store_valve="valve",
        store_pump="pump",
        distribution_pump="dist",
    )
    return _house(heating, "hp", "e1", "e2", "valve", "pump", "dist")


def buffer_house(**parameters: float) -> House:
    """Boiler and buffer."""
    heating = Heating(
        strategy="hysteresis", parameters=parameters, curve=CURVE, outdoor="out", buffer=("b1", "b2", "b3"), heat_source="hp"
    )
    return _house(heating, "hp")


def elements_house(**parameters: float) -> House:
    """A tank with two elements, one zone with circulator and fan."""
    heating = Heating(
        strategy="hysteresis",
        parameters=parameters,
        curve=CURVE,
        outdoor="out",
        buffer=("b1", "b2", "b3"),
        pipes=("p1",),
        boost=("e1", "e2"),
        zones=(Zone(name="Garage", temperature="z1", setpoint_c=16.0, circulator="c1", fan="f1"),),
    )
    return _house(heating, "e1", "e2", "c1", "f1")


def zones_house(**parameters: float) -> House:
    """Two zones, each with a circulator, and a pump that they share."""
    house = buffer_house(**parameters)
    zones = (
        Zone(name="Ground floor", temperature="z1", setpoint_c=20.0, circulator="c1"),
        Zone(name="Upper floor", temperature="z2", setpoint_c=19.0, circulator="c2"),
    )
    heating = replace(house.heating, zones=zones, distribution_pump="dist")
    return _house(heating, "hp", "c1", "c2", "dist")


def hot_water_house(**parameters: float) -> House:
    """Heat pump with a settable supply, store that melts, hot water."""
    hot_water = HotWater(temperatures=("w1", "w2", "w3"), charge="charge", setpoint_c=50.0)
    heating = replace(store_house(**parameters).heating, hot_water=hot_water, supply_setpoint="lwt")
    return _house(heating, "hp", "e1", "e2", "valve", "pump", "dist", "charge")


def shows(**values: float | None) -> Latest:
    """A buffer and store 6 K above what is required, pipes warm, but for what is given."""
    warm = REQUIRED_C + 6.0
    readings: dict[str, float | None] = dict.fromkeys(("b1", "b2", "b3", "b4", "s1", "s2", "s3", "s4"), warm)
    readings |= {"out": OUTDOOR_C, "p1": 30.0, "p2": 30.0, "z1": 20.0, "z2": 19.0, "w1": 55.0, "w2": 54.0, "w3": 50.0}
    return Latest(readings | values)


def tanks(buffer_k: Mapping[str, float] | float, store_k: Mapping[str, float] | float) -> Latest:
    """Buffer and store by how far they are above what is required [K]: one number each, or one per sensor."""
    values: dict[str, float] = {}
    for names, above in ((("b1", "b2", "b3", "b4"), buffer_k), (("s1", "s2", "s3", "s4"), store_k)):
        for name in names:
            values[name] = REQUIRED_C + (above if isinstance(above, int | float) else above[name])
    return shows(**values)


def wishes(effects: object) -> dict[str, float]:
    """Node to value of the wishes among effects; a node wished twice counts by its last."""
    assert isinstance(effects, list | tuple)
    return {effect.node: effect.value for effect in effects if isinstance(effect, Wish)}


def of(kind: type[Event], effects: object) -> list[Event]:
    """The effects of one kind."""
    assert isinstance(effects, list | tuple)
    return [effect for effect in effects if isinstance(effect, kind)]
