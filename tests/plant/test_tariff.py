"""Delivery by local time, and what a run costs."""

from datetime import UTC, datetime

import pytest

from gw_spaceheat.house.model import PeakWindow, Tariff
from gw_spaceheat.plant.prices import Market, PriceSeries
from gw_spaceheat.plant.series import Span
from gw_spaceheat.plant.tariff import CostHours, Delivery, cost_hours

WEEKDAYS = (0, 1, 2, 3, 4)
TARIFF = Tariff(
    name="on-peak",
    on_peak_usd_per_kwh=0.24,
    off_peak_usd_per_kwh=0.05,
    on_peak=(
        PeakWindow(weekdays=WEEKDAYS, start_hour=7, end_hour=12),
        PeakWindow(weekdays=WEEKDAYS, start_hour=16, end_hour=20),
    ),
)


def utc_ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("utc", "on_peak"),
    [
        ("2018-01-09T11:59:59", False),  # Tuesday 06:59:59 in Maine
        ("2018-01-09T12:00:00", True),
        ("2018-01-09T16:59:59", True),
        ("2018-01-09T17:00:00", False),
        ("2018-01-09T21:00:00", True),
        ("2018-01-10T01:00:00", False),  # still Tuesday, 20:00
        ("2018-01-13T14:00:00", False),  # Saturday
        ("2018-01-15T14:00:00", False),  # Martin Luther King day, a Monday
        ("2018-01-22T14:00:00", True),  # an ordinary Monday
        ("2018-07-10T11:00:00", True),  # summer time: 07:00
        ("2018-07-10T16:00:00", False),  # summer time: 12:00
        ("2018-03-12T11:00:00", True),  # the Monday after the clocks went forward
        ("2018-03-09T11:00:00", False),  # the Friday before
    ],
)
def test_windows_are_local_time_and_know_holidays(utc: str, on_peak: bool) -> None:
    delivery = Delivery(TARIFF, "America/New_York")
    assert delivery.is_on_peak(utc_ms(utc)) is on_peak
    assert delivery.usd_per_kwh(utc_ms(utc)) == (0.24 if on_peak else 0.05)


def test_a_tariff_may_ignore_holidays() -> None:
    strict = Tariff(
        name="x", on_peak_usd_per_kwh=1.0, off_peak_usd_per_kwh=0.0, on_peak=TARIFF.on_peak, holidays_off_peak=False
    )
    assert Delivery(strict, "America/New_York").is_on_peak(utc_ms("2018-01-15T14:00:00"))


def test_energy_and_delivery_add_up_over_a_day() -> None:
    span = Span(datetime(2018, 1, 9), 24, -5.0)
    prices = PriceSeries(span, tuple(0.01 * hour for hour in range(25)), Market.REAL_TIME, "test")
    costs = cost_hours(prices, Delivery(TARIFF, "America/New_York"))
    assert [hour for hour in range(24) if costs.on_peak[hour]] == [7, 8, 9, 10, 11, 16, 17, 18, 19]
    assert costs.total_usd_per_kwh(7) == pytest.approx(0.31)
    energy_wh = tuple(1000.0 if hour in (6, 7) else 0.0 for hour in range(24))
    assert costs.cost_usd(energy_wh) == pytest.approx(0.06 + 0.05 + 0.07 + 0.24)
    assert costs.on_peak_share(energy_wh) == 0.5


def test_no_energy_has_no_on_peak_share_and_the_hours_must_fit() -> None:
    costs = CostHours(0, (0.1,), (0.1,), (True,))
    assert costs.on_peak_share((0.0,)) == 0.0
    with pytest.raises(ValueError, match="zip"):
        costs.cost_usd((1.0, 2.0))
