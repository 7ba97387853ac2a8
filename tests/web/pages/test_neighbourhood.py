"""The page of neighbourhoods: streets by hand and from files, kept under any name; only operators change anything."""

import base64
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from gw_spaceheat.apps.neighbourhood.bring import File
from gw_spaceheat.apps.neighbourhood.drafts import Held
from gw_spaceheat.core.market.draft import Draft, draft_of
from gw_spaceheat.core.market.synthetic import StreetKind
from gw_spaceheat.web.pages._neighbourhood_forms import base_asked, battery_asked, device_asked, files_of, job_asked
from gw_spaceheat.web.pages._neighbourhood_keeping import saved
from gw_spaceheat.web.pages._neighbourhood_parts import house_parts, summary
from gw_spaceheat.web.pages._neighbourhood_streets import kind_asked
from gw_spaceheat.web.pages.neighbourhood import layout, live
from gw_spaceheat.web.sessions import Role
from gw_spaceheat.web.site import Site, read_asked
from tests.core.market.test_draft import everything
from tests.web.pages.presses import drop, press, shown
from tests.web.site import OAK, make_site

NOON_S = 1_460_289_600.0
LOAD = b"0 0\n3600 900\n"
BASE_LOAD = f"{NOON_S:.0f} 0\n{NOON_S + 7200:.0f} 1000\n".encode()
BATTERY = {
    f"nh-battery-{name}.value": value
    for name, value in (("capacity", 8), ("charge", 4), ("discharge", 3.5), ("gives", 90), ("stored", 2))
}


def content(data: bytes) -> str:
    return "data:text/csv;base64," + base64.b64encode(data).decode()


WITHOUT_SOURCE = "dw1.isone.nh.orange.1"
HEAT = {"nh-heat-model.value": OAK, "nh-heat-loss.value": 180, "nh-heat-levels.value": 4, "nh-heat-stored.value": 50}
BASE = {"nh-base-files.contents": [content(BASE_LOAD)], "nh-base-files.filename": ["base.csv"]}


def houses(site: Site, word: str) -> list[str]:
    held = site.desk.drafts.held(word)
    assert held is not None
    return [house.id for house in held.draft.houses]


def new(client: FlaskClient) -> str:
    answer = client.get("/neighbourhood/new")
    assert answer.status_code == 302
    return parse_qs(urlsplit(answer.location).query)["draft"][0]


def test_by_hand_from_nothing_to_a_street_that_is_kept(site: Site, clients: dict[str, FlaskClient]) -> None:
    client = clients["operator"]
    draft = {"nh-draft.data": (word := new(client))}
    assert press(client, "nh-add-house", draft | {"nh-new-house.value": "7"}).status_code == 200
    assert press(client, "nh-add-house", draft).status_code == 200
    assert houses(site, word) == ["7", "8"], "without a number the next one is taken"
    device = {"nh-house.value": "7", "nh-kind.value": "consumer", "nh-device.value": "1", "nh-device-name.value": "dish"}
    file = {"nh-files.contents": [content(LOAD)], "nh-files.filename": ["dish.csv"]}
    assert "is kept" in press(client, "nh-keep-device", draft | device | file).text
    times = {"earliest-day": "2016-04-10", "earliest-hour": "14:00", "latest-day": "2016-04-10", "latest-hour": "16:00"}
    job = {"nh-house.value": "7", "nh-job-device.value": "1", "nh-zone.value": "Europe/Berlin"}
    job |= {f"nh-{name}.value": words for name, words in times.items()}
    assert "The job is there" in press(client, "nh-add-job", draft | job).text
    for _ in range(2):
        assert "Mine is saved" in press(client, "nh-save", draft | {"nh-name.value": "Mine"}).text
    assert site.desk.streets.names() == ("Mine",)
    (one,) = site.desk.streets.open("Mine").draft.jobs
    assert (one.id, one.registered_s, one.latest_s) == ("[7]:[1]:[1]", NOON_S, NOON_S + 7200.0)
    assert press(client, "nh-drop-house", draft | {"nh-house.value": "8"}).status_code == 200
    assert houses(site, word) == ["7"]
    assert "for good?" in press(client, "nh-delete", draft).text
    assert site.desk.streets.names() == ("Mine",)
    assert press(client, "nh-sure.submit_n_clicks", draft | {"house.value": "x"}).status_code == 200
    assert site.desk.streets.names() == ()


