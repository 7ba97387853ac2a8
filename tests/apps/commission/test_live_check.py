"""Is what the house file says there: as in the garage with real hardware, on fake wires."""

import pytest

from gw_spaceheat.apps.commission.live_check import check_live
from gw_spaceheat.drivers.buses import i2c, onewire
from gw_spaceheat.views.devices_text import live_text
from tests.drivers.fakes.i2c import FakeBus, Mcp23008
from tests.drivers.fakes.meters import iem3455
from tests.drivers.fakes.modbus import rtu_server
from tests.drivers.fakes.onewire import FakeOneWire, scratchpad, shown
from tests.scenarios.scene import GARAGE, house

REAL = "w.isone.nh.orange.1"


def test_a_simulated_house_is_all_there() -> None:
    answers = check_live(house(GARAGE))
    assert answers
    assert [answer.problem for answer in answers] == [""] * len(answers)


def test_the_real_garage(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """Two of three probes, a board, and another meter than the file names."""
    from dataclasses import replace
    from pathlib import Path

    probes = FakeOneWire(Path(str(tmp_path)) / "w1")
    monkeypatch.setattr(onewire, "DEVICES", probes.folder)
    monkeypatch.setattr(i2c.time, "sleep", lambda _seconds: None)
    probes.plug("28-000000033ffe", shown(scratchpad(45.0)))
    probes.plug("28-0000000363a9", shown(bytes(9)))
    wires = FakeBus()
    board = wires.chips[0x20] = Mcp23008()
    with wires.in_place(), rtu_server({12: (iem3455((40000, 7)), {})}) as line:
        of = house(REAL)
        meter = replace(of.components["meter"], address={"port": line.ours, "baud": 9600, "unit": 12}, options={"parity": "N"})
        answers = check_live(replace(of, components={**of.components, "meter": meter}))
    problems = {answer.node: answer.problem for answer in answers}
    assert "serial number 35941_308, the device answers 40000_7" in problems["a.m"]
    assert "28-000000041d3f is not on the 1-wire bus" in problems["a.garage.temp1"]
    assert "none of its channels has a believable value" in problems["a.tank.out.temp1"]
    assert [problems[node] for node in problems if node.endswith("relay") or node == "a.tank.temp0"] == [""] * 4
    assert board.relays() == [], "nothing is switched"
    text = live_text(answers)
    assert "a.tank.temp0 (Adafruit__642): answers, serial number 28-000000033ffe" in text
