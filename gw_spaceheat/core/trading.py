"""Who bids for a house in a market, slot by slot, and has a contract made for what was bought.

Bids come from whoever plans. The market clears when its gate closes, five minutes before the slot; two minutes later the
contract of the slot is offered, for what the market has accepted, or for what was planned when it says nothing.
"""

from collections.abc import Callable, Sequence

from gw_spaceheat.core.clearing import GATE_MS, HOURLY, USD_PER_MWH_X1000, slot_name
from gw_spaceheat.core.events import BidMade, Event, Level, LinkChanged, Note, Received, Send, SlotWanted, Started, Urgency
from gw_spaceheat.house.model import House
from gw_spaceheat.messages.bid import Bid
from gw_spaceheat.messages.energy_instruction import EnergyInstruction
from gw_spaceheat.messages.market import MarketPriceUnit, MarketQuantityUnit
from gw_spaceheat.messages.price_quantity_unitless import PriceQuantityUnitless
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS, Moment

OFFER_MS = 3 * MINUTE_MS
"""The contract of a slot is offered so long before it begins [ms]."""


class Trader:
    """The machine that trades for one house."""

    def __init__(self, house: House, market: str, link: str, new_id: Callable[[], str]) -> None:
        """Nothing was bid for yet.

        Args:
            house: The house.
            market: Alias of the market.
            link: Name of the link to it.
            new_id: Gives identifiers [uuid4].
        """
        self._alias = house.alias
        self._market = market
        self._link = link
        self._new_id = new_id
        self._up = False
        self._bids: dict[int, BidMade] = {}
        self._accepted_w: dict[int, int] = {}
        self._due_mono_ms: int | None = None
        self._silent = False

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Take a bid to be made, and what the market says."""
        if isinstance(event, Started):
            self._await_offer(now)
        elif isinstance(event, BidMade):
            self._bids[event.start_ms] = event
            return self._bid(event, now)
        elif isinstance(event, LinkChanged) and event.link == self._link:
            self._up = event.up
            if event.up:
                return [effect for bid in self._bids.values() for effect in self._bid(bid, now)]
        elif isinstance(event, Received) and isinstance(event.message, EnergyInstruction) and event.src == self._market:
            self._accepted_w[event.message.slot_start_s * 1000] = event.message.avg_power_watts
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        """Offer the contract of the next slot."""
        if self._due_mono_ms is None or now.mono_ms < self._due_mono_ms:
            return ()
        start_ms = (now.wall_ms + OFFER_MS) // HOUR_MS * HOUR_MS
        self._await_offer(now)
        accepted_w, bid = self._accepted_w.pop(start_ms, None), self._bids.pop(start_ms, None)
        self._bids = {each: kept for each, kept in self._bids.items() if each > start_ms}
        self._accepted_w = {each: kept for each, kept in self._accepted_w.items() if each > start_ms}
        if accepted_w is None and bid is None:
            return self._tell("no plan and no market: no contract is offered for the next slot")
        if accepted_w is None and bid is not None:
            told = self._tell(f"{self._market} has not said what was bought; the contract is for what was planned")
            return [*told, SlotWanted(start_ms // 1000, round(bid.planned_kw * 1000))]
        over = [Note(Level.INFO, f"{self._market} answers again")] if self._silent else []
        self._silent = False
        return [*over, SlotWanted(start_ms // 1000, max(accepted_w or 0, 0))]

    def deadline(self) -> int | None:
        """When it offers next [mono ms]."""
        return self._due_mono_ms

    def _await_offer(self, now: Moment) -> None:
        to_offer_ms = (-now.wall_ms - OFFER_MS) % HOUR_MS
        self._due_mono_ms = now.mono_ms + (to_offer_ms or HOUR_MS)

    def _bid(self, made: BidMade, now: Moment) -> list[Event]:
        """A bid whose gate is closed, or that nobody would hear, is not sent."""
        if not self._up or now.wall_ms > made.start_ms - GATE_MS:
            return []
        pairs = [
            PriceQuantityUnitless(price_x1000=round(usd_per_kwh * USD_PER_MWH_X1000), quantity_x1000=round(kw * 1000))
            for usd_per_kwh, kw in zip(made.usd_per_kwh, made.kw, strict=True)
        ]
        bid = Bid(
            bidder_alias=self._alias,
            market_slot_name=slot_name(self._market, HOURLY, made.start_ms),
            pq_pairs=pairs,
            injection_is_positive=False,
            price_unit=MarketPriceUnit.USDPerMWh,
            quantity_unit=MarketQuantityUnit.AvgkW,
            signed_market_fee_txn="",
        )
        return [Send(self._link, self._market.replace(".", "-"), bid, Urgency.PLAIN, self._new_id())]

    def _tell(self, text: str) -> list[Event]:
        """Told once, until the market answers again."""
        if self._silent:
            return []
        self._silent = True
        return [Note(Level.WARNING, text)]
