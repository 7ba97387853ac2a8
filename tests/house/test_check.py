"""A right house has no fault; spoiled in one place it has that fault, and a wrong file tells of form and sense together."""

import json
from typing import Any

import pytest

from gw_spaceheat.house.check import check_house, check_together, load_checked_house, load_checked_houses
from gw_spaceheat.house.faults import Fault, HouseFileError
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel
from tests.house.samples import ALIAS, DRIVERS, REMOVED, SMALL, as_text, built, spoiled

Change = tuple[tuple[str, ...], Any]

REAL_BOARD = {"make_model": "NCD__PR8_14_SPST", "address": {"bus": "i2c-1", "address": "0x20"}}
METER = {"make_model": "SchneiderElectric__Iem3455", "address": {"port": "/dev/ttyUSB0", "baud": 9600, "unit": 12}}
RELAY = SMALL["nodes"]["a.elt1.relay"]
METER_BY_HTTP = {"make_model": "Enphase__EnvoyS", "address": {"host": "envoy.local"}}


def errors_of(*changes: Change) -> list[Fault]:
    """The errors of the small house with these changes, of form and of sense."""
    try:
        load_checked_house(as_text(spoiled(*changes)), "test", DRIVERS)
    except HouseFileError as error:
        return [fault for fault in error.faults if not fault.is_warning]
    return []


def test_a_right_house_has_no_fault() -> None:
    assert check_house(built(), DRIVERS) == ()


