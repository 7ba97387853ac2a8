"""Plan and money: what will be done in the next two days, what the last ones took and gave, what strategies would cost."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from flask import g

from gw_spaceheat.apps.beside import CannotStartError
from gw_spaceheat.apps.energy import days_kept
from gw_spaceheat.apps.kept_series import NotEnoughKeptError, write_kept_series
from gw_spaceheat.apps.plan_ahead import PlanRequest, plan_ahead
from gw_spaceheat.apps.simulation_jobs import Wanted
from gw_spaceheat.core.planner.figures import CannotPlanError
from gw_spaceheat.core.telemetry.energy_days import EnergyDay
from gw_spaceheat.house.model import House
from gw_spaceheat.messages.gws_plan import GwsPlan
from gw_spaceheat.plant.series import SeriesFileError
from gw_spaceheat.stores.faults import StoreError
from gw_spaceheat.stores.plans import newest_plan
from gw_spaceheat.views.energy_figure import HEIGHT as ENERGY_HEIGHT
from gw_spaceheat.views.energy_figure import energy_figure
from gw_spaceheat.views.energy_table import HEADS, UNITS, cells
from gw_spaceheat.views.plan_figure import HEIGHT, cost_figure, plan_figure, told_plan_figure
from gw_spaceheat.vocabulary.moment import MINUTE_MS
from gw_spaceheat.vocabulary.units import W_PER_KW
from gw_spaceheat.web.finding import About
from gw_spaceheat.web.sessions import Role
from gw_spaceheat.web.site import Asked, Site, link

ABOUT = About("/plan", "Plan and money", 7)
PLAIN: Any = {"displayModeBar": False}
STEP_MINUTES = 5
DAYS_BACK = 14
COMPARED = {1: "Compare yesterday", 7: "Compare the last seven days"}
COUNTERFACTUALS = ("hysteresis", "price-blind", "planned", "perfect")
STORED_SHARE = 0.5


def layout(site: Site, asked: Asked) -> Any:
    """The plan, and the costs of the newest comparison of this house."""
    if asked.house is None:
        return html.Div([html.H1("Plan and money"), html.P("No house file here describes this house.")])
    return html.Div([html.H1("Plan and money"), _plan(site, asked.house), _energy(site, asked.house), _money(site, asked)])


def _plan(site: Site, house: House) -> Any:
    """The plan by which the house is run; if there is none, what would be one."""
    try:
        told = newest_plan(site.ear_folder, house.alias, site.clock.now().wall_ms)
    except StoreError as error:
        return html.P(f"Whether the house is run by a plan cannot be told: {error}", className="notice warn")
    return _thought_of(site, house) if told is None else _told(house, told)


def _told(house: House, plan: GwsPlan) -> Any:
    """The plan by which the house is run, as who made it has told it."""

    def local(utc_ms: int) -> datetime:
        return datetime.fromtimestamp(utc_ms / 1000, UTC).replace(tzinfo=None) + timedelta(hours=house.utc_offset_standard_h)

    lengths_h = [(end_s - start_s) / 3600 for start_s, end_s in pairwise(plan.edges_s)]
    energies_kwh = [power_w / W_PER_KW * length_h for power_w, length_h in zip(plan.power_w_list, lengths_h, strict=True)]
    cost = sum(kwh * price / 1e6 for kwh, price in zip(energies_kwh, plan.price_x1000_list, strict=True))
    figures = [
        (f"{cost:.2f} USD", f"electricity of {sum(lengths_h):.0f} hours"),
        (f"{sum(energies_kwh):.0f} kWh", "electricity"),
        (f"{plan.stored_wh_list[0] / 1000:.0f} kWh", "heat in the stores"),
    ]
    who = "the AtomicTNode" if plan.src == house.alias else "the house itself"
    notes = f"Made by {who} for {local(plan.made_ms):%d %b %H:%M}; it holds until there is a newer one."
    return _card("The plan by which the house is run", figures, told_plan_figure(plan, local), notes)


def _thought_of(site: Site, house: House) -> Any:
    """What is best done in the next two days, if the stores are half full."""
    start = datetime.fromtimestamp(site.clock.now().wall_ms // (STEP_MINUTES * MINUTE_MS) * STEP_MINUTES * 60, UTC)
    local = start.replace(tzinfo=None) + timedelta(hours=house.utc_offset_standard_h)
    try:
        ahead = plan_ahead(PlanRequest(house=house, start=local, stored_share=STORED_SHARE))
    except (CannotPlanError, SeriesFileError, OSError, ValueError) as error:
        return html.P(f"There is no plan for this house: {error}", className="notice warn")
    steps = ahead.plan.steps
    cost = sum(step.cost_usd for step in steps)
    energy = sum(step.power_kw * step.length_ms / 3_600_000 for step in steps)
    heat = sum(step.need_kw * step.length_ms / 3_600_000 for step in steps)
    missing = sum(wish.amount for wish in ahead.plan.unmet if wish.what == "heat")
    beyond = sum(wish.what == "limit" for wish in ahead.plan.unmet)
    figures = [
        (f"{cost:.2f} USD", "electricity of two days"),
        (f"{energy:.0f} kWh", "electricity"),
        (f"{heat:.0f} kWh", "heat that the house needs"),
        (f"{missing:.0f} kWh", "heat that will be missing"),
        *([(f"{beyond}", "times above the grid operator's limit")] if beyond else []),
    ]
    sources = f"Prices {ahead.sources[0]}, weather {ahead.sources[1]}; the stores are taken as half full. "
    notes = " ".join([sources, *ahead.notes, "No plan is told of this house at present, and it does not go by this one."])
    title = f"What two days could be, from {local:%d %b %H:%M}"
    return _card(title, figures, plan_figure(steps, ahead.local), notes)


def _card(title: str, figures: Sequence[tuple[str, str]], figure: Mapping[str, Any], notes: str) -> Any:
    told = [html.Div([html.B(one), html.Span(name)], className="figure") for one, name in figures]
    return html.Section(
        [
            html.H2(title),
            html.Div(told, className="figures"),
            dcc.Graph(figure=figure, config=PLAIN, style={"height": f"{HEIGHT}px"}),
            html.P(notes, className="dim"),
        ],
        className="card",
    )


def _energy(site: Site, house: House) -> Any:
    """What the last days took and gave, of what the Ear keeps; today as far as it has come."""
    today = datetime.fromtimestamp(site.clock.now().wall_ms / 1000, ZoneInfo(house.timezone)).date()
    try:
        days = days_kept(site.ear_folder, house, today - timedelta(days=DAYS_BACK - 1), today)
    except (StoreError, OSError) as error:
        return html.P(f"What the last days took cannot be told: {error}", className="notice warn")
    days = [day for day in days if day.tells]
    if not days:
        return html.Section([html.H2("What it took and gave"), html.P("Nothing is kept of the last days.")], className="card")
    return html.Section(
        [
            html.H2("What it took and gave"),
            dcc.Graph(figure=energy_figure(days), config=PLAIN, style={"height": f"{ENERGY_HEIGHT}px"}),
            html.Div(_energy_table(days), className="scroll", tabIndex="0"),
            html.P(
                "Of what the Ear keeps, by local days. Source is electricity of the heat pump or boiler, heat what it gave. "
                "COP is one by the other while both are known. Known is the share of the day; * is of some hours only.",
                className="dim",
            ),
        ],
        className="card",
    )


def _energy_table(days: Sequence[EnergyDay]) -> Any:
    heads = [html.Th([head, html.Small(unit)], scope="col") for head, unit in zip(HEADS, UNITS, strict=True)]
    rows = []
    for first, *others in map(cells, days):
        rows.append(
            html.Tr([html.Th(first, scope="row", className="day"), *(html.Td(text, className="number") for text in others)])
        )
    return html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="wide")


def _money(site: Site, asked: Asked) -> Any:
    found = next(((name, told) for name, told in site.jobs.results() if told.get("house") == asked.alias), None)
    is_operator = asked.role is Role.OPERATOR
    return html.Section(
        [
            html.H2("What it saves"),
            *(_never_compared(asked) if found is None else _compared(found[1])),
            html.Div(
                [
                    html.Button(text, id=f"plan-compare-{days}", className="button", disabled=not is_operator)
                    for days, text in COMPARED.items()
                ],
                className="row",
            ),
            html.P(
                "These take the weather, the heat that went to the rooms, and the prices that were, as the Ear has kept them."
                + ("" if is_operator else " Only an operator may start them."),
                className="dim",
            ),
            html.Div(id="plan-told", role="status"),
            dcc.Store(id="plan-house", data=asked.alias),
        ],
        className="card",
    )


def _never_compared(asked: Asked) -> list[Any]:
    way = dcc.Link("Run one", href=link("/simulate", asked.alias))
    return [html.P(["No comparison of this house was run here yet. ", way])]


def _compared(told: Mapping[str, Any]) -> list[Any]:
    costs = {name: float(run.get("cost_usd_end_adjusted", 0.0)) for name, run in told["compare"].items()}
    dearest = max(costs, key=lambda name: costs[name])
    cheapest = min(costs, key=lambda name: costs[name])
    share = 100 * (1 - costs[cheapest] / costs[dearest]) if costs[dearest] else 0.0
    days = f"{told.get('days')} days from {str(told.get('start'))[:10]}"
    sources = ", ".join(f"{word} {Path(str(told.get(word))).name}" for word in ("weather", "prices"))
    return [
        html.P(f"What {days} would have cost:"),
        dcc.Graph(figure=cost_figure(told["compare"]), config=PLAIN, style={"height": "320px"}),
        html.P(f"{cheapest} costs {share:.0f} % less than {dearest}, with the heat in the stores as at the start."),
        html.P(
            "These are simulations of the house's twin with one weather and one series of prices: the difference between "
            f"two runs is surer than the cost of either, and a longer time is surer than a shorter. Of {sources}.",
            className="dim",
        ),
    ]


def register(app: Dash, site: Site) -> None:
    """Compare days that were."""

    @app.callback(
        Output("plan-told", "children"),
        *(Input(f"plan-compare-{days}", "n_clicks") for days in COMPARED),
        State("plan-house", "data"),
        prevent_initial_call=True,
    )
    def compare(*words: Any) -> Any:
        if not ctx.triggered or not ctx.triggered[0]["value"]:
            return no_update
        if g.get("role") is not Role.OPERATOR:
            return html.P("Only an operator may simulate.", className="notice bad")
        days = next((days for days in COMPARED if ctx.triggered_id == f"plan-compare-{days}"), None)
        house = site.files.house(str(words[-1]))
        if days is None or house is None:
            return no_update
        try:
            _compare(site, house, days)
        except (CannotStartError, NotEnoughKeptError, StoreError, OSError) as error:
            return html.P(f"It cannot be compared: {error}", className="notice bad")
        way = dcc.Link("see how far it is", href=link("/simulate", house.alias))
        return html.P(["It runs; ", way, ". The newest result is shown here."], className="notice")


def _compare(site: Site, house: House, days: int) -> None:
    """Start what would have been in the days before today, by the house's local standard time."""
    now = datetime.fromtimestamp(site.clock.now().wall_ms / 1000, UTC) + timedelta(hours=house.utc_offset_standard_h)
    first, last = (now - timedelta(days=days)).date(), (now - timedelta(days=1)).date()
    kept = write_kept_series(site.ear_folder, house, first, last, site.jobs.series)
    site.jobs.start(Wanted(house.alias, first, days, COUNTERFACTUALS, kept.weather, kept.prices, kept.demand))
