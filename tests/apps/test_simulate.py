"""A house in virtual time: the same story however it is run."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from gw_spaceheat.apps.houses import house_to_start
from gw_spaceheat.apps.simulate import Simulation, SimulationOutcome, simulate
from gw_spaceheat.apps.simulation_run import SimulationRequest, prepare
from gw_spaceheat.messages.codec import decode
from gw_spaceheat.plant.compiled import numba_is_here
from gw_spaceheat.plant.faults import FaultKind, SensorFault
from gw_spaceheat.vocabulary.moment import HOUR_MS

ROOT = Path(__file__).resolve().parents[2]
OAK = "hw1.isone.me.millinocket.oak"
BUFFER_PROBE = "a-buffer-depth4"
HOURS = 5


def simulation(**changes: object) -> Simulation:
    house, _ = house_to_start(ROOT / "input_data" / "houses.json", OAK)
    what, _ = prepare(SimulationRequest(house=house, start=datetime(2018, 1, 8, 5), days=1, compiled=False))
    return replace(what, hours=HOURS, **changes)


@pytest.fixture(scope="module")
def plain() -> SimulationOutcome:
    return simulate(simulation())


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"skipping": False}, id="every scan made"),
        pytest.param({"strict": True}, id="every message decoded"),
        pytest.param(
            {"compiled": True},
            id="physics compiled",
            marks=pytest.mark.skipif(not numba_is_here(), reason="Numba is not installed"),
        ),
    ],
)
def test_the_story_is_the_same_to_the_last_byte(plain: SimulationOutcome, changes: dict[str, object]) -> None:
    other = simulate(simulation(**changes))
    assert other.digest == plain.digest
    assert other.totals == plain.totals
    assert other.energy_wh == plain.energy_wh
    assert (other.messages, other.readings) == (plain.messages, plain.readings)


@pytest.mark.parametrize("kind", [FaultKind.DROPOUT, FaultKind.STUCK, FaultKind.SPIKE])
def test_skipping_changes_nothing_when_a_sensor_fails_and_comes_back(kind: FaultKind) -> None:
    what = simulation()
    start_ms = what.drive.start_ms
    faults = (SensorFault(BUFFER_PROBE, kind, start_ms + HOUR_MS // 3, start_ms + HOUR_MS, 40.0),)
    skipped, made = (simulate(replace(what, hours=2, faults=faults, skipping=skipping)) for skipping in (True, False))
    assert skipped.digest == made.digest
    assert skipped.calls < made.calls


def test_a_different_seed_is_a_different_story(plain: SimulationOutcome) -> None:
    assert simulate(simulation(seed=2)).digest != plain.digest


def test_the_digest_is_of_what_a_broker_would_see(plain: SimulationOutcome) -> None:
    seen: list[tuple[str, bytes]] = []
    assert simulate(simulation(), tap=lambda topic, payload: seen.append((topic, payload))).digest == plain.digest
    reports = [message for message in (decode(*each).message for each in seen) if message.type_name() == "report.event"]
    assert len(reports) == plain.messages["report.event"] >= HOURS * 12 - 1


SCRIPT = """
import json
from tests.apps.test_simulate import simulation
from gw_spaceheat.apps.simulate import simulate
outcome = simulate(simulation())
print(json.dumps([outcome.digest, outcome.calls]))
"""


@pytest.mark.parametrize("hash_seed", ["0", "1", "42"])
def test_the_story_does_not_depend_on_the_seed_of_hashes(plain: SimulationOutcome, hash_seed: str) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    told = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, capture_output=True, check=True, text=True)
    assert json.loads(told.stdout) == [plain.digest, plain.calls]
