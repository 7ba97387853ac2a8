"""What surrounds every page: the head with house, look and sign-out, and the menu."""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, dcc, html
from flask import g

from gw_spaceheat.web.attributes import aria, hidden_for_readers, renewed_from
from gw_spaceheat.web.finding import Page
from gw_spaceheat.web.sessions import Role
from gw_spaceheat.web.site import Site, link, read_asked

THEME = {
    "primaryColor": "cyan",
    "primaryShade": {"light": 9, "dark": 7},
    "defaultRadius": "md",
    "fontFamily": "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
}


def frame() -> Any:
    """The frame without a page; the address fills it."""
    return dmc.MantineProvider(
        html.Div(
            [
                dcc.Location(id="address", refresh="callback-nav"),
                html.A("Skip to the page", href="#page", className="skip"),
                html.Header(
                    [
                        html.A(
                            [html.Img(src="/assets/icon.svg", alt="", width=28, height=28), "SpaceHeat"],
                            href="/",
                            className="brand",
                        ),
                        html.Div(
                            dmc.Select(id="house", data=[], size="sm", allowDeselect=False, searchable=True, **aria("House")),
                            className="which",
                        ),
                        dmc.ColorSchemeToggle(
                            lightIcon=html.Span("☀", **hidden_for_readers()),
                            darkIcon=html.Span("☾", **hidden_for_readers()),
                            variant="default",
                            size="lg",
                            **aria("Light or dark"),
                        ),
                        html.Form(html.Button("Sign out", type="submit", className="button"), action="/logout", method="post"),
                    ],
                    className="head",
                ),
                html.Nav(id="menu", className="menu", **aria("Pages")),
                html.Main(id="page", className="page", tabIndex="-1"),
            ],
            className="frame",
        ),
        theme=THEME,
        defaultColorScheme="auto",
    )


def register(app: Dash, site: Site, pages: tuple[Page, ...]) -> None:
    """Add what fills the frame."""
    by_path = {page.about.path: page for page in pages}

    @app.callback(
        Output("page", "children"),
        Output("menu", "children"),
        Output("house", "data"),
        Output("house", "value"),
        Input("address", "pathname"),
        Input("address", "search"),
    )
    def show(path: str | None, search: str | None) -> tuple[Any, ...]:
        asked = read_asked(site, search, g.get("role") or Role.VIEWER)
        page = by_path.get((path or "/").rstrip("/") or "/")
        menu = [
            dcc.Link(
                one.about.name,
                href=link(one.about.path, asked.alias),
                className="here" if one is page else "",
            )
            for one in pages
            if one.about.order
        ]
        known = [{"value": alias, "label": _short(site, alias)} for alias in site.aliases()]
        if page is None:
            body: Any = html.Div([html.H1("There is no such page"), dcc.Link("To the house", href=link("/", asked.alias))])
        else:
            body = page.layout(site, asked)
            if page.live is not None:
                body = html.Div(body, **renewed_from(link(f"/live{page.about.path}", asked.alias, **asked.query)))
        return body, menu, known, asked.alias

    @app.callback(
        Output("address", "search"),
        Input("house", "value"),
        Input("address", "search"),
        prevent_initial_call=True,
    )
    def choose(alias: str | None, search: str | None) -> Any:
        from dash import ctx, no_update  # noqa: PLC0415 - only within a callback

        if ctx.triggered_id != "house" or alias is None or read_asked(site, search, Role.VIEWER).alias == alias:
            return no_update
        return link("", alias)


def _short(site: Site, alias: str) -> str:
    """A house's name for the list: what stands before the colon of its display name, and the end of its alias."""
    house = site.files.house(alias)
    return alias if house is None else f"{house.display_name.partition(':')[0]} ({alias.rpartition('.')[2]})"
