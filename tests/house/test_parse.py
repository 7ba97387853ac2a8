"""House files read: what may be left out is filled in, what does not fit is told, all of it at once."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gw_spaceheat.house.faults import Fault, HouseFileError
from gw_spaceheat.house.model import CaptureRule, ThermalEdge
from gw_spaceheat.house.parse import LARGEST_FILE, house_aliases, house_called, house_names, load_house, load_houses
from gw_spaceheat.house.plant_model import PhaseChangeStoreModel, SensorModel, WaterTankModel
from gw_spaceheat.vocabulary.roles import ActorClass, Role
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.house.samples import ALIAS, REMOVED, SMALL, as_text, built, spoiled


def faults_of(text: str) -> tuple[Fault, ...]:
    with pytest.raises(HouseFileError) as caught:
        load_houses(text, "test.json")
    return caught.value.faults


def test_nodes_components_and_channels_know_their_names() -> None:
    house = built()
    assert house.alias == ALIAS
    assert house.scada_alias == f"{ALIAS}.ta.scada"
    assert house.nodes["a.elt1.relay"].alias == "a.elt1.relay"
    assert house.nodes["a.elt1.relay"].parent == "a.elt1"
    assert house.nodes["a.tank"].role is Role.BufferTank
    assert house.nodes["a.tank"].actor is ActorClass.NoActor
    assert house.components["meter"].id == "meter"
    assert house.channels["a-elt1"].name == "a-elt1"
    assert house.thermal_edges[0] == ThermalEdge(from_node="a.elt1", to_node="a.tank")


def test_a_channel_takes_from_elsewhere_what_it_does_not_tell() -> None:
    house = built()
    relay = house.channels["a-elt1-relay"]
    assert (relay.about, relay.captured_by) == ("a.elt1.relay", "a.elt1.relay")
    assert relay.capture == CaptureRule(poll_s=300.0, period_s=300.0, delta=0.5)
    power = house.channels["a-elt1"]
    assert (power.about, power.captured_by, power.register) == ("a.elt1", "a.m", "phase-a")
    assert power.capture == CaptureRule(poll_s=10.0, period_s=300.0, delta=90.0)
    assert house.channels["a-tank-temp0"].capture == CaptureRule(poll_s=60.0, period_s=60.0, delta=None)


def test_the_nearest_place_that_tells_a_capture_rule_wins() -> None:
    house = built(
        (("capture", "PowerW"), {"poll_s": 1, "period_s": 60, "delta": 5}),
        (("channels", "a-elt1", "capture"), {"delta": None}),
    )
    assert house.channels["a-elt1"].capture == CaptureRule(poll_s=10.0, period_s=300.0, delta=None)


def test_a_simulated_actuator_has_a_sensor_for_its_own_state() -> None:
    plant = built().plant
    assert plant is not None
    assert plant.sensors["a-elt1-relay"] == SensorModel(point="state.element.0")
    assert plant.sensors["a-shed-pump-relay"] == SensorModel(point="state.zone.0.pump")
    noisy = built((("plant", "sensors", "a-elt1-relay"), {"point": "state.element.0", "noise": 0.1})).plant
    assert noisy is not None
    assert noisy.sensors["a-elt1-relay"].noise == 0.1


@pytest.mark.parametrize(
    ("store", "kind"),
    [
        ({"litres": 454, "loss_w_per_k": 2, "tanks": 3}, WaterTankModel),
        (
            {
                "mass_kg": 900,
                "melting_c": 58,
                "latent_j_per_kg": 264000,
                "solid_j_per_kg_k": 2500,
                "liquid_j_per_kg_k": 3000,
                "exchanger_w_per_k": 4000,
                "water_litres": 120,
            },
            PhaseChangeStoreModel,
        ),
    ],
)
def test_a_store_is_known_by_its_fields(store: dict[str, Any], kind: type) -> None:
    plant = built((("plant", "store"), store)).plant
    assert plant is not None
    assert isinstance(plant.store, kind)


def test_an_i2c_address_may_be_written_as_in_the_data_sheet() -> None:
    board = {"make_model": "NCD__PR8_14_SPST", "address": {"bus": "i2c-1", "address": "0x20"}}
    assert built((("components", "board"), board)).components["board"].address == {"bus": "i2c-1", "address": 32}


def test_one_house_per_file_names_itself() -> None:
    text = json.dumps({"alias": ALIAS, **SMALL})
    assert load_house(text, "shed.json") == load_houses(as_text(SMALL), "test")[ALIAS]
    assert list(load_houses(text, "shed.json")) == [ALIAS]
    assert house_aliases(text, "shed.json") == (ALIAS,)


def test_one_house_is_read_without_looking_at_the_others() -> None:
    text = json.dumps({"b.wrong": 5, ALIAS: SMALL})
    assert load_house(text, "test", ALIAS).alias == ALIAS
    assert house_aliases(text, "test") == ("b.wrong", ALIAS)


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("w.a.oak", "w.a.oak"),
        ("oak", None),
        ("a.oak", "w.a.oak"),
        ("fir", "w.a.fir"),
        ("ir", None),
        ("pine", "pine"),
        ("b", None),
        ("", None),
    ],
)
def test_what_a_person_calls_a_house(name: str, called: str | None) -> None:
    assert house_called(name, ["w.a.oak", "w.b.oak", "w.a.fir", "w.a.pine", "pine"]) == called
    assert house_called("", ["w.a.oak"]) == "w.a.oak"


def test_the_end_of_an_alias_is_enough_and_names_are_read_alone() -> None:
    text = json.dumps({"b.wrong": 5, ALIAS: SMALL})
    assert load_house(text, "test", "shed").alias == ALIAS
    assert house_names(text, "test") == {"b.wrong": "", ALIAS: "Shed"}


@pytest.mark.parametrize(
    ("alias", "words"),
    [("dw9.test.shad", "did you mean dw9.test.shed?"), ("", "the file has several houses: say which")],
)
def test_a_house_that_is_not_there(alias: str, words: str) -> None:
    text = json.dumps({ALIAS: SMALL, "x.other": SMALL})
    with pytest.raises(HouseFileError) as caught:
        load_house(text, "test.json", alias)
    assert words in str(caught.value)


# what does not fit ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "node", "field", "value", "words"),
    [
        ((("timezone",), REMOVED), "", "timezone", "", "is missing"),
        ((("timezone",), 5), "", "timezone", "5", "must be a text"),
        ((("latitude_deg",), "north"), "", "latitude_deg", '"north"', "must be a number"),
        ((("latitude_deg",), True), "", "latitude_deg", "true", "must be a number"),
        ((("time_zone",), "x"), "", "time_zone", '"x"', "did you mean timezone?"),
        ((("nodes", "a.tank", "rolle"), "BufferTank"), "a.tank", "rolle", '"BufferTank"', "did you mean role?"),
        ((("nodes", "a.tank", "role"), "BuferTank"), "a.tank", "role", '"BuferTank"', "did you mean BufferTank?"),
        ((("nodes", "a.tank", "role"), 7), "a.tank", "role", "7", "must be one of the words of Role"),
        ((("nodes", "a.tank", "alias"), "a.tonk"), "a.tank", "alias", '"a.tonk"', "must be"),
        ((("nodes", "a.elt1.relay", "output"), 1.5), "a.elt1.relay", "output", "1.5", "must be a whole number"),
        (
            (("nodes", "a.elt1.relay", "actuator", "fail_states"), {"pi_hung": "on"}),
            "a.elt1.relay",
            "actuator.fail_states.pi_hung",
            '"on"',
            "must be a number or null",
        ),
        ((("nodes", "a.tank"), []), "a.tank", "", "[]", "must be an object"),
        ((("nodes",), REMOVED), "", "nodes", "", "is missing"),
        ((("components", "meter", "make_model"), REMOVED), "", "components.meter.make_model", "", "is missing"),
        (
            (("components", "meter", "address"), {"unit": [1]}),
            "",
            "components.meter.address.unit",
            "[...]",
            "a text or a whole",
        ),
        ((("components", "meter", "capture"), 3), "", "components.meter.capture", "3", "must be an object"),
        ((("channels", "a-elt1", "telemetry"), "PowrW"), "", "channels.a-elt1.telemetry", '"PowrW"', "did you mean PowerW?"),
        (
            (("channels", "a-elt1", "in_power_metering"), "yes"),
            "a.elt1",
            "channels.a-elt1.in_power_metering",
            '"yes"',
            "true or false",
        ),
        ((("channels", "a-elt1", "captured_by"), REMOVED), "", "channels.a-elt1.captured_by", "", "is missing"),
        ((("channels", "other"), {"telemetry": "PowerW"}), "", "channels.other.about", "", "is missing"),
        (
            (("channels", "a-elt1", "capture", "period"), 5),
            "a.elt1",
            "channels.a-elt1.capture.period",
            "5",
            "did you mean period_s?",
        ),
        (
            (("capture", "RelayState", "poll_s"), REMOVED),
            "",
            "channels.a-elt1-relay.capture.poll_s",
            "",
            "is missing; add it here",
        ),
        ((("capture", "RelaySate"), {}), "", "capture.RelaySate", "{}", "did you mean RelayState?"),
        ((("thermal_edges", "0"), ["a.elt1"]), "", "thermal_edges.0", "[...]", "must be a pair"),
        ((("thermal_edges",), {}), "", "thermal_edges", "{}", "must be a list"),
        ((("heating", "curve", "slope"), None), "", "heating.curve.slope", "null", "must be a number"),
        ((("heating", "parameters", "on_below_k"), "4"), "", "heating.parameters.on_below_k", '"4"', "must be a number"),
        ((("heating", "boost"), "a.elt1.relay"), "", "heating.boost", '"a.elt1.relay"', "must be a list"),
        ((("tariff", "on_peak", "0", "start_hour"), "7"), "", "tariff.on_peak.0.start_hour", '"7"', "must be a whole number"),
        ((("plant", "buffer", "liters"), 5), "", "plant.buffer.liters", "5", "did you mean litres?"),
        ((("plant", "sensors", "a-elt1", "noise"), 1e999), "", "", "", "number"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(
    change: tuple[tuple[str, ...], Any], node: str, field: str, value: str, words: str
) -> None:
    faults = faults_of(as_text(spoiled(change)))
    assert [
        fault for fault in faults if (fault.node, fault.field, fault.value) == (node, field, value) and words in fault.text
    ], faults
    assert all(fault.house in (ALIAS, "") for fault in faults)


def test_everything_is_told_at_once() -> None:
    text = as_text(
        spoiled(
            (("timezone",), 5),
            (("nodes", "a.tank", "rolle"), 1),
            (("components", "meter", "make_model"), 2),
            (("heating", "curve", "slope"), "steep"),
            (("plant", "room_c"), "warm"),
        )
    )
    fields = {fault.field for fault in faults_of(text)}
    assert fields >= {"timezone", "rolle", "components.meter.make_model", "heating.curve.slope", "plant.room_c"}


@pytest.mark.parametrize(
    ("old", "new", "node", "field"),
    [
        ('"a.tank": {', '"a.tank": {"role": "BufferTank"}, "a.tank": {', "a.tank", ""),
        ('"relays": {', '"relays": {"make_model": "GridWorks__SimRelay"}, "relays": {', "", "components.relays"),
        ('"a-shed-temp": {"capt', '"a-shed-temp": {}, "a-shed-temp": {"capt', "a.shed.temp", "channels.a-shed-temp"),
        ('"timezone": ', '"timezone": "UTC", "timezone": ', "", "timezone"),
        (
            '"make_model": "GridWorks__SimRelay"',
            '"make_model": "x", "make_model": "GridWorks__SimRelay"',
            "",
            "components.relays.make_model",
        ),
        ('"room_c": 15', '"room_c": 14, "room_c": 15', "", "plant.room_c"),
        ('"a-elt1": {"point"', '"a-elt1": {}, "a-elt1": {"point"', "", "plant.sensors.a-elt1"),
        (f'"{ALIAS}": ', f'"{ALIAS}": {{}}, "{ALIAS}": ', "", "alias"),
    ],
)
def test_a_name_that_stands_twice(old: str, new: str, node: str, field: str) -> None:
    text = as_text(SMALL)
    assert text.count(old) == 1
    (fault,) = faults_of(text.replace(old, new))
    assert (fault.house, fault.node, fault.field) == (ALIAS, node, field)
    assert "stands twice" in fault.text


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [
        ('{\n  "a": {,}\n}', "line 2 column 9", "is not JSON"),
        ("", "line 1 column 1", "is not JSON"),
        ("[]", "", "must hold an object"),
        ("{}", "", "holds no house"),
        ('{"a": {"latitude_deg": NaN}}', "", "NaN"),
        ('{"a": ' + "9" * 5000 + "}", "", "holds a number that cannot be read"),
        ('{"a": ' + "[" * 100_000, "", "nested too deep"),
        (" " * (LARGEST_FILE + 1), "", "characters long"),
        ('{"x.y": 5}', "", "must be an object"),
    ],
)
def test_what_is_no_house_file(text: str, field: str, words: str) -> None:
    (fault,) = faults_of(text)
    assert fault.field == field
    assert words in fault.text


def test_the_error_names_file_house_node_field_and_value() -> None:
    with pytest.raises(HouseFileError) as caught:
        load_houses(as_text(spoiled((("nodes", "a.tank", "role"), "Tank"))), "my_houses.json")
    text = str(caught.value)
    assert "my_houses.json: 1 fault(s)" in text
    assert f'{ALIAS} a.tank role = "Tank": unknown Role' in text


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The way to everything in a JSON value."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way for key, inner in entries for way in ((*path, str(key)), *places(inner, (*path, str(key))))]


@given(place=st.sampled_from(places(SMALL)), value=anything)
def test_whatever_stands_anywhere_gives_a_house_or_faults(place: tuple[str, ...], value: Any) -> None:
    try:
        house = load_houses(as_text(spoiled((place, value))), "test")[ALIAS]
    except HouseFileError as error:
        assert error.faults
        assert str(error)
    else:
        assert all(channel.telemetry in TelemetryName for channel in house.channels.values())
