"""A relay board under its actor and the arbiter: what does not obey is told once and tried again, and safety goes first."""

from collections.abc import Sequence

import pytest

from gw_spaceheat.actors.actuator import ActuatorActor
from gw_spaceheat.core.authority.arbiter import Arbiter
from gw_spaceheat.core.events import (
    ActuatorTrouble,
    Authority,
    Command,
    DeviceBack,
    DeviceLost,
    Event,
    Outcome,
    Readings,
    Started,
)
from gw_spaceheat.drivers.registry import actuator_driver
from gw_spaceheat.house.model import House
from gw_spaceheat.vocabulary.moment import Moment
from tests.drivers.fakes.i2c import FakeBus, Mcp23008
from tests.scenarios.scene import START_MS, house

RELAY = "a.elt1.relay"


class Cellar:
    """The arbiter and one relay's actor, joined: commands go down, outcomes and states come up."""

    def __init__(self, of: House) -> None:
        ids = iter(f"trigger-{number}" for number in range(10_000))
        self.arbiter = Arbiter(of, lambda: next(ids), {})
        node = of.nodes[RELAY]
        driver = actuator_driver(node, of.channels_of(RELAY), of.components[node.component], None)
        self.actor = ActuatorActor(node, of.state_channel(RELAY), driver)
        self.told: list[Event] = []
        self.now = Moment(0, START_MS)

    def pass_on(self, events: Sequence[Event]) -> None:
        for event in events:
            self.told.append(event)
            if isinstance(event, Command) and event.node == RELAY:
                self.pass_on(self.actor.handle(event, self.now))
            elif isinstance(event, Outcome):
                self.pass_on(self.arbiter.outcome(event, self.now))
            elif isinstance(event, Readings):
                self.pass_on(self.arbiter.observe(RELAY, event.values[0], self.now))

    def run(self, seconds: int) -> None:
        """Wake whoever wants it."""
        until_ms = self.now.mono_ms + seconds * 1000
        while True:
            due = [
                at_ms for at_ms in (self.actor.deadline(), self.arbiter.deadline()) if at_ms is not None and at_ms <= until_ms
            ]
            if not due:
                break
            at_ms = max(min(due), self.now.mono_ms)
            self.now = Moment(at_ms, START_MS + at_ms)
            self.pass_on(self.actor.wake(self.now))
            self.pass_on(self.arbiter.wake(self.now))
        self.now = Moment(until_ms, START_MS + until_ms)

    def count(self, kind: type[Event]) -> int:
        return sum(type(event) is kind for event in self.told)


@pytest.fixture
def board() -> Mcp23008:
    return Mcp23008()


def cellar_with(board: Mcp23008, wires: FakeBus) -> Cellar:
    wires.chips[0x20] = board
    cellar = Cellar(house("w.isone.nh.orange.1"))
    cellar.pass_on(cellar.actor.handle(Started(), cellar.now))
    return cellar


def test_a_stuck_relay_is_told_once_and_tried_again_until_it_obeys(board: Mcp23008) -> None:
    with FakeBus().in_place() as wires:
        cellar = cellar_with(board, wires)
        board.stuck[0] = False
        cellar.pass_on(cellar.arbiter.wish(Authority.LOCAL, RELAY, 1.0, "cold", cellar.now))
        cellar.run(600)
        assert cellar.count(ActuatorTrouble) == 1
        assert cellar.count(Command) > 3, "it is tried again"
        board.stuck.clear()
        cellar.run(1200)
        assert board.relays() == [1]
        assert cellar.count(ActuatorTrouble) == 2, "and told once that it obeys"


def test_safety_commands_a_relay_that_did_not_obey(board: Mcp23008) -> None:
    with FakeBus().in_place() as wires:
        cellar = cellar_with(board, wires)
        board.stuck[0] = False
        cellar.pass_on(cellar.arbiter.wish(Authority.LOCAL, RELAY, 1.0, "cold", cellar.now))
        cellar.run(60)
        board.stuck.clear()
        cellar.pass_on(cellar.arbiter.wish(Authority.SAFETY, RELAY, 0.0, "too hot", cellar.now))
        cellar.run(1200)
        assert board.relays() == []


def test_a_board_that_lost_its_supply_has_again_what_was_commanded(board: Mcp23008) -> None:
    with FakeBus().in_place() as wires:
        cellar = cellar_with(board, wires)
        cellar.pass_on(cellar.arbiter.wish(Authority.LOCAL, RELAY, 1.0, "cold", cellar.now))
        assert board.relays() == [1]
        board.power_cycle()
        cellar.run(1200)
        assert board.relays() == [1]
        assert (cellar.count(DeviceLost), cellar.count(DeviceBack)) == (1, 1)
