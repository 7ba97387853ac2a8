"""The house at a glance: drawing, figures, alarms, who commands, and the controls of an operator."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, ctx, html, no_update
from flask import g

from gw_spaceheat.apps.human import RELEASE, SET, TAKE, CannotAskError, request_of
from gw_spaceheat.views.house_html import alarms_html, as_of_html, channels_html, command_html, figures_html
from gw_spaceheat.views.schematic import schematic
from gw_spaceheat.web.attributes import aria
from gw_spaceheat.web.commanding import ask
from gw_spaceheat.web.contracts import contracts_of
from gw_spaceheat.web.finding import About
from gw_spaceheat.web.sessions import Role
from gw_spaceheat.web.site import Asked, Site, link

ABOUT = About("/", "House", 1)


def layout(site: Site, asked: Asked) -> Any:
    """The places that `live` fills, and the controls."""
    if asked.house is None:
        return html.Div([html.H1(asked.alias), html.P("No house file here describes it, so it cannot be drawn.")])
    return html.Div(
        [
            html.H1(asked.house.display_name),
            html.P(id="house-as-of", className="dim"),
            html.Div(id="house-alarms", role="status", **aria("Alarms")),
            html.Div(id="house-figures", className="figures"),
            html.Div(id="house-drawing", className="card"),
            html.Div(
                [
                    html.Section([html.H2("Who commands"), html.Div(id="house-command")], className="card"),
                    _controls(site, asked),
                ],
                className="cards",
            ),
            html.Details(
                [html.Summary("All channels"), html.Div(id="house-channels", className="inner-scroll")], className="card"
            ),
        ]
    )


def live(site: Site, asked: Asked) -> Mapping[str, str]:
    """What renews itself."""
    if asked.house is None:
        return {}
    site.watch.look(asked.house)
    now, wall_ms = site.watch.house(asked.alias), site.clock.now().wall_ms
    house, zone = asked.house, ZoneInfo(asked.house.timezone)

    def why(actuator: str) -> str:
        return link("/why", asked.alias, node=actuator)

    return {
        "house-as-of": as_of_html(now, zone, wall_ms),
        "house-alarms": alarms_html(now, site.watch.trouble(), wall_ms),
        "house-figures": figures_html(house, now, wall_ms),
        "house-drawing": schematic(house, now, wall_ms, why) + schematic(house, now, wall_ms, why, narrow=True),
        "house-command": command_html(contracts_of(site, asked.alias), now, zone, wall_ms),
        "house-channels": channels_html(house, now, wall_ms),
    }


def _controls(site: Site, asked: Asked) -> Any:
    house = asked.house
    assert house is not None  # noqa: S101 - the caller has looked
    if asked.role is not Role.OPERATOR:
        body: list[Any] = [html.P("You are signed in as a viewer: only an operator may command the house.", className="dim")]
    elif site.local_url is None or asked.alias != site.own_house:
        body = [
            html.P(
                "This house cannot be commanded from here: its own broker is elsewhere, or its door is shut.", className="dim"
            )
        ]
    else:
        actuators = [
            {"value": node.alias, "label": node.display_name or node.alias}
            for node in house.nodes.values()
            if node.actuator is not None
        ]
        body = [
            dmc.TextInput(id="command-who", label="Your name, for the log", value="operator", persistence=True),
            html.Div(
                [
                    dmc.NumberInput(id="command-minutes", label="Minutes", value=30, min=1, max=1440, w=110),
                    html.Button("Take the house", id="command-take", className="button main"),
                    html.Button("Release", id="command-release", className="button"),
                ],
                className="row",
            ),
            html.Div(
                [
                    dmc.Select(id="command-node", label="Actuator", data=actuators, searchable=True, className="grow"),
                    dmc.TextInput(id="command-value", label="Value", placeholder="on, off, 45", w=110),
                    html.Button("Set", id="command-set", className="button"),
                ],
                className="row",
            ),
            html.Div(id="command-answer", role="status"),
            dmc.Modal(
                id="command-dialog",
                title="Are you sure?",
                children=[
                    html.P(id="command-question"),
                    html.Div(
                        [
                            html.Button("Yes, do it", id="command-yes", className="button danger"),
                            html.Button("No", id="command-no", className="button"),
                        ],
                        className="row",
                    ),
                ],
            ),
            html.Div(id="command-what", hidden=True),
        ]
    return html.Section([html.H2("Command the house"), *body], className="card")


def register(app: Dash, site: Site) -> None:
    """Asking, confirming and doing."""

    @app.callback(
        Output("command-dialog", "opened"),
        Output("command-question", "children"),
        Output("command-what", "children"),
        Output("command-answer", "children"),
        Input("command-take", "n_clicks"),
        Input("command-release", "n_clicks"),
        Input("command-set", "n_clicks"),
        Input("command-yes", "n_clicks"),
        Input("command-no", "n_clicks"),
        State("command-what", "children"),
        State("command-who", "value"),
        State("command-minutes", "value"),
        State("command-node", "value"),
        State("command-value", "value"),
        prevent_initial_call=True,
    )
    def command(
        _take: Any, _release: Any, _set: Any, _yes: Any, _no: Any, what: Any, who: Any, minutes: Any, node: Any, value: Any
    ) -> tuple[Any, ...]:
        if not ctx.triggered or not ctx.triggered[0]["value"]:
            return (no_update,) * 4
        if g.get("role") is not Role.OPERATOR:
            return False, "", "", _told(["Only an operator may command the house."], is_good=False)
        house = site.files.house(site.own_house)
        pressed = str(ctx.triggered_id).removeprefix("command-")
        if pressed == "no" or house is None:
            return False, "", "", ""
        wanted = str(what) if pressed == "yes" else pressed
        try:
            request = request_of(house, wanted, str(who or ""), _number(minutes), _word(node), _word(value))
            if pressed != "yes":
                return True, _question(wanted, minutes, node, value), wanted, ""
            return False, "", "", _told(ask(site, house, request), is_good=True)
        except CannotAskError as error:
            return False, "", "", _told([str(error)], is_good=False)


def _question(what: str, minutes: Any, node: Any, value: Any) -> str:
    return {
        TAKE: f"You take the house for {minutes} minutes: neither the AtomicTNode nor local control has it then. Safety stays.",
        RELEASE: "You give the house back to local control or the AtomicTNode.",
        SET: f"{node} is set to {value}.",
    }[what]


def _told(lines: list[str], *, is_good: bool) -> Any:
    return html.Div([html.P(line) for line in lines], className="notice" + ("" if is_good else " bad"))


def _number(given: Any) -> float | None:
    return float(given) if isinstance(given, int | float) and not isinstance(given, bool) else None


def _word(given: Any) -> str | None:
    return given if isinstance(given, str) else None
