"""Days of a house as lines: power, price, tanks, rooms and weather, from months down to seconds."""

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
import numpy as np
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update

from gw_spaceheat.core.telemetry.presence import patience_ms
from gw_spaceheat.house.delivery import Delivery
from gw_spaceheat.house.model import House
from gw_spaceheat.stores.faults import StoreError
from gw_spaceheat.stores.lines import Line, lines
from gw_spaceheat.stores.market_prices import market_prices
from gw_spaceheat.stores.plans import held_plan
from gw_spaceheat.views.day_figure import (
    DELIVERY,
    ENERGY,
    PLANNED_KW,
    PLANNED_WITH,
    Steps,
    day_figure,
    height_px,
    legend,
    row_of,
)
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, YEAR_2000_MS, YEAR_3000_MS
from gw_spaceheat.vocabulary.units import W_PER_KW
from gw_spaceheat.web.attributes import aria
from gw_spaceheat.web.finding import About
from gw_spaceheat.web.memory import give_back
from gw_spaceheat.web.site import Asked, Site

ABOUT = About("/day", "Day", 2)
LENGTHS = {"hour": HOUR_MS, "day": DAY_MS, "week": 7 * DAY_MS, "month": 31 * DAY_MS}
NAMES = {"hour": "Hour", "day": "Day", "week": "Week", "month": "Month"}
SHORTEST_MS, LONGEST_MS = SECOND_MS, 366 * DAY_MS
LONGEST_WITH_PLANS_MS = 8 * DAY_MS
"""What was planned for each five minutes cannot be seen in a longer stretch of time."""
FRESH_S = 20.0
MOST_KEPT = 4
PRICE_STEPS = 400

Span = tuple[int, int]
_lock = threading.Lock()
_kept: "OrderedDict[tuple[str, str, Span], tuple[float, list[Line]]]" = OrderedDict()


def layout(site: Site, asked: Asked) -> Any:
    """Controls and figure."""
    if asked.house is None:
        return html.Div([html.H1(asked.alias), html.P("No house file here describes it.")])
    span, length = _first_span(site, asked.query)
    figure, told = _drawn(site, asked.house, span)
    choices = [{"value": value, "label": name} for value, name in NAMES.items()]
    return html.Div(
        [
            html.H1("Day"),
            html.Div(
                [
                    html.Button("Earlier", id="day-back", className="button"),
                    html.Button("Later", id="day-forward", className="button"),
                    html.Button("Now", id="day-now", className="button"),
                    dmc.SegmentedControl(id="day-length", data=choices, value=length, **aria("Length")),
                    html.Span(told, id="day-told", className="dim", role="status"),
                ],
                className="row controls",
            ),
            html.Div(
                dcc.Graph(
                    id="day-figure",
                    figure=figure,
                    responsive=True,
                    style={"height": f"{height_px()}px"},
                    config={
                        "displaylogo": False,
                        "scrollZoom": False,
                        "modeBarButtonsToRemove": ["lasso2d", "select2d", "toImage"],
                    },
                ),
                className="card",
            ),
            html.Details([html.Summary("Colours"), *_legend(asked.house)], open=True, className="card"),
            html.P(
                "Draw across a row to zoom, double-click to leave. A band spans the readings for which one point stands; where "
                "there is no line nothing was kept; a dotted line has parts that the house thinned before it could send them.",
                className="dim",
            ),
            dcc.Store(id="day-span", data=[*span, asked.alias]),
        ]
    )


def _legend(house: House) -> list[Any]:
    return [
        html.P(
            [
                html.B(f"{title.partition(',')[0]} "),
                *(html.Span([html.I(style={"background": colour}), name]) for _, colour, name in entries),
            ],
            className="legend",
        )
        for title, entries in legend(house)
        if entries
    ]


def register(app: Dash, site: Site) -> None:
    """Zooming and moving in time."""

    @app.callback(
        Output("day-figure", "figure"),
        Output("day-span", "data"),
        Output("day-told", "children"),
        Input("day-figure", "relayoutData"),
        Input("day-length", "value"),
        Input("day-back", "n_clicks"),
        Input("day-forward", "n_clicks"),
        Input("day-now", "n_clicks"),
        State("day-span", "data"),
        prevent_initial_call=True,
    )
    def move(zoomed: Any, length: Any, _back: Any, _forward: Any, _now: Any, data: Any) -> tuple[Any, ...]:
        known = _read_data(data)
        house = None if known is None else site.files.house(known[1])
        if known is None or house is None:
            return (no_update,) * 3
        span = _moved(site, house, known[0], str(ctx.triggered_id), zoomed, LENGTHS.get(str(length), DAY_MS))
        if span is None:
            return (no_update,) * 3
        figure, told = _drawn(site, house, span)
        return figure, [*span, house.alias], told


def _moved(site: Site, house: House, span: Span, how: str, zoomed: Any, length_ms: int) -> Span | None:
    """The stretch of time that is wanted now; None if it stays as it is."""
    begin_ms, end_ms = span
    if how == "day-back":
        return _within(begin_ms - (end_ms - begin_ms), begin_ms)
    if how == "day-forward":
        return _within(end_ms, end_ms + (end_ms - begin_ms))
    if how == "day-length":
        return _within(end_ms - length_ms, end_ms)
    if how == "day-now":
        now_ms = site.clock.now().wall_ms
        return _within(now_ms - length_ms, now_ms)
    if not isinstance(zoomed, dict):
        return None
    if zoomed.get("xaxis.autorange"):
        return _within(end_ms - length_ms, end_ms)
    edges = zoomed.get("xaxis.range") or [zoomed.get("xaxis.range[0]"), zoomed.get("xaxis.range[1]")]
    if not isinstance(edges, list) or len(edges) != 2:
        return None
    offset_ms = _offset_ms(house, end_ms)
    found = [_shown_ms(edge) for edge in edges]
    return None if found[0] is None or found[1] is None else _within(found[0] - offset_ms, found[1] - offset_ms)


