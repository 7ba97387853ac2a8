"""Streets of the original's own form, as a whole."""

import os
from pathlib import Path

import pytest

from gw_spaceheat.apps.neighbourhood.request import StreetRequest
from gw_spaceheat.apps.neighbourhood.run import compare_street, run_street

DATA = os.environ.get("GWS_TEST_DATA")


@pytest.mark.skipif(DATA is None, reason="GWS_TEST_DATA is not set")
@pytest.mark.parametrize(
    ("name", "least_kwh", "bound_kwh", "peak_kw"),
    [("small3", 17.33, 17.4, 1.0), ("h10d2", 168.5, 173.1, 6.0)],
)
def test_known_streets(name: str, least_kwh: float, bound_kwh: float, peak_kw: float) -> None:
    told = run_street(StreetRequest(folder=Path(DATA or "") / "neighbourhood" / name, bound=True))
    assert least_kwh <= told["local_kwh"] <= told["bound_kwh"] * 1.001  # type: ignore[operator]
    assert told["bound_kwh"] == pytest.approx(bound_kwh, abs=0.1)
    assert told["jobs"] == told["jobs_ended"]
    assert (told["early"], told["late"]) == (0, 0)
    assert told["claimed_kwh"] == pytest.approx(told["deliverable_kwh"], rel=0.01)
    assert told["peak_import_kw"] <= peak_kw  # type: ignore[operator]


def test_runs_and_comparison(tmp_path: Path) -> None:
    for name in ("loads", "predictions"):
        (tmp_path / name).mkdir()
    (tmp_path / "consumer_event.csv").write_text("0;0;7200;a;dish.csv\n0;0;7200;b;dish.csv\n")
    (tmp_path / "producer_event.csv").write_text("0;roof;sun.csv\n")
    (tmp_path / "loads" / "dish.csv").write_text("0 0\n3600 900\n")
    (tmp_path / "predictions" / "sun.csv").write_text("0 0\n3600 0\n7200 1000\n10800 2000\n")
    told = run_street(StreetRequest(folder=tmp_path, algorithm="random", runs=3, seed=7))
    runs = told["runs"]
    assert isinstance(runs, list)
    assert [run["seed"] for run in runs] == [7, 8, 9]
    assert told["local_kwh"] == pytest.approx(sum(run["local_kwh"] for run in runs) / 3)
    asap, lst = compare_street(StreetRequest(folder=tmp_path, bound=True), ["asap", "lst"])
    assert (asap["algorithm"], lst["algorithm"]) == ("asap", "lst")
    assert asap["local_kwh"] == 0.0
    assert lst["local_kwh"] == pytest.approx(1.8)
    assert asap["bound_kwh"] == lst["bound_kwh"] == pytest.approx(1.8)
    for one in (asap, lst):
        (day,) = one["by_day"]  # type: ignore[misc]
        assert (day["local_kwh"], day["bound_kwh"]) == pytest.approx((one["local_kwh"], 1.8))
