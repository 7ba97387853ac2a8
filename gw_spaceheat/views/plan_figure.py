"""A plan against its prices, and what the same days have cost under several strategies, as figures."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gw_spaceheat.core.planner.plan import PlanStep
from gw_spaceheat.messages.gws_plan import GwsPlan
from gw_spaceheat.views.day_figure import COLOURS, GRID, INK
from gw_spaceheat.views.plan_text import Local
from gw_spaceheat.vocabulary.moment import SECOND_MS
from gw_spaceheat.vocabulary.units import W_PER_KW

HEIGHT = 620
ROWS = ("Price, USD/kWh", "Electricity and need, kW", "Stored heat, kWh")
TOLD_ROWS = ("Price, USD/kWh", "Electricity, kW", "Stored heat, kWh")


def plan_figure(steps: Sequence[PlanStep], local: Local) -> Mapping[str, Any]:
    """Price, power with the house's need, and the heat in the stores with the least that is wanted, in local standard time."""
    times = [local(step.start_ms) for step in steps]
    least = _steps(times, [step.least_kwh for step in steps], "Least wanted", COLOURS[10], 3, shape="linear")
    least["line"]["dash"] = "dot"
    return _figure(
        [
            *_bought(times, [step.price_usd_per_kwh for step in steps], [step.power_kw for step in steps]),
            _steps(times, [step.need_kw for step in steps], "Need of heat", COLOURS[2], 2),
            _stored(times, [step.energy_kwh for step in steps]),
            least,
        ],
        ROWS,
    )


def told_plan_figure(plan: GwsPlan, local: Local) -> Mapping[str, Any]:
    """Price, power and the heat in the stores of a plan that was told, as of `plan_figure`."""
    edges = [local(edge_s * SECOND_MS) for edge_s in plan.edges_s]
    prices = [price / 1e6 for price in plan.price_x1000_list]
    powers = [power_w / W_PER_KW for power_w in plan.power_w_list]
    stored = [stored_wh / 1000.0 for stored_wh in plan.stored_wh_list]
    # the last step ends at the last edge
    return _figure([*_bought(edges, [*prices, prices[-1]], [*powers, powers[-1]]), _stored(edges, stored)], TOLD_ROWS)


def _bought(times: Sequence[datetime], usd_per_kwh: Sequence[float], kw: Sequence[float]) -> Sequence[dict[str, Any]]:
    power = _steps(times, kw, "Electricity", COLOURS[1], 2)
    return _steps(times, usd_per_kwh, "Price", COLOURS[0], 1), power | {"fill": "tozeroy"}


def _stored(times: Sequence[datetime], kwh: Sequence[float]) -> dict[str, Any]:
    return _steps(times, kwh, "Stored", COLOURS[3], 3, shape="linear")


def _figure(data: Sequence[dict[str, Any]], rows: Sequence[str]) -> Mapping[str, Any]:
    layout = _base() | {"annotations": [], "xaxis": {"type": "date", "gridcolor": GRID, "anchor": "y3", "automargin": True}}
    for number, title in enumerate(rows, start=1):
        top = 1.0 - (number - 1) / len(rows)
        layout["yaxis" if number == 1 else f"yaxis{number}"] = {
            "domain": [top - 0.33, top - 0.07],
            "gridcolor": GRID,
            "zeroline": False,
            "rangemode": "tozero" if number == 2 else "normal",
            "fixedrange": True,
        }
        layout["annotations"].append(_title(f"<b>{title}</b>", top - 0.06))
    return {"data": data, "layout": layout}


def cost_figure(runs: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """A bar for each run: its cost, with the stores as at the start [USD]."""
    costs = [float(run.get("cost_usd_end_adjusted", 0.0)) for run in runs.values()]
    bar = {
        "type": "bar",
        "x": list(runs),
        "y": costs,
        "text": [f"{cost:.2f} USD" for cost in costs],
        "marker": {"color": [COLOURS[index % len(COLOURS)] for index in range(len(costs))]},
        "hoverinfo": "skip",
    }
    layout = _base() | {"yaxis": {"title": {"text": "USD"}, "gridcolor": GRID, "fixedrange": True}}
    return {"data": [bar], "layout": layout | {"xaxis": {"fixedrange": True}}}


def _steps(
    times: Sequence[datetime], values: Sequence[float], name: str, colour: str, row: int, shape: str = "hv"
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [time.isoformat() for time in times],
        "y": [round(value, 4) for value in values],
        "name": name,
        "line": {"shape": shape, "color": colour, "width": 1.8},
        "yaxis": "y" if row == 1 else f"y{row}",
        "hovertemplate": "%{y:.3g}",
    }


def _title(text: str, top: float) -> dict[str, Any]:
    place = {"xref": "paper", "yref": "paper", "x": 0, "y": top, "xanchor": "left", "yanchor": "bottom"}
    return {"text": text, "showarrow": False, **place}


def _base() -> dict[str, Any]:
    return {
        "margin": {"l": 48, "r": 12, "t": 12, "b": 36},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": INK, "family": "system-ui, sans-serif", "size": 12},
        "hovermode": "x",
        "legend": {"orientation": "h", "y": -0.08, "x": 0},
    }
