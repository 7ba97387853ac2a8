"""The answer to a message whose sender wants to know that it arrived."""

from gw_spaceheat.core.events import Received, Send, Urgency
from gw_spaceheat.messages.gridworks_ack import GridworksAck


def acknowledgement(received: Received, dst: str) -> Send:
    """What a node sends once it has safely taken a message over; until then the sender keeps it and sends it again.

    Args:
        received: The message; its `ack_required` is true and its `message_id` not empty.
        dst: Short name of the sender, as it stands in the topic.
    """
    return Send(received.link, dst, GridworksAck(ack_message_id=received.message_id), Urgency.PLAIN, message_id="")
