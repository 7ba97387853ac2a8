"""Weather and prices that a person gives as files, or leaves to the shipped samples and the SYNTHETIC generator."""

from pathlib import Path

from gw_spaceheat.apps.samples import PRICES, WEATHER, shipped_sample
from gw_spaceheat.plant.prices import Market, PriceSeries, read_prices
from gw_spaceheat.plant.series import Problem, SeriesFileError, Span
from gw_spaceheat.plant.synthetic import MILLINOCKET, generate_prices, generate_weather
from gw_spaceheat.plant.weather import WeatherSeries, read_weather


def text_of(path: Path) -> str:
    """Text of a file.

    Raises:
        SeriesFileError: It is no text.
        OSError: It cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Problem(1, "", f"is no text in UTF-8 (byte {error.start}); is it the right file?")
        raise SeriesFileError(path.name, [problem]) from None


def given_weather(path: Path | None, span: Span, seed: int) -> WeatherSeries:
    """The weather of a file; without one of the shipped SYNTHETIC January, or of the generator for other times.

    Raises:
        SeriesFileError: The file has gaps, wrong columns or is too short; names file, line and column.
        OSError: It cannot be read.
    """
    path = path or shipped_sample(WEATHER, span)
    return generate_weather(MILLINOCKET, span, seed) if path is None else read_weather(text_of(path), path.name, span)


def given_prices(
    path: Path | None, weather: WeatherSeries, span: Span, market: Market, seed: int, column: str | None = None
) -> PriceSeries:
    """The prices of a file, of one of its columns if that is named; without a file as for the weather.

    Raises:
        SeriesFileError: As for the weather.
        OSError: The file cannot be read.
    """
    path = path or shipped_sample(PRICES, span)
    return (
        generate_prices(weather, market, seed) if path is None else read_prices(text_of(path), path.name, span, market, column)
    )
