"""The page of neighbourhoods: streets by hand and from files, kept under any name; only operators change anything."""

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from plotly.utils import PlotlyJSONEncoder

from gw_spaceheat.apps.neighbourhood.bring import File
from gw_spaceheat.apps.neighbourhood.drafts import Held
from gw_spaceheat.core.market.draft import Draft
from gw_spaceheat.core.market.synthetic import StreetKind
from gw_spaceheat.web.pages.neighbourhood import device_asked, files_of, job_asked, kind_asked, layout, live, saved
from gw_spaceheat.web.sessions import Role
from gw_spaceheat.web.site import Site, read_asked
from tests.web.pages.presses import press
from tests.web.site import OPERATOR, VIEWER, browser, make_gate, make_site

NOON_S = 1_460_289_600.0
LOAD = b"0 0\n3600 900\n"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path)


@pytest.fixture
def clients(site: Site, tmp_path: Path) -> dict[str, FlaskClient]:
    gate = make_gate(tmp_path)
    return {"operator": browser(site, gate, OPERATOR), "viewer": browser(site, gate, VIEWER)}


def shown(part: Any) -> str:
    return json.dumps(part, cls=PlotlyJSONEncoder)


def content(data: bytes) -> str:
    return "data:text/csv;base64," + base64.b64encode(data).decode()


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
    with pytest.raises(ValueError, match="a consumer has one"):
        device_asked("consumer", ("1", "", ""), [File("a.csv", LOAD)] * 2)
    for contents, names in (("x", ["a"]), ([content(LOAD)], []), (["data:,%%"], ["a"])):
        with pytest.raises(ValueError, match="choose them again"):
            files_of(contents, names)
    for wanted in ((0, 0, 1, 1), (201, 0, 1, 1), (5, 9, 1, 1), (5, 2, 32, 1), (5, 2, None, 1), ("5", 2, 1, 1)):
        with pytest.raises(ValueError, match=r"made here|whole numbers|no more roofs"):
            kind_asked(*wanted)
