"""Finds the driver of a make and model: the file of that name in lower case in this folder, or another package's entry point.

A driver file has a constant `MAKE_MODEL`, a constant `ABOUT` that says what the device is and can do, and a function
`build(node, channels, component, site) -> SensorDriver | ActuatorDriver`; a sensor's may be an `IdentifiedDriver` besides.
Buses import their libraries when they are opened, so that looking through the drivers costs nothing and a missing library is
only missed by the house that has such a device. Packages from elsewhere name such a module as an entry point in the group
`gw_spaceheat.drivers`, under the make and model.
"""

import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module, metadata
from types import ModuleType
from typing import Protocol, cast, runtime_checkable

from gw_spaceheat import drivers
from gw_spaceheat.drivers.about import About
from gw_spaceheat.drivers.base import ActuatorDriver, DeviceError, SensorDriver
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Devices, MakeModel

ENTRY_POINTS = "gw_spaceheat.drivers"
_MARK_OF_A_DRIVER = "__"
"""Makes and models have it in their names, the other modules of this folder have not."""


class DriverModule(Protocol):
    """What a driver file offers."""

    MAKE_MODEL: str
    ABOUT: About

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


def all_about() -> Mapping[str, About]:
    """Every make and model that has a driver here or in an installed package, and what that says of it.

    A package from elsewhere that cannot be imported, or says nothing of its device, is passed over: it must not keep a house
    that does not need it from starting. `find` tells what is the matter with it.
    """
    here = (import_module(f"{drivers.__name__}.{file}") for file in sorted(_files()))
    found: dict[str, About] = {module.MAKE_MODEL: module.ABOUT for module in here}
    for point in metadata.entry_points(group=ENTRY_POINTS):
        try:
            about = point.load().ABOUT
        except Exception:  # noqa: BLE001, S112 - somebody else's code, and not needed here
            continue
        if isinstance(about, About):
            found.setdefault(point.name, about)
    return found


class _Devices(Mapping[str, MakeModel]):
    """The devices by make and model; only the drivers that are asked for are imported, for a daemon needs few of them."""

    def __getitem__(self, make_model: str) -> MakeModel:
        """What it can do; KeyError if it has no driver, or one that says nothing of it."""
        try:
            about = getattr(find(make_model), "ABOUT", None)
        except DeviceError as error:
            raise KeyError(make_model) from error
        if not isinstance(about, About):
            raise KeyError(make_model)
        return about.device

    def __iter__(self) -> Iterator[str]:
        """Their names."""
        return iter(all_about())

    def __len__(self) -> int:
        """How many there are."""
        return len(all_about())


def devices() -> Devices:
    """Every make and model that has a driver, and what it can do."""
    return _Devices()


def find(make_model: str) -> DriverModule:
    """The driver of a make and model.

    Raises:
        DeviceError: There is none, or it cannot be imported.
    """
    module: ModuleType | None = None
    if make_model.lower() in _files():
        module = import_module(f"{drivers.__name__}.{make_model.lower()}")
    else:
        for point in metadata.entry_points(group=ENTRY_POINTS, name=make_model):
            try:
                module = point.load()
            except Exception as error:
                text = f"the driver for {make_model} in {point.value} cannot be imported: {type(error).__name__}: {error}"
                raise DeviceError(f"{text}; mend or remove that package") from error
    if module is None or getattr(module, "MAKE_MODEL", None) != make_model:
        raise DeviceError(
            f"no driver for {make_model}; drivers are there for {', '.join(sorted(all_about()))}. "
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
