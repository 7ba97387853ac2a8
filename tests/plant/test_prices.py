"""Price files."""

import os
from datetime import datetime
from pathlib import Path

import pytest

from gw_spaceheat.plant.prices import Market, read_prices
from gw_spaceheat.plant.series import SeriesFileError, Span

TEXT = "hour_start_local_standard,energy_day_ahead_usd_per_kwh,energy_real_time_usd_per_kwh\n2018-01-01T00:00:00,0.06,-0.01\n"
ONE_HOUR = Span(datetime(2018, 1, 1), 1, -5.0)


@pytest.mark.parametrize(("market", "price"), [(Market.DAY_AHEAD, 0.06), (Market.REAL_TIME, -0.01)])
def test_the_market_chooses_the_column(market: Market, price: float) -> None:
    prices = read_prices(TEXT, "p.csv", ONE_HOUR, market)
    assert prices.usd_per_kwh == (price, price)
    assert prices.market is market


def test_only_the_chosen_column_must_be_there() -> None:
    day_ahead = "hour_start_local_standard,energy_day_ahead_usd_per_kwh\n2018-01-01T00:00:00,0.06\n"
    assert read_prices(day_ahead, "p.csv", ONE_HOUR, Market.DAY_AHEAD).usd_per_kwh[0] == 0.06
    with pytest.raises(SeriesFileError, match="energy_real_time_usd_per_kwh: this column is needed"):
        read_prices(day_ahead, "p.csv", ONE_HOUR, Market.REAL_TIME)


def test_the_winter_of_the_test_data_is_read() -> None:
    folder = os.environ.get("GWS_TEST_DATA")
    if not folder:
        pytest.skip("GWS_TEST_DATA is not set: the folder with the price file is not there")
    path = Path(folder) / "prices" / "winter_2018_SYNTHETIC.csv"
    prices = read_prices(path.read_text(encoding="utf-8"), path.name, Span(datetime(2018, 1, 1), 1416, -5.0))
    assert prices.usd_per_kwh[0] == 0.05402
