"""The price that a market has made."""

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import LeftRightDot, Uuid4, WireInteger
from gw_spaceheat.messages.market import require_market_slot_name


class LatestPrice(Message, frozen=True, kw_only=True, tag="latest.price"):
    """Price times 1000 of one market slot, in `price_unit`."""

    from_g_node_alias: LeftRightDot
    price_times1000: WireInteger
    price_unit: str
    market_slot_name: str
    message_id: Uuid4
    version: str = "000"

    def check(self) -> None:
        """The slot must be one of its market."""
        require_market_slot_name(self.market_slot_name)
