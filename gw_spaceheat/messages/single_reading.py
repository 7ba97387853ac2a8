"""One reading of one channel."""

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import SpaceheatName, UnixMs, WireInteger


class SingleReading(Message, frozen=True, kw_only=True, tag="single.reading"):
    """What a channel read, in the wire's scale for its telemetry name, and when [ms]."""

    channel_name: SpaceheatName
    value: WireInteger
    scada_read_time_unix_ms: UnixMs
    version: str = "000"
