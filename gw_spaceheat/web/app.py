"""The whole application: a Flask server with its gate, and Dash on it with the frame and the pages."""

import logging

from dash import Dash
from flask import Flask, Response, abort, request
from werkzeug.exceptions import HTTPException

from gw_spaceheat.web import frame
from gw_spaceheat.web.api.blueprint import api_blueprint
from gw_spaceheat.web.compressing import compress
from gw_spaceheat.web.export import serve_export
from gw_spaceheat.web.finding import find_pages
from gw_spaceheat.web.gate import Gate, guard
from gw_spaceheat.web.live import serve_live
from gw_spaceheat.web.site import Site

CALLBACKS = "/_dash-update-component"
MOST_BROUGHT_BYTES = 12_000_000
"""What somebody who is signed in brings comes as a text a third longer than its file."""
_log = logging.getLogger(__name__)


def make_app(site: Site, gate: Gate) -> Flask:
    """The server, which is not started."""
    server = Flask(__name__, static_folder=None)
    compress(server)  # last of what is done to an answer
    guard(server, gate)
    pages = find_pages()
    app = Dash(
        __name__,
        server=server,  # type: ignore[arg-type]  # Dash declares a narrower type than it takes
        title="SpaceHeat",
        update_title="",
        serve_locally=True,
        assets_ignore="door",
        suppress_callback_exceptions=True,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    server.before_request(lambda: _refuse_nonsense(app))
    app.index_string = _INDEX
    app.layout = frame.frame
    frame.register(app, site, pages)
    for page in pages:
        if page.register is not None:
            page.register(app, site)
    serve_live(server, site, pages)
    serve_export(server, site)
    server.register_blueprint(api_blueprint(site.ear_folder, site.clock))
    hashes: list[str] = []

    def scripts() -> list[str]:
        if not hashes:
            hashes.extend(app.csp_hashes())
        return hashes

    gate.scripts = scripts
    server.register_error_handler(Exception, _failed)
    return server


def _refuse_nonsense(app: Dash) -> None:
    """A request that no page of ours makes is the other side's mistake."""
    if request.path == CALLBACKS and request.method == "POST":
        request.max_content_length = MOST_BROUGHT_BYTES
        body = request.get_json(silent=True)
        if not isinstance(body, dict) or str(body.get("output")) not in app.callback_map:
            abort(400)
        if not all(isinstance(body.get(part, []), list) for part in ("inputs", "state", "changedPropIds")):
            abort(400)


def _failed(error: Exception) -> Response | HTTPException:
    """What nobody expected is told in the log, and to the browser without its details."""
    if isinstance(error, HTTPException):
        return error
    _log.exception("a page failed")
    return Response("Something failed; the log of gws web has more.", 500, mimetype="text/plain")


_INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<meta name="color-scheme" content="light dark">
<title>{%title%}</title>
<link rel="icon" href="/assets/icon.svg">
{%css%}
</head>
<body>
{%app_entry%}
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>"""
