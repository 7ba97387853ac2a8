"""The MCP23008's registers: only the own bit moves, a loss of supply is seen, and the bus's faults are named."""

import errno

import pytest

from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.ncd__pr8_14_spst import MAKE_MODEL, Mcp23008Relay
from tests.drivers.fakes.i2c import FakeBus, Mcp23008
from tests.drivers.parts import actuator, component

BOARD = component(MAKE_MODEL, bus="i2c-1", address=0x20)


@pytest.fixture
def board(wires: FakeBus) -> Mcp23008:
    chip = Mcp23008()
    wires.chips[0x20] = chip
    return chip


def relay(output: int) -> Mcp23008Relay:
    made = actuator(BOARD, output)
    assert isinstance(made, Mcp23008Relay)
    made.open()
    return made


def test_eight_relays_move_without_touching_each_other(board: Mcp23008) -> None:
    relays = [relay(output) for output in range(1, 9)]
    assert board.relays() == []
    on: set[int] = set()
    for output, value in [(1, 1), (8, 1), (3, 1), (1, 0), (8, 1), (5, 1), (3, 0)]:
        relays[output - 1].write(float(value))
        on = on | {output} if value else on - {output}
        assert board.relays() == sorted(on)
        assert [made.read_back() for made in relays] == [float(number in on) for number in range(1, 9)]


def test_a_relay_that_is_on_stays_on_when_the_process_starts_again(board: Mcp23008) -> None:
    first = relay(2)
    first.write(1.0)
    first.close()
    first.close()
    assert board.relays() == [2]
    assert relay(2).read_back() == 1.0


def test_a_board_that_lost_its_supply_is_noticed_and_set_up_again(board: Mcp23008) -> None:
    switch = relay(2)
    switch.write(1.0)
    board.power_cycle()
    with pytest.raises(DeviceError, match="was without supply"):
        switch.read_back()
    switch.close()
    switch.open()
    assert switch.read_back() == 0.0
    switch.write(1.0)
    assert board.relays() == [2]


def test_what_the_latch_kept_does_not_switch_on_when_a_pin_becomes_an_output(board: Mcp23008) -> None:
    board.registers[0x0A] = 0xFF
    relay(4)
    assert board.relays() == []


def test_a_stuck_pin_is_read_as_it_is(board: Mcp23008) -> None:
    switch = relay(1)
    board.stuck[0] = False
    switch.write(1.0)
    assert switch.read_back() == 0.0


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (errno.EREMOTEIO, "does not answer; look at its supply"),
        (errno.ETIMEDOUT, "held or timed out"),
        (errno.EAGAIN, "held or timed out"),
        (errno.EIO, "look at cable"),
    ],
)
def test_the_faults_of_the_bus_are_named_and_pass(wires: FakeBus, board: Mcp23008, fault: int, words: str) -> None:
    switch = relay(1)
    wires.fault = fault
    for call in (switch.open, switch.read_back, lambda: switch.write(1.0)):
        with pytest.raises(DeviceError, match=rf"i2c-1 address 0x20.*{words}"):
            call()
    wires.fault = None
    switch.open()
    switch.write(1.0)
    assert board.relays() == [1]


def test_another_chip_at_the_address_is_refused(wires: FakeBus, board: Mcp23008) -> None:
    board.take = lambda data: Mcp23008.take(board, data[:1])  # type: ignore[method-assign]
    with pytest.raises(DeviceError, match="does not become an output"):
        relay(1)


@pytest.mark.parametrize("value", [0.5, 2.0, -1.0, float("nan")])
def test_a_relay_takes_nothing_between(board: Mcp23008, value: float) -> None:
    with pytest.raises(DeviceError, match="takes 0 or 1"):
        relay(1).write(value)


def test_what_is_missing_is_said() -> None:
    for of, output, words in (
        (component(MAKE_MODEL, bus="i2c-1"), 1, "`address`"),
        (component(MAKE_MODEL, address=32), 1, "`bus`"),
        (BOARD, 9, "outputs 1 to 8"),
        (BOARD, 0, "outputs 1 to 8"),
    ):
        with pytest.raises(DeviceError, match=words):
            actuator(of, output)
    missing = component(MAKE_MODEL, bus="i2c-7", address=32)
    with FakeBus().in_place(), pytest.raises(DeviceError, match="i2c-7 cannot be opened"):
        actuator(missing, 1).open()
