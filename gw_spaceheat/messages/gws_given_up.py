"""Our own: messages that will never come, so that the receiver need not wait for them."""

from gw_spaceheat.messages.base import Malformed, Message
from gw_spaceheat.messages.formats import LeftRightDot, PositiveInteger, UnixMs, Uuid4


class GwsGivenUp(Message, frozen=True, kw_only=True, tag="gws.given.up"):
    """What the sender had kept for its peer and has given up.

    Attributes:
        message_id: Identifier under which it is acknowledged.
        src: Alias of the sender.
        time_created_ms: When it was given up, UTC [ms].
        first_sequence: The first number, in the stream of the message itself, that will not come.
        last_sequence: The last. Numbers between them that have come, or are named by a thinned report, stay as they are.
        from_unix_ms: Beginning of the time that it was about, UTC [ms].
        to_unix_ms: End of that time, UTC [ms].
        because: Why, for a person: "older than 28 days", "more than 64 MB".
    """

    message_id: Uuid4
    src: LeftRightDot
    time_created_ms: UnixMs
    first_sequence: PositiveInteger
    last_sequence: PositiveInteger
    from_unix_ms: UnixMs
    to_unix_ms: UnixMs
    because: str
    version: str = "000"

    def check(self) -> None:
        """Both ranges must go forward."""
        if self.last_sequence < self.first_sequence or self.to_unix_ms < self.from_unix_ms:
            raise Malformed("a range ends before it begins")
