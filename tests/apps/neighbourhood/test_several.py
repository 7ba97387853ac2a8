"""Several streets in one run: each as by itself, a total that adds up, and what they give each other."""

from pathlib import Path
from typing import Any

import pytest

from gw_spaceheat.apps.neighbourhood.convert import new_street
from gw_spaceheat.apps.neighbourhood.request import StreetRequest
from gw_spaceheat.apps.neighbourhood.run import run_street
from gw_spaceheat.apps.neighbourhood.several import SeveralRequest, run_streets, streets_in
from gw_spaceheat.apps.neighbourhood.simulated import Additions, Base
from gw_spaceheat.core.market.exchange import PriceOutsideError
from gw_spaceheat.core.market.synthetic import StreetKind
from gw_spaceheat.views.street_text import several_lines


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A street without roofs, and one that has more than it wants; one in each form."""
    path = tmp_path_factory.mktemp("streets")
    new_street(StreetKind(houses=4, roofs=0, seed=1), path / "dark")
    new_street(StreetKind(houses=4, roofs=4, seed=2), path / "sunny", additions=Additions(base=Base.STANDARD, batteries=1))
    (path / "notes").mkdir()
    return path


def run(folder: Path, between: float | None = None, **more: Any) -> dict[str, Any]:
    return run_streets(SeveralRequest(each=StreetRequest(folder=folder, **more), between_usd_per_kwh=between))


def test_streets_are_found_and_a_street_is_none(folder: Path) -> None:
    assert [path.name for path in streets_in(folder)] == ["dark", "sunny"]
    assert streets_in(folder / "dark") == []
    assert streets_in(folder / "nowhere") == []


def test_each_as_by_itself_and_a_total(folder: Path) -> None:
    told = run(folder, bound=True)
    for street in told["streets"]:
        alone = run_street(StreetRequest(folder=folder / street["street"], bound=True))
        assert {name: street[name] for name in ("local_kwh", "cost_usd", "bound_kwh")} == {
            name: alone[name] for name in ("local_kwh", "cost_usd", "bound_kwh")
        }
    dark, sunny = told["streets"]
    for name in ("jobs", "demand_kwh", "sun_kwh", "local_kwh", "cost_usd", "bound_kwh", "charged_kwh"):
        assert told["total"][name] == pytest.approx(dark[name] + sunny[name])
    assert told["total"]["peak_import_kw"] <= dark["peak_import_kw"] + sunny["peak_import_kw"]
    assert "got_kwh" not in dark
    assert several_lines(told)[-1] == "They give each other nothing."


def test_what_one_has_over_the_other_gets_at_a_price(folder: Path) -> None:
    """They lie five hours apart by one clock, for one of them begins at midnight in Maine; sun of both days' noon overlaps."""
    apart, together = run(folder), run(folder, between=0.2)
    before, after = apart["streets"], together["streets"]
    assert after[0]["got_kwh"] == pytest.approx(after[1]["given_kwh"]) == pytest.approx(together["total"]["exchanged_kwh"])
    assert after[0]["got_kwh"] > 1.0
    assert after[0]["cost_usd"] == pytest.approx(before[0]["cost_usd"] - after[0]["got_kwh"] * 0.1)
    assert after[1]["cost_usd"] == pytest.approx(before[1]["cost_usd"] - after[1]["given_kwh"] * 0.12)
    assert together["total"]["local_kwh"] == apart["total"]["local_kwh"]
    assert any(line.startswith("They gave each other") for line in several_lines(together))


def test_a_price_that_nobody_would_take_is_refused_first(folder: Path) -> None:
    with pytest.raises(PriceOutsideError, match="rather deal with the grid"):
        run(folder, between=0.05)


def test_results_of_each(folder: Path, tmp_path: Path) -> None:
    run(folder, results=tmp_path / "results")
    assert {path.name for path in (tmp_path / "results").iterdir()} == {"dark", "sunny"}
    assert (tmp_path / "results" / "sunny" / "result.json").is_file()
