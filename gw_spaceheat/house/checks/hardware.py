"""Is the hardware known and reachable: makes and models, addresses in the words of their bus, one device per address."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import NamedTuple

from gw_spaceheat.house.faults import Fault, nearest
from gw_spaceheat.house.model import Component, House
from gw_spaceheat.vocabulary.make_model import Bus, Devices, MakeModel


class _Use(Enum):
    """What a word is for in an address."""

    PLACE = "must be there and tells devices apart"
    PART = "may be there and tells devices apart"
    SETTING = "must be there; devices may share it"
    HINT = "may be there; devices may share it"


class _Word(NamedTuple):
    """A word of an address: what it is for, and what may stand there."""

    use: _Use
    fits: Callable[[str | int], bool]
    wanted: str


def _number_within(low: int, high: int) -> Callable[[str | int], bool]:
    return lambda value: type(value) is int and low <= value <= high


def _text_like(pattern: str) -> Callable[[str | int], bool]:
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


_PORT_DEVICE = _Word(_Use.PLACE, _text_like(r"/dev/\S+"), "the path of a serial port such as /dev/ttyUSB0")
_BAUD = _Word(_Use.SETTING, _number_within(300, 921_600), "a baud rate such as 9600")
_HOST = _Word(_Use.PLACE, _text_like(r"[A-Za-z0-9.:_-]+"), "a host name or IP address")
_BROKER_HOST = _Word(_Use.PART, _text_like(r"[A-Za-z0-9.:_-]+"), "the host name or IP address of its broker")
_TCP_PORT = _Word(_Use.PART, _number_within(1, 65_535), "a TCP port from 1 to 65535")

_ADDRESSES: Mapping[Bus, Mapping[str, _Word]] = {
    Bus.Simulated: {},
    Bus.I2c: {
        "bus": _Word(_Use.PLACE, _text_like(r"i2c-[0-9]+"), "an I2C bus such as i2c-1"),
        "address": _Word(_Use.PLACE, _number_within(0x08, 0x77), 'an I2C address from "0x08" to "0x77"'),
    },
    Bus.Gpio: {
        "pin": _Word(_Use.PLACE, _number_within(0, 27), "a GPIO number (BCM) from 0 to 27"),
        "second_pin": _Word(_Use.PART, _number_within(0, 27), "a GPIO number (BCM) from 0 to 27"),
    },
    Bus.OneWire: {"bus": _Word(_Use.HINT, _text_like(r"w1(_bus_master[0-9]+)?"), "a 1-wire bus such as w1")},
    Bus.ModbusRtu: {
        "port": _PORT_DEVICE,
        "baud": _BAUD,
        "unit": _Word(_Use.PLACE, _number_within(1, 247), "a Modbus unit from 1 to 247"),
    },
    Bus.ModbusTcp: {
        "host": _HOST,
        "port": _TCP_PORT,
        "unit": _Word(_Use.PART, _number_within(0, 255), "a Modbus unit from 0 to 255"),
    },
    Bus.Serial: {"port": _PORT_DEVICE, "baud": _BAUD},
    Bus.Http: {"host": _HOST, "port": _TCP_PORT},
    Bus.Mqtt: {
        "topic": _Word(_Use.PLACE, _text_like(r"[^#+\s]+"), "the topic under which it speaks, without wildcards"),
        "host": _BROKER_HOST,
        "port": _TCP_PORT,
    },
}
_ONE_WIRE_SERIAL = re.compile(r"28-[0-9a-f]{12}")


def check_components(house: House, devices: Devices) -> Iterator[Fault]:
    """Faults in the components; one that is used by nobody is a warning."""
    users = defaultdict(list)
    for alias, node in house.nodes.items():
        users[node.component].append(alias)
    for name, component in house.components.items():
        user = users[name][0] if name in users else ""
        device = devices.get(component.make_model)
        if device is None:
            text = f"no driver for this make and model; {nearest(component.make_model, devices)}"
            yield Fault(house.alias, user, f"components.{name}.make_model", component.make_model, text)
            continue
        if not user:
            yield Fault(
                house.alias, "", f"components.{name}", name, "no node uses it; remove it or name it in a node", is_warning=True
            )
        yield from _check_address(house, component, device, user)


def _check_address(house: House, component: Component, device: MakeModel, user: str) -> Iterator[Fault]:
    words = _ADDRESSES[device.bus]
    field = f"components.{component.id}.address"
    for key, value in component.address.items():
        if key not in words:
            text = f"is not a word of a {device.bus} address; {nearest(key, words)}"
            yield Fault(house.alias, user, f"{field}.{key}", str(value), text)
        elif not words[key].fits(value):
            yield Fault(house.alias, user, f"{field}.{key}", str(value), f"must be {words[key].wanted}")
    for key, word in words.items():
        if word.use in (_Use.PLACE, _Use.SETTING) and key not in component.address:
            yield Fault(house.alias, user, f"{field}.{key}", "", f"is missing; give {word.wanted}")
    if device.bus is Bus.OneWire and not _ONE_WIRE_SERIAL.fullmatch(component.serial):
        text = "must be the probe's name under /sys/bus/w1/devices, such as 28-000000033ffe"
        yield Fault(house.alias, user, f"components.{component.id}.serial", component.serial, text)


def check_addresses(house: House, devices: Devices) -> Iterator[Fault]:
    """Faults where two components would answer at one address, or share a line that they want at different speeds."""
    places: dict[tuple[object, ...], str] = {}
    bauds: dict[str, tuple[str, str | int]] = {}
    for name, component in house.components.items():
        device = devices.get(component.make_model)
        if device is None or device.bus is Bus.Simulated:
            continue
        user = next((alias for alias, node in house.nodes.items() if node.component == name), "")
        for place in _places(component, device.bus):
            other = places.setdefault(place, name)
            if other != name:
                text = f"{other} has this address already; two devices cannot share one"
                shown = " ".join(str(part) for part in place[1:])
                yield Fault(house.alias, user, f"components.{name}.address", shown, text)
        line, baud = component.address.get("port"), component.address.get("baud")
        if isinstance(line, str) and baud is not None:
            other, other_baud = bauds.setdefault(line, (name, baud))
            if other_baud != baud:
                text = f"{other} speaks at {other_baud} on the same line {line}; all devices on a line need one speed"
                yield Fault(house.alias, user, f"components.{name}.address.baud", str(baud), text)


def _places(component: Component, bus: Bus) -> list[tuple[object, ...]]:
    """Where a component is, as values that no other component may have."""
    address = component.address
    if bus is Bus.OneWire:
        return [(bus, component.serial)]
    if bus is Bus.Gpio:
        return [(bus, address[key]) for key in ("pin", "second_pin") if key in address]
    words = _ADDRESSES[bus]
    if any(word.use is _Use.PLACE and key not in address for key, word in words.items()):
        return []
    return [(bus, *(address.get(key) for key, word in words.items() if word.use in (_Use.PLACE, _Use.PART)))]