CASES: list[tuple[str, list[Change], str, str, str, str]] = [
    # name of the case, changes, node, field, value, words
    ("instance id", [(("atn_instance_id",), "one")], "", "atn_instance_id", "one", "UUID"),
    (
        "same ids",
        [(("atn_instance_id",), SMALL["scada_instance_id"])],
        "",
        "scada_instance_id",
        SMALL["scada_instance_id"],
        "another",
    ),
    ("time zone's form", [(("timezone",), "Eastern Time")], "", "timezone", "Eastern Time", "IANA"),
    ("latitude", [(("latitude_deg",), 95)], "", "latitude_deg", "95", "between -90 and 90"),
    ("node alias", [(("nodes", "a.Tank"), {"role": "BufferTank"})], "a.Tank", "alias", "a.Tank", "lower-case"),
    (
        "missing parent",
        [(("nodes", "a.tonk.temp1"), {"role": "HydronicPipe"})],
        "a.tonk.temp1",
        "alias",
        "a.tonk.temp1",
        "did you mean a.tank",
    ),
    ("second root", [(("nodes", "b"), {"role": "HeatedSpace"})], "b", "role", "HeatedSpace", "put this node under it"),
    (
        "second SCADA",
        [(("nodes", "a.s2"), {"role": "Scada", "actor": "Scada"})],
        "a.s2",
        "role",
        "Scada",
        "a.s is the Scada already",
    ),
    ("no SCADA", [(("nodes", "a.s"), REMOVED)], "", "nodes", "", "no node has the role Scada"),
    (
        "edge dangles",
        [(("thermal_edges", "0"), ["a.elt7", "a.tank"])],
        "a.elt7",
        "thermal_edges.0",
        "a.elt7",
        "did you mean a.elt1?",
    ),
    ("edge of a sensor", [(("thermal_edges", "0"), ["a.m", "a.tank"])], "a.m", "thermal_edges.0", "a.m", "holds no heat"),
    ("edge to itself", [(("thermal_edges", "0"), ["a.tank", "a.tank"])], "a.tank", "thermal_edges.0", "a.tank", "to itself"),
    ("edge twice", [(("thermal_edges", "0"), ["a.tank", "a.shed"])], "a.tank", "thermal_edges.1", "a.shed", "stands twice"),
    ("price", [(("tariff", "on_peak_usd_per_kwh"), 24)], "", "tariff.on_peak_usd_per_kwh", "24", "USD/kWh"),
    ("tariff hours", [(("tariff", "on_peak", "0", "end_hour"), 7)], "", "tariff.on_peak.0", "7-7", "begin before it ends"),
    ("price of the peak", [(("tariff", "peak_usd_per_kw"), -1)], "", "tariff.peak_usd_per_kw", "-1", "USD/kW"),
    (
        "hours of a power limit",
        [(("tariff", "power_limits"), [{"weekdays": [0], "start_hour": 9, "end_hour": 8, "limit_kw": 2.0}])],
        "",
        "tariff.power_limits.0",
        "9-8",
        "begin before it ends",
    ),
    (
        "power limit",
        [(("tariff", "power_limits"), [{"weekdays": [0], "start_hour": 8, "end_hour": 9, "limit_kw": -2.0}])],
        "",
        "tariff.power_limits.0.limit_kw",
        "-2",
        "power in kW",
    ),
    ("tariff weekday", [(("tariff", "on_peak", "0", "weekdays"), [7])], "", "tariff.on_peak.0.weekdays", "7", "0 (Monday)"),
    # role, actor, component
    (
        "actor",
        [(("nodes", "a.tank", "actor"), "SimpleSensor")],
        "a.tank",
        "actor",
        "SimpleSensor",
        "cannot act for a BufferTank; use NoActor",
    ),
    ("component of a thing", [(("nodes", "a.tank", "component"), "meter")], "a.tank", "component", "meter", "has no component"),
    ("no component", [(("nodes", "a.m", "component"), REMOVED)], "a.m", "component", "", "works through a component"),
    ("unknown component", [(("nodes", "a.m", "component"), "metre")], "a.m", "component", "metre", "did you mean meter?"),
    ("wrong kind", [(("nodes", "a.m", "component"), "relays")], "a.m", "component", "relays", "works through a power meter"),
    ("no actuator", [(("nodes", "a.elt1.relay", "actuator"), REMOVED)], "a.elt1.relay", "actuator", "", "is missing"),
    ("actuator of a thing", [(("nodes", "a.tank", "actuator"), {})], "a.tank", "actuator", "{...}", "drives nothing"),
    ("output of a thing", [(("nodes", "a.tank", "output"), 1)], "a.tank", "output", "1", "drives nothing"),
    (
        "limits",
        [(("nodes", "a.elt1.relay", "actuator", "minimum"), 2)],
        "a.elt1.relay",
        "actuator.minimum",
        "2 to 1",
        "less than",
    ),
    (
        "a relay's limits",
        [(("nodes", "a.elt1.relay", "actuator", "maximum"), 2)],
        "a.elt1.relay",
        "actuator.maximum",
        "0 to 2",
        "0 or 1",
    ),
    (
        "response",
        [(("nodes", "a.elt1.relay", "actuator", "expected_response_s"), 0)],
        "a.elt1.relay",
        "actuator.expected_response_s",
        "0",
        "more than 0 s",
    ),
    (
        "step",
        [(("nodes", "a.elt1.relay", "actuator", "smallest_step_w"), -5)],
        "a.elt1.relay",
        "actuator.smallest_step_w",
        "-5",
        "positive",
    ),
    (
        "fail state",
        [(("nodes", "a.elt1.relay", "actuator", "fail_states"), {"process_stop": 0.5})],
        "a.elt1.relay",
        "actuator.fail_states.process_stop",
        "0.5",
        "or null",
    ),
    ("nameplate", [(("nodes", "a.elt1", "nameplate_w"), -1)], "a.elt1", "nameplate_w", "-1", "must not be negative"),
    ("output not there", [(("nodes", "a.elt1.relay", "output"), 33)], "a.elt1.relay", "output", "33", "outputs 1 to 32"),
    (
        "output twice",
        [(("nodes", "a.shed.pump.relay", "output"), 1)],
        "a.shed.pump.relay",
        "output",
        "1",
        "belongs to a.elt1.relay",
    ),
    (
        "device read twice",
        [(("nodes", "a.more"), {"role": "MultiSensor", "actor": "MultiSensor", "component": "probes"})],
        "a.more",
        "component",
        "probes",
        "a.temps reads this device already",
    ),
    # hardware
    (
        "make",
        [(("components", "meter", "make_model"), "GridWorks__SimPm1")],
        "a.m",
        "components.meter.make_model",
        "GridWorks__SimPm1",
        "no driver",
    ),
    (
        "no address",
        [(("components", "meter"), {"make_model": "SchneiderElectric__Iem3455", "capture": {"poll_s": 10, "period_s": 300}})],
        "a.m",
        "components.meter.address.unit",
        "",
        "Modbus unit",
    ),
    (
        "address word",
        [(("components", "board"), {**REAL_BOARD, "address": {"bus": "i2c-1", "adress": 32, "address": 32}})],
        "",
        "components.board.address.adress",
        "32",
        "did you mean address?",
    ),
    (
        "address out of range",
        [(("components", "board"), {**REAL_BOARD, "address": {"bus": "i2c-1", "address": "0x80"}})],
        "",
        "components.board.address.address",
        "128",
        "0x77",
    ),
    (
        "two on one I2C address",
        [(("components", "board"), REAL_BOARD), (("components", "board2"), REAL_BOARD)],
        "",
        "components.board2.address",
        "i2c-1 32",
        "board has this address already",
    ),
    (
        "two on one pin",
        [
            (("components", "one"), {"make_model": "GridWorks__GpioRelay", "address": {"pin": 5}}),
            (("components", "two"), {"make_model": "SgReady__TwoRelays", "address": {"pin": 4, "second_pin": 5}}),
        ],
        "",
        "components.two.address",
        "5",
        "one has this address already",
    ),
    (
        "one probe twice",
        [
            (("components", "one"), {"make_model": "Adafruit__642", "serial": "28-000000033ffe"}),
            (("components", "two"), {"make_model": "Adafruit__642", "serial": "28-000000033ffe"}),
        ],
        "",
        "components.two.address",
        "28-000000033ffe",
        "one has this address already",
    ),
    (
        "probe's name",
        [(("components", "one"), {"make_model": "Adafruit__642"})],
        "",
        "components.one.serial",
        "",
        "/sys/bus/w1/devices",
    ),
    (
        "two speeds on a line",
        [
            (("components", "one"), METER),
            (("components", "two"), {**METER, "address": {"port": "/dev/ttyUSB0", "baud": 19200, "unit": 13}}),
        ],
        "",
        "components.two.address.baud",
        "19200",
        "one speaks at 9600",
    ),
    # channels
    (
        "channel name",
        [(("channels", "a_x"), {**SMALL["channels"]["a-elt1"], "about": "a.elt1"})],
        "a.elt1",
        "channels.a_x.name",
        "a_x",
        "dashes",
    ),
    (
        "another's name",
        [(("channels", "a-tank"), {**SMALL["channels"]["a-elt1"], "about": "a.elt1", "register": "b"})],
        "a.elt1",
        "channels.a-tank.name",
        "a-tank",
        "is the wire name of a.tank",
    ),
    (
        "about",
        [(("channels", "a-elt1", "about"), "a.elt3")],
        "a.elt3",
        "channels.a-elt1.about",
        "a.elt3",
        "did you mean a.elt1?",
    ),
    (
        "reader",
        [(("channels", "a-elt1", "captured_by"), "a.n")],
        "a.elt1",
        "channels.a-elt1.captured_by",
        "a.n",
        "no such node",
    ),
    (
        "reader reads not",
        [(("channels", "a-elt1", "captured_by"), "a.home")],
        "a.elt1",
        "channels.a-elt1.captured_by",
        "a.home",
        "reads nothing",
    ),
    (
        "cannot measure",
        [(("channels", "a-tank-temp0", "telemetry"), "PowerW")],
        "a.tank.temp0",
        "channels.a-tank-temp0.telemetry",
        "PowerW",
        "probes cannot measure it",
    ),
    (
        "polled too fast",
        [(("components", "meter", "capture", "poll_s"), 0.01)],
        "a.elt1",
        "channels.a-elt1.capture.poll_s",
        "0.01",
        "more often than every 0.04 s",
    ),
    (
        "poll",
        [(("components", "meter", "capture", "poll_s"), 0)],
        "a.elt1",
        "channels.a-elt1.capture.poll_s",
        "0",
        "more than 0 s",
    ),
    (
        "period too short",
        [(("components", "meter", "capture", "period_s"), 5)],
        "a.elt1",
        "channels.a-elt1.capture.period_s",
        "5",
        "at least",
    ),
    (
        "period too long",
        [(("components", "meter", "capture", "period_s"), 7200)],
        "a.elt1",
        "channels.a-elt1.capture.period_s",
        "7200",
        "3600",
    ),
    (
        "period's multiple",
        [(("components", "meter", "capture", "period_s"), 15)],
        "a.elt1",
        "channels.a-elt1.capture.period_s",
        "15",
        "multiple",
    ),
    (
        "delta",
        [(("channels", "a-elt1", "capture", "delta"), 0)],
        "a.elt1",
        "channels.a-elt1.capture.delta",
        "0",
        "positive, or null",
    ),
    (
        "metering without nameplate",
        [(("nodes", "a.elt1", "nameplate_w"), REMOVED)],
        "a.elt1",
        "nameplate_w",
        "0",
        "rated power",
    ),
    (
        "metering of a temperature",
        [(("channels", "a-tank-temp0", "in_power_metering"), True)],
        "a.tank.temp0",
        "channels.a-tank-temp0.in_power_metering",
        "true",
        "only a PowerW channel",
    ),
    ("reads nothing", [(("channels", "a-elt1"), REMOVED)], "a.m", "actor", "PowerMeter", "captures no channel"),
    (
        "more than the device gives",
        [(("components", "probes", "make_model"), "GridWorks__SimTempSensor")],
        "a.temps",
        "component",
        "probes",
        "captures 2 channels, but probes gives 1",
    ),
    (
        "two paces",
        [(("channels", "a-tank-temp0", "capture"), {"poll_s": 30})],
        "a.temps",
        "capture.poll_s",
        "30, 60",
        "read at one pace",
    ),
    (
        "register twice",
        [(("channels", "a-m"), SMALL["channels"]["a-elt1"] | {"in_power_metering": False})],
        "a.m",
        "channels.a-m.register",
        "phase-a",
        "a-elt1 reads it from meter already",
    ),
    # heating
    (
        "heating's channel",
        [(("heating", "buffer"), ["a-tank-temp9"])],
        "",
        "heating.buffer.0",
        "a-tank-temp9",
        "did you mean a-tank-temp0?",
    ),
    ("no temperature", [(("heating", "outdoor"), "a-elt1")], "a.elt1", "heating.outdoor", "a-elt1", "not a temperature"),
    ("no buffer", [(("heating", "buffer"), [])], "", "heating.buffer", "[]", "feeds the distribution"),
    ("nothing heats", [(("heating", "boost"), [])], "", "heating.heat_source", "", "nothing heats this house"),
    (
        "heating's node",
        [(("heating", "heat_source"), "a.hp.relay")],
        "a.hp.relay",
        "heating.heat_source",
        "a.hp.relay",
        "no such node",
    ),
    (
        "not an actuator",
        [(("heating", "boost"), ["a.elt1"])],
        "a.elt1",
        "heating.boost.0",
        "a.elt1",
        "did you mean a.elt1.relay?",
    ),
    (
        "boost twice",
        [(("heating", "boost"), ["a.elt1.relay"] * 2)],
        "a.elt1.relay",
        "heating.boost.1",
        "a.elt1.relay",
        "stands twice",
    ),
    (
        "not analogue",
        [(("heating", "supply_setpoint"), "a.elt1.relay")],
        "a.elt1.relay",
        "heating.supply_setpoint",
        "a.elt1.relay",
        "AnalogActuator",
    ),
    ("store without pump", [(("heating", "store"), ["a-tank-temp0"])], "", "heating.store_pump", "", "is missing"),
    ("curve", [(("heating", "curve", "minimum_c"), 70)], "", "heating.curve.minimum_c", "70 to 60", "less than"),
    ("curve above safety", [(("heating", "maximum_tank_c"), 55)], "", "heating.curve.maximum_c", "60", "safety"),
    ("tank limit", [(("heating", "maximum_tank_c"), 120)], "", "heating.maximum_tank_c", "120", "40 and 99"),
    ("slope", [(("heating", "curve", "slope"), -1)], "", "heating.curve.slope", "-1", "between 0 and 5"),
    ("strategy", [(("heating", "strategy"), "")], "", "heating.strategy", '""', "name a strategy"),
    (
        "zone's sensor",
        [(("heating", "zones", "0", "temperature"), "x")],
        "",
        "heating.zones.0.temperature",
        "x",
        "no such channel",
    ),
    (
        "zone's pump",
        [(("heating", "zones", "0", "circulator"), "a.shed")],
        "a.shed",
        "heating.zones.0.circulator",
        "a.shed",
        "BooleanActuator",
    ),
    ("zone's fan", [(("heating", "zones", "0", "fan"), "a.fan")], "a.fan", "heating.zones.0.fan", "a.fan", "no such node"),
    ("set-point", [(("heating", "zones", "0", "setpoint_c"), 68)], "", "heating.zones.0.setpoint_c", "68", "30 degC"),
    (
        "legionella hour",
        [
            (
                ("heating", "hot_water"),
                {"temperatures": ["a-tank-temp0"], "charge": "a.elt1.relay", "setpoint_c": 50, "legionella_hour": 24},
            )
        ],
        "",
        "heating.hot_water.legionella_hour",
        "24",
        "between 0 and 23",
    ),
    (
        "hot water without sensors",
        [(("heating", "hot_water"), {"temperatures": [], "charge": "a.elt1.relay", "setpoint_c": 50})],
        "",
        "heating.hot_water.temperatures",
        "[]",
        "is empty",
    ),
    # plant
    ("no plant", [(("plant",), REMOVED)], "a.m", "component", "meter", "no plant to simulate"),
    ("size", [(("plant", "buffer", "litres"), 0.19)], "", "plant.buffer.litres", "0.19", "check its unit"),
    (
        "height",
        [(("plant", "buffer", "elements", "0", "height"), 50)],
        "",
        "plant.buffer.elements.0.height",
        "50",
        "between 0 and 1",
    ),
    ("noise", [(("plant", "sensors", "a-elt1", "noise"), -1)], "", "plant.sensors.a-elt1.noise", "-1", "between 0 and 1000"),
    (
        "sensor's channel",
        [(("plant", "sensors", "a-elt9"), {"point": "room"})],
        "",
        "plant.sensors.a-elt9",
        "a-elt9",
        "did you mean a-elt1?",
    ),
    (
        "sensor's point",
        [(("plant", "sensors", "a-tank-temp0", "point"), "buffer.temperature.12")],
        "a.tank.temp0",
        "plant.sensors.a-tank-temp0.point",
        "buffer.temperature.12",
        "no such point",
    ),
    ("no sensor", [(("plant", "sensors", "a-elt1"), REMOVED)], "a.elt1", "plant.sensors.a-elt1", "", "feels nothing"),
    ("mover", [(("plant", "actuators", "a.elt9"), "element.0")], "a.elt9", "plant.actuators.a.elt9", "a.elt9", "no such node"),
    (
        "moves nothing",
        [(("plant", "actuators", "a.elt1.relay"), REMOVED)],
        "a.elt1.relay",
        "plant.actuators.a.elt1.relay",
        "",
        "moves nothing",
    ),
    (
        "mover's point",
        [(("plant", "actuators", "a.elt1.relay"), "element.1")],
        "a.elt1.relay",
        "plant.actuators.a.elt1.relay",
        "element.1",
        "did you mean element.0?",
    ),
    (
        "moved twice",
        [(("plant", "actuators", "a.elt1.relay"), "zone.0.pump")],
        "a.shed.pump.relay",
        "plant.actuators.a.shed.pump.relay",
        "zone.0.pump",
        "each point has one mover",
    ),
    (
        "not driven",
        [(("plant", "actuators", "a.tank"), "distribution.pump")],
        "a.tank",
        "plant.actuators.a.tank",
        "distribution.pump",
        "drives nothing",
    ),
    (
        "step",
        [(("nodes", "a.elt1.relay", "actuator"), {"smallest_step_w": 36_000})],
        "a.elt1.relay",
        "actuator.smallest_step_w",
        "36000",
        "never count as seen",
    ),
    ("nothing to heat with", [(("plant", "buffer", "elements"), [])], "", "plant.source", "null", "nothing heats this plant"),
    (
        "source",
        [(("plant", "source"), {"kind": "heatpump", "maximum_w": 1e4})],
        "",
        "plant.source.kind",
        "heatpump",
        "did you mean heat_pump?",
    ),
    (
        "source's flow",
        [(("plant", "source"), {"kind": "heat_pump", "maximum_w": 1e4, "minimum_flow_kg_s": 0.8})],
        "",
        "plant.source.minimum_flow_kg_s",
        "0.8",
        "less than maximum_flow_kg_s",
    ),
    ("zones", [(("heating", "zones"), [])], "", "plant.zones", "1", "as many as in heating.zones (0)"),
]


