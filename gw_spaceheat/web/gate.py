"""Who may come in: sign-in, sign-out, the first start, and what every answer of the server says to the browser.

Nothing but the sign-in and the files of its look is given to somebody who is not signed in. What changes something is a POST,
and is taken only from our own pages: the browser says whence it comes (Origin), and sends the cookie only from there
(SameSite).
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, g, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from gw_spaceheat.web.attempts import Attempts
from gw_spaceheat.web.memory import give_back
from gw_spaceheat.web.passwords import PasswordError, Passwords
from gw_spaceheat.web.sessions import Role, Sessions

COOKIE = "gws_session"
OPEN_PATHS = ("/login", "/setup", "/assets/door.css", "/assets/icon.svg", "/healthz")
"""What is given to everybody."""
RENEWING = "/live/"
"""What a page asks by itself; it keeps no session alive."""
MOST_FORM_BYTES = 200_000
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(slots=True)
class Gate:
    """What the gate needs to know.

    Attributes:
        passwords: The site's.
        is_https: Whether the pages are served by https; the cookie is then kept from http.
        scripts: Hashes of the scripts that stand in our pages, for the content security policy.
        code: What whoever makes the first start must know, from the terminal where the server was started.
        monotonic_s: Tells the time for sessions and attempts [s].
    """

    passwords: Passwords
    is_https: bool
    scripts: Callable[[], list[str]] = list
    code: str = field(default_factory=lambda: secrets.token_hex(4))
    monotonic_s: Callable[[], float] = time.monotonic
    sessions: Sessions = field(default_factory=Sessions)
    attempts: Attempts = field(default_factory=Attempts)


def guard(server: Flask, gate: Gate) -> None:
    """Let only those in who are signed in, and add the headers to every answer."""
    server.config["MAX_CONTENT_LENGTH"] = MOST_FORM_BYTES
    server.before_request(lambda: _look(gate))
    server.after_request(lambda answer: _with_headers(answer, gate))
    server.register_blueprint(_pages(gate))


def require_operator() -> None:
    """Answer 403 to whoever is signed in as a viewer."""
    if g.get("role") is not Role.OPERATOR:
        abort(403)


def _look(gate: Gate) -> AnyResponse | None:
    if request.method not in {"GET", "HEAD", "OPTIONS", "POST"}:
        abort(405)
    if request.method == "POST" and not _is_from_us():
        abort(403)
    g.role = None
    session = gate.sessions.find(
        request.cookies.get(COOKIE, ""), gate.monotonic_s(), is_use=not request.path.startswith(RENEWING)
    )
    if session is not None:
        g.role = session.role
        return None
    if request.path in OPEN_PATHS:
        return None
    if request.method == "POST" or request.path.startswith(("/live/", "/api/", "/_dash", "/export/")):
        abort(401)
    return redirect("/login" if gate.passwords.are_set() else "/setup")


def _is_from_us() -> bool:
    """Whether the page that sends this is our own."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site") == "same-origin"
    return urlsplit(origin).netloc == request.host


def _with_headers(answer: Response, gate: Gate) -> Response:
    for name, value in HEADERS.items():
        answer.headers[name] = value
    scripts = " ".join(f"'{one}'" if not one.startswith("'") else one for one in gate.scripts())
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'self'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'; "
        "object-src 'none'"
    )
    if gate.is_https:
        answer.headers["Strict-Transport-Security"] = "max-age=31536000"
    if not request.path.startswith(("/_dash-component-suites/", "/assets/")):
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _pages(gate: Gate) -> Blueprint:
    pages = Blueprint("gate", __name__, template_folder="templates")

    @pages.get("/login")
    def login() -> str | AnyResponse:
        if not gate.passwords.are_set():
            return redirect("/setup")
        return render_template("login.html", trouble="")

    @pages.post("/login")
    def sign_in() -> AnyResponse:
        address, now_s = request.remote_addr or "", gate.monotonic_s()
        wait_s = gate.attempts.wait_s(address, now_s)
        if wait_s > 0:
            trouble = f"Too many wrong passwords. Try again in {max(round(wait_s / 60), 1)} min."
            return Response(render_template("login.html", trouble=trouble), 429, {"Retry-After": str(round(wait_s) + 1)})
        role = gate.passwords.role_of(request.form.get("password", ""))
        give_back()  # a look at a password takes 19 MB
        if role is None:
            gate.attempts.failed(address, now_s)
            return Response(render_template("login.html", trouble="That is not a password of this site."), 403)
        gate.attempts.succeeded(address)
        return _begun(gate, role)

    @pages.get("/setup")
    def first_start() -> str | AnyResponse:
        return redirect("/login") if gate.passwords.are_set() else render_template("setup.html", trouble="")

    @pages.post("/setup")
    def set_passwords() -> AnyResponse:
        if gate.passwords.are_set():
            return redirect("/login")
        address, now_s = request.remote_addr or "", gate.monotonic_s()
        if gate.attempts.wait_s(address, now_s) > 0:
            abort(429)
        if not secrets.compare_digest(request.form.get("code", "").strip().encode(), gate.code.encode()):
            gate.attempts.failed(address, now_s)
            trouble = "The code is another one: it stands where gws web was started."
            return Response(render_template("setup.html", trouble=trouble), 403)
        try:
            gate.passwords.set_first(request.form.get("operator", ""), request.form.get("viewer", ""))
        except PasswordError as error:
            return Response(render_template("setup.html", trouble=f"{error}."), 400)
        return _begun(gate, Role.OPERATOR)

    @pages.post("/logout")
    def sign_out() -> AnyResponse:
        gate.sessions.end(request.cookies.get(COOKIE, ""))
        answer = redirect("/login")
        answer.delete_cookie(COOKIE)
        return answer

    @pages.get("/healthz")
    def health() -> Response:
        return Response("ok\n", mimetype="text/plain")

    return pages


def _begun(gate: Gate, role: Role) -> AnyResponse:
    """A new session; one that the browser had before is over, so that nobody can plant one."""
    gate.sessions.end(request.cookies.get(COOKIE, ""))
    answer = redirect("/")
    token = gate.sessions.begin(role, gate.monotonic_s())
    answer.set_cookie(COOKIE, token, httponly=True, samesite="Strict", secure=gate.is_https, path="/")
    return answer
