"""Days that were become files that can be simulated again: what the twin took then is told again."""

from datetime import date, datetime
from pathlib import Path

import pytest

from gw_spaceheat.apps.houses import find_house
from gw_spaceheat.apps.kept_series import NotEnoughKeptError, write_kept_series
from gw_spaceheat.apps.settings import houses_file
from gw_spaceheat.apps.simulation_run import SimulationRequest, run
from gw_spaceheat.core.clearing import HOURLY, slot_name
from gw_spaceheat.core.events import Persist
from gw_spaceheat.messages.bid import Bid
from gw_spaceheat.messages.latest_price import LatestPrice
from gw_spaceheat.messages.price_quantity_unitless import PriceQuantityUnitless
from gw_spaceheat.plant.demand import read_demand
from gw_spaceheat.plant.prices import read_prices
from gw_spaceheat.plant.series import Span
from gw_spaceheat.plant.weather import read_weather
from gw_spaceheat.stores.readings import ReadingsStore
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS
from tests.heard import MIDNIGHT_MS, uuid

OAK = find_house(houses_file(), "hw1.isone.me.millinocket.oak")
MONDAY = date(2018, 1, 8)
FIVE_MS = MIDNIGHT_MS + 5 * HOUR_MS
"""Midnight in Maine."""
MARKET = "d1.isone.market"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an Ear keeps of a simulated day."""
    folder = tmp_path_factory.mktemp("kept")
    run(SimulationRequest(house=OAK, start=datetime(2018, 1, 8), days=1, compiled=False, out=folder))
    return folder / "readings"


def keep_prices(folder: Path, missing: frozenset[int] = frozenset()) -> None:
    """A bid of the house, and its market's price of every hour but those: 10 cents and as many tenths as the hour."""
    store = ReadingsStore(folder)
    store.open()
    bid = Bid(
        bidder_alias=OAK.alias,
        market_slot_name=slot_name(MARKET, HOURLY, FIVE_MS),
        pq_pairs=[PriceQuantityUnitless(price_x1000=1, quantity_x1000=1)],
        injection_is_positive=False,
        price_unit="USDPerMWh",
        quantity_unit="AvgkW",
        signed_market_fee_txn="",
    )
    store.keep(Persist(OAK.alias, FIVE_MS, OAK.alias, "x", uuid(900), bid))
    for hour in set(range(24)) - missing:
        slot = slot_name(MARKET, HOURLY, FIVE_MS + hour * HOUR_MS)
        price = LatestPrice(
            from_g_node_alias=MARKET,
            price_times1000=100_000 + 1_000 * hour,
            price_unit="USDPerMWh",
            market_slot_name=slot,
            message_id=uuid(hour),
        )
        store.keep(Persist(MARKET, FIVE_MS + hour * HOUR_MS - MINUTE_MS, MARKET, "x", uuid(hour), price))
    store.close()


def copied(kept: Path, folder: Path) -> Path:
    for path in kept.rglob("*"):
        if path.is_file():
            target = folder / path.relative_to(kept)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return folder


def test_the_day_can_be_simulated_again(kept: Path, tmp_path: Path) -> None:
    folder, series = copied(kept, tmp_path / "ear"), tmp_path / "series"
    keep_prices(folder)
    names = write_kept_series(folder, OAK, MONDAY, MONDAY, series)
    span = Span(datetime(2018, 1, 8), 24, OAK.utc_offset_standard_h)
    prices = read_prices((series / names.prices).read_text(), names.prices, span)
    assert [round(price, 4) for price in prices.usd_per_kwh[:24]] == [round(0.1 + hour / 1000, 4) for hour in range(24)]
    weather = read_weather((series / names.weather).read_text(), names.weather, span)
    assert all(-30.0 < outdoor_c < 0.0 for outdoor_c in weather.outdoor_c)
    demand = read_demand((series / names.demand).read_text(), names.demand, span)
    request = SimulationRequest(
        house=OAK,
        start=span.start_local,
        days=1,
        compiled=False,
        weather=series / names.weather,
        demand=series / names.demand,
        prices=series / names.prices,
    )
    told = run(request)
    heat = told["heat_kwh"]
    assert isinstance(heat, dict)
    assert heat["demanded"] == pytest.approx(sum(demand.heating_w[:24]) / 1000.0, rel=1e-6)
    assert told["prices"] == str(series / names.prices)


def test_short_holes_are_bridged_and_long_ones_told(kept: Path, tmp_path: Path) -> None:
    folder = copied(kept, tmp_path / "short")
    keep_prices(folder, frozenset({4, 5, 6}))
    text = (tmp_path / write_kept_series(folder, OAK, MONDAY, MONDAY, tmp_path).prices).read_text()
    assert "2018-01-08T05:00:00,0.105000,0.105000" in text
    folder = copied(kept, tmp_path / "long")
    keep_prices(folder, frozenset({4, 5, 6, 7}))
    with pytest.raises(NotEnoughKeptError, match="price of energy nothing is known for 4 h from 2018-01-08 04:00 on"):
        write_kept_series(folder, OAK, MONDAY, MONDAY, tmp_path)


def test_days_that_are_not_kept(kept: Path, tmp_path: Path) -> None:
    with pytest.raises(NotEnoughKeptError, match="the price of energy nothing is known for 24 h"):
        write_kept_series(kept, OAK, MONDAY, MONDAY, tmp_path)
    with pytest.raises(NotEnoughKeptError, match="outdoor temperature nothing is known for"):
        write_kept_series(kept, OAK, date(2018, 1, 9), date(2018, 1, 9), tmp_path)
    with pytest.raises(NotEnoughKeptError, match="choose 1 to 62 days, not 0"):
        write_kept_series(kept, OAK, MONDAY, date(2018, 1, 7), tmp_path)
    assert list(tmp_path.iterdir()) == []
