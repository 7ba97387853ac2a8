"""What a street in our own form does not say of its houses: `devices.json`, with names, and with devices without jobs.

`format`, `houses` (`id`, `devices`: `id`, `name`, `template`, `type`: consumer or producer, `load`: null, or seconds from the
start and cumulative Wh of a consumer's profile). A street can be read without this file.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from gw_spaceheat.core.market.draft import Consumer, Device, DraftHouse, Roof
from gw_spaceheat.core.market.energy import Energy
from gw_spaceheat.stores.street_folder import StreetFileError

DEVICES, FORMAT = "devices.json", "gws.devices.1"


class _Load(msgspec.Struct):
    times_s: list[float]
    wh: list[float]


class _Device(msgspec.Struct):
    id: str
    type: Literal["consumer", "producer"]
    name: str = ""
    template: str = ""
    load: _Load | None = None


class _House(msgspec.Struct):
    id: str
    devices: list[_Device]


class _Devices(msgspec.Struct):
    format: str
    houses: list[_House]


def write_devices(houses: Sequence[DraftHouse], folder: Path) -> None:
    """Write the file into the folder of a street; raises OSError."""
    said = _Devices(FORMAT, [_House(house.id, [_said(device) for device in house.devices]) for house in houses])
    (folder / DEVICES).write_bytes(msgspec.json.encode(said) + b"\n")


def read_devices(folder: Path) -> tuple[DraftHouse, ...]:
    """Houses with their devices, without their forecasts and jobs; none where the folder has no such file.

    Raises:
        StreetFileError: It cannot be understood.
        OSError: It cannot be read.
    """
    try:
        said = msgspec.json.decode((folder / DEVICES).read_bytes(), type=_Devices)
    except FileNotFoundError:
        return ()
    except msgspec.MsgspecError as error:
        raise StreetFileError(f"{DEVICES}: {error}") from None
    if said.format != FORMAT:
        raise StreetFileError(f"{DEVICES}: its format is {said.format!r}; {FORMAT} is wanted")
    return tuple(DraftHouse(id=house.id, devices=tuple(_device(device) for device in house.devices)) for house in said.houses)


def _said(device: Device) -> _Device:
    if isinstance(device, Roof):
        return _Device(device.id, "producer", device.name, device.template)
    load = None if device.load is None else _Load(device.load.times_s.tolist(), device.load.wh.tolist())
    return _Device(device.id, "consumer", device.name, device.template, load)


def _device(said: _Device) -> Device:
    if said.type == "producer":
        return Roof(id=said.id, name=said.name, template=said.template)
    return Consumer(id=said.id, name=said.name, template=said.template, load=_energy(said))


def _energy(said: _Device) -> Energy | None:
    if said.load is None:
        return None
    times_s, wh = np.array(said.load.times_s), np.array(said.load.wh)
    if len(times_s) != len(wh) or len(wh) < 2 or not (np.diff(times_s) > 0.0).all():
        raise StreetFileError(f"{DEVICES}: the load of device {said.id} must have two rising times at least, each with its Wh")
    return Energy(times_s, wh)
