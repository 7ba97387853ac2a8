"""What one report slot holds until it is sent: readings, state changes and commands, each with its own time."""

from collections.abc import Mapping
from operator import attrgetter

from msgspec.structs import replace

from gw_spaceheat.core.events import Readings
from gw_spaceheat.house.model import Channel
from gw_spaceheat.messages.channel_readings import ChannelReadings
from gw_spaceheat.messages.fsm_full_report import FsmFullReport
from gw_spaceheat.messages.machine_states import MachineStates
from gw_spaceheat.vocabulary.slots import REPORT_SLOT_MS, slot_start

_TAKEN_MS = attrgetter("taken_ms")


def scales_of(channels: Mapping[str, Channel]) -> dict[str, tuple[float, float]]:
    """How each channel's wire integers are made, in the order of the channels' names.

    `floor(slope * value + offset)` is `TelemetryName.to_wire(value)`.
    """
    scales = {name: channels[name].telemetry.scale for name in sorted(channels)}
    return {name: (scale.slope, scale.offset + 0.5) for name, scale in scales.items()}


class SlotBuffer:
    """The open slot's contents.

    Scans are kept whole, as they came, and are taken apart by channel when the report is made.
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

    def corrected(self, from_ms: int, by_ms: int) -> "dict[int, SlotBuffer]":
        """The same with the right dates, by the slots into which it falls then.

        Args:
            from_ms: What is labelled from then on, UTC [ms], was labelled wrongly.
            by_ms: What must be added to those labels [ms].
        """
        slots: dict[int, SlotBuffer] = {}

        def right(label_ms: int) -> int:
            return label_ms + by_ms if label_ms >= from_ms else label_ms

        def at(label_ms: int) -> SlotBuffer:
            return slots.setdefault(slot_start(label_ms, REPORT_SLOT_MS), SlotBuffer(self._scales))

        for scan in self._scans:
            taken_ms = right(scan.taken_ms)
            at(taken_ms).add_scan(Readings(scan.source, taken_ms, scan.channels, scan.values))
        for (handle, state_enum), (states, times_ms) in self._states.items():
            for state, entered_ms in zip(states, map(right, times_ms), strict=True):
                at(entered_ms).add_state(handle, state_enum, state, entered_ms)
        for command in self._commands:
            steps = [replace(step, unix_time_ms=right(step.unix_time_ms)) for step in command.atomic_list]
            at(steps[0].unix_time_ms).add_command(replace(command, atomic_list=steps))
        return slots

    def add(self, other: "SlotBuffer") -> None:
        """Keep what another one of the same slot holds."""
        self._scans += other._scans
        for (handle, state_enum), (states, times_ms) in other._states.items():
            for state, entered_ms in zip(states, times_ms, strict=True):
                self.add_state(handle, state_enum, state, entered_ms)
        self._commands += other._commands

    def channel_readings(self) -> list[ChannelReadings]:
        """The readings as the wire has them, by channel name and in order of time; what was missing is left out."""
        scales = self._scales
        series: dict[str, tuple[list[int], list[int]]] = {}
        for scan in sorted(self._scans, key=_TAKEN_MS):
            taken_ms = scan.taken_ms
            for name, value in zip(scan.channels, scan.values):  # noqa: B905 - made in pairs
                if value is None:
                    continue
                slope, offset = scales[name]
                scaled = slope * value + offset
                number = int(scaled)
                if scaled < number:  # floor(scaled), for half the price once this is compiled
                    number -= 1
                known = series.get(name)
                if known is None:
                    series[name] = ([number], [taken_ms])
                else:
                    known[0].append(number)
                    known[1].append(taken_ms)
        return [
            ChannelReadings(channel_name=name, value_list=known[0], scada_read_time_unix_ms_list=known[1])
            for name in scales
            if (known := series.get(name)) is not None
        ]

    def states(self) -> list[MachineStates]:
        """The state changes as the wire has them."""
        return [
            MachineStates(machine_handle=handle, state_enum=state_enum, state_list=states, unix_ms_list=times_ms)
            for (handle, state_enum), (states, times_ms) in self._states.items()
        ]

    def commands(self) -> list[FsmFullReport]:
        """The commands that were given."""
        return self._commands
