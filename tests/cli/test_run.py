"""`gws run`: its options, without anybody at the other end."""

import signal
from pathlib import Path

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from tests.scenarios.scene import GARAGE, HOUSES, Program

NOWHERE = ["--broker", "mqtt://127.0.0.1:9", "--local-broker", "none"]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GWS_DATA_FOLDER", str(tmp_path / "data"))


def test_it_ends_by_itself_when_it_is_told_to(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGTERM)
    assert main(["run", "--house", GARAGE, "--file", str(HOUSES), *NOWHERE, "--seconds", "0.1"]) == Exit.OK
    assert signal.getsignal(signal.SIGTERM) is before
    assert "not connected" in capsys.readouterr().err


def test_the_record_of_the_settings_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = tmp_path / "a.s.record"
    monkeypatch.setenv("GWS_RECORD_FILE", str(record))
    assert main(["run", "--house", GARAGE, "--file", str(HOUSES), *NOWHERE, "--seconds", "0.1"]) == Exit.OK
    assert record.read_text().startswith('{"line":"header"')


def test_a_private_broker_serves_both_sides(tmp_path: Path) -> None:
    with Program(tmp_path, "run", "--embedded", "--house", GARAGE) as daemon:
        daemon.log.wait_for("uplink: connected")
        daemon.log.wait_for("local: connected")
        assert daemon.stop() == Exit.OK


def test_none_in_the_settings_is_the_private_broker_too(tmp_path: Path) -> None:
    with Program(tmp_path, "run", "--house", GARAGE, GWS_UPLINK_URL="None", GWS_LOCAL_URL="None") as daemon:
        daemon.log.wait_for("uplink: connected")
        daemon.log.wait_for("local: connected")
        assert daemon.stop() == Exit.OK


def test_an_address_that_is_none_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--house", GARAGE, "--file", str(HOUSES), *NOWHERE, "--health", "cellar"]) == Exit.USAGE
    assert "cellar" in capsys.readouterr().err
