"""What the same days would have been under other strategies: chosen, run beside the server, and compared."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, ctx, html, no_update
from flask import Blueprint, Response, abort, g

from gw_spaceheat.apps.beside import CannotStartError
from gw_spaceheat.apps.compare import comparable_names
from gw_spaceheat.apps.simulation_jobs import MOST_DAYS, Wanted
from gw_spaceheat.views.comparison_html import comparison_html, progress_html
from gw_spaceheat.web.finding import About
from gw_spaceheat.web.sessions import Role
from gw_spaceheat.web.site import Asked, Site

ABOUT = About("/simulate", "Simulate", 6)
SYNTHETIC = "SYNTHETIC"
FIRST_NAMES = ["hysteresis", "planned"]


def layout(site: Site, asked: Asked) -> Any:
    """The choices, and the places that `live` fills."""
    series = [{"value": name, "label": name} for name in (SYNTHETIC, *site.jobs.files())]
    houses = [alias for alias in site.files.aliases() if _has_plant(site, alias)]
    is_operator = asked.role is Role.OPERATOR
    names = [{"value": name, "label": name} for name in comparable_names()]
    return html.Div(
        [
            html.H1("Simulate"),
            html.Section(
                [
                    html.Div(
                        [
                            dmc.Select(
                                id="sim-house",
                                label="House",
                                data=houses,
                                value=asked.alias if asked.alias in houses else next(iter(houses), None),
                                allowDeselect=False,
                                className="grow",
                            ),
                            dmc.TextInput(id="sim-start", label="First day", value="2018-01-08", w=130),
                            dmc.NumberInput(id="sim-days", label="Days", value=2, min=1, max=MOST_DAYS, w=90),
                            dmc.Select(
                                id="sim-weather", label="Weather", data=series, value=SYNTHETIC, allowDeselect=False, w=170
                            ),
                            dmc.Select(
                                id="sim-prices", label="Prices", data=series, value=SYNTHETIC, allowDeselect=False, w=170
                            ),
                        ],
                        className="row",
                    ),
                    dmc.MultiSelect(id="sim-names", label="Strategies and plans", data=names, value=FIRST_NAMES),
                    html.Div(
                        [
                            html.Button("Start", id="sim-start-button", className="button main", disabled=not is_operator),
                            html.Button("Cancel", id="sim-cancel", className="button", disabled=not is_operator),
                            html.Span("" if is_operator else "Only an operator may simulate.", className="dim"),
                        ],
                        className="row",
                    ),
                    html.Div(id="sim-trouble", role="alert"),
                    html.Div(id="sim-status", role="status"),
                ],
                className="card",
            ),
            html.Div(id="sim-results"),
        ]
    )


def live(site: Site, _asked: Asked) -> Mapping[str, str]:
    """How far it is, and what there is."""
    job = site.jobs.job()
    results = "".join(comparison_html(identifier, told) for identifier, told in site.jobs.results())
    status = "" if job is None else progress_html(job.done, job.steps, job.ended, "hours")
    return {"sim-status": status, "sim-results": results or '<p class="dim">No simulation was run here yet.</p>'}


def register(app: Dash, site: Site) -> None:
    """Start, cancel, and the results as files."""

    @app.callback(
        Output("sim-trouble", "children"),
        Input("sim-start-button", "n_clicks"),
        Input("sim-cancel", "n_clicks"),
        State("sim-house", "value"),
        State("sim-start", "value"),
        State("sim-days", "value"),
        State("sim-weather", "value"),
        State("sim-prices", "value"),
        State("sim-names", "value"),
        prevent_initial_call=True,
    )
    def run(_start: Any, _cancel: Any, house: Any, start: Any, days: Any, weather: Any, prices: Any, names: Any) -> Any:
        if not ctx.triggered or not ctx.triggered[0]["value"]:
            return no_update
        if g.get("role") is not Role.OPERATOR:
            return html.P("Only an operator may simulate.", className="notice bad")
        if ctx.triggered_id == "sim-cancel":
            site.jobs.cancel()
            return ""
        try:
            site.jobs.start(_wanted(site, house, start, days, weather, prices, names))
        except (CannotStartError, OSError) as error:
            return html.P(str(error), className="notice bad")
        return ""

    files = Blueprint("simulations", __name__)

    @files.get("/simulations/<identifier>.json")
    def result(identifier: str) -> Response:
        told = site.jobs.result(identifier)
        if told is None:
            abort(404)
        answer: Response = app.server.json.response(told)
        return answer

    app.server.register_blueprint(files)


def _series(identifier: str, label: str, data: list[dict[str, str]]) -> Any:
    return dmc.Select(id=identifier, label=label, data=data, value=SYNTHETIC, allowDeselect=False, w=170)


def _wanted(site: Site, house: Any, start: Any, days: Any, weather: Any, prices: Any, names: Any) -> Wanted:
    """What the browser says, in form; raises CannotStartError."""
    if house not in site.files.aliases():
        raise CannotStartError("Choose a house.")
    try:
        first = date.fromisoformat(str(start))
    except ValueError:
        raise CannotStartError("The first day is written as 2018-01-08.") from None
    if not isinstance(days, int) or not isinstance(names, list):
        raise CannotStartError("Choose days and strategies.")
    files = ["" if name == SYNTHETIC else str(name) for name in (weather, prices)]
    return Wanted(str(house), first, days, tuple(dict.fromkeys(str(name) for name in names)), files[0], files[1])


def _has_plant(site: Site, alias: str) -> bool:
    house = site.files.house(alias)
    return house is not None and house.plant is not None
