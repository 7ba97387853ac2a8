"""Power of the house at its meter, sent at once when it changes."""

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import WireInteger


class PowerWatts(Message, frozen=True, kw_only=True, tag="power.watts"):
    """Electrical power of the house [W], import positive. It has no time and no acknowledgement: only the newest counts."""

    watts: WireInteger
    version: str = "000"
