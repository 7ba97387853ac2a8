"""What is shown of results, beside the same reckoned in another way from the files."""

from dataclasses import replace
from pathlib import Path
from statistics import mean, stdev

import numpy as np
import pyarrow.parquet as pq
import pytest

from gw_spaceheat.apps.neighbourhood.shown import (
    Peak,
    Spread,
    bills_of,
    days_of,
    flow_of,
    heated_of,
    in_order,
    mean_peak,
    peak_to_average,
    run_figures,
    runs_of,
    spread,
)
from gw_spaceheat.stores.street_results import Results, read_results
from tests.apps.neighbourhood.results import make_result


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_result(tmp_path, "r", "random", runs=3)


def test_heat_that_cannot_be_is_not_shown(folder: Path) -> None:
    results = read_results(folder)
    names = ("electricity_kwh", "boost_kwh", "need_kwh", "starts", "cold_k_h", "begin_kwh", "end_kwh")
    good = {"house": "1", **dict.fromkeys(names, 1.0)}
    assert heated_of(results) == []
    assert heated_of(replace(results, told={"heated": [good]})) == [good]
    for bad in ("x", {"house": "1"}, [{**good, "starts": "<b>"}], [{**good, "house": 7}], [good, 5]):
        assert heated_of(replace(results, told={"heated": bad})) == []


def test_flows_of_runs_and_houses(folder: Path) -> None:
    results = read_results(folder)
    rows = pq.read_table(folder / "flows.parquet").to_pylist()
    assert runs_of(results) == 3
    for run in (1, 3, None):
        for house in ("2", None):
            flow = flow_of(results, run, house)
            assert flow is not None
            mine = [row for row in rows if run in (None, row["run"]) and house in (None, row["house"])]
            for name in ("load_wh", "grid_wh", "sun_wh", "own_wh"):
                assert getattr(flow, name).sum() == pytest.approx(sum(row[name] for row in mine) / (1 if run else 3))
            np.testing.assert_allclose(flow.local_wh + flow.grid_wh, flow.load_wh)
            np.testing.assert_allclose(flow.own_wh.sum() + flow.given_wh.sum() + flow.sold_wh.sum(), flow.sun_wh.sum())
    assert [flow_of(results, 4), flow_of(results, 0), flow_of(results, 1, "9")] == [None] * 3


def test_mean_and_deviation_over_runs(folder: Path) -> None:
    figures = run_figures(read_results(folder))
    values = [run["local_kwh"] for run in figures]
    assert len(set(values)) > 1
    assert spread(figures, "local_kwh") == Spread(pytest.approx(mean(values)), pytest.approx(stdev(values)))
    assert spread(figures[:1], "local_kwh") == Spread(values[0], None)
    assert spread(figures, "nothing") is None


def test_bills_of_a_run_and_of_the_mean(folder: Path) -> None:
    results = read_results(folder)
    rows = [row for row in pq.read_table(folder / "households.parquet").to_pylist() if row["house"] == "3"]
    assert [bill["house"] for bill in bills_of(results)] == ["1", "2", "3"]
    assert bills_of(results)[2]["cost_usd"] == pytest.approx(mean(row["cost_usd"] for row in rows))
    assert bills_of(results, 2)[2]["cost_usd"] == rows[1]["cost_usd"]


@pytest.mark.parametrize(
    ("wh", "interval_min", "peak"),
    [
        ([250.0, 0.0, 0.0, 0.0], 15, Peak(1.0, 0.25, 4.0)),
        ([250.0, 250.0, 0.0, 0.0], 30, Peak(1.0, 0.5, 2.0)),
        ([250.0, 0.0, 0.0, 250.0], 30, Peak(0.5, 0.5, 1.0)),
        ([250.0, 250.0, 250.0], 30, Peak(1.0, 0.75, 4.0 / 3.0)),
        ([0.0, 0.0], 15, Peak(0.0, 0.0, None)),
        ([], 15, Peak(0.0, 0.0, None)),
    ],
)
def test_peak_to_average(wh: list[float], interval_min: int, peak: Peak) -> None:
    assert peak_to_average(np.array(wh), interval_min) == peak


def test_the_mean_of_peaks_is_no_peak_of_means() -> None:
    assert mean_peak([Peak(4.0, 1.0, 4.0), Peak(2.0, 1.0, 2.0)]) == Peak(3.0, 1.0, 3.0)
    assert mean_peak([Peak(0.0, 0.0, None)]) == Peak(0.0, 0.0, None)


def test_what_was_written_once_is_shown_as_far_as_it_goes() -> None:
    once = Results(told={"local_kwh": 1.0}, contracts=[{"run": 1}], houses=(), flows={}, first_s=0.0, households=[])
    assert (runs_of(once), flow_of(once), bills_of(once), run_figures(once)) == (1, None, [], [{"local_kwh": 1.0}])
    assert runs_of(Results(told={}, contracts=[], houses=(), flows={}, first_s=0.0, households=[])) == 1


DAY = {"begins_unix_s": 0, "local_kwh": 1.0, "bound_kwh": 2.0, "gap_kwh": 1.0}


@pytest.mark.parametrize(
    "days", [None, 3, ["x"], [{"begins_unix_s": 0}], [DAY | {"local_kwh": "x"}], [DAY | {"begins_unix_s": 1e300}]]
)
def test_days_that_nobody_told_or_that_cannot_be_are_none(days: object) -> None:
    assert days_of(Results(told={"by_day": days}, contracts=[], houses=(), flows={}, first_s=0.0, households=[])) == []


def test_days_are_those_that_were_told(tmp_path: Path) -> None:
    results = read_results(make_result(tmp_path, "two", days=2))
    assert days_of(results) == results.told["by_day"]
    assert len(days_of(results)) == 2


def test_houses_in_order() -> None:
    assert sorted(["10", "9", "b", "2"], key=in_order) == ["2", "9", "10", "b"]
