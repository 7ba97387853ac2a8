"""Street: what a supervision server tells of its neighbourhoods, as maps of houses with flows, renewed each second."""

from collections.abc import Mapping
from html import escape
from typing import Any

from dash import dcc, html

from gw_spaceheat.messages.supervision_state import Street
from gw_spaceheat.views.street_map import devices_html, street_html
from gw_spaceheat.web.finding import About
from gw_spaceheat.web.site import Asked, Site, link

ABOUT = About("/street", "Street", 9)


def layout(site: Site, asked: Asked) -> Any:
    """The places that `live` fills."""
    del site
    chosen = _chosen(asked)
    way = dcc.Link("All streets", href=link(ABOUT.path, asked.alias), className="button")
    back = [] if chosen is None else [html.Div(way, className="row controls")]
    return html.Div([html.H1("Street" if chosen is None else f"House {chosen[1]}"), *back, html.Div(id="street-now")])


def live(site: Site, asked: Asked) -> Mapping[str, str]:
    """The maps, or the devices of a house that was chosen."""
    chosen = _chosen(asked)
    if chosen is not None:
        return {"street-now": _house(site, *chosen)}
    streets = site.streets.streets()
    if not streets:
        return {
            "street-now": '<p class="dim">No supervision server has told anything at this broker yet: '
            "<code>gws supervise run</code> is one, <code>gws supervise startDemo</code> gives it two houses.</p>"
        }
    return {"street-now": "".join(_street(site, asked, street) for street in streets)}


def _street(site: Site, asked: Asked, street: Street) -> str:
    def to_house(house: int) -> str:
        return link(ABOUT.path, asked.alias, of=f"{street.neighbourhood}.{house}")

    return street_html(street, site.clock.now().wall_ms, to_house)


def _house(site: Site, neighbourhood: int, number: int) -> str:
    house = site.streets.house(neighbourhood, number)
    if house is None:
        return '<p class="dim">Nothing is told of it.</p>'
    name = escape(house.name or house.alias or f"House {house.house}")
    return f'<section class="card"><h2>{name}</h2>{devices_html(house.consumers, house.suppliers)}</section>'


def _chosen(asked: Asked) -> tuple[int, int] | None:
    """Neighbourhood and house of the address; None if it names none."""
    first, _, second = asked.query.get("of", "").partition(".")
    if not all(word.isascii() and word.isdecimal() and len(word) < 10 for word in (first, second)):
        return None
    return int(first), int(second)
