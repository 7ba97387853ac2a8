"""The sample files that the project ships are what its code makes."""

from datetime import datetime
from pathlib import Path

import pytest

from gw_spaceheat.apps.samples import SAMPLE_SEED, sample_files, write_samples
from gw_spaceheat.plant.demand import read_demand
from gw_spaceheat.plant.prices import read_prices
from gw_spaceheat.plant.series import Span
from gw_spaceheat.plant.synthetic import MILLINOCKET, generate_weather
from gw_spaceheat.plant.weather import read_weather

SHIPPED = Path(__file__).parents[2] / "input_data" / "samples"


def test_the_shipped_files_are_what_the_code_makes(tmp_path: Path) -> None:
    written = write_samples(tmp_path / "samples")
    assert {path.name for path in written} == {path.name for path in SHIPPED.glob("*.csv")}
    for path in written:
        assert (SHIPPED / path.name).read_bytes() == path.read_bytes(), (
            f"{path.name}: write the samples again with `gws samples`"
        )


@pytest.mark.parametrize("name", list(sample_files()))
def test_every_sample_says_that_it_is_synthetic(name: str) -> None:
    assert "SYNTHETIC" in name
    assert (SHIPPED / name).read_text(encoding="utf-8").startswith("# SYNTHETIC ")


def test_the_samples_are_read_and_equal_the_generator() -> None:
    span = Span(datetime(2018, 1, 8), 48, -5.0)
    weather = read_weather((SHIPPED / "weather_january_SYNTHETIC.csv").read_text(encoding="utf-8"), "w", span)
    made = generate_weather(MILLINOCKET, span, SAMPLE_SEED)
    assert (weather.outdoor_c, weather.direct_normal_w_m2) == (made.outdoor_c, made.direct_normal_w_m2)
    assert read_demand((SHIPPED / "demand_january_SYNTHETIC.csv").read_text(encoding="utf-8"), "d", span).heating_wh > 100_000
    assert len(read_prices((SHIPPED / "prices_january_SYNTHETIC.csv").read_text(encoding="utf-8"), "p", span).usd_per_kwh) == 49
