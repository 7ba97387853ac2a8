"""A stand-in for a market: takes bids, and answers at the beginning of each slot with its price and what each bidder gets.

Its price is not made by the bids: it comes from price forecasts, and everybody gets what he would buy at it.
"""

from collections.abc import Sequence

from gw_spaceheat.core.events import (
    ClockStepped,
    Event,
    Level,
    Note,
    PricesHeard,
    Received,
    Send,
    Started,
    Urgency,
)
from gw_spaceheat.core.planner.prices_expected import ExpectedPrices
from gw_spaceheat.messages.base import Malformed
from gw_spaceheat.messages.bid import Bid
from gw_spaceheat.messages.energy_instruction import SENT_AT_MOST_LATE_S, EnergyInstruction
from gw_spaceheat.messages.latest_price import LatestPrice
from gw_spaceheat.messages.market import MARKET_MINUTES, MarketPriceUnit, MarketQuantityUnit, require_market_slot_name
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import DAY_MS, MINUTE_MS, SECOND_MS, Moment

ENERGY = "e"
HOURLY = "rt60gate5"
GATE = "gate5"
GATE_MS = 5 * MINUTE_MS
"""Bids for a slot are taken until so long before it begins: the "gate5" of its market [ms]."""
CLOSED_MS = SECOND_MS
"""The slot is cleared so long after its gate has closed [ms]."""
FURTHEST_MS = 2 * DAY_MS
"""Bids for slots further ahead are refused [ms]."""
MOST_BIDDERS = 10_000
LATEST_MS = SENT_AT_MOST_LATE_S * SECOND_MS - SECOND_MS
"""A slot that could not be cleared until so long after its beginning is left out [ms]."""
USD_PER_MWH_X1000 = 1_000_000
"""A USD/kWh in the wire's unit of prices."""
_W_PER_X1000 = {MarketQuantityUnit.AvgkW: 1, MarketQuantityUnit.AvgMW: 1000}


def accepted_w(bid: Bid, price_x1000: int) -> int:
    """Average power that a bid buys at a price [W, positive is taken from the grid].

    A pair says: at its price, or a lower one, so much is bought. So the cheapest pair that is not below the price counts; none:
    nothing is bought.

    Args:
        bid: A bid that `refusal` finds nothing wrong with.
        price_x1000: Price [USD/MWh x 1000].
    """
    taking = [pair for pair in bid.pq_pairs if pair.price_x1000 >= price_x1000]
    if not taking:
        return 0
    quantity = min(taking, key=lambda pair: pair.price_x1000).quantity_x1000
    return (-quantity if bid.injection_is_positive else quantity) * _W_PER_X1000[MarketQuantityUnit(bid.quantity_unit)]


def refusal(bid: Bid, src: str, market: str, kind: str, now_ms: int) -> str:
    """Why a bid is not taken; empty if it is.

    Args:
        bid: The bid.
        src: Who sent it, as the envelope says.
        market: Alias of this market.
        kind: Its type, such as rt60gate5.
        now_ms: UTC [ms].
    """
    start_ms = int(bid.market_slot_name.rpartition(".")[2]) * 1000
    curve = sorted((pair.price_x1000, pair.quantity_x1000) for pair in bid.pq_pairs)
    bought = [-quantity if bid.injection_is_positive else quantity for _, quantity in curve]
    units = (bid.price_unit, bid.quantity_unit)
    checks = (
        (bid.bidder_alias != src, f"{src} bids in the name of {bid.bidder_alias}"),
        (bid.market_slot_name != slot_name(market, kind, start_ms), f"{bid.market_slot_name} is no slot of {kind} of {market}"),
        (now_ms > start_ms - GATE_MS, f"the gate of {bid.market_slot_name} is closed"),
        (start_ms > now_ms + FURTHEST_MS, f"{bid.market_slot_name} is too far ahead"),
        (units[0] != MarketPriceUnit.USDPerMWh, f"{units[0]!r} is no unit of prices here"),
        (units[1] not in list(MarketQuantityUnit), f"{units[1]!r} is no unit of quantities here"),
        (not curve, "it has no pairs"),
        (len({price for price, _ in curve}) != len(curve), "two pairs have one price"),
        (bought != sorted(bought, reverse=True), "it buys more at a higher price"),
    )
    return next((text for wrong, text in checks if wrong), "")


def slot_name(market: str, kind: str, start_ms: int) -> str:
    """Name of an energy slot on the wire."""
    return f"{ENERGY}.{kind}.{market}.{start_ms // 1000}"


