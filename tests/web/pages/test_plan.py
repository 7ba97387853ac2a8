"""What the page of plan and money tells of the days that were."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from gw_spaceheat.apps.kept_series import KeptSeries
from gw_spaceheat.apps.simulation_jobs import SimulationJobs, Wanted
from gw_spaceheat.core.events import Persist
from gw_spaceheat.messages.gws_plan import GwsPlan
from gw_spaceheat.runtime.clock import PacedClock
from gw_spaceheat.stores.readings import ReadingsStore
from gw_spaceheat.vocabulary.moment import HOUR_MS
from gw_spaceheat.web.pages import plan
from gw_spaceheat.web.pages.plan import layout
from gw_spaceheat.web.sessions import Role
from gw_spaceheat.web.site import read_asked
from tests.heard import MIDNIGHT_MS, thinned_report, uuid
from tests.web.site import OAK, make_site


def page(folder: Path) -> str:
    site = make_site(folder, PacedClock(0.001, MIDNIGHT_MS + 17 * HOUR_MS))
    return json.dumps(layout(site, read_asked(site, f"house={OAK}", Role.VIEWER)), cls=PlotlyJSONEncoder)


def keep(folder: Path, *messages: Any) -> None:
    store = ReadingsStore(folder / "ear")
    store.open()
    for number, message in enumerate(messages):
        store.keep(Persist(OAK, MIDNIGHT_MS, f"{OAK}.ta.scada", "a", uuid(number), message))
    store.close()


def test_the_days_that_are_kept(tmp_path: Path) -> None:
    keep(tmp_path, thinned_report(2, 60, {"a-hp": [(0, 600, 600, 600, 6)]}))
    shown = page(tmp_path)
    assert "What it took and gave" in shown
    assert '"children": "2018-01-07"' in shown
    assert "2018-01-06" not in shown, "nothing is known of it"


def test_nothing_is_kept(tmp_path: Path) -> None:
    assert "nothing is kept of" in page(tmp_path)


def test_days_that_were_can_be_compared_by_an_operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = make_site(tmp_path, PacedClock(0.001, MIDNIGHT_MS + 17 * HOUR_MS))
    house = site.files.house(OAK)
    assert house is not None
    asked: list[tuple[Any, ...]] = []
    started: list[Wanted] = []
    monkeypatch.setattr(plan, "write_kept_series", lambda *words: asked.append(words) or KeptSeries("w", "d", "p"))
    monkeypatch.setattr(SimulationJobs, "start", lambda _self, wanted: started.append(wanted))
    plan._compare(site, house, 7)
    ((_, _, first, last, into),) = asked
    assert (first, last, into) == (date(2018, 1, 1), date(2018, 1, 7), tmp_path / "series")
    assert started == [Wanted(OAK, date(2018, 1, 1), 7, plan.COUNTERFACTUALS, "w", "p", "d")]


@pytest.mark.parametrize(("role", "disabled"), [(Role.VIEWER, 2), (Role.OPERATOR, 0)])
def test_a_viewer_cannot_start_that(tmp_path: Path, role: Role, disabled: int) -> None:
    site = make_site(tmp_path, PacedClock(0.001, MIDNIGHT_MS + 17 * HOUR_MS))
    shown = json.dumps(layout(site, read_asked(site, f"house={OAK}", role)), cls=PlotlyJSONEncoder)
    assert "Compare yesterday" in shown
    assert shown.count('"disabled": true') == disabled


@pytest.mark.parametrize(("maker", "who"), [(OAK, "Made by the AtomicTNode"), (f"{OAK}.ta.scada", "Made by the house itself")])
def test_the_plan_by_which_the_house_is_run(tmp_path: Path, maker: str, who: str) -> None:
    made_ms = MIDNIGHT_MS + 17 * HOUR_MS
    told = GwsPlan(
        message_id=uuid(1),
        src=maker,
        made_ms=made_ms,
        edges_s=[made_ms // 1000 + 1800 * number for number in range(4)],
        power_w_list=[4000, 0, 8000],
        stored_wh_list=[30_000, 34_000, 33_000, 40_000],
        price_x1000_list=[100_000, 300_000, 200_000],
    )
    store = ReadingsStore(tmp_path / "ear")
    store.open()
    store.keep(Persist(OAK, made_ms + 50, maker, "ear", told.message_id, told))
    store.close()
    shown = page(tmp_path)
    assert all(
        words in shown for words in ("The plan by which the house is run", who, "1.00 USD", "6 kWh", "30 kWh", "2 hours")
    )
    assert "What two days could be" not in shown


def test_without_one_it_says_that_the_house_goes_by_none(tmp_path: Path) -> None:
    shown = page(tmp_path)
    assert "What two days could be" in shown
    assert "No plan is told of this house" in shown
