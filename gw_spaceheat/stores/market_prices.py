"""What electricity cost a house in the market in which it bids, by what the Ear heard of both."""

from pathlib import Path
from typing import NamedTuple

from gw_spaceheat.core.planner.forecast_messages import prices_from_message, slot_of
from gw_spaceheat.messages.bid import Bid
from gw_spaceheat.messages.latest_price import LatestPrice
from gw_spaceheat.stores.query import said
from gw_spaceheat.vocabulary.moment import DAY_MS


class SlotPrice(NamedTuple):
    """The price of a market slot.

    Attributes:
        start_ms: Its beginning, UTC [ms].
        length_ms: Its length [ms].
        usd_per_kwh: What energy costs in it, without delivery.
    """

    start_ms: int
    length_ms: int
    usd_per_kwh: float


def market_prices(folder: Path, house: str, from_ms: int, to_ms: int) -> list[SlotPrice]:
    """The prices of the slots that touch a stretch of time, by their beginnings; empty for a house that bids in no market.

    Args:
        folder: The Ear's folder.
        house: Alias of the house.
        from_ms: From here on, UTC [ms].
        to_ms: Before this, UTC [ms].

    Raises:
        StoreError: The folder cannot be read.
    """
    span = (from_ms - DAY_MS, to_ms + DAY_MS)  # a price is told shortly before its slot
    markets = {bid.market_slot_name.split(".", 2)[2].rpartition(".")[0] for bid in said(folder, house, Bid, *span)}
    found: dict[int, SlotPrice] = {}
    for market in sorted(markets):
        for price in said(folder, market, LatestPrice, *span):
            start_ms, length_ms = slot_of(price.market_slot_name)
            told = prices_from_message(price, start_ms)
            if told is not None and start_ms < to_ms and start_ms + length_ms > from_ms:
                found.setdefault(start_ms, SlotPrice(start_ms, length_ms, told.usd_per_kwh[0]))
    return [found[start_ms] for start_ms in sorted(found)]
