"""Delivery by local time: what it costs and how much power is allowed."""

from datetime import UTC, datetime
from math import inf

import pytest

from gw_spaceheat.house.delivery import Delivery
from gw_spaceheat.house.model import PeakWindow, PowerLimit, Tariff

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


@pytest.mark.parametrize(
    ("utc", "hours_until"),
    [
        ("2018-01-10T11:45:00", 0.25),
        ("2018-01-10T12:00:00", 5.0),
        ("2018-01-10T17:00:00", 4.0),
        ("2018-01-11T01:30:00", 10.5),
        ("2018-01-13T14:00:00", None),  # Saturday
        ("2018-01-15T14:00:00", 22.0),  # Martin Luther King day
    ],
)
def test_when_on_peak_next_begins_or_ends(utc: str, hours_until: float | None) -> None:
    next_ms = Delivery(TARIFF, "America/New_York").next_change_ms(utc_ms(utc), 24 * 3_600_000)
    assert (None if next_ms is None else (next_ms - utc_ms(utc)) / 3_600_000) == hours_until


def test_months_are_local() -> None:
    delivery = Delivery(TARIFF, "America/New_York")
    assert [delivery.month_at(utc_ms(f"2018-02-01T{hour}:59:59")) for hour in ("04", "05")] == [(2018, 1), (2018, 2)]


def test_a_tariff_may_ignore_holidays() -> None:
    strict = Tariff(
        name="x", on_peak_usd_per_kwh=1.0, off_peak_usd_per_kwh=0.0, on_peak=TARIFF.on_peak, holidays_off_peak=False
    )
    assert Delivery(strict, "America/New_York").is_on_peak(utc_ms("2018-01-15T14:00:00"))


def test_the_strictest_power_limit_of_a_moment_holds_and_holidays_have_it_too() -> None:
    limits = (
        PowerLimit(weekdays=(0,), start_hour=7, end_hour=12, limit_kw=6.0),
        PowerLimit(weekdays=(0, 1), start_hour=9, end_hour=10, limit_kw=4.0),
    )
    tariff = Tariff(name="x", on_peak_usd_per_kwh=1.0, off_peak_usd_per_kwh=1.0, power_limits=limits)
    delivery = Delivery(tariff, "America/New_York")
    at = {hour: delivery.limit_kw(utc_ms(f"2018-01-15T{hour + 5:02d}:30:00")) for hour in (6, 7, 9, 12)}
    assert at == {6: inf, 7: 6.0, 9: 4.0, 12: inf}
