"""Energy prices, hour by hour: read from a file; `synthetic.py` makes some when there is no file."""

from dataclasses import dataclass
from enum import StrEnum

from gw_spaceheat.plant.series import Column, Span, read_hours
from gw_spaceheat.plant.year_series import is_year, read_year


class Market(StrEnum):
    """Which of the two energy prices counts."""

    DAY_AHEAD = "day-ahead"
    REAL_TIME = "real-time"


PRICE_COLUMNS = {
    Market.DAY_AHEAD: Column("energy_day_ahead_usd_per_kwh", "USD/kWh", -10.0, 100.0),
    Market.REAL_TIME: Column("energy_real_time_usd_per_kwh", "USD/kWh", -10.0, 100.0),
}


@dataclass(frozen=True, slots=True)
class PriceSeries:
    """Energy price without delivery.

    Attributes:
        span: Which hours.
        usd_per_kwh: Price of each hour [USD/kWh], and one value beyond the end.
        market: Which price it is.
        source: The file's name, or a line that begins with SYNTHETIC.
    """

    span: Span
    usd_per_kwh: tuple[float, ...]
    market: Market
    source: str


def read_prices(
    text: str, where: str, span: Span, market: Market = Market.REAL_TIME, column_name: str | None = None
) -> PriceSeries:
    """Prices of one market from the text of a CSV file.

    Args:
        text: The file's text: hours (`series.py`), or a year (`year_series.py`).
        where: Its name, for messages.
        span: Which hours.
        market: Whose price is wanted.
        column_name: The column to take for both markets; None for the market's own (`PRICE_COLUMNS`).

    Raises:
        SeriesFileError: Naming file, line and column of everything that is wrong.
    """
    column = PRICE_COLUMNS[market] if column_name is None else PRICE_COLUMNS[market]._replace(name=column_name)
    prices = read_year(text, where, span, column) if is_year(text) else read_hours(text, where, span, (column,))[column.name]
    return PriceSeries(span=span, usd_per_kwh=prices, market=market, source=where)
