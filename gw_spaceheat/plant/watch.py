"""A watch on a plant's sensors: what `Plant.quiet_until` looks out for, and what it found.

Apart from the plant, because it deals in Python's own numbers and can be compiled with the control code.
"""

import math
from collections.abc import Callable, MutableSequence, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gw_spaceheat.plant import memory
from gw_spaceheat.plant.compiled import Kernel
from gw_spaceheat.plant.memory import Numbers

Number = TypeVar("Number", int, float)

FIRST_LOOK = memory.WATCH_FIXED + 16
"""As much of a watch's row holds all that was found, but for the scans at which every device captures."""


@dataclass(frozen=True, slots=True)
class WatchedDevice:
    """A device whose scans are watched.

    Attributes:
        channels: Names of its channels.
        deltas: For each: change from the last captured value that is captured at once; inf for never [the channel's SI unit].
        poll_ms: It is read every so many [ms].
        phase_ms: And that at times which leave this rest when divided by poll_ms [ms].
        period_ms: All its channels are captured at least once in each such period, aligned to the clock [ms]; 0 if their
            periods differ, and whoever watches must tell by `Watch.remember` what was captured because one was over.
    """

    channels: tuple[str, ...]
    deltas: tuple[float, ...]
    poll_ms: int
    phase_ms: int = 0
    period_ms: int = 0

    def __post_init__(self) -> None:
        """Raise ValueError if the lists are of unequal length or the poll period is not positive."""
        if len(self.channels) != len(self.deltas):
            raise ValueError(f"{len(self.channels)} channels but {len(self.deltas)} deltas")
        if self.poll_ms <= 0:
            raise ValueError(f"a device is read every 1 ms or less often, not every {self.poll_ms} ms")


class Watch:
    """What `Plant.quiet_until` looks out for: devices, and what was captured of them last.

    Nothing was captured at first, so the first scan of every device is worth capturing.

    Attributes:
        captured: Numbers of the devices, in the order given, that had something to capture when `quiet_until` last returned.
        next_ms: When any of the devices is read next after that, UTC [ms].
    """

    def __init__(self, devices: Sequence[WatchedDevice], sensor_number: Callable[[str], int], kernel: Kernel) -> None:
        """Lay the watch out in the kernel's kind of rows; sensor_number gives a channel's."""
        channels = [channel for device in devices for channel in device.channels]
        room = memory.FOUND_FIXED * len(devices) + len(channels)
        whole = [len(devices), len(channels), 0, 0] + [0] * room
        first = 0
        self._runs: list[slice] = []
        self._shown = slice(2 * len(channels), 3 * len(channels))
        self._changed: dict[int, list[int]] = {}
        self._seen: list[float | None] = []
        self.captured: list[int] = []
        self.next_ms = 0
        self._devices = [memory.WATCH_FIXED + room + number * memory.DEVICE_SIZE for number in range(len(devices))]
        for device in devices:
            count = len(device.channels)
            whole += [device.poll_ms, device.phase_ms, first, count, device.period_ms, 0]
            self._runs.append(slice(first, first + count))
            first += count
        whole += [sensor_number(channel) for channel in channels]
        unknown = [math.nan] * len(channels)
        deltas = [delta for device in devices for delta in device.deltas]
        self.numbers = kernel.floats([*unknown, *deltas, *unknown])
        self.whole = kernel.integers(whole)

    def remember(self, device: int, last: Sequence[float | None], due_ms: int) -> None:
        """Tell what was captured of a device last and when the next of its channels' periods is over.

        Args:
            device: Number of the device, in the order given.
            last: The last captured value of each channel; None if it was missing then.
            due_ms: From this time on it is captured anyway [ms]; 0 if it was never captured.
        """
        run = self._runs[device]
        if len(last) != run.stop - run.start:
            raise ValueError(f"device {device} has {run.stop - run.start} channels, not {len(last)}")
        self.numbers[run] = [math.nan if value is None else value for value in last] if None in last else last  # type: ignore[assignment]
        self.whole[self._devices[device] + memory.DEVICE_DUE_MS] = due_ms

    def read_back(self) -> None:
        """Take in what `quiet_until` left in the rows; in one piece, because each look into a row of NumPy is slow."""
        whole = listed_row(self.whole[:FIRST_LOOK])
        self.next_ms = whole[memory.WATCH_NEXT_MS]
        end = memory.WATCH_FIXED + whole[memory.WATCH_FOUND]
        if end > FIRST_LOOK:
            whole = listed_row(self.whole[:end])
        captured: list[int] = []
        changed: dict[int, list[int]] = {}
        at = memory.WATCH_FIXED
        while at < end:
            device, changes_at = whole[at + memory.FOUND_DEVICE], at + memory.FOUND_FIXED
            at = changes_at + whole[at + memory.FOUND_CHANGES]
            captured.append(device)
            changed[device] = whole[changes_at:at]
        self.captured = captured
        self._changed = changed
        if captured:
            self._seen = without_nan(self.numbers[self._shown])

    def changed(self, device: int) -> list[int]:
        """Which channels of a device that captured had changed enough for that, by number.

        They count as captured from then on; see `WatchedDevice.period_ms` for those that were due.
        """
        return self._changed.get(device, [])

    def values(self, device: int) -> list[float | None]:
        """What a device that captured showed; None for what is missing."""
        return self._seen[self._runs[device]]


def listed_row(row: MutableSequence[Number]) -> list[Number]:
    """A run of a row as a list of Python's own numbers."""
    listed: list[Number] = row.tolist() if hasattr(row, "tolist") else row[:]  # type: ignore[assignment]
    return listed


def without_nan(values: Numbers) -> list[float | None]:
    """A run of a row as a list, with None in place of NaN."""
    listed = listed_row(values)
    total = sum(listed)
    if total == total:  # noqa: PLR0124 - one NaN makes the sum NaN, so as a rule this one look is enough
        return listed  # type: ignore[return-value]  # a list that nobody else has
    return [None if value != value else value for value in listed]  # noqa: PLR0124
