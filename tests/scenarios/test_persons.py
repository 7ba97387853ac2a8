"""A person at the house types at the machine of a running SCADA, over the house's own broker."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.links.broker import RunningBroker
from tests.scenarios.scene import GARAGE, OAK, Program, version_of

Type = Callable[..., tuple[int, str]]


def daemon(folder: Path, local_broker: RunningBroker, **environment: str) -> Program:
    words = ["run", "--house", GARAGE, "--broker", "mqtt://127.0.0.1:9", "--local-broker", local_broker.url]
    running = Program(folder / "scada", *words, **version_of(local_broker), **environment)
    running.log.wait_for("local: connected")
    return running


@pytest.fixture
def at_the_house(tmp_path: Path, local_broker: RunningBroker) -> Iterator[Type]:
    """Types a command; the answer is its exit code and what it said."""

    def typed(*words: str, of: str = GARAGE) -> tuple[int, str]:
        where = ["--house", of, "--local-broker", local_broker.url]
        with Program(tmp_path / "person", *words, *where, **version_of(local_broker)) as program:
            code = program.ended()
            return code, "\n".join(program.log.all)

    yield typed


def test_what_a_running_scada_answers(at_the_house: Type, local_broker: RunningBroker, tmp_path: Path) -> None:
    with daemon(tmp_path, local_broker) as running:
        code, said = at_the_house("release", "--json", "--who", "Anna")
        assert (code, json.loads(said)["verdict"]) == (Exit.OK, "Done"), "nobody has it, and that is what was wanted"
        code, said = at_the_house("take", "--for", "1m", of=OAK)
        assert (code, f"this is {GARAGE}.ta.scada" in said) == (Exit.NOPERM, True)
        running.log.wait_for("a person's request refused (house)")
        assert running.stop() == 0


def test_a_house_that_keeps_its_door_shut(at_the_house: Type, local_broker: RunningBroker, tmp_path: Path) -> None:
    with daemon(tmp_path, local_broker, GWS_HUMAN_DOOR="off") as running:
        code, said = at_the_house("set", "a.elt1.relay", "on")
        assert (code, "GWS_HUMAN_DOOR" in said) == (Exit.NOPERM, True)
        assert running.stop() == 0
