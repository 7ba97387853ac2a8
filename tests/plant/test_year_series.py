"""A year in steps of a quarter of an hour, the same every year."""

from datetime import datetime

import pytest

from gw_spaceheat.plant.prices import Market, read_prices
from gw_spaceheat.plant.series import Column, SeriesFileError, Span
from gw_spaceheat.plant.year_series import is_year, read_year

PRICE = Column("Dynamic", "USD/kWh", -10.0, 100.0)
HEADER = "time,Constant,Dynamic\n"


def year(hours: int = 8760) -> str:
    """Each quarter of an hour has the number of its hour, and its own share beside it that adds up to nothing."""
    lines = (f"{at * 900.0},0.25,{at // 4 / 1000 + (at % 4 - 1.5) / 10_000}" for at in range(hours * 4))
    return HEADER + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("start", "first_hour"),
    [
        (datetime(2018, 1, 1), 0),
        (datetime(2020, 2, 28), 58 * 24),
        (datetime(2020, 2, 29), 58 * 24),
        (datetime(2020, 3, 1), 59 * 24),
        (datetime(2018, 12, 31, 22), 8758),
    ],
)
def test_an_hour_is_the_mean_of_its_steps_whatever_the_year(start: datetime, first_hour: int) -> None:
    found = read_year(year(), "y.csv", Span(start, 1, -5.0), PRICE)
    assert found[0] == pytest.approx(first_hour / 1000)
    assert len(found) == 2


def test_after_the_years_end_it_begins_again() -> None:
    found = read_year(year(), "y.csv", Span(datetime(2018, 12, 31, 23), 3, -5.0), PRICE)
    assert found == pytest.approx((8.759, 0.0, 0.001, 0.002))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("time,Constant\n0,0.25\n", "column Dynamic: this column is needed and not there; found: time, Constant"),
        (HEADER + "0,0,1\n1000,0,1\n", "steps must be equally long"),
        (HEADER + "0,0,1\n900,0,1\n2700,0,1\n", "line 4, column time: 2700 where 1800 s should stand"),
        (HEADER + "0,0,1\n900,0,x\n", "line 3, column Dynamic: '900,0,x' has no time and number"),
        (HEADER + "0,0,1\n900,0,nan\n", "cannot be true; -10 to 100 USD/kWh is allowed"),
        (HEADER + "0,0,1\n", "steps must be equally long"),
        (year(5), "too short: the run needs 2018-01-01T05:00:00, the file has 5 h"),
    ],
)
def test_what_cannot_be_trusted_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(SeriesFileError, match=words.replace("(", r"\(")):
        read_year(text, "y.csv", Span(datetime(2018, 1, 1), 8, -5.0), PRICE)


def test_prices_take_the_column_that_is_named_for_both_markets() -> None:
    span = Span(datetime(2018, 1, 1), 2, -5.0)
    for market in Market:
        assert read_prices(year(4), "y.csv", span, market, "Constant").usd_per_kwh == (0.25, 0.25, 0.25)
    assert is_year(year(1))
    assert not is_year("hour_start_local_standard,x\n")
