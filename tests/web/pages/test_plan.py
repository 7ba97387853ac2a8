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
