"""A street as figures: its profiles and forecasts, whose sun was used, and load against sun over time."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

import numpy as np
import numpy.typing as npt

from gw_spaceheat.views.day_figure import COLOURS, GRID, INK

Numbers = npt.NDArray[np.float64]
QUARTER_S = 900
HOUR_S = 3600.0
OWN, NEIGHBOURS, LOCAL, GRID_PART, USED_HERE, SOLD = (
    "own roof",
    "neighbours' roofs",
    "local: the street's roofs",
    "remote: the grid",
    "used in the street",
    "into the grid",
)
PART_COLOURS = {
    OWN: COLOURS[5],
    NEIGHBOURS: "#ffc078",
    LOCAL: COLOURS[5],
    GRID_PART: COLOURS[10],
    USED_HERE: COLOURS[5],
    SOLD: COLOURS[6],
}
MOST_POINTS = 1_500
"""So many points of a series are drawn."""


def pies_figure(pies: Sequence[tuple[str, Mapping[str, float]]]) -> Mapping[str, Any]:
    """Pies side by side, of energies by their names [kWh]."""
    width = 1.0 / max(len(pies), 1)
    data = [
        {
            "type": "pie",
            "labels": list(parts),
            "values": [round(max(value, 0.0), 3) for value in parts.values()],
            "marker": {"colors": [PART_COLOURS[name] for name in parts]},
            "hole": 0.55,
            "sort": False,
            "textinfo": "percent",
            "domain": {"x": [place * width + 0.02, (place + 1) * width - 0.02]},
            "title": {"text": title},
            "hovertemplate": "%{label}: %{value:.2f} kWh<extra></extra>",
        }
        for place, (title, parts) in enumerate(pies)
    ]
    return {"data": data, "layout": _base() | {"showlegend": True}}


def use_figure(parts_wh: Mapping[str, Numbers], sun_wh: Numbers, first_s: float) -> Mapping[str, Any]:
    """What was taken, by its origin one upon the other, and what roofs gave, by quarters of an hour [kW].

    Args:
        parts_wh: By origin, energies of quarters of an hour [Wh].
        sun_wh: What roofs gave in each [Wh].
        first_s: Unix time of the first [s].
    """
    data = []
    for name, wh in parts_wh.items():
        line = _line(name, _kw(wh), PART_COLOURS[name], int(first_s))
        shape = {"width": 0, "shape": "hv", "color": PART_COLOURS[name]}
        data.append(line | {"stackgroup": "taken", "line": shape, "fillcolor": PART_COLOURS[name]})
    data.append(_line("produced", _kw(sun_wh), COLOURS[2], int(first_s)))
    return {"data": data, "layout": _time_layout()}


def _kw(wh: Numbers) -> Numbers:
    return wh * (3600.0 / QUARTER_S) / 1000.0


def flow_figure(sun_kw: Numbers, loads_kw: Mapping[str, Numbers], epoch_s: int) -> Mapping[str, Any]:
    """The sun of all roofs, and what the jobs take under each scheduler, by quarters of an hour [kW]."""
    data = [
        _line("sun", sun_kw, COLOURS[5], epoch_s)
        | {"fill": "tozeroy", "line": {"width": 0, "shape": "hv", "color": COLOURS[5]}}
    ]
    colours = [colour for colour in COLOURS if colour != COLOURS[5]]
    data += [_line(name, load_kw, colours[at % len(colours)], epoch_s) for at, (name, load_kw) in enumerate(loads_kw.items())]
    return {"data": data, "layout": _time_layout()}


def _time_layout() -> dict[str, Any]:
    return _base() | {
        "xaxis": {"type": "date", "gridcolor": GRID, "automargin": True},
        "yaxis": {"title": {"text": "kW"}, "gridcolor": GRID, "fixedrange": True, "rangemode": "tozero"},
        "hovermode": "x",
    }


def profile_figure(loads: Mapping[str, tuple[Numbers, Numbers]]) -> Mapping[str, Any]:
    """What runs of devices take: power over the minutes from the start on.

    Args:
        loads: For each its times [s] and cumulative energies [Wh].
    """
    data = []
    for number, (name, (times_s, wh)) in enumerate(loads.items()):
        at_s, kw = _power(times_s, wh)
        data.append(
            _step(name, [round(value / 60.0, 3) for value in at_s.tolist()], kw, COLOURS[number % len(COLOURS)])
            | {"hovertemplate": "%{y:.3f} kW after %{x:.0f} min"}
        )
    layout = _axes() | {"xaxis": {"ticksuffix": " min", "gridcolor": GRID, "rangemode": "tozero", "automargin": True}}
    return {"data": data, "layout": layout}


def forecast_figure(
    roofs: Mapping[str, Sequence[tuple[Numbers, Numbers]]], measured: Mapping[str, tuple[Numbers, Numbers]], zone: tzinfo
) -> Mapping[str, Any]:
    """What roofs are said to give, each forecast a line, later ones stronger; and what they gave in the end, dotted.

    Args:
        roofs: For each its forecasts: Unix times [s] and cumulative energies [Wh].
        measured: The same as it was measured, of those where it was.
        zone: Where the time counts.
    """
    data = []
    for number, (name, forecasts) in enumerate(roofs.items()):
        colour = COLOURS[(number + 5) % len(COLOURS)]
        for place, (times_s, wh) in enumerate(forecasts):
            at_s, kw = _power(times_s, wh, first_lasts_s=HOUR_S)
            kw[-1] = kw[-2]  # what comes after a forecast is not said, and so not nothing
            line = _step(name, _local(at_s, zone), kw, colour)
            strength = 0.35 + 0.65 * (place + 1) / len(forecasts)
            data.append(line | {"opacity": strength, "legendgroup": name, "showlegend": place == len(forecasts) - 1})
        if name in measured:
            at_s, kw = _power(*measured[name])
            line = _step(f"{name}, measured", _local(at_s, zone), kw, colour)
            data.append(line | {"line": {"shape": "hv", "color": colour, "width": 1.2, "dash": "dot"}})
    layout = _axes() | {"xaxis": {"type": "date", "gridcolor": GRID, "automargin": True}}
    return {"data": data, "layout": layout}


def moments_figure(series: Mapping[str, tuple[Numbers, Numbers]], zone: tzinfo) -> Mapping[str, Any]:
    """Powers over time, each a line.

    Args:
        series: For each its Unix times [s] and cumulative energies [Wh].
        zone: Where the time counts.
    """
    data = []
    for number, (name, (times_s, wh)) in enumerate(series.items()):
        at_s, kw = _power(times_s, wh)
        data.append(_step(name, _local(at_s, zone), kw, COLOURS[number % len(COLOURS)]))
    return {"data": data, "layout": _axes() | {"xaxis": {"type": "date", "gridcolor": GRID, "automargin": True}}}


def _power(times_s: Numbers, wh: Numbers, first_lasts_s: float = 0.0) -> tuple[Numbers, Numbers]:
    """Times at which a power begins [s], and the power [kW]; of long series fewer points, with the same energy.

    Args:
        times_s: Rising times [s].
        wh: Cumulative energies [Wh].
        first_lasts_s: The first amount is that of so long before the first time [s]; 0 if it is none.
    """
    if first_lasts_s and wh[0] > 0.0:
        times_s, wh = np.concatenate([[times_s[0] - first_lasts_s], times_s]), np.concatenate([[0.0], wh])
    if len(times_s) > MOST_POINTS:
        edges_s = np.linspace(times_s[0], times_s[-1], MOST_POINTS)
        times_s, wh = edges_s, np.interp(edges_s, times_s, wh)
    kw = np.diff(wh) / np.diff(times_s) * 3.6
    return times_s, np.concatenate([kw, [0.0]])


def _step(name: str, x: Sequence[Any], kw: Numbers, colour: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(x),
        "y": [round(value, 4) for value in kw.tolist()],
        "name": name,
        "line": {"shape": "hv", "color": colour, "width": 1.6},
        "hovertemplate": "%{y:.2f} kW",
    }


def _local(at_s: Numbers, zone: tzinfo) -> list[str]:
    """As the clock there tells it, for Plotly knows no time zones."""
    return [datetime.fromtimestamp(second, zone).replace(tzinfo=None).isoformat(timespec="seconds") for second in at_s.tolist()]


def _axes() -> dict[str, Any]:
    return _base() | {
        "yaxis": {"title": {"text": "kW"}, "gridcolor": GRID, "fixedrange": True, "rangemode": "tozero"},
        "hovermode": "closest",
        "showlegend": True,
    }


def _line(name: str, values: Numbers, colour: str, epoch_s: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": _times(len(values), epoch_s),
        "y": [round(value, 3) for value in values.tolist()],
        "name": name,
        "line": {"shape": "hv", "color": colour, "width": 1.6},
        "hovertemplate": "%{y:.2f}",
    }


def _times(count: int, epoch_s: int) -> Sequence[str]:
    return [
        datetime.fromtimestamp(epoch_s + number * QUARTER_S, UTC).replace(tzinfo=None).isoformat(timespec="minutes")
        for number in range(count)
    ]


def _base() -> dict[str, Any]:
    return {
        "margin": {"l": 48, "r": 12, "t": 12, "b": 36},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": INK, "family": "system-ui, sans-serif", "size": 12},
        "legend": {"orientation": "h", "y": -0.14, "x": 0},
    }
