"""Who tells a planner what to expect: from settings to the actors that keep prices and weather fresh."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gw_spaceheat.actors.forecaster import Answer, Forecaster, ForecastMessages, Source
from gw_spaceheat.apps.settings import MESSAGES, SYNTHETIC, Settings
from gw_spaceheat.core.events import PricesHeard, WeatherHeard
from gw_spaceheat.core.planner.forecast_text import AFTER_MS, Layout, prices_from_text, weather_from_text
from gw_spaceheat.links.web_page import LARGEST_BYTES, LONGEST_S, TIMEOUT_S, WebPage
from gw_spaceheat.plant.prices import Market
from gw_spaceheat.plant.series import Span
from gw_spaceheat.plant.synthetic import MILLINOCKET, generate_prices, generate_weather
from gw_spaceheat.runtime.host import Hosted
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Moment

PRICES, WEATHER, HEARD = "prices", "weather", "forecast-messages"
"""Names of the actors."""
FOLDER = "forecasts"
"""Folder of kept pages within the data folder."""
LATE_MS = round((LONGEST_S + TIMEOUT_S) * 1000) + 20 * SECOND_MS
SEED = 1
Reader = Callable[[str, str, Layout, int, int], PricesHeard | WeatherHeard]


def forecasters(settings: Settings, utc_offset_h: float) -> list[Hosted]:
    """The actors that the settings ask for.

    What they put out (`PricesHeard`, `WeatherHeard`) is for whoever plans; `forecast-messages`, where it is among them, wants
    the `Received` of the link.

    Args:
        settings: Where they ask.
        utc_offset_h: Local standard time minus UTC [h], for files in local time.
    """
    layout = Layout(
        utc_offset_h=utc_offset_h,
        price_column=settings.prices_column,
        usd_per_unit=settings.prices_usd_per_unit,
    )
    folder, every_ms = settings.data_folder / FOLDER, round(settings.forecasts_every_min * MINUTE_MS)
    made = []
    for name, text, reader, synthetic in (
        (PRICES, settings.prices, prices_from_text, _synthetic_prices),
        (WEATHER, settings.weather, weather_from_text, _synthetic_weather),
    ):
        if text is None or text == MESSAGES:
            continue
        source = synthetic if text == SYNTHETIC else _source(text, folder, reader, layout)
        what = f"{name} of {text.split('?')[0]}"  # what stands after ? may be a key
        made.append(Hosted(name, Forecaster(source, what, every_ms), late_after_ms=LATE_MS))
    by_message = [text == MESSAGES for text in (settings.prices, settings.weather)]
    if any(by_message):
        made.append(Hosted(HEARD, ForecastMessages(prices=by_message[0], weather=by_message[1])))
    return made


def _source(text: str, folder: Path, reader: Reader, layout: Layout) -> Source:
    if "://" not in text:
        return _file(Path(text).expanduser(), reader, layout)
    page = WebPage(text, folder)

    def ask(now: Moment) -> Answer:
        fetched = page.fetch(now.wall_ms)
        heard = reader(fetched.text, page.where, layout, now.wall_ms, fetched.made_ms)
        return Answer(heard, fetched.trouble)

    return ask


def _file(path: Path, reader: Reader, layout: Layout) -> Source:
    def ask(now: Moment) -> Answer:
        state = path.stat()
        if state.st_size > LARGEST_BYTES:
            raise ValueError(f"{path} is larger than {LARGEST_BYTES} bytes")
        text = path.read_text(encoding="utf-8")
        return Answer(reader(text, path.name, layout, now.wall_ms, round(state.st_mtime * 1000)))

    return ask


def _span(now: Moment) -> Span:
    """The days around now in the local standard time of the synthetic climate; the same all day."""
    day_ms = now.wall_ms - now.wall_ms % DAY_MS
    local = datetime.fromtimestamp(day_ms / 1000, UTC).replace(tzinfo=None) + timedelta(hours=MILLINOCKET.utc_offset_h)
    return Span(local, AFTER_MS // HOUR_MS, MILLINOCKET.utc_offset_h)


def _synthetic_prices(now: Moment) -> Answer:
    span = _span(now)
    series = generate_prices(generate_weather(MILLINOCKET, span, SEED), Market.DAY_AHEAD, SEED)
    prices = series.usd_per_kwh[: span.hours]
    return Answer(PricesHeard(span.start_ms, HOUR_MS, prices, span.start_ms, series.source))


def _synthetic_weather(now: Moment) -> Answer:
    span = _span(now)
    series = generate_weather(MILLINOCKET, span, SEED)
    times = tuple(span.start_ms + hour * HOUR_MS for hour in range(span.hours + 1))
    return Answer(WeatherHeard(times, series.outdoor_c, (), span.start_ms, series.source))
