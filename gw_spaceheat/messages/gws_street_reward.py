"""Our own, in a street that shares its sun: what a job has got from whom, and what for."""

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import NonNegativeFloat


class GwsStreetReward(Message, frozen=True, kw_only=True, tag="gws.street.reward"):
    """The manager has settled a job that ended; it is the answer to that.

    Attributes:
        job: The job; unique within the street.
        own_wh: What its own house's roofs gave [Wh].
        neighbours_wh: What others' roofs gave [Wh].
        grid_wh: What the grid gave [Wh].
        cost_usd: What it costs its house: neighbours and grid [USD].
    """

    job: str
    own_wh: NonNegativeFloat
    neighbours_wh: NonNegativeFloat
    grid_wh: NonNegativeFloat
    cost_usd: float
    version: str = "000"
