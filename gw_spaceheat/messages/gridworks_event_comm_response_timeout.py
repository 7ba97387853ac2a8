"""The peer did not acknowledge in time."""

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import UnixMs


class GridworksEventCommResponseTimeout(Message, frozen=True, kw_only=True, tag="gridworks.event.comm.response.timeout"):
    """No acknowledgement came from `peer_name` in time; it counts as away."""

    message_id: str
    time_created_ms: UnixMs
    src: str = ""
    peer_name: str
    version: str = "001"
