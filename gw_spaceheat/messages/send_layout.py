"""Ask for the layout."""

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import LeftRightDot, UnixMs


class SendLayout(Message, frozen=True, kw_only=True, tag="send.layout"):
    """The AtomicTNode wants to know which nodes and channels the house has."""

    from_g_node_alias: LeftRightDot
    message_created_ms: UnixMs
    version: str = "001"
