"""The page of the net balance: what is asked of it runs, nonsense is told, and only an operator brings files."""

import base64
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from gw_spaceheat.apps.netbalance.recordings import SYNTHETIC
from gw_spaceheat.web.pages._net_balance_form import PRICES, experiment_asked, price_data, settings_asked
from gw_spaceheat.web.pages._net_balance_results import run_results, sweep_results
from gw_spaceheat.web.pages.net_balance import _done, layout
from gw_spaceheat.web.sessions import Role
from gw_spaceheat.web.site import read_asked
from tests.web.pages.presses import shown
from tests.web.site import OPERATOR, US, VIEWER, browser, make_gate, make_site

ASKED: dict[str, Any] = {
    "files": [SYNTHETIC],
    "base": "",
    "factor": 1,
    "loads": "700, 1000",
    "period": "60",
    "prices": [*PRICES, 0.187],
    "range": None,
    "algorithm": "hysteresis",
    "values": ["70, 150", "-10, 0"],
    "names": [{"type": "nb-setting", "name": "top_wh"}, {"type": "nb-setting", "name": "bottom_wh"}],
}
RECORDING = b"time,production_w,base_w\n2022-06-09T06:00:00,100,200\n2022-06-09T06:00:10,110,210\n"


def test_a_run_tells_the_figures_of_the_command_line(tmp_path: Path) -> None:
    experiment = experiment_asked(make_site(tmp_path), ASKED)
    told = experiment.told("hysteresis", {"top_wh": "70,150"})
    assert settings_asked(ASKED) == {"top_wh": "70,150"}, "what is usual is left out"
    assert f"{100 * told['share_of_perfect_gain']:.1f} %" in shown(run_results(experiment, ASKED))


def test_a_sweep(tmp_path: Path) -> None:
    part = shown(sweep_results(experiment_asked(make_site(tmp_path), ASKED), ASKED, "top_wh.1=50:60:5"))
    assert [f"top_wh.1 = {value}" in part for value in (50, 55, 60)] == [True] * 3


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"files": []}, "Choose a recording"),
        ({"files": ["../x.csv"]}, "no recording"),
        ({"files": None}, "Choose a recording"),
        ({"base": "much"}, "Constant base: 'much' is no number"),
        ({"factor": -1}, "out of range"),
        ({"loads": "700,x"}, "Loads: 'x' is no number"),
        ({"loads": None}, "Loads: 'None' is no number"),
        ({"period": "7"}, "netting period"),
        ({"period": None}, "netting period"),
        ({"algorithm": "best"}, "there is no algorithm 'best'"),
        ({"values": ["high", "-10"]}, "not a value like"),
        ({"values": ["0", "10"]}, "must not be above"),
        ({"range": [1e12, 2e12]}, "no sample"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, changes: dict[str, Any], told: str) -> None:
    site, asked = make_site(tmp_path), {**ASKED, **changes}
    _, trouble = _done(1, lambda: run_results(experiment_asked(site, asked), asked))
    assert told in shown(trouble)


def test_too_much_to_sweep_is_told(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    for over, told in (("top_wh.1=0:100:1", "at most 41"), ("top_wh", "write setting="), ("x=1:2:1", "has no setting")):
        _, trouble = _done(1, lambda over=over: sweep_results(experiment_asked(site, ASKED), ASKED, over))
        assert told in shown(trouble)


def test_one_run_at_a_time() -> None:
    def inner() -> Any:
        return _done(1, lambda: "never")

    (_, trouble), _ = _done(1, inner)
    assert "Another run is at work" in shown(trouble)
    assert _done(1, lambda: "now") == ("now", "")


@pytest.mark.parametrize("data", [None, "x", [1, 2], ["a"] * 25, [1e9] * 25])
def test_prices_that_are_nonsense_are_the_usual_ones(data: Any) -> None:
    assert price_data(data) == ([*PRICES], 0.187)


@pytest.mark.parametrize(("role", "may"), [(Role.VIEWER, False), (Role.OPERATOR, True)])
def test_the_page_is_for_all_and_bringing_for_operators(tmp_path: Path, role: Role, may: bool) -> None:
    site = make_site(tmp_path)
    part = shown(layout(site, read_asked(site, "", role)))
    assert SYNTHETIC in part
    assert ('"disabled": true' in part) is not may


def bring(client: FlaskClient, name: str, data: bytes) -> Any:
    contents = "data:text/csv;base64," + base64.b64encode(data).decode()
    output = "..nb-files.data...nb-files.value...nb-brought.children.."
    body = {
        "output": output,
        "outputs": [
            {"id": "nb-files", "property": "data"},
            {"id": "nb-files", "property": "value"},
            {"id": "nb-brought", "property": "children"},
        ],
        "inputs": [{"id": "nb-upload", "property": "contents", "value": contents}],
        "changedPropIds": ["nb-upload.contents"],
        "state": [{"id": "nb-upload", "property": "filename", "value": name}],
    }
    return client.post("/_dash-update-component", json=body, headers=US)


def test_a_large_recording_is_brought_by_an_operator_only(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    gate = make_gate(tmp_path)
    rows = b"".join(
        b"2022-06-%02dT%02d:%02d:00,100.123456,200\n" % (9 + d, h, m) for d in range(9) for h in range(24) for m in range(60)
    )
    large = RECORDING.splitlines(keepends=True)[0] + rows
    assert len(large) > 400_000
    refused = bring(browser(site, gate, VIEWER), "June.csv", large)
    assert refused.status_code == 200
    assert "Only an operator" in refused.text
    brought = bring(browser(site, gate, OPERATOR), "../June.csv", large)
    assert "June.csv is kept" in brought.text
    assert (tmp_path / "recordings" / "June.csv").read_bytes() == large
    assert "no recording" in bring(browser(site, gate, OPERATOR), "x.csv", b"nonsense").text
    assert bring(browser(site, gate), "x.csv", RECORDING).status_code in {302, 401, 403}
