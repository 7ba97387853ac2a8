"""House files from disk: one file with several houses, or a folder with one house per file.

What needs the machine is asked here and not in `house/`: the files themselves, the database of time zones, the drivers that are
there.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gw_spaceheat.drivers.registry import devices
from gw_spaceheat.house.check import check_together, load_checked_house, load_checked_houses
from gw_spaceheat.house.faults import Fault, HouseFileError, nearest
from gw_spaceheat.house.model import House
from gw_spaceheat.house.parse import house_aliases, house_called, house_names, load_house


def find_house(path: Path, alias: str) -> House:
    """A house as it stands in its file, checked for form only, to be shown.

    Args:
        path: A house file, or a folder with one house per file.
        alias: Which house; may be empty where there is only one.

    Raises:
        HouseFileError: It is not there or does not fit the form.
        OSError: The file cannot be read.
    """
    file = _file_of(path, alias)
    return load_house(_text(file), file.name, alias)


def known_houses(path: Path) -> dict[str, str]:
    """Alias and display name of every house, in the order of the files; form and sense of the rest are not looked at.

    Args:
        path: A house file, or a folder with one house per file.

    Raises:
        HouseFileError: A file holds no house.
        OSError: A file cannot be read.
    """
    return {alias: name for file in _files(path) for alias, name in house_names(_text(file), file.name).items()}


def house_to_start(path: Path, alias: str) -> tuple[House, tuple[Fault, ...]]:
    """A house that can be run here, and what is worth a warning.

    Args:
        path: A house file, or a folder with one house per file.
        alias: Which house; may be empty where there is only one.

    Raises:
        HouseFileError: With every fault; a device that has no driver is one.
        OSError: The file cannot be read.
    """
    file = _file_of(path, alias)
    house, warnings = load_checked_house(_text(file), file.name, devices(), alias)
    place = tuple(place_faults(house))
    if place:
        raise HouseFileError(file.name, (*warnings, *place), {house.alias: house})
    return house, warnings


def check_files(path: Path, alias: str = "") -> tuple[tuple[str, ...], tuple[Fault, ...]]:
    """The aliases of the houses that were checked, and all their faults and warnings.

    Args:
        path: A house file, or a folder with one house per file.
        alias: Which house; empty for all.

    Raises:
        OSError: A file cannot be read.
    """
    if alias:
        try:
            file = _file_of(path, alias)
            house, warnings = load_checked_house(_text(file), file.name, devices(), alias)
        except HouseFileError as error:
            return (alias,), (*error.faults, *(fault for house in error.partial.values() for fault in place_faults(house)))
        return (house.alias,), (*warnings, *place_faults(house))
    houses: dict[str, House] = {}
    faults: list[Fault] = []
    for file in _files(path):
        found, told = _check_file(file)
        text = f"{file.name}: stands in another file too; remove one"
        faults += [*told, *(Fault(name, "", "alias", name, text) for name in found if name in houses)]
        houses.update(found)
    faults += [fault for house in houses.values() for fault in place_faults(house)]
    if path.is_dir():
        faults += check_together(houses)
    return tuple(houses), tuple(faults)


def place_faults(house: House) -> Iterator[Fault]:
    """Faults of the time zone: unknown to this machine, or not that of the standard time that the house states."""
    try:
        zone = ZoneInfo(house.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        text = "is not in the database of time zones; give an IANA name such as America/New_York, or install tzdata"
        yield Fault(house.alias, "", "timezone", house.timezone, text)
        return
    offset_h = standard_offset_h(zone)
    if offset_h != house.utc_offset_standard_h:
        text = f"standard time in {house.timezone} is {offset_h:g} h from UTC; correct one of the two"
        yield Fault(house.alias, "", "utc_offset_standard_h", f"{house.utc_offset_standard_h:g}", text)


def standard_offset_h(zone: ZoneInfo) -> float:
    """How far a zone's standard time is from UTC [h], east positive: that of the season without daylight saving."""
    offsets = []
    for month in (1, 7):
        moment = datetime(2022, month, 1, tzinfo=UTC).astimezone(zone)
        offset, saving = moment.utcoffset(), moment.dst()
        if offset is not None:
            offsets.append((bool(saving), offset.total_seconds() / 3600.0))
    return min(offsets)[1]


def _check_file(file: Path) -> tuple[dict[str, House], tuple[Fault, ...]]:
    """The houses of a file as far as they can be read, and all that is wrong in it."""
    try:
        return load_checked_houses(_text(file), file.name, devices())
    except HouseFileError as error:
        named = (fault if fault.house else replace(fault, field=f"{file.name} {fault.field}".strip()) for fault in error.faults)
        return dict(error.partial), tuple(named)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(path.glob("*.json"))
    if not files:
        raise HouseFileError(
            str(path), (Fault("", "", "", "", "the folder holds no file that ends in .json; put houses into it"),)
        )
    return files


def _file_of(path: Path, alias: str) -> Path:
    """The file that holds a house; a file that is none does not hide the others."""
    files = _files(path)
    if len(files) == 1:
        return files[0]
    of: dict[str, Path] = {}
    for file in files:
        with suppress(HouseFileError):
            of |= {name: file for name in house_aliases(_text(file), file.name) if name not in of}
    called = house_called(alias, of)
    if called is not None:
        return of[called]
    raise HouseFileError(str(path), (Fault(alias, "", "alias", "", f"no file of this folder holds it; {nearest(alias, of)}"),))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        fault = Fault("", "", "", "", f"is not UTF-8 text (byte {error.start}); save it as UTF-8")
        raise HouseFileError(file.name, (fault,)) from error
