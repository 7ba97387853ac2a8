"""The trader: a bid for each slot, and a contract for what was bought."""

from collections.abc import Sequence

import pytest

from gw_spaceheat.core.clearing import GATE_MS, accepted_w, refusal
from gw_spaceheat.core.events import BidMade, Event, LinkChanged, Note, Received, Send, SlotWanted, Started
from gw_spaceheat.core.trading import OFFER_MS, Trader
from gw_spaceheat.messages.bid import Bid
from gw_spaceheat.messages.energy_instruction import EnergyInstruction
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS, Moment
from tests.core.bench import house

MARKET = "d1.isone.market"
SLOT_MS = 1_700_002_800_000
MADE = BidMade(SLOT_MS, (0.3, 0.1, 0.05), (0.5, 2.0, 9.0), 2.0)
UP, DOWN = (LinkChanged("uplink", up=up, reason="") for up in (True, False))


def before(ms: int) -> Moment:
    """So long before the slot."""
    return Moment(HOUR_MS - ms, SLOT_MS - ms)


def trader(up: bool = True) -> Trader:
    made = Trader(house(), MARKET, "uplink", IdSource(b"trader"))
    made.handle(Started(), before(30 * MINUTE_MS))
    if up:
        made.handle(UP, before(30 * MINUTE_MS))
    return made


def bids(effects: Sequence[Event]) -> list[Bid]:
    return [effect.message for effect in effects if isinstance(effect, Send) and isinstance(effect.message, Bid)]


def told(market: str = MARKET, watts: int = 1800) -> Received:
    instruction = EnergyInstruction(
        from_g_node_alias=market,
        slot_start_s=SLOT_MS // 1000,
        slot_duration_minutes=60,
        send_time_ms=SLOT_MS - GATE_MS,
        avg_power_watts=watts,
    )
    return Received("uplink", market, "", False, instruction, 0)


def offered(of: Trader) -> tuple[list[SlotWanted], list[str]]:
    """What it offers when its time has come, and what it says."""
    assert of.deadline() == before(OFFER_MS).mono_ms
    effects = of.wake(before(OFFER_MS))
    wanted = [effect for effect in effects if isinstance(effect, SlotWanted)]
    return wanted, [effect.text for effect in effects if isinstance(effect, Note)]


def test_a_bid_is_one_that_the_market_takes() -> None:
    effects = trader().handle(MADE, before(20 * MINUTE_MS))
    (bid,) = bids(effects)
    assert refusal(bid, house().alias, MARKET, "rt60gate5", SLOT_MS - 20 * MINUTE_MS) == ""
    assert [accepted_w(bid, price) for price in (400_000, 300_000, 200_000, 100_000, 60_000, 50_000, 0)] == [
        0, 500, 500, 2000, 2000, 9000, 9000,
    ]  # fmt: skip
    (send,) = effects
    assert isinstance(send, Send)
    assert send.dst == "d1-isone-market"


def test_what_cannot_be_sent_is_sent_when_the_link_is_up_and_not_after_the_gate() -> None:
    late = trader(up=False)
    assert late.handle(MADE, before(20 * MINUTE_MS)) == []
    assert len(bids(late.handle(UP, before(10 * MINUTE_MS)))) == 1
    late.handle(DOWN, before(9 * MINUTE_MS))
    assert late.handle(MADE, before(8 * MINUTE_MS)) == []
    assert late.handle(UP, before(GATE_MS - 1)) == []


def test_the_contract_is_for_what_was_bought() -> None:
    made = trader()
    made.handle(MADE, before(20 * MINUTE_MS))
    made.handle(told(), before(GATE_MS - 1000))
    assert offered(made) == ([SlotWanted(SLOT_MS // 1000, 1800)], [])
    assert made.wake(before(OFFER_MS)) == ()
    assert made.deadline() == before(OFFER_MS).mono_ms + HOUR_MS


def test_a_market_that_says_nothing_is_told_of_once_and_the_plan_counts() -> None:
    made = trader()
    made.handle(MADE, before(20 * MINUTE_MS))
    made.handle(told("d1.other.market"), before(GATE_MS - 1000))
    wanted, notes = offered(made)
    assert wanted == [SlotWanted(SLOT_MS // 1000, 2000)]
    assert len(notes) == 1
    made.handle(BidMade(SLOT_MS + HOUR_MS, (0.1,), (1.0,), 1.0), before(-MINUTE_MS))
    effects = made.wake(before(OFFER_MS - HOUR_MS))
    assert effects == [SlotWanted(SLOT_MS // 1000 + 3600, 1000)]


@pytest.mark.parametrize("watts", [0, -500])
def test_where_nothing_was_bought_the_contract_is_for_nothing(watts: int) -> None:
    made = trader()
    made.handle(told(watts=watts), before(GATE_MS - 1000))
    assert offered(made)[0] == [SlotWanted(SLOT_MS // 1000, 0)]


def test_without_plan_and_market_there_is_no_contract() -> None:
    wanted, notes = offered(trader())
    assert wanted == []
    assert "no contract" in notes[0]
