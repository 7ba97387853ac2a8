"""Net balance: recordings played through the manager of loads, looked at, compared with the bound, and swept."""

import base64
import threading
from collections.abc import Callable
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from flask import g

from gw_spaceheat.apps.netbalance.experiment import SELL
from gw_spaceheat.apps.netbalance.recordings import LARGEST_BYTES, SYNTHETIC
from gw_spaceheat.apps.netbalance.shown import periods_csv, shown, trace_lines
from gw_spaceheat.core.netbalance.algorithm import algorithm_module, algorithm_names, setting_names
from gw_spaceheat.views import netbalance_figures as figures
from gw_spaceheat.web.finding import About
from gw_spaceheat.web.pages._net_balance_form import (
    PRICES,
    ZONE,
    Inputs,
    experiment_asked,
    number_of,
    price_data,
    price_text,
    recordings_of,
    seconds_of,
    setting_text,
    settings_asked,
    texts,
)
from gw_spaceheat.web.pages._net_balance_results import PLAIN, run_results, runs_table, sweep_results
from gw_spaceheat.web.pages._operator import bad
from gw_spaceheat.web.sessions import Role
from gw_spaceheat.web.site import Asked, Site

ABOUT = About("/net-balance", "Net balance", 8)
LOADS = "700, 1000"
RECORDING_PX, PRICES_PX = 220, 240
MOVABLE: Any = {"displayModeBar": False, "edits": {"shapePosition": True}}
_busy = threading.Lock()

STATE = {
    "files": State("nb-files", "value"),
    "base": State("nb-base", "value"),
    "factor": State("nb-factor", "value"),
    "loads": State("nb-loads", "value"),
    "period": State("nb-period", "value"),
    "prices": State("nb-prices", "data"),
    "range": State("nb-range", "data"),
    "algorithm": State("nb-algorithm", "value"),
    "values": State({"type": "nb-setting", "name": ALL}, "value"),
    "names": State({"type": "nb-setting", "name": ALL}, "id"),
}


def layout(site: Site, asked: Asked) -> Any:
    """Recording and terms, the algorithm with its settings, and places for what comes out."""
    is_operator = asked.role is Role.OPERATOR
    algorithms = [{"value": name, "label": name} for name in algorithm_names()]
    return html.Div(
        [
            html.H1("Net balance"),
            html.Section(
                [
                    html.H2("Recording"),
                    html.Div(
                        [
                            dmc.MultiSelect(
                                id="nb-files",
                                label="Recordings",
                                data=list(recordings_of(site).names()),
                                value=[SYNTHETIC],
                                className="grow",
                            ),
                            dmc.TextInput(id="nb-base", label="Constant base, W", placeholder="as recorded", w=150),
                            dmc.NumberInput(id="nb-factor", label="Sun, times", value=1, min=0, max=10, step=0.1, w=110),
                        ],
                        className="row",
                    ),
                    dcc.Upload(
                        html.Button("Bring a recording (CSV)", className="button", disabled=not is_operator),
                        id="nb-upload",
                        accept=".csv",
                        max_size=LARGEST_BYTES,
                        disabled=not is_operator,
                    ),
                    html.Div(id="nb-brought", role="status"),
                    _graph("nb-recording"),
                    html.P("Draw across it to choose a range, double-click for all of it.", className="dim"),
                    dcc.Store(id="nb-range", data=None),
                ],
                className="card",
            ),
            html.Section(
                [
                    html.H2("Prices"),
                    dcc.Graph(
                        id="nb-price-figure",
                        figure=figures.price_figure(PRICES, SELL),
                        config=MOVABLE,
                        style={"height": f"{PRICES_PX}px"},
                        responsive=True,
                    ),
                    dmc.TextInput(
                        id="nb-price-text",
                        label="A price for each local hour, then what surplus brings",
                        value=price_text(PRICES, SELL),
                    ),
                    html.P("Draw a line up or down, or write the prices.", className="dim"),
                    dcc.Store(id="nb-prices", data=[*PRICES, SELL]),
                ],
                className="card",
            ),
            html.Section(
                [
                    html.H2("Loads and algorithm"),
                    html.Div(
                        [
                            dmc.TextInput(id="nb-loads", label="Loads, W, the first goes first", value=LOADS, className="grow"),
                            dmc.Select(
                                id="nb-period",
                                label="Netting period",
                                data=[
                                    {"value": str(minutes), "label": f"{minutes} min" if minutes else "none"}
                                    for minutes in (60, 30, 15, 0)
                                ],
                                value="60",
                                allowDeselect=False,
                                w=140,
                            ),
                            dmc.Select(
                                id="nb-algorithm",
                                label="Algorithm",
                                data=algorithms,
                                value="hysteresis",
                                allowDeselect=False,
                                w=190,
                            ),
                        ],
                        className="row",
                    ),
                    html.Div(_settings("hysteresis"), id="nb-settings", className="row wrap"),
                    html.Div(
                        [
                            html.Button("Run", id="nb-run", className="button main"),
                            html.Button("Compare all algorithms", id="nb-compare", className="button"),
                            html.Button("Periods as CSV", id="nb-csv", className="button"),
                        ],
                        className="row",
                    ),
                    html.Div(id="nb-trouble", role="alert"),
                    dcc.Download(id="nb-file"),
                ],
                className="card",
            ),
            dcc.Loading(html.Div(id="nb-results"), type="dot"),
            dcc.Loading(html.Div(id="nb-compared"), type="dot"),
            html.Section(
                [
                    html.H2("Sweep a setting"),
                    html.Div(
                        [
                            dmc.TextInput(
                                id="nb-over", label="SETTING=FIRST:LAST:STEP", value="top_wh.1=50:150:5", className="grow"
                            ),
                            html.Button("Sweep", id="nb-sweep", className="button"),
                        ],
                        className="row",
                    ),
                    html.Div(id="nb-sweep-trouble", role="alert"),
                    dcc.Loading(html.Div(id="nb-swept"), type="dot"),
                ],
                className="card",
            ),
        ]
    )


