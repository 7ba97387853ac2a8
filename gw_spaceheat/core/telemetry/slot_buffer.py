"""What one report slot holds until it is sent: readings, state changes and commands, each with its own time."""

from collections.abc import Mapping, Sequence
from operator import itemgetter, le
from typing import cast

from gw_spaceheat.core.events import Readings
from gw_spaceheat.house.model import Channel
from gw_spaceheat.messages.channel_readings import ChannelReadings
from gw_spaceheat.messages.fsm_full_report import FsmFullReport
from gw_spaceheat.messages.machine_states import MachineStates

Values = Sequence[float | None]


def scales_of(channels: Mapping[str, Channel]) -> dict[str, tuple[float, float]]:
    """Slope and offset of each channel's wire integers."""
    return {name: channel.telemetry.scale[1:3] for name, channel in channels.items()}


def in_order(values: Values, times_ms: list[int]) -> tuple[Sequence[float], list[int]]:
    """The readings in order of time, without those that are missing."""
    if None not in values and all(map(le, times_ms, times_ms[1:])):
        return cast(Sequence[float], values), times_ms
    present = [(taken_ms, value) for taken_ms, value in zip(times_ms, values, strict=True) if value is not None]
    present.sort(key=itemgetter(0))
    return [value for _, value in present], [taken_ms for taken_ms, _ in present]


class SlotBuffer:
    """The open slot's contents.

    Scans are kept whole, as they came, and are taken apart by channel when the report is made: a house has many channels and
    few devices, so that most of a slot is a handful of equal scans.
    """

    def __init__(self, scales: Mapping[str, tuple[float, float]]) -> None:
        """An empty slot for channels with these scales (see `scales_of`)."""
        self._scales = scales
        self._scans: list[Readings] = []
        self._states: dict[tuple[str, str], tuple[list[str], list[int]]] = {}
        self._commands: list[FsmFullReport] = []

    def add_scan(self, scan: Readings) -> None:
        """Keep what one device captured in one scan."""
        self._scans.append(scan)

    def add_state(self, handle: str, state_enum: str, state: str, unix_ms: int) -> None:
        """Keep one change of a state machine."""
        states, times = self._states.setdefault((handle, state_enum), ([], []))
        states.append(state)
        times.append(unix_ms)

    def add_command(self, report: FsmFullReport) -> None:
        """Keep that a command was given."""
        self._commands.append(report)

    def channel_readings(self) -> list[ChannelReadings]:
        """The readings as the wire has them, by channel name and in order of time; what was missing is left out."""
        by_names: dict[tuple[str, ...], list[Readings]] = {}
        for scan in self._scans:
            scans = by_names.get(scan.channels)
            if scans is None:
                by_names[scan.channels] = [scan]
            else:
                scans.append(scan)
        series: dict[str, tuple[Values, list[int]]] = {}
        for names, scans in by_names.items():
            times_ms = [scan.taken_ms for scan in scans]
            for name, values in zip(names, zip(*[scan.values for scan in scans], strict=True), strict=True):
                before = series.get(name)
                series[name] = (values, times_ms) if before is None else ((*before[0], *values), before[1] + times_ms)
        scales = self._scales
        told = []
        for name in sorted(series):
            present, times_ms = in_order(*series[name])
            if present:
                slope, offset = scales[name]
                wire = [round(slope * value + offset) for value in present]
                told.append(ChannelReadings(channel_name=name, value_list=wire, scada_read_time_unix_ms_list=times_ms))
        return told

    def states(self) -> list[MachineStates]:
        """The state changes as the wire has them."""
        return [
            MachineStates(machine_handle=handle, state_enum=state_enum, state_list=states, unix_ms_list=times_ms)
            for (handle, state_enum), (states, times_ms) in self._states.items()
        ]

    def commands(self) -> list[FsmFullReport]:
        """The commands that were given."""
        return self._commands
