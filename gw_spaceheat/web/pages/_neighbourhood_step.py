"""One way of changing a draft from its page: a step that an operator takes, a new version of what is seen, and what is said."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from secrets import token_hex
from typing import Any, NamedTuple

from dash import Dash, Input, Output, State, ctx, html, no_update

from gw_spaceheat.apps.neighbourhood.desk import Desk
from gw_spaceheat.apps.neighbourhood.drafts import Held
from gw_spaceheat.core.market.draft import Draft
from gw_spaceheat.web.pages._operator import refused

VERSION, SAID = ("nh-version", "data"), ("nh-said", "children")
"""Places that every step writes: what makes the page look at the draft again, and what came of it."""


class Change(NamedTuple):
    """What somebody wants.

    Attributes:
        step: Gives the draft after it; raises DraftError or StreetFileError.
        said: What is said once it is done, in words or parts of the page.
        also: What else of the page changes then, for each of the outputs that the callback has besides.
    """

    step: Callable[[Draft], Draft]
    said: str | Callable[[], Any] = ""
    also: Callable[[Draft], Sequence[Any]] = lambda _: ()


Wanted = Callable[..., Change]
"""Reads what a form says: is given what was pressed, and the values of its places."""


def on_change(app: Dash, desk: Desk, pressed: Input, *places: State, also: Sequence[Output] = ()) -> Callable[[Wanted], None]:
    """Let a press change the draft as the function says that is decorated.

    Args:
        app: The pages.
        desk: Has the drafts.
        pressed: What is pressed or written; of buttons that are many their `of` is given on, of others their value.
        places: Whose values are given on.
        also: What changes besides.
    """

    def register(wanted: Wanted) -> None:
        @app.callback(
            Output(*VERSION, allow_duplicate=True),
            Output(*SAID, allow_duplicate=True),
            *also,
            pressed,
            State("nh-draft", "data"),
            *places,
            prevent_initial_call=True,
        )
        def change(value: Any, word: Any, *values: Any) -> tuple[Any, ...]:
            of = _pressed() if isinstance(pressed.component_id, dict) else value
            if not of:
                return (no_update,) * (2 + len(also))
            return take(desk, word, lambda: wanted(of, *values), len(also))

    return register


def take(desk: Desk, word: Any, wanted: Callable[[], Change], also: int = 0) -> tuple[Any, ...]:
    """Take a step: a new version, what is said, and so many other values."""
    done: list[tuple[Change, Draft]] = []

    def act() -> None:
        change = wanted()

        def step(held: Held) -> Held:
            return replace(held, draft=change.step(held.draft), is_changed=True)

        done.append((change, desk.drafts.change(str(word), step).draft))

    said = refused("Only an operator may change a street.", act)
    if said is not None:
        return (no_update, said, *(no_update,) * also)
    ((change, draft),) = done
    told = change.said if isinstance(change.said, str) else change.said()
    return (token_hex(4), html.P(told, className="dim") if told and isinstance(told, str) else told, *change.also(draft))


def _pressed() -> Any:
    """Which button was pressed; nothing where none was, for buttons that are new tell of themselves too."""
    triggered = ctx.triggered_id
    if not ctx.triggered or not ctx.triggered[0]["value"] or not isinstance(triggered, dict):
        return None
    return triggered
