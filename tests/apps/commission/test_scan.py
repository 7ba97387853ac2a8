"""What is on the buses; what cannot be looked at is said, and nothing is switched."""

from pathlib import Path

import pytest

from gw_spaceheat.apps.commission import scan as scanning
from gw_spaceheat.apps.commission.scan import scan
from gw_spaceheat.drivers.buses import modbus, onewire
from gw_spaceheat.views.devices_text import Found, Looked, scan_text
from tests.drivers.fakes.i2c import FakeBus, Mcp23008, Words
from tests.drivers.fakes.modbus import rtu_server, tcp_server
from tests.drivers.fakes.onewire import FakeOneWire, scratchpad, shown


@pytest.fixture(autouse=True)
def _bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without buses, and nothing on its path."""
    (tmp_path / "dev").mkdir()
    (tmp_path / "bin").mkdir()
    monkeypatch.setattr(scanning, "DEV", tmp_path / "dev")
    monkeypatch.setattr(onewire, "DEVICES", tmp_path / "no-w1")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(modbus, "_ANSWER_S", 0.05)


def by_bus(looked: tuple[Looked, ...]) -> dict[str, Looked]:
    return {one.bus: one for one in looked}


def test_a_laptop_is_told_what_is_missing() -> None:
    looked = by_bus(scan())
    assert "raspi-config nonint do_i2c 0" in looked["i2c"].missing
    assert "raspi-config nonint do_onewire 0" in looked["onewire"].missing
    assert "apt-get install avahi-utils" in looked["mdns"].missing
    assert "raspi-config" in scan_text(looked.values())


def test_chips_and_probes_are_found_and_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dev" / "i2c-1").touch()
    wires, probes = FakeBus(), FakeOneWire(tmp_path / "w1")
    monkeypatch.setattr(onewire, "DEVICES", probes.folder)
    probes.plug("28-000000033ffe", shown(scratchpad(20.0)))
    (probes.folder / "w1_bus_master1").mkdir()
    board = Mcp23008()
    wires.chips.update({0x20: board, 0x18: Words({}), 0x70: Words({})})
    written: list[bytes] = []
    monkeypatch.setattr(board, "take", written.append)
    with wires.in_place():
        looked = by_bus(scan())
    assert looked["i2c-1"].found == (
        Found("0x18", "Microchip__MCP9808"),
        Found("0x20", "Krida__Emr16_I2c_V3, NCD__PR8_14_SPST, SgReady__RelayBoard"),
        Found("0x70"),
    )
    assert looked["onewire"].found == (Found("28-000000033ffe", "Adafruit__642"),)
    assert written == []


def test_a_bus_that_is_locked_up_is_said(tmp_path: Path) -> None:
    (tmp_path / "dev" / "i2c-1").touch()
    wires = FakeBus()
    wires.fault = 110
    with wires.in_place():
        assert "holds a line low" in by_bus(scan())["i2c-1"].missing


def test_modbus_units_answer_even_if_only_to_refuse() -> None:
    with rtu_server({3: ({100: 1}, {}), 5: ({0: 1}, {})}) as wires, tcp_server({1: ({0: 1}, {})}) as port:
        server = f"127.0.0.1:{port}"
        # on a real line nobody speaks for a unit that is not there, which pymodbus' server does
        wires.to_us = lambda data: data if data[0] in (3, 5) else b""
        looked = by_bus(scan([wires.ours, server, "COM1", "/dev/no-such-port"], 9600, "N", range(1, 7)))
        asked = bytes(wires.asked)
    assert looked[f"modbus {wires.ours}"].found == (Found("unit 3"), Found("unit 5"))
    assert looked[f"modbus {server}"].found[:1] == (Found("unit 1"),)
    assert "neither a serial port" in looked["modbus COM1"].missing
    assert "cannot be opened" in looked["modbus /dev/no-such-port"].missing
    assert {asked[at + 1] for at in range(0, len(asked), 8)} == {3}, "only reading of holding registers"


def test_mdns_by_avahi(tmp_path: Path) -> None:
    browse = tmp_path / "bin" / "avahi-browse"
    line = "=;eth0;IPv4;shellyplus1pm;_shelly._tcp;local;shelly.local;192.168.1.46;80;"
    browse.write_text(f'#!/bin/sh\necho "+;eth0;IPv4;x;_http._tcp;local"\necho "{line}"\n')
    browse.chmod(0o755)
    assert by_bus(scan())["mdns"].found == (Found("192.168.1.46:80", "shellyplus1pm (_shelly._tcp)"),)
    browse.write_text("#!/bin/sh\necho 'Daemon not running' >&2\nexit 1\n")
    assert "Daemon not running; is avahi-daemon running?" in by_bus(scan())["mdns"].missing
