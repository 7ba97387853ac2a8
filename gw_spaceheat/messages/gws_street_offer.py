"""Our own, in a street that shares its sun: when a job is to start."""

from collections.abc import Sequence

from msgspec import UNSET

from gw_spaceheat.messages.base import Malformed, Maybe, Message
from gw_spaceheat.messages.formats import NonNegativeFloat, PositiveInteger, UnixMs


class GwsStreetOffer(Message, frozen=True, kw_only=True, tag="gws.street.offer"):
    """The manager assigns a start to a job, or another one than before, or takes it back.

    The highest number holds. Without a start it is a cancellation: the job runs when its house wants, from whatever is there.

    Attributes:
        job: The job; unique within the street.
        number: Rises with every offer for this job.
        start_ms: When it is to start, UTC [ms]; left out where no start is assigned any more.
        own_wh: What its own house's roofs are forecast to give it [Wh].
        neighbours_wh: What others' roofs are [Wh].
        grid_wh: What the grid would give [Wh].
        producers: Roofs that give at least a hundredth of it.
        producer_wh: What each of them gives [Wh].
    """

    job: str
    number: PositiveInteger
    start_ms: Maybe[UnixMs] = UNSET
    own_wh: NonNegativeFloat = 0.0
    neighbours_wh: NonNegativeFloat = 0.0
    grid_wh: NonNegativeFloat = 0.0
    producers: Sequence[str] = ()
    producer_wh: Sequence[float] = ()
    version: str = "000"

    def check(self) -> None:
        """One amount for each producer."""
        if len(self.producers) != len(self.producer_wh):
            raise Malformed(f"{len(self.producers)} producers and {len(self.producer_wh)} amounts")
