"""`gws atn` without a house: what it needs to start. Its console is tried in `tests/scenarios/test_console.py`."""

import io
from pathlib import Path

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from tests.scenarios.scene import GARAGE, HOUSES

WORDS = ["atn", "--house", GARAGE, "--file", str(HOUSES)]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_a_broker_it_says_which_to_name(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("GWS_UPLINK_URL", "None")
    assert main(WORDS) == Exit.USAGE
    assert "--url" in capsys.readouterr().err


def test_it_obeys_its_standard_input_to_the_end(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("dance\n\nstatus\nsnap\non a.elt1.relay\nquit\nstatus\n"))
    assert main([*WORDS, "--url", "mqtt://127.0.0.1:9"]) == Exit.OK
    captured = capsys.readouterr()
    assert captured.out.count("commands:") == 1
    assert captured.out.count(f"{GARAGE}: link DOWN, nothing heard yet") == 1
    assert "no link to the house: no snapshot asked for" in captured.err
    assert "a.elt1.relay = 1: Refused: no link to the house" in captured.err


def test_it_shows_what_it_knows_and_ends_by_itself(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main([*WORDS, "--url", "mqtt://127.0.0.1:9", "--status-every", "0.05", "--seconds", "0.5"]) == Exit.OK
    assert f"{GARAGE}: link DOWN, nothing heard yet" in capsys.readouterr().out
