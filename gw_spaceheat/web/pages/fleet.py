"""All houses of the broker: who is well, who heats, who has not been heard."""

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, dcc, html
from flask import g

from gw_spaceheat.core.watching import HouseNow
from gw_spaceheat.views.ages import age_text
from gw_spaceheat.web.attributes import aria, under
from gw_spaceheat.web.finding import About
from gw_spaceheat.web.sessions import Role
from gw_spaceheat.web.site import Asked, Site, link

ABOUT = About("/fleet", "Fleet", 5)
HEADS = ("State", "Mode", "Power", "Heard", "Last report")
NUMBERS = HEADS[2:]
SILENT_MS = 10 * 60_000
"""A house that was not heard for two reports' time is silent [ms]."""
ORDERS = {"house": "House", "trouble": "Worst first", "heard": "Longest silent first", "power": "Most power first"}
FILTERS = {"all": "All", "trouble": "With alarms", "silent": "Silent", "remote": "RemoteControl", "local": "LocalControl"}


def layout(site: Site, _asked: Asked) -> Any:
    """The controls and the table, which renews itself."""
    return html.Div(
        [
            html.H1("Fleet"),
            dmc.Group(
                [
                    dmc.TextInput(id="fleet-text", placeholder="Part of a name", size="sm", **aria("Part of a name")),
                    _choice("fleet-filter", FILTERS, "Show"),
                    _choice("fleet-order", ORDERS, "Order"),
                ],
                className="controls",
            ),
            html.Div(id="fleet-table", children=table(site, "", "all", "house")),
            dcc.Interval(id="fleet-beat", interval=5000),
        ]
    )


def register(app: Dash, site: Site) -> None:
    """The table follows its controls."""

    @app.callback(
        Output("fleet-table", "children"),
        Input("fleet-text", "value"),
        Input("fleet-filter", "value"),
        Input("fleet-order", "value"),
        Input("fleet-beat", "n_intervals"),
        prevent_initial_call=True,
    )
    def show(text: str | None, only: str | None, order: str | None, _beat: int | None) -> Any:
        del _beat
        assert g.get("role") in tuple(Role)  # noqa: S101 - the gate let him in
        return table(site, text or "", only or "all", order or "house")


def table(site: Site, text: str, only: str, order: str) -> Any:
    """The houses that are wanted, as a table."""
    now_ms = site.clock.now().wall_ms
    houses = [(alias, site.watch.house(alias)) for alias in site.aliases()]
    wanted = [
        (alias, one)
        for alias, one in houses
        if text.lower() in f"{alias} {_name(site, alias)}".lower() and _fits(one, only, now_ms)
    ]
    wanted.sort(key=lambda pair: _rank(pair, order))
    rows = [html.Tr([_head(site, alias), *_cells(one, now_ms)]) for alias, one in wanted]
    heads = [html.Th(head, scope="col", className="number" if head in NUMBERS else "") for head in ("House", *HEADS)]
    return html.Div(
        [
            html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="wide stacked"),
            html.P(f"{len(wanted)} of {len(houses)} houses", className="dim"),
        ],
        className="scroll",
        tabIndex="0",
    )


def _head(site: Site, alias: str) -> Any:
    return html.Th([dcc.Link(_name(site, alias), href=link("/", alias)), html.Small(alias)], scope="row")


def _cells(one: HouseNow | None, now_ms: int) -> Sequence[Any]:
    """What is known of a house, in the order of `HEADS`; each says what it is, for screens without room for the heads."""
    contents: tuple[Any, ...] = (
        _state(one, now_ms),
        "" if one is None or one.contract is None else one.contract.mode,
        "" if one is None or one.power_w is None else f"{one.power_w:,} W",
        "never" if one is None or not one.heard_ms else age_text(now_ms - one.heard_ms),
        "never" if one is None or one.report_ms is None else age_text(now_ms - one.report_ms),
    )
    return [
        html.Td(content, className="number" if head in NUMBERS else "", **under(head))
        for head, content in zip(HEADS, contents, strict=True)
    ]


def _choice(identifier: str, words: dict[str, str], label: str) -> Any:
    data = [{"value": value, "label": text} for value, text in words.items()]
    first = next(iter(words))
    return dmc.Select(id=identifier, data=data, value=first, size="sm", allowDeselect=False, **aria(label))


def _name(site: Site, alias: str) -> str:
    house = site.files.house(alias)
    return alias if house is None else house.display_name.partition(":")[0]


def _state(one: HouseNow | None, now_ms: int) -> Any:
    if _is_silent(one, now_ms):
        return html.Span("silent", className="tag off")
    if one is not None and one.alarms:
        worst = one.alarms[0]
        return html.Span(f"{len(one.alarms)} alarm{'s' if len(one.alarms) > 1 else ''}: {worst.node}", className="tag bad")
    return html.Span("well", className="tag good")


def _is_silent(one: HouseNow | None, now_ms: int) -> bool:
    return one is None or now_ms - one.heard_ms > SILENT_MS


def _fits(one: HouseNow | None, only: str, now_ms: int) -> bool:
    if only == "trouble":
        return one is not None and bool(one.alarms)
    if only == "silent":
        return _is_silent(one, now_ms)
    if only in {"remote", "local"}:
        mode = "" if one is None or one.contract is None else one.contract.mode
        return mode == ("RemoteControl" if only == "remote" else "LocalControl")
    return True


def _rank(pair: tuple[str, HouseNow | None], order: str) -> tuple[float, str]:
    alias, one = pair
    if order == "trouble":
        return -(len(one.alarms) if one is not None else 0), alias
    if order == "heard":
        return (one.heard_ms if one is not None else 0), alias
    if order == "power":
        return -(one.power_w or 0 if one is not None else 0), alias
    return 0.0, alias
