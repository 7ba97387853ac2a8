"""Our own, in a street that shares its sun: a job is done."""

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import NonNegativeFloat, UnixMs


class GwsStreetEnded(Message, frozen=True, kw_only=True, tag="gws.street.ended"):
    """A job has taken its last energy.

    Attributes:
        job: The job; unique within the street.
        start_ms: When it had started, UTC [ms].
        end_ms: When it ended, UTC [ms].
        wh: What it took [Wh].
    """

    job: str
    start_ms: UnixMs
    end_ms: UnixMs
    wh: NonNegativeFloat
    version: str = "000"
