"""Attributes of HTML whose names Python has no words for; of type Any, for Dash declares every known one."""

from typing import Any


def aria(label: str) -> Any:
    """What a screen reader calls it."""
    return {"aria-label": label}


def hidden_for_readers() -> Any:
    """A screen reader leaves it out."""
    return {"aria-hidden": "true"}


def renewed_from(address: str) -> Any:
    """Where the parts within come from that renew themselves (`assets/live.js`)."""
    return {"data-live": address}


def under(head: str) -> Any:
    """What a cell says that it is where a screen is too narrow for its table's heads (`assets/style.css`, `.stacked`)."""
    return {"data-head": head}
