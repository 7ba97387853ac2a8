"""Energy prices, hour by hour: read from a file; `synthetic.py` makes some when there is no file."""

from dataclasses import dataclass
from enum import StrEnum

from gw_spaceheat.plant.series import Column, Span, read_hours


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


def read_prices(text: str, where: str, span: Span, market: Market = Market.REAL_TIME) -> PriceSeries:
    """Prices of one market from the text of a CSV file with that market's column (`PRICE_COLUMNS`).

    Raises:
        SeriesFileError: Naming file, line and column of everything that is wrong.
    """
    column = PRICE_COLUMNS[market]
    return PriceSeries(
        span=span, usd_per_kwh=read_hours(text, where, span, (column,))[column.name], market=market, source=where
    )
