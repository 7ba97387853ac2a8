"""Results of streets as they are seen: one with its runs, flows, contracts and bills, or two side by side."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from dash import dcc, html

from gw_spaceheat.apps.neighbourhood.shown import (
    Flow,
    Spread,
    bills_of,
    days_of,
    flow_of,
    heated_of,
    in_order,
    is_number,
    mean_peak,
    peak_to_average,
    run_figures,
    runs_of,
    spread,
)
from gw_spaceheat.stores.street_results import Results
from gw_spaceheat.views.street_figures import (
    GRID_PART,
    LOCAL,
    NEIGHBOURS,
    OWN,
    SOLD,
    USED_HERE,
    flow_figure,
    pies_figure,
    use_figure,
)
from gw_spaceheat.views.street_text import day_text, of_bound

PLAIN: Any = {"displaylogo": False, "modeBarButtonsToRemove": ["lasso2d", "select2d"]}
MOST_CONTRACTS = 400
FEW_PRODUCERS = 1
NOT_KEPT = "Its flows were not kept, so there are no curves, pies and ratios: it was written by an older version, or elsewhere."
PEAKS = {"load_wh": "consumed", "grid_wh": "from the grid", "sun_wh": "produced"}
FIGURES = (
    ("local_kwh", "local", "kWh"),
    ("grid_kwh", "from the grid", "kWh"),
    ("demand_kwh", "all jobs", "kWh"),
    ("measured_local_kwh", "local, by measured sun", "kWh"),
    ("of_bound", "of bound", "%"),
    ("peak_import_kw", "peak import", "kW"),
    ("cost_usd", "pays", "USD"),
    ("heat_kwh", "heat took", "kWh"),
    ("heat_of_local", "of that local sun", "%"),
    ("heat_cost_usd", "heat costs", "USD"),
    ("heat_blind_cost_usd", "and by the grid's price alone", "USD"),
)
HEATED_HEADS = (
    ("electricity_kwh", "source and elements took", "kWh"),
    ("boost_kwh", "of that elements", "kWh"),
    ("need_kwh", "heat needed", "kWh"),
    ("starts", "starts", ""),
    ("cold_k_h", "too cold", "K h"),
    ("begin_kwh", "stored at first", "kWh"),
    ("end_kwh", "at the end", "kWh"),
)
DAY_FIGURES = ("local_kwh", "bound_kwh", "gap_kwh")
BILL_HEADS = (
    ("demand_kwh", "jobs", "kWh"),
    ("own_kwh", "own sun", "kWh"),
    ("from_neighbours_kwh", "from neighbours", "kWh"),
    ("from_grid_kwh", "from the grid", "kWh"),
    ("to_neighbours_kwh", "to neighbours", "kWh"),
    ("to_grid_kwh", "to the grid", "kWh"),
    ("cost_usd", "pays", "USD"),
    ("unshared_usd", "without sharing", "USD"),
)


def one_result(name: str, results: Results, run: int | None, house: str | None, interval_min: int) -> list[Any]:
    """A result: of a run or of the mean of all, of the street or of a house."""
    figures = _figures(results)
    parts: list[Any] = [_warnings(results), html.H3("Runs"), _runs(figures), *_days(results)]
    flow = flow_of(results, run, house)
    of = ("the street" if house is None else f"house {house}") + ("" if run is None else f", run {run}")
    if flow is None:
        parts.append(html.P(NOT_KEPT, className="notice warn"))
    else:
        parts += [
            html.H3(f"Consumed locally and remotely, and produced: {of}"),
            dcc.Graph(id="sm-use", figure=_use(flow, results, house), config=PLAIN, style={"height": "320px"}),
            dcc.Graph(id="sm-pies", figure=_pies(flow, house), config=PLAIN, style={"height": "280px"}),
            html.H3(f"Peak to average over {interval_min} min: {of}"),
            _peaks({name: results}, run, house, interval_min),
        ]
    contracts = [row for row in results.contracts if row["run"] == (run or 1) and house in (None, row["house"])]
    parts += [
        html.H3(f"Contracts of run {run or 1}: {'all houses' if house is None else f'house {house}'}"),
        _contracts(contracts),
    ]
    bills = [row for row in bills_of(results, run) if house in (None, row["house"])]
    parts += [html.H3("What each house pays"), _bills(bills)] if bills else []
    return [*parts, *_heated(results, house)]


def two_results(
    names: tuple[str, str], both: tuple[Results, Results], run: int | None, house: str | None, interval_min: int
) -> list[Any]:
    """Two results side by side: figures with their difference, load over time, peaks, and what each house pays."""
    told = [_figures(each) for each in both]
    rows = []
    for key, what, unit in FIGURES:
        first, second = (spread(figures, key) for figures in told)
        if first is not None or second is not None:
            rows.append((f"{what}, {unit}", _spread(first), _spread(second), _difference(first, second)))
    parts: list[Any] = [
        html.H3("Means of all runs, ± their deviation"),
        _table([("", ""), *((name, "") for name in names), ("difference", "")], rows),
    ]
    flows = [flow_of(each, run, house) for each in both]
    if flows[0] is None or flows[1] is None:
        parts.append(html.P(NOT_KEPT, className="notice warn"))
    else:
        kept = [flow for flow in flows if flow is not None]
        of = "the street" if house is None else f"house {house}"
        loads = {name: flow.load_wh * 4.0 / 1000.0 for name, flow in zip(_apart(names), kept, strict=True)}
        parts += [
            html.H3(f"Load and sun: {of}"),
            dcc.Graph(
                id="sm-use",
                figure=flow_figure(kept[0].sun_wh * 4.0 / 1000.0, loads, int(both[0].first_s)),
                config=PLAIN,
                style={"height": "320px"},
            ),
            html.Div(
                [
                    html.Div(
                        [
                            html.P(name, className="dim"),
                            dcc.Graph(figure=_pies(flow, house), config=PLAIN, style={"height": "260px"}),
                        ]
                    )
                    for name, flow in zip(names, kept, strict=True)
                ],
                className="halves",
            ),
            html.H3(f"Peak to average over {interval_min} min: {of}"),
            _peaks(dict(zip(_apart(names), both, strict=True)), run, house, interval_min),
        ]
    bills = [{row["house"]: row["cost_usd"] for row in bills_of(each, run)} for each in both]
    houses = [each for each in sorted({*bills[0], *bills[1]}, key=in_order) if house in (None, each)]
    if houses:
        pays = [[Spread(each[one], None) if one in each else None for each in bills] for one in houses]
        parts += [
            html.H3("What each house pays, USD"),
            _table(
                [("house", ""), *((name, "") for name in names), ("difference", "")],
                [
                    (one, _spread(first), _spread(second), _difference(first, second))
                    for one, (first, second) in zip(houses, pays, strict=True)
                ],
            ),
        ]
    return parts


def _figures(results: Results) -> list[Mapping[str, Any]]:
    """Figures of each run, with those that follow from them."""
    bound = results.told.get("bound_kwh")
    return [{**run, **_following(run, bound)} for run in run_figures(results)]


def _following(run: Mapping[str, Any], bound: object) -> dict[str, float]:
    found: dict[str, float] = {}
    local, demand = run.get("local_kwh"), run.get("demand_kwh")
    if is_number(local) and is_number(demand):
        found["grid_kwh"] = float(str(demand)) - float(str(local))
    heat, heat_local = run.get("heat_kwh"), run.get("heat_local_kwh")
    if is_number(heat) and is_number(heat_local) and heat:
        found["heat_of_local"] = 100.0 * float(str(heat_local)) / float(str(heat))
    if is_number(local) and is_number(bound):
        found["of_bound"] = 100.0 * float(str(local)) / float(str(bound)) if bound else 100.0
    return found


def _warnings(results: Results) -> Any:
    warnings = results.told.get("warnings")
    if not isinstance(warnings, list) or not warnings:
        return ""
    return html.P(
        f"{len(warnings)} oddities of the street's files: {'; '.join(str(each) for each in warnings[:3])}",
        className="notice warn",
    )


def _runs(figures: Sequence[Mapping[str, Any]]) -> Any:
    shown = [(key, what, unit) for key, what, unit in FIGURES if spread(figures, key) is not None]
    rows = [
        (str(number), str(run.get("seed", "")), *(f"{run[key]:.2f}" for key, _, _ in shown))
        for number, run in enumerate(figures, 1)
    ]
    spreads = [found for key, _, _ in shown if (found := spread(figures, key)) is not None]
    rows.append(("mean", "", *(f"{each.mean:.2f}" for each in spreads)))
    rows.append(("deviation", "", *("" if each.deviation is None else f"{each.deviation:.2f}" for each in spreads)))
    return _table([("run", ""), ("seed", ""), *((what, unit) for _, what, unit in shown)], rows)


def _days(results: Results) -> list[Any]:
    """Each day beside its bound; nothing of a single day, which is the whole, nor where days were not told."""
    days = days_of(results)
    if len(days) < 2:
        return []
    heads = [("day, from", "UTC"), ("local", "kWh"), ("bound", "kWh"), ("gap", "kWh"), ("of bound", "%")]
    rows = [(day_text(day), *(f"{day[name]:.2f}" for name in DAY_FIGURES), f"{100.0 * of_bound(day):.2f}") for day in days]
    return [
        html.H3("By days, each beside the bound of its own" + (": the mean of all runs" if runs_of(results) > 1 else "")),
        _table(heads, rows, classes="scroll high"),
        html.P(
            "What could be used on either of two days, for a job may start on both sides of midnight or a battery keeps it, "
            "counts in the bounds of both: they add up to the bound of all days, or to more.",
            className="dim",
        ),
    ]


def _use(flow: Flow, results: Results, house: str | None) -> Mapping[str, Any]:
    parts = (
        {LOCAL: flow.local_wh, GRID_PART: flow.grid_wh}
        if house is None
        else {OWN: flow.own_wh, NEIGHBOURS: flow.neighbours_wh, GRID_PART: flow.grid_wh}
    )
    return use_figure(parts, flow.sun_wh, results.first_s)


def _pies(flow: Flow, house: str | None) -> Mapping[str, Any]:
    def kwh(wh: Any) -> float:
        return float(wh.sum()) / 1000.0

    origin = (
        {LOCAL: kwh(flow.local_wh), GRID_PART: kwh(flow.grid_wh)}
        if house is None
        else {OWN: kwh(flow.own_wh), NEIGHBOURS: kwh(flow.neighbours_wh), GRID_PART: kwh(flow.grid_wh)}
    )
    pies: list[tuple[str, Mapping[str, float]]] = [("Consumed", origin)]
    if flow.sun_wh.any():
        pies.append(("Produced", {USED_HERE: kwh(flow.sun_wh) - kwh(flow.sold_wh), SOLD: kwh(flow.sold_wh)}))
    return pies_figure(pies)


def _peaks(of: Mapping[str, Results], run: int | None, house: str | None, interval_min: int) -> Any:
    """Of a run, or the means of what each run has."""
    rows = []
    for name, results in of.items():
        numbers = range(1, runs_of(results) + 1) if run is None else (run,)
        flows = [flow for number in numbers if (flow := flow_of(results, number, house)) is not None]
        for what in ("load_wh", "grid_wh", "sun_wh"):
            peak = mean_peak([peak_to_average(getattr(flow, what), interval_min) for flow in flows])
            label = PEAKS[what] if len(of) == 1 else f"{name}: {PEAKS[what]}"
            ratio = "-" if peak.ratio is None else f"{peak.ratio:.2f}"
            rows.append((label, f"{peak.peak_kw:.3f}", f"{peak.mean_kw:.3f}", ratio))
    return _table([("", ""), ("peak", "kW"), ("mean", "kW"), ("ratio", "")], rows)


def _contracts(rows: Sequence[Mapping[str, Any]]) -> Any:
    has_origin = bool(rows) and "grid_wh" in rows[0]
    heads = [("job", ""), ("handed in", "UTC"), ("start", "UTC"), ("end", "UTC"), ("energy", "Wh")]
    if has_origin:
        heads += [("own roof", "Wh"), ("neighbours", "Wh"), ("grid", "Wh"), ("producers", "")]
    cells = []
    for row in rows[:MOST_CONTRACTS]:
        times = [_time(row.get(name)) for name in ("registered_unix_s", "start_unix_s", "end_unix_s")]
        origin = [f"{row[name]:.0f}" for name in ("own_wh", "neighbours_wh", "grid_wh")] if has_origin else []
        producers = [_producers(str(row.get("producers") or ""))] if has_origin else []
        cells.append((str(row["job"]), *times, f"{row['wh']:.0f}", *origin, *producers))
    more = [html.P(f"The first {MOST_CONTRACTS} of {len(rows)}; the files have all.", className="dim")] * (
        len(rows) > MOST_CONTRACTS
    )
    return html.Div([_table(heads, cells, classes="scroll high"), *more], id="sm-contracts")


def _producers(names: str) -> str:
    """All of them, or how many there are."""
    each = [name.removeprefix("pv_producer") for name in names.split(", ")] if names else []
    return f"{len(each)} roofs" if len(each) > FEW_PRODUCERS else ", ".join(each) or "-"


def _time(unix_s: object) -> str:
    return f"{datetime.fromtimestamp(float(str(unix_s)), UTC):%m-%d %H:%M}" if is_number(unix_s) else "-"


def _bills(rows: Sequence[Mapping[str, Any]]) -> Any:
    shown = [(key, what, unit) for key, what, unit in BILL_HEADS if all(key in row for row in rows)]
    cells = [(str(row["house"]), *(f"{row[key]:.2f}" for key, _, _ in shown)) for row in rows]
    if len(rows) > 1:
        cells.append(("all", *(f"{sum(row[key] for row in rows):.2f}" for key, _, _ in shown)))
    return _table([("house", ""), *((what, unit) for _, what, unit in shown)], cells)


def _heated(results: Results, house: str | None) -> list[Any]:
    """Houses that are heated when that suits the street, as in the first run; nothing where there is none."""
    rows = [row for row in heated_of(results) if house in (None, row["house"])]
    if not rows:
        return []
    cells = [(str(row["house"]), *(f"{row[key]:.{2 * (key != 'starts')}f}" for key, _, _ in HEATED_HEADS)) for row in rows]
    return [
        html.H3("Houses that are heated by the street: run 1"),
        html.Div(_table([("house", ""), *((what, unit) for _, what, unit in HEATED_HEADS)], cells), id="sm-heated"),
        html.P(
            "What they take is part of what their houses consume. What heat costs is what the street pays more than without "
            "any, less what the stores hold more at the end.",
            className="dim",
        ),
    ]


def _spread(of: Spread | None) -> str:
    if of is None:
        return "-"
    return f"{of.mean:.2f}" if of.deviation is None else f"{of.mean:.2f} ± {of.deviation:.2f}"


def _difference(first: Spread | None, second: Spread | None) -> str:
    return "-" if first is None or second is None else f"{second.mean - first.mean:+.2f}"


def _apart(names: tuple[str, str]) -> tuple[str, str]:
    """Two names that differ."""
    return names if names[0] != names[1] else (names[0], f"{names[1]}, again")


def _table(heads: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]], classes: str = "scroll") -> Any:
    top = html.Tr(
        [
            html.Th([head, html.Small(unit)], scope="col", className="number" if place else "") if head else html.Td()
            for place, (head, unit) in enumerate(heads)
        ]
    )
    body = [
        html.Tr([html.Th(first, scope="row"), *(html.Td(text, className="number") for text in others)])
        for first, *others in rows
    ]
    return html.Div(html.Table([html.Thead(top), html.Tbody(body)], className="wide"), className=classes, tabIndex="0")
