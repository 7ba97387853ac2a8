"""What the API says of itself is so, whatever it is asked: schemathesis makes right and wrong requests from the description."""

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gw_spaceheat.runtime.clock import PacedClock
from gw_spaceheat.vocabulary.moment import DAY_MS
from gw_spaceheat.web.api.blueprint import api_blueprint
from tests.heard import MIDNIGHT_MS
from tests.web.api.kept import keep_ten_minutes

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
FEW, MANY = 60, 2_500
"""Requests for each of the four addresses."""


@pytest.fixture(scope="module")
def api_schema(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("ear")
    keep_ten_minutes(folder)
    made = Flask(__name__)
    made.register_blueprint(api_blueprint(folder, PacedClock(0.001, MIDNIGHT_MS + DAY_MS)))
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", made)


def ask(api_schema: Any, path: str, requests: int) -> None:
    """Requests of one address, each checked against the description."""

    @settings(max_examples=requests, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=api_schema[path]["GET"].as_strategy())
    def run(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)

    run()


PATHS = ("houses", "channels", "readings", "gaps")


@pytest.mark.parametrize("path", PATHS)
def test_it_answers_as_it_says(api_schema: Any, path: str) -> None:
    ask(api_schema, f"/api/v1/{path}", FEW)


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS)
def test_it_answers_ten_thousand_requests_as_it_says(api_schema: Any, path: str) -> None:
    ask(api_schema, f"/api/v1/{path}", MANY)
