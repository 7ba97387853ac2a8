"""One corner of a bid curve."""

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import WireInteger


class PriceQuantityUnitless(Message, frozen=True, kw_only=True, tag="price.quantity.unitless"):
    """Price and quantity, both times 1000, in the units that the bid names."""

    price_x1000: WireInteger
    quantity_x1000: WireInteger
    version: str = "001"
