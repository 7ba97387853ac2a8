"""Reading the wire of today and that of 2022 over one connection.

`decode_any` is a `decoder` for `Mqtt`, for brokers that houses of both kinds share.
"""

from gw_spaceheat.messages import legacy
from gw_spaceheat.messages.codec import Envelope, decode

_LEVELS_TODAY = 5


def decode_any(topic: str, payload: bytes) -> Envelope:
    """A message of today, or of 2022 as far as those had a sender.

    Messages of 2022 name no receiver and ask for no acknowledgement here. Their sender is taken from the topic: the alias where
    the topic has it (`a.s/gt.sh.status.110`), else the alias with dashes (`gw/hw1-isone-me/gridworks-ping`).

    Raises:
        Refusal: It cannot be accepted; says the kind, what and where.
    """
    levels = topic.split("/")
    if len(levels) == _LEVELS_TODAY:
        return decode(topic, payload)
    message = legacy.decode(topic, payload)
    src = levels[1] if levels[0] == "gw" else levels[0]
    return Envelope(src, "", "", ack_required=False, message=message)
