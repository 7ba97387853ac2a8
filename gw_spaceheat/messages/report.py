"""All that a house read and did in one slot."""

from collections.abc import Sequence

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.channel_readings import ChannelReadings
from gw_spaceheat.messages.formats import LeftRightDot, PositiveInteger, UnixMs, UnixS, Uuid4
from gw_spaceheat.messages.fsm_full_report import FsmFullReport
from gw_spaceheat.messages.machine_states import MachineStates


class Report(Message, frozen=True, kw_only=True, tag="report"):
    """Readings, states and commands of the slot that began at `slot_start_unix_s` and lasted `slot_duration_s` [s]."""

    from_g_node_alias: LeftRightDot
    from_g_node_instance_id: Uuid4
    about_g_node_alias: LeftRightDot
    slot_start_unix_s: UnixS
    slot_duration_s: PositiveInteger
    channel_reading_list: Sequence[ChannelReadings]
    state_list: Sequence[MachineStates]
    fsm_report_list: Sequence[FsmFullReport]
    message_created_ms: UnixMs
    id: Uuid4
    version: str = "002"

    def check(self) -> None:
        """Every part must be well formed."""
        for readings in self.channel_reading_list:
            readings.check()
        for states in self.state_list:
            states.check()
        for steps in self.fsm_report_list:
            steps.check()
