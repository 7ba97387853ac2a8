"""What a run costs: energy and delivery together."""

from dataclasses import replace
from datetime import datetime

import pytest

from gw_spaceheat.house.delivery import Delivery
from gw_spaceheat.plant.prices import Market, PriceSeries
from gw_spaceheat.plant.series import Span
from gw_spaceheat.plant.tariff import CostHours, cost_hours
from tests.house.test_delivery import TARIFF


def test_energy_and_delivery_add_up_over_a_day() -> None:
    span = Span(datetime(2018, 1, 9), 24, -5.0)
    prices = PriceSeries(span, tuple(0.01 * hour for hour in range(25)), Market.REAL_TIME, "test")
    costs = cost_hours(prices, Delivery(TARIFF, "America/New_York"))
    assert [hour for hour in range(24) if costs.on_peak[hour]] == [7, 8, 9, 10, 11, 16, 17, 18, 19]
    assert costs.total_usd_per_kwh(7) == pytest.approx(0.31)
    energy_wh = tuple(1000.0 if hour in (6, 7) else 0.0 for hour in range(24))
    assert costs.cost_usd(energy_wh) == pytest.approx(0.06 + 0.05 + 0.07 + 0.24)
    assert costs.on_peak_share(energy_wh) == 0.5


def test_the_highest_hour_of_each_month_costs_in_part_as_the_run_is_of_the_month() -> None:
    span = Span(datetime(2018, 1, 31), 48, -5.0)
    prices = PriceSeries(span, (0.0,) * 49, Market.REAL_TIME, "test")
    free = replace(TARIFF, on_peak_usd_per_kwh=0.0, off_peak_usd_per_kwh=0.0)
    costs = cost_hours(prices, Delivery(replace(free, peak_usd_per_kw=14.0), "America/New_York"))
    energy_wh = (*(1000.0,) * 23, 3000.0, 2000.0, *(500.0,) * 23)
    january, february = 3.0 * 14.0 / 31, 2.0 * 14.0 / 28
    assert costs.peak_usd(energy_wh) == pytest.approx(january + february)
    assert costs.cost_usd(energy_wh) == pytest.approx(january + february)
    assert cost_hours(prices, Delivery(free, "America/New_York")).peak_usd(energy_wh) == 0.0


def test_no_energy_has_no_on_peak_share_and_the_hours_must_fit() -> None:
    costs = CostHours(0, (0.1,), (0.1,), (True,))
    assert costs.on_peak_share((0.0,)) == 0.0
    with pytest.raises(ValueError, match="zip"):
        costs.cost_usd((1.0, 2.0))
