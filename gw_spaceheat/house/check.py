"""Does a house make sense: every fault at once, each with its house, node, field and value, and what to do.

The checks stand in `checks/`, one subject per file, and are plain functions of the house. What needs the machine (is the time
zone in its database, does the device answer) is asked by those who may ask it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace

from gw_spaceheat.house.checks.fit import check_outputs, check_roles, check_sensors
from gw_spaceheat.house.checks.hardware import check_addresses, check_components
from gw_spaceheat.house.checks.heating import check_heating
from gw_spaceheat.house.checks.measuring import check_channels, check_readers
from gw_spaceheat.house.checks.plant import check_plant
from gw_spaceheat.house.checks.site import check_edges, check_site, check_tariff, check_tree
from gw_spaceheat.house.faults import Fault, HouseFileError
from gw_spaceheat.house.model import House
from gw_spaceheat.house.parse import load_house, load_houses

_CHECKS: tuple[Callable[[House], Iterator[Fault]], ...] = (
    check_site,
    check_tree,
    check_roles,
    check_outputs,
    check_sensors,
    check_addresses,
    check_channels,
    check_readers,
    check_edges,
    check_heating,
    check_tariff,
    check_plant,
)


def check_house(house: House, drivers: Collection[str]) -> tuple[Fault, ...]:
    """All faults of a house; empty when it makes sense.

    Args:
        house: As parsed.
        drivers: Makes and models that have a driver. One that is known but has none is a warning.
    """
    faults = list(check_components(house, drivers))
    for check in _CHECKS:
        faults.extend(check(house))
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


def load_checked_houses(text: str, where: str, drivers: Collection[str]) -> tuple[dict[str, House], tuple[Fault, ...]]:
    """All houses of a file, parsed and checked, and what is worth a warning.

    Args:
        text: The file's content.
        where: Its name, for the error.
        drivers: Makes and models that have a driver.

    Raises:
        HouseFileError: With every fault there is, of form and of sense, warnings included.
    """
    try:
        houses: Mapping[str, House] = load_houses(text, where)
    except HouseFileError as error:
        raise _with_checks(error, drivers) from error
    faults = [fault for house in houses.values() for fault in check_house(house, drivers)]
    faults += check_together(houses)
    if not all(fault.is_warning for fault in faults):
        raise HouseFileError(where, tuple(faults), houses)
    return dict(houses), tuple(faults)


def load_checked_house(
    text: str, where: str, drivers: Collection[str], alias: str = "", *, to_start: bool = False
) -> tuple[House, tuple[Fault, ...]]:
    """One house of a file, parsed and checked, and what is worth a warning; the other houses are not looked at.

    Args:
        text: The file's content.
        where: Its name, for the error.
        drivers: Makes and models that have a driver.
        alias: Which house; may be left empty when the file holds only one.
        to_start: It is going to be run, so that a device without a driver is no longer a warning but a fault.

    Raises:
        HouseFileError: With every fault there is in this house, of form and of sense, warnings included.
    """
    try:
        house = load_house(text, where, alias)
    except HouseFileError as error:
        raise _with_checks(error, drivers) from error
    faults = check_house(house, drivers)
    if to_start:
        faults = tuple(_fatal_at_start(fault) for fault in faults)
    if not all(fault.is_warning for fault in faults):
        raise HouseFileError(where, faults, {house.alias: house})
    return house, faults


def _fatal_at_start(fault: Fault) -> Fault:
    return replace(fault, is_warning=False) if fault.field.endswith(".make_model") else fault


def _with_checks(error: HouseFileError, drivers: Collection[str]) -> HouseFileError:
    """The error of a file that does not fit the form, with the faults of sense in what could be read of it."""
    faults = list(error.faults)
    for alias, house in error.partial.items():
        broken = error.broken.get(alias, frozenset())
        unread = {(fault.node, _head(fault)) for fault in error.faults if fault.house == alias}
        checked = check_house(house, drivers)
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
