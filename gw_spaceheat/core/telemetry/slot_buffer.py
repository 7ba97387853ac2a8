"""What one report slot holds until it is sent: readings, state changes and commands, each with its own time."""

from collections.abc import Mapping

from gw_spaceheat.house.model import Channel
from gw_spaceheat.messages.channel_readings import ChannelReadings
from gw_spaceheat.messages.fsm_full_report import FsmFullReport
from gw_spaceheat.messages.machine_states import MachineStates


class SlotBuffer:
    """The open slot's contents. Values are kept in SI as they came and become wire integers when the report is made."""

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        """An empty slot for these channels."""
        self._scales = {name: channel.telemetry.scale for name, channel in channels.items()}
        self._values: dict[str, list[float]] = {}
        self._times_ms: dict[str, list[int]] = {}
        self._states: dict[tuple[str, str], tuple[list[str], list[int]]] = {}
        self._commands: list[FsmFullReport] = []

    def add_reading(self, channel: str, value: float, taken_ms: int) -> None:
        """Keep one reading [SI]."""
        values = self._values.get(channel)
        if values is None:
            self._values[channel] = [value]
            self._times_ms[channel] = [taken_ms]
        else:
            values.append(value)
            self._times_ms[channel].append(taken_ms)

    def add_state(self, handle: str, state_enum: str, state: str, unix_ms: int) -> None:
        """Keep one change of a state machine."""
        states, times = self._states.setdefault((handle, state_enum), ([], []))
        states.append(state)
        times.append(unix_ms)

    def add_command(self, report: FsmFullReport) -> None:
        """Keep one command with its outcome."""
        self._commands.append(report)

    def take_channel_readings(self) -> list[ChannelReadings]:
        """The readings as the wire has them, by channel name and in order of time; the buffer is empty of them afterwards."""
        taken = []
        for name in sorted(self._values):
            values, times_ms = self._values[name], self._times_ms[name]
            if any(later < earlier for earlier, later in zip(times_ms, times_ms[1:], strict=False)):
                order = sorted(range(len(times_ms)), key=times_ms.__getitem__)
                values, times_ms = [values[i] for i in order], [times_ms[i] for i in order]
            slope, offset = self._scales[name].slope, self._scales[name].offset
            taken.append(
                ChannelReadings(
                    channel_name=name,
                    value_list=[round(slope * value + offset) for value in values],
                    scada_read_time_unix_ms_list=times_ms,
                )
            )
        self._values, self._times_ms = {}, {}
        return taken

    def take_states(self) -> list[MachineStates]:
        """The state changes as the wire has them; the buffer is empty of them afterwards."""
        taken = [
            MachineStates(machine_handle=handle, state_enum=state_enum, state_list=states, unix_ms_list=times_ms)
            for (handle, state_enum), (states, times_ms) in self._states.items()
        ]
        self._states = {}
        return taken

    def take_commands(self) -> list[FsmFullReport]:
        """The commands with their outcomes; the buffer is empty of them afterwards."""
        taken, self._commands = self._commands, []
        return taken
