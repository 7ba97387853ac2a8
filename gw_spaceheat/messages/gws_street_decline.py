"""Our own, in a street that shares its sun: what was offered or booked does not hold."""

from msgspec import UNSET

from gw_spaceheat.messages.base import Maybe, Message
from gw_spaceheat.messages.formats import PositiveInteger, UnixMs


class GwsStreetDecline(Message, frozen=True, kw_only=True, tag="gws.street.decline"):
    """A consumer cannot start then, or a producer cannot give so much.

    Attributes:
        subject: The job; empty for a booking.
        number: Number of the offer or booking.
        reason: Why, for a person.
        started_ms: When the job started, where that is why, UTC [ms].
    """

    subject: str
    number: PositiveInteger
    reason: str
    started_ms: Maybe[UnixMs] = UNSET
    version: str = "000"
