"""Our own: what is left of one or more reports that had to wait: means, extremes and counts in place of the readings."""

from collections.abc import Sequence

from gw_spaceheat.messages.base import Malformed, Message
from gw_spaceheat.messages.channel_readings import ChannelReadings
from gw_spaceheat.messages.formats import LeftRightDot, PositiveInteger, UnixMs, UnixS, Uuid4
from gw_spaceheat.messages.fsm_full_report import FsmFullReport
from gw_spaceheat.messages.gws_thinned_readings import GwsThinnedReadings
from gw_spaceheat.messages.machine_states import MachineStates


class GwsThinnedReport(Message, frozen=True, kw_only=True, tag="gws.thinned.report"):
    """Takes the place of reports that were not sent in time.

    Attributes:
        message_id: Identifier under which it is acknowledged.
        src: Alias of the SCADA.
        about_g_node_alias: Alias of the terminal asset, as in the reports.
        slot_start_unix_s: When it begins [s]; aligned to its duration.
        slot_duration_s: How long it is [s].
        bin_s: Length of a bin [s]; the duration is a multiple of it.
        channel_list: What is left of the readings that were thinned.
        reading_list: Readings that were not thinned, each with the time at which it was read: those of states, which change
            at a moment and have no mean; those of which no two lie in one bin; and those from outside of the slot.
        state_list: Every change of state that the reports had.
        fsm_report_list: Every command that the reports had.
        replaces: Numbers, in the stream of its sender, of the messages in whose place it stands.
        message_created_ms: When it was made, UTC [ms].
    """

    message_id: Uuid4
    src: LeftRightDot
    about_g_node_alias: LeftRightDot
    slot_start_unix_s: UnixS
    slot_duration_s: PositiveInteger
    bin_s: PositiveInteger
    channel_list: Sequence[GwsThinnedReadings]
    reading_list: Sequence[ChannelReadings] = ()
    state_list: Sequence[MachineStates]
    fsm_report_list: Sequence[FsmFullReport]
    replaces: Sequence[PositiveInteger]
    message_created_ms: UnixMs
    version: str = "000"

    def check(self) -> None:
        """Bins must divide the duration and lie within it; every part must be well formed."""
        bins, rest = divmod(self.slot_duration_s, self.bin_s)
        if rest:
            raise Malformed(f"bins of {self.bin_s} s do not divide {self.slot_duration_s} s")
        for channel in self.channel_list:
            channel.check()
            if channel.bin_list and not 0 <= channel.bin_list[0] <= channel.bin_list[-1] < bins:
                raise Malformed(f"{channel.channel_name}: a bin lies outside of the report, which has {bins}")
        for readings in self.reading_list:
            readings.check()
        for states in self.state_list:
            states.check()
        for steps in self.fsm_report_list:
            steps.check()
