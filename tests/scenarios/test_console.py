"""The AtomicTNode's console, typed at through a pipe, with a real SCADA at the other end of a real broker."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gw_spaceheat.links.broker import RunningBroker
from tests.scenarios.scene import GARAGE, Listener, Program, version_of

FAN = "a.garage.rad.fan.relay"
OpenConsole = Callable[..., Program]


@pytest.fixture
def scada(tmp_path: Path, broker: RunningBroker, local_broker: RunningBroker) -> Iterator[Program]:
    words = ["--house", GARAGE, "--broker", broker.url, "--local-broker", local_broker.url]
    with Program(tmp_path / "scada", "run", *words, **version_of(broker)) as running:
        running.log.wait_for("uplink: connected")
        yield running
        assert running.stop() == 0


@pytest.fixture
def console(tmp_path: Path, broker: RunningBroker, scada: Program) -> Iterator[OpenConsole]:
    """Opens consoles; the house's SCADA runs already."""
    opened: list[Program] = []

    def start(*words: str) -> Program:
        program = Program(tmp_path / "atn", "atn", "--house", GARAGE, "--url", broker.url, *words, **version_of(broker))
        opened.append(program)
        program.log.wait_for("uplink: connected")
        return program

    yield start
    for program in opened:
        with program:
            pass


def test_a_person_commands_the_house(console: OpenConsole, local_broker: RunningBroker) -> None:
    typed = console()
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


def test_what_the_house_refuses_is_shown_with_its_reason(console: OpenConsole) -> None:
    typed = console("--start", "2018-01-08")  # its clock is years behind that of the house
    typed.type(f"on {FAN}")
    (line,) = typed.log.wait_for(f"{FAN} = 1: Refused")
    assert "check both clocks" in line
    typed.type("status")
    typed.log.wait_for("check both clocks", count=2)


def test_a_closed_input_is_no_reason_to_stop(console: OpenConsole, local_broker: RunningBroker) -> None:
    typed = console("--status-every", "0.2")
    typed.close_input()
    before = typed.log.mark()
    typed.log.wait_for(f"{GARAGE}: link up", count=3, since=before)
    assert typed.stop() == 0
