"""`gws contract`: what it prints and how it ends."""

import json
from pathlib import Path

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from gw_spaceheat.stores.contract_store import log_path
from tests.apps.contract_folder import HOUSE, Both, settings_in


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The logs of both sides of a contract; the settings lead to the SCADA's folder."""
    both = Both(settings_in(tmp_path / "pi", monkeypatch), settings_in(tmp_path / "cloud", monkeypatch))
    both.contract()
    both.close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GWS_DATA_FOLDER", str(tmp_path / "pi"))
    monkeypatch.setenv("GWS_ATN_ALIAS", HOUSE.alias)
    return log_path(both.scada.store.folder), log_path(both.atn.store.folder)


def test_a_log_that_is_whole(logs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["contract", "verify", str(logs[0]), "--against", str(logs[1]), "--json"]) == Exit.OK
    told = json.loads(capsys.readouterr().out)
    assert (told["is_whole"], told["faults"]) == (True, [])
    assert main(["contract", "verify", str(logs[0])]) == Exit.OK
    assert "nothing was altered" in capsys.readouterr().out


def test_a_log_that_was_altered(logs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    lines = logs[0].read_text(encoding="ascii").splitlines(keepends=True)
    lines[4] = lines[4].replace('"ms":1', '"ms":2')
    logs[0].write_text("".join(lines), encoding="ascii")
    assert main(["contract", "verify", str(logs[0])]) == Exit.FAILURE
    assert "entry 5 was altered" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["no.log"], ["{log}", "--against", "no.log"]])
def test_a_log_that_is_not_there(logs: tuple[Path, Path], words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["contract", "verify", *(word.format(log=logs[0]) for word in words)]) == Exit.NOINPUT
    assert "no.log" in capsys.readouterr().err


def test_where_a_contract_stands(logs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["contract", "show", "--json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out)["mode"] == "RemoteControl"
    assert main(["contract", "show", "--house", HOUSE.alias, "--side", "scada"]) == Exit.OK
    out = capsys.readouterr().out
    assert "mode: RemoteControl, because all is well" in out
    assert "UNSIGNED" in out


@pytest.mark.parametrize("words", [["--side", "atn"], ["--house", "hw9.nowhere"], ["--house", "../../etc"]])
def test_nothing_is_kept(logs: tuple[Path, Path], words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["contract", "show", *words]) == Exit.NOINPUT
    assert capsys.readouterr().err.startswith("gws: ")
