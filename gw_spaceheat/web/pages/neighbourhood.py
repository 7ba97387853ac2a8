"""Neighbourhood: streets that share their sun, made by hand, from files, or from a seed."""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from secrets import token_hex
from typing import Any
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from flask import Blueprint, g, redirect, request
from werkzeug.wrappers import Response

from gw_spaceheat.apps.neighbourhood.bring import LARGEST_BYTES, MOST_PREDICTIONS, File, bring, predictions, profile
from gw_spaceheat.apps.neighbourhood.desk import Desk
from gw_spaceheat.apps.neighbourhood.drafts import Held
from gw_spaceheat.apps.neighbourhood.moments import unix_s, zone_names, zone_of
from gw_spaceheat.core.market.draft import MOST_DAYS, AskedJob, Consumer, Device, Draft, DraftError, Roof, told
from gw_spaceheat.core.market.synthetic import StreetKind
from gw_spaceheat.web.finding import About
from gw_spaceheat.web.gate import require_operator
from gw_spaceheat.web.pages._neighbourhood_parts import house_parts, summary
from gw_spaceheat.web.sessions import Role
from gw_spaceheat.web.site import Asked, Site, link

ABOUT = About("/neighbourhood", "Neighbourhood", 10)
SYNTHETIC_HOUSES, SYNTHETIC_DAYS = 200, 31
UTC_NAME = "UTC"
KINDS = [{"value": "consumer", "label": "Consumer"}, {"value": "producer", "label": "Producer"}]


def layout(site: Site, asked: Asked) -> Any:
    """The streets that there are, or the draft that the address names."""
    word = asked.query.get("draft", "")
    if not word:
        return _streets(site, asked)
    held = site.desk.drafts.held(word)
    if held is None:
        return html.Div(
            [
                html.H1("Neighbourhood"),
                html.P("This draft is not there any more; open the street again.", className="notice warn"),
                dcc.Link("All streets", href=link(ABOUT.path, asked.alias), className="button"),
            ]
        )
    return _editor(asked, word, held)


