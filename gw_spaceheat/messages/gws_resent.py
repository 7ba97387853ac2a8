"""Our own: a message of a house that the AtomicTNode gives from its archive."""

import msgspec

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import LeftRightDot, PositiveInteger, UnixMs


class GwsResent(Message, frozen=True, kw_only=True, tag="gws.resent"):
    """The message as it came, within: decode `content` as a bare message of type `content_type`.

    Attributes:
        src: Alias of its sender, the SCADA.
        stream: Name of the stream.
        sequence: Its number.
        message_id: Its identifier.
        arrived_unix_ms: When it came to the AtomicTNode, UTC [ms].
        content_type: Its type.
        content: The message, byte for byte.
    """

    src: LeftRightDot
    stream: str
    sequence: PositiveInteger
    message_id: str
    arrived_unix_ms: UnixMs
    content_type: str
    content: msgspec.Raw
    version: str = "000"
