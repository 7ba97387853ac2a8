"""Every actuator is set to its process-killed state, whatever becomes of the others."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gw_spaceheat.apps import relays
from gw_spaceheat.apps.relays import make_safe
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.house.model import Node
from tests.scenarios.scene import GARAGE, HOUSES, house

REAL = "w.isone.nh.orange.1"


@dataclass
class Board:
    """Relays that remember; some do not answer, some stick."""

    dead: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()
    mute: tuple[str, ...] = ()
    written: dict[str, float] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)

    def driver(self, node: Node, *_more: object) -> "Output":
        return Output(self, node.alias)


@dataclass
class Output:
    """One relay of the board."""

    board: Board
    alias: str

    def open(self) -> None:
        if self.alias in self.board.dead:
            raise DeviceError("no answer at address 32")

    def close(self) -> None:
        self.board.closed.append(self.alias)

    def write(self, value: float) -> None:
        self.board.written[self.alias] = value

    def read_back(self) -> float | None:
        if self.alias in self.board.mute:
            return None
        return 1.0 if self.alias in self.board.stuck else self.board.written[self.alias]


def actuators() -> list[str]:
    return [alias for alias, node in house(REAL).nodes.items() if node.actuator is not None]


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Board:
    made = Board()
    monkeypatch.setattr(relays, "actuator_driver", made.driver)
    return made


def test_all_are_set_and_let_go(board: Board) -> None:
    board.mute = (actuators()[-1],)
    told = make_safe(HOUSES, REAL)
    assert not told.failed
    assert board.written == dict.fromkeys(actuators(), 0.0)
    assert board.closed == actuators()
    assert told.lines == tuple(f"{alias}: set to 0" for alias in actuators())


def test_one_that_fails_does_not_keep_the_others(board: Board) -> None:
    first, second, *rest = actuators()
    board.dead, board.stuck = (first,), (second,)
    told = make_safe(HOUSES, REAL)
    assert told.failed
    assert told.lines[0] == f"{first}: NOT SET to 0: no answer at address 32"
    assert told.lines[1].startswith(f"{second}: NOT SET to 0: it reads 1 afterwards")
    assert set(board.written) == {second, *rest}
    assert second in board.closed


def test_simulated_ones_ended_with_their_process() -> None:
    told = make_safe(HOUSES, GARAGE)
    assert not told.failed
    assert all("simulated" in line for line in told.lines)


def test_one_that_keeps_what_it_has(board: Board, tmp_path: Path) -> None:
    import json

    houses = json.loads(HOUSES.read_text(encoding="utf-8"))
    alias = actuators()[0]
    node = houses[REAL]["nodes"][alias]
    node.setdefault("actuator", {}).setdefault("fail_states", {})["process_killed"] = None
    file = tmp_path / "houses.json"
    file.write_text(json.dumps({REAL: houses[REAL]}))
    told = make_safe(file, REAL)
    assert told.lines[0] == f"{alias}: keeps what it has, as the house file says"
    assert alias not in board.written
