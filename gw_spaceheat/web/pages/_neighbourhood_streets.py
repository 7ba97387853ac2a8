"""The streets that there are, and how a SYNTHETIC one is made."""

from datetime import UTC, datetime
from html import escape
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, html, no_update

from gw_spaceheat.apps.neighbourhood.desk import Desk
from gw_spaceheat.core.market.draft import DraftError
from gw_spaceheat.core.market.synthetic import StreetKind
from gw_spaceheat.web.pages._operator import refused
from gw_spaceheat.web.sessions import Role
from gw_spaceheat.web.site import Asked, Site, link

SYNTHETIC_HOUSES, SYNTHETIC_DAYS = 200, 31


def streets(site: Site, asked: Asked) -> Any:
    """Those that there are, and the form for a SYNTHETIC one."""
    is_operator = asked.role is Role.OPERATOR
    trouble = _cannot_open(site, asked.query["broken"]) if "broken" in asked.query else ""
    new = html.A("New street", href=link("/neighbourhood/new", asked.alias), className="button main")
    return html.Div(
        [
            html.H1("Neighbourhood"),
            html.Div(html.P(trouble, className="notice bad") if trouble else "", role="alert"),
            html.Section(
                [
                    html.H2("Streets"),
                    html.Div(id="nh-streets", className="inner-scroll"),
                    html.Div(
                        new if is_operator else html.Span("Only an operator may make streets.", className="dim"),
                        className="row",
                    ),
                    html.P(
                        "Folders of your own, as CSV, as XML or in our own form, may be laid into web/streets of the data "
                        "folder; they appear here by themselves.",
                        className="dim",
                    ),
                ],
                className="card",
            ),
            html.Section(
                [
                    html.H2("A SYNTHETIC street"),
                    html.Div(
                        [
                            dmc.TextInput(id="nh-make-name", label="Name", value="street", className="grow"),
                            _number("nh-make-houses", "Houses", 10, 1, SYNTHETIC_HOUSES),
                            _number("nh-make-roofs", "With panels", 5, 0, SYNTHETIC_HOUSES),
                            _number("nh-make-days", "Days", 2, 1, SYNTHETIC_DAYS),
                            _number("nh-make-seed", "Seed", 1, 0, 10**6),
                            html.Button("Make", id="nh-make", className="button", disabled=not is_operator),
                        ],
                        className="row",
                    ),
                    html.Div(id="nh-made", role="status"),
                    html.P("Its jobs and its sun are drawn from the seed; nobody's data.", className="dim"),
                ],
                className="card",
            ),
        ]
    )


def rows_html(site: Site, asked: Asked) -> str:
    """The streets, those that were laid in meanwhile too."""
    rows = "".join(
        f'<tr><th scope="row"><a href="{escape(link("/neighbourhood/open", asked.alias, street=each.name))}">'
        f"{escape(each.name)}</a></th><td>{each.form or 'no street'}</td>"
        f"<td>{datetime.fromtimestamp(each.changed_s, UTC):%Y-%m-%d %H:%M}</td>"
        f'<td><a href="{escape(link("/sun-market", asked.alias, street=each.name))}">Run it</a></td></tr>'
        for each in site.desk.streets.listed()
    )
    if not rows:
        return '<p class="dim">There is no street yet.</p>'
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("street", "form", "changed, UTC")) + "<td></td>"
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def register_streets(app: Dash, desk: Desk) -> None:
    """Make a SYNTHETIC street."""

    @app.callback(
        Output("nh-made", "children"),
        Input("nh-make", "n_clicks"),
        State("nh-make-name", "value"),
        State("nh-make-houses", "value"),
        State("nh-make-roofs", "value"),
        State("nh-make-days", "value"),
        State("nh-make-seed", "value"),
        prevent_initial_call=True,
    )
    def make(clicks: Any, name: Any, houses: Any, roofs: Any, days: Any, seed: Any) -> Any:
        if not clicks:
            return no_update
        made: list[str] = []

        def act() -> None:
            made.append(desk.streets.make(str(name), kind_asked(houses, roofs, days, seed)))

        said = refused("Only an operator may make a street.", act)
        return html.P(f"{made[0]} is there.", className="dim") if said is None else said


def kind_asked(houses: Any, roofs: Any, days: Any, seed: Any) -> StreetKind:
    """The SYNTHETIC street that is wanted, within what a page makes; raises ValueError."""
    numbers = (houses, roofs, days, seed)
    if not all(isinstance(number, int) and not isinstance(number, bool) for number in numbers):
        raise DraftError("Houses, roofs, days and seed are whole numbers.")
    if not (1 <= houses <= SYNTHETIC_HOUSES and 1 <= days <= SYNTHETIC_DAYS):
        raise DraftError(f"1 to {SYNTHETIC_HOUSES} houses and 1 to {SYNTHETIC_DAYS} days can be made here.")
    return StreetKind(houses=houses, roofs=roofs, days=days, seed=seed)


def _cannot_open(site: Site, name: str) -> str:
    """Why a street cannot be opened; empty if it can."""
    try:
        site.desk.streets.open(name)
    except (ValueError, OSError) as error:
        return f"{name[:60]} cannot be opened: {error}"[:400]
    return ""


def _number(identifier: str, label: str, value: int, least: int, most: int) -> Any:
    return dmc.NumberInput(id=identifier, label=label, value=value, min=least, max=most, w=105)
