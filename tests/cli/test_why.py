"""`gws why`: what it prints and how it ends."""

import json
from pathlib import Path

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from tests.apps.contract_folder import HOUSE, RELAY, Both, settings_in
from tests.scenarios.scene import HOUSES


@pytest.fixture(autouse=True)
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Both:
    monkeypatch.chdir(tmp_path)
    made = Both(settings_in(tmp_path / "pi", monkeypatch), settings_in(tmp_path / "cloud", monkeypatch))
    monkeypatch.setenv("GWS_DATA_FOLDER", str(tmp_path / "pi"))
    monkeypatch.setenv("GWS_HOUSES_FILE", str(HOUSES))
    monkeypatch.setenv("GWS_ATN_ALIAS", HOUSE.alias)
    return made


def test_who_commanded_while_the_daemon_runs(both: Both, capsys: pytest.CaptureFixture[str]) -> None:
    both.contract()
    both.command()
    assert main(["why", RELAY, "--json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out)["by"] == "remote"
    assert main(["why", RELAY, "--house", HOUSE.alias, "--file", str(HOUSES)]) == Exit.OK
    assert f"{RELAY} was set to 1 by remote" in capsys.readouterr().out


def test_no_log_yet(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", RELAY]) == Exit.NOINPUT
    assert "no log" in capsys.readouterr().err


def test_no_such_actuator(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", "a.elt1.rely"]) == Exit.USAGE
    assert "did you mean a.elt1.relay?" in capsys.readouterr().err
