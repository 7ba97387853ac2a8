"""A link has connected to its broker."""

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import UnixMs


class GridworksEventCommMqttConnect(Message, frozen=True, kw_only=True, tag="gridworks.event.comm.mqtt.connect"):
    """The link to `peer_name` has connected to its broker."""

    message_id: str
    time_created_ms: UnixMs
    src: str = ""
    peer_name: str
    version: str = "001"
