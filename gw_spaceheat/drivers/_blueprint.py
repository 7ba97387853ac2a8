"""A driver to copy: a temperature that the Linux kernel offers as a file of milli-degrees (hwmon or thermal zone).

Copy it to a file named after the make and model in lower case (`acme__thermo9.py`), and change what is said here:

- `MAKE_MODEL` as house files write it; add it to `vocabulary/make_model.py` with what it can do.
- `build` takes what the driver needs out of the component and says clearly what is missing. It opens nothing.
- `open` imports the bus's library, opens the bus and checks that the right device answers (its serial number, if it has one).
- `read` turns registers into quantities in SI units: `{channel name: value}`, None for a channel that gave nothing
  believable. It returns within its own time-out. An actuator has `write` and `read_back` in its place; see `base.py`.
- `identify` is only for a device that knows its serial number, as most power meters do: it gives the number that the device
  itself answers with, never that of the house file, which it is compared with. This chip has none, and so no `identify`.
- Errors are `DeviceError` with what, where and what to do; the actor that hosts the driver deals with them.
- No threads, no waiting for another device, no clock, no log.

Record a real device's answers for the test, and write down on the driver's page what has been tried on hardware and what has
not.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node

MAKE_MODEL = "Linux__HwmonTemperature"
COLDEST_C = -55.0
HOTTEST_C = 150.0


class HwmonTemperature:
    """One temperature from one file."""

    def __init__(self, path: Path, channel: str) -> None:
        """Remember where it is."""
        self._path = path
        self._channel = channel

    def open(self) -> None:
        """See that the file is there; raises DeviceError."""
        if not self._path.is_file():
            raise DeviceError(f"{MAKE_MODEL}: there is no {self._path}; see `ls /sys/class/hwmon` and correct the house file")

    def close(self) -> None:
        """Nothing is held open."""

    def read(self) -> Mapping[str, float | None]:
        """The temperature [degC]; None when it is beyond what the chip can measure. Raises DeviceError."""
        try:
            temperature_c = int(self._path.read_text(encoding="ascii")) / 1000.0
        except (OSError, ValueError) as error:
            raise DeviceError(f"{MAKE_MODEL}: {self._path} gave no number: {error}; check the chip's connection") from error
        return {self._channel: temperature_c if COLDEST_C <= temperature_c <= HOTTEST_C else None}


def build(
    node: Node,
    channels: Sequence[Channel],
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001 - only simulated devices need it
) -> HwmonTemperature:
    """Make the driver; DeviceError if the house file gives no path or not exactly one channel."""
    path = component.address.get("path")
    if not isinstance(path, str):
        raise DeviceError(
            f"node {node.alias}: component {component.id} needs an address with a `path`, such as .../temp1_input"
        )
    if len(channels) != 1:
        raise DeviceError(f"node {node.alias}: a {MAKE_MODEL} has one channel, not {len(channels)}")
    return HwmonTemperature(Path(path), channels[0].name)
