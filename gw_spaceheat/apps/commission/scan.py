"""What is on the buses of this machine; only looks, switches nothing. What cannot be looked at is said with the reason.

On I2C one byte is read from each address, which is what `i2cdetect -r` does. Modbus units are looked for only on lines that are
named, for a question on a line is a question to whatever is on it.
"""

import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses import onewire
from gw_spaceheat.drivers.buses.i2c import FIRST_ADDRESS, LAST_ADDRESS, take_i2c
from gw_spaceheat.drivers.buses.modbus import take_rtu, take_tcp
from gw_spaceheat.drivers.buses.shared import give_back
from gw_spaceheat.drivers.registry import all_about
from gw_spaceheat.views.devices_text import Found, Looked
from gw_spaceheat.vocabulary.make_model import Bus

DEV = Path("/dev")
MDNS_SERVICES = ("_shelly._tcp", "_enphase-envoy._tcp", "_http._tcp", "_modbus._tcp", "_mqtt._tcp")
MDNS_TIMEOUT_S = 10.0
MOST_UNITS = 247


def scan(
    modbus: Sequence[str] = (), baud: int = 9600, parity: str = "E", units: Iterable[int] = range(1, 33)
) -> tuple[Looked, ...]:
    """Look at every bus.

    Args:
        modbus: Lines to look for units on: serial ports, or `HOST:PORT`.
        baud: Speed of serial lines.
        parity: Theirs.
        units: Which units to look for.
    """
    lines = tuple(_modbus_units(line, baud, parity, tuple(units)) for line in modbus)
    return (*_i2c(), _one_wire(), _serial_ports(), *lines, _mdns())


def _i2c() -> tuple[Looked, ...]:
    names = sorted(path.name for path in DEV.glob("i2c-*"))
    if not names:
        text = f"there is no {DEV}/i2c-*; on a Pi switch I2C on (raspi-config nonint do_i2c 0), other machines have none"
        return (Looked("i2c", missing=text),)
    return tuple(_i2c_bus(name) for name in names)


def _i2c_bus(name: str) -> Looked:
    guesses = _by_i2c_address()
    bus = take_i2c(name)
    try:
        found = [address for address in range(FIRST_ADDRESS, LAST_ADDRESS + 1) if bus.answers(address)]
    except DeviceError as error:
        return Looked(name, missing=str(error))
    finally:
        give_back(bus)
    return Looked(name, tuple(Found(f"{address:#04x}", ", ".join(guesses.get(address, ()))) for address in found))


def _by_i2c_address() -> Mapping[int, list[str]]:
    """Makes and models by the address that their pages give as an example: what it may be, no more."""
    guesses: dict[int, list[str]] = {}
    for make_model, about in sorted(all_about().items()):
        if about.device.bus is Bus.I2c:
            guesses.setdefault(int(str(about.address["address"]), 0), []).append(make_model)
    return guesses


def _one_wire() -> Looked:
    if not onewire.DEVICES.is_dir():
        text = f"there is no {onewire.DEVICES}; on a Pi switch 1-wire on (raspi-config nonint do_onewire 0) and restart"
        return Looked("onewire", missing=text)
    names = onewire.names()
    return Looked("onewire", tuple(Found(name, "Adafruit__642" if name.startswith("28-") else "") for name in names))


def _serial_ports() -> Looked:
    try:
        from serial.tools.list_ports import comports  # noqa: PLC0415 - only who scans needs it
    except ImportError:
        return Looked("serial", missing="the package pyserial is not installed; install requirements/drivers.txt")
    return Looked("serial", tuple(Found(port.device, str(port.description)) for port in sorted(comports())))


def _modbus_units(line: str, baud: int, parity: str, units: Sequence[int]) -> Looked:
    host, _, port = line.partition(":")
    is_tcp = not line.startswith("/") and port.isdecimal()
    name = f"modbus {line}"
    if not is_tcp and not line.startswith("/"):
        return Looked(name, missing="is neither a serial port such as /dev/ttyUSB0 nor a server such as 192.168.1.40:502")
    bus = take_tcp(host, int(port)) if is_tcp else take_rtu(line, baud, parity)
    found = []
    try:
        for unit in units:
            try:
                bus.holding(unit, 0, 1)
                found.append(Found(f"unit {unit}"))
            except DeviceError as error:
                if "cannot be opened" in str(error):
                    return Looked(name, missing=str(error))
                if "refuses" in str(error) and "gateway" not in str(error):
                    found.append(Found(f"unit {unit}"))
    finally:
        give_back(bus)
    return Looked(name, tuple(found))


def _mdns() -> Looked:
    browse = shutil.which("avahi-browse")
    if browse is None:
        return Looked("mdns", missing="avahi-browse is not installed; apt-get install avahi-utils, or look into the router")
    found: dict[str, Found] = {}
    for service in MDNS_SERVICES:
        try:
            told = subprocess.run(  # noqa: S603 - no shell, and the arguments are our own
                [browse, "--parsable", "--resolve", "--terminate", service],
                capture_output=True,
                text=True,
                timeout=MDNS_TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            continue
        if told.returncode:
            return Looked("mdns", missing=f"avahi-browse says: {told.stderr.strip()[:200]}; is avahi-daemon running?")
        for line in told.stdout.splitlines():
            match line.split(";"):
                case ["=", _, _, name, kind, _, _, address, port, *_]:
                    found[f"{address}:{port}"] = Found(f"{address}:{port}", f"{name} ({kind})")
    return Looked("mdns", tuple(found[where] for where in sorted(found)))
