"""Our own, in a street that shares its sun: something that was told has come."""

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import NonNegativeInteger


class GwsStreetNoted(Message, frozen=True, kw_only=True, tag="gws.street.noted"):
    """The manager has a forecast, or knows that a job has started; it need not be told again.

    Attributes:
        subject: The producer or the job.
        number: Number of the forecast; 0 for a job.
    """

    subject: str
    number: NonNegativeInteger
    version: str = "000"
