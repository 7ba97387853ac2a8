"""The daemon has started."""

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import UnixMs


class GridworksEventStartup(Message, frozen=True, kw_only=True, tag="gridworks.event.startup"):
    """The sender `src` began to run."""

    message_id: str
    time_created_ms: UnixMs
    src: str = ""
