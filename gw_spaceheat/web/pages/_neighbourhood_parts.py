"""A draft of a street as it is seen on its page: what it is, a house's devices and jobs, and its profiles."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from dash import dcc, html

from gw_spaceheat.apps.neighbourhood.drafts import Held
from gw_spaceheat.apps.neighbourhood.moments import local_text
from gw_spaceheat.core.market.draft import Device, Draft, DraftHouse, Roof, told
from gw_spaceheat.core.market.energy import Energy
from gw_spaceheat.views.street_figures import forecast_figure, moments_figure, profile_figure
from gw_spaceheat.web.attributes import aria

PLAIN: Any = {"displaylogo": False, "modeBarButtonsToRemove": ["lasso2d", "select2d"]}
MOST_ROWS = 300
FIGURE_PX = 260


def summary(held: Held) -> list[Any]:
    """What the street is, whether it is kept, and what stands in its way."""
    draft = held.draft
    consumers = sum(len(house.consumers) for house in draft.houses)
    roofs = sum(len(house.roofs) for house in draft.houses)
    state = (
        "not saved yet" if held.kept is None else f"changed since {held.kept.name} was saved" if held.is_changed else "saved"
    )
    counts = [(len(draft.houses), "house"), (consumers, "consumer"), (roofs, "roof"), (len(draft.jobs), "job")]
    more = [
        (sum(bool(house.base) for house in draft.houses), "base load"),
        (sum(house.battery is not None for house in draft.houses), "battery"),
        (sum(house.heated is not None for house in draft.houses), "heated house"),
    ]
    present = [*counts, *((number, name) for number, name in more if number)]
    parts: list[Any] = [html.P(f"{', '.join(_count(number, name) for number, name in present)}: {state}.", className="dim")]
    parts += [html.P(trouble, className="notice warn") for trouble in draft.troubles()[:3]]
    if held.warnings:
        shown = "; ".join(held.warnings[:3])
        parts.append(html.P(f"{len(held.warnings)} oddities of its files: {shown}", className="notice warn"))
    return parts


def house_parts(draft: Draft, house: DraftHouse | None, zone: ZoneInfo, *, may_change: bool) -> list[Any]:
    """Devices with their profiles, and jobs of a house."""
    if house is None:
        text = "There is no house yet: add one, or bring files." if not draft.houses else "Choose a house."
        return [html.P(text, className="dim")]
    return [
        html.H3("Devices"),
        _devices(house, zone, may_change=may_change),
        *_figures(house, zone),
        *_besides(draft, house, zone, may_change=may_change),
        html.H3("Jobs"),
        _jobs(house, zone, may_change=may_change),
    ]


def _devices(house: DraftHouse, zone: ZoneInfo, *, may_change: bool) -> Any:
    if not house.devices:
        return html.P("It has no devices yet.", className="dim")
    heads = ("id", "name", "template", "kind", "profile", "jobs", "")
    rows = [
        html.Tr(
            [
                html.Th(device.id, scope="row"),
                html.Td(device.name),
                html.Td(device.template),
                html.Td("producer" if isinstance(device, Roof) else "consumer"),
                html.Td(_profile(device, zone)),
                html.Td("" if isinstance(device, Roof) else str(sum(job.device == device.id for job in house.jobs))),
                html.Td(_remove("device", device.id, f"Remove {told(device)}", may_change=may_change)),
            ]
        )
        for device in house.devices
    ]
    return _table(heads, rows)


def _profile(device: Device, zone: ZoneInfo) -> str:
    if isinstance(device, Roof):
        if not device.forecasts:
            return "no forecast yet"
        first, last = device.forecasts[0].issued_s, device.forecasts[-1].energy.times_s[-1]
        count = len(device.forecasts)
        return f"{_count(count, 'forecast')}, {local_text(first, zone)} to {local_text(float(last), zone)}"
    if device.load is None:
        return "no profile yet"
    return f"{_kwh(device.load):.3f} kWh in {float(device.load.times_s[-1]) / 60.0:.0f} min"


def _figures(house: DraftHouse, zone: ZoneInfo) -> list[Any]:
    loads = {told(each): (each.load.times_s, each.load.wh) for each in house.consumers if each.load is not None}
    loads |= {job.id: (job.load.times_s, job.load.wh) for job in house.jobs if job.load is not None}
    roofs = {
        told(roof): [(each.energy.times_s, each.energy.wh) for each in roof.forecasts] for roof in house.roofs if roof.forecasts
    }
    measured = {told(roof): (roof.measured.times_s, roof.measured.wh) for roof in house.roofs if roof.measured is not None}
    parts: list[Any] = []
    if loads:
        parts += [html.P("What a run takes", className="dim"), _graph(profile_figure(loads), "nh-profiles")]
    if roofs:
        text = f"What its roofs are said to give; later forecasts are stronger, times in {zone.key}"
        parts += [html.P(text, className="dim"), _graph(forecast_figure(roofs, measured, zone), "nh-forecasts")]
    return parts


def _besides(draft: Draft, house: DraftHouse, zone: ZoneInfo, *, may_change: bool) -> list[Any]:
    """Base load, battery and heat, where the house has any."""
    rows = []
    if house.base:
        base_kwh = sum(_kwh(base.load) for base in house.base)
        known = " (something else is expected of it)" if any(base.expected is not None for base in house.base) else ""
        rows.append(("base", "Base load", f"{base_kwh:.1f} kWh{known}", f"Remove the base load of house {house.id}"))
    if house.battery is not None:
        held = house.battery
        text = (
            f"{held.capacity_wh / 1000.0:g} kWh, of them {held.stored_wh / 1000.0:g} in it at the first event; takes "
            f"{held.charge_w / 1000.0:g} kW, gives {held.discharge_w / 1000.0:g} kW and {held.efficiency:.0%} of what it took"
        )
        rows.append(("battery", "Battery", text, f"Remove the battery of house {house.id}"))
    if house.heated is not None:
        heat, powers = house.heated, _count(house.heated.levels, "power")
        text = f"as {heat.model}, {powers}; needs {_kwh(heat.need):.1f} kWh of heat, stores {heat.stored_share:.0%} full"
        rows.append(("heat", "Heated by the street", text, f"House {house.id} is not heated by the street"))
    if not rows:
        return []
    cells = [
        html.Tr(
            [
                html.Th(name, scope="row"),
                html.Td(text),
                html.Td(_remove(what, house.id, words, may_change=may_change)),
            ]
        )
        for what, name, text, words in rows
    ]
    return [
        html.H3("Base load, battery and heat"),
        _table(("", "", ""), cells),
        *_moments(draft, house, zone),
    ]


def _moments(draft: Draft, house: DraftHouse, zone: ZoneInfo) -> list[Any]:
    """Base load and need of heat over time."""
    series: dict[str, Energy] = {}
    for number, base in enumerate(house.base, 1):
        name = "base load" if len(house.base) == 1 else f"base load {number}"
        series[name] = base.load
        if base.expected is not None:
            series[f"{name}, expected"] = base.expected
    if house.heated is not None:
        need = house.heated.need
        series["heat that it needs"] = Energy(need.times_s + float(draft.origin_s or 0), need.wh)
    if not series:
        return []
    figure = moments_figure({name: (energy.times_s, energy.wh) for name, energy in series.items()}, zone)
    return [html.P(f"What it takes and needs, times in {zone.key}", className="dim"), _graph(figure, "nh-moments")]


def _kwh(energy: Energy) -> float:
    return float(energy.wh[-1] - energy.wh[0]) / 1000.0


def _graph(figure: Any, identifier: str) -> Any:
    return dcc.Graph(id=identifier, figure=figure, config=PLAIN, style={"height": f"{FIGURE_PX}px"}, responsive=True)


def _jobs(house: DraftHouse, zone: ZoneInfo, *, may_change: bool) -> Any:
    if not house.jobs:
        return html.P("It has no jobs yet.", className="dim")
    heads = ("job", "device", f"handed in, {zone.key}", "earliest start", "latest start", "")
    names = {device.id: told(device) for device in house.devices}
    ordered = sorted(house.jobs, key=lambda job: (job.earliest_s, job.id))
    rows = [
        html.Tr(
            [
                html.Th(job.id, scope="row"),
                html.Td(names.get(job.device, job.device)),
                *(html.Td(local_text(at_s, zone)) for at_s in (job.registered_s, job.earliest_s, job.latest_s)),
                html.Td(_remove("job", job.id, f"Remove job {job.id}", may_change=may_change)),
            ]
        )
        for job in ordered[:MOST_ROWS]
    ]
    more = [html.P(f"The first {MOST_ROWS} of {len(ordered)} jobs.", className="dim")] * (len(ordered) > MOST_ROWS)
    return html.Div([_table(heads, rows), *more])


def _remove(what: str, identifier: str, words: str, *, may_change: bool) -> Any:
    if not may_change:
        return ""
    return html.Button(
        "Remove", id={"type": "nh-drop", "what": what, "of": identifier}, className="button small", **aria(words)
    )


def _table(heads: Sequence[str], rows: Sequence[Any]) -> Any:
    top = html.Tr([html.Th(head, scope="col") if head else html.Td() for head in heads])
    return html.Div(html.Table([html.Thead(top), html.Tbody(list(rows))]), className="scroll", tabIndex="0")


def _count(number: int, name: str) -> str:
    if number == 1:
        return f"1 {name}"
    return f"{number} {name.removesuffix('y')}ies" if name.endswith("ry") else f"{number} {name}s"
