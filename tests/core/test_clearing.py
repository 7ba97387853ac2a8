"""A stand-in market: what a bid buys, which bids are refused, and what is answered when; prices are SYNTHETIC."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gw_spaceheat.core.clearing import CLOSED_MS, GATE_MS, HOURLY, LATEST_MS, Clearing, accepted_w, refusal, slot_name
from gw_spaceheat.core.events import ClockStepped, Event, Note, PricesHeard, Received, Send, Started
from gw_spaceheat.messages.base import Malformed
from gw_spaceheat.messages.bid import Bid
from gw_spaceheat.messages.energy_instruction import EnergyInstruction
from gw_spaceheat.messages.latest_price import LatestPrice
from gw_spaceheat.messages.price_quantity_unitless import PriceQuantityUnitless
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, MINUTE_MS, Moment

MARKET, OAK, ELM = "d1.market", "d1.oak", "d1.elm"
SLOT_MS = 1_515_391_200_000  # 2018-01-08 06:00 UTC, a full hour
EARLY = Moment(1000, SLOT_MS - 30 * MINUTE_MS)
CURVE = ((100_000, 1000), (60_000, 3000), (20_000, 9000))  # USD/MWh and kW, times 1000


def bid(*pairs: tuple[int, int], who: str = OAK, slot_ms: int = SLOT_MS, **changes: object) -> Bid:
    fields: dict[str, object] = {
        "bidder_alias": who,
        "market_slot_name": slot_name(MARKET, HOURLY, slot_ms),
        "pq_pairs": [PriceQuantityUnitless(price_x1000=price, quantity_x1000=quantity) for price, quantity in pairs or CURVE],
        "injection_is_positive": False,
        "price_unit": "USDPerMWh",
        "quantity_unit": "AvgkW",
        "signed_market_fee_txn": "",
    }
    return Bid(**(fields | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("price_x1000", "watts"),
    [(100_001, 0), (100_000, 1000), (60_001, 1000), (60_000, 3000), (20_001, 3000), (20_000, 9000), (-50_000, 9000)],
)
def test_so_much_is_bought_at_a_price(price_x1000: int, watts: int) -> None:
    assert accepted_w(bid(), price_x1000) == watts


@pytest.mark.parametrize(
    ("made", "watts"),
    [
        (bid((50_000, -2000), injection_is_positive=True), 2000),
        (bid((50_000, 2), quantity_unit="AvgMW"), 2000),
        (bid((50_000, -2000)), -2000),
    ],
)
def test_signs_and_units(made: Bid, watts: int) -> None:
    assert accepted_w(made, 50_000) == watts


@given(
    st.lists(st.tuples(st.integers(-(10**6), 10**6), st.integers(0, 10**5)), min_size=1, max_size=8),
    st.integers(-(10**6), 10**6),
)
def test_a_bid_that_is_taken_buys_no_more_at_a_higher_price(pairs: list[tuple[int, int]], price_x1000: int) -> None:
    made = bid(*pairs)
    if not refusal(made, OAK, MARKET, HOURLY, EARLY.wall_ms):
        assert accepted_w(made, price_x1000) >= accepted_w(made, price_x1000 + 1)


@pytest.mark.parametrize(
    ("made", "src", "late_ms", "words"),
    [
        (bid(), OAK, 0, ""),
        (bid(), OAK, 30 * MINUTE_MS - GATE_MS, ""),
        (bid(), OAK, 30 * MINUTE_MS - GATE_MS + 1, "gate"),
        (bid(), ELM, 0, "in the name of"),
        (bid(slot_ms=SLOT_MS + 3 * DAY_MS), OAK, 0, "too far ahead"),
        (bid(market_slot_name=slot_name("d1.other", HOURLY, SLOT_MS)), OAK, 0, "no slot"),
        (bid(market_slot_name=slot_name(MARKET, "rt5gate5", SLOT_MS)), OAK, 0, "no slot"),
        (bid(price_unit="EUR"), OAK, 0, "unit of prices"),
        (bid(quantity_unit="kWh"), OAK, 0, "unit of quantities"),
        (bid(pq_pairs=[]), OAK, 0, "no pairs"),
        (bid((1, 1), (1, 2)), OAK, 0, "one price"),
        (bid((2, 2), (1, 1)), OAK, 0, "more at a higher price"),
    ],
)
def test_which_bids_are_refused(made: Bid, src: str, late_ms: int, words: str) -> None:
    why = refusal(made, src, MARKET, HOURLY, EARLY.wall_ms + late_ms)
    assert words in why
    assert bool(why) == bool(words)


AFTER_GATE_MS = CLOSED_MS - GATE_MS
"""When a slot is cleared, from its beginning."""


def started() -> Clearing:
    market = Clearing(MARKET, IdSource(b"test"), "America/New_York", "uplink")
    market.handle(Started(), EARLY)
    market.handle(PricesHeard(SLOT_MS - HOUR_MS, HOUR_MS, (0.2, 0.06, 0.01, 0.01), EARLY.wall_ms, "SYNTHETIC"), EARLY)
    return market


def say(market: Clearing, made: Bid, now: Moment = EARLY) -> list[Event]:
    return list(market.handle(Received("uplink", made.bidder_alias, "", ack_required=False, message=made, arrived_ms=0), now))


def sent(effects: list[Event]) -> list[tuple[str, str, int]]:
    """To whom, what, and its figure."""
    told = []
    for effect in effects:
        if isinstance(effect, Send) and isinstance(effect.message, LatestPrice):
            told.append((effect.dst, "price", effect.message.price_times1000))
        elif isinstance(effect, Send) and isinstance(effect.message, EnergyInstruction):
            told.append((effect.dst, "watts", effect.message.avg_power_watts))
    return told


def begun(market: Clearing, late_ms: int = 0) -> list[Event]:
    """What it says when the gate has closed that it waits for."""
    due_ms = market.deadline()
    assert due_ms is not None
    return list(market.wake(EARLY.later(due_ms - EARLY.mono_ms + late_ms)))


def test_a_slot_is_cleared_when_its_gate_has_closed() -> None:
    market = started()
    assert market.deadline() == EARLY.mono_ms + 30 * MINUTE_MS + AFTER_GATE_MS
    assert market.wake(EARLY.later(30 * MINUTE_MS + AFTER_GATE_MS - 1)) == ()
    assert say(market, bid((10, 10))) == []
    assert say(market, bid()) == []  # takes the place of the one before
    assert say(market, bid(who=ELM, slot_ms=SLOT_MS + HOUR_MS)) == []
    first = [("d1-oak", "price", 60_000), ("d1-oak", "watts", 3000), ("d1-elm", "price", 60_000)]
    assert sent(begun(market)) == first
    second = [("d1-oak", "price", 10_000), ("d1-elm", "price", 10_000), ("d1-elm", "watts", 9000)]
    assert sent(begun(market)) == second


def test_who_has_not_bidden_for_a_day_hears_no_price() -> None:
    market = started()
    say(market, bid())
    heard = [bool(sent(begun(market))) for _ in range(26)]
    assert heard == [True] * 24 + [False] * 2


@pytest.mark.parametrize(("late_ms", "cleared"), [(AFTER_GATE_MS, True), (LATEST_MS, True), (LATEST_MS + 1, False)])
def test_what_is_too_late_for_the_wire_is_left_out_and_told(late_ms: int, cleared: bool) -> None:
    market = started()
    say(market, bid())
    effects = begun(market, late_ms - AFTER_GATE_MS)
    assert bool(sent(effects)) is cleared
    assert any(isinstance(effect, Note) and "not cleared" in effect.text for effect in effects) is not cleared


def test_clocks_that_drift_apart_only_make_it_wait() -> None:
    market = started()
    say(market, bid())
    due_ms = market.deadline()
    assert due_ms is not None
    assert market.wake(Moment(due_ms, SLOT_MS - GATE_MS - 5)) == ()
    assert market.deadline() == due_ms + 5 + CLOSED_MS
    assert sent(list(market.wake(Moment(due_ms + 5 + CLOSED_MS, SLOT_MS + AFTER_GATE_MS)))) != []


def test_a_clock_that_is_stepped() -> None:
    market = started()
    market.handle(ClockStepped(10 * MINUTE_MS), Moment(2000, SLOT_MS - 20 * MINUTE_MS))
    assert market.deadline() == 2000 + 20 * MINUTE_MS + AFTER_GATE_MS


def test_a_refused_bid_is_told_and_buys_nothing() -> None:
    market = started()
    (note,) = say(market, bid(), EARLY.later(26 * MINUTE_MS))
    assert isinstance(note, Note)
    assert "gate" in note.text
    assert sent(begun(market)) == []


@pytest.mark.parametrize(("alias", "kind"), [("D1", HOURLY), (MARKET, "da60"), (MARKET, "rt7gate5"), (MARKET, "rt60gate30")])
def test_what_makes_no_slots(alias: str, kind: str) -> None:
    with pytest.raises(Malformed):
        Clearing(alias, IdSource(b"test"), "America/New_York", "uplink", kind)
