"""A draft of a street as it is seen on its page: what it is, a house's devices and jobs, and its profiles."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from dash import dcc, html

from gw_spaceheat.apps.neighbourhood.drafts import Held
from gw_spaceheat.apps.neighbourhood.moments import local_text
from gw_spaceheat.core.market.draft import Device, Draft, DraftHouse, Roof, told
from gw_spaceheat.views.street_figures import forecast_figure, profile_figure
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
    parts: list[Any] = [
        html.P(
            f"{_count(len(draft.houses), 'house')}, {_count(consumers, 'consumer')}, {_count(roofs, 'roof')}, "
            f"{_count(len(draft.jobs), 'job')}: {state}.",
            className="dim",
        )
    ]
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
    kwh = float(device.load.wh[-1] - device.load.wh[0]) / 1000.0
    return f"{kwh:.3f} kWh in {float(device.load.times_s[-1]) / 60.0:.0f} min"


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


def _remove(kind: str, identifier: str, words: str, *, may_change: bool) -> Any:
    if not may_change:
        return ""
    return html.Button("Remove", id={"type": f"nh-drop-{kind}", "of": identifier}, className="button small", **aria(words))


def _table(heads: Sequence[str], rows: Sequence[Any]) -> Any:
    top = html.Tr([html.Th(head, scope="col") if head else html.Td() for head in heads])
    return html.Div(html.Table([html.Thead(top), html.Tbody(list(rows))]), className="scroll", tabIndex="0")


def _count(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"
