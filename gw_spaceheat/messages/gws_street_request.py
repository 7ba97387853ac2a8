"""Our own, in a street that shares its sun: a job that is handed in."""

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite

from gw_spaceheat.messages.base import Malformed, Message
from gw_spaceheat.messages.formats import UnixMs


class GwsStreetRequest(Message, frozen=True, kw_only=True, tag="gws.street.request"):
    """A resident hands in a job with the consumer of the house, and that with the manager.

    Attributes:
        job: The job; unique within the street.
        registered_ms: When it was handed in, UTC [ms].
        earliest_ms: Earliest start, UTC [ms].
        latest_ms: Latest start, UTC [ms].
        after_s: Times from its start on [s].
        wh: What it has taken until then [Wh].
    """

    job: str
    registered_ms: UnixMs
    earliest_ms: UnixMs
    latest_ms: UnixMs
    after_s: Sequence[float]
    wh: Sequence[float]
    version: str = "000"

    def check(self) -> None:
        """One amount for each time, times rising from the first on, at least two of them."""
        if len(self.after_s) != len(self.wh) or len(self.wh) < 2:
            raise Malformed(f"{len(self.after_s)} times and {len(self.wh)} amounts")
        if any(after <= before for before, after in pairwise(self.after_s)):
            raise Malformed("times must rise")
        if not all(isfinite(amount) for amount in self.wh):
            raise Malformed("an amount is no number")
        if self.latest_ms < self.earliest_ms:
            raise Malformed("it may start until before it may start from")