@pytest.mark.parametrize(
    ("changes", "node", "field", "value", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_every_fault_names_house_node_field_and_value(
    changes: list[Change], node: str, field: str, value: str, words: str
) -> None:
    errors = errors_of(*changes)
    assert all(fault.house == ALIAS and fault.text for fault in errors)
    found = [fault for fault in errors if (fault.node, fault.field, fault.value) == (node, field, value)]
    assert found, errors
    assert words in found[0].text


def test_a_house_of_many_faults_tells_them_all() -> None:
    errors = errors_of(
        (("nodes", "a.tonk.temp1"), {"role": "HydronicPipe"}),
        (("components", "meter", "make_model"), "GridWorks__SimPm1"),
        (("nodes", "a.shed.pump.relay", "output"), 1),
        (("capture", "RelayState", "period_s"), 100),
        (("thermal_edges", "0"), ["a.elt7", "a.tank"]),
        (("nodes", "a.tank", "actor"), "SimpleSensor"),
    )
    assert {fault.node for fault in errors} >= {"a.tonk.temp1", "a.m", "a.shed.pump.relay", "a.elt1.relay", "a.elt7", "a.tank"}


# drivers ---------------------------------------------------------------------------------------------------


def test_a_device_without_a_driver_is_an_error() -> None:
    drivers = {name: device for name, device in DRIVERS.items() if name != "GridWorks__SimPowerMeter"}
    with pytest.raises(HouseFileError) as caught:
        load_checked_house(as_text(SMALL), "test", drivers)
    (fault,) = caught.value.faults
    assert (fault.node, fault.field, fault.value, fault.is_warning) == (
        "a.m",
        "components.meter.make_model",
        "GridWorks__SimPowerMeter",
        False,
    )


def test_what_a_driver_from_elsewhere_says_of_its_device_is_checked() -> None:
    house = built((("components", "meter", "make_model"), "Elsewhere__Meter9"))
    meter = MakeModel(frozenset({Kind.PowerMeter}), Bus.Simulated, inputs=1)
    assert check_house(house, DRIVERS | {"Elsewhere__Meter9": meter}) == ()
    thermometer = MakeModel(frozenset({Kind.Temperature}), Bus.Simulated, inputs=1)
    faults = check_house(house, DRIVERS | {"Elsewhere__Meter9": thermometer})
    assert "works through a power meter" in faults[0].text


def test_a_component_that_nobody_uses_is_a_warning() -> None:
    (warning,) = check_house(built((("components", "spare"), {"make_model": "GridWorks__SimRelay"})), DRIVERS)
    assert (warning.is_warning, warning.field, warning.value) == (True, "components.spare", "spare")


def test_two_speaking_to_different_places_do_not_clash() -> None:
    other = {**REAL_BOARD, "address": {"bus": "i2c-1", "address": "0x21"}}
    changes: list[Change] = [(("components", "board"), REAL_BOARD), (("components", "board2"), other)]
    changes += [
        (("components", "one"), METER_BY_HTTP),
        (("components", "two"), METER_BY_HTTP | {"address": {"host": "other.local"}}),
    ]
    assert errors_of(*changes) == []


# files -----------------------------------------------------------------------------------------------------


def test_houses_of_one_file_are_told_apart() -> None:
    house = built()
    faults = check_together({"x.one": house, "x.two": house})
    assert [(fault.house, fault.field) for fault in faults] == [("x.two", "scada_instance_id"), ("x.two", "atn_instance_id")]
    with pytest.raises(HouseFileError):
        load_checked_houses(json.dumps({"x.one": SMALL, "x.two": SMALL}), "test", DRIVERS)


def test_form_and_sense_are_told_together() -> None:
    text = as_text(spoiled((("nodes", "a.tank", "rolle"), 1), (("nodes", "a.shed.pump.relay", "output"), 1)))
    with pytest.raises(HouseFileError) as caught:
        load_checked_houses(text, "test", DRIVERS)
    assert [(fault.node, fault.field) for fault in caught.value.faults] == [
        ("a.tank", "rolle"),
        ("a.shed.pump.relay", "output"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        (("nodes", "a.tank", "role"), "Tank"),
        (("nodes", "a.s", "role"), 5),
        (("nodes", "a.elt1.relay", "actuator"), {"minimum": "none"}),
        (("components", "probes", "make_model"), 5),
        (("channels", "a-elt1", "telemetry"), "Power"),
        (("plant", "room_c"), "warm"),
    ],
)
def test_what_only_follows_from_something_unread_is_not_told(change: Change) -> None:
    with pytest.raises(HouseFileError) as caught:
        load_checked_house(as_text(spoiled(change)), "test", DRIVERS)
    assert len(caught.value.faults) == 1, caught.value


def test_a_right_file_gives_its_houses() -> None:
    houses, warnings = load_checked_houses(as_text(SMALL), "test", DRIVERS)
    assert list(houses) == [ALIAS]
    assert warnings == ()