def register(app: Dash, site: Site) -> None:
    """What happens when somebody brings, chooses, draws, runs."""
    _register_choices(app, site)
    _register_runs(app, site)


def _register_choices(app: Dash, site: Site) -> None:
    @app.callback(
        Output("nb-files", "data"),
        Output("nb-files", "value"),
        Output("nb-brought", "children"),
        Input("nb-upload", "contents"),
        State("nb-upload", "filename"),
        prevent_initial_call=True,
    )
    def bring(contents: Any, name: Any) -> tuple[Any, ...]:
        if not isinstance(contents, str) or not isinstance(name, str):
            return (no_update,) * 3
        if g.get("role") is not Role.OPERATOR:
            return no_update, no_update, bad("Only an operator may bring a recording.")
        recordings = recordings_of(site)
        try:
            kept = recordings.keep(name, base64.b64decode(contents.partition(",")[2], validate=True))
        except (ValueError, OSError) as error:
            return no_update, no_update, bad(str(error))
        return list(recordings.names()), [kept], html.P(f"{kept} is kept.", className="dim")

    @app.callback(
        Output("nb-recording", "figure"),
        Output("nb-range", "data"),
        Input("nb-files", "value"),
        Input("nb-base", "value"),
    )
    def choose(files: Any, base: Any) -> tuple[Any, Any]:
        try:
            trace = recordings_of(site).trace(texts(files), number_of(base, "Constant base"))
        except (ValueError, OSError):
            return figures.recording_figure({}, ZONE), None  # a run says what is wrong
        return figures.recording_figure(trace_lines(trace), ZONE), None

    @app.callback(
        Output("nb-range", "data", allow_duplicate=True), Input("nb-recording", "relayoutData"), prevent_initial_call=True
    )
    def draw(moved: Any) -> Any:
        if not isinstance(moved, dict):
            return no_update
        edges = [seconds_of(moved.get(f"xaxis.range[{place}]")) for place in (0, 1)]
        if moved.get("xaxis.autorange"):
            return None
        return no_update if None in edges else edges

    @app.callback(Output("nb-settings", "children"), Input("nb-algorithm", "value"), prevent_initial_call=True)
    def settle(algorithm: Any) -> Any:
        return _settings(algorithm) if algorithm in algorithm_names() else no_update

    @app.callback(
        Output("nb-price-figure", "figure"),
        Output("nb-price-text", "value"),
        Output("nb-prices", "data"),
        Input("nb-price-figure", "relayoutData"),
        Input("nb-price-text", "value"),
        State("nb-prices", "data"),
        prevent_initial_call=True,
    )
    def price(moved: Any, text: Any, data: Any) -> tuple[Any, Any, Any]:
        known = price_data(data)
        if ctx.triggered_id == "nb-price-figure":
            found = figures.moved_prices(moved, *known) if isinstance(moved, dict) else None
            if found is None:
                return (no_update,) * 3
            return figures.price_figure(*found), price_text(*found), [*found[0], found[1]]
        written = price_data(str(text).replace(";", ",").split(","))
        if len(written[0]) != 24 or written == known:
            return (no_update,) * 3
        return figures.price_figure(*written), no_update, [*written[0], written[1]]


