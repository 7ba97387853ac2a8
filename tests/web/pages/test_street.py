"""The page of streets: maps of what was told, a house's devices, and a word where nothing was."""

import json
from pathlib import Path

import pytest

from gw_spaceheat.web.pages.street import layout, live
from gw_spaceheat.web.sessions import Role
from gw_spaceheat.web.site import Site, read_asked
from tests.web.site import make_site

STATE = {"neighbourhood": 0, "houses": [{"house": 1, "name": "first"}]}
HOUSE = {"neighbourhood": 0, "house": 1, "name": "fir<st", "consumers": [{"number": 1, "name": "lamp", "power_w": 40}]}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path)


def shown(site: Site, query: str = "") -> str:
    asked = read_asked(site, query, Role.VIEWER)
    assert layout(site, asked) is not None
    return live(site, asked)["street-now"]


def test_nothing_was_told(site: Site) -> None:
    assert "gws supervise run" in shown(site)
    assert "Nothing is told of it" in shown(site, "of=0.1")


def test_streets_and_houses(site: Site) -> None:
    site.streets.take("Neighborhood/0/State", json.dumps(STATE).encode())
    site.streets.take("Neighborhood/0/House/1/State", json.dumps(HOUSE).encode())
    street = shown(site)
    assert "Neighbourhood 0" in street
    assert "of=0.1" in street
    house = shown(site, "of=0.1")
    assert "fir&lt;st" in house
    assert "lamp" in house


@pytest.mark.parametrize("of", ["x", "1", "1.x", "-1.2", "1.2.3", "9" * 20 + ".1", "\u0661.\u0662"])
def test_an_address_that_is_nonsense_shows_all(site: Site, of: str) -> None:
    site.streets.take("Neighborhood/0/State", json.dumps(STATE).encode())
    assert "Neighbourhood 0" in shown(site, f"of={of}")
