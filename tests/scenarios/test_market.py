"""A bidder and a stand-in market over a real broker: bids in, price and accepted quantity out when the slot begins."""

from collections.abc import Sequence
from pathlib import Path

from gw_spaceheat.apps.market import MARKET, STOP_ORDER, MarketPlace, market_runtime
from gw_spaceheat.core.clearing import HOURLY, slot_name
from gw_spaceheat.core.events import Event, StatusAsked
from gw_spaceheat.links.broker import RunningBroker
from gw_spaceheat.messages.bid import Bid
from gw_spaceheat.messages.codec import encode
from gw_spaceheat.messages.energy_instruction import EnergyInstruction
from gw_spaceheat.messages.latest_price import LatestPrice
from gw_spaceheat.messages.price_quantity_unitless import PriceQuantityUnitless
from gw_spaceheat.vocabulary.moment import MINUTE_MS, Moment
from tests.scenarios.scene import OAK, START_MS, Listener, Running, new_life, settings_for

SLOT_MS = START_MS + 60 * MINUTE_MS
SYNTHETIC_PRICES = "start_utc,energy_day_ahead_usd_per_kwh\n2018-01-08T05:00,0.2\n2018-01-08T06:00,0.06\n2018-01-08T07:00,0.2\n"


class HandSetClock:
    """A clock that stands until the story sets it."""

    def __init__(self, moment: Moment) -> None:
        self.moment = moment

    pace = 1.0

    def now(self) -> Moment:
        return self.moment

    def wait_s(self, mono_ms: int) -> float:
        return (mono_ms - self.moment.mono_ms) / 1000

    def look(self) -> Sequence[Event]:
        return ()


def bid(slot_ms: int) -> tuple[str, bytes]:
    curve = ((100_000, 1000), (60_000, 3000), (20_000, 9000))
    message = Bid(
        bidder_alias=OAK,
        market_slot_name=slot_name("d1.isone.market", HOURLY, slot_ms),
        pq_pairs=[PriceQuantityUnitless(price_x1000=price, quantity_x1000=quantity) for price, quantity in curve],
        injection_is_positive=False,
        price_unit="USDPerMWh",
        quantity_unit="AvgkW",
        signed_market_fee_txn="",
    )
    return encode(message, src=OAK, dst="d1-isone-market", message_id="")


def test_a_bid_becomes_a_price_and_a_quantity(tmp_path: Path, broker: RunningBroker) -> None:
    path = tmp_path / "prices.csv"
    path.write_text(SYNTHETIC_PRICES, encoding="utf-8")
    settings = settings_for(broker, tmp_path).model_copy(update={"prices": str(path), "forecasts_every_min": 600.0})
    clock = HandSetClock(Moment(1_000, SLOT_MS - 6 * MINUTE_MS))
    life, log = new_life()
    running = Running(market_runtime(MarketPlace(), broker.url, settings, clock, life), STOP_ORDER, log)
    try:
        log.wait_for("connected")
        log.wait_for("3 prices of prices.csv")
        with Listener(broker, "bidder") as bidder:
            bidder.say(*bid(SLOT_MS))
            bidder.say(*bid(START_MS))  # its gate is closed; when that is told, the one before has been taken
            log.wait_for("gate of")
            clock.moment = clock.moment.later(2 * MINUTE_MS)
            running.runtime.post(MARKET, StatusAsked())  # wakes it, and is nothing to it
            (price,) = bidder.heard(LatestPrice)
            (instruction,) = bidder.heard(EnergyInstruction)
        assert price.dst == instruction.dst == OAK.replace(".", "-")
        assert isinstance(price.message, LatestPrice)
        assert price.message.price_times1000 == 60_000
        assert price.message.market_slot_name == slot_name("d1.isone.market", HOURLY, SLOT_MS)
        assert isinstance(instruction.message, EnergyInstruction)
        assert (instruction.message.avg_power_watts, instruction.message.slot_start_s) == (3000, SLOT_MS // 1000)
        assert running.restarts() == 0
    finally:
        running.stop()