class Clearing:
    """The machine of a market."""

    def __init__(self, alias: str, new_id: IdSource, timezone: str, link: str, kind: str = HOURLY) -> None:
        """No bids, no prices.

        Args:
            alias: The market's own.
            new_id: Makes identifiers.
            timezone: IANA name: where prices are not known, those of the same local hour of another day are taken.
            link: Name of the link to the bidders.
            kind: Type of its slots, one of `MARKET_MINUTES` with gate5.

        Raises:
            Malformed: The alias or the type makes no slots.
        """
        if not kind.endswith(GATE):
            raise Malformed(f"{kind!r} is no type of slots whose gate closes 5 min before they begin")
        require_market_slot_name(slot_name(alias, kind, DAY_MS * 20_000))
        self._alias, self._new_id, self._link, self._kind = alias, new_id, link, kind
        self._slot_ms = MARKET_MINUTES[kind] * MINUTE_MS
        self._prices = ExpectedPrices(timezone)
        self._bids: dict[int, dict[str, Bid]] = {}
        self._bidders: dict[str, int] = {}
        self._slot_start_ms: int | None = None
        self._due_mono_ms: int | None = None
        self._told: list[str] = []

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Take bids and prices."""
        if isinstance(event, PricesHeard):
            self._prices.take(event)
            return (Note(Level.INFO, f"{len(event.usd_per_kwh)} prices of {event.source} were heard"),)
        if isinstance(event, Started | ClockStepped):
            self._await_slot(now)
        elif isinstance(event, Received) and isinstance(event.message, Bid):
            return self._on_bid(event.message, event.src, now)
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        """Clear the slot whose gate has closed."""
        start_ms = self._slot_start_ms
        if self._due_mono_ms is None or start_ms is None or now.mono_ms < self._due_mono_ms:
            return ()
        self._await_slot(now)
        if now.wall_ms < start_ms - GATE_MS:
            return ()  # the two clocks have drifted apart: the same slot is awaited a little longer
        bids = self._bids.pop(start_ms, {})
        self._bids = {each: kept for each, kept in self._bids.items() if each > start_ms}
        self._bidders = {alias: last_ms for alias, last_ms in self._bidders.items() if last_ms > start_ms - DAY_MS}
        late_ms = now.wall_ms - start_ms
        if late_ms > LATEST_MS:
            name = slot_name(self._alias, self._kind, start_ms)
            return (Note(Level.WARNING, f"{name} is not cleared: it is {late_ms} ms late"),)
        return self._clear(start_ms, bids, now)

    def deadline(self) -> int | None:
        """When the gate of the next slot closes [mono ms]."""
        return self._due_mono_ms

    def _await_slot(self, now: Moment) -> None:
        """The slot whose gate closes next; the last moment at which it is open is still the bidders'."""
        closed_ms = now.wall_ms + GATE_MS
        start_ms = closed_ms - closed_ms % self._slot_ms + self._slot_ms
        self._slot_start_ms = start_ms
        self._due_mono_ms = now.mono_ms + start_ms - GATE_MS + CLOSED_MS - now.wall_ms

    def _on_bid(self, bid: Bid, src: str, now: Moment) -> Sequence[Event]:
        """A later bid for a slot takes the place of an earlier one."""
        why = refusal(bid, src, self._alias, self._kind, now.wall_ms)
        if not why and bid.bidder_alias not in self._bidders and len(self._bidders) >= MOST_BIDDERS:
            why = f"there are {MOST_BIDDERS} bidders already"
        if why:
            return (Note(Level.WARNING, f"bid of {src} refused: {why}"),)
        start_ms = int(bid.market_slot_name.rpartition(".")[2]) * 1000
        self._bids.setdefault(start_ms, {})[bid.bidder_alias] = bid
        self._bidders[bid.bidder_alias] = max(start_ms, self._bidders.get(bid.bidder_alias, 0))
        return ()

    def _clear(self, start_ms: int, bids: dict[str, Bid], now: Moment) -> list[Event]:
        """The price for all who have bidden within a day, and for each of this slot what he gets."""
        usd_per_kwh = self._prices.usd_per_kwh(start_ms, start_ms + self._slot_ms)
        price_x1000 = round(usd_per_kwh * USD_PER_MWH_X1000)
        name = slot_name(self._alias, self._kind, start_ms)
        effects: list[Event] = []
        total_w = 0
        for alias in self._bidders:
            price = LatestPrice(
                from_g_node_alias=self._alias,
                price_times1000=price_x1000,
                price_unit=MarketPriceUnit.USDPerMWh,
                market_slot_name=name,
                message_id=self._new_id(),
            )
            effects.append(self._send(alias, price))
            bid = bids.get(alias)
            if bid is not None:
                power_w = accepted_w(bid, price_x1000)
                total_w += power_w
                effects.append(self._send(alias, self._instruction(start_ms, power_w, now)))
        text = f"{name}: {usd_per_kwh:.5f} USD/kWh, {total_w / 1000:.2f} kW for {len(bids)} bids"
        return [*effects, Note(Level.INFO, text), *self._tell(self._prices.notes(now.wall_ms))]

    def _instruction(self, start_ms: int, power_w: int, now: Moment) -> EnergyInstruction:
        return EnergyInstruction(
            from_g_node_alias=self._alias,
            slot_start_s=start_ms // 1000,
            slot_duration_minutes=self._slot_ms // MINUTE_MS,
            send_time_ms=now.wall_ms,
            avg_power_watts=power_w,
        )

    def _send(self, alias: str, message: LatestPrice | EnergyInstruction) -> Send:
        return Send(self._link, alias.replace(".", "-"), message, Urgency.PLAIN, self._new_id())

    def _tell(self, notes: list[str]) -> list[Event]:
        """What of the prices had to be done without, when it begins."""
        new = [Note(Level.WARNING, text) for text in notes if text not in self._told]
        self._told = notes
        return list(new)
