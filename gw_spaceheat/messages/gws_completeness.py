"""Our own: what a house should have read in an hour, what it did read, and why the rest is missing."""

from collections.abc import Sequence

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import LeftRightDot, PositiveInteger, UnixMs, UnixS, Uuid4
from gw_spaceheat.messages.gws_channel_completeness import GwsChannelCompleteness
from gw_spaceheat.messages.gws_missing_span import GwsMissingSpan


class GwsCompleteness(Message, frozen=True, kw_only=True, tag="gws.completeness"):
    """Certificate of one hour of one house; one that comes later for the same hour takes its place.

    Attributes:
        message_id: Identifier under which it is acknowledged.
        src: Alias of the SCADA.
        time_created_ms: When it was made, UTC [ms].
        start_unix_s: Beginning of the hour [s].
        duration_s: Its length [s]: 3600, or less where the daemon began or ended within.
        channel_list: One for each channel that is captured.
        down_list: When the daemon itself did not run, since it ran before.
    """

    message_id: Uuid4
    src: LeftRightDot
    time_created_ms: UnixMs
    start_unix_s: UnixS
    duration_s: PositiveInteger
    channel_list: Sequence[GwsChannelCompleteness]
    down_list: Sequence[GwsMissingSpan]
    version: str = "000"

    def check(self) -> None:
        """Every part must be well formed."""
        for channel in self.channel_list:
            channel.check()
        for span in self.down_list:
            span.check()
