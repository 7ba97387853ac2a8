"""What a house would buy at which price."""

from collections.abc import Sequence

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import LeftRightDot
from gw_spaceheat.messages.market import require_market_slot_name
from gw_spaceheat.messages.price_quantity_unitless import PriceQuantityUnitless


class Bid(Message, frozen=True, kw_only=True, tag="bid"):
    """A bid curve for one market slot; `price_unit` and `quantity_unit` are words of `messages/market.py`."""

    bidder_alias: LeftRightDot
    market_slot_name: str
    pq_pairs: Sequence[PriceQuantityUnitless]
    injection_is_positive: bool
    price_unit: str
    quantity_unit: str
    signed_market_fee_txn: str
    version: str = "000"

    def check(self) -> None:
        """The slot must be one of its market."""
        require_market_slot_name(self.market_slot_name)
