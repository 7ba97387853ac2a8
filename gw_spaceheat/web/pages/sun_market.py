"""Sun market: streets that share their sun, run under schedulers in a process of its own, and what came of them."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from flask import Blueprint, Response, abort, request, send_file

from gw_spaceheat.apps.beside import CannotStartError
from gw_spaceheat.apps.neighbourhood.algorithms import algorithm_names
from gw_spaceheat.apps.neighbourhood.kept_results import ListedResult
from gw_spaceheat.apps.neighbourhood.shelf import CannotKeepError
from gw_spaceheat.apps.neighbourhood.shown import INTERVALS_MIN, in_order, runs_of
from gw_spaceheat.apps.neighbourhood.street_runs import MOST_RUNS, MOST_SEED, WantedRun
from gw_spaceheat.stores.street_results import Results
from gw_spaceheat.views.comparison_html import progress_html
from gw_spaceheat.web.finding import About
from gw_spaceheat.web.pages._operator import bad, refused
from gw_spaceheat.web.pages._sun_market_results import one_result, two_results
from gw_spaceheat.web.sessions import Role
from gw_spaceheat.web.site import Asked, Site, link

ABOUT = About("/sun-market", "Sun market", 11)
FIRST = ["asap", "lst"]
ALL, MEAN = "all", "mean"
COLUMNS = (
    ("local_kwh", "{:.2f}"),
    ("bound_kwh", "{:.2f}"),
    ("peak_import_kw", "{:.2f}"),
    ("cost_usd", "{:.2f}"),
)


def layout(site: Site, asked: Asked) -> Any:
    """What may run, what there is, and the result that the address names, or two of them."""
    return html.Div([html.H1("Sun market"), *_chosen(site, asked), _form(site, asked), _list()])


def live(site: Site, asked: Asked) -> Mapping[str, str]:
    """How far a run is, and the results, those that were laid in meanwhile too."""
    work = site.desk.runs.work()
    status = "" if work is None else progress_html(work.done, work.steps, work.ended, "runs")
    rows = "".join(_row(asked, each) for each in site.desk.results.listed())
    if not rows:
        return {"sm-status": status, "sm-list": '<p class="dim">No street was run here yet.</p>'}
    heads = ("local, kWh", "bound, kWh", "peak, kW", "pays, USD")
    top = '<th scope="col">result</th><th scope="col">scheduler</th>'
    top += "".join(f'<th scope="col" class="number">{head}</th>' for head in heads) + '<th scope="col">when, UTC</th>'
    return {"sm-status": status, "sm-list": f"<table><thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table>"}


def _row(asked: Asked, each: ListedResult) -> str:
    name = escape(each.name)
    first = f'<a href="{escape(link(ABOUT.path, asked.alias, result=each.name))}">{name}</a>'
    if each.trouble:
        return f'<tr><th scope="row">{name}</th><td colspan="6">{escape(each.trouble)}</td></tr>'
    cells = f"<td>{escape(str(each.told.get('algorithm', '-')))}</td>"
    cells += "".join(f'<td class="number">{escape(_cell(each.told.get(key), form))}</td>' for key, form in COLUMNS)
    when = datetime.fromtimestamp(each.changed_s, UTC)
    return f'<tr><th scope="row">{first}</th>{cells}<td>{when:%Y-%m-%d %H:%M}</td></tr>'


def _cell(value: object, form: str) -> str:
    try:
        return "-" if value is None else form.format(value)
    except (ValueError, TypeError):
        return "-"


def _form(site: Site, asked: Asked) -> Any:
    names = list(site.desk.streets.names())
    wanted = asked.query.get("street", "")
    is_operator = asked.role is Role.OPERATOR
    return html.Section(
        [
            html.H2("Run a street"),
            html.Div(
                [
                    dmc.Select(
                        id="sm-street",
                        label="Street",
                        data=names,
                        value=wanted if wanted in names else next(iter(names), None),
                        searchable=True,
                        className="grow",
                    ),
                    dmc.NumberInput(id="sm-runs", label="Runs", value=1, min=1, max=MOST_RUNS, w=90),
                    dmc.NumberInput(id="sm-seed", label="First seed", value=1, min=0, max=MOST_SEED, w=120),
                ],
                className="row",
            ),
            dmc.MultiSelect(id="sm-algorithms", label="Schedulers", data=list(algorithm_names()), value=FIRST),
            html.Div(
                [
                    html.Button("Run", id="sm-run", className="button main", disabled=not is_operator),
                    html.Button("Cancel", id="sm-cancel", className="button", disabled=not is_operator),
                    html.Span("" if is_operator else "Only an operator may run streets.", className="dim"),
                ],
                className="row",
            ),
            html.Div(id="sm-trouble", role="alert"),
            html.Div(id="sm-status", role="status"),
            *(
                [
                    html.P(
                        [
                            "There is no street yet: make one on the page ",
                            dcc.Link("Neighbourhood", href=link("/neighbourhood", asked.alias)),
                            ".",
                        ],
                        className="dim",
                    )
                ]
                * (not names)
            ),
        ],
        className="card",
    )


def _list() -> Any:
    return html.Section(
        [
            html.H2("Results"),
            html.Div(id="sm-list", className="inner-scroll"),
            html.P(
                "Each is a folder in web/street-results of the data folder; what gws neighbourhood run --results "
                "has written may be laid there.",
                className="dim",
            ),
        ],
        className="card",
    )


def _chosen(site: Site, asked: Asked) -> list[Any]:
    """Choices about the result that is looked at, and its place."""
    name, other = asked.query.get("result", ""), asked.query.get("other", "")
    if not name:
        return []
    try:
        results = site.desk.results.read(name)
        both = [results, site.desk.results.read(other)] if other else [results]
    except (ValueError, OSError) as error:
        return [html.Section(bad(str(error)), className="card")]
    houses = sorted({house for each in both for house in each.houses}, key=in_order)
    runs = min(runs_of(each) for each in both)
    title = f"{name} beside {other}" if other else name
    choices = [
        dmc.Select(
            id="sm-of-run",
            label="Run",
            data=[{"value": MEAN, "label": "mean of all"}, *({"value": str(n), "label": str(n)} for n in range(1, runs + 1))],
            value=MEAN if runs > 1 else "1",
            allowDeselect=False,
            w=140,
        ),
        dmc.Select(
            id="sm-of-house",
            label="Household",
            data=[{"value": ALL, "label": "all of the street"}, *({"value": f"of {one}", "label": one} for one in houses)],
            value=ALL,
            searchable=True,
            allowDeselect=False,
            w=180,
        ),
        dmc.Select(
            id="sm-interval",
            label="Interval of the peak",
            data=[{"value": str(minutes), "label": f"{minutes} min"} for minutes in INTERVALS_MIN],
            value="15",
            allowDeselect=False,
            w=160,
        ),
    ]
    download = link("/street-results.zip", asked.alias, name=name)
    others = [each.name for each in site.desk.results.listed() if each.name != name]
    beside = dmc.Select(
        id="sm-other",
        label="Compare with",
        data=others,
        value=other if other in others else None,
        searchable=True,
        clearable=True,
        className="grow",
    )
    actions = [
        html.A("Download", href=download, className="button", download=""),
        *(
            []
            if other
            else [html.Button("Delete", id="sm-delete", className="button", disabled=asked.role is not Role.OPERATOR)]
        ),
        dcc.Link("Close", href=link(ABOUT.path, asked.alias), className="button"),
    ]
    return [
        html.Section(
            [
                html.H2(title),
                html.P(" / ".join(_told(each) for each in both), className="dim"),
                html.Div([*choices, beside, *actions], className="row"),
                html.Div(id="sm-said", role="status"),
                dcc.Store(id="sm-names", data=[name, other]),
                dcc.ConfirmDialog(id="sm-sure", message=f"Delete the result {name} for good?"),
                html.Div(id="sm-detail"),
                html.P(
                    "In the table of runs, local energy is sun of the street's roofs that its jobs used in the same minute, "
                    "and the bound is what nobody could pass who knew everything. Curves, pies, contracts and bills are by "
                    "quarters of an hour: own roof first, then the neighbours', then the grid. The deviation is that of a "
                    "sample. All intervals count for a mean, those without anything too.",
                    className="dim",
                ),
            ],
            className="card",
        )
    ]


def _told(results: Results) -> str:
    told = results.told
    jobs, days = told.get("jobs"), told.get("days")
    counts = f", {jobs:.0f} jobs" if isinstance(jobs, int | float) else ""
    return f"{told.get('street', 'a street')} under {told.get('algorithm', 'a scheduler')}{counts}" + (
        f", {days} days" if days else ""
    )


def register(app: Dash, site: Site) -> None:
    """Run, cancel, look, delete, download."""
    _register_runs(app, site)
    _register_results(app, site)
    files = Blueprint("street-results", __name__)

    @files.get("/street-results.zip")
    def download() -> Response:
        name = request.args.get("name", "")[:300]
        try:
            data = site.desk.results.zipped(name)
        except CannotKeepError:
            abort(404)
        return send_file(io.BytesIO(data), mimetype="application/zip", as_attachment=True, download_name=f"{name}.zip")

    app.server.register_blueprint(files)


def _register_runs(app: Dash, site: Site) -> None:
    @app.callback(
        Output("sm-trouble", "children"),
        Input("sm-run", "n_clicks"),
        Input("sm-cancel", "n_clicks"),
        State("sm-street", "value"),
        State("sm-algorithms", "value"),
        State("sm-runs", "value"),
        State("sm-seed", "value"),
        prevent_initial_call=True,
    )
    def run(_run: Any, _cancel: Any, street: Any, algorithms: Any, runs: Any, seed: Any) -> Any:
        if not ctx.triggered or not ctx.triggered[0]["value"]:
            return no_update

        def act() -> None:
            if ctx.triggered_id == "sm-cancel":
                site.desk.runs.cancel()
            else:
                site.desk.runs.start(run_asked(street, algorithms, runs, seed))

        return refused("Only an operator may run streets.", act) or ""


def _register_results(app: Dash, site: Site) -> None:
    @app.callback(
        Output("sm-detail", "children"),
        Input("sm-of-run", "value"),
        Input("sm-of-house", "value"),
        Input("sm-interval", "value"),
        State("sm-names", "data"),
    )
    def look(run: Any, house: Any, interval: Any, names: Any) -> Any:
        try:
            return detail(site, names, run, house, interval)
        except (ValueError, OSError) as error:
            return bad(str(error))

    @app.callback(
        Output("address", "search", allow_duplicate=True),
        Input("sm-other", "value"),
        State("sm-names", "data"),
        State("house", "value"),
        prevent_initial_call=True,
    )
    def compare(other: Any, names: Any, alias: Any) -> Any:
        name, known = _names(names)
        if (other or "") == known:
            return no_update
        return link("", str(alias), result=name, **({"other": str(other)} if other else {}))

    @app.callback(Output("sm-sure", "displayed"), Input("sm-delete", "n_clicks"), prevent_initial_call=True)
    def ask(clicks: Any) -> bool:
        return bool(clicks)

    @app.callback(
        Output("address", "search", allow_duplicate=True),
        Output("sm-said", "children"),
        Input("sm-sure", "submit_n_clicks"),
        State("sm-names", "data"),
        State("house", "value"),
        prevent_initial_call=True,
    )
    def delete(clicks: Any, names: Any, alias: Any) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        said = refused("Only an operator may delete a result.", lambda: site.desk.results.delete(_names(names)[0]))
        return (link("", str(alias)), no_update) if said is None else (no_update, said)


def run_asked(street: Any, algorithms: Any, runs: Any, seed: Any) -> WantedRun:
    """What the browser says, in form; raises CannotStartError."""
    if not isinstance(street, str) or not street:
        raise CannotStartError("Choose a street.")
    if not isinstance(algorithms, list) or any(isinstance(each, bool) or not isinstance(each, int) for each in (runs, seed)):
        raise CannotStartError("Choose schedulers, runs and a seed.")
    return WantedRun(street=street, algorithms=tuple(dict.fromkeys(str(each) for each in algorithms)), runs=runs, seed=seed)


def detail(site: Site, names: Any, run: Any, house: Any, interval: Any) -> list[Any]:
    """A result, or two, as chosen.

    Raises:
        CannotKeepError: A result is not there.
        StreetFileError: It cannot be understood.
        OSError: It cannot be read.
    """
    name, other = _names(names)
    number = int(run) if isinstance(run, str) and run.isdecimal() and len(run) < 6 else None
    of = house.removeprefix("of ") if isinstance(house, str) and house != ALL else None
    minutes = int(interval) if interval in {str(each) for each in INTERVALS_MIN} else INTERVALS_MIN[0]
    results = site.desk.results.read(name)
    if not other:
        return one_result(name, results, number, of, minutes)
    return two_results((name, other), (results, site.desk.results.read(other)), number, of, minutes)


def _names(names: Any) -> tuple[str, str]:
    if not isinstance(names, list) or len(names) != 2:
        raise CannotKeepError("Choose a result.")
    return str(names[0]), str(names[1])
