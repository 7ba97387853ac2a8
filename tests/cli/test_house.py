"""`gws house`: what it prints and how it ends."""

import json
from pathlib import Path

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from gw_spaceheat.links.broker import start_broker
from tests.house.samples import ALIAS, SMALL, as_text, spoiled
from tests.scenarios.scene import GARAGE, HOUSES

SHIPPED = Path(__file__).parents[2] / "input_data" / "houses.json"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A house file with one right house."""
    path = tmp_path / "houses.json"
    path.write_text(as_text(SMALL))
    return path


def test_a_right_file_ends_well(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["house", "check", "--file", str(file)]) == Exit.OK
    assert capsys.readouterr().out == "1 house checked: 0 errors, 0 warnings\n"


def test_warnings_do_not_count(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(as_text(spoiled((("components", "spare"), {"make_model": "GridWorks__SimRelay"}))))
    assert main(["house", "check", ALIAS, "--file", str(file), "--json"]) == Exit.OK
    told = json.loads(capsys.readouterr().out)
    assert told["houses"] == [ALIAS]
    assert told["errors"] == []
    assert [warning["field"] for warning in told["warnings"]] == ["components.spare"]


def test_all_faults_are_listed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(as_text(spoiled((("nodes", "a.tank", "rolle"), 1), (("nodes", "a.shed.pump.relay", "output"), 1))))
    assert main(["house", "check", "--file", str(file)]) == Exit.DATAERR
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["error", "error", "1 house checked"]
    assert main(["house", "check", "--file", str(file), "--json"]) == Exit.DATAERR
    errors = json.loads(capsys.readouterr().out)["errors"]
    assert {"house", "node", "field", "value", "text"} == errors[0].keys()


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["house", "check", "--file", str(tmp_path / "none.json")]) == Exit.NOINPUT
    assert "none.json" in capsys.readouterr().err


def test_houses_are_listed_and_called_by_the_end_of_their_alias(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["house", "list", "--file", str(SHIPPED)]) == Exit.OK
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("hw1.isone.me.millinocket.oak  ") for line in lines)
    assert main(["house", "list", "--file", str(SHIPPED), "--json"]) == Exit.OK
    assert len(json.loads(capsys.readouterr().out)["houses"]) == len(lines)
    assert main(["house", "show", "oak", "--file", str(SHIPPED)]) == Exit.OK
    assert capsys.readouterr().out.startswith("hw1.isone.me.millinocket.oak: ")


def test_a_house_is_shown(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["house", "show", ALIAS, "--file", str(file)]) == Exit.OK
    assert capsys.readouterr().out.startswith(f"{ALIAS}: Shed\n")
    assert main(["house", "show", "--file", str(file), "--json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out)["nodes"]["a.tank"]["role"] == "BufferTank"


def test_a_house_that_is_not_there_is_named(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["house", "show", "dw9.test.shad", "--file", str(file)]) == Exit.DATAERR
    assert f"did you mean {ALIAS}?" in capsys.readouterr().err


def test_the_houses_that_are_shipped_are_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["house", "check", "--file", str(SHIPPED), "--json"]) == Exit.OK
    assert len(json.loads(capsys.readouterr().out)["houses"]) == 5


def test_announce_says_the_house_to_its_own_broker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with start_broker(tmp_path / "broker") as broker:
        monkeypatch.setenv("GWS_LOCAL_URL", broker.url)
        assert main(["house", "announce", GARAGE, "--file", str(HOUSES)]) == Exit.OK
    assert f"channels announced to Home Assistant at 127.0.0.1:{broker.port}" in capsys.readouterr().out
    assert main(["house", "announce", GARAGE, "--file", str(HOUSES)]) == Exit.UNAVAILABLE
