"""The daemon stops."""

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import UnixMs


class GridworksEventShutdown(Message, frozen=True, kw_only=True, tag="gridworks.event.shutdown"):
    """The sender `src` stops in order, and why."""

    message_id: str
    time_created_ms: UnixMs
    src: str = ""
    reason: str
    version: str = "001"