@pytest.mark.parametrize(
    ("button", "said"),
    [
        ("nh-add-house", {"nh-new-house.value": "2"}),
        ("nh-drop-house", {"nh-house.value": "1"}),
        ("nh-keep-device", {"nh-house.value": "1", "nh-device.value": "5", "nh-kind.value": "consumer"}),
        ("nh-keep-battery", BATTERY | {"nh-house.value": "1"}),
        ("nh-keep-heat", HEAT | {"nh-house.value": "1"}),
        ("nh-keep-base", {"nh-house.value": "1", **BASE}),
        ("nh-save", {"nh-name.value": "other"}),
        ("nh-days.value", {"nh-days.value": 3}),
        ("nh-bring.contents", {"nh-bring.contents": [content(LOAD)], "nh-bring.filename": ["1.csv"]}),
        ("nh-sure.submit_n_clicks", {}),
        ("nh-make", {"nh-make-name.value": "x"}),
    ],
)
def test_a_viewer_looks_and_changes_nothing(
    site: Site, clients: dict[str, FlaskClient], button: str, said: dict[str, Any]
) -> None:
    kept = site.desk.streets.save(Draft().with_house("1"), "mine", None)
    word = site.desk.drafts.begin(Held(draft=Draft().with_house("1"), kept=kept))
    before = site.desk.drafts.held(word)
    assert "Only an operator" in press(clients["viewer"], button, {"nh-draft.data": word, **said}).text
    assert site.desk.drafts.held(word) is before
    assert site.desk.streets.names() == ("mine",)
    assert clients["viewer"].get("/neighbourhood/new").status_code == 403
    assert clients["viewer"].get("/neighbourhood/open?street=mine").status_code == 302


def test_base_load_and_battery_by_hand(site: Site, clients: dict[str, FlaskClient]) -> None:
    client = clients["operator"]
    draft = {"nh-draft.data": (word := new(client)), "nh-house.value": "7"}
    press(client, "nh-add-house", draft | {"nh-new-house.value": "7"})
    assert "House 7 has a battery" in press(client, "nh-keep-battery", draft | BATTERY).text
    assert "House 7 has a base load" in press(client, "nh-keep-base", draft | BASE).text
    assert "Mine is saved" in press(client, "nh-save", draft | {"nh-name.value": "Mine"}).text
    (house,) = site.desk.streets.open("Mine").draft.houses
    held = house.battery
    assert held is not None
    assert (held.capacity_wh, held.charge_w, held.discharge_w, held.efficiency, held.stored_wh) == (8e3, 4e3, 3.5e3, 0.9, 2e3)
    (base,) = house.base
    assert (base.load.times_s.tolist(), base.load.wh.tolist()) == ([NOON_S, NOON_S + 7200.0], [0.0, 1000.0])
    part = shown(house_parts(site.desk.streets.open("Mine").draft, house, ZoneInfo("UTC"), may_change=True))
    assert "8 kWh, of them 2 in it at the first event; takes 4 kW, gives 3.5 kW and 90% of what it took" in part
    assert "1.0 kWh" in part
    for what, said in (("battery", "The battery of house 7 is removed"), ("base", "The base load of house 7 is removed")):
        assert said in drop(client, draft, what).text
    held_now = site.desk.drafts.held(word)
    assert held_now is not None
    (house,) = held_now.draft.houses
    assert (house.battery, house.base) == (None, ())
    assert "has no battery" in drop(client, draft, "battery").text
    assert "nothing of that kind" in drop(client, draft, "roof").text
    refused = press(client, "nh-keep-battery", draft | BATTERY | {"nh-battery-stored.value": 9}).text
    assert "stored_wh of the battery of house 7 is 9000" in refused


