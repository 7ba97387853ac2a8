"""The day of a house as one figure: rows of lines over one time, bands where a point stands for several readings."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from gw_spaceheat.house.model import House
from gw_spaceheat.stores.lines import Line, Numbers

ROW_HEIGHT = 210
INK = "#868e96"
GRID = "rgba(134,142,150,.22)"
COLOURS = (
    "#1c7ed6",
    "#e8590c",
    "#2f9e44",
    "#c2255c",
    "#7048e8",
    "#f08c00",
    "#0c8599",
    "#e03131",
    "#66a80f",
    "#9c36b5",
    "#495057",
    "#4263eb",
    "#d6336c",
)
ROWS = (
    ("power", "Power, kW"),
    ("price", "Price, USD/kWh"),
    ("tanks", "Tanks, °C"),
    ("zones", "Rooms, °C"),
    ("outdoor", "Outdoors and pipes, °C"),
    ("flows", "Flows, kg/s"),
)


class StepStyle(NamedTuple):
    """How a line of steps is drawn: in which row, under which title, in which colour, and whether it is broken."""

    row: str
    title: str
    colour: str
    dash: str = "solid"


PLANNED_KW, DELIVERY, ENERGY, PLANNED_WITH = "planned_kw", "delivery", "energy", "planned_with"
STEPS = {
    PLANNED_KW: StepStyle("power", "Planned", INK, "dash"),
    DELIVERY: StepStyle("price", "Delivery", COLOURS[0]),
    ENERGY: StepStyle("price", "Energy, in the market", COLOURS[1]),
    PLANNED_WITH: StepStyle("price", "Both, as planned with", INK, "dash"),
}
"""What is planned [kW] and what electricity costs [USD/kWh]."""


def row_of(house: House) -> dict[str, str]:
    """Which channel stands in which row, by what the house file says it is."""
    heating = house.heating
    tanks = {*heating.buffer, *heating.store, *(heating.hot_water.temperatures if heating.hot_water else ())}
    rooms = {zone.temperature for zone in heating.zones}
    rows = {}
    for name, channel in house.channels.items():
        unit = channel.telemetry.scale.si_unit
        if unit == "W":
            rows[name] = "power"
        elif unit == "kg/s":
            rows[name] = "flows"
        elif unit == "degC":
            rows[name] = "tanks" if name in tanks else "zones" if name in rooms else "outdoor"
    return rows


def legend(house: House) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """For each row its title, and the channels in it with their colours and names."""
    places = row_of(house)
    rows = []
    for row, title in ROWS:
        channels = [channel for channel, place in places.items() if place == row]
        entries = [(name, COLOURS[index % len(COLOURS)], _name(house, name)) for index, name in enumerate(channels)]
        entries += [(key, style.colour, style.title) for key, style in STEPS.items() if style.row == row]
        rows.append((title, entries))
    return rows


def height_px() -> int:
    """How high the figure is [px]."""
    return len(ROWS) * ROW_HEIGHT + 60


def _name(house: House, channel: str) -> str:
    return (house.nodes[house.channels[channel].about].display_name or channel).replace(" from the top", "")


class Steps(NamedTuple):
    """Values that hold until the next one.

    Attributes:
        times_ms: From when on each holds, UTC [ms].
        values: In the unit of the row; NaN for none.
    """

    times_ms: Numbers
    values: Numbers


def day_figure(
    house: House,
    found: Sequence[Line],
    steps: Mapping[str, Steps],
    span_ms: tuple[int, int],
    offset_ms: int,
) -> Mapping[str, Any]:
    """The figure as plotly's JSON has it.

    Args:
        house: The house.
        found: Its lines.
        steps: What was planned and what electricity cost, each by its name in `STEPS`, as far as it is known.
        span_ms: From when to when, UTC [ms].
        offset_ms: What is added to show local time [ms].
    """
    places = row_of(house)
    names = [name for name, _ in ROWS]
    colours = {channel: colour for _, entries in legend(house) for channel, colour, _ in entries}
    traces: list[dict[str, Any]] = []
    for number, name in enumerate(names, start=1):
        of_row = [(steps[key], style) for key, style in STEPS.items() if style.row == name and key in steps]
        traces += [_steps(values, style, number, offset_ms) for values, style in of_row]
        for line in found:
            if places.get(line.channel) == name:
                traces += _traces(house, line, colours[line.channel], number, offset_ms)
    titles = dict(ROWS)
    return {"data": traces, "layout": _layout([titles[name] for name in names], [one + offset_ms for one in span_ms])}


def _traces(house: House, line: Line, colour: str, row: int, offset_ms: int) -> list[dict[str, Any]]:
    scale = 0.001 if line.unit == "W" else 1.0
    times = np.rint(line.times_ms) + offset_ms  # digits that nobody sees cannot be compressed
    traces = []
    if line.is_band:
        traces.append(_band(times, line.least * scale, line.most * scale, colour, row, line.channel))
    trace = _trace(times, line.mean * scale, _name(house, line.channel), colour, row)
    trace["legendgroup"] = line.channel
    if line.thinned:
        trace["line"]["dash"] = "dot"
    return [*traces, trace]


def _trace(times: Numbers, values: Numbers, name: str, colour: str, row: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": _packed(times, "f8"),
        "y": _packed(values, "f4"),
        "name": name,
        "line": {"color": colour, "width": 1.6},
        "connectgaps": False,
        "xaxis": "x",
        "yaxis": _axis("y", row),
        "hovertemplate": "%{y:.2f}",
    }


def _steps(steps: Steps, style: StepStyle, row: int, offset_ms: int) -> dict[str, Any]:
    line = {"shape": "hv", "color": style.colour, "width": 1.6, "dash": style.dash}
    return _trace(steps.times_ms + offset_ms, steps.values, style.title, style.colour, row) | {"line": line}


def _band(times: Numbers, least: Numbers, most: Numbers, colour: str, row: int, group: str) -> dict[str, Any]:
    """A closed line around each stretch without a gap."""
    pieces_x: list[Numbers] = []
    pieces_y: list[Numbers] = []
    for part in np.split(np.arange(len(times)), np.flatnonzero(np.isnan(least))):
        inside = part[~np.isnan(least[part])]
        if len(inside):
            pieces_x += [times[inside], times[inside][::-1], times[inside[:1]]]
            pieces_y += [most[inside], least[inside][::-1], np.array([np.nan])]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": _packed(np.concatenate(pieces_x) if pieces_x else times, "f8"),
        "y": _packed(np.concatenate(pieces_y) if pieces_y else least, "f4"),
        "fill": "toself",
        "fillcolor": f"rgba({int(colour[1:3], 16)},{int(colour[3:5], 16)},{int(colour[5:7], 16)},.2)",
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
        "legendgroup": group,
        "xaxis": "x",
        "yaxis": _axis("y", row),
    }


def _packed(values: Numbers, kind: str) -> dict[str, str]:
    """Numbers as plotly takes them in few bytes."""
    return {"dtype": kind, "bdata": base64.b64encode(values.astype(f"<{kind}").tobytes()).decode("ascii")}


def _axis(word: str, row: int) -> str:
    return word if row == 1 else f"{word}{row}"


def _layout(titles: Sequence[str], span: Sequence[int]) -> dict[str, Any]:
    count = len(titles)
    layout: dict[str, Any] = {
        "margin": {"l": 48, "r": 12, "t": 12, "b": 36},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": INK, "family": "system-ui, sans-serif", "size": 12},
        "hovermode": "x",
        "showlegend": False,
        "annotations": [],
        "dragmode": "zoom",
        "xaxis": {
            "type": "date",
            "range": list(span),
            "gridcolor": GRID,
            "zeroline": False,
            "anchor": _axis("y", count),
            "automargin": True,
        },
    }
    share, gap = 1.0 / count, 0.16 / count
    for number, title in enumerate(titles, start=1):
        top = 1.0 - (number - 1) * share
        layout[_axis("yaxis", number)] = {
            "domain": [top - share, top - gap],
            "gridcolor": GRID,
            "zeroline": False,
            "fixedrange": True,
            "nticks": 5,
        }
        layout["annotations"].append(
            {
                "text": f"<b>{title}</b>",
                "xref": "paper",
                "yref": "paper",
                "x": 0,
                "y": top - gap,
                "xanchor": "left",
                "yanchor": "bottom",
                "showarrow": False,
            }
        )
    return layout
