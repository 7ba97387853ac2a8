"""Neighbourhood: streets that share their sun, made by hand, from files, or from a seed.

The streets that there are (`_neighbourhood_streets.py`), or a draft of one: its forms (`_neighbourhood_editor.py`), what it has
(`_neighbourhood_parts.py`), what its forms say (`_neighbourhood_forms.py`) and change (`_neighbourhood_changes.py`,
`_neighbourhood_step.py`), and how it is filled and kept (`_neighbourhood_keeping.py`).
"""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from dash import Dash, Input, Output, State, dcc, html, no_update
from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from gw_spaceheat.apps.neighbourhood.drafts import Held
from gw_spaceheat.apps.neighbourhood.moments import UTC_NAME, zone_names
from gw_spaceheat.core.market.draft import Draft, told
from gw_spaceheat.web.finding import About
from gw_spaceheat.web.gate import require_operator
from gw_spaceheat.web.pages._neighbourhood_changes import register_changes
from gw_spaceheat.web.pages._neighbourhood_editor import editor
from gw_spaceheat.web.pages._neighbourhood_forms import models_of
from gw_spaceheat.web.pages._neighbourhood_keeping import register_keeping
from gw_spaceheat.web.pages._neighbourhood_parts import house_parts, summary
from gw_spaceheat.web.pages._neighbourhood_streets import register_streets, rows_html, streets
from gw_spaceheat.web.pages._operator import bad, is_operator
from gw_spaceheat.web.site import Asked, Site, link

ABOUT = About("/neighbourhood", "Neighbourhood", 10)


def layout(site: Site, asked: Asked) -> Any:
    """The streets that there are, or the draft that the address names."""
    word = asked.query.get("draft", "")
    if not word:
        return streets(site, asked)
    held = site.desk.drafts.held(word)
    if held is None:
        return html.Div(
            [
                html.H1("Neighbourhood"),
                html.P("This draft is not there any more; open the street again.", className="notice warn"),
                dcc.Link("All streets", href=link(ABOUT.path, asked.alias), className="button"),
            ]
        )
    return editor(asked, word, held, models_of(site.files))


def live(site: Site, asked: Asked) -> Mapping[str, str]:
    """The streets, those that were laid in meanwhile too."""
    return {} if "draft" in asked.query else {"nh-streets": rows_html(site, asked)}


def register(app: Dash, site: Site) -> None:
    """Open, make, change, save, delete."""
    _register_addresses(app, site)
    _register_view(app, site)
    register_streets(app, site.desk)
    register_changes(app, site.desk, site.files)
    register_keeping(app, site.desk)


def _register_addresses(app: Dash, site: Site) -> None:
    """A draft is begun by going to an address, and then has one of its own, which can be loaded again."""
    addresses = Blueprint("neighbourhood", __name__)

    @addresses.get("/neighbourhood/open")
    def open_street() -> Response:
        name, alias = request.args.get("street", "")[:300], request.args.get("house", "")[:200]
        try:
            word = site.desk.drafts.begin(site.desk.streets.open(name))
        except (ValueError, OSError):
            return redirect(link(ABOUT.path, alias, broken=name))
        return redirect(link(ABOUT.path, alias, draft=word))

    @addresses.get("/neighbourhood/new")
    def new_street() -> Response:
        require_operator()
        word = site.desk.drafts.begin(Held(draft=Draft(name="street")))
        return redirect(link(ABOUT.path, request.args.get("house", "")[:200], draft=word))

    app.server.register_blueprint(addresses)


def _register_view(app: Dash, site: Site) -> None:
    @app.callback(
        Output("nh-told", "children"),
        Output("nh-house", "data"),
        Output("nh-house", "value"),
        Output("nh-parts", "children"),
        Output("nh-job-device", "data"),
        Output("nh-job-device", "value"),
        Output("nh-zone-said", "children"),
        Output("nh-run", "children"),
        Input("nh-version", "data"),
        Input("nh-house", "value"),
        Input("nh-zone", "value"),
        State("nh-draft", "data"),
        State("nh-job-device", "value"),
        State("house", "value"),
    )
    def show(_version: Any, chosen: Any, zone: Any, word: Any, device: Any, alias: Any) -> tuple[Any, ...]:
        held = site.desk.drafts.held(str(word))
        if held is None:
            return (bad("This draft is not there any more; open the street again."), *(no_update,) * 7)
        draft = held.draft
        house = next((each for each in draft.houses if each.id == chosen), next(iter(draft.houses), None))
        consumers = [] if house is None else [{"value": each.id, "label": told(each)} for each in house.consumers]
        ids = [each["value"] for each in consumers]
        where = _zone(zone)
        run = (
            []
            if held.kept is None
            else [html.A("Run it", href=link("/sun-market", str(alias), street=held.kept.name), className="button")]
        )
        return (
            summary(held),
            [each.id for each in draft.houses],
            None if house is None else house.id,
            house_parts(draft, house, where, may_change=is_operator()),
            consumers,
            device if device in ids else next(iter(ids), None),
            f"Times are in {where.key}. A job that says nothing else is handed in at its earliest start.",
            run,
        )


def _zone(name: Any) -> ZoneInfo:
    return ZoneInfo(name if name in zone_names() else UTC_NAME)
