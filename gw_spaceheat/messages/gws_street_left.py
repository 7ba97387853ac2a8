"""Our own, in a street that shares its sun: what is left of it for a house that is heated when that suits the street."""

from collections.abc import Sequence

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import UnixMs, require_equal_lengths


class GwsStreetLeft(Message, frozen=True, kw_only=True, tag="gws.street.left"):
    """The manager asks a house at a full hour what it wants to take; the answer is `gws.street.heating`.

    Attributes:
        house: The house.
        start_ms: The full hour, UTC [ms].
        own_wh: What is left of its own roofs' sun in each five minutes from then on [Wh].
        all_wh: What is left of all roofs' [Wh].
        import_wh: What the street takes from the grid without its heat [Wh].
    """

    house: str
    start_ms: UnixMs
    own_wh: Sequence[float]
    all_wh: Sequence[float]
    import_wh: Sequence[float]
    version: str = "000"

    def check(self) -> None:
        """One amount of each kind for each stretch of time."""
        require_equal_lengths(OwnWh=self.own_wh, AllWh=self.all_wh, ImportWh=self.import_wh)
