"""One channel within a certificate of completeness."""

from collections.abc import Sequence

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import NonNegativeInteger, require_channel_name
from gw_spaceheat.messages.gws_missing_span import GwsMissingSpan


class GwsChannelCompleteness(Message, frozen=True, kw_only=True, tag="gws.channel.completeness"):
    """One channel in one hour.

    Attributes:
        channel_name: The channel.
        expected: How many readings its capture period alone calls for; changes add to them.
        captured: How many were captured and went into reports.
        missing_list: When it gave nothing, and why.
    """

    channel_name: str
    expected: NonNegativeInteger
    captured: NonNegativeInteger
    missing_list: Sequence[GwsMissingSpan]
    version: str = "000"

    def check(self) -> None:
        """The name must have its form; spans must go forward."""
        require_channel_name(self.channel_name)
        for span in self.missing_list:
            span.check()
