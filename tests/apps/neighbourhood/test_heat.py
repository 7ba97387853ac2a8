"""Streets whose houses are heated, as a whole: under every way to schedule jobs, beside houses that see no sun."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gw_spaceheat.apps.neighbourhood.convert import Form, convert_street, new_street, open_street
from gw_spaceheat.apps.neighbourhood.request import StreetRequest
from gw_spaceheat.apps.neighbourhood.run import compare_street, run_street
from gw_spaceheat.apps.neighbourhood.simulated import Additions
from gw_spaceheat.apps.neighbourhood.wire import WireFaults
from gw_spaceheat.core.market.synthetic import StreetKind
from gw_spaceheat.house.faults import HouseFileError
from gw_spaceheat.stores.street_folder import StreetFileError
from gw_spaceheat.stores.street_folder_writer import NoPlaceError
from gw_spaceheat.views.street_text import street_lines

HOUSES_FILE = Path(__file__).parents[3] / "input_data" / "houses.json"
KIND = StreetKind(houses=4, roofs=4, days=2, seed=2)
MAY = datetime(2018, 5, 5)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("streets") / "heated"
    new_street(KIND, path, additions=Additions(start=MAY, simulated_sun=True, heated=2, batteries=1))
    return path


def run(folder: Path, **more: Any) -> dict[str, Any]:
    return run_street(StreetRequest(folder=folder, houses=HOUSES_FILE, **more))


def test_heat_follows_the_street_s_sun_and_costs_less(folder: Path) -> None:
    told = run(folder, bound=True)
    assert told["heat_kwh"] > 20.0
    assert told["heat_local_kwh"] / told["heat_kwh"] > told["heat_blind_local_kwh"] / told["heat_blind_kwh"] + 0.1
    assert told["heat_cost_usd"] < told["heat_blind_cost_usd"]
    assert told["heat_cold_k_h"] == 0.0
    assert told["base_kwh"] == pytest.approx(told["heat_kwh"])
    assert told["local_kwh"] <= told["bound_kwh"] + 1e-6
    assert told["jobs"] == told["jobs_ended"]
    assert (told["early"], told["late"]) == (0, 0)
    assert [each["house"] for each in told["heated"]] == ["1", "2"]
    assert sum(bill["demand_kwh"] for bill in told["households"]) == pytest.approx(told["demand_kwh"])
    assert any(line.startswith("Heat took") and "local sun" in line for line in street_lines(told))


def test_where_jobs_are_placed_otherwise_houses_plan_first(folder: Path) -> None:
    told = run(folder, algorithm="offline")
    assert told["heat_local_kwh"] > told["heat_blind_local_kwh"]
    assert told["heat_cold_k_h"] == 0.0
    assert told["jobs"] == told["jobs_ended"]


def test_by_messages_it_is_the_same(folder: Path) -> None:
    without, by_messages = run(folder), run(folder, messages=WireFaults())
    figures = [name for name in without if name.startswith("heat_")]
    assert len(figures) == 10
    for name in (*figures, "local_kwh", "cost_usd", "peak_import_kw"):
        assert by_messages[name] == pytest.approx(without[name], abs=1e-6), name
    assert by_messages["heated"] == without["heated"]
    assert by_messages["contracts"] == without["contracts"]


def test_on_a_bad_wire_nobody_gets_cold_and_no_job_is_lost(folder: Path) -> None:
    told = run(folder, messages=WireFaults(lost=0.3, doubled=0.3, late_ms=20_000))
    assert told["messages_lost"] > 100.0
    assert told["jobs"] == told["jobs_ended"]
    assert told["heat_cold_k_h"] == 0.0
    assert told["heat_local_kwh"] / told["heat_kwh"] > told["heat_blind_local_kwh"] / told["heat_blind_kwh"]


def test_schedulers_side_by_side(folder: Path) -> None:
    asap, lst = compare_street(StreetRequest(folder=folder, houses=HOUSES_FILE), ["asap", "lst"])
    assert (asap["algorithm"], lst["algorithm"]) == ("asap", "lst")
    assert asap["heat_kwh"] != lst["heat_kwh"], "houses plan around jobs where they stand"
    assert "heated" not in asap


def test_it_is_kept_in_our_own_form_and_the_originals_has_no_place_for_it(folder: Path, tmp_path: Path) -> None:
    convert_street(folder, tmp_path / "again", Form.OWN)
    one, other = open_street(folder).street, open_street(tmp_path / "again").street
    assert one.outdoor_c == other.outdoor_c
    assert len(one.outdoor_c) == 4 * 24
    for mine, its in zip(one.heated, other.heated, strict=True):
        assert (mine.house, mine.model, mine.levels, mine.stored_share) == (its.house, its.model, its.levels, its.stored_share)
        assert mine.need.wh.tolist() == its.need.wh.tolist()
    with pytest.raises(NoPlaceError, match="no place for batteries"):
        convert_street(folder, tmp_path / "original", Form.ORIGINAL)


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    new_street(KIND, tmp_path / "one", additions=Additions(heated=1, model="hw1.nowhere"))
    with pytest.raises(HouseFileError, match=r"hw1\.nowhere"):
        run(tmp_path / "one")


def test_for_more_days_than_heat_is_told_of_there_is_no_street(folder: Path) -> None:
    assert run(folder, days=1)["heat_kwh"] > 0.0
    with pytest.raises(StreetFileError, match="outdoor_c has 96 hours; houses are heated for 240"):
        run(folder, days=10)


def test_more_than_there_are_houses_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="5 heat sources in 4 houses"):
        new_street(KIND, tmp_path / "one", additions=Additions(heated=5))
