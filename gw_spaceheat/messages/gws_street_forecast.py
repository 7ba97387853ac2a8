"""Our own, in a street that shares its sun: what a roof is said to give."""

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite

from gw_spaceheat.messages.base import Malformed, Message
from gw_spaceheat.messages.formats import PositiveInteger, UnixMs


class GwsStreetForecast(Message, frozen=True, kw_only=True, tag="gws.street.forecast"):
    """A producer hears it and tells the manager; a newer forecast takes the place of an older for its times.

    Attributes:
        producer: The roof.
        number: Rises with every forecast of this roof.
        issued_ms: When it was made, UTC [ms].
        times_ms: Times, UTC [ms].
        wh: Cumulative amounts; the first is that of the hour before the first time [Wh].
    """

    producer: str
    number: PositiveInteger
    issued_ms: UnixMs
    times_ms: Sequence[UnixMs]
    wh: Sequence[float]
    version: str = "000"

    def check(self) -> None:
        """One amount for each time, times rising from the first on, at least two of them."""
        if len(self.times_ms) != len(self.wh) or len(self.wh) < 2:
            raise Malformed(f"{len(self.times_ms)} times and {len(self.wh)} amounts")
        if any(after <= before for before, after in pairwise(self.times_ms)):
            raise Malformed("times must rise")
        if not all(isfinite(amount) for amount in self.wh):
            raise Malformed("an amount is no number")
