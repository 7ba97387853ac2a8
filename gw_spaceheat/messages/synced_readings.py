"""Readings of several channels taken in one scan."""

from collections.abc import Sequence

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import SpaceheatName, UnixMs, WireInteger, require_equal_lengths


class SyncedReadings(Message, frozen=True, kw_only=True, tag="synced.readings"):
    """One value per channel, all read at the same time [ms]."""

    channel_name_list: Sequence[SpaceheatName]
    value_list: Sequence[WireInteger]
    scada_read_time_unix_ms: UnixMs
    version: str = "000"

    def check(self) -> None:
        """Names and values must pair."""
        require_equal_lengths(ChannelNameList=self.channel_name_list, ValueList=self.value_list)
