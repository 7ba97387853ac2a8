"""Our own, in a street that shares its sun: what a house takes to be heated."""

from collections.abc import Sequence

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import UnixMs


class GwsStreetHeating(Message, frozen=True, kw_only=True, tag="gws.street.heating"):
    """A house tells the manager what it does in the hour that has begun, and plans for the time after that.

    Attributes:
        house: The house.
        start_ms: The full hour, UTC [ms]; what is told of a later one takes the place of this.
        wh: What its source and boost take in each five minutes from then on [Wh]; nothing after the last.
    """

    house: str
    start_ms: UnixMs
    wh: Sequence[float]
    version: str = "000"
