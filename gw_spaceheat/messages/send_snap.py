"""Ask for a snapshot."""

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import LeftRightDot


class SendSnap(Message, frozen=True, kw_only=True, tag="send.snap"):
    """The AtomicTNode wants a snapshot now."""

    from_g_node_alias: LeftRightDot
    version: str = "000"
