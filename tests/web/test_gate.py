"""Who comes in, who does not, and what is said to the browser."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from gw_spaceheat.web.attempts import FROM_ONE
from gw_spaceheat.web.gate import Gate
from tests.web.site import OPERATOR, US, VIEWER, browser, make_gate, make_site

CALLBACK = "/_dash-update-component"


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return make_gate(tmp_path)


@pytest.fixture
def stranger(tmp_path: Path, gate: Gate) -> FlaskClient:
    return browser(make_site(tmp_path), gate)


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/", 302),
        ("GET", "/day", 302),
        ("GET", "/login", 200),
        ("GET", "/setup", 302),
        ("GET", "/healthz", 200),
        ("GET", "/assets/door.css", 200),
        ("GET", "/assets/style.css", 302),
        ("GET", "/assets/%2e%2e/app.py", 302),
        ("GET", "/_dash-layout", 401),
        ("GET", "/_dash-dependencies", 401),
        ("GET", "/live/", 401),
        ("POST", CALLBACK, 401),
        ("PUT", "/login", 405),
    ],
)
def test_what_a_stranger_gets(stranger: FlaskClient, method: str, path: str, code: int) -> None:
    assert stranger.open(path, method=method, headers=US).status_code == code


@pytest.mark.parametrize("password", [OPERATOR, VIEWER])
def test_with_a_password_and_out_again(stranger: FlaskClient, password: str) -> None:
    answer = stranger.post("/login", data={"password": password}, headers=US)
    assert answer.status_code == 302
    cookie = answer.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Path=/"))
    assert stranger.get("/").status_code == 200
    assert stranger.get("/_dash-layout").status_code == 200
    assert stranger.post("/logout", headers=US).status_code == 302
    assert stranger.get("/").status_code == 302


def test_wrong_passwords_are_refused_and_then_no_more_looked_at(stranger: FlaskClient) -> None:
    for _ in range(FROM_ONE):
        assert stranger.post("/login", data={"password": "wrong"}, headers=US).status_code == 403
    answer = stranger.post("/login", data={"password": OPERATOR}, headers=US)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost:1"},
    ],
)
@pytest.mark.parametrize("path", ["/login", "/logout", CALLBACK])
def test_a_forged_form_is_refused(tmp_path: Path, gate: Gate, headers: dict[str, str], path: str) -> None:
    client = browser(make_site(tmp_path), gate, OPERATOR)
    assert client.post(path, data={"password": OPERATOR}, headers=headers).status_code == 403
    assert client.get("/").status_code == 200


def test_an_expired_session(tmp_path: Path, gate: Gate) -> None:
    now_s = 0.0
    gate.monotonic_s = lambda: now_s
    client = browser(make_site(tmp_path), gate, OPERATOR)
    assert client.get("/").status_code == 200
    now_s = 3 * 3600.0
    assert client.get("/").status_code == 302
    assert client.post(CALLBACK, json={}, headers=US).status_code == 401


def test_the_first_start_needs_the_code(tmp_path: Path) -> None:
    gate = make_gate(tmp_path, has_passwords=False)
    client = browser(make_site(tmp_path), gate)
    assert client.get("/").headers["Location"] == "/setup"
    form = {"code": "guess", "operator": OPERATOR, "viewer": ""}
    assert client.post("/setup", data=form, headers=US).status_code == 403
    assert client.post("/setup", data=form | {"code": gate.code, "operator": "short"}, headers=US).status_code == 400
    assert not gate.passwords.are_set()
    assert client.post("/setup", data=form | {"code": gate.code}, headers=US).headers["Location"] == "/"
    assert client.get("/").status_code == 200
    assert client.post("/setup", data=form | {"operator": "another-secret"}, headers=US).headers["Location"] == "/login"
    assert gate.passwords.role_of("another-secret") is None


def test_headers(stranger: FlaskClient, gate: Gate) -> None:
    headers = stranger.get("/login").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers
    gate.is_https = True
    assert "Strict-Transport-Security" in stranger.get("/login").headers
