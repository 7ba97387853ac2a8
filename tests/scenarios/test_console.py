"""The AtomicTNode's console, typed at through a pipe, with a real SCADA at the other end of a real broker."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gw_spaceheat.links.broker import RunningBroker
from tests.scenarios.scene import GARAGE, Listener, Program, version_of

FAN = "a.garage.rad.fan.relay"
OpenConsole = Callable[..., Program]


@pytest.fixture
def pace() -> list[str]:
    """The same hurried clock for both processes, so that the contract's hold time is soon over."""
    return ["--speed", "60", "--start", "2018-01-08", "--origin", f"{time.time():.6f}"]


@pytest.fixture
def scada(tmp_path: Path, broker: RunningBroker, local_broker: RunningBroker, pace: list[str]) -> Iterator[Program]:
    words = ["--house", GARAGE, "--broker", broker.url, "--local-broker", local_broker.url]
    with Program(tmp_path / "scada", "run", *words, *pace, **version_of(broker)) as running:
        running.log.wait_for("uplink: connected")
        yield running
        assert running.stop() == 0


@pytest.fixture
def console(tmp_path: Path, broker: RunningBroker, scada: Program, pace: list[str]) -> Iterator[OpenConsole]:
    """Opens consoles; the house's SCADA runs already, and the house is in RemoteControl if a contract was asked for."""
    opened: list[Program] = []

    def start(*words: str) -> Program:
        here = ["--house", GARAGE, "--url", broker.url, *pace, *words]
        program = Program(tmp_path / "atn", "atn", *here, **version_of(broker))
        opened.append(program)
        program.log.wait_for("is in RemoteControl" if "--standing" in words else "uplink: connected")
        return program

    yield start
    for program in opened:
        with program:
            pass


def test_a_person_commands_the_house(console: OpenConsole, local_broker: RunningBroker) -> None:
    typed = console("--standing", "3000")
    with Listener(local_broker) as bus:
        typed.type(f"on {FAN}")
        typed.log.wait_for(f"{FAN} = 1: Done")
        bus.wait_for_value("a-garage-rad-fan-relay", 1)
        typed.type("status")
        typed.log.wait_for(f"{FAN} = 1: Done", count=2)  # a line of the log, and one of the status
        for text in (f"{GARAGE}: link up", "power: ", "a-tank-temp0", "degC"):
            typed.log.wait_for(text)

        before = bus.mark()
        typed.type(f"off {FAN}")
        typed.log.wait_for(f"{FAN} = 0: Done")
        bus.wait_for_value("a-garage-rad-fan-relay", 0, since=before)
    typed.type("quit")
    assert typed.ended() == 0


REFUSED = [
    ("on a.nowhere", "has no node a.nowhere"),
    ("on a.tank.temp0", "cannot be commanded"),
    (f"set {FAN} 7", "is a relay: 0 or 1 is allowed"),
    (f"set {FAN} nan", "0 or 1 is allowed"),
    (f"set {FAN} warm", "set NODE VALUE"),
    ("dance", "commands:"),
]


def test_what_cannot_be_sent_is_refused_with_its_reason(console: OpenConsole) -> None:
    typed = console()
    typed.type("")
    for line, told in REFUSED:
        before = typed.log.mark()
        typed.type(line)
        typed.log.wait_for(told, since=before)
    assert typed.stop() == 0, "a console that is being read from must not hold up the end"


def test_without_a_contract_nothing_is_commanded(console: OpenConsole) -> None:
    typed = console()
    typed.type(f"on {FAN}")
    typed.log.wait_for(f"{FAN} = 1: Refused: no contract is active")
    typed.type("contract")
    typed.log.wait_for("mode: LocalControl")
    typed.log.wait_for("NOTHING IS SIGNED")
    typed.type("standing 2500")
    typed.log.wait_for("is in RemoteControl")
    typed.type("local")
    typed.log.wait_for("is in LocalControl: the AtomicTNode asked for local control")
    typed.type("remote")
    typed.log.wait_for("is in RemoteControl", count=2)
    typed.type("quit-contract enough for today")
    typed.log.wait_for("enough for today")
    typed.type("quit")
    assert typed.ended() == 0


def test_a_closed_input_is_no_reason_to_stop(console: OpenConsole, local_broker: RunningBroker) -> None:
    typed = console("--status-every", "0.2")
    typed.close_input()
    before = typed.log.mark()
    typed.log.wait_for(f"{GARAGE}: link up", count=3, since=before)
    assert typed.stop() == 0
