"""The parts of a page that renew themselves: the browser asks each second, and gets HTML for each place."""

from flask import Blueprint, Flask, Response, abort, g, jsonify, request

from gw_spaceheat.web.finding import Page
from gw_spaceheat.web.sessions import Role
from gw_spaceheat.web.site import Site, read_asked


def serve_live(server: Flask, site: Site, pages: tuple[Page, ...]) -> None:
    """Add the addresses `/live/...` of the pages that have such parts."""
    by_path = {page.about.path: page for page in pages if page.live is not None}
    blueprint = Blueprint("live", __name__)

    @blueprint.get("/live/", defaults={"rest": ""})
    @blueprint.get("/live/<path:rest>")
    def live(rest: str) -> Response:
        page = by_path.get(f"/{rest}")
        if page is None or page.live is None:
            abort(404)
        asked = read_asked(site, request.query_string.decode("ascii", "replace"), g.get("role") or Role.VIEWER)
        return jsonify(dict(page.live(site, asked)))

    server.register_blueprint(blueprint)
