"""Weather files."""

import os
from datetime import datetime
from pathlib import Path

import pytest

from gw_spaceheat.plant.series import SeriesFileError, Span
from gw_spaceheat.plant.weather import read_weather

HEADER = "hour_start_local_standard,outdoor_c,relative_humidity_pct,diffuse_horizontal_w_m2,direct_normal_w_m2\n"
ONE_HOUR = Span(datetime(2018, 1, 1), 1, -5.0)


def test_the_three_columns_are_read_and_the_others_are_let_be() -> None:
    weather = read_weather(HEADER + "2018-01-01T00:00:00,-21.33,72.2,10.5,20.25\n", "w.csv", ONE_HOUR)
    assert (weather.outdoor_c, weather.diffuse_horizontal_w_m2, weather.direct_normal_w_m2) == (
        (-21.33,) * 2,
        (10.5,) * 2,
        (20.25,) * 2,
    )
    assert weather.source == "w.csv"


def test_negative_radiation_and_a_missing_column_are_refused() -> None:
    with pytest.raises(SeriesFileError, match="line 2, column direct_normal_w_m2: -1 cannot be true"):
        read_weather(HEADER + "2018-01-01T00:00:00,-21.33,72.2,10.5,-1\n", "w.csv", ONE_HOUR)
    with pytest.raises(SeriesFileError, match="line 1, column diffuse_horizontal_w_m2"):
        read_weather("hour_start_local_standard,outdoor_c,direct_normal_w_m2\n", "w.csv", ONE_HOUR)


def test_a_real_year_is_read() -> None:
    folder = os.environ.get("GWS_TEST_DATA")
    if not folder:
        pytest.skip("GWS_TEST_DATA is not set: the folder with real weather is not there")
    path = Path(folder) / "vermont" / "weather_2018.csv"
    weather = read_weather(path.read_text(encoding="utf-8"), path.name, Span(datetime(2018, 1, 1), 8760, -5.0))
    assert len(weather.outdoor_c) == 8761
    assert min(weather.outdoor_c) == pytest.approx(-28.3, abs=0.1)
    assert weather.outdoor_c[:2] == (-21.33, -21.23)
