"""What came out of runs, for the page of the net balance."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from gw_spaceheat.apps.netbalance.experiment import Experiment
from gw_spaceheat.apps.netbalance.recordings import CannotKeepError
from gw_spaceheat.apps.netbalance.shown import shown
from gw_spaceheat.apps.netbalance.sweep import axis, points, sweep
from gw_spaceheat.views import netbalance_figures as figures
from gw_spaceheat.web.pages._net_balance_form import ZONE, Inputs, levels_asked, settings_asked

MOST_SWEPT = 41
PLAIN: Any = {"displaylogo": False, "modeBarButtonsToRemove": ["lasso2d", "select2d"]}
ENERGIES_PX, POWER_PX, PERIODS_PX, SWEEP_PX = 340, 480, 420, 300
HEADS = ("algorithm", "of bound", "gain", "switched a day", "foresight's a day", "used", "surplus", "debt", "bill", "gross")
UNITS = ("", "%", "", "", "", "%", "Wh", "Wh", "", "")


def run_results(experiment: Experiment, asked: Inputs) -> Any:
    told = shown(experiment, str(asked["algorithm"]), settings_asked(asked))
    row = told.told
    levels = [float(part) for key in ("top_wh", "bottom_wh") for part in levels_asked(asked, key)]
    numbers = (
        (f"{100 * row['share_of_perfect_gain']:.1f} %", "of the bound"),
        (f"{row['commutations_per_day']:.1f}", "commutations a day"),
        (f"{100 * row['use_of_usable']:.1f} %", "of what could be used was"),
        (f"{100 * row['returned_of_imported']:.1f} %", "of imports given back in their period"),
        (f"{row['bills']['netted_floored']:.2f}", "bill, netted, with the monthly floor"),
        (", ".join(f"{hours:.1f} h" for hours in row["hours_on"]), "on, each load"),
    )
    return html.Section(
        [
            html.H2(f"What {asked['algorithm']} makes of {row['days']:.1f} days"),
            html.Div(
                [html.Div([html.B(one), html.Span(name)], className="figure") for one, name in numbers], className="figures"
            ),
            html.Div(
                [
                    dcc.Graph(
                        figure=figures.energies_figure(row, daily=daily),
                        config=PLAIN,
                        style={"height": f"{ENERGIES_PX}px"},
                    )
                    for daily in (False, True)
                ],
                className="halves",
            ),
            dcc.Graph(
                figure=figures.power_figure(told.lines, told.names, levels, ZONE),
                config=PLAIN,
                style={"height": f"{POWER_PX}px"},
            ),
            dcc.Graph(
                figure=figures.periods_figure(told.period_s, told.periods_wh, told.names, ZONE),
                config=PLAIN,
                style={"height": f"{PERIODS_PX}px"},
            ),
            runs_table([row]),
            html.P(
                "The bound is the gain of perfect foresight; foresight's are how few commutations would have gained as much. "
                "A line is the mean of its stretch, the balance with its least and greatest. The camera of a figure saves it "
                "as PNG.",
                className="dim",
            ),
        ],
        className="card",
    )


def sweep_results(experiment: Experiment, asked: Inputs, over: str) -> Any:
    swept = axis(over)
    if len(swept.values) > MOST_SWEPT:
        raise CannotKeepError(f"{len(swept.values)} values are too many to wait for: at most {MOST_SWEPT}")
    rows = sweep(experiment, str(asked["algorithm"]), points([swept], settings_asked(asked)), workers=1)
    figure = figures.sweep_figure(swept.setting, swept.values, rows)
    named = [{**row, "algorithm": f"{swept.setting} = {value}"} for row, value in zip(rows, swept.values, strict=True)]
    return html.Div([dcc.Graph(figure=figure, config=PLAIN, style={"height": f"{SWEEP_PX}px"}), runs_table(named)])


def runs_table(rows: Sequence[Mapping[str, Any]]) -> Any:
    heads = [html.Th([head, html.Small(unit)], scope="col") for head, unit in zip(HEADS, UNITS, strict=True)]
    body = [
        html.Tr([html.Th(first, scope="row"), *(html.Td(text, className="number") for text in others)])
        for first, *others in map(_cells, rows)
    ]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="wide")
    return html.Div(table, className="scroll", tabIndex="0")


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    needs, energies, bills = row["perfect_commutations_per_day_for_same_gain"], row["energies_wh"], row["bills"]
    return (
        str(row["algorithm"]),
        f"{100 * row['share_of_perfect_gain']:.1f}",
        f"{row['gain']:.4f}",
        f"{row['commutations_per_day']:.1f}",
        "-" if needs is None else f"{needs:.1f}",
        f"{100 * row['use_of_usable']:.1f}",
        f"{energies['surplus']:.0f}",
        f"{energies['debt']:.0f}",
        f"{bills['netted']:.4f}",
        f"{bills['gross']:.4f}",
    )
