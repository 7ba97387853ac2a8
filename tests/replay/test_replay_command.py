"""`gws replay` on the record of a real run: equal, or the first difference; and what cannot be replayed."""

import json
import re
from pathlib import Path

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from tests.scenarios.scene import HOUSES

Captured = pytest.CaptureFixture[str]
FILE = ["--file", str(HOUSES)]


def test_the_same_machine_does_the_same(record: Path, capsys: Captured) -> None:
    assert main(["replay", str(record), *FILE]) == Exit.OK
    assert "equal effects" in capsys.readouterr().out
    assert main(["replay", str(record), *FILE, "--json"]) == Exit.OK
    told = json.loads(capsys.readouterr().out)
    assert told["equal"]
    assert (told["machines"], told["differences"], told["torn"], told["skipped"]) == (1, 0, [], 0)
    assert told["causes"] == record.read_bytes().count(b'"line":"call"') > 100


def test_another_strategy_has_a_first_difference(record: Path, capsys: Captured) -> None:
    assert main(["replay", str(record), *FILE, "--against", "strategy=tou", "--json"]) == Exit.FAILURE
    told = json.loads(capsys.readouterr().out)
    first = told["first_difference"]
    path, _, line = first["at"].rpartition(":")
    assert path == str(record)
    recorded = json.loads(record.read_text().splitlines()[int(line) - 1])
    assert recorded["at"][1] == first["wall_ms"]
    assert json.dumps(recorded["effects"], separators=(",", ":")) == first["expected"] != first["got"]

    assert main(["replay", str(record), *FILE, "--against", "strategy=tou"]) == Exit.FAILURE
    text = capsys.readouterr().out
    assert re.search(r"\d+ calls had other effects; the first at .*a\.s\.record:\d+", text)
    assert "recorded: " in text
    assert "now: " in text


def test_the_recorded_strategy_is_no_difference(record: Path, capsys: Captured) -> None:
    assert main(["replay", str(record), *FILE, "--against", "strategy=hysteresis"]) == Exit.OK


@pytest.mark.parametrize(
    ("against", "code", "text"),
    [
        ("strategy=wishful", Exit.USAGE, "wishful"),
        ("weather=better", Exit.DATAERR, "weather is no option"),
        ("strategy", Exit.USAGE, "is no NAME=VALUE"),
    ],
)
def test_an_option_that_is_none(record: Path, capsys: Captured, against: str, code: Exit, text: str) -> None:
    assert main(["replay", str(record), *FILE, "--against", against]) == code
    assert text in capsys.readouterr().err


def test_a_record_that_a_killed_process_left_unfinished(record: Path, tmp_path: Path, capsys: Captured) -> None:
    torn = tmp_path / "torn.record"
    torn.write_bytes(record.read_bytes()[:-40])
    assert main(["replay", str(torn), *FILE, "--json"]) == Exit.OK
    told = json.loads(capsys.readouterr().out)
    assert told["torn"] == [f"{torn}:{len(record.read_bytes().splitlines())}"]


@pytest.mark.parametrize(
    ("spoil", "text"),
    [
        (lambda lines: [*lines[:5], lines[5][:20], *lines[6:]], "damaged"),
        (lambda lines: [], "nothing is recorded"),
        (lambda lines: [lines[0].replace('"format":1', '"format":99'), *lines[1:]], "version 99"),
        (lambda lines: [lines[0].replace("millinocket.oak", "millinocket.elm"), *lines[1:]], "millinocket.elm"),
    ],
)
def test_a_record_that_cannot_be_replayed(record: Path, tmp_path: Path, capsys: Captured, spoil: object, text: str) -> None:
    spoiled = tmp_path / "spoiled.record"
    lines = record.read_text().splitlines()
    assert callable(spoil)
    spoiled.write_text("".join(line + "\n" for line in spoil(lines)))
    assert main(["replay", str(spoiled), *FILE]) == Exit.DATAERR
    assert text in capsys.readouterr().err
