"""What a replay tells, as JSON has it. Records of real runs are replayed in `tests/replay`."""

import json
from pathlib import Path

import pytest

from gw_spaceheat.apps.local import recorded_scada
from gw_spaceheat.apps.replay import replay_record
from gw_spaceheat.core.events import Event, Started, Stopping
from gw_spaceheat.runtime.record import Recorder, RecordError, Recording
from gw_spaceheat.runtime.record_lines import Header
from gw_spaceheat.vocabulary.moment import Moment
from tests.scenarios.scene import GARAGE, HOUSES, START_MS, house

HEADER = Header(house=GARAGE, machine="a.s", options={"seed": "00" * 16, "strategy": None}, software="1")


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """The shortest life of a SCADA."""
    path = tmp_path / "a.s.record"
    recording = Recording(recorded_scada(house(GARAGE), HEADER), Recorder(path, HEADER))
    causes: list[Event] = [Started(), Stopping()]
    for number, cause in enumerate(causes):
        recording.handle(cause, Moment(number * 1000, START_MS + number * 1000))
    return path


def test_equal_effects(record: Path) -> None:
    told = replay_record(record, HOUSES, {})
    assert told == {
        "record": str(record), "causes": 2, "machines": 1, "skipped": 0, "torn": [], "equal": True, "differences": 0,
        "first_difference": None,
    }  # fmt: skip


def test_a_difference_is_named_where_it_is(record: Path) -> None:
    lines = record.read_text().splitlines()
    call = json.loads(lines[1])
    call["effects"] = []
    lines[1] = json.dumps(call)
    record.write_text("\n".join(lines) + "\n")
    told = replay_record(record, HOUSES, {})
    first = told["first_difference"]
    assert isinstance(first, dict)
    assert (told["equal"], told["differences"]) == (False, 1)
    assert (first["at"], first["wall_ms"], first["cause"], first["expected"]) == (f"{record}:2", START_MS, "Started", "[]")
    assert "gridworks.event.startup" in first["got"]


def test_only_options_of_the_machine_can_be_changed(record: Path) -> None:
    with pytest.raises(RecordError, match="weather is no option of the machine; there is strategy"):
        replay_record(record, HOUSES, {"weather": "better"})
    with pytest.raises(ValueError, match="wishful"):
        replay_record(record, HOUSES, {"strategy": "wishful"})
