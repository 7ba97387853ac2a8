"""A draft is filled from files, kept as a street, and the street deleted."""

from dataclasses import replace
from secrets import token_hex
from typing import Any

from dash import Dash, Input, Output, State, html, no_update

from gw_spaceheat.apps.neighbourhood.bring import bring
from gw_spaceheat.apps.neighbourhood.desk import Desk
from gw_spaceheat.apps.neighbourhood.drafts import Held
from gw_spaceheat.core.market.draft import Draft, DraftError
from gw_spaceheat.web.pages._neighbourhood_forms import files_of
from gw_spaceheat.web.pages._neighbourhood_step import Change, on_change
from gw_spaceheat.web.pages._operator import bad, refused
from gw_spaceheat.web.site import link

MOST_ODDITIES = 20


def register_keeping(app: Dash, desk: Desk) -> None:
    """Bring, save, delete."""
    _register_bringing(app, desk)
    _register_deleting(app, desk)

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
        kept: list[str] = []
        said = refused("Only an operator may save a street.", lambda: kept.append(saved(desk, str(word), str(name or ""))))
        if said is not None:
            return no_update, said, no_update
        other = "" if kept[0] == str(name).strip() else " The name is another one, so that nothing is written over."
        return token_hex(4), html.P(f"{kept[0]} is saved.{other}", className="notice"), kept[0]


def _register_bringing(app: Dash, desk: Desk) -> None:
    @on_change(app, desk, Input("nh-bring", "contents"), State("nh-bring", "filename"))
    def take(contents: Any, names: Any) -> Change:
        files, told, odd = files_of(contents, names), list[str](), list[str]()

        def step(draft: Draft) -> Draft:
            brought = bring(draft, files)
            told.append(brought.told)
            odd.extend(brought.warnings)
            return brought.draft

        def said() -> list[Any]:
            parts: list[Any] = [html.P(told[0], className="notice")]
            if odd:
                shown = html.Ul([html.Li(each) for each in odd[:MOST_ODDITIES]])
                parts.append(html.Div([f"{len(odd)} oddities:", shown], className="notice warn"))
            return parts

        return Change(step, said)


def _register_deleting(app: Dash, desk: Desk) -> None:
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
            return False, "", bad("It was never saved, so there is nothing to delete.")
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
        name = held.kept.name
        said = refused("Only an operator may delete a street.", lambda: desk.streets.delete(name))
        return (link("", str(alias)), no_update) if said is None else (no_update, said)


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
