"""`gws relays safe`: what it prints and how it ends."""

import pytest

from gw_spaceheat.apps import relays
from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from gw_spaceheat.drivers.base import DeviceError
from tests.scenarios.scene import GARAGE, HOUSES

REAL = "w.isone.nh.orange.1"


def test_simulated_relays_have_nothing_to_be_set(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["relays", "safe", "--house", GARAGE, "--file", str(HOUSES)]) == Exit.OK
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert all(line.endswith("simulated, ended with its process") for line in lines)


def test_one_that_does_not_answer_ends_with_its_own_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_arguments: object) -> None:
        raise DeviceError("no answer at address 32; look at the cable")

    monkeypatch.setattr(relays, "actuator_driver", broken)
    assert main(["relays", "safe", "--house", REAL, "--file", str(HOUSES)]) == Exit.UNAVAILABLE
    assert "NOT SET to 0: no answer at address 32" in capsys.readouterr().out


def test_a_house_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["relays", "safe", "--house", "dw9.nowhere", "--file", str(HOUSES)]) == Exit.DATAERR
    assert "dw9.nowhere" in capsys.readouterr().err
