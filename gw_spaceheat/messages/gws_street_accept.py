"""Our own, in a street that shares its sun: what was offered or booked holds."""

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import PositiveInteger


class GwsStreetAccept(Message, frozen=True, kw_only=True, tag="gws.street.accept"):
    """A consumer takes an offer, or a producer a booking.

    Attributes:
        subject: The job; empty for a booking.
        number: Number of the offer or booking.
    """

    subject: str
    number: PositiveInteger
    version: str = "000"
