"""Devices over a simulated house: what the drivers `gridworks__sim*.py` share.

A `SimulatedSite` owns the plant. Whoever reads or writes through it first brings the plant to the present, so that devices in
threads of their own, or in virtual time, all see one house. It may be called from any thread.
"""

import threading
from collections.abc import Callable, Mapping, Sequence

from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.plant.faults import MeterSwap
from gw_spaceheat.plant.plant import Plant, Scanner, Totals
from gw_spaceheat.plant.watch import Watch


class SimulatedSite:
    """The one simulated house behind all its simulated devices."""

    def __init__(self, plant: Plant, now_ms: Callable[[], int], swaps: Sequence[MeterSwap] = ()) -> None:
        """Put a simulated house behind its devices.

        Args:
            plant: The house, which nobody else may touch from now on.
            now_ms: A clock that gives the wall time, UTC [ms].
            swaps: When other meters are in the place of its own.
        """
        self._plant = plant
        self._now_ms = now_ms
        self._swaps = tuple(swaps)
        self._lock = threading.Lock()

    def scanner(self, channels: Sequence[str]) -> Scanner:
        """For `scan`; DeviceError if the plant has no such sensor."""
        with self._lock:
            try:
                return self._plant.scanner(channels)
            except ValueError as error:
                raise DeviceError(str(error)) from error

    def scan(self, scanner: Scanner) -> list[float | None]:
        """What the scanner's sensors show at present, in SI units; None for what is missing."""
        with self._lock:
            self._bring_to_present()
            return scanner.read()

    def write(self, node_alias: str, value: float) -> None:
        """Set what a node moves, from the present on; DeviceError if it moves nothing."""
        with self._lock:
            self._bring_to_present()
            try:
                self._plant.set_actuator(node_alias, value)
            except ValueError as error:
                raise DeviceError(str(error)) from error

    def state(self, node_alias: str) -> float:
        """What a node is set to; DeviceError if it moves nothing."""
        with self._lock:
            try:
                return self._plant.actuator(node_alias)
            except ValueError as error:
                raise DeviceError(str(error)) from error

    def serial(self, component: Component) -> str:
        """The serial number of what is in a component's place at present; empty if it has none."""
        now_ms = self._now_ms()
        swapped = (swap for swap in self._swaps if swap.component == component.id and swap.start_ms <= now_ms < swap.end_ms)
        return next((swap.serial for swap in swapped), component.serial)

    def electricity_wh(self) -> float:
        """Electricity of the whole house from the start to the present [Wh]."""
        with self._lock:
            self._bring_to_present()
            return self._plant.electricity_wh

    def store_energy_wh(self, reference_c: float) -> float:
        """Heat in store and buffer above a temperature [degC], at present [Wh]."""
        with self._lock:
            self._bring_to_present()
            return self._plant.store_energy_wh(reference_c)

    def totals(self) -> Totals:
        """What has happened from the start to the present."""
        with self._lock:
            self._bring_to_present()
            return self._plant.totals()

    def quiet_until(self, watch: Watch, limit_ms: int) -> int:
        """Run ahead of the clock to the first scan with something to capture, or to the limit; see `Plant.quiet_until`.

        Only for virtual time, whose clock then follows; devices of a site that is ahead see the house as it is there.
        """
        with self._lock:
            return self._plant.quiet_until(watch, limit_ms)

    def _bring_to_present(self) -> None:
        now_ms = self._now_ms()
        if now_ms > self._plant.now_ms:
            try:
                self._plant.advance(now_ms)
            except ValueError as error:
                raise DeviceError(f"the simulated house has come to its end: {error}") from error


class SimulatedSensor:
    """A device that shows some of a simulated house's channels."""

    reads_at_will = True

    def __init__(self, site: SimulatedSite, channels: Sequence[Channel], component: Component) -> None:
        """Remember; the sensors are looked up in `open`."""
        self._site = site
        self._component = component
        self._names = tuple(channel.name for channel in channels)
        self._scanner: Scanner | None = None

    def open(self) -> None:
        """Look the sensors up; raises DeviceError if the plant lacks one."""
        self._scanner = self._site.scanner(self._names)

    def close(self) -> None:
        """Let the sensors go."""
        self._scanner = None

    def read(self) -> Mapping[str, float | None]:
        """One scan of all channels; raises DeviceError when it is not open."""
        return dict(zip(self._names, self._site.scan(self._opened()), strict=True))

    def identify(self) -> str | None:
        """The serial number of the house file, or of what was put in this sensor's place; None if it has none."""
        self._opened()
        return self._site.serial(self._component) or None

    def _opened(self) -> Scanner:
        if self._scanner is None:
            raise DeviceError(f"the simulated sensor of {', '.join(self._names)} is not open")
        return self._scanner


class SimulatedActuator:
    """A relay or analogue output of a simulated house; it keeps what it was set to."""

    def __init__(self, site: SimulatedSite, node_alias: str) -> None:
        """Remember."""
        self._site = site
        self._node_alias = node_alias

    def open(self) -> None:
        """See that it moves something; raises DeviceError if not."""
        self._site.state(self._node_alias)

    def close(self) -> None:
        """Nothing to let go."""

    def write(self, value: float) -> None:
        """Set the output [0 or 1 for a relay, else the SI unit]; raises DeviceError."""
        self._site.write(self._node_alias, value)

    def read_back(self) -> float | None:
        """What the output is now; raises DeviceError."""
        return self._site.state(self._node_alias)


def simulated_sensor(
    node: Node, channels: Sequence[Channel], component: Component, site: SimulatedSite | None
) -> SimulatedSensor:
    """A simulated sensor for a node's channels; DeviceError without a simulated house or without channels."""
    if not channels:
        raise DeviceError(f"node {node.alias} ({component.make_model}) has no channels to read; give it some in the house file")
    return SimulatedSensor(_needed(node, component, site), channels, component)


def simulated_actuator(node: Node, component: Component, site: SimulatedSite | None) -> SimulatedActuator:
    """A simulated actuator for a node; DeviceError without a simulated house."""
    return SimulatedActuator(_needed(node, component, site), node.alias)


def _needed(node: Node, component: Component, site: SimulatedSite | None) -> SimulatedSite:
    if site is None:
        raise DeviceError(
            f"node {node.alias} has the simulated device {component.make_model}, but no simulated house runs; "
            "give the house file a plant, or name the real device"
        )
    return site
