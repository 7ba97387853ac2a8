"""The application as a whole: nothing comes from elsewhere, no page fails, whatever its address says."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from gw_spaceheat.web.app import make_app
from gw_spaceheat.web.finding import find_pages
from tests.web.site import OAK, US, VIEWER, browser, make_gate, make_site

PATHS = [page.about.path for page in find_pages()]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder = tmp_path_factory.mktemp("web")
    return browser(make_site(folder), make_gate(folder), VIEWER)


def shown(client: FlaskClient, path: str, search: str = "") -> Any:
    """What the frame's callback answers for an address."""
    outputs = [("page", "children"), ("menu", "children"), ("house", "data"), ("house", "value")]
    body = {
        "output": ".." + "...".join(f"{name}.{prop}" for name, prop in outputs) + "..",
        "outputs": [{"id": name, "property": prop} for name, prop in outputs],
        "inputs": [
            {"id": "address", "property": "pathname", "value": path},
            {"id": "address", "property": "search", "value": search},
        ],
        "changedPropIds": ["address.pathname"],
    }
    answer = client.post("/_dash-update-component", json=body, headers=US)
    assert answer.status_code == 200, answer.text
    return answer.get_json()["response"]


def test_nothing_is_loaded_from_elsewhere(client: FlaskClient) -> None:
    text = client.get("/").text
    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', text) == []
    for address in re.findall(r'<script src="([^"]+)"', text):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "search",
    [
        "",
        f"?house={OAK}",
        "?house=../../etc/passwd",
        "?house=%3Cscript%3E&from=x&days=-1",
        "?" + "a=b&" * 500,
        "?days=99999999999",
    ],
)
def test_every_page_whatever_its_address_says(client: FlaskClient, path: str, search: str) -> None:
    response = shown(client, path, search)
    assert response["house"]["value"] in {OAK, "dw1.isone.nh.orange.1"}
    assert "There is no such page" not in json.dumps(response["page"])


def test_a_page_that_is_not_there(client: FlaskClient) -> None:
    assert "There is no such page" in json.dumps(shown(client, "/nowhere")["page"])


@pytest.mark.parametrize("path", ["/live/nowhere", "/live/../etc", "/assets/../../settings.py", "/assets/nothing.css"])
def test_what_is_not_there(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code in {302, 404}


@pytest.mark.parametrize(
    "body",
    [{"output": "x.y", "outputs": [], "inputs": []}, [], "x", {}, {"output": ["a"]}, {"output": "menu.children", "inputs": 3}],
)
def test_a_callback_of_nonsense_is_refused(client: FlaskClient, body: object) -> None:
    shown(client, "/")  # the callbacks are there
    assert client.post("/_dash-update-component", json=body, headers=US).status_code == 400


def test_the_api_is_for_whoever_is_signed_in(client: FlaskClient, tmp_path: Path) -> None:
    assert client.get("/api/v1/houses").get_json() == []
    assert client.get("/api/v1/openapi.json").get_json()["openapi"].startswith("3.")
    stranger = make_app(make_site(tmp_path), make_gate(tmp_path)).test_client()
    assert stranger.get("/api/v1/houses").status_code in {302, 303, 401, 403}
