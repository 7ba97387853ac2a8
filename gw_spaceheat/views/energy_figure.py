"""What a house took and gave each day, as a figure: bars of electricity and heat, and what one gives of the other."""

from collections.abc import Mapping, Sequence
from typing import Any

from gw_spaceheat.core.telemetry.energy_days import EnergyDay
from gw_spaceheat.views.day_figure import COLOURS, GRID, INK

HEIGHT = 420
_SPLIT = 0.36
BAR_WIDTH = 0.26
"""Share of a day's place that a bar takes."""


def energy_figure(days: Sequence[EnergyDay]) -> Mapping[str, Any]:
    """Electricity taken, heat given and heat that went to the rooms [kWh]; above them the coefficient of performance."""
    names = [day.day.isoformat() for day in days]
    bars = [
        _bar(names, [day.electricity_kwh for day in days], "Electricity", COLOURS[1]),
        _bar(names, [day.heat_kwh for day in days], "Heat from the source", COLOURS[3]),
        _bar(names, [day.rooms_kwh for day in days], "Heat to the rooms", COLOURS[2]),
    ]
    cop = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": names,
        "y": [day.cop for day in days],
        "name": "COP",
        "line": {"color": COLOURS[0], "width": 1.8},
        "yaxis": "y2",
        "hovertemplate": "%{y:.2f}",
    }
    axis = {"gridcolor": GRID, "zeroline": False, "rangemode": "tozero", "fixedrange": True}
    layout = {
        "margin": {"l": 48, "r": 12, "t": 12, "b": 36},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": INK, "family": "system-ui, sans-serif", "size": 12},
        "hovermode": "x",
        "legend": {"orientation": "h", "y": -0.12, "x": 0},
        "xaxis": {"type": "category", "fixedrange": True, "anchor": "y", "automargin": True, "nticks": 8},
        "yaxis": axis | {"domain": [0.0, 1.0 - _SPLIT], "title": {"text": "kWh"}},
        "yaxis2": axis | {"domain": [1.0 - _SPLIT + 0.06, 1.0], "title": {"text": "COP"}, "nticks": 4},
    }
    return {"data": [*bars, cop], "layout": layout}


def _bar(names: Sequence[str], values: Sequence[float | None], name: str, colour: str) -> dict[str, Any]:
    rounded = [None if value is None else round(value, 2) for value in values]
    return {
        "type": "bar",
        "x": names,
        "y": rounded,
        "name": name,
        "width": BAR_WIDTH,
        "marker": {"color": colour},
        "hovertemplate": "%{y:.1f} kWh",
    }