def _drawn(site: Site, house: House, span: Span) -> tuple[Mapping[str, Any], str]:
    """The figure of a stretch of time, and a line about it."""
    offset_ms = _offset_ms(house, span[1])
    zone = f"{datetime.fromtimestamp(span[1] / 1000, UTC).astimezone(ZoneInfo(house.timezone)):%Z}"
    when = f"{_local_text(span[0] + offset_ms)} to {_local_text(span[1] + offset_ms)} {zone}"
    steps = {DELIVERY: _delivery(house, span)}
    try:
        found, trouble = _lines(site, house, span), ""
        if span[1] - span[0] <= LONGEST_WITH_PLANS_MS:
            steps |= _planned(site, house, span) | _energy(site, house, span)
    except (StoreError, OSError) as error:
        found, trouble = [], f": {error}"
    if not found and not trouble:
        trouble = ": nothing is kept"
    return day_figure(house, found, steps, span, offset_ms), when + trouble


def _lines(site: Site, house: House, span: Span) -> list[Line]:
    """What is kept, read again after some seconds."""
    key = (str(site.ear_folder), house.alias, span)
    with _lock:
        known = _kept.get(key)
        if known is not None and time.monotonic() - known[0] < FRESH_S:
            return known[1]
    wanted = {name: patience_ms(house.channels, [name]) for name in row_of(house)}
    found = lines(site.ear_folder, house.alias, span[0], span[1], wanted)
    give_back()
    with _lock:
        _kept[key] = (time.monotonic(), found)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return found


def _delivery(house: House, span: Span) -> Steps:
    """The delivery price by the house's tariff, where it changes at full hours."""
    delivery = Delivery(house.tariff, house.timezone)
    step_ms = max(HOUR_MS, -(-(span[1] - span[0]) // PRICE_STEPS // HOUR_MS) * HOUR_MS)
    times = np.arange(span[0] // HOUR_MS * HOUR_MS, span[1] + step_ms, step_ms, dtype=float)
    return Steps(times, np.array([delivery.usd_per_kwh(int(at_ms)) for at_ms in times]))


def _energy(site: Site, house: House, span: Span) -> dict[str, Steps]:
    """What energy cost in the market in which the house bids, as far as it is known."""
    slots = market_prices(site.ear_folder, house.alias, *span)
    if not slots:
        return {}
    begins, lengths, values = (np.array(column, dtype=float) for column in zip(*slots, strict=True))
    return {ENERGY: Steps(np.append(begins, begins[-1] + lengths[-1]), np.append(values, values[-1]))}


def _planned(site: Site, house: House, span: Span) -> dict[str, Steps]:
    """By which plan the house was run, and with which prices that was made, if it was."""
    told = held_plan(site.ear_folder, house.alias, *span)
    if told is None:
        return {}
    return {PLANNED_KW: Steps(told.times_ms, told.power_w / W_PER_KW), PLANNED_WITH: Steps(told.times_ms, told.usd_per_kwh)}


def _first_span(site: Site, query: Mapping[str, str]) -> tuple[Span, str]:
    """As the address says: `length`, and `to` as Unix time [ms]; the last day without."""
    length = query.get("length", "day")
    length = length if length in LENGTHS else "day"
    to = query.get("to", "")
    end_ms = int(to) if to.isdecimal() and len(to) < 15 else site.clock.now().wall_ms // MINUTE_MS * MINUTE_MS
    return _within(end_ms - LENGTHS[length], end_ms), length


def _within(begin_ms: float, end_ms: float) -> Span:
    """The stretch between two times, no shorter and no longer than can be shown, and in our time."""
    length = min(max(round(end_ms - begin_ms), SHORTEST_MS), LONGEST_MS)
    end = min(max(round(end_ms), YEAR_2000_MS + LONGEST_MS), YEAR_3000_MS)
    return end - length, end


def _offset_ms(house: House, at_ms: int) -> int:
    offset = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(house.timezone)).utcoffset()
    return 0 if offset is None else round(offset.total_seconds() * 1000)


def _shown_ms(edge: Any) -> float | None:
    """A time as plotly tells it, in the time that is shown [ms]."""
    if isinstance(edge, int | float) and not isinstance(edge, bool):
        return float(edge) if abs(edge) < YEAR_3000_MS else None
    try:
        moment = datetime.fromisoformat(str(edge))
        return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000
    except (ValueError, OverflowError):
        return None


def _local_text(shown_ms: int) -> str:
    return f"{datetime.fromtimestamp(shown_ms / 1000, UTC):%d %b %Y %H:%M:%S}"


def _read_data(data: Any) -> tuple[Span, str] | None:
    """What the browser says of the span that is shown; None if it is nonsense."""
    if not isinstance(data, list) or len(data) != 3 or not isinstance(data[2], str):
        return None
    if not all(isinstance(edge, int) and 0 <= edge <= YEAR_3000_MS for edge in data[:2]):
        return None
    return _within(data[0], data[1]), data[2]
