"""Sets actuators without a daemon: what latching boards would otherwise keep when their process has died."""

from dataclasses import dataclass
from pathlib import Path

from gw_spaceheat.apps.houses import find_house
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.registry import actuator_driver
from gw_spaceheat.house.model import House, Node


@dataclass(frozen=True, slots=True)
class Safe:
    """What became of each actuator, a line each, and whether one could not be set."""

    lines: tuple[str, ...]
    failed: bool


def make_safe(houses: Path, alias: str) -> Safe:
    """Set every actuator of a house to its `process_killed` state, one after the other, whatever becomes of the others.

    Raises:
        HouseFileError: The house is not there or does not fit the form.
        OSError: The house file cannot be read.
    """
    house = find_house(houses, alias)
    lines, failed = [], False
    for node in house.nodes.values():
        if node.actuator is None:
            continue
        value = node.actuator.fail_states.process_killed
        if value is None:
            lines.append(f"{node.alias}: keeps what it has, as the house file says")
            continue
        try:
            lines.append(_set(house, node, value))
        except DeviceError as error:
            lines.append(f"{node.alias}: NOT SET to {value:g}: {error}")
            failed = True
    return Safe(tuple(lines), failed)


def _set(house: House, node: Node, value: float) -> str:
    component = house.components[node.component]
    if component.make_model.startswith("GridWorks__Sim"):
        return f"{node.alias}: simulated, ended with its process"
    driver = actuator_driver(node, house.channels_of(node.alias), component, None)
    driver.open()
    try:
        driver.write(value)
        read_back = driver.read_back()
    finally:
        driver.close()
    if read_back is not None and read_back != value:
        raise DeviceError(f"it reads {read_back:g} afterwards; switch off its supply and look at its wiring")
    return f"{node.alias}: set to {value:g}"