def _register_runs(app: Dash, site: Site) -> None:
    @app.callback(
        output=(Output("nb-results", "children"), Output("nb-trouble", "children")),
        inputs={"clicks": Input("nb-run", "n_clicks")},
        state={"asked": STATE},
        prevent_initial_call=True,
    )
    def run(clicks: Any, asked: Inputs) -> tuple[Any, Any]:
        return _done(clicks, lambda: run_results(experiment_asked(site, asked), asked))

    @app.callback(
        output=(Output("nb-compared", "children"), Output("nb-trouble", "children", allow_duplicate=True)),
        inputs={"clicks": Input("nb-compare", "n_clicks")},
        state={"asked": STATE},
        prevent_initial_call=True,
    )
    def compare(clicks: Any, asked: Inputs) -> tuple[Any, Any]:
        def compared() -> Any:
            rows = experiment_asked(site, asked).compared({str(asked["algorithm"]): settings_asked(asked)})
            return html.Section([html.H2("All algorithms"), runs_table(rows)], className="card")

        return _done(clicks, compared)

    @app.callback(
        output=(Output("nb-swept", "children"), Output("nb-sweep-trouble", "children")),
        inputs={"clicks": Input("nb-sweep", "n_clicks")},
        state={"asked": STATE, "over": State("nb-over", "value")},
        prevent_initial_call=True,
    )
    def sweep_it(clicks: Any, asked: Inputs, over: Any) -> tuple[Any, Any]:
        return _done(clicks, lambda: sweep_results(experiment_asked(site, asked), asked, str(over)))

    @app.callback(
        output=(Output("nb-file", "data"), Output("nb-trouble", "children", allow_duplicate=True)),
        inputs={"clicks": Input("nb-csv", "n_clicks")},
        state={"asked": STATE},
        prevent_initial_call=True,
    )
    def save(clicks: Any, asked: Inputs) -> tuple[Any, Any]:
        def file() -> Any:
            told = shown(experiment_asked(site, asked), str(asked["algorithm"]), settings_asked(asked))
            return {"content": periods_csv(told), "filename": "net-balance-periods.csv", "type": "text/csv"}

        return _done(clicks, file)


def _done(clicks: Any, work: Callable[[], Any]) -> tuple[Any, Any]:
    """What work gives, or why it cannot be done; one at a time, because it takes a core."""
    if not clicks:
        return no_update, no_update
    if not _busy.acquire(blocking=False):
        return no_update, bad("Another run is at work; try again in some seconds.")
    try:
        return work(), ""
    except (ValueError, OSError) as error:
        return no_update, bad(str(error))
    finally:
        _busy.release()


def _settings(algorithm: str) -> list[Any]:
    """An input for each of its settings."""
    usual = algorithm_module(algorithm).Settings()
    names = setting_names(algorithm)
    if not names:
        return [html.P("It has no settings.", className="dim")]
    return [
        dmc.TextInput(id={"type": "nb-setting", "name": name}, label=name, value=setting_text(getattr(usual, name)), w=150)
        for name in names
    ]


def _graph(identifier: str) -> Any:
    return dcc.Graph(id=identifier, config=PLAIN, style={"height": f"{RECORDING_PX}px"}, responsive=True)
