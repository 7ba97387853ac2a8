"""Our own, in a street that shares its sun: a job runs."""

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import UnixMs


class GwsStreetStarted(Message, frozen=True, kw_only=True, tag="gws.street.started"):
    """A consumer has started a job, which is not moved any more.

    Attributes:
        job: The job; unique within the street.
        start_ms: When, UTC [ms].
    """

    job: str
    start_ms: UnixMs
    version: str = "000"
