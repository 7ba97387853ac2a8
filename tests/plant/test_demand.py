"""Demand files."""

import os
from datetime import datetime
from pathlib import Path

import pytest

from gw_spaceheat.plant.demand import read_demand
from gw_spaceheat.plant.series import SeriesFileError, Span

HEADER = "hour_start_local_standard,heating_demand_kwh,hot_water_kwh\n"


def test_kilowatt_hours_of_an_hour_become_watts_and_the_sum_is_kept() -> None:
    text = HEADER + "2018-01-01T00:00:00,9.2518,1\n2018-01-01T01:00:00,0,2\n2018-01-01T02:00:00,3,2\n"
    demand = read_demand(text, "d.csv", Span(datetime(2018, 1, 1), 2, -5.0))
    assert demand.heating_w == pytest.approx((9251.8, 0.0, 3000.0))
    assert demand.heating_wh == pytest.approx(9251.8)


def test_negative_demand_is_refused() -> None:
    with pytest.raises(SeriesFileError, match=r"d\.csv: line 2, column heating_demand_kwh: -0\.1 cannot be true"):
        read_demand(HEADER + "2018-01-01T00:00:00,-0.1,1\n", "d.csv", Span(datetime(2018, 1, 1), 1, -5.0))


def test_every_real_house_is_read() -> None:
    folder = os.environ.get("GWS_TEST_DATA")
    if not folder:
        pytest.skip("GWS_TEST_DATA is not set: the folder with real demand is not there")
    files = sorted((Path(folder) / "vermont").glob("house_*.csv"))
    assert len(files) == 8
    peaks = [
        max(read_demand(path.read_text(encoding="utf-8"), path.name, Span(datetime(2018, 1, 1), 8760, -5.0)).heating_w)
        for path in files
    ]
    assert 20_000 < max(peaks) < 24_000
