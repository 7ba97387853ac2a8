"""What electricity cost is found in the market in which a house bids."""

from pathlib import Path

from gw_spaceheat.core.clearing import HOURLY, slot_name
from gw_spaceheat.core.events import Persist
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.bid import Bid
from gw_spaceheat.messages.latest_price import LatestPrice
from gw_spaceheat.messages.price_quantity_unitless import PriceQuantityUnitless
from gw_spaceheat.stores.market_prices import SlotPrice, market_prices
from gw_spaceheat.stores.readings import ReadingsStore
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS
from tests.heard import HOUSE, MIDNIGHT_MS, uuid

MARKET, OTHER = "d1.isone.market", "d1.other.market"


def price(market: str, hour: int, usd_per_mwh: float, unit: str = "USDPerMWh") -> LatestPrice:
    return LatestPrice(
        from_g_node_alias=market,
        price_times1000=round(usd_per_mwh * 1000),
        price_unit=unit,
        market_slot_name=slot_name(market, HOURLY, MIDNIGHT_MS + hour * HOUR_MS),
        message_id=uuid(hour),
    )


def bid(hour: int) -> Bid:
    return Bid(
        bidder_alias=HOUSE,
        market_slot_name=slot_name(MARKET, HOURLY, MIDNIGHT_MS + hour * HOUR_MS),
        pq_pairs=[PriceQuantityUnitless(price_x1000=1, quantity_x1000=1)],
        injection_is_positive=False,
        price_unit="USDPerMWh",
        quantity_unit="AvgkW",
        signed_market_fee_txn="",
    )


def keep(folder: Path, *said: tuple[str, int, Message]) -> None:
    store = ReadingsStore(folder)
    store.open()
    for number, (alias, hour, message) in enumerate(said):
        store.keep(Persist(alias, MIDNIGHT_MS + hour * HOUR_MS - MINUTE_MS, alias, "x", uuid(100 + number), message))
    store.close()


def test_the_prices_of_the_slots_that_touch_a_stretch(tmp_path: Path) -> None:
    prices = [(MARKET, hour, price(MARKET, hour, 20.0 + hour)) for hour in (3, 0, 1, 2)]
    keep(tmp_path, (HOUSE, 1, bid(1)), (OTHER, 1, price(OTHER, 1, 99.0)), *prices, (MARKET, 1, price(MARKET, 1, 21.0)))
    found = market_prices(tmp_path, HOUSE, MIDNIGHT_MS + HOUR_MS // 2, MIDNIGHT_MS + 2 * HOUR_MS)
    assert found == [SlotPrice(MIDNIGHT_MS, HOUR_MS, 0.020), SlotPrice(MIDNIGHT_MS + HOUR_MS, HOUR_MS, 0.021)]


def test_a_house_that_does_not_bid_has_none(tmp_path: Path) -> None:
    keep(tmp_path, (MARKET, 1, price(MARKET, 1, 21.0)))
    assert market_prices(tmp_path, HOUSE, MIDNIGHT_MS, MIDNIGHT_MS + 2 * HOUR_MS) == []


def test_a_price_in_another_unit_is_left_out(tmp_path: Path) -> None:
    keep(tmp_path, (HOUSE, 1, bid(1)), (MARKET, 1, price(MARKET, 1, 21.0, unit="GBPPerMWh")))
    assert market_prices(tmp_path, HOUSE, MIDNIGHT_MS, MIDNIGHT_MS + 2 * HOUR_MS) == []
