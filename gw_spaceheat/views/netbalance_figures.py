"""The net balance as figures: recording, prices, energies, power over time, periods, and a swept setting."""

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from gw_spaceheat.views.day_figure import COLOURS, GRID, INK

Numbers = npt.NDArray[np.float64]
COLOUR = {"production": COLOURS[5], "base": COLOURS[10], "balance": COLOURS[4], "net": COLOURS[4]}
LOAD_COLOURS = (COLOURS[0], COLOURS[2], COLOURS[3], COLOURS[6])
SUB_LEVELS = {
    "production": (("used", "usable and used"), ("lost", "usable and lost"), ("beyond", "beyond what could be used")),
    "consumption": (("base", "base"), ("loads", "loads")),
    "imported": (("returned", "given back within its period"), ("debt", "debt")),
    "exported": (("taken back", "taken back within its period"), ("surplus", "surplus")),
}


class LineLike(Protocol):
    """A thinned line; see `apps/netbalance/shown.py`."""

    @property
    def times_s(self) -> Numbers:
        """UTC [s]."""
        ...

    @property
    def mean(self) -> Numbers:
        """Mean of each stretch."""
        ...

    @property
    def least(self) -> Numbers:
        """Least of each stretch."""
        ...

    @property
    def most(self) -> Numbers:
        """Greatest of each stretch."""
        ...


def recording_figure(lines: Mapping[str, LineLike], zone: ZoneInfo) -> Mapping[str, Any]:
    """Production and base over time; to draw across it is to choose a range."""
    data = [_trace(line, name, COLOUR[name], "y", zone) for name, line in lines.items()]
    layout = _base() | {"yaxis": _axis("W"), "xaxis": _time_axis("y"), "dragmode": "zoom", "hovermode": "x"}
    layout["legend"] = {"orientation": "h", "y": 1.15, "x": 0}
    return {"data": data, "layout": layout}


def price_figure(prices: Sequence[float], sell: float) -> Mapping[str, Any]:
    """The price of each local hour as a line that can be drawn up and down, and what surplus brings as another one."""
    shapes = [_step(hour, price, COLOURS[0]) for hour, price in enumerate(prices)]
    shapes.append(_step(0, sell, COLOURS[2], width=24))
    top = max(*prices, sell, 0.01) * 1.25
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": [hour + 0.5 for hour in range(24)],
        "y": list(prices),
        "marker": {"color": COLOURS[0], "size": 7},
        "hovertemplate": "%{y:.4f}",
    }
    layout = _base() | {
        "shapes": shapes,
        "xaxis": {"range": [0, 24], "dtick": 3, "gridcolor": GRID, "fixedrange": True, "title": {"text": "local hour"}},
        "yaxis": _axis("per kWh") | {"range": [min(0.0, *prices, sell), top]},
        "showlegend": False,
    }
    return {"data": [points], "layout": layout}


def moved_prices(moved: Mapping[str, Any], prices: Sequence[float], sell: float) -> tuple[list[float], float] | None:
    """Prices and selling price after a line was drawn to another place; None if none was."""
    found: tuple[list[float], float] | None = None
    for key, value in moved.items():
        head, _, end = key.partition("].")
        if not head.startswith("shapes[") or end != "y0" or not head[7:].isdigit() or not isinstance(value, int | float):
            continue
        place, price = int(head[7:]), round(max(float(value), -10.0), 4)
        now, now_sell = found or ([*prices], sell)
        if place < 24:
            now[place] = min(price, 100.0)
        elif place == 24:
            now_sell = min(price, 100.0)
        found = (now, now_sell)
    return found


def energies_figure(told: Mapping[str, Any], *, daily: bool) -> Mapping[str, Any]:
    """Energies in all or per day, divided into what became of them."""
    wh, days = told["energies_wh"], max(float(told["days"]), 1e-9)
    parts = {
        "used": wh["usable"] - wh["lost"],
        "lost": wh["lost"],
        "beyond": wh["production"] - wh["usable"],
        "base": wh["base"],
        "loads": wh["consumption"] - wh["base"],
        "returned": wh["returned"],
        "debt": wh["debt"],
        "taken back": wh["exported"] - wh["surplus"],
        "surplus": wh["surplus"],
    }
    share = 1000.0 * (days if daily else 1.0)
    data: list[dict[str, Any]] = []
    for bar, divided in SUB_LEVELS.items():
        for place, (part, title) in enumerate(divided):
            value = parts[part] / share
            data.append(
                {
                    "type": "bar",
                    "x": [bar],
                    "y": [value],
                    "name": title,
                    "marker": {"color": COLOURS[len(data) % len(COLOURS)], "opacity": 1.0 - 0.15 * place},
                    "text": [f"{title} {value:.2f}"],
                    "textposition": "inside",
                    "hovertemplate": f"{title}: %{{y:.3f}} kWh<extra></extra>",
                }
            )
    layout = _base() | {
        "barmode": "stack",
        "yaxis": _axis("kWh a day" if daily else "kWh"),
        "xaxis": {"fixedrange": True},
        "showlegend": False,
    }
    return {"data": data, "layout": layout}


