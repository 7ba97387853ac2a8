"""The words of the console."""

import random

import msgspec
import pytest

from gw_spaceheat.core.supervision.console import WORDS, carry_out
from gw_spaceheat.core.supervision.server import Server
from gw_spaceheat.messages.supervision import Answer
from gw_spaceheat.vocabulary.moment import Moment

NOW = Moment(10_000, 1_700_000_000_000)


def said(server: Server, line: str) -> Answer:
    answer = carry_out(server, line, NOW)
    msgspec.json.encode(answer)
    return answer


def street() -> Server:
    server = Server("a", carry_out)
    for line in ("newHouse 2", "newConsumer 1 2 lamp", "newSupplier 1 panel", "newHouse 1 7", 'newConsumer 7/1 "old fridge"'):
        assert said(server, line).done, line
    server.intake.take("Neighborhood/0/House/1/Consumer", b'{"1": 910, "2": 910}', NOW.wall_ms)
    server.intake.take("Neighborhood/0/House/1/Supplier", b'{"1": {"pvvoltage": 30, "pvcurrent": 5}}', NOW.wall_ms)
    return server


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("newHouse", "neighbourhood 0: house 3"),
        ("newHouse()", "neighbourhood 0: house 3"),
        ("newHouse(2)", "neighbourhood 0: houses 3, 4"),
        ("newHouse 1 5", "neighbourhood 5: house 1"),
        ("showHouse 1", "house 0/1: draws 2.30 A, 529 W; panels 5.00 A, 150 W"),
        ("showHouses", "Neighborhood/0/House/1: 2 Consumers | 1 Suppliers: draws 2.30 A, 529 W; panels 5.00 A, 150 W"),
        ("showHouses 7", "Neighborhood/7/House/1: 1 Consumers | 0 Suppliers: draws 0.00 A, 0 W; panels 0.00 A, 0 W; 1 silent"),
        ("newConsumer 1 heater", "house 0/1: consumer 3 (heater)"),
        ("newConsumer(1, 2, 'a big lamp')", "house 0/1: consumer 3, 4 (a big lamp)"),
        ("showConsumers 1 2", "consumer 2 lamp: 1.15 A, 264 W"),
        ("showConsumers 7/1", "consumer 1 old fridge: never heard"),
        ("setConsumer 1 1 on", "consumer 1 of house 0/1 is to be on: desired"),
        ("setSupplier(1, 1, 0)", "supplier 1 of house 0/1 is to be off: desired"),
        ("rmConsumer 1 1", "consumer 1 of house 0/1 is removed"),
        ("showSuppliers 1", "supplier 1 panel: 150 W"),
        ("rmSupplier 1 1", "supplier 1 of house 0/1 is removed"),
        ("rmHouse 2", "house 0/2 is removed"),
        ("calibrate 1 1 0 0 100 5 200 20", "consumer 1: a table of 3 points"),
        ("startDemo", "houses 3 and 4, with simulated devices; showHouses shows them live"),
        ("debug 1", "debug on; 3 readings taken; rejected: none"),
        ("help", "newHouse [COUNT [NEIGHBOURHOOD]]"),
    ],
)
def test_what_is_done(line: str, text: str) -> None:
    answer = said(street(), line)
    assert answer.done, answer.text
    assert answer.text.splitlines()[0].startswith(text)
    assert answer.data is not None


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("", "nothing was said"),
        ("newhouse", "did you mean newHouse?"),
        ("showHuses", "did you mean showHouses?"),
        ("xyz", "help tells all"),
        ("newHouse 0", "'0' is no count of houses: a whole number from 1 to 200"),
        ("newHouse x", "'x' is no count of houses"),
        ("newHouse 1 2 3", "from 0 to 2 arguments: write newHouse [COUNT [NEIGHBOURHOOD]]"),
        ("showHouse", "takes 1 argument: write showHouse HOUSE"),
        ("showHouse 0", "'0' is no number of a house"),
        ("showHouse -1", "'-1' is no number of a house"),
        ("showHouse 999", "neighbourhood 0 has no house 999; houses are 1, 2"),
        ("showHouse x", "'x' is no number of a house"),
        ("showHouse 3/1", "there is no neighbourhood 3; neighbourhoods are 0, 7"),
        ("showHouses 3", "there is no neighbourhood 3"),
        ("showConsumers 1 0", "'0' is no number of a consumer"),
        ("showConsumers 1 99", "house 1 has no consumer 99; consumers are 1, 2"),
        ("setConsumer 1 99 1", "house 1 has no consumer 99"),
        ("setConsumer 1 1 2", "'2' is neither 0 nor 1"),
        ("setConsumer 1 1 1 0", "'0' is no time to live [s]"),
        ("setConsumer 1 1 1 nan", "'nan' is no time to live [s]"),
        ("setSupplier 1 '1; touch x' 1", "'1; touch x' is no number of a supplier"),
        ("setSupplier 1 1 1; touch x", "from 3 to 4 arguments"),
        ('newConsumer 1 "a\x07b"', "is no name"),
        ("newConsumer 1 ''", "is no name"),
        ("newConsumer 1 'lamp", "a quotation mark has no partner"),
        ("calibrate 1 1 0 0 0 1", "must rise"),
        ("calibrate 1 1 0 0 1 1 2", "pairs"),
        ("debug maybe", "'maybe' is neither 0 nor 1"),
        ("showHouse " + "9" * 5_000, "at most 4000 characters"),
    ],
)
def test_what_is_not_done_is_explained(line: str, text: str) -> None:
    server = street()
    before = server.registry()
    answer = said(server, line)
    assert not answer.done
    assert text in answer.text
    assert server.registry() == before


def test_numbers_are_never_given_twice() -> None:
    server = street()
    said(server, "rmConsumer 1 1")
    said(server, "rmConsumer 1 2")
    assert said(server, "newConsumer 1 lamp").data["numbers"] == [3]
    said(server, "rmHouse 2")
    assert said(server, "newHouse").data["houses"] == [3]


def test_there_is_an_end() -> None:
    server = street()
    for _ in range(9):
        said(server, "newHouse 200")
    said(server, "newHouse 198")
    assert "2000 houses" in said(server, "newHouse").text


def test_the_demonstration_is_as_ever() -> None:
    server = Server("a", carry_out)
    said(server, "startDemo")
    houses = server.town.neighbourhoods[0].houses
    assert [[each.name for each in house.consumers.values()] for house in houses.values()] == [
        ["heater", "fridge", "lamp"],
        ["heater", "fridge", "lamp", "relay"],
    ]
    assert [len(house.suppliers) for house in houses.values()] == [1, 1]


def test_a_house_with_a_scada_is_not_switched_from_here() -> None:
    server = street()
    server.town.house(0, 1).alias = "hw1.oak"
    assert "gws set" in said(server, "setConsumer 1 1 1").text


def test_whatever_is_typed_is_answered() -> None:
    chance = random.Random(4)
    server = street()
    pieces = [
        *WORDS,
        "1",
        "0/1",
        "7/1",
        "-1",
        "x",
        "'",
        '"',
        "(",
        ")",
        ",",
        ";",
        "$(touch x)",
        "1e9",
        "nan",
        "\x00",
        "é",
        " " * 9,
    ]
    for _ in range(5_000):
        said(server, chance.choice(["", " ", "("]).join(chance.choices(pieces, k=chance.randrange(6))))