def live(site: Site, asked: Asked) -> Mapping[str, str]:
    """The streets, those that were laid in meanwhile too."""
    if "draft" in asked.query:
        return {}
    rows = "".join(
        f'<tr><th scope="row"><a href="{escape(link("/neighbourhood/open", asked.alias, street=each.name))}">'
        f"{escape(each.name)}</a></th><td>{each.form or 'no street'}</td>"
        f"<td>{datetime.fromtimestamp(each.changed_s, UTC):%Y-%m-%d %H:%M}</td>"
        f'<td><a href="{escape(link("/sun-market", asked.alias, street=each.name))}">Run it</a></td></tr>'
        for each in site.desk.streets.listed()
    )
    if not rows:
        return {"nh-streets": '<p class="dim">There is no street yet.</p>'}
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("street", "form", "changed, UTC")) + "<td></td>"
    return {"nh-streets": f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"}


def _streets(site: Site, asked: Asked) -> Any:
    is_operator = asked.role is Role.OPERATOR
    trouble = _cannot_open(site, asked.query["broken"]) if "broken" in asked.query else ""
    new = html.A("New street", href=link("/neighbourhood/new", asked.alias), className="button main")
    return html.Div(
        [
            html.H1("Neighbourhood"),
            html.Div(html.P(trouble, className="notice bad") if trouble else "", role="alert"),
            html.Section(
                [
                    html.H2("Streets"),
                    html.Div(id="nh-streets", className="inner-scroll"),
                    html.Div(
                        new if is_operator else html.Span("Only an operator may make streets.", className="dim"),
                        className="row",
                    ),
                    html.P(
                        "Folders of your own, as CSV, as XML or in our own form, may be laid into web/streets of the data "
                        "folder; they appear here by themselves.",
                        className="dim",
                    ),
                ],
                className="card",
            ),
            html.Section(
                [
                    html.H2("A SYNTHETIC street"),
                    html.Div(
                        [
                            dmc.TextInput(id="nh-make-name", label="Name", value="street", className="grow"),
                            _number("nh-make-houses", "Houses", 10, 1, SYNTHETIC_HOUSES),
                            _number("nh-make-roofs", "With panels", 5, 0, SYNTHETIC_HOUSES),
                            _number("nh-make-days", "Days", 2, 1, SYNTHETIC_DAYS),
                            _number("nh-make-seed", "Seed", 1, 0, 10**6),
                            html.Button("Make", id="nh-make", className="button", disabled=not is_operator),
                        ],
                        className="row",
                    ),
                    html.Div(id="nh-made", role="status"),
                    html.P("Its jobs and its sun are drawn from the seed; nobody's data.", className="dim"),
                ],
                className="card",
            ),
        ]
    )


def _editor(asked: Asked, word: str, held: Held) -> Any:
    may = asked.role is Role.OPERATOR
    draft = held.draft
    return html.Div(
        [
            html.H1("Neighbourhood"),
            dcc.Store(id="nh-draft", data=word),
            dcc.Store(id="nh-version", data=""),
            html.Section(
                [
                    html.Div(
                        [
                            dmc.TextInput(id="nh-name", label="Name", value=draft.name, className="grow"),
                            dmc.NumberInput(
                                id="nh-days",
                                label="Days of sun",
                                value=draft.days if draft.days is not None else "",
                                placeholder="as jobs need",
                                min=1,
                                max=MOST_DAYS,
                                w=140,
                            ),
                            dmc.Select(
                                id="nh-zone",
                                label="Times are in",
                                data=list(zone_names()),
                                value=UTC_NAME,
                                searchable=True,
                                limit=60,
                                allowDeselect=False,
                                persistence=True,
                                persistence_type="local",
                                w=200,
                            ),
                        ],
                        className="row",
                    ),
                    html.Div(
                        [
                            html.Button("Save", id="nh-save", className="button main", disabled=not may),
                            dcc.Upload(
                                html.Button("Bring XML and CSV files", className="button", disabled=not may),
                                id="nh-bring",
                                multiple=True,
                                max_size=LARGEST_BYTES,
                                disabled=not may,
                                className="upload",
                            ),
                            html.Button("Delete", id="nh-delete", className="button", disabled=not may),
                            html.Span(id="nh-run"),
                            dcc.Link("All streets", href=link(ABOUT.path, asked.alias), className="button"),
                        ],
                        className="row",
                    ),
                    html.Div(id="nh-said", role="status"),
                    html.Div(summary(held), id="nh-told"),
                    html.P(
                        "Files are the houses and devices as neighborhood.xml, jobs as XML, a profile as 121.csv for consumer "
                        "121, a forecast as 30_122_1.csv for roof 122 of house 30; any of them at once.",
                        className="dim",
                    ),
                    dcc.ConfirmDialog(id="nh-sure", message=""),
                ],
                className="card",
            ),
            html.Section(
                [
                    html.Div(
                        [
                            dmc.Select(
                                id="nh-house",
                                label="House",
                                data=[house.id for house in draft.houses],
                                value=next((house.id for house in draft.houses), None),
                                searchable=True,
                                allowDeselect=False,
                                w=140,
                            ),
                            html.Button("Remove this house", id="nh-drop-house", className="button", disabled=not may),
                            dmc.TextInput(id="nh-new-house", label="Another house", placeholder="its number", w=140),
                            html.Button("Add house", id="nh-add-house", className="button", disabled=not may),
                        ],
                        className="row",
                    ),
                    html.Div(id="nh-parts"),
                ],
                className="card",
            ),
            *_forms(may=may),
        ]
    )


def _forms(*, may: bool) -> list[Any]:
    day = {"placeholder": "2016-04-10", "w": 130}
    hour = {"placeholder": "07:30", "w": 90}
    return [
        html.Section(
            [
                html.H2("Add or change a device of this house"),
                html.Div(
                    [
                        dmc.Select(id="nh-kind", label="Kind", data=KINDS, value="consumer", allowDeselect=False, w=140),
                        dmc.TextInput(id="nh-device", label="Id", placeholder="121", w=100),
                        dmc.TextInput(id="nh-device-name", label="Name", className="grow"),
                        dmc.TextInput(id="nh-template", label="Template", w=100),
                    ],
                    className="row",
                ),
                html.Div(
                    [
                        dcc.Upload(
                            html.Button("Choose CSV", className="button", disabled=not may),
                            id="nh-files",
                            multiple=True,
                            accept=".csv",
                            max_size=LARGEST_BYTES,
                            disabled=not may,
                            className="upload",
                        ),
                        html.Span(id="nh-chosen", className="dim"),
                        html.Button("Keep device", id="nh-keep-device", className="button", disabled=not may),
                    ],
                    className="row",
                ),
                html.P(
                    "A consumer has one file: seconds from the start and Wh since then. A producer has up to "
                    f"{MOST_PREDICTIONS} forecasts: Unix seconds and Wh. A device that is there keeps its jobs, and its files "
                    "where none are chosen.",
                    className="dim",
                ),
            ],
            className="card",
        ),
        html.Section(
            [
                html.H2("Add a job to this house"),
                html.Div(
                    [
                        dmc.Select(id="nh-job-device", label="Device", data=[], allowDeselect=False, className="grow"),
                        dmc.TextInput(id="nh-earliest-day", label="Earliest start, day", **day),
                        dmc.TextInput(id="nh-earliest-hour", label="hour", **hour),
                        dmc.TextInput(id="nh-latest-day", label="Latest start, day", **day),
                        dmc.TextInput(id="nh-latest-hour", label="hour", **hour),
                        dmc.TextInput(id="nh-registered-day", label="Handed in, day", **day | {"placeholder": "as earliest"}),
                        dmc.TextInput(id="nh-registered-hour", label="hour", **hour | {"placeholder": ""}),
                        html.Button("Add job", id="nh-add-job", className="button", disabled=not may),
                    ],
                    className="row",
                ),
                html.P(id="nh-zone-said", className="dim"),
            ],
            className="card",
        ),
    ]


def register(app: Dash, site: Site) -> None:
    """Open, make, change, save, delete."""
    desk = site.desk
    _register_addresses(app, site)
    _register_view(app, site)
    _register_houses(app, desk)
    _register_devices(app, desk)
    _register_jobs(app, desk)
    _register_keeping(app, desk)

    @app.callback(
        Output("nh-made", "children"),
        Input("nh-make", "n_clicks"),
        State("nh-make-name", "value"),
        State("nh-make-houses", "value"),
        State("nh-make-roofs", "value"),
        State("nh-make-days", "value"),
        State("nh-make-seed", "value"),
        prevent_initial_call=True,
    )
    def make(clicks: Any, name: Any, houses: Any, roofs: Any, days: Any, seed: Any) -> Any:
        if not clicks:
            return no_update
        if g.get("role") is not Role.OPERATOR:
            return _bad("Only an operator may make a street.")
        try:
            made = desk.streets.make(str(name), kind_asked(houses, roofs, days, seed))
        except (ValueError, OSError) as error:
            return _bad(str(error))
        return html.P(f"{made} is there.", className="dim")


def _register_addresses(app: Dash, site: Site) -> None:
    """A draft is begun by going to an address, and then has one of its own, which can be loaded again."""
    addresses = Blueprint("neighbourhood", __name__)

    @addresses.get("/neighbourhood/open")
    def open_street() -> Response:
        name, alias = request.args.get("street", "")[:300], request.args.get("house", "")[:200]
        try:
            word = site.desk.drafts.begin(site.desk.streets.open(name))
        except (ValueError, OSError):
            return redirect(link(ABOUT.path, alias, broken=name))
        return redirect(link(ABOUT.path, alias, draft=word))

    @addresses.get("/neighbourhood/new")
    def new_street() -> Response:
        require_operator()
        word = site.desk.drafts.begin(Held(draft=Draft(name="street")))
        return redirect(link(ABOUT.path, request.args.get("house", "")[:200], draft=word))

    app.server.register_blueprint(addresses)


def _register_view(app: Dash, site: Site) -> None:
    @app.callback(
        Output("nh-told", "children"),
        Output("nh-house", "data"),
        Output("nh-house", "value"),
        Output("nh-parts", "children"),
        Output("nh-job-device", "data"),
        Output("nh-job-device", "value"),
        Output("nh-zone-said", "children"),
        Output("nh-run", "children"),
        Input("nh-version", "data"),
        Input("nh-house", "value"),
        Input("nh-zone", "value"),
        State("nh-draft", "data"),
        State("nh-job-device", "value"),
        State("house", "value"),
    )
    def show(_version: Any, chosen: Any, zone: Any, word: Any, device: Any, alias: Any) -> tuple[Any, ...]:
        held = site.desk.drafts.held(str(word))
        if held is None:
            return (_bad("This draft is not there any more; open the street again."), *(no_update,) * 7)
        draft = held.draft
        house = next((each for each in draft.houses if each.id == chosen), next(iter(draft.houses), None))
        consumers = [] if house is None else [{"value": each.id, "label": told(each)} for each in house.consumers]
        ids = [each["value"] for each in consumers]
        where = _zone(zone)
        run = (
            []
            if held.kept is None
            else [html.A("Run it", href=link("/sun-market", str(alias), street=held.kept.name), className="button")]
        )
        return (
            summary(held),
            [each.id for each in draft.houses],
            None if house is None else house.id,
            house_parts(draft, house, where, may_change=g.get("role") is Role.OPERATOR),
            consumers,
            device if device in ids else next(iter(ids), None),
            f"Times are in {where.key}. A job that says nothing else is handed in at its earliest start.",
            run,
        )


def _register_houses(app: Dash, desk: Desk) -> None:
    @app.callback(
        Output("nh-version", "data"),
        Output("nh-said", "children"),
        Output("nh-house", "value", allow_duplicate=True),
        Output("nh-new-house", "value"),
        Input("nh-add-house", "n_clicks"),
        State("nh-draft", "data"),
        State("nh-new-house", "value"),
        prevent_initial_call=True,
    )
    def add(clicks: Any, word: Any, name: Any) -> tuple[Any, ...]:
        house = str(name or "").strip()
        version, said = _step(desk, clicks, word, lambda draft: draft.with_house(house or _next(draft)), "The house is there.")
        held = desk.drafts.held(str(word))
        if version is no_update or held is None:
            return version, said, no_update, no_update
        return version, said, house or max(held.draft.houses, key=lambda each: _as_number(each.id)).id, ""

    @app.callback(
        Output("nh-version", "data", allow_duplicate=True),
        Output("nh-said", "children", allow_duplicate=True),
        Input("nh-drop-house", "n_clicks"),
        State("nh-draft", "data"),
        State("nh-house", "value"),
        prevent_initial_call=True,
    )
    def drop(clicks: Any, word: Any, house: Any) -> tuple[Any, Any]:
        return _step(desk, clicks, word, lambda draft: draft.without_house(str(house)), f"House {house} is removed.")


def _register_devices(app: Dash, desk: Desk) -> None:
    @app.callback(Output("nh-chosen", "children"), Input("nh-files", "filename"))
    def choose(names: Any) -> str:
        return ", ".join(str(name) for name in names) if names else "no file chosen"

    @app.callback(
        Output("nh-version", "data", allow_duplicate=True),
        Output("nh-said", "children", allow_duplicate=True),
        Output("nh-files", "contents"),
        Output("nh-files", "filename"),
        Input("nh-keep-device", "n_clicks"),
        State("nh-draft", "data"),
        State("nh-house", "value"),
        State("nh-kind", "value"),
        State("nh-device", "value"),
        State("nh-device-name", "value"),
        State("nh-template", "value"),
        State("nh-files", "contents"),
        State("nh-files", "filename"),
        prevent_initial_call=True,
    )
    def keep(
        clicks: Any, word: Any, house: Any, kind: Any, identifier: Any, name: Any, template: Any, contents: Any, names: Any
    ) -> Any:
        words = tuple(str(text or "").strip() for text in (identifier, name, template))

        def step(draft: Draft) -> Draft:
            return draft.with_device(str(house), device_asked(str(kind), words, files_of(contents, names)))

        version, said = _step(desk, clicks, word, step, f"Device {words[0]} is kept.")
        return (version, said, None, None) if version is not no_update else (version, said, no_update, no_update)

    @app.callback(
        Output("nh-version", "data", allow_duplicate=True),
        Output("nh-said", "children", allow_duplicate=True),
        Input({"type": "nh-drop-device", "of": ALL}, "n_clicks"),
        State("nh-draft", "data"),
        State("nh-house", "value"),
        prevent_initial_call=True,
    )
    def drop(_clicks: Any, word: Any, house: Any) -> tuple[Any, Any]:
        of = _pressed()
        return _step(desk, of, word, lambda draft: draft.without_device(str(house), of), f"Device {of} is removed.")


def _register_jobs(app: Dash, desk: Desk) -> None:
    @app.callback(
        Output("nh-version", "data", allow_duplicate=True),
        Output("nh-said", "children", allow_duplicate=True),
        Input("nh-add-job", "n_clicks"),
        State("nh-draft", "data"),
        State("nh-house", "value"),
        State("nh-job-device", "value"),
        State("nh-zone", "value"),
        *(State(f"nh-{what}-{part}", "value") for what in ("registered", "earliest", "latest") for part in ("day", "hour")),
        prevent_initial_call=True,
    )
    def add(clicks: Any, word: Any, house: Any, device: Any, zone: Any, *words: Any) -> tuple[Any, Any]:
        def step(draft: Draft) -> Draft:
            return draft.with_job(
                job_asked(str(house), str(device or ""), str(zone), [str(each or "").strip() for each in words])
            )

        return _step(desk, clicks, word, step, "The job is there.")

    @app.callback(
        Output("nh-version", "data", allow_duplicate=True),
        Output("nh-said", "children", allow_duplicate=True),
        Input({"type": "nh-drop-job", "of": ALL}, "n_clicks"),
        State("nh-draft", "data"),
        State("nh-house", "value"),
        prevent_initial_call=True,
    )
    def drop(_clicks: Any, word: Any, house: Any) -> tuple[Any, Any]:
        of = _pressed()
        return _step(desk, of, word, lambda draft: draft.without_job(str(house), of), f"Job {of} is removed.")


def _register_keeping(app: Dash, desk: Desk) -> None:
    @app.callback(
        Output("nh-version", "data", allow_duplicate=True),
        Output("nh-said", "children", allow_duplicate=True),
        Input("nh-bring", "contents"),
        State("nh-bring", "filename"),
        State("nh-draft", "data"),
        prevent_initial_call=True,
    )
    def take(contents: Any, names: Any, word: Any) -> tuple[Any, Any]:
        text, warnings = list[str](), list[str]()

        def step(held: Held) -> Held:
            brought = bring(held.draft, files_of(contents, names))
            text.append(brought.told)
            warnings.extend(brought.warnings)
            return replace(held, draft=brought.draft, is_changed=True)

        version, said = _changed(desk, contents, word, step, "")
        if version is no_update:
            return version, said
        odd = [html.Li(each) for each in warnings[:20]]
        parts: list[Any] = [html.P(text[0], className="notice")]
        parts += [html.Div([f"{len(warnings)} oddities:", html.Ul(odd)], className="notice warn")] * bool(odd)
        return version, parts

    @app.callback(
        Output("nh-version", "data", allow_duplicate=True),
        Output("nh-said", "children", allow_duplicate=True),
        Input("nh-days", "value"),
        State("nh-draft", "data"),
        prevent_initial_call=True,
    )
    def last(days: Any, word: Any) -> tuple[Any, Any]:
        count = days if isinstance(days, int) and not isinstance(days, bool) else None
        held = desk.drafts.held(str(word))
        if held is None or held.draft.days == count:
            return no_update, no_update
        return _step(desk, word, word, lambda draft: draft.lasting(count), "")

    @app.callback(
        Output("nh-version", "data", allow_duplicate=True),
        Output("nh-said", "children", allow_duplicate=True),
        Output("nh-name", "value"),
        Input("nh-save", "n_clicks"),
        State("nh-draft", "data"),
        State("nh-name", "value"),
        prevent_initial_call=True,
    )
    def save(clicks: Any, word: Any, name: Any) -> tuple[Any, Any, Any]:
        if not clicks:
            return (no_update,) * 3
        if g.get("role") is not Role.OPERATOR:
            return no_update, _bad("Only an operator may save a street."), no_update
        try:
            kept = saved(desk, str(word), str(name or ""))
        except (ValueError, OSError) as error:
            return no_update, _bad(str(error)), no_update
        other = "" if kept == str(name).strip() else " The name is another one, so that nothing is written over."
        return token_hex(4), html.P(f"{kept} is saved.{other}", className="notice"), kept

    @app.callback(
        Output("nh-sure", "displayed"),
        Output("nh-sure", "message"),
        Output("nh-said", "children", allow_duplicate=True),
        Input("nh-delete", "n_clicks"),
        State("nh-draft", "data"),
        prevent_initial_call=True,
    )
    def ask(clicks: Any, word: Any) -> tuple[Any, Any, Any]:
        held = desk.drafts.held(str(word))
        if not clicks or held is None:
            return (no_update,) * 3
        if held.kept is None:
            return False, "", _bad("It was never saved, so there is nothing to delete.")
        return True, f"Delete the street {held.kept.name} for good?", no_update

    @app.callback(
        Output("address", "search", allow_duplicate=True),
        Output("nh-said", "children", allow_duplicate=True),
        Input("nh-sure", "submit_n_clicks"),
        State("nh-draft", "data"),
        State("house", "value"),
        prevent_initial_call=True,
    )
    def delete(clicks: Any, word: Any, alias: Any) -> tuple[Any, Any]:
        held = desk.drafts.held(str(word))
        if not clicks or held is None or held.kept is None:
            return no_update, no_update
        if g.get("role") is not Role.OPERATOR:
            return no_update, _bad("Only an operator may delete a street.")
        try:
            desk.streets.delete(held.kept.name)
        except (ValueError, OSError) as error:
            return no_update, _bad(str(error))
        return link("", str(alias)), no_update


def saved(desk: Desk, word: str, name: str) -> str:
    """Save a draft; the answer is under which name.

    Raises:
        DraftError: There is no such draft, or it is no street yet.
        CannotKeepError: There are too many streets.
        OSError: It cannot be written.
    """
    held = desk.drafts.held(word)
    if held is None:
        raise DraftError("This draft is not there any more; open the street again.")
    draft = held.draft
    kept = desk.streets.save(draft, name, held.kept)

    def note(now: Held) -> Held:
        return replace(now, kept=kept, draft=now.draft.called(kept.name), is_changed=now.draft is not draft)

    desk.drafts.change(word, note)
    return kept.name


def device_asked(kind: str, words: tuple[str, ...], files: list[File]) -> Device:
    """The device of a form: its id, name and template; raises DraftError or StreetFileError."""
    identifier, name, template = words
    if kind == "producer":
        return Roof(id=identifier, name=name, template=template, forecasts=predictions(files))
    if len(files) > 1:
        raise DraftError(f"{len(files)} profiles: a consumer has one.")
    return Consumer(id=identifier, name=name, template=template, load=profile(files[0]) if files else None)


def job_asked(house: str, device: str, zone: str, words: list[str]) -> AskedJob:
    """The job of a form: day and hour when it is handed in, of its earliest and of its latest start; raises DraftError."""
    if not device:
        raise DraftError("Choose a device; a house without a consumer has no jobs.")
    where = zone_of(zone)
    if not words[0] and not words[1]:
        words = [*words[2:4], *words[2:]]
    names = ("Handed in", "Earliest start", "Latest start")
    times = [unix_s(words[2 * place], words[2 * place + 1], where, name) for place, name in enumerate(names)]
    return AskedJob(house, device, times[0], times[1], times[2])


def files_of(contents: Any, names: Any) -> list[File]:
    """Files as a browser sends them; raises DraftError."""
    if contents is None:
        return []
    if not isinstance(contents, list) or not isinstance(names, list) or len(contents) != len(names):
        raise DraftError("The files did not come; choose them again.")
    try:
        return [
            File(str(name)[:120], base64.b64decode(str(content).partition(",")[2], validate=True))
            for name, content in zip(names, contents, strict=True)
        ]
    except binascii.Error:
        raise DraftError("The files did not come whole; choose them again.") from None


def kind_asked(houses: Any, roofs: Any, days: Any, seed: Any) -> StreetKind:
    """The SYNTHETIC street that is wanted, within what a page makes; raises ValueError."""
    numbers = (houses, roofs, days, seed)
    if not all(isinstance(number, int) and not isinstance(number, bool) for number in numbers):
        raise DraftError("Houses, roofs, days and seed are whole numbers.")
    if not (1 <= houses <= SYNTHETIC_HOUSES and 1 <= days <= SYNTHETIC_DAYS):
        raise DraftError(f"1 to {SYNTHETIC_HOUSES} houses and 1 to {SYNTHETIC_DAYS} days can be made here.")
    return StreetKind(houses=houses, roofs=roofs, days=days, seed=seed)


def _step(desk: Desk, clicks: Any, word: Any, step: Callable[[Draft], Draft], done: str) -> tuple[Any, Any]:
    """A step of a draft that an operator takes: a new version, and what is said."""
    return _changed(desk, clicks, word, lambda held: replace(held, draft=step(held.draft), is_changed=True), done)


def _changed(desk: Desk, clicks: Any, word: Any, step: Callable[[Held], Held], done: str) -> tuple[Any, Any]:
    if not clicks:
        return no_update, no_update
    if g.get("role") is not Role.OPERATOR:
        return no_update, _bad("Only an operator may change a street.")
    try:
        desk.drafts.change(str(word), step)
    except (ValueError, OSError) as error:
        return no_update, _bad(str(error))
    return token_hex(4), html.P(done, className="dim") if done else ""


def _pressed() -> str:
    """What the button that was pressed is of; empty where none was, for buttons that are new tell of themselves too."""
    triggered = ctx.triggered_id
    if not ctx.triggered or not ctx.triggered[0]["value"] or not isinstance(triggered, dict):
        return ""
    return str(triggered["of"])


def _cannot_open(site: Site, name: str) -> str:
    """Why a street cannot be opened; empty if it can."""
    try:
        site.desk.streets.open(name)
    except (ValueError, OSError) as error:
        return f"{name[:60]} cannot be opened: {error}"[:400]
    return ""


def _next(draft: Draft) -> str:
    """A number that no house has."""
    return str(max((_as_number(house.id) for house in draft.houses), default=0) + 1)


def _as_number(identifier: str) -> int:
    return int(identifier) if identifier.isdecimal() and len(identifier) < 10 else 0


def _zone(name: Any) -> ZoneInfo:
    return ZoneInfo(name if name in zone_names() else UTC_NAME)


def _number(identifier: str, label: str, value: int, least: int, most: int) -> Any:
    return dmc.NumberInput(id=identifier, label=label, value=value, min=least, max=most, w=105)


def _bad(text: str) -> Any:
    return html.P(text[:400], className="notice bad")
