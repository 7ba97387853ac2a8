"""The parts that renew themselves: places and HTML for the pages that have such parts, nothing for others."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from gw_spaceheat.web.app import make_app
from gw_spaceheat.web.finding import find_pages
from tests.web.site import OAK, VIEWER, browser, make_gate, make_site

LIVING = [page.about.path for page in find_pages() if page.live is not None]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder = tmp_path_factory.mktemp("web")
    return browser(make_site(folder), make_gate(folder), VIEWER)


@pytest.mark.parametrize("path", LIVING)
@pytest.mark.parametrize("search", ["", f"?house={OAK}", "?house=%3Cscript%3E", "?house=../../etc", "?%ff=%00"])
def test_places_and_what_stands_there(client: FlaskClient, path: str, search: str) -> None:
    answer = client.get(f"/live{path}{search}")
    assert answer.status_code == 200
    parts = answer.get_json()
    assert parts
    assert all(isinstance(text, str) for text in parts.values())
    assert "<script" not in "".join(parts.values())


def test_some_pages_live() -> None:
    assert LIVING


def test_pages_without_such_parts(client: FlaskClient) -> None:
    still = [page.about.path for page in find_pages() if page.live is None]
    for path in [*still, "/nowhere"]:
        assert client.get(f"/live{path}").status_code == 404


def test_a_stranger_gets_nothing(tmp_path: Path) -> None:
    stranger = make_app(make_site(tmp_path), make_gate(tmp_path)).test_client()
    assert stranger.get(f"/live{LIVING[0]}").status_code in {302, 303, 401, 403}
