"""The page of the sun market: numbers are those of the files, nonsense is told, viewers look only."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient

from gw_spaceheat.core.market.synthetic import StreetKind
from gw_spaceheat.web.pages.sun_market import detail, layout, live, run_asked
from gw_spaceheat.web.sessions import Role
from gw_spaceheat.web.site import Site, read_asked
from tests.apps.neighbourhood.results import make_result
from tests.web.pages.presses import press, shown


def test_figures_are_those_of_the_files(site: Site, tmp_path: Path) -> None:
    folder = make_result(tmp_path, "r", "random", runs=3)
    told = json.loads((folder / "result.json").read_text())
    part = shown(detail(site, ["r", ""], "mean", "all", "60"))
    for run in told["runs"]:
        assert f'"{run["local_kwh"]:.2f}"' in part
        assert f'"{run["demand_kwh"] - run["local_kwh"]:.2f}"' in part
    for row in pq.read_table(folder / "contracts.parquet").to_pylist():
        assert (row["job"] in part) is True
    flows = pq.read_table(folder / "flows.parquet").to_pylist()
    hours: dict[tuple[int, int], float] = {}
    for row in flows:
        key = (row["run"], row["at_unix_s"] // 3600)
        hours[key] = hours.get(key, 0.0) + row["load_wh"] / 1000.0
    peaks = [max(kw for (run, _), kw in hours.items() if run == number) for number in (1, 2, 3)]
    assert f'"{sum(peaks) / 3:.3f}"' in part


def test_each_day_stands_beside_its_bound(site: Site, tmp_path: Path) -> None:
    folder = make_result(tmp_path, "r", "random", runs=2, days=2)
    told = json.loads((folder / "result.json").read_text())
    part = shown(detail(site, ["r", ""], "mean", "all", "60"))
    assert "By days, each beside the bound of its own: the mean of all runs" in part
    assert len(told["by_day"]) == 2
    for day in told["by_day"]:
        for text in (f"{day['local_kwh']:.2f}", f"{day['bound_kwh']:.2f}", f"{day['bound_kwh'] - day['local_kwh']:.2f}"):
            assert f'"{text}"' in part
        assert f'"{100.0 * day["local_kwh"] / day["bound_kwh"]:.2f}"' in part
    make_result(tmp_path, "short")
    assert "By days" not in shown(detail(site, ["short", ""], "1", "all", "60"))


def test_a_run_and_a_household(site: Site, tmp_path: Path) -> None:
    folder = make_result(tmp_path, "r", "random", runs=2)
    part = shown(detail(site, ["r", ""], "2", "of 3", "15"))
    rows = pq.read_table(folder / "contracts.parquet").to_pylist()
    for row in rows:
        assert (f'"{row["job"]}"' in part) is (row["house"] == "3")
    (bill,) = [
        row for row in pq.read_table(folder / "households.parquet").to_pylist() if (row["run"], row["house"]) == (2, "3")
    ]
    assert f'"{bill["cost_usd"]:.2f}"' in part
    assert "Contracts of run 2: house 3" in part
    assert "neighbours' roofs" in part


def test_what_heat_took_and_costs(site: Site, tmp_path: Path) -> None:
    folder = make_result(tmp_path, "warm", heated=2)
    told = json.loads((folder / "result.json").read_text())
    part = shown(detail(site, ["warm", ""], "1", "all", "15"))
    share = 100.0 * told["heat_local_kwh"] / told["heat_kwh"]
    for figure in (told["heat_kwh"], share, told["heat_cost_usd"], told["heat_blind_cost_usd"]):
        assert f'"{figure:.2f}"' in part
    assert "Houses that are heated by the street" in part
    assert len(told["heated"]) == 2
    for each in told["heated"]:
        for name in ("electricity_kwh", "need_kwh", "begin_kwh", "end_kwh"):
            assert f'"{each[name]:.2f}"' in part
    one = shown(detail(site, ["warm", ""], "1", "of 2", "15"))
    first, second = (f'"{each["need_kwh"]:.2f}"' for each in told["heated"])
    assert (first in one, second in one) == (False, True)
    assert "heated by the street" not in shown(detail(site, ["warm", ""], "1", "of 3", "15"))
    make_result(tmp_path, "cool")
    assert "heated by the street" not in shown(detail(site, ["cool", ""], "1", "all", "15"))
    beside = shown(detail(site, ["cool", "warm"], "mean", "all", "15"))
    assert "heat took, kWh" in beside


def test_two_side_by_side(site: Site, tmp_path: Path) -> None:
    folders = [make_result(tmp_path, name, name) for name in ("asap", "lst")]
    first, second = (json.loads((folder / "result.json").read_text())["local_kwh"] for folder in folders)
    part = shown(detail(site, ["asap", "lst"], "mean", "all", "15"))
    assert f'"{second - first:+.2f}"' in part
    assert second > first
    whole = shown(layout(site, read_asked(site, "result=asap&other=lst", Role.VIEWER)))
    assert "asap beside lst" in whole


def test_what_was_written_once_says_so(site: Site, tmp_path: Path) -> None:
    folder = make_result(tmp_path, "r")
    for name in ("flows.parquet", "households.parquet"):
        (folder / name).unlink()
    table = pq.read_table(folder / "contracts.parquet")
    pq.write_table(table.select(["job", "house", "start_unix_s", "end_unix_s", "wh"]), folder / "contracts.parquet")
    for names in (["r", ""], ["r", "r"]):
        assert "flows were not kept" in shown(detail(site, names, "1", "all", "15"))


@pytest.mark.parametrize("query", ["result=nothing", "result=../streets", "result=r&other=nothing"])
def test_a_result_that_is_not_there_is_told(site: Site, tmp_path: Path, query: str) -> None:
    make_result(tmp_path, "r")
    assert "There is no result" in shown(layout(site, read_asked(site, query, Role.VIEWER)))


def test_the_list_escapes_what_is_not_ours(site: Site, tmp_path: Path) -> None:
    folder = make_result(tmp_path, "r")
    (folder / "result.json").write_text('{"algorithm": "<b>", "local_kwh": "<i>"}')
    folder.rename(folder.parent / "<u>")
    told = live(site, read_asked(site, "", Role.VIEWER))["sm-list"]
    assert "&lt;u&gt;" in told
    assert not any(word in told for word in ("<b>", "<i>", "<u>"))


def test_a_result_as_a_file(clients: dict[str, FlaskClient], tmp_path: Path) -> None:
    make_result(tmp_path, "r")
    answer = clients["viewer"].get("/street-results.zip?name=r")
    assert answer.mimetype == "application/zip"
    assert len(zipfile.ZipFile(io.BytesIO(answer.data)).namelist()) == 4
    assert clients["viewer"].get("/street-results.zip?name=../x").status_code == 404


def test_only_an_operator_runs_and_deletes(site: Site, clients: dict[str, FlaskClient], tmp_path: Path) -> None:
    make_result(tmp_path, "r")
    site.desk.streets.make("s", StreetKind(houses=2, roofs=1))
    said = {"sm-street.value": "s", "sm-algorithms.value": ["asap"], "sm-runs.value": 1, "sm-seed.value": 1}
    chosen = {"sm-names.data": ["r", ""], "house.value": "x"}
    assert "Only an operator" in press(clients["viewer"], "sm-run", said).text
    assert "Only an operator" in press(clients["viewer"], "sm-sure.submit_n_clicks", chosen).text
    assert (site.desk.runs.work(), len(site.desk.results.listed())) == (None, 1)
    assert "no street" in press(clients["operator"], "sm-run", said | {"sm-street.value": "nothing"}).text
    assert press(clients["operator"], "sm-sure.submit_n_clicks", chosen).status_code == 200
    assert site.desk.results.listed() == ()


@pytest.mark.parametrize(
    "words",
    [(None, ["asap"], 1, 1), ("", ["asap"], 1, 1), ("s", None, 1, 1), ("s", ["asap"], 1.5, 1), ("s", ["asap"], 1, True)],
)
def test_what_cannot_be_asked_for(words: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match="Choose"):
        run_asked(*words)
