"""The readings of one channel within a report."""

from collections.abc import Sequence

from gw_spaceheat.messages.base import Malformed, Message
from gw_spaceheat.messages.formats import UnixMs, WireInteger, require_channel_name


class ChannelReadings(Message, frozen=True, kw_only=True, tag="channel.readings"):
    """Values in the wire's scale, each with the time it was read [ms]."""

    channel_name: str
    value_list: Sequence[WireInteger]
    scada_read_time_unix_ms_list: Sequence[UnixMs]
    version: str = "002"

    def check(self) -> None:
        """The name must have its form, and values and times must pair."""
        require_channel_name(self.channel_name)
        if len(self.value_list) != len(self.scada_read_time_unix_ms_list):
            raise Malformed(
                f"{self.channel_name}: lists must be equally long, but ValueList has {len(self.value_list)},"
                f" ScadaReadTimeUnixMsList has {len(self.scada_read_time_unix_ms_list)}"
            )
