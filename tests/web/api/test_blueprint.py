"""The API answers what is right, refuses what is wrong, and never fails."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gw_spaceheat.runtime.clock import PacedClock
from gw_spaceheat.vocabulary.moment import DAY_MS
from gw_spaceheat.web.api.blueprint import api_blueprint
from tests.heard import HOUSE, MIDNIGHT_MS
from tests.web.api.kept import keep_ten_minutes


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder = tmp_path_factory.mktemp("ear")
    keep_ten_minutes(folder)
    return client_of(folder)


def client_of(folder: Path) -> FlaskClient:
    app = Flask(__name__)
    app.register_blueprint(api_blueprint(folder, PacedClock(0.001, MIDNIGHT_MS + DAY_MS)))
    return app.test_client()


HOUR = f"house={HOUSE}&from=2018-01-08&to=2018-01-08T00:10"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("houses", [{"house": HOUSE}]),
        (f"channels?house={HOUSE}", [{"channel": "tank", "telemetry": "WaterTempCTimes1000"}]),
    ],
)
def test_what_there_is_is_told(client: FlaskClient, path: str, expected: object) -> None:
    assert client.get(f"/api/v1/{path}").json == expected


def test_readings_are_told(client: FlaskClient) -> None:
    rows = client.get(f"/api/v1/readings?{HOUR}&channels=tank&every=5m").json
    assert rows is not None
    assert [(row["from_ms"], row["value"], row["count"]) for row in rows] == [
        (MIDNIGHT_MS, 50.002, 5),
        (MIDNIGHT_MS + 300_000, 50.007, 5),
    ]
    few = client.get(f"/api/v1/readings?{HOUR}&channels=tank&every=1m&points=4").json
    assert few is not None
    assert [row["value"] for row in few] == [50.0, 50.009]


def test_gaps_and_the_description_are_told(client: FlaskClient) -> None:
    assert client.get(f"/api/v1/gaps?{HOUR}").status_code == 200
    described = client.get("/api/v1/openapi.json").json
    assert described is not None
    assert "/api/v1/readings" in described["paths"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("channels", 400),
        ("channels?house=../etc", 404),
        ("channels?house=no.such.house", 404),
        (f"readings?{HOUR}&channels=tonk", 404),
        (f"readings?{HOUR}&channels=,", 400),
        (f"readings?{HOUR}&channels=tank&every=1ms", 400),
        (f"readings?{HOUR}&channels=tank&agg=median", 400),
        (f"readings?{HOUR}&channels=tank&points=3", 400),
        (f"readings?house={HOUSE}&from=2018-01-09&to=2018-01-08&channels=tank", 400),
        (f"gaps?house={HOUSE}&from=1970-01-01&to=2100-01-01", 400),
    ],
)
def test_what_is_wrong_is_refused_with_a_reason(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json["error"]


TIMES = st.sampled_from(["2018-01-08", "1515369600000", "9" * 15, "0001-01-01T00:00+14:00", "9999-12-31"]) | st.text(
    max_size=20
)
ARGUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "house": st.sampled_from([HOUSE, "a", "../x"]) | st.text(),
        "from": TIMES,
        "to": TIMES,
        "channels": st.sampled_from(["tank", "tank,x", ","]) | st.text(),
        "every": st.sampled_from(["5m", "1h", "999999999d"]) | st.text(max_size=8),
        "agg": st.sampled_from(["mean", "count"]) | st.text(max_size=8),
        "points": st.integers(-5, 10_000_000).map(str) | st.text(max_size=8),
    },
)
PAGES = st.sampled_from(["houses", "channels", "readings", "gaps", "openapi.json"])
ANSWERS = {200, 400, 404}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(page=PAGES, arguments=ARGUMENTS)
def test_no_request_makes_it_fail(client: FlaskClient, page: str, arguments: dict[str, str]) -> None:
    assert client.get(f"/api/v1/{page}", query_string=arguments).status_code in ANSWERS


@pytest.mark.slow
@settings(max_examples=10_000, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(page=PAGES, arguments=ARGUMENTS)
def test_ten_thousand_requests_do_not_make_it_fail(client: FlaskClient, page: str, arguments: dict[str, str]) -> None:
    assert client.get(f"/api/v1/{page}", query_string=arguments).status_code in ANSWERS
