"""A site, and browsers of an operator and a viewer who are signed in."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from gw_spaceheat.web.site import Site
from tests.web.site import OPERATOR, VIEWER, browser, make_gate, make_site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path)


@pytest.fixture
def clients(site: Site, tmp_path: Path) -> dict[str, FlaskClient]:
    gate = make_gate(tmp_path)
    return {"operator": browser(site, gate, OPERATOR), "viewer": browser(site, gate, VIEWER)}