def test_heat_is_shown_and_removed(site: Site, clients: dict[str, FlaskClient]) -> None:
    kept = site.desk.streets.save(draft_of(everything()), "warm", None)
    held = site.desk.streets.open(kept.name)
    part = shown(house_parts(held.draft, held.draft.houses[0], ZoneInfo("UTC"), may_change=True))
    assert "as oak, 1 power; needs 12.0 kWh of heat, stores 70% full" in part
    assert "heat that it needs" in part
    assert "2 base loads, 1 battery, 1 heated house: saved" in shown(summary(held))
    word = site.desk.drafts.begin(held)
    draft = {"nh-draft.data": word, "nh-house.value": "1"}
    assert "Only an operator" in drop(clients["viewer"], draft, "heat").text
    assert "not heated by the street any more" in drop(clients["operator"], draft, "heat").text
    after = site.desk.drafts.held(word)
    assert after is not None
    assert after.draft.street().heated == ()


def test_heat_by_hand(site: Site, clients: dict[str, FlaskClient]) -> None:
    client = clients["operator"]
    draft = {"nh-draft.data": (word := new(client)), "nh-house.value": "7"}
    press(client, "nh-add-house", draft | {"nh-new-house.value": "7"})
    assert "say when the street" in press(client, "nh-keep-heat", draft | HEAT).text
    press(client, "nh-keep-base", draft | BASE)
    assert "House 7 is heated by the street." in press(client, "nh-keep-heat", draft | HEAT).text
    assert "Mine is saved" in press(client, "nh-save", draft | {"nh-name.value": "Mine"}).text
    held = site.desk.streets.open("Mine")
    heated = held.draft.houses[0].heated
    assert heated is not None
    assert (heated.model, heated.levels, heated.stored_share) == (OAK, 4, 0.5)
    assert f"as {OAK}, 4 powers; needs" in shown(
        house_parts(held.draft, held.draft.houses[0], ZoneInfo("UTC"), may_change=True)
    )
    part = shown(layout(site, read_asked(site, f"draft={word}", Role.OPERATOR)))
    assert OAK in part
    assert WITHOUT_SOURCE in site.files.aliases()
    assert WITHOUT_SOURCE not in part, "nobody can plan for a house without a heat source"
    for wrong, said in (
        ({"nh-heat-model.value": "hw1.nowhere"}, "Choose a house that it is like"),
        ({"nh-heat-model.value": WITHOUT_SOURCE}, "has no heat source"),
        ({"nh-heat-loss.value": ""}, "are numbers"),
        ({"nh-heat-levels.value": 2.5}, "whole number"),
        ({"nh-heat-stored.value": 101}, "stored_share of house 7 is 1.01"),
    ):
        assert said in press(client, "nh-keep-heat", draft | HEAT | wrong).text


def test_a_draft_is_there_after_a_restart(site: Site, clients: dict[str, FlaskClient], tmp_path: Path) -> None:
    word = new(clients["operator"])
    press(clients["operator"], "nh-add-house", {"nh-draft.data": word, "nh-new-house.value": "7"})
    again = make_site(tmp_path)
    assert houses(again, word) == ["7"]
    part = shown(layout(again, read_asked(again, f"draft={word}", Role.OPERATOR)))
    assert "not there any more" not in part


