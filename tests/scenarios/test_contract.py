"""A contract between a real SCADA and a real AtomicTNode: the broker dies, processes are killed, a person takes the house."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from gw_spaceheat.core.contract.log import HEARD_BEAT, RECEIVED, verify
from gw_spaceheat.links.broker import BrokerKind, RunningBroker, start_broker
from gw_spaceheat.vocabulary.moment import MINUTE_MS, SECOND_MS
from tests.scenarios.scene import GARAGE, Listener, Program, version_of

Captured = pytest.CaptureFixture[str]

FAN = "a.garage.rad.fan.relay"
SPEED = 60
STEP_MS = 2 * SECOND_MS
"""One step of the machines, at this speed and on a machine that has other work."""


@pytest.fixture
def pace() -> list[str]:
    return ["--speed", str(SPEED), "--start", "2018-01-08", "--origin", f"{time.time():.6f}"]


class Both:
    """A house and its AtomicTNode, each a process with a folder of its own."""

    def __init__(self, folder: Path, broker: RunningBroker, local_broker: RunningBroker, pace: list[str]) -> None:
        self.folder = folder
        self.words = {
            "scada": ["run", "--house", GARAGE, "--broker", broker.url, "--local-broker", local_broker.url, *pace],
            "atn": ["atn", "--house", GARAGE, "--url", broker.url, "--standing", "3000", *pace],
        }
        self.version = version_of(broker)
        self.programs: dict[str, Program] = {}

    def start(self, name: str) -> Program:
        self.programs[name] = Program(self.folder / name, *self.words[name], **self.version)
        return self.programs[name]

    def log_file(self, name: str) -> Path:
        (found,) = self.folder.glob(f"{name}/**/contracts/{GARAGE}/{name}/contract.log")
        return found

    def entries(self, name: str) -> list[dict]:
        return [json.loads(line) for line in self.log_file(name).read_text().splitlines()]


@pytest.fixture
def both(tmp_path: Path, broker: RunningBroker, local_broker: RunningBroker, pace: list[str]) -> Iterator[Both]:
    made = Both(tmp_path, broker, local_broker, pace)
    made.start("scada").log.wait_for("uplink: connected")
    made.start("atn").log.wait_for("is in RemoteControl")
    yield made
    for program in made.programs.values():
        with program:
            pass


def the_logs_are_whole(both: Both) -> None:
    for name in ("scada", "atn"):
        assert not verify(both.log_file(name).read_bytes().splitlines()).faults


def test_whoever_is_killed_goes_on_with_the_same_contract(both: Both) -> None:
    typed = both.programs["atn"]
    typed.type(f"on {FAN}")
    typed.log.wait_for(f"{FAN} = 1: Done")
    (contract_id,) = {entry["body"]["contract"]["ContractId"] for entry in both.entries("atn") if entry["kind"] == "offer"}
    both.programs["scada"].kill()
    scada = both.start("scada")
    scada.log.wait_for("uplink: connected")
    typed.log.wait_for("has started", count=2)
    both.programs["atn"].kill()
    typed = both.start("atn")
    typed.log.wait_for("uplink: connected")
    typed.type("contract")
    typed.log.wait_for(f"contract {contract_id[:8]}")
    for program in both.programs.values():
        assert program.stop() == 0
    about_it = [entry for entry in both.entries("scada") if contract_id in json.dumps(entry)]
    assert about_it
    assert sum(entry["kind"] == "started" for entry in both.entries("scada")) == 2
    tokens = [entry["body"]["token"] for entry in both.entries("scada") if entry["kind"] == "lease"]
    assert tokens == sorted(set(tokens))
    the_logs_are_whole(both)


def test_three_dead_brokers_lead_to_local_control_in_time_and_back(
    tmp_path: Path, local_broker: RunningBroker, pace: list[str]
) -> None:
    first = start_broker(tmp_path / "broker", BrokerKind.MOSQUITTO)
    both = Both(tmp_path, first, local_broker, pace)
    scada = both.start("scada")
    typed = both.start("atn")
    typed.log.wait_for("is in RemoteControl")
    broker = first
    for round_ in range(1, 4):
        broker.stop()
        scada.log.wait_for("local commands now", count=round_)
        broker = start_broker(tmp_path / f"broker{round_}", BrokerKind.MOSQUITTO, first.port)
        # the AtomicTNode need not say that it is in RemoteControl again: one that connects late has missed that it was not
        scada.log.wait_for("remote commands now", count=round_ + 1)
    for program in both.programs.values():
        assert program.stop() == 0
    broker.stop()
    heard_ms, gaps_ms, remote = 0, [], False
    for entry in both.entries("scada"):
        if entry["kind"] in (RECEIVED, HEARD_BEAT):
            heard_ms = entry["ms"]
        elif entry["kind"] == "mode":
            if remote and entry["body"]["mode"] == "LocalControl":
                gaps_ms.append(entry["ms"] - heard_ms)
            remote = entry["body"]["mode"] == "RemoteControl"
    assert len(gaps_ms) == 3
    assert max(gaps_ms) <= 5 * MINUTE_MS + STEP_MS
    the_logs_are_whole(both)


def test_a_person_takes_the_house_and_gives_it_back(both: Both, local_broker: RunningBroker, capsys: Captured) -> None:
    typed = both.programs["atn"]
    here = ["--house", GARAGE, "--local-broker", local_broker.url, "--who", "Ann"]
    with Listener(local_broker) as bus:
        assert main(["take", "--for", "2h", *here]) == Exit.OK
        typed.log.wait_for("is in LocalControl: a person at the house has taken command")
        typed.type(f"on {FAN}")
        typed.log.wait_for(f"{FAN} = 1: Refused")
        assert main(["set", FAN, "on", *here]) == Exit.OK
        bus.wait_for_value("a-garage-rad-fan-relay", 1)
        assert main(["release", *here]) == Exit.OK
    typed.log.wait_for("is in RemoteControl", count=2)
    assert main(["set", FAN, "off", *here]) == Exit.NOPERM
    assert "take the house first" in capsys.readouterr().err
