"""What an Ear has heard, as one frozen value for whoever shows it."""

from gw_spaceheat.core.events import Event


class HouseCount(Event, frozen=True, tag=True):
    """How much was heard of one house.

    Attributes:
        house: Its alias.
        messages: Number of messages.
        by_type: Number by type name.
        last_arrived_ms: When the last one came, UTC [ms].
    """

    house: str
    messages: int
    by_type: dict[str, int]
    last_arrived_ms: int


class EarView(Event, frozen=True, tag=True):
    """What an Ear has heard since it started.

    Attributes:
        houses: A count per house, by alias.
        garbled: Messages that could not be read.
        refused: Messages whose sender is no alias, or one house too many.
        fetched: Messages that had been missed and came when they were asked for.
    """

    houses: tuple[HouseCount, ...]
    garbled: int
    refused: int
    fetched: int = 0
