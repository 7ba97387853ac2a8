"""What a person changes in a draft by hand: houses, devices, jobs, base load, batteries and heat."""

from collections.abc import Callable, Mapping
from typing import Any

from dash import ALL, Dash, Input, Output, State, no_update

from gw_spaceheat.apps.neighbourhood.desk import Desk
from gw_spaceheat.apps.neighbourhood.heat_by_hand import heated_by_hand
from gw_spaceheat.apps.web import HouseFiles
from gw_spaceheat.core.market.draft import Draft, DraftError
from gw_spaceheat.web.pages._neighbourhood_forms import (
    base_asked,
    battery_asked,
    device_asked,
    files_of,
    heat_asked,
    job_asked,
)
from gw_spaceheat.web.pages._neighbourhood_step import Change, on_change, take

HOUSE = State("nh-house", "value")
REMOVED: Mapping[str, tuple[Callable[[Draft, str, str], Draft], str]] = {
    "device": (lambda draft, house, of: draft.without_device(house, of), "Device {of} is removed."),
    "job": (lambda draft, house, of: draft.without_job(house, of), "Job {of} is removed."),
    "battery": (lambda draft, house, _: draft.without_battery(house), "The battery of house {house} is removed."),
    "base": (lambda draft, house, _: draft.without_base(house), "The base load of house {house} is removed."),
    "heat": (lambda draft, house, _: draft.without_heat(house), "House {house} is not heated by the street any more."),
}
"""What buttons of a house remove, by their `what`."""


def register_changes(app: Dash, desk: Desk, files: HouseFiles) -> None:
    """Add, change and remove; heated houses are like those of the files."""
    _register_houses(app, desk)
    _register_forms(app, desk)
    _register_heat(app, desk, files)
    _register_chosen(app)

    @on_change(app, desk, Input({"type": "nh-drop", "what": ALL, "of": ALL}, "n_clicks"), HOUSE)
    def drop(pressed: Any, house: Any) -> Change:
        what, of = str(pressed["what"]), str(pressed["of"])
        if what not in REMOVED:
            raise DraftError("There is nothing of that kind.")
        step, said = REMOVED[what]
        return Change(lambda draft: step(draft, str(house), of), said.format(of=of, house=house))

    @app.callback(
        Output("nh-version", "data", allow_duplicate=True),
        Output("nh-said", "children", allow_duplicate=True),
        Input("nh-days", "value"),
        State("nh-draft", "data"),
        prevent_initial_call=True,
    )
    def last(days: Any, word: Any) -> tuple[Any, ...]:
        count = days if isinstance(days, int) and not isinstance(days, bool) else None
        held = desk.drafts.held(str(word))
        if held is None or held.draft.days == count:  # a page that was just opened says what it shows
            return no_update, no_update
        return take(desk, word, lambda: Change(lambda draft: draft.lasting(count)))


def _register_houses(app: Dash, desk: Desk) -> None:
    @on_change(
        app,
        desk,
        Input("nh-add-house", "n_clicks"),
        State("nh-new-house", "value"),
        also=(Output("nh-house", "value", allow_duplicate=True), Output("nh-new-house", "value")),
    )
    def add(_clicks: Any, name: Any) -> Change:
        house = str(name or "").strip()

        def also(draft: Draft) -> tuple[str, str]:
            return house or max(draft.houses, key=lambda each: _as_number(each.id)).id, ""

        return Change(lambda draft: draft.with_house(house or _next(draft)), "The house is there.", also)

    @on_change(app, desk, Input("nh-drop-house", "n_clicks"), HOUSE)
    def drop(_clicks: Any, house: Any) -> Change:
        return Change(lambda draft: draft.without_house(str(house)), f"House {house} is removed.")


def _register_forms(app: Dash, desk: Desk) -> None:
    words = [State(f"nh-{name}", "value") for name in ("kind", "device", "device-name", "template")]

    @on_change(app, desk, Input("nh-keep-device", "n_clicks"), HOUSE, *words, *_files("nh-files"), also=_cleared("nh-files"))
    def keep(_clicks: Any, house: Any, kind: Any, *values: Any) -> Change:
        *texts, contents, names = values
        said = tuple(str(text or "").strip() for text in texts)
        device = device_asked(str(kind), said, files_of(contents, names))
        return Change(lambda draft: draft.with_device(str(house), device), f"Device {said[0]} is kept.", _nothing)

    times = [State(f"nh-{what}-{part}", "value") for what in ("registered", "earliest", "latest") for part in ("day", "hour")]

    @on_change(
        app, desk, Input("nh-add-job", "n_clicks"), HOUSE, State("nh-job-device", "value"), State("nh-zone", "value"), *times
    )
    def add(_clicks: Any, house: Any, device: Any, zone: Any, *values: Any) -> Change:
        job = job_asked(str(house), str(device or ""), str(zone), [str(each or "").strip() for each in values])
        return Change(lambda draft: draft.with_job(job), "The job is there.")

    numbers = [State(f"nh-battery-{name}", "value") for name in ("capacity", "charge", "discharge", "gives", "stored")]

    @on_change(app, desk, Input("nh-keep-battery", "n_clicks"), HOUSE, *numbers)
    def keep_battery(_clicks: Any, house: Any, *values: Any) -> Change:
        battery = battery_asked(str(house), values)
        return Change(lambda draft: draft.with_battery(battery), f"House {house} has a battery.")

    @on_change(app, desk, Input("nh-keep-base", "n_clicks"), HOUSE, *_files("nh-base-files"), also=_cleared("nh-base-files"))
    def keep_base(_clicks: Any, house: Any, contents: Any, names: Any) -> Change:
        load = base_asked(files_of(contents, names))
        return Change(lambda draft: draft.with_base(str(house), load), f"House {house} has a base load.", _nothing)


def _register_heat(app: Dash, desk: Desk, files: HouseFiles) -> None:
    fields = [State(f"nh-heat-{name}", "value") for name in ("loss", "levels", "stored")]

    @on_change(app, desk, Input("nh-keep-heat", "n_clicks"), HOUSE, State("nh-heat-model", "value"), *fields)
    def keep(_clicks: Any, house: Any, model: Any, *values: Any) -> Change:
        wanted = heat_asked(str(house), model, values, files)
        return Change(lambda draft: heated_by_hand(draft, wanted), f"House {house} is heated by the street.")


def _register_chosen(app: Dash) -> None:
    """The names of files that were chosen and not kept yet."""
    for files, place in (("nh-files", "nh-chosen"), ("nh-base-files", "nh-base-chosen")):

        @app.callback(Output(place, "children"), Input(files, "filename"))
        def choose(names: Any) -> str:
            return ", ".join(str(name) for name in names) if names else "no file chosen"


def _files(place: str) -> tuple[State, State]:
    return State(place, "contents"), State(place, "filename")


def _cleared(place: str) -> tuple[Output, Output]:
    return Output(place, "contents"), Output(place, "filename")


def _nothing(_draft: Draft) -> tuple[None, None]:
    """No files are chosen any more."""
    return None, None


def _next(draft: Draft) -> str:
    """A number that no house has."""
    return str(max((_as_number(house.id) for house in draft.houses), default=0) + 1)


def _as_number(identifier: str) -> int:
    return int(identifier) if identifier.isdecimal() and len(identifier) < 10 else 0
