"""The project's own sample files: a January of weather, heat demand and prices, from a formula and a seed."""

from datetime import datetime
from pathlib import Path

from gw_spaceheat.plant.demand import HEATING
from gw_spaceheat.plant.prices import PRICE_COLUMNS, Market
from gw_spaceheat.plant.series import TIME_COLUMN, Span
from gw_spaceheat.plant.synthetic import MILLINOCKET, HeatNeed, generate_demand, generate_prices, generate_weather
from gw_spaceheat.plant.weather import DIFFUSE, DIRECT, OUTDOOR

SAMPLE_SEED = 1
SAMPLE_SPAN = Span(datetime(2018, 1, 1), 31 * 24, MILLINOCKET.utc_offset_h)  # noqa: DTZ001  local standard time


SAMPLES = Path(__file__).resolve().parents[2] / "input_data" / "samples"
WEATHER, DEMAND, PRICES = (f"{name}_january_SYNTHETIC.csv" for name in ("weather", "demand", "prices"))


def shipped_sample(name: str, span: Span) -> Path | None:
    """The shipped file, if it is there and covers these hours."""
    path = SAMPLES / name
    within = SAMPLE_SPAN.start_ms <= span.start_ms and span.end_ms <= SAMPLE_SPAN.end_ms
    return path if within and path.exists() else None


def sample_files() -> dict[str, str]:
    """Name and text of every sample file."""
    weather = generate_weather(MILLINOCKET, SAMPLE_SPAN, SAMPLE_SEED)
    demand = generate_demand(weather, HeatNeed(), SAMPLE_SEED)
    day_ahead = generate_prices(weather, Market.DAY_AHEAD, SAMPLE_SEED)
    real_time = generate_prices(weather, Market.REAL_TIME, SAMPLE_SEED)
    return {
        WEATHER: _csv(
            weather.source,
            {
                OUTDOOR.name: [f"{value:.2f}" for value in weather.outdoor_c],
                DIFFUSE.name: [f"{value:.1f}" for value in weather.diffuse_horizontal_w_m2],
                DIRECT.name: [f"{value:.1f}" for value in weather.direct_normal_w_m2],
            },
        ),
        DEMAND: _csv(demand.source, {HEATING.name: [f"{watts / 1000.0:.4f}" for watts in demand.heating_w]}),
        PRICES: _csv(
            f"SYNTHETIC prices, seed {SAMPLE_SEED}",
            {
                PRICE_COLUMNS[Market.DAY_AHEAD].name: [f"{value:.5f}" for value in day_ahead.usd_per_kwh],
                PRICE_COLUMNS[Market.REAL_TIME].name: [f"{value:.5f}" for value in real_time.usd_per_kwh],
            },
        ),
    }


def write_samples(folder: Path) -> list[Path]:
    """Write the sample files into a folder, which is made if it is not there; the answer is what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in sample_files().items():
        path = folder / name
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return written


def _csv(source: str, columns: dict[str, list[str]]) -> str:
    """Text of a file: what made it, the header, and an hour a line."""
    lines = [f"# {source}; made by gw_spaceheat/apps/samples.py, nothing in it was measured", ",".join([TIME_COLUMN, *columns])]
    for hour in range(SAMPLE_SPAN.hours):
        lines.append(",".join([SAMPLE_SPAN.stamp(hour).isoformat(), *(column[hour] for column in columns.values())]))
    return "\n".join(lines) + "\n"
