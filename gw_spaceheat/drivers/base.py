"""What a driver is: registers to quantities and back, in tiny Protocols. It is called in its device's own thread only."""

from collections.abc import Callable, Mapping
from typing import Protocol, runtime_checkable


class DeviceError(Exception):
    """The device did not answer, or answered nonsense; the text says what, where and what to do."""


class WrongDeviceError(DeviceError):
    """Another device answers than the one that the house file names; it is neither read nor commanded.

    Attributes:
        found: The serial number that it answered with.
    """

    def __init__(self, text: str, found: str) -> None:
        """Say what was wanted and what was found."""
        super().__init__(text)
        self.found = found


class Driver(Protocol):
    """Common to all drivers. Nothing is opened before `open`; `close` may be called twice."""

    def open(self) -> None:
        """Open the bus and check the device's identity; raises DeviceError."""
        ...

    def close(self) -> None:
        """Let the bus go."""
        ...


class SensorDriver(Driver, Protocol):
    """A device that is read."""

    def read(self) -> Mapping[str, float | None]:
        """One scan: channel name to value in the channel's SI unit, None where that channel gave no believable value.

        Raises DeviceError when the device as a whole fails. Returns within the driver's own time-out.
        """
        ...


@runtime_checkable
class WillingDriver(SensorDriver, Protocol):
    """A device that may be read at any time, as often as each second, and shows the same and lives as long.

    One that counts between two scans is none (`CountingDriver`), nor one that keeps others from a bus for long. A driver
    without the attribute is a good driver too: whoever looks at the house sees its scans as they come.

    Attributes:
        reads_at_will: True.
    """

    reads_at_will: bool


@runtime_checkable
class CountingDriver(SensorDriver, Protocol):
    """A device that counts from one scan to the next, and can be looked at in between without a change to either."""

    def glance(self) -> Mapping[str, float | None]:
        """What it counts at present, since the last glance or scan; as of `read`, which it leaves as it is."""
        ...


def glance_of(driver: SensorDriver) -> Callable[[], Mapping[str, float | None]] | None:
    """How to read a device at any time for whoever looks at the house; None if that would harm it or what it shows."""
    if isinstance(driver, CountingDriver):
        return driver.glance
    return driver.read if isinstance(driver, WillingDriver) and driver.reads_at_will else None


class IdentifiedDriver(SensorDriver, Protocol):
    """A device that is read and may know its serial number. A driver without `identify` is a good driver too."""

    def identify(self) -> str | None:
        """The serial number that the device itself answers with, as it is written in house files; None if it cannot say.

        Called now and then while the driver is open, after a scan. Raises DeviceError when the device does not answer, which is
        taken for no more than that: it is asked again later. Returns within the driver's own time-out.
        """
        ...


class ActuatorDriver(Driver, Protocol):
    """A device that is commanded. One driver serves one node; boards with many outputs share a bus underneath."""

    def write(self, value: float) -> None:
        """Set the output [0 or 1 for a relay, else the SI unit]; raises DeviceError."""
        ...

    def read_back(self) -> float | None:
        """What the output is now; None if the device cannot say; raises DeviceError."""
        ...


@runtime_checkable
class TimedDriver(ActuatorDriver, Protocol):
    """A relay that can go off by itself, so that nobody has to be there for that."""

    def write_on(self, for_s: float) -> None:
        """Switch it on, or leave it on, and have the device switch it off after a time from now [s]; raises DeviceError."""
        ...
