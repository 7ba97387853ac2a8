"""A driver to copy: a temperature that the Linux kernel offers as a file of milli-degrees (hwmon or thermal zone).

Copy it to a file named after the make and model in lower case (`acme__thermo9.py`), and change what is said here:

- `MAKE_MODEL` as house files write it, and `ABOUT`: what the device can do, which the checks of house files go by, and what
  its page in `docs/drivers/` says, made by `gws devices docs`. A register map names the document that it is taken from.
- `build` takes what the driver needs out of the component and says clearly what is missing. It opens nothing.
- `open` takes the bus (one of `buses/`, which is shared and does the waiting) and checks that the right device answers
  (`parts.check_identity` for a serial number).
- `read` turns registers into quantities in SI units: `{channel name: value}`, None for a channel that gave nothing
  believable. It returns within its own time-out. An actuator has `write` and `read_back` in its place; see `base.py`.
- `identify` is only for a device that knows its serial number, as most power meters do: it gives the number that the device
  itself answers with, never that of the house file, which it is compared with. This chip has none, and so no `identify`.
- Errors are `DeviceError` with what, where and what to do; the actor that hosts the driver deals with them.
- No threads, no waiting for another device, no clock, no log.

Test it against a fake at the bus's seam, or a real peer that speaks its protocol, and give its decoder random bytes: a value
in range or a DeviceError, never anything else. `tried_on_hardware` becomes True when somebody has, and says so in the change.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from gw_spaceheat.drivers.about import About
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel

MAKE_MODEL = "Linux__HwmonTemperature"
ABOUT = About(
    device=MakeModel(frozenset({Kind.Temperature}), Bus.Simulated, inputs=1),  # no bus of ours: its address is not checked
    title="A temperature that the Linux kernel offers",
    measures="One temperature [degC].",
    span="-55 to 150 degC.",
    source="Linux kernel documentation, hwmon/sysfs-interface",
    recovers="The file is opened for each reading, so a chip that comes back is read again.",
    address={"path": "/sys/class/hwmon/hwmon0/temp1_input"},
)
COLDEST_C = -55.0
HOTTEST_C = 150.0


class HwmonTemperature:
    """One temperature from one file."""

    reads_at_will = True  # only if it shows the same and lives as long when it is read each second: see WillingDriver

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
