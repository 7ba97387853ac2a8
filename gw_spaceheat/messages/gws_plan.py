"""Our own: when a house's planner would make heat, for whoever keeps or shows it; nothing is commanded by it."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from gw_spaceheat.messages.base import Malformed, Message
from gw_spaceheat.messages.formats import LeftRightDot, NonNegativeInteger, UnixMs, UnixS, Uuid4, WireInteger

MOST_STEPS = 1_000


class GwsPlan(Message, frozen=True, kw_only=True, tag="gws.plan"):
    """The plan that holds from now on, step by step, until there is another one.

    Attributes:
        message_id: Its own identifier.
        src: Alias of who has made it: the AtomicTNode, or the SCADA of a house that plans for itself.
        made_ms: For when it was made, UTC [ms].
        edges_s: Where each step begins, and, last, where the last one ends, UTC [s]; rising.
        power_w_list: Mean electrical power of each step, boost included [W].
        stored_wh_list: Heat in the stores at each of the edges [Wh].
        price_x1000_list: Price of electricity with delivery that was planned with, of each step [USD/MWh, times 1000].
    """

    message_id: Uuid4
    src: LeftRightDot
    made_ms: UnixMs
    edges_s: Annotated[Sequence[UnixS], Meta(min_length=2, max_length=MOST_STEPS + 1)]
    power_w_list: Sequence[NonNegativeInteger]
    stored_wh_list: Sequence[WireInteger]
    price_x1000_list: Sequence[WireInteger]
    version: str = "000"

    def check(self) -> None:
        """The edges must rise, and each step have its numbers."""
        if any(later <= earlier for earlier, later in zip(self.edges_s, self.edges_s[1:], strict=False)):
            raise Malformed("EdgesS must rise")
        steps = len(self.edges_s) - 1
        lengths = {"PowerWList": self.power_w_list, "PriceX1000List": self.price_x1000_list}
        for name, values in lengths.items():
            if len(values) != steps:
                raise Malformed(f"{name} must have {steps} values, one for each step, not {len(values)}")
        if len(self.stored_wh_list) != steps + 1:
            raise Malformed(f"StoredWhList must have {steps + 1} values, one for each edge, not {len(self.stored_wh_list)}")
