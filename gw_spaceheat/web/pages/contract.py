"""The dispatch contracts of a house: who had it when, the energy of each contract, and whether the log is as it was written."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from dash import Dash, Input, Output, State, html, no_update

from gw_spaceheat.apps.contract_log import verify_log
from gw_spaceheat.apps.contracts import side_folder
from gw_spaceheat.core.contract.life import Side
from gw_spaceheat.house.model import House
from gw_spaceheat.stores.contract_store import log_path
from gw_spaceheat.stores.keys import KeysError
from gw_spaceheat.views.ages import clock_text
from gw_spaceheat.views.contract_text import verified_lines
from gw_spaceheat.web.contracts import contracts_of
from gw_spaceheat.web.finding import About
from gw_spaceheat.web.site import Asked, Site

ABOUT = About("/contract", "Contract", 3)
HEADS = ("Contract", "Time", "Stands", "Agreed", "Used", "Because")


def layout(site: Site, asked: Asked) -> Any:
    """The state, the timeline, and the check of the log."""
    told = contracts_of(site, asked.alias)
    if asked.house is None or told is None:
        text = "Nothing of this house's contracts is kept on this machine: the SCADA keeps them where it runs."
        return html.Div([html.H1("Contract"), html.P(text, className="card")])
    zone = ZoneInfo(asked.house.timezone)
    pacts = [*reversed(told["following"]), *([told["contract"]] if told["contract"] else []), *reversed(told["past"])]
    lease = told["lease"]
    until = "" if lease["until_ms"] is None else f" until {clock_text(lease['until_ms'], zone)}"
    return html.Div(
        [
            html.H1("Contract"),
            html.Div(
                [
                    _figure(str(told["mode"]), str(told["mode_cause"])),
                    _figure(f"{lease['by']}{until}", f"commands, token {lease['token']}"),
                    _figure(f"{told['log']['entries']:,}", "entries in the log" + ("" if told["signed"] else ", unsigned")),
                ],
                className="figures wide-figures",
            ),
            html.Section([html.H2("Timeline"), _timeline(pacts, zone)], className="card") if pacts else None,
            html.Div(_table(pacts, zone), className="scroll", tabIndex="0"),
            html.Section(
                [
                    html.H2("The log"),
                    html.P(f"Head {told['log']['head'][:16]}, key {told['key']}", className="dim"),
                    html.Button("Check the whole log", id="contract-check", className="button"),
                    html.Div(id="contract-checked", role="status"),
                    html.Div(asked.alias, id="contract-house", hidden=True),
                ],
                className="card",
            ),
        ]
    )


def register(app: Dash, site: Site) -> None:
    """The check of the log."""

    @app.callback(
        Output("contract-checked", "children"),
        Input("contract-check", "n_clicks"),
        State("contract-house", "children"),
        prevent_initial_call=True,
    )
    def check(clicks: Any, alias: Any) -> Any:
        house = site.files.house(str(alias))
        return _checked(site, house) if clicks and house is not None else no_update


def _checked(site: Site, house: House) -> Any:
    try:
        told = verify_log(log_path(side_folder(site.settings, house.alias, Side.SCADA)), None, site.settings.keys_path())
    except (OSError, KeysError) as error:
        return html.P(f"It cannot be checked: {error}", className="notice bad")
    kind = "notice" if told["is_whole"] else "notice bad"
    return html.Ul([html.Li(line) for line in list(verified_lines(told))[1:]], className=f"lines {kind}")


def _figure(value: str, name: str) -> Any:
    return html.Div([html.B(value), html.Span(name)], className="figure")


def _table(pacts: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> Any:
    rows = [
        html.Tr(
            [
                html.Th(html.Code(pact["id"][:8], title=pact["id"]), scope="row"),
                html.Td(f"{clock_text(pact['start_ms'], zone)} to {clock_text(pact['end_ms'], zone)}"),
                html.Td(html.Span(pact["result"] or pact["life"], className=f"tag {_kind(pact)}")),
                html.Td("oil" if pact["oil_boiler_on"] else f"{pact['avg_power_w']:,} W", className="number"),
                html.Td("" if pact["used_wh"] is None else f"{pact['used_wh'] / 1000:.2f} kWh", className="number"),
                html.Td(pact["cause"]),
            ]
        )
        for pact in pacts
    ]
    if not rows:
        return html.P("There was no contract yet.", className="dim")
    return html.Table([html.Thead(html.Tr([html.Th(head, scope="col") for head in HEADS])), html.Tbody(rows)])


def _timeline(pacts: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> Any:
    """The contracts as bars over time; how much of what was agreed each has used is told by its height."""
    begin_ms = min(pact["start_ms"] for pact in pacts)
    whole_ms = max(max(pact["end_ms"] for pact in pacts) - begin_ms, 1)
    bars = [
        html.Div(
            className=f"bar {_kind(pact)}",
            title=f"{pact['result'] or pact['life']}, {clock_text(pact['start_ms'], zone)}",
            style={
                "left": f"{100 * (pact['start_ms'] - begin_ms) / whole_ms:.3f}%",
                "width": f"{100 * (pact['end_ms'] - pact['start_ms']) / whole_ms:.3f}%",
            },
        )
        for pact in pacts
    ]
    ends = [html.Span(clock_text(begin_ms, zone)), html.Span(clock_text(begin_ms + whole_ms, zone))]
    return html.Div([html.Div(bars, className="timeline"), html.Div(ends, className="ends dim")])


def _kind(pact: Mapping[str, Any]) -> str:
    word = pact["result"] or pact["life"]
    if word == "Active":
        return "good"
    return "bad" if "Failed" in word or "Terminated" in word else "off"
