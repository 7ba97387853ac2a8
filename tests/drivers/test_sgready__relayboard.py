"""The four states of the SG-Ready label on two relays of a board, whose other relays stay as they are."""

from typing import Any

import pytest

from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.krida__emr16_i2c_v3 import MAKE_MODEL as KRIDA
from gw_spaceheat.drivers.ncd__pr8_14_spst import MAKE_MODEL as NCD
from gw_spaceheat.drivers.sgready__relayboard import MAKE_MODEL
from tests.drivers.fakes.i2c import FakeBus, Mcp23008, Pcf8575
from tests.drivers.parts import actuator, component

BOARD = {"bus": "i2c-1", "address": 0x20}


def heat_pump(board: str, first: float = 3, second: float = 5) -> Any:
    options = {"board": board, "relay": first, "second_relay": second}
    return actuator(component(MAKE_MODEL, options=options, **BOARD))


@pytest.mark.parametrize(("board", "chip"), [(NCD, Mcp23008), (KRIDA, Pcf8575)])
def test_each_state_is_its_two_contacts(wires: FakeBus, board: str, chip: type) -> None:
    there = wires.chips[0x20] = chip()
    other = actuator(component(board, **BOARD), 1)
    other.open()
    other.write(1.0)
    pump = heat_pump(board)
    pump.open()
    assert pump.read_back() == 2.0, "both open is its own control"
    for state, on in ((1, [1, 3]), (2, [1]), (3, [1, 5]), (4, [1, 3, 5])):
        pump.write(float(state))
        assert (there.relays(), pump.read_back()) == (on, float(state))
    pump.close()


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [(0, 5, "`relay`"), (3, 9, "`second_relay`"), (3, 3, "one relay, 3, for both")],
)
def test_relays_that_are_not_there_are_refused(wires: FakeBus, first: float, second: float, words: str) -> None:
    with pytest.raises(DeviceError, match=words):
        heat_pump(NCD, first, second)


def test_there_are_no_other_states(wires: FakeBus) -> None:
    wires.chips[0x20] = Mcp23008()
    pump = heat_pump(NCD)
    pump.open()
    with pytest.raises(DeviceError, match="states 1 to 4, not 5"):
        pump.write(5.0)
