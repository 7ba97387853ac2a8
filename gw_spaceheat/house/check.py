"""Does a house make sense: every fault at once, each with its house, node, field and value, and what to do.

The checks stand in `checks/`, one subject per file, and are plain functions of the house. What needs the machine (is the time
zone in its database, does the device answer) is asked by those who may ask it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping

from gw_spaceheat.house.checks.fit import check_outputs, check_roles, check_sensors
from gw_spaceheat.house.checks.hardware import check_addresses, check_components
from gw_spaceheat.house.checks.heating import check_heating
from gw_spaceheat.house.checks.measuring import check_channels, check_readers
from gw_spaceheat.house.checks.plant import check_plant
from gw_spaceheat.house.checks.site import check_edges, check_site, check_tariff, check_tree
from gw_spaceheat.house.faults import Fault, HouseFileError
from gw_spaceheat.house.model import House
from gw_spaceheat.house.parse import load_house, load_houses
from gw_spaceheat.vocabulary.make_model import Devices

_CHECKS: tuple[Callable[[House], Iterator[Fault]], ...] = (
    check_site,
    check_tree,
    check_sensors,
    check_edges,
    check_heating,
    check_tariff,
)
_CHECKS_OF_DEVICES: tuple[Callable[[House, Devices], Iterator[Fault]], ...] = (
    check_components,
    check_roles,
    check_outputs,
    check_addresses,
    check_channels,
    check_readers,
    check_plant,
)


def check_house(house: House, devices: Devices) -> tuple[Fault, ...]:
    """All faults of a house; empty when it makes sense.

    Args:
        house: As parsed.
        devices: The makes and models that have a driver, and what they can do.
    """
    faults = [fault for check in _CHECKS_OF_DEVICES for fault in check(house, devices)]
    faults += [fault for check in _CHECKS for fault in check(house)]
    return tuple(faults)


def check_together(houses: Mapping[str, House]) -> tuple[Fault, ...]:
    """Faults between the houses of one file: two must not be taken for each other."""
    faults = []
    owners: dict[str, str] = {}
    for alias, house in houses.items():
        for field in ("scada_instance_id", "atn_instance_id"):
            identity = getattr(house, field)
            other = owners.setdefault(identity, alias)
            if other != alias:
                faults.append(Fault(alias, "", field, identity, f"{other} has it already; make another one with uuid4"))
    return tuple(faults)


def load_checked_houses(text: str, where: str, devices: Devices) -> tuple[dict[str, House], tuple[Fault, ...]]:
    """All houses of a file, parsed and checked, and what is worth a warning.

    Args:
        text: The file's content.
        where: Its name, for the error.
        devices: The makes and models that have a driver, and what they can do.

    Raises:
        HouseFileError: With every fault there is, of form and of sense, warnings included.
    """
    try:
        houses: Mapping[str, House] = load_houses(text, where)
    except HouseFileError as error:
        raise _with_checks(error, devices) from error
    faults = [fault for house in houses.values() for fault in check_house(house, devices)]
    faults += check_together(houses)
    if not all(fault.is_warning for fault in faults):
        raise HouseFileError(where, tuple(faults), houses)
    return dict(houses), tuple(faults)


def load_checked_house(text: str, where: str, devices: Devices, alias: str = "") -> tuple[House, tuple[Fault, ...]]:
    """One house of a file, parsed and checked, and what is worth a warning; the other houses are not looked at.

    Args:
        text: The file's content.
        where: Its name, for the error.
        devices: The makes and models that have a driver, and what they can do.
        alias: Which house; may be left empty when the file holds only one.

    Raises:
        HouseFileError: With every fault there is in this house, of form and of sense, warnings included.
    """
    try:
        house = load_house(text, where, alias)
    except HouseFileError as error:
        raise _with_checks(error, devices) from error
    faults = check_house(house, devices)
    if not all(fault.is_warning for fault in faults):
        raise HouseFileError(where, faults, {house.alias: house})
    return house, faults


def _with_checks(error: HouseFileError, devices: Devices) -> HouseFileError:
    """The error of a file that does not fit the form, with the faults of sense in what could be read of it."""
    faults = list(error.faults)
    for alias, house in error.partial.items():
        broken = error.broken.get(alias, frozenset())
        unread = {(fault.node, _head(fault)) for fault in error.faults if fault.house == alias}
        checked = check_house(house, devices)
        faults.extend(
            fault for fault in checked if not _follows(fault, house, broken) and (fault.node, _head(fault)) not in unread
        )
    return HouseFileError(error.where, tuple(faults), error.partial, error.broken)


def _head(fault: Fault) -> str:
    """The first words of a fault's field: the same for all that is wrong with one entry."""
    return ".".join(fault.field.split(".")[:2])


def _follows(fault: Fault, house: House, broken: Collection[str]) -> bool:
    """Whether a fault may only be there because something it needs stands in the file but could not be read."""
    if not broken:
        return False
    node = house.nodes.get(fault.node)
    about_unread = fault.value in broken or fault.node in broken or (node is not None and node.parent in broken)
    absent = not fault.value or fault.field == "actor"
    without_plant = "plant" in broken and fault.field == "component"
    return about_unread or absent or without_plant
