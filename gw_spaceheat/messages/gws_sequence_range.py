"""A range of numbers of a stream."""

from gw_spaceheat.messages.base import Malformed, Message
from gw_spaceheat.messages.formats import PositiveInteger


class GwsSequenceRange(Message, frozen=True, kw_only=True, tag="gws.sequence.range"):
    """Numbers from the first to the last, both included."""

    first: PositiveInteger
    last: PositiveInteger
    version: str = "000"

    def check(self) -> None:
        """It must go forward."""
        if self.last < self.first:
            raise Malformed(f"numbers from {self.first} to {self.last} go backward")
