"""A link has all its subscriptions."""

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import UnixMs


class GridworksEventCommMqttFullySubscribed(
    Message, frozen=True, kw_only=True, tag="gridworks.event.comm.mqtt.fully.subscribed"
):
    """The broker has confirmed every subscription of the link to `peer_name`."""

    message_id: str
    time_created_ms: UnixMs
    src: str = ""
    peer_name: str
    version: str = "001"
