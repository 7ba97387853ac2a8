"""I have it, and have committed it."""

from msgspec import field

from gw_spaceheat.messages.base import Message


class GridworksAck(Message, frozen=True, kw_only=True, tag="gridworks.ack"):
    """Acknowledges the message that came under this identifier."""

    ack_message_id: str = field(name="AckMessageID")
