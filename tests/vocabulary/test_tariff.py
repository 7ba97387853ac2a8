"""Bands and prices by local time."""

from datetime import UTC, datetime

import pytest

from gw_spaceheat.vocabulary.moment import HOUR_MS
from gw_spaceheat.vocabulary.tariff import (
    WEEKEND,
    Calendar,
    TariffError,
    TimeOfUse,
    Window,
    by_hour,
    hours,
    spanish_three_periods,
)

SPAIN = spanish_three_periods(0.241, 0.293, 0.357)


def utc_ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("utc", "band"),
    [
        ("2022-06-10T12:00:00", "flat"),  # 14:00 in Madrid, summer time
        ("2022-06-10T11:59:59", "peak"),
        ("2022-06-10T05:59:59", "valley"),
        ("2022-06-10T06:00:00", "flat"),
        ("2022-02-10T13:00:00", "flat"),  # 14:00, winter time
        ("2022-02-10T17:00:00", "peak"),
        ("2022-06-10T20:00:00", "flat"),  # 22:00
        ("2022-06-10T22:00:00", "valley"),  # midnight, already Saturday
        ("2022-06-11T10:00:00", "valley"),  # Saturday
        ("2022-10-12T10:00:00", "valley"),  # a holiday, a Wednesday
    ],
)
def test_the_spanish_tariff(utc: str, band: str) -> None:
    assert SPAIN.band_at(utc_ms(utc)) == band


def test_price_is_that_of_the_band() -> None:
    assert SPAIN.price_at(utc_ms("2022-06-10T12:00:00")) == 0.293


@pytest.mark.parametrize(
    ("utc", "change"),
    [
        ("2022-06-10T06:10:00", "2022-06-10T08:00:00"),
        ("2022-06-10T22:00:00", "2022-06-13T06:00:00"),  # the weekend is one valley
        ("2022-03-27T00:30:00", "2022-03-28T06:00:00"),  # across the change to summer time
    ],
)
def test_when_the_band_changes(utc: str, change: str) -> None:
    assert SPAIN.next_change_ms(utc_ms(utc)) == utc_ms(change)


def test_one_price_never_changes() -> None:
    assert TimeOfUse("UTC", {"flat": 0.2}, "flat").next_change_ms(0) is None


@pytest.mark.parametrize(
    ("day", "count"), [("2022-03-26T23:00:00", 23), ("2022-10-29T22:00:00", 25), ("2022-06-10T22:00:00", 24)]
)
def test_days_of_23_24_and_25_hours(day: str, count: int) -> None:
    """Every hour has the price of its local hour; the hour left out has none, and the hour that comes twice has it twice."""
    table = by_hour("Europe/Madrid", tuple(float(hour) for hour in range(24)))
    prices = [table.price_at(utc_ms(day) + hour * HOUR_MS) for hour in range(count)]
    assert (prices[0], prices[-1]) == (0.0, 23.0)
    assert prices.count(2.0) == {23: 0, 24: 1, 25: 2}[count]


@pytest.mark.parametrize(
    ("window", "utc", "holds"),
    [
        (Window("x", 22 * 60, 6 * 60), "2022-06-10T23:00:00", True),  # across midnight
        (Window("x", 22 * 60, 6 * 60), "2022-06-10T05:59:00", True),
        (Window("x", 22 * 60, 6 * 60), "2022-06-10T06:00:00", False),
        (Window("x", 495, 510), "2022-06-10T08:15:00", True),  # a quarter of an hour
        (Window("x", 495, 510), "2022-06-10T08:30:00", False),
        (Window("x", months=frozenset({11, 12, 1})), "2022-06-10T08:30:00", False),
        (Window("x", months=frozenset({6})), "2022-06-10T08:30:00", True),
        (hours("x", 8, 9, WEEKEND), "2022-06-11T08:30:00", True),
        (hours("x", 8, 9, WEEKEND), "2022-06-10T08:30:00", False),
        (Window("x", on_holidays=True), "2022-07-04T12:00:00", True),
        (Window("x", on_holidays=True), "2022-07-05T12:00:00", False),
    ],
)
def test_windows(window: Window, utc: str, *, holds: bool) -> None:
    tariff = TimeOfUse("UTC", {"x": 1.0, "else": 0.0}, "else", (window,), Calendar.UNITED_STATES)
    assert (tariff.band_at(utc_ms(utc)) == "x") is holds


def test_holidays() -> None:
    assert SPAIN.is_holiday(utc_ms("2022-01-05T23:00:00"))  # 6 January in Madrid
    assert not SPAIN.is_holiday(utc_ms("2022-01-05T22:59:00"))


def test_what_cannot_be() -> None:
    with pytest.raises(TariffError, match="'y' has no price"):
        TimeOfUse("UTC", {"x": 1.0}, "y")
    with pytest.raises(TariffError, match="quarters"):
        TimeOfUse("UTC", {"x": 1.0}, "x", (Window("x", 1, 30),))
    with pytest.raises(TariffError, match="24"):
        by_hour("UTC", (1.0,))
