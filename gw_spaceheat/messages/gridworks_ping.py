"""Are you there?"""

from gw_spaceheat.messages.base import Message


class GridworksPing(Message, frozen=True, kw_only=True, tag="gridworks.ping"):
    """Sent when nothing else was sent for a while; the peer acknowledges it."""

    message_id: str
