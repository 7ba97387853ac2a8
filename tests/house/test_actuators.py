"""What may be asked of an actuator, as tables."""

import math
from pathlib import Path

import pytest

from gw_spaceheat.apps.houses import find_house
from gw_spaceheat.house.actuators import CannotBeSetError, OutOfRangeError, actuator_named, allowed, require_value, value_for

PINE = find_house(Path(__file__).parents[2] / "input_data" / "houses.json", "hw1.isone.me.millinocket.pine")
RELAY, OUTPUT = "a.hp.relay", "a.hp.lwt"


@pytest.mark.parametrize("name", [RELAY, "a-hp-relay"])
def test_it_is_found_with_dots_and_as_on_the_wire(name: str) -> None:
    assert actuator_named(PINE, name).alias == RELAY


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("a.hp.rely", "did you mean a.hp.relay?"),
        ("", "has no node"),
        ("a.m", "a.m is a PowerMeter and cannot be set"),
    ],
)
def test_what_cannot_be_set(name: str, says: str) -> None:
    with pytest.raises(CannotBeSetError) as caught:
        actuator_named(PINE, name)
    assert says in str(caught.value)
    assert not isinstance(caught.value, OutOfRangeError)


@pytest.mark.parametrize(
    ("node", "text", "value"),
    [
        (RELAY, "on", 1.0),
        (RELAY, "ON", 1.0),
        (RELAY, "off", 0.0),
        (RELAY, "1", 1.0),
        (RELAY, "0", 0.0),
        (OUTPUT, "30", 30.0),
        (OUTPUT, "45.5", 45.5),
        (OUTPUT, "7e1", 70.0),
    ],
)
def test_what_a_person_may_say(node: str, text: str, value: float) -> None:
    assert value_for(PINE, PINE.nodes[node], text) == value


@pytest.mark.parametrize(
    ("node", "text", "says"),
    [
        (RELAY, "7", "takes on, off, 1 or 0, not 7"),
        (RELAY, "0.5", "not 0.5"),
        (RELAY, "", "takes on, off"),
        (OUTPUT, "on", "takes 30 to 70 degC, not on"),
        (OUTPUT, "29.9", "not 29.9"),
        (OUTPUT, "71", "not 71"),
        (OUTPUT, "nan", "not nan"),
        (OUTPUT, "inf", "not inf"),
    ],
)
def test_what_he_may_not(node: str, text: str, says: str) -> None:
    with pytest.raises(OutOfRangeError) as caught:
        value_for(PINE, PINE.nodes[node], text)
    assert says in str(caught.value)


@pytest.mark.parametrize(("node", "value"), [(RELAY, 0.5), (RELAY, math.nan), (OUTPUT, 0.0), (OUTPUT, math.nan)])
def test_a_value_that_came_over_the_wire(node: str, value: float) -> None:
    with pytest.raises(OutOfRangeError, match="takes"):
        require_value(PINE, PINE.nodes[node], value)


def test_the_unit_is_that_of_its_own_state() -> None:
    assert allowed(PINE, PINE.nodes[OUTPUT]) == "30 to 70 degC"