def test_two_at_once_do_not_meet(site: Site, clients: dict[str, FlaskClient]) -> None:
    client = clients["operator"]
    one, other = new(client), new(client)
    press(client, "nh-add-house", {"nh-draft.data": one, "nh-new-house.value": "1"})
    assert (houses(site, one), houses(site, other)) == (["1"], [])
    assert "Mine is saved" in press(client, "nh-save", {"nh-draft.data": one, "nh-name.value": "Mine"}).text
    answer = press(client, "nh-save", {"nh-draft.data": other, "nh-name.value": "Mine"}).text
    assert "Mine (2) is saved" in answer
    assert "nothing is written over" in answer


def test_what_was_laid_in_by_hand_appears_and_is_opened(site: Site, clients: dict[str, FlaskClient], tmp_path: Path) -> None:
    asked = read_asked(site, "", Role.VIEWER)
    assert "no street yet" in live(site, asked)["nh-streets"]
    make_site(tmp_path / "elsewhere").desk.streets.make("<b>&", StreetKind(houses=2, roofs=1))
    (tmp_path / "streets").mkdir()
    (tmp_path / "elsewhere" / "streets" / "b-&").rename(tmp_path / "streets" / "<b>&")
    told = live(site, asked)["nh-streets"]
    assert "&lt;b&gt;&amp;" in told
    assert "<b>" not in told
    answer = clients["viewer"].get("/neighbourhood/open", query_string={"street": "<b>&"})
    query = parse_qs(urlsplit(answer.location).query)
    assert houses(site, query["draft"][0]) == ["1", "2"]
    part = shown(layout(site, read_asked(site, urlsplit(answer.location).query, Role.VIEWER)))
    assert '"value": "<b>&"' in part


@pytest.mark.parametrize("name", ["broken", "../streets", "nothing"])
def test_what_cannot_be_opened_is_told(site: Site, clients: dict[str, FlaskClient], tmp_path: Path, name: str) -> None:
    (tmp_path / "streets" / "broken").mkdir(parents=True)
    answer = clients["viewer"].get("/neighbourhood/open", query_string={"street": name})
    part = shown(layout(site, read_asked(site, urlsplit(answer.location).query, Role.VIEWER)))
    assert "cannot be opened" in part


def test_a_draft_that_is_gone_is_told(site: Site) -> None:
    assert "not there any more" in shown(layout(site, read_asked(site, "draft=x", Role.OPERATOR)))
    with pytest.raises(ValueError, match="open the street again"):
        saved(site.desk, "x", "x")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["", "", "2016-04-10", "12:00", "2016-04-10", "x"], "Latest start"),
        (["", "12:00", "2016-04-10", "12:00", "2016-04-10", "12:00"], "Handed in"),
        (["", "", "", "", "2016-04-10", "12:00"], "Handed in"),
    ],
)
def test_a_job_whose_times_cannot_be(words: list[str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        job_asked("1", "1", "UTC", words)
    with pytest.raises(ValueError, match="Choose a device"):
        job_asked("1", "", "UTC", words)


def test_forms() -> None:
    with pytest.raises(ValueError, match="are numbers"):
        battery_asked("1", (8, 4, 4, "90", 0))
    with pytest.raises(ValueError, match="efficiency of the battery"):
        battery_asked("1", (8, 4, 4, 110, 0))
    for files in ([], [File("a.csv", LOAD)] * 2):
        with pytest.raises(ValueError, match="Choose one CSV"):
            base_asked(files)
    with pytest.raises(ValueError, match="a consumer has one"):
        device_asked("consumer", ("1", "", ""), [File("a.csv", LOAD)] * 2)
    for contents, names in (("x", ["a"]), ([content(LOAD)], []), (["data:,%%"], ["a"])):
        with pytest.raises(ValueError, match="choose them again"):
            files_of(contents, names)
    for wanted in ((0, 0, 1, 1), (201, 0, 1, 1), (5, 9, 1, 1), (5, 2, 32, 1), (5, 2, None, 1), ("5", 2, 1, 1)):
        with pytest.raises(ValueError, match=r"made here|whole numbers|no more roofs"):
            kind_asked(*wanted)
