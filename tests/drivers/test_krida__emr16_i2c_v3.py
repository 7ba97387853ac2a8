"""The PCF8575's sixteen pins: a relay is on while its pin is low, and only the own pin moves."""

import pytest

from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.krida__emr16_i2c_v3 import MAKE_MODEL
from tests.drivers.fakes.i2c import FakeBus, Pcf8575
from tests.drivers.parts import actuator, component

BOARD = component(MAKE_MODEL, bus="i2c-1", address=0x21)


def test_sixteen_relays_move_without_touching_each_other(wires: FakeBus) -> None:
    chip = wires.chips[0x21] = Pcf8575()
    relays = [actuator(BOARD, output) for output in range(1, 17)]
    for made in relays:
        made.open()
    assert chip.relays() == []
    on: set[int] = set()
    for output, value in [(1, 1), (16, 1), (9, 1), (8, 1), (1, 0), (9, 0), (9, 1)]:
        relays[output - 1].write(float(value))
        on = on | {output} if value else on - {output}
        assert chip.relays() == sorted(on)
        assert [made.read_back() for made in relays] == [float(number in on) for number in range(1, 17)]


def test_after_a_loss_of_supply_it_reads_off(wires: FakeBus) -> None:
    chip = wires.chips[0x21] = Pcf8575()
    relay = actuator(BOARD, 3)
    relay.open()
    relay.write(1.0)
    chip.power_cycle()
    assert relay.read_back() == 0.0


def test_a_board_that_is_not_there_is_named(wires: FakeBus) -> None:
    with pytest.raises(DeviceError, match="i2c-1 address 0x21 does not answer"):
        actuator(BOARD, 1).open()
    with pytest.raises(DeviceError, match="outputs 1 to 16"):
        actuator(BOARD, 17)
