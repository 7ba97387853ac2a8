"""The peer is there."""

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import UnixMs


class GridworksEventCommPeerActive(Message, frozen=True, kw_only=True, tag="gridworks.event.comm.peer.active"):
    """The first message of `peer_name` has come since the link was set up."""

    message_id: str
    time_created_ms: UnixMs
    src: str = ""
    peer_name: str
    version: str = "001"
