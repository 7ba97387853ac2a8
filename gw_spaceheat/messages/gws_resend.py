"""Our own: a listener asks the AtomicTNode for messages of its house that he has missed."""

from collections.abc import Sequence

from gw_spaceheat.messages.base import Malformed, Message
from gw_spaceheat.messages.formats import LeftRightDot
from gw_spaceheat.messages.gws_sequence_range import GwsSequenceRange

MOST_RANGES = 100


class GwsResend(Message, frozen=True, kw_only=True, tag="gws.resend"):
    """Asks for messages by stream and number.

    Attributes:
        house: Alias of the house, its AtomicTNode's.
        stream: Name of the stream of the house's SCADA.
        range_list: Which numbers, at most 100 ranges.
    """

    house: LeftRightDot
    stream: str
    range_list: Sequence[GwsSequenceRange]
    version: str = "000"

    def check(self) -> None:
        """Not too many ranges, and each must go forward."""
        if len(self.range_list) > MOST_RANGES:
            raise Malformed(f"{len(self.range_list)} ranges in one request; {MOST_RANGES} are allowed")
        for wanted in self.range_list:
            wanted.check()
