"""A link could not connect to its broker."""

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import UnixMs


class GridworksEventCommMqttConnectFailed(Message, frozen=True, kw_only=True, tag="gridworks.event.comm.mqtt.connect.failed"):
    """The link to `peer_name` could not connect to its broker."""

    message_id: str
    time_created_ms: UnixMs
    src: str = ""
    peer_name: str
    version: str = "001"
