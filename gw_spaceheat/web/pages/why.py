"""Why an actuator is as it is: who commanded it last, by what right, and until when. One click from the drawing."""

from typing import Any

from dash import dcc, html

from gw_spaceheat.apps.contract_show import UnknownNodeError
from gw_spaceheat.apps.contract_show import why as find_why
from gw_spaceheat.stores.faults import StoreError
from gw_spaceheat.views.contract_text import why_lines
from gw_spaceheat.web.finding import About
from gw_spaceheat.web.site import Asked, Site, link

ABOUT = About("/why", "Why", 0)


def layout(site: Site, asked: Asked) -> Any:
    """What `gws why` says."""
    node = asked.query.get("node", "")
    name = node
    if asked.house is None:
        lines = ["No house file here describes this house."]
    else:
        found = asked.house.nodes.get(node)
        name = found.display_name if found is not None and found.display_name else node
        try:
            lines = list(why_lines(find_why(asked.house, node, site.settings)))
        except (UnknownNodeError, StoreError, OSError) as error:
            lines = [str(error)]
    return html.Div(
        [
            html.H1(f"Why: {name}"),
            html.Ul([html.Li(line) for line in lines], className="lines card"),
            dcc.Link("Back to the house", href=link("/", asked.alias)),
        ]
    )