def power_figure(
    lines: Mapping[str, LineLike], loads: Sequence[str], thresholds_wh: Sequence[float], zone: ZoneInfo
) -> Mapping[str, Any]:
    """Power over time with the loads as areas, and below it the balance with the thresholds of an algorithm that has some."""
    data: list[dict[str, Any]] = []
    for name, colour in zip(loads, LOAD_COLOURS, strict=False):
        area = {"stackgroup": "loads", "line": {"width": 0, "color": colour, "shape": "hv"}}
        data.append(_trace(lines[name], name, colour, "y", zone) | area)
    data += [_trace(lines[name], name, COLOUR[name], "y", zone) for name in ("production", "base")]
    data += [
        *_band(lines["balance"], COLOUR["balance"], "y2", zone),
        _trace(lines["balance"], "balance", COLOUR["balance"], "y2", zone),
    ]
    layout = _base() | {
        "xaxis": _time_axis("y2"),
        "yaxis": _axis("W") | {"domain": [0.45, 1.0]},
        "yaxis2": _axis("Wh") | {"domain": [0.0, 0.38]},
        "shapes": [_threshold(level) for level in thresholds_wh],
        "hovermode": "x",
        "dragmode": "zoom",
    }
    return {"data": data, "layout": layout}


def periods_figure(
    period_s: Numbers, periods_wh: Mapping[str, Numbers], loads: Sequence[str], zone: ZoneInfo
) -> Mapping[str, Any]:
    """What each period produced and took, and how it ended: above nothing surplus, below it debt."""
    times = _local(period_s, zone)
    data = [
        _bar(times, periods_wh["production"], "production", COLOUR["production"], "y", "made"),
        _bar(times, periods_wh["base"], "base", COLOUR["base"], "y", "taken"),
    ]
    data += [
        _bar(times, periods_wh[name], name, colour, "y", "taken") for name, colour in zip(loads, LOAD_COLOURS, strict=False)
    ]
    data.append(_bar(times, periods_wh["net"], "net", COLOUR["net"], "y2", "net"))
    layout = _base() | {
        "barmode": "relative",
        "xaxis": _time_axis("y2"),
        "yaxis": _axis("Wh") | {"domain": [0.42, 1.0]},
        "yaxis2": _axis("Wh, net") | {"domain": [0.0, 0.34]},
        "hovermode": "x",
    }
    return {"data": data, "layout": layout}


def sweep_figure(setting: str, values: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Gain against the bound, and commutations, over the values of a setting."""
    x = [float(value) for value in values]
    share = [100.0 * float(row["share_of_perfect_gain"]) for row in rows]
    switched = [float(row["commutations_per_day"]) for row in rows]
    data = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": x,
            "y": share,
            "name": "% of the bound",
            "line": {"color": COLOURS[0]},
        },
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": x,
            "y": switched,
            "name": "commutations a day",
            "line": {"color": COLOURS[1]},
            "yaxis": "y2",
        },
    ]
    layout = _base() | {
        "xaxis": {"title": {"text": setting}, "gridcolor": GRID, "fixedrange": True},
        "yaxis": _axis("% of the bound"),
        "yaxis2": {
            "overlaying": "y",
            "side": "right",
            "title": {"text": "a day"},
            "rangemode": "tozero",
            "fixedrange": True,
            "showgrid": False,
        },
        "hovermode": "x",
    }
    return {"data": data, "layout": layout}


def _trace(line: LineLike, name: str, colour: str, axis: str, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": _local(line.times_s, zone),
        "y": _packed(line.mean),
        "name": name,
        "line": {"color": colour, "width": 1.4, "shape": "hv"},
        "yaxis": axis,
        "hovertemplate": "%{y:.0f}",
    }


def _band(line: LineLike, colour: str, axis: str, zone: ZoneInfo) -> list[dict[str, Any]]:
    """From the least to the greatest of each stretch."""
    shared = {
        "type": "scatter",
        "mode": "lines",
        "x": _local(line.times_s, zone),
        "line": {"width": 0, "color": colour, "shape": "hv"},
        "yaxis": axis,
        "hoverinfo": "skip",
        "showlegend": False,
    }
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    filled = {"fill": "tonexty", "fillcolor": f"rgba({red},{green},{blue},.2)"}
    return [{**shared, "y": _packed(line.least)}, {**shared, "y": _packed(line.most), **filled}]


def _bar(times: list[str], values: Numbers, name: str, colour: str, axis: str, group: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "x": times,
        "y": _packed(values),
        "name": name,
        "marker": {"color": colour},
        "yaxis": axis,
        "offsetgroup": group,
        "hovertemplate": "%{y:.0f} Wh",
    }


def _step(hour: int, price: float, colour: str, width: int = 1) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": hour,
        "x1": hour + width,
        "y0": price,
        "y1": price,
        "line": {"color": colour, "width": 4 if width == 1 else 2, "dash": "solid" if width == 1 else "dash"},
    }


def _threshold(level: float) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "yref": "y2",
        "y0": level,
        "y1": level,
        "line": {"color": INK, "width": 1, "dash": "dot"},
    }


def _local(times_s: Numbers, zone: ZoneInfo) -> list[str]:
    """Local times as plotly takes them."""
    return [
        f"{datetime.fromtimestamp(at, UTC).astimezone(zone).replace(tzinfo=None).isoformat(timespec='seconds')}"
        for at in times_s.tolist()
    ]


def _packed(values: Numbers) -> dict[str, str]:
    return {"dtype": "f4", "bdata": base64.b64encode(values.astype("<f4").tobytes()).decode("ascii")}


def _axis(title: str) -> dict[str, Any]:
    return {"title": {"text": title}, "gridcolor": GRID, "zeroline": True, "zerolinecolor": GRID, "fixedrange": True}


def _time_axis(anchor: str) -> dict[str, Any]:
    return {"type": "date", "gridcolor": GRID, "zeroline": False, "anchor": anchor, "automargin": True}


def _base() -> dict[str, Any]:
    return {
        "margin": {"l": 56, "r": 48, "t": 12, "b": 36},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": INK, "family": "system-ui, sans-serif", "size": 12},
        "legend": {"orientation": "h", "y": -0.14, "x": 0},
    }
