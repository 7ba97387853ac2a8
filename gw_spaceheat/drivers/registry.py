"""Finds the driver of a make and model: the file of that name in lower case in this folder, or another package's entry point.

A driver file has a constant `MAKE_MODEL` and a function `build(node, channels, component, site) -> SensorDriver |
ActuatorDriver`; a sensor's may be an `IdentifiedDriver` besides. It imports its bus's library inside `open`, so that looking
through the drivers costs nothing and a missing library is only missed by the house that has such a device. Packages from
elsewhere name such a module as an entry point in the group `gw_spaceheat.drivers`, under the make and model.
"""

import pkgutil
from collections.abc import Callable, Sequence
from importlib import import_module, metadata
from types import ModuleType
from typing import Protocol, cast, runtime_checkable

from gw_spaceheat import drivers
from gw_spaceheat.drivers.base import ActuatorDriver, DeviceError, SensorDriver
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node

ENTRY_POINTS = "gw_spaceheat.drivers"
_MARK_OF_A_DRIVER = "__"
"""Makes and models have it in their names, the other modules of this folder have not."""


class DriverModule(Protocol):
    """What a driver file offers."""

    MAKE_MODEL: str

    def build(
        self, node: Node, channels: Sequence[Channel], component: Component, site: SimulatedSite | None
    ) -> SensorDriver | ActuatorDriver:
        """Make the driver of one node; opens nothing.

        Args:
            node: The node that it serves.
            channels: What it reads, if it is read.
            component: The hardware: address, serial number, options.
            site: The simulated house, for simulated devices.

        Raises:
            DeviceError: The component's description lacks something; names node and what.
        """
        ...


@runtime_checkable
class _CanRead(Protocol):
    def read(self) -> object: ...


@runtime_checkable
class _CanWrite(Protocol):
    def write(self, value: float) -> None: ...


@runtime_checkable
class _CanIdentify(Protocol):
    def identify(self) -> str | None: ...


def makes_and_models() -> frozenset[str]:
    """All makes and models that have a driver here or in an installed package."""
    here = {import_module(f"{drivers.__name__}.{file}").MAKE_MODEL for file in _files()}
    return frozenset(here | {point.name for point in metadata.entry_points(group=ENTRY_POINTS)})


def find(make_model: str) -> DriverModule:
    """The driver of a make and model.

    Raises:
        DeviceError: There is none.
    """
    module: ModuleType | None = None
    if make_model.lower() in _files():
        module = import_module(f"{drivers.__name__}.{make_model.lower()}")
    else:
        for point in metadata.entry_points(group=ENTRY_POINTS, name=make_model):
            module = point.load()
    if module is None or getattr(module, "MAKE_MODEL", None) != make_model:
        raise DeviceError(
            f"no driver for {make_model}; drivers are there for {', '.join(sorted(makes_and_models()))}. "
            "A new one is a file in gw_spaceheat/drivers, made from _blueprint.py"
        )
    return cast(DriverModule, module)


def sensor_driver(node: Node, channels: Sequence[Channel], component: Component, site: SimulatedSite | None) -> SensorDriver:
    """The driver of a node that is read; see `DriverModule.build`.

    Raises:
        DeviceError: There is none for its make and model, or the device cannot be read.
    """
    driver = find(component.make_model).build(node, channels, component, site)
    if not isinstance(driver, _CanRead):
        raise DeviceError(f"node {node.alias} is to be read, but a {component.make_model} can only be commanded")
    return driver


def actuator_driver(
    node: Node, channels: Sequence[Channel], component: Component, site: SimulatedSite | None
) -> ActuatorDriver:
    """The driver of a node that is commanded; see `DriverModule.build`.

    Raises:
        DeviceError: There is none for its make and model, or the device cannot be commanded.
    """
    driver = find(component.make_model).build(node, channels, component, site)
    if not isinstance(driver, _CanWrite):
        raise DeviceError(f"node {node.alias} is to be commanded, but a {component.make_model} can only be read")
    return driver


def identifying(driver: SensorDriver) -> Callable[[], str | None]:
    """How a driver is asked for the serial number of its device; one that has no such thing cannot say it."""
    return driver.identify if isinstance(driver, _CanIdentify) else _cannot_say


def _cannot_say() -> None:
    return None


def _files() -> frozenset[str]:
    return frozenset(module.name for module in pkgutil.iter_modules(drivers.__path__) if _MARK_OF_A_DRIVER in module.name)
