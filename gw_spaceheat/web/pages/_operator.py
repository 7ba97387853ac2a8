"""What only an operator may do at a page, and how it is said that something was not done."""

from collections.abc import Callable
from typing import Any

from dash import html
from flask import g

from gw_spaceheat.web.sessions import Role

LONGEST = 400
"""Letters that are said of what went wrong, which may have somebody's words in it."""


def is_operator() -> bool:
    """Whether whoever asks now is one."""
    return g.get("role") is Role.OPERATOR


def refused(may_not: str, act: Callable[[], object]) -> Any:
    """Do what only an operator may.

    Args:
        may_not: What is said to others.
        act: Does it; may raise ValueError or OSError, whose text is said.

    Returns:
        What is said where it was not done; None where it was.
    """
    if not is_operator():
        return bad(may_not)
    try:
        act()
    except (ValueError, OSError) as error:
        return bad(str(error))
    return None


def bad(text: str) -> Any:
    """What went wrong."""
    return html.P(text[:LONGEST], className="notice bad")
