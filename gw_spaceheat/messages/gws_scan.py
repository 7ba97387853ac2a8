"""Our own: what a device showed in one scan, for whoever looks at the house."""

from collections.abc import Sequence

from gw_spaceheat.messages.base import Malformed, Message
from gw_spaceheat.messages.formats import SpaceheatName, UnixMs, WireInteger, require_equal_lengths


class GwsScan(Message, frozen=True, kw_only=True, tag="gws.scan"):
    """Said on the house's own bus while somebody looks; it is no captured reading, and nobody reports or keeps it.

    Attributes:
        channel_name_list: Channels that had a believable value.
        value_list: One for each, on the wire's scale.
        missing_list: Channels that had none, or whose device did not answer.
        scada_read_time_unix_ms: When they were read, or when that failed, UTC [ms].
        due_unix_ms: When the next scan is to be told, UTC [ms]; a device that lets this pass by much hangs.
    """

    channel_name_list: Sequence[SpaceheatName]
    value_list: Sequence[WireInteger]
    missing_list: Sequence[SpaceheatName]
    scada_read_time_unix_ms: UnixMs
    due_unix_ms: UnixMs
    version: str = "000"

    def check(self) -> None:
        """Names and values must pair, and nothing both has a value and has none."""
        require_equal_lengths(ChannelNameList=self.channel_name_list, ValueList=self.value_list)
        both = set(self.channel_name_list) & set(self.missing_list)
        if both:
            raise Malformed(f"{', '.join(sorted(both))} cannot have a value and be missing")
