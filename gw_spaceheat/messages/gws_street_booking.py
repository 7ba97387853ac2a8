"""Our own, in a street that shares its sun: what jobs are to take from a roof."""

from collections.abc import Sequence

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import NonNegativeInteger, PositiveInteger, UnixMs


class GwsStreetBooking(Message, frozen=True, kw_only=True, tag="gws.street.booking"):
    """The manager tells a producer what of its sun is promised; the highest number holds.

    Attributes:
        producer: The roof.
        number: Rises with every booking of this roof.
        forecast: Number of the newest forecast that it is made from; 0 for none.
        start_ms: When the first hour begins, UTC [ms].
        hourly_wh: What is promised in each hour [Wh].
    """

    producer: str
    number: PositiveInteger
    forecast: NonNegativeInteger
    start_ms: UnixMs
    hourly_wh: Sequence[float]
    version: str = "000"
