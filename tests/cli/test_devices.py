"""`gws devices`: what its commands print and how they end."""

import json
from pathlib import Path

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from tests.scenarios.scene import GARAGE, HOUSES

HERE = ["--house", GARAGE, "--file", str(HOUSES)]
Captured = pytest.CaptureFixture[str]


def test_list(capsys: Captured) -> None:
    assert main(["devices", "list", "--json"]) == Exit.OK
    listed = json.loads(capsys.readouterr().out)["devices"]
    assert len({device["make_model"] for device in listed}) == len(listed) >= 26
    for device in listed:
        assert device.keys() == {"make_model", "title", "kind", "bus", "identifies", "tried_on_hardware"}
    meter = next(device for device in listed if device["make_model"] == "SchneiderElectric__Iem3455")
    assert (meter["kind"], meter["bus"], meter["identifies"]) == ("power meter", "modbus-rtu", True)
    assert main(["devices", "list"]) == Exit.OK
    assert f"{len(listed)} makes and models, 0 of them tried on hardware" in capsys.readouterr().out


def test_scan(capsys: Captured) -> None:
    assert main(["devices", "scan", "--json"]) == Exit.OK
    buses = [one["bus"] for one in json.loads(capsys.readouterr().out)["buses"]]
    assert {"onewire", "serial", "mdns"} <= set(buses)
    assert main(["devices", "scan", "--parity", "X"]) == Exit.USAGE


def test_read(capsys: Captured) -> None:
    assert main(["devices", "read", "a.m", *HERE, "--json"]) == Exit.OK
    shown = json.loads(capsys.readouterr().out)
    assert shown["node"] == "a.m"
    assert {channel["unit"] for channel in shown["channels"]} == {"W"}
    assert main(["devices", "read", "a.elt1.relay", *HERE]) == Exit.OK
    assert capsys.readouterr().out == "a-elt1-relay 0\n"
    assert main(["devices", "read", "a.tank", *HERE]) == Exit.USAGE
    assert "a.tank of dw1.isone.nh.orange.1 is no device" in capsys.readouterr().err


def test_watch_goes_on_until_it_is_ended(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", wait)
    assert main(["devices", "read", "a.tank.temp0", *HERE, "--watch"]) == Exit.OK
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("a-tank-temp0 ") and line.endswith(" degC") for line in lines)
    assert set(waits) == {5.0}


def test_exercise_asks_first(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.setattr("typer.confirm", lambda _text: False)
    assert main(["devices", "exercise", "a.elt1.relay", *HERE]) == Exit.NOPERM
    monkeypatch.setattr("typer.confirm", lambda _text: pytest.fail("asked although --yes was given"))
    assert main(["devices", "exercise", "a.tank.out.pump.relay", *HERE, "--yes", "--json"]) == Exit.OK
    done = json.loads(capsys.readouterr().out)
    assert [step["read_back"] for step in done["steps"]] == [0.0, 1.0, 0.0]
    assert done["problems"] == []


def test_a_device_that_is_not_there_ends_with_its_own_code(capsys: Captured) -> None:
    assert main(["devices", "read", "a.m", "--house", "w.isone.nh.orange.1", "--file", str(HOUSES)]) == Exit.UNAVAILABLE
    assert "/dev/ttyUSB0 cannot be opened" in capsys.readouterr().err


def test_live_check(capsys: Captured) -> None:
    assert main(["house", "check", GARAGE, "--live", "--file", str(HOUSES), "--json"]) == Exit.OK
    devices = json.loads(capsys.readouterr().out)["devices"]
    assert {device["problem"] for device in devices} == {""}
    assert main(["house", "check", "w.isone.nh.orange.1", "--live", "--file", str(HOUSES)]) == Exit.UNAVAILABLE
    assert "i2c-1" in capsys.readouterr().out
    assert main(["house", "check", "--live", "--file", str(HOUSES)]) == Exit.USAGE


def test_the_pages_of_the_drivers_are_current(tmp_path: Path) -> None:
    """If this fails: `gws devices docs`, and look at the difference."""
    assert main(["devices", "docs", str(tmp_path)]) == Exit.OK
    committed = Path(__file__).parents[2] / "docs" / "drivers"
    assert {file.name: file.read_text() for file in committed.iterdir()} == {
        file.name: file.read_text() for file in tmp_path.iterdir()
    }
